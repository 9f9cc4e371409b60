"""Asking to change what a confirmed task promises, and asking supporting units for their part."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tracker.enums import ContributionState, RequestKind, RequestState
from tracker.models.history import TaskEvent
from tracker.models.people import Unit
from tracker.models.task import Task
from tracker.querysets import ChangeRequestQuerySet, ContributionRequestQuerySet


class ChangeRequest(models.Model):
    """延期 / 调整 / 取消: `changes` is {field: [value when asked, value asked for]} with stored values.

    An extension is asked for before the due date, with reason, progress and the new date, and answered with a
    date (practice of 督办 rules); an approval names the body that decided and its basis document.
    """

    task = models.ForeignKey(Task, models.CASCADE, related_name="requests", verbose_name=_("task"))
    kind = models.CharField(_("kind"), max_length=12, choices=RequestKind)
    state = models.CharField(_("state"), max_length=10, choices=RequestState, default=RequestState.OPEN, editable=False)
    reason = models.TextField(_("reason"), max_length=2000)
    progress_note = models.TextField(_("progress so far"), blank=True, max_length=2000)
    changes = models.JSONField(_("changes"), default=dict)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision_note = models.TextField(_("decision in words"), blank=True, max_length=2000)
    approving_body = models.CharField(_("approving body"), max_length=100, blank=True)
    basis_document = models.CharField(_("basis document"), max_length=200, blank=True)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)

    # Not stored: the request in whose place this one was asked for, on the row that services.requests.ask returns.
    replaces: "ChangeRequest | None" = None

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("change request")
        verbose_name_plural = _("change requests")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["task"], condition=Q(state=RequestState.OPEN), name="change_request_one_open"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="change_request_has_reason"),
            models.CheckConstraint(
                condition=~Q(state__in=[RequestState.APPROVED, RequestState.REFUSED])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="change_request_decision_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state=RequestState.APPROVED) | (~Q(approving_body="") & ~Q(basis_document="")),
                name="change_request_approval_has_basis",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.task.code}"


class ContributionRequest(models.Model):
    """What a lead unit asks of a supporting unit; the unit's next contribution answers it."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="contribution_requests", verbose_name=_("task"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="contribution_requests", verbose_name=_("supporting unit")
    )
    words = models.CharField(_("what is asked"), max_length=500)
    wanted_by = models.DateField(_("wanted by"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=ContributionState, default=ContributionState.ASKED, editable=False
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"))
    answer = models.ForeignKey(
        TaskEvent, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answer")
    )

    objects = ContributionRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for a contribution")
        verbose_name_plural = _("requests for contributions")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "unit"],
                condition=Q(state=ContributionState.ASKED),
                name="contribution_request_one_open",
            ),
            models.CheckConstraint(condition=~Q(words=""), name="contribution_request_has_words"),
            models.CheckConstraint(
                condition=Q(state=ContributionState.ANSWERED, answer__isnull=False)
                | (~Q(state=ContributionState.ANSWERED) & Q(answer__isnull=True)),
                name="contribution_request_answer_is_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task.code} {self.unit}"
