"""Progress reviews, what they decide and leave behind; duties of leaders; the personal address of a calendar."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reports.enums import AgendaOrder, DecisionKind, DutyKind, ReviewKind, ReviewState
from reports.querysets import (
    DecisionQuerySet,
    LeaderDutyQuerySet,
    ReviewItemQuerySet,
    ReviewPictureQuerySet,
    ReviewQuerySet,
)
from tracker.models import ChangeRequest, Demand, Plan, SupervisionNotice, Task
from tracker.querysets import OwnQuerySet

PERSON = settings.AUTH_USER_MODEL


class Review(models.Model):
    """进度评审: one meeting over a plan. Its agenda and notes are for those who conduct it until it is closed."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="reviews", verbose_name=_("plan"))
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=10, choices=ReviewKind)
    since = models.DateField(_("period from"))
    until = models.DateField(_("period until"))
    on = models.DateField(_("date"))
    chair = models.CharField(_("chair"), max_length=60)
    participants = models.TextField(_("participants"), blank=True, max_length=1000)
    notes = models.TextField(_("notes"), blank=True, max_length=4000)
    order = models.CharField(_("order of the agenda"), max_length=10, choices=AgendaOrder, default=AgendaOrder.LIGHT)
    state = models.CharField(
        _("state"), max_length=10, choices=ReviewState, default=ReviewState.PREPARED, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    prepared_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("prepared by"))
    prepared_at = models.DateTimeField(_("prepared at"))
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("progress review")
        verbose_name_plural = _("progress reviews")
        ordering = ["-on", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="review_number_once"),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="review_period_in_order"),
            models.CheckConstraint(
                condition=Q(state=ReviewState.CLOSED, closed_at__isnull=False, closed_by__isnull=False)
                | (~Q(state=ReviewState.CLOSED) & Q(closed_at__isnull=True, closed_by__isnull=True)),
                name="review_closed_has_time",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Progress review %(number)d of %(year)d") % {"number": self.number, "year": self.plan.year}

    @property
    def name(self) -> str:
        """What records and notices call it, in whatever language it is written there: 2025年第9次进度评审."""
        return f"{self.plan.year}年第{self.number}次进度评审"

    def get_absolute_url(self) -> str:
        return reverse("progress_review", args=[self.pk])


class ReviewItem(models.Model):
    """A task on the agenda. `reasons` are values of AgendaReason.

    `draft` is what was typed and not yet recorded: {key of the person: {kind, words, by_date, by}}.
    """

    review = models.ForeignKey(Review, models.CASCADE, related_name="items", verbose_name=_("progress review"))
    task = models.ForeignKey(Task, models.PROTECT, related_name="review_items", verbose_name=_("task"))
    reasons = models.JSONField(_("why it stands there"), default=list)
    words = models.CharField(_("added because"), max_length=200, blank=True)
    draft = models.JSONField(_("draft of the decision"), default=dict, blank=True)

    objects = ReviewItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("item of the agenda")
        verbose_name_plural = _("items of the agenda")
        constraints = [models.UniqueConstraint(fields=["review", "task"], name="review_item_once")]

    def __str__(self) -> str:
        return f"{self.review} {self.task.code}"


class Decision(models.Model):
    """What a review decided on a task, and the row by which it took effect."""

    item = models.ForeignKey(ReviewItem, models.PROTECT, related_name="decisions", verbose_name=_("item of the agenda"))
    kind = models.CharField(_("kind"), max_length=10, choices=DecisionKind)
    words = models.TextField(_("words"), blank=True, max_length=1000)
    by_date = models.DateField(_("until"), null=True, blank=True)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    at = models.DateTimeField(_("recorded at"))
    demand = models.ForeignKey(
        Demand, models.PROTECT, null=True, blank=True, related_name="decisions", verbose_name=_("demand")
    )
    notice = models.ForeignKey(
        SupervisionNotice,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="decisions",
        verbose_name=_("supervision notice"),
    )
    change = models.ForeignKey(
        ChangeRequest, models.PROTECT, null=True, blank=True, related_name="decisions", verbose_name=_("change request")
    )

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.item.task.code}"


class ReviewPicture(models.Model):
    """The frozen picture of a closed review: every task with all labels, as text that needs no other row.

    `data` is canonical JSON, `digest` SHA-256 (hex) over it and `previous_digest`, that of the picture taken before in
    the same plan. Append-only in the database; a review that is opened again and closed anew gets a further version.
    """

    review = models.ForeignKey(Review, models.PROTECT, related_name="pictures", verbose_name=_("progress review"))
    version = models.PositiveSmallIntegerField(_("version"))
    data = models.TextField(_("data"))
    tasks = models.PositiveIntegerField(_("number of tasks"))
    taken_at = models.DateTimeField(_("taken at"))
    taken_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("taken by"))
    previous_digest = models.CharField(_("digest of the picture before"), max_length=64, blank=True)
    digest = models.CharField(_("digest"), max_length=64)

    objects = ReviewPictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture of a review")
        verbose_name_plural = _("pictures of reviews")
        ordering = ["review", "version"]
        constraints = [models.UniqueConstraint(fields=["review", "version"], name="review_picture_version_once")]

    def __str__(self) -> str:
        return f"{self.review} v{self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Append. Raises PermissionError when the picture is stored already."""
        if not self._state.adding:
            raise PermissionError("pictures of reviews are append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise PermissionError("pictures of reviews are append-only")


class LeaderDuty(models.Model):
    """履职: an act of a leader in the plan year, told by the third part of next year's report."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="leader_duties", verbose_name=_("plan"))
    kind = models.CharField(_("kind"), max_length=10, choices=DutyKind)
    on = models.DateField(_("date"))
    leader = models.CharField(_("leader"), max_length=60)
    words = models.CharField(_("what the leader did"), max_length=300)
    number = models.CharField(_("document number"), max_length=60, blank=True)
    review = models.OneToOneField(
        Review, models.PROTECT, null=True, blank=True, related_name="duty", verbose_name=_("progress review")
    )
    added_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added at"))

    objects = LeaderDutyQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty of a leader")
        verbose_name_plural = _("duties of leaders")
        ordering = ["on", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(words="") & ~Q(leader=""), name="leader_duty_has_words"),
        ]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.words}"


class CalendarAddress(models.Model):
    """The secret part of the address under which a person's calendar can be fetched; renewed or taken back at will."""

    person = models.OneToOneField(PERSON, models.CASCADE, related_name="calendar_address", verbose_name=_("person"))
    token = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("made at"))

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("address of a calendar")
        verbose_name_plural = _("addresses of calendars")

    def __str__(self) -> str:
        return str(self.person)
