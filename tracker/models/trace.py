"""Links from tasks up to last year's measures and shortcomings, and what became of those without one."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from tracker.enums import DispositionKind, JudgementVerdict, LinkExtent, LinkState, Strength
from tracker.models.evidence import Evidence
from tracker.models.plan import Plan
from tracker.models.source import Measure, Section, Shortcoming
from tracker.models.task import Task
from tracker.querysets import PlanPartQuerySet, TaskPartQuerySet


class Link(models.Model):
    """What both kinds of link carry. A confirmed link keeps the digest of the upstream words of that moment."""

    strength = models.CharField(_("strength"), max_length=8, choices=Strength)
    rationale = models.CharField(_("rationale"), max_length=300)
    state = models.CharField(_("state"), max_length=10, choices=LinkState, default=LinkState.PROPOSED)
    upstream_digest = models.CharField(_("digest of the upstream words"), max_length=64)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    class Meta:
        abstract = True


def confirmation_is_whole(name: str) -> models.CheckConstraint:
    """A confirmed link says who confirmed it and when; a proposed one says neither."""
    named = Q(confirmed_by__isnull=False, confirmed_at__isnull=False)
    unnamed = Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
    return models.CheckConstraint(
        condition=(Q(state=LinkState.PROPOSED) & unnamed) | (~Q(state=LinkState.PROPOSED) & named),
        name=f"{name}_confirmation_is_whole",
    )


class MeasureLink(Link):
    """A task continues a measure: only this sentence of the numbered item, or the item as a whole."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="measure_links", verbose_name=_("task"))
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="links", verbose_name=_("measure"))
    extent = models.CharField(_("extent"), max_length=10, choices=LinkExtent, default=LinkExtent.ITEM)

    objects = TaskPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("link to a measure")
        verbose_name_plural = _("links to measures")
        ordering = ["task", "measure"]
        constraints = [
            models.UniqueConstraint(fields=["task", "measure"], name="measure_link_once"),
            confirmation_is_whole("measure_link"),
        ]

    def __str__(self) -> str:
        return f"{self.task.code} → {self.measure}"


class ShortcomingLink(Link):
    """A task answers a shortcoming (and through it its cause)."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="shortcoming_links", verbose_name=_("task"))
    shortcoming = models.ForeignKey(Shortcoming, models.PROTECT, related_name="links", verbose_name=_("shortcoming"))

    objects = TaskPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("link to a shortcoming")
        verbose_name_plural = _("links to shortcomings")
        ordering = ["task", "shortcoming"]
        constraints = [
            models.UniqueConstraint(fields=["task", "shortcoming"], name="shortcoming_link_once"),
            confirmation_is_whole("shortcoming_link"),
        ]

    def __str__(self) -> str:
        return f"{self.task.code} → {self.shortcoming}"


class Disposition(models.Model):
    """What becomes of a numbered item of measures, or of a shortcoming, that no task takes up."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="dispositions", verbose_name=_("plan"))
    section = models.ForeignKey(
        Section, models.PROTECT, null=True, blank=True, related_name="dispositions", verbose_name=_("section")
    )
    shortcoming = models.ForeignKey(
        Shortcoming,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="dispositions",
        verbose_name=_("shortcoming"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=DispositionKind)
    reason = models.CharField(_("reason"), max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("set by"))
    at = models.DateTimeField(_("set at"))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("disposition")
        verbose_name_plural = _("dispositions")
        ordering = ["plan", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(section__isnull=False, shortcoming__isnull=True)
                | Q(section__isnull=True, shortcoming__isnull=False),
                name="disposition_of_one_thing",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="disposition_has_reason"),
            models.UniqueConstraint(fields=["plan", "section"], name="disposition_once_a_section"),
            models.UniqueConstraint(fields=["plan", "shortcoming"], name="disposition_once_a_shortcoming"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.section or self.shortcoming}"


class ShortcomingJudgement(models.Model):
    """What became of a shortcoming in the plan's year, and the evidence that this rests on.

    That a shortcoming is eased, wholly or partly, rests on accepted evidence; earlier judgements are in the history.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="judgements", verbose_name=_("plan"))
    shortcoming = models.ForeignKey(
        Shortcoming, models.PROTECT, related_name="judgements", verbose_name=_("shortcoming")
    )
    verdict = models.CharField(_("judgement"), max_length=10, choices=JudgementVerdict)
    grounds = models.CharField(_("grounds"), max_length=1000)
    evidence = models.ManyToManyField(Evidence, related_name="+", verbose_name=_("rests on"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("judged by"))
    at = models.DateTimeField(_("judged at"))

    objects = PlanPartQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[evidence])

    class Meta:
        verbose_name = _("judgement of a shortcoming")
        verbose_name_plural = _("judgements of shortcomings")
        ordering = ["plan", "shortcoming"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "shortcoming"], name="judgement_once_a_shortcoming"),
            models.CheckConstraint(condition=~Q(grounds=""), name="judgement_has_grounds"),
        ]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()}: {self.shortcoming}"
