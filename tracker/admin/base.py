"""What all pages of the admin share: visibility first, refusals by permission, writes through services."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import admin
from django.db import models, transaction
from django.http import HttpRequest

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


class VisibleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows start from `visible_to`, for lists, autocomplete and choices alike; administrators only."""

    list_per_page = 50
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> Any:
        found = self.model._default_manager.visible_to(request.user)
        ordering = self.get_ordering(request)
        return found.order_by(*ordering) if ordering else found

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
