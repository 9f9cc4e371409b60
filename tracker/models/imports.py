"""What is on its way in: a report with what was understood of it, a ledger with what it would change."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tracker.enums import ImportState
from tracker.models.people import Unit
from tracker.models.plan import Plan
from tracker.models.source import AnnualReport
from tracker.querysets import LedgerImportQuerySet, ReportCorrectionQuerySet, ReportImportQuerySet


class ReportImport(models.Model):
    """报告导入. `draft` is `importing.draft.Draft.to_dict()`; nothing of it exists in a plan before it is created."""

    government = models.ForeignKey(Unit, models.PROTECT, related_name="imports", verbose_name=_("government"))
    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.DRAFT)
    name = models.CharField(_("file or place"), max_length=200, blank=True)
    address = models.URLField(_("web address"), max_length=500, blank=True)
    text = models.TextField(_("text"))
    digest = models.CharField(_("SHA-256 of the text"), max_length=64)
    draft = models.JSONField(_("what was understood"))
    version = models.PositiveIntegerField(_("version"), default=1)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("begun by"))
    begun_at = models.DateTimeField(_("begun at"))
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("saved by"))
    saved_at = models.DateTimeField(_("saved at"))
    report = models.OneToOneField(
        AnnualReport, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("annual report")
    )

    objects = ReportImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report import")
        verbose_name_plural = _("report imports")
        ordering = ["-saved_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=ImportState.CREATED) | Q(report__isnull=False), name="import_created_has_report"
            ),
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="import_state_known"),
        ]

    def __str__(self) -> str:
        return str(self.draft.get("head", {}).get("title") or self.name)


class ReportCorrection(models.Model):
    """报告更正: a corrected text of a report that is here already, and once it is in force the text before it.

    `typed` are {name of a piece: its words in the corrected text} for pieces that were not found again.
    `previous_pieces` is what stood on the text before, as `services.report_corrections.pieces_of` gave it.
    """

    report = models.ForeignKey(
        AnnualReport, models.PROTECT, related_name="corrections", verbose_name=_("annual report")
    )
    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.DRAFT)
    reason = models.CharField(_("reason"), max_length=500)
    text = models.TextField(_("corrected text"))
    digest = models.CharField(_("SHA-256 of the text"), max_length=64)
    previous_text = models.TextField(_("text before"), blank=True)
    previous_pieces = models.JSONField(_("pieces of the text before"), default=dict, encoder=DjangoJSONEncoder)
    previous_digest = models.CharField(_("SHA-256 of the text before"), max_length=64)
    typed = models.JSONField(_("words found by hand"), default=dict)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("begun by"))
    begun_at = models.DateTimeField(_("begun at"))
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("put in by")
    )
    applied_at = models.DateTimeField(_("put in at"), null=True, blank=True)

    objects = ReportCorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("report correction")
        verbose_name_plural = _("report corrections")
        ordering = ["-begun_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="report_correction_has_reason"),
            models.CheckConstraint(
                condition=~Q(state=ImportState.CREATED)
                | (Q(applied_at__isnull=False, applied_by__isnull=False) & ~Q(previous_text="")),
                name="report_correction_keeps_what_was",
            ),
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="report_correction_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.report} · {self.reason}"


class LedgerImport(models.Model):
    """台账导入: the rows of a spreadsheet beside what they would do to the plan.

    `rows` are [{"number", "values"}] as read, `verdicts` the outcome of each in the same order, as
    `services.ledger_imports.Verdict` in plain data.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="ledger_imports", verbose_name=_("plan"))
    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.DRAFT)
    name = models.CharField(_("file"), max_length=200)
    columns = models.JSONField(_("columns"))
    unknown = models.JSONField(_("columns not understood"))
    rows = models.JSONField(_("rows"))
    verdicts = models.JSONField(_("verdicts"))
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("begun by"))
    begun_at = models.DateTimeField(_("begun at"))
    applied_at = models.DateTimeField(_("written at"), null=True, blank=True)

    objects = LedgerImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger import")
        verbose_name_plural = _("ledger imports")
        ordering = ["-begun_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="ledger_import_state_known"),
        ]

    def __str__(self) -> str:
        return self.name
