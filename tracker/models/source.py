"""A published annual report and the words in it. Every span is [start, end) into `AnnualReport.text`."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tracker.enums import PartKind
from tracker.models.people import Unit
from tracker.querysets import AnnualReportQuerySet, SourceQuerySet


class AnnualReport(models.Model):
    """年度报告: text as published (normalised once), with its digest."""

    government = models.ForeignKey(Unit, models.PROTECT, related_name="reports", verbose_name=_("government"))
    year = models.PositiveSmallIntegerField(_("year reported on"))
    title = models.CharField(_("title"), max_length=200)
    issuer = models.CharField(_("issuer"), max_length=100)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    source = models.CharField(_("named source"), max_length=100, blank=True)
    address = models.URLField(_("web address"), max_length=500, blank=True)
    text = models.TextField(_("text"))
    digest = models.CharField(_("SHA-256 of the text"), max_length=64)
    is_current = models.BooleanField(
        _("in force"), default=True, help_text=_("Not so when the import that brought it in was discarded.")
    )

    objects = AnnualReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("annual report")
        verbose_name_plural = _("annual reports")
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["government", "year"], condition=Q(is_current=True), name="annual_report_one_a_year"
            ),
            models.CheckConstraint(condition=Q(year__range=(1990, 2200)), name="annual_report_year_sane"),
            models.CheckConstraint(condition=~Q(text=""), name="annual_report_has_text"),
        ]

    def __str__(self) -> str:
        return self.title


class Span(models.Model):
    """Words of the report: `report.text[start:end]` equals `text`."""

    start = models.PositiveIntegerField(_("start"))
    end = models.PositiveIntegerField(_("end"))

    class Meta:
        abstract = True


def span_in_order(name: str) -> models.CheckConstraint:
    """A span holds at least one character."""
    return models.CheckConstraint(condition=Q(end__gt=F("start")), name=f"{name}_span_in_order")


class Part(Span):
    """部分."""

    report = models.ForeignKey(AnnualReport, models.CASCADE, related_name="parts", verbose_name=_("annual report"))
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=20, choices=PartKind)
    number = models.CharField(_("number"), max_length=20, blank=True)
    heading = models.CharField(_("heading"), max_length=200, blank=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("part")
        verbose_name_plural = _("parts")
        ordering = ["report", "position"]
        constraints = [
            span_in_order("part"),
            models.UniqueConstraint(fields=["report", "position"], name="part_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number}{self.heading}"


class Section(Span):
    """条目."""

    part = models.ForeignKey(Part, models.CASCADE, related_name="sections", verbose_name=_("part"))
    position = models.PositiveSmallIntegerField(_("position"))
    number = models.CharField(_("number"), max_length=20, blank=True)
    heading = models.CharField(_("heading"), max_length=200, blank=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["part", "position"]
        constraints = [
            span_in_order("section"),
            models.UniqueConstraint(fields=["part", "position"], name="section_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number}{self.heading}"


class Measure(Span):
    """举措: one sentence of results of the past year."""

    section = models.ForeignKey(Section, models.CASCADE, related_name="measures", verbose_name=_("section"))
    position = models.PositiveSmallIntegerField(_("position"))
    text = models.TextField(_("words"))

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["section", "position"]
        constraints = [
            span_in_order("measure"),
            models.UniqueConstraint(fields=["section", "position"], name="measure_position_once"),
        ]

    def __str__(self) -> str:
        return self.text


class Duty(Span):
    """履职: an act of a leader as first responsible person."""

    section = models.ForeignKey(Section, models.CASCADE, related_name="duties", verbose_name=_("section"))
    position = models.PositiveSmallIntegerField(_("position"))
    text = models.TextField(_("words"))

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        ordering = ["section", "position"]
        constraints = [
            span_in_order("duty"),
            models.UniqueConstraint(fields=["section", "position"], name="duty_position_once"),
        ]

    def __str__(self) -> str:
        return self.text


class Shortcoming(Span):
    """不足."""

    part = models.ForeignKey(Part, models.CASCADE, related_name="shortcomings", verbose_name=_("part"))
    number = models.PositiveSmallIntegerField(_("number"))
    text = models.TextField(_("words"))

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("shortcoming")
        verbose_name_plural = _("shortcomings")
        ordering = ["part", "number"]
        constraints = [
            span_in_order("shortcoming"),
            models.UniqueConstraint(fields=["part", "number"], name="shortcoming_number_once"),
        ]

    def __str__(self) -> str:
        return self.text


class Cause(Span):
    """原因. Paired with a shortcoming by position where the text does not say which it explains."""

    part = models.ForeignKey(Part, models.CASCADE, related_name="causes", verbose_name=_("part"))
    shortcoming = models.ForeignKey(
        Shortcoming,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="causes",
        verbose_name=_("shortcoming"),
    )
    number = models.PositiveSmallIntegerField(_("number"))
    text = models.TextField(_("words"))
    paired_by_position = models.BooleanField(_("paired by position"), default=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("cause")
        verbose_name_plural = _("causes")
        ordering = ["part", "number"]
        constraints = [
            span_in_order("cause"),
            models.UniqueConstraint(fields=["part", "number"], name="cause_number_once"),
        ]

    def __str__(self) -> str:
        return self.text


class Figure(Span):
    """数据: a number with its unit and what it counts. A ratio knows what it is computed from."""

    report = models.ForeignKey(AnnualReport, models.CASCADE, related_name="figures", verbose_name=_("annual report"))
    section = models.ForeignKey(
        Section, models.CASCADE, null=True, blank=True, related_name="figures", verbose_name=_("section")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    quote = models.CharField(_("words"), max_length=200)
    label = models.CharField(_("what is counted"), max_length=200, blank=True)
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=6)
    unit = models.CharField(_("unit of measure"), max_length=20, blank=True)
    approximate = models.BooleanField(_("approximate"), default=False)
    numerator = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("numerator")
    )
    denominator = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("denominator")
    )

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        ordering = ["report", "position"]
        constraints = [
            span_in_order("figure"),
            models.UniqueConstraint(fields=["report", "position"], name="figure_position_once"),
        ]

    def __str__(self) -> str:
        return self.quote
