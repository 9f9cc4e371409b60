"""The plan of one year: its settings and its work areas."""

import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from tracker.enums import PlanState, ReportingPeriod
from tracker.lights import Thresholds, missed_since, next_cutoff, period_start
from tracker.models.people import Unit
from tracker.models.source import AnnualReport, Section, Span, span_in_order
from tracker.querysets import PlanQuerySet, WorkAreaQuerySet


class Plan(models.Model):
    """年度计划, with the thresholds of its lights and its reporting rhythm."""

    government = models.ForeignKey(Unit, models.PROTECT, related_name="plans", verbose_name=_("government"))
    report = models.OneToOneField(AnnualReport, models.PROTECT, related_name="plan", verbose_name=_("annual report"))
    year = models.PositiveSmallIntegerField(_("year"))
    title = models.CharField(_("title"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=PlanState, default=PlanState.DRAFT)
    closed_on = models.DateField(_("closed on"), null=True, blank=True, editable=False)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    red_points = models.PositiveSmallIntegerField(
        _("red beyond, points behind"), default=30, validators=[MaxValueValidator(100)]
    )
    yellow_points = models.PositiveSmallIntegerField(
        _("yellow from, points behind"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    near_days = models.PositiveSmallIntegerField(
        _("blue within, days"), default=15, validators=[MaxValueValidator(366)]
    )
    reporting_period = models.CharField(
        _("reporting period"), max_length=10, choices=ReportingPeriod, default=ReportingPeriod.MONTHLY
    )
    cutoff_day = models.PositiveSmallIntegerField(
        _("cut-off day of the month"),
        default=25,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
    )

    history = HistoricalRecords()
    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["government", "year"], condition=~Q(state=PlanState.DISCARDED), name="plan_one_a_year"
            ),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="plan_dates_in_order"),
            models.CheckConstraint(
                condition=Q(red_points__gte=F("yellow_points"), yellow_points__gte=1, red_points__lte=100),
                name="plan_thresholds_in_order",
            ),
            models.CheckConstraint(condition=Q(cutoff_day__range=(1, 31)), name="plan_cutoff_is_a_day"),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(state=PlanState.CLOSED), name="plan_closed_on_is_of_a_closed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.government} {self.year}"

    def standing_on(self, on: datetime.date) -> datetime.date:
        """The day whose lights are shown on the day `on`: a closed plan stands still on the day it was closed."""
        return min(on, self.closed_on) if self.closed_on else on

    def thresholds(self, on: datetime.date) -> Thresholds:
        """What the light rule needs of this plan on the day `on`."""
        on = self.standing_on(on)
        return Thresholds(
            on=on,
            red_points=self.red_points,
            yellow_points=self.yellow_points,
            near_days=self.near_days,
            report_since=missed_since(on, self.reporting_period, self.cutoff_day, self.starts_on),
        )

    def period_start(self, on: datetime.date) -> datetime.date:
        """First day of the reporting period that `on` lies in."""
        return period_start(on, self.reporting_period, self.cutoff_day)

    def cutoff(self, on: datetime.date) -> datetime.date:
        """The cut-off day of the reporting period that `on` lies in."""
        return next_cutoff(on, self.reporting_period, self.cutoff_day)


class WorkArea(Span):
    """工作板块: one numbered arrangement; `start` and `end` span its heading and sentences in the report."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="areas", verbose_name=_("plan"))
    section = models.OneToOneField(Section, models.PROTECT, related_name="area", verbose_name=_("section"))
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=200)

    objects = WorkAreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("work area")
        verbose_name_plural = _("work areas")
        ordering = ["plan", "number"]
        constraints = [
            span_in_order("work_area"),
            models.UniqueConstraint(fields=["plan", "number"], name="work_area_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"
