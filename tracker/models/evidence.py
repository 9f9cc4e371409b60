"""What proves a claim."""

import datetime
from typing import TYPE_CHECKING, Any, NoReturn

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tracker.enums import Disclosure, EvidenceKind, LinkHealth, LookOutcome, Verdict
from tracker.models.people import Unit
from tracker.models.plan import Plan
from tracker.models.task import Task
from tracker.querysets import AddressCheckQuerySet, AddressTurnQuerySet, EvidenceQuerySet, EvidenceUseQuerySet


class Evidence(models.Model):
    """佐证材料: a document or page, numbered for the task it was first given for ("2025-6-1-01").

    A new version is a row of its own that names the one it replaces; nothing of the old is changed.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="evidence", verbose_name=_("plan"))
    number = models.CharField(_("number"), max_length=24, editable=False)
    task = models.ForeignKey(Task, models.PROTECT, related_name="+", verbose_name=_("first given for"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="evidence", verbose_name=_("depositing unit"))
    kind = models.CharField(_("kind"), max_length=16, choices=EvidenceKind)
    title = models.CharField(_("title"), max_length=200)
    document_number = models.CharField(_("document number"), max_length=60, blank=True)
    issuer = models.CharField(_("issuer"), max_length=100, blank=True)
    dated_on = models.DateField(_("date of the document"))
    address = models.URLField(
        _("web address"), max_length=1000, blank=True, validators=[URLValidator(schemes=["http", "https"])]
    )
    file_digest = models.CharField(_("SHA-256 of the file"), max_length=64, blank=True, editable=False)
    file_name = models.CharField(_("file name"), max_length=200, blank=True, editable=False)
    file_type = models.CharField(_("file type"), max_length=100, blank=True, editable=False)
    file_size = models.PositiveIntegerField(_("file size in bytes"), null=True, editable=False)
    place = models.CharField(_("page or place"), max_length=100, blank=True)
    valid_until = models.DateField(
        _("valid until"), null=True, blank=True, help_text=_("Afterwards it has expired and proves nothing any more.")
    )
    disclosure = models.CharField(_("disclosure"), max_length=10, choices=Disclosure)
    not_classified = models.BooleanField(_("stated to contain nothing classified"), default=False)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    deposited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("deposited by")
    )
    deposited_at = models.DateTimeField(_("deposited at"))

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence item")
        verbose_name_plural = _("evidence")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="evidence_number_once"),
            models.CheckConstraint(condition=Q(not_classified=True), name="evidence_stated_not_classified"),
            models.CheckConstraint(
                condition=~Q(address="") | ~Q(file_digest="") | ~Q(document_number=""),
                name="evidence_can_be_found",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("evidence", args=[self.pk])

    def expired(self, today: datetime.date) -> bool:
        """Whether the item's time had run out before `today`."""
        return self.valid_until is not None and self.valid_until < today


class AddressCheck(models.Model):
    """What the last look at an item's web address found, and what it was like when the item was accepted.

    A failure is told only once a second one, hours later, has borne it out (`dead_since`); words that differ from
    those accepted only once two looks in a row found the same other words (`changed_at`). `digest` is SHA-256 over
    what can be read there, `accepted_digest` that of the words that the acceptance stands on.
    """

    evidence = models.OneToOneField(
        Evidence, models.CASCADE, related_name="address_check", verbose_name=_("evidence item")
    )
    checked_at = models.DateTimeField(_("checked at"))
    outcome = models.CharField(_("outcome"), max_length=16, choices=LookOutcome)
    status_code = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)
    final_address = models.CharField(_("address arrived at"), max_length=1000, blank=True)
    digest = models.CharField(_("SHA-256 of the words"), max_length=64, blank=True)
    accepted_digest = models.CharField(_("SHA-256 of the accepted words"), max_length=64, blank=True)
    failed_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    dead_since = models.DateTimeField(_("dead since"), null=True, blank=True)
    changed_at = models.DateTimeField(_("changed since acceptance, seen at"), null=True, blank=True)

    objects = AddressCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("look at an address")
        verbose_name_plural = _("looks at addresses")
        ordering = ["evidence"]

    def __str__(self) -> str:
        return f"{self.evidence.number} {self.get_outcome_display()}"

    @property
    def health(self) -> LinkHealth:
        """What is said of the address; what is dead is not said to have changed."""
        if self.dead_since is not None:
            return LinkHealth.DEAD
        if self.failed_since is not None:
            return LinkHealth.FAILING
        if self.changed_at is not None:
            return LinkHealth.CHANGED
        return LinkHealth.ALIVE if self.outcome == LookOutcome.ALIVE else LinkHealth.UNTOLD


class AddressTurn(models.Model):
    """What is said of an item's web address from a moment on, until the next turn; append-only.

    `AddressCheck` knows the present alone; from the turns any past day can be shown.
    """

    evidence = models.ForeignKey(
        Evidence, models.PROTECT, related_name="address_turns", verbose_name=_("evidence item")
    )
    at = models.DateTimeField(_("at"))
    health = models.CharField(_("state of the address"), max_length=10, choices=LinkHealth)

    objects = AddressTurnQuerySet.as_manager()

    class Meta:
        verbose_name = _("turn of an address")
        verbose_name_plural = _("turns of addresses")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["evidence", "at"], name="address_turn_of_evidence")]

    def __str__(self) -> str:
        return f"{self.evidence.number} {self.get_health_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Append. Raises PermissionError when the turn is stored already."""
        if not self._state.adding:
            raise PermissionError("turns of an address are append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise PermissionError("turns of an address are append-only")


class EvidenceUse(models.Model):
    """One evidence item offered for one task, with the claim it is to prove and the reviewer's verdict."""

    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="uses", verbose_name=_("evidence item"))
    task = models.ForeignKey(Task, models.PROTECT, related_name="evidence_uses", verbose_name=_("task"))
    claim = models.CharField(_("claim it proves"), max_length=300, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added at"))
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict, default=Verdict.PENDING)
    authentic = models.BooleanField(_("authentic"), null=True, blank=True)
    timely = models.BooleanField(_("timely"), null=True, blank=True)
    relevant = models.BooleanField(_("relevant"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("judged by"),
    )
    judged_at = models.DateTimeField(_("judged at"), null=True, blank=True)

    objects = EvidenceUseQuerySet.as_manager()

    if TYPE_CHECKING:  # annotated by EvidenceUseQuerySet
        replaced_here: str | None
        newer: dict[str, Any] | None

    class Meta:
        verbose_name = _("use of evidence")
        verbose_name_plural = _("uses of evidence")
        ordering = ["task", "evidence__number"]
        constraints = [
            models.UniqueConstraint(fields=["evidence", "task"], name="evidence_use_once_a_task"),
            models.CheckConstraint(
                condition=Q(
                    verdict=Verdict.ACCEPTED, authentic=True, timely=True, relevant=True, judged_by__isnull=False
                )
                | (Q(verdict=Verdict.REJECTED, judged_by__isnull=False) & ~Q(reason=""))
                | Q(verdict__in=[Verdict.PENDING, Verdict.WITHDRAWN]),
                name="evidence_verdict_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evidence} → {self.task.code}"
