"""The plan's settings and its work areas."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from tracker.admin.base import KeptAdmin, ReadOnlyAdmin, ReadOnlyInline, ServiceAdmin, ServiceFormMixin
from tracker.enums import PlanState
from tracker.models import Plan, WorkArea
from tracker.services import plans


class PlanForm(ServiceFormMixin, forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Plan
        fields = list(plans.SETTINGS)

    def serve(self) -> Plan:
        return plans.configure(self.instance.pk, by=self.by, **self.cleaned_data)


class WorkAreaInline(ReadOnlyInline):
    model = WorkArea
    fields = ["number", "title"]


@admin.register(Plan)
class PlanAdmin(ServiceAdmin, KeptAdmin):
    form = PlanForm
    list_display = ["title", "year", "government", "state", "page", "year_end"]
    list_select_related = ["government"]
    list_filter = ["state", "year"]
    search_fields = ["title"]
    readonly_fields = ["state"]
    inlines = [WorkAreaInline]
    fieldsets = [
        (None, {"fields": ["title", "state", "starts_on", "ends_on"]}),
        (_("Lights"), {"fields": ["red_points", "yellow_points", "near_days"]}),
        (_("Reporting"), {"fields": ["reporting_period", "cutoff_day"]}),
    ]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A plan comes from a report that is read in."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A closed plan is looked at."""
        is_open = obj is None or obj.state not in (PlanState.CLOSED, PlanState.DISCARDED)
        return is_open and super().has_change_permission(request, obj)

    def government_of(self, obj: Any) -> int | None:
        key: int | None = obj.government_id
        return key

    @admin.display(description=_("year's end"))
    def year_end(self, obj: Plan) -> Any:
        """The way to the roll-over, or to the record of it."""
        words = {PlanState.ACTIVE: _("Roll-over"), PlanState.CLOSED: _("Record of the roll-over")}.get(
            PlanState(obj.state)
        )
        return format_html('<a href="{}">{}</a>', reverse("roll_over", args=[obj.pk]), words) if words else ""

    @admin.display(description=_("page"))
    def page(self, obj: Plan) -> Any:
        return format_html('<a href="{}">{}</a>', reverse("ledger", args=[obj.pk]), _("Ledger"))


@admin.register(WorkArea)
class WorkAreaAdmin(ReadOnlyAdmin):
    list_display = ["number", "title", "plan"]
    list_select_related = ["plan__government"]
    search_fields = ["title"]
