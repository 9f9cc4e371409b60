"""From one year to the next: what becomes of open tasks, and what of a new plan goes back to tasks of the last."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from tracker.enums import CarryOverKind, LinkState
from tracker.models.source import Measure
from tracker.models.task import Task
from tracker.querysets import SuccessionQuerySet, TaskPartQuerySet


class CarryOver(models.Model):
    """结转: what becomes of a task that is open at the end of its plan's year, and why.

    `words` is the sentence by which a carried task is to stand in next year's arrangements; `into` is the task of the
    same plan that absorbs it. A task is never counted as completed by this: only its close-out does that.
    """

    task = models.OneToOneField(Task, models.CASCADE, related_name="carry_over", verbose_name=_("task"))
    kind = models.CharField(_("what becomes of it"), max_length=10, choices=CarryOverKind)
    reason = models.CharField(_("reason"), max_length=500)
    words = models.TextField(_("words for next year's arrangements"), blank=True, max_length=1000)
    into = models.ForeignKey(
        Task, models.PROTECT, null=True, blank=True, related_name="absorbed", verbose_name=_("absorbed by")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("set by"))
    at = models.DateTimeField(_("set at"))

    objects = TaskPartQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("roll-over of a task")
        verbose_name_plural = _("roll-over of tasks")
        ordering = ["task"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="carry_over_has_reason"),
            models.CheckConstraint(
                condition=Q(kind=CarryOverKind.ABSORBED, into__isnull=False)
                | (~Q(kind=CarryOverKind.ABSORBED) & Q(into__isnull=True)),
                name="carry_over_absorbed_names_task",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task.code} {self.get_kind_display()}"


class Succession(models.Model):
    """承接: a task, or a measure of the report, of the following year goes back to a task of the year before.

    `predecessor` belongs to the plan of the year before; exactly one of `task` (it carries that one on) and
    `measure` (it tells what that one achieved) is set. Proposals come from the words; only a confirmed one counts.
    """

    predecessor = models.ForeignKey(Task, models.PROTECT, related_name="successions", verbose_name=_("predecessor"))
    task = models.ForeignKey(
        Task, models.CASCADE, null=True, blank=True, related_name="predecessions", verbose_name=_("task")
    )
    measure = models.ForeignKey(
        Measure, models.CASCADE, null=True, blank=True, related_name="predecessions", verbose_name=_("measure")
    )
    state = models.CharField(_("state"), max_length=10, choices=LinkState, default=LinkState.PROPOSED)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    objects = SuccessionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("succession")
        verbose_name_plural = _("successions")
        ordering = ["predecessor", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(task__isnull=False, measure__isnull=True) | Q(task__isnull=True, measure__isnull=False),
                name="succession_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(state=LinkState.PROPOSED, confirmed_by__isnull=True, confirmed_at__isnull=True)
                | (~Q(state=LinkState.PROPOSED) & Q(confirmed_by__isnull=False, confirmed_at__isnull=False)),
                name="succession_confirmation_is_whole",
            ),
            models.UniqueConstraint(fields=["predecessor", "task"], name="succession_once_a_task"),
            models.UniqueConstraint(fields=["predecessor", "measure"], name="succession_once_a_measure"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor.code} → {self.task or self.measure}"
