"""What all pages of the admin share: visibility first, refusals by permission, writes through services."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin

from tracker.exceptions import Refusal
from tracker.models import Unit, User
from tracker.permissions import administers


class Rehearsed(Exception):
    """Raised to undo a rehearsal."""


@contextmanager
def rehearsal() -> Iterator[None]:
    """Run a service and undo it: a form learns the refusal while what was typed is still in it."""
    try:
        with transaction.atomic():
            yield
            raise Rehearsed
    except Rehearsed:
        return


class ServiceFormMixin:
    """A form whose save is a service call. `by` is set by the admin; `serve()` makes the call."""

    by: User

    def serve(self) -> Any:
        raise NotImplementedError

    def clean(self) -> Any:
        """Rehearse the service, so that a refusal stands at its field and nothing typed is lost."""
        data = super().clean()  # type: ignore[misc]
        if not self.errors:  # type: ignore[attr-defined]
            try:
                with rehearsal():
                    self.serve()
            except Refusal as refusal:
                field = refusal.field if refusal.field in self.fields else None  # type: ignore[attr-defined]
                self.add_error(field, str(refusal))  # type: ignore[attr-defined]
        return data


class VisibleRelatedFilter(admin.RelatedFieldListFilter):
    """A filter at the side of a list that offers only rows this person may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        manager = field.related_model._default_manager
        if not hasattr(manager.all(), "visible_to"):
            return super().field_choices(field, request, model_admin)
        seen = manager.visible_to(request.user)
        return field.get_choices(
            include_blank=False,
            ordering=self.field_admin_ordering(field, request, model_admin),
            limit_choices_to={"pk__in": seen.values("pk")},
        )


class VisibleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows start from `visible_to`, for lists, autocomplete and choices alike; administrators only."""

    list_per_page = 50
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> Any:
        found = self.model._default_manager.visible_to(request.user)
        ordering = self.get_ordering(request)
        return found.order_by(*ordering) if ordering else found

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Filters on related rows offer only visible ones, whoever lists them."""
        return [
            (name, VisibleRelatedFilter) if isinstance(name, str) and self._is_relation(name) else name
            for name in super().get_list_filter(request)
        ]

    def _is_relation(self, path: str) -> bool:
        return bool(get_fields_from_path(self.model, path)[-1].is_relation)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        related = db_field.related_model._default_manager
        if hasattr(related.all(), "visible_to"):
            kwargs["queryset"] = related.visible_to(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.related_model is Unit:
            kwargs["queryset"] = Unit.objects.visible_to(request.user)  # type: ignore[arg-type]
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return administers(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return administers(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return administers(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return administers(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class KeptAdmin(VisibleAdmin, SimpleHistoryAdmin):
    """Reference data with its history of changes, which is read and never written back.

    The pages of the history take a row's key past `get_queryset`; a row that this person may not see has none.
    """

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """People of a unit above look at the governments below; they change nothing there."""
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or request.user.is_superuser or self.government_of(obj) == self._own(request)

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was is looked at; a change is made anew, by a form that checks it."""
        return True

    def government_of(self, obj: Any) -> int | None:
        """Key of the government that the row belongs to."""
        raise NotImplementedError

    def _own(self, request: HttpRequest) -> int | None:
        unit = request.user.unit  # type: ignore[union-attr]
        return unit.government_id if unit else None

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """What is written belongs to one's own government."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.related_model is Unit and not request.user.is_superuser:
            field.queryset = field.queryset.filter(government=self._own(request))
        return field

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        self._refuse_hidden(request, object_id)
        return super().history_view(request, object_id, extra_context)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        self._refuse_hidden(request, object_id)
        if request.method != "GET":
            raise PermissionDenied
        if not (version_id.isascii() and version_id.isdecimal() and len(version_id) < 19):
            raise Http404
        return super().history_form_view(request, object_id, version_id, extra_context)

    def _refuse_hidden(self, request: HttpRequest, object_id: str) -> None:
        if self.get_object(request, object_id) is None:
            raise Http404


class ReadOnlyAdmin(VisibleAdmin):
    """Looked at, never changed: the words of a report, evidence, history."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ServiceAdmin(VisibleAdmin):
    """Saving calls the form's service. The stock save, log and message follow it."""

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"by": request.user})

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        """The object that the service returns stands for the saved form."""
        return form.serve()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Nothing left to save: `save_form` called the service."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        for formset in formsets:
            self.save_formset(request, form, formset, change=change)


class ReadOnlyInline(admin.TabularInline):  # type: ignore[type-arg]
    """Rows of a related model, to look at."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return administers(request.user)
