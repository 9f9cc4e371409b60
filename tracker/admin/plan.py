"""The plan's settings and its work areas."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from tracker.admin.base import ReadOnlyAdmin, ReadOnlyInline, ServiceAdmin, ServiceFormMixin
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
class PlanAdmin(ServiceAdmin):
    form = PlanForm
    list_display = ["title", "year", "government", "state", "page"]
    list_select_related = ["government"]
    list_filter = ["state", "year"]
    search_fields = ["title"]
    inlines = [WorkAreaInline]
    fieldsets = [
        (None, {"fields": ["title", "starts_on", "ends_on"]}),
        (_("Lights"), {"fields": ["red_points", "yellow_points", "near_days"]}),
        (_("Reporting"), {"fields": ["reporting_period", "cutoff_day"]}),
    ]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A plan comes from a report that is read in."""
        return False

    @admin.display(description=_("page"))
    def page(self, obj: Plan) -> Any:
        return format_html('<a href="{}">{}</a>', reverse("ledger", args=[obj.pk]), _("Ledger"))


@admin.register(WorkArea)
class WorkAreaAdmin(ReadOnlyAdmin):
    list_display = ["number", "title", "plan"]
    list_select_related = ["plan__government"]
    search_fields = ["title"]
