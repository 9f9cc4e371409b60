"""What is demanded of a unit: urged or asked for at a review, and supervision notices with their replies."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tracker.enums import DemandKind, DemandState, NoticeLevel, NoticeState, ReplyVerdict
from tracker.models.evidence import EvidenceUse
from tracker.models.history import TaskEvent
from tracker.models.people import Unit
from tracker.models.plan import Plan
from tracker.models.task import Task
from tracker.querysets import DemandQuerySet, NoticeQuerySet, NoticeReplyQuerySet


def notice_number(year: int, serial: int) -> str:
    """督办〔2025〕3号."""
    return f"督办〔{year}〕{serial}号"


class Demand(models.Model):
    """催办: the lead unit is urged, or asked to report by a date; its next report answers it."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="demands", verbose_name=_("task"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="demands", verbose_name=_("unit"))
    kind = models.CharField(_("kind"), max_length=10, choices=DemandKind)
    words = models.CharField(_("what is demanded"), max_length=500)
    wanted_by = models.DateField(_("wanted by"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=DemandState, default=DemandState.OPEN, editable=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"))
    answer = models.ForeignKey(
        TaskEvent, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answer")
    )

    # Not stored: the demand in whose place this one was made, on the row that services.demands.ask returns.
    replaces: "Demand | None" = None

    objects = DemandQuerySet.as_manager()

    class Meta:
        verbose_name = _("demand")
        verbose_name_plural = _("demands")
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="demand_has_words"),
            models.CheckConstraint(
                condition=~Q(kind=DemandKind.REPORT) | Q(wanted_by__isnull=False), name="demand_report_has_date"
            ),
            models.CheckConstraint(
                condition=Q(state=DemandState.ANSWERED, answer__isnull=False)
                | (~Q(state=DemandState.ANSWERED) & Q(answer__isnull=True)),
                name="demand_answer_is_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.task.code}"


class SupervisionNotice(models.Model):
    """督办单: one task, one sheet, with a demand, a limit and the basis; answered by the unit it is sent to.

    Levels rise blue → orange → red, the next one only when the last ran out or its reply was refused (Sanming 2017).
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="notices", verbose_name=_("plan"))
    task = models.ForeignKey(Task, models.PROTECT, related_name="notices", verbose_name=_("task"))
    serial = models.PositiveSmallIntegerField(_("serial number"))
    level = models.CharField(_("level"), max_length=10, choices=NoticeLevel)
    demand = models.TextField(_("demand"), max_length=1000)
    limit_on = models.DateField(_("limit"))
    basis = models.CharField(_("basis"), max_length=200)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="notices", verbose_name=_("sent to"))
    state = models.CharField(_("state"), max_length=12, choices=NoticeState, default=NoticeState.ISSUED, editable=False)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("issued by")
    )
    issued_at = models.DateTimeField(_("issued at"))
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("acknowledged by"),
    )
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    previous = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="escalated_to",
        verbose_name=_("follows upon"),
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("supervision notice")
        verbose_name_plural = _("supervision notices")
        ordering = ["-issued_at"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "serial"], name="notice_serial_once"),
            models.UniqueConstraint(
                fields=["task"],
                condition=Q(state__in=["issued", "acknowledged", "replied", "refused"]),
                name="notice_one_open_a_task",
            ),
            models.CheckConstraint(condition=~Q(demand="") & ~Q(basis=""), name="notice_has_demand_and_basis"),
            models.CheckConstraint(
                condition=Q(acknowledged_by__isnull=True, acknowledged_at__isnull=True)
                | Q(acknowledged_by__isnull=False, acknowledged_at__isnull=False),
                name="notice_acknowledgement_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["accepted", "escalated", "withdrawn"], closed_at__isnull=False)
                | (~Q(state__in=["accepted", "escalated", "withdrawn"]) & Q(closed_at__isnull=True)),
                name="notice_closed_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """督办〔2025〕3号 in the order of issue within the plan year; the tracker's own number, no document number."""
        return notice_number(self.plan.year, self.serial)

    def get_absolute_url(self) -> str:
        return reverse("notice", args=[self.pk])


class NoticeReply(models.Model):
    """What the unit answers to a notice, with the evidence it names, and what the reviewer says to it."""

    notice = models.ForeignKey(
        SupervisionNotice, models.CASCADE, related_name="replies", verbose_name=_("supervision notice")
    )
    words = models.TextField(_("reply"), max_length=2000)
    evidence = models.ManyToManyField(EvidenceUse, blank=True, related_name="+", verbose_name=_("evidence"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    verdict = models.CharField(
        _("verdict"), max_length=10, choices=ReplyVerdict, default=ReplyVerdict.PENDING, editable=False
    )
    reason = models.TextField(_("reason"), blank=True, max_length=1000)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("judged by")
    )
    judged_at = models.DateTimeField(_("judged at"), null=True, blank=True)

    objects = NoticeReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply to a notice")
        verbose_name_plural = _("replies to notices")
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice"], condition=Q(verdict=ReplyVerdict.PENDING), name="notice_reply_one_pending"
            ),
            models.CheckConstraint(condition=~Q(words=""), name="notice_reply_has_words"),
            models.CheckConstraint(
                condition=Q(verdict=ReplyVerdict.PENDING, judged_by__isnull=True, judged_at__isnull=True)
                | (~Q(verdict=ReplyVerdict.PENDING) & Q(judged_by__isnull=False, judged_at__isnull=False)),
                name="notice_reply_verdict_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(verdict=ReplyVerdict.REFUSED) | ~Q(reason=""), name="notice_reply_refusal_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice} {self.at:%Y-%m-%d}"
