"""Append-only history, chained by digest. Triggers in the database refuse every change (see `appendonly`)."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tracker.enums import EventKind
from tracker.models.task import Task
from tracker.querysets import TaskEventQuerySet


class TaskEvent(models.Model):
    """One line of a task's history.

    `changes` is {field: [before, after]}; `state` the whole task after the event with labels of that moment and
    `holdings` the links, evidence and readings that hung on it (see `services.history.holdings_of`), kept by the
    lines that change them, so that any past date can be shown from history alone. `by_label` and `unit_label` keep
    the names of then.
    `sequence` numbers the lines of the installation without a gap; `digest` covers the line's content and
    `previous_digest`.
    """

    sequence = models.PositiveBigIntegerField(_("sequence"), unique=True)
    task = models.ForeignKey(Task, models.PROTECT, related_name="events", verbose_name=_("task"))
    at = models.DateTimeField(_("at"))
    on = models.DateField(_("date"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    by_label = models.CharField(_("name at that time"), max_length=60)
    unit_label = models.CharField(_("unit at that time"), max_length=60, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=EventKind)
    from_status = models.CharField(_("from"), max_length=20, blank=True)
    to_status = models.CharField(_("to"), max_length=20)
    progress = models.PositiveSmallIntegerField(_("progress"))
    summary = models.TextField(_("summary"), blank=True)
    problems = models.TextField(_("problems"), blank=True)
    next_steps = models.TextField(_("next steps"), blank=True)
    reason = models.TextField(_("reason"), blank=True)
    detail = models.TextField(_("detail"), blank=True)
    internal = models.BooleanField(_("reviewers' internal remark"), default=False)
    changes = models.JSONField(_("changes"), default=dict)
    state = models.JSONField(_("state after"), default=dict)
    holdings = models.JSONField(_("links, evidence and readings after"), default=dict)
    previous_digest = models.CharField(_("digest of the line before"), max_length=64)
    digest = models.CharField(_("digest"), max_length=64)

    objects = TaskEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of history")
        verbose_name_plural = _("history")
        ordering = ["sequence"]
        indexes = [
            models.Index(fields=["task", "sequence"], name="task_event_task_sequence"),
            models.Index(fields=["task", "on", "sequence"], name="task_event_task_on"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="task_event_kind_known"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="task_event_progress_in_points"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.get_kind_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Append. Raises PermissionError when the line is stored already."""
        if not self._state.adding:
            raise PermissionError("history is append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise PermissionError("history is append-only")


class Draft(models.Model):
    """An update somebody has begun and not sent; nobody else counts on it."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="drafts", verbose_name=_("task"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("by"))
    values = models.JSONField(_("values"), default=dict)
    saved_at = models.DateTimeField(_("saved at"))

    class Meta:
        verbose_name = _("draft of an update")
        verbose_name_plural = _("drafts of updates")
        constraints = [models.UniqueConstraint(fields=["task", "by"], name="draft_one_a_person")]

    def __str__(self) -> str:
        return f"{self.task.code} {self.by}"
