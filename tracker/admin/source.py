"""The report and its words: looked at, because every span stands on the text as it was published."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from tracker.admin.base import ReadOnlyAdmin, ReadOnlyInline
from tracker.models import (
    AnnualReport,
    Cause,
    Duty,
    Figure,
    LedgerImport,
    Measure,
    Part,
    ReportCorrection,
    ReportImport,
    Section,
    Shortcoming,
)


class PartInline(ReadOnlyInline):
    model = Part
    fields = ["number", "heading", "kind", "start", "end"]


@admin.register(AnnualReport)
class AnnualReportAdmin(ReadOnlyAdmin):
    list_display = ["title", "year", "issuer", "published_on", "page"]
    search_fields = ["title", "issuer"]
    list_filter = ["year"]
    inlines = [PartInline]

    @admin.display(description=_("page"))
    def page(self, obj: AnnualReport) -> Any:
        plan = getattr(obj, "plan", None)
        if plan is None:
            return ""
        return format_html('<a href="{}">{}</a>', reverse("living_report", args=[plan.pk]), _("Living report"))


@admin.register(ReportImport)
class ReportImportAdmin(ReadOnlyAdmin):
    """Who read which report in, and what became of it; the work itself is done on the import pages."""

    list_display = ["name", "state", "begun_by", "begun_at", "saved_by", "saved_at", "page"]
    list_select_related = ["begun_by", "saved_by"]
    list_filter = ["state"]
    search_fields = ["name"]
    fields = ["name", "state", "address", "digest", "begun_by", "begun_at", "saved_by", "saved_at", "report"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("text")

    @admin.display(description=_("page"))
    def page(self, obj: ReportImport) -> Any:
        return format_html('<a href="{}">{}</a>', reverse("import", args=[obj.pk]), _("Import"))


@admin.register(ReportCorrection)
class ReportCorrectionAdmin(ReadOnlyAdmin):
    """Who corrected the text of which report and why; the text before stays readable here."""

    list_display = ["report", "state", "reason", "begun_by", "begun_at", "applied_at", "page"]
    list_select_related = ["report", "begun_by"]
    list_filter = ["state"]
    search_fields = ["reason"]
    fields = [
        *["report", "state", "reason", "begun_by", "begun_at", "applied_by", "applied_at"],
        *["previous_digest", "digest", "previous_text"],
    ]

    @admin.display(description=_("page"))
    def page(self, obj: ReportCorrection) -> Any:
        return format_html('<a href="{}">{}</a>', reverse("report_correction", args=[obj.pk]), _("Correction"))


@admin.register(LedgerImport)
class LedgerImportAdmin(ReadOnlyAdmin):
    """Who brought which ledger in, and whether it was written."""

    list_display = ["name", "plan", "state", "begun_by", "begun_at", "applied_at", "page"]
    list_select_related = ["plan__government", "begun_by"]
    list_filter = ["state"]
    search_fields = ["name"]
    fields = ["name", "plan", "state", "begun_by", "begun_at", "applied_at"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("rows", "verdicts")

    @admin.display(description=_("page"))
    def page(self, obj: LedgerImport) -> Any:
        return format_html('<a href="{}">{}</a>', reverse("ledger_import", args=[obj.pk]), _("Preview"))


class MeasureInline(ReadOnlyInline):
    model = Measure
    fields = ["position", "text"]


class FigureInline(ReadOnlyInline):
    model = Figure
    fields = ["quote", "label", "value", "unit", "approximate"]


@admin.register(Part)
class PartAdmin(ReadOnlyAdmin):
    list_display = ["number", "heading", "kind", "report"]
    list_filter = ["kind"]
    list_select_related = ["report"]
    search_fields = ["heading"]


@admin.register(Section)
class SectionAdmin(ReadOnlyAdmin):
    list_display = ["number", "heading", "part"]
    list_filter = ["part__kind"]
    list_select_related = ["part"]
    search_fields = ["heading"]
    inlines = [MeasureInline, FigureInline]


@admin.register(Measure)
class MeasureAdmin(ReadOnlyAdmin):
    list_display = ["section", "position", "text"]
    list_select_related = ["section"]
    search_fields = ["text", "section__heading"]


@admin.register(Figure)
class FigureAdmin(ReadOnlyAdmin):
    list_display = ["quote", "label", "value", "unit", "approximate", "section"]
    list_filter = ["approximate", "unit"]
    list_select_related = ["section"]
    search_fields = ["quote", "label"]


@admin.register(Shortcoming)
class ShortcomingAdmin(ReadOnlyAdmin):
    list_display = ["number", "text"]
    search_fields = ["text"]


@admin.register(Cause)
class CauseAdmin(ReadOnlyAdmin):
    list_display = ["number", "text", "shortcoming", "paired_by_position"]
    list_select_related = ["shortcoming"]
    search_fields = ["text"]


@admin.register(Duty)
class DutyAdmin(ReadOnlyAdmin):
    list_display = ["position", "text"]
    search_fields = ["text"]
