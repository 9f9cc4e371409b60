"""Progress reviews, what they decide and leave behind; duties of leaders; the personal address of a calendar."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from reports.enums import AgendaOrder, DecisionKind, DisclosureState, DutyKind, ReviewKind, ReviewState
from reports.querysets import (
    DecisionQuerySet,
    DraftEditQuerySet,
    DraftQuerySet,
    LeaderDutyQuerySet,
    OfPlanOpenQuerySet,
    PublicEntryQuerySet,
    ReviewItemQuerySet,
    ReviewPictureQuerySet,
    ReviewQuerySet,
)
from tracker.models import ChangeRequest, Demand, Plan, Shortcoming, SupervisionNotice, Task
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


class PublicEdition(models.Model):
    """公开台账 of a plan: while it is switched on, anyone may read what passed disclosure review."""

    plan = models.OneToOneField(Plan, models.PROTECT, related_name="public_edition", verbose_name=_("plan"))
    is_on = models.BooleanField(_("switched on"), default=False)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("set by"))
    at = models.DateTimeField(_("set at"))

    objects = OfPlanOpenQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("public edition")
        verbose_name_plural = _("public editions")

    def __str__(self) -> str:
        return str(self.plan)


class PublicEntry(models.Model):
    """A task's line of the public ledger, as disclosure review saw it (Xicheng's form of 2020: 全年完成情况).

    `words` is what may be published of its completion. `basis_digest` is SHA-256 (hex) over what the reviewer had
    before the eyes; when the task has changed since, the line is looked at anew before it is published again.
    """

    task = models.OneToOneField(Task, models.CASCADE, related_name="public_entry", verbose_name=_("task"))
    state = models.CharField(_("state"), max_length=10, choices=DisclosureState)
    words = models.TextField(_("completion, for the public"), blank=True, max_length=1000)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    basis_digest = models.CharField(_("digest of what was seen"), max_length=64)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("reviewed by"))
    at = models.DateTimeField(_("reviewed at"))

    objects = PublicEntryQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("line of the public ledger")
        verbose_name_plural = _("lines of the public ledger")
        ordering = ["task"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(state=DisclosureState.PASSED) & ~Q(words=""))
                | (Q(state=DisclosureState.WITHHELD) & ~Q(reason="")),
                name="public_entry_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task.code} {self.get_state_display()}"


class Rectification(models.Model):
    """What the rectification ledger (整改台账) says of a shortcoming beyond the tasks that answer it."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="rectifications", verbose_name=_("plan"))
    shortcoming = models.OneToOneField(
        Shortcoming, models.PROTECT, related_name="rectification", verbose_name=_("shortcoming")
    )
    goal = models.CharField(_("goal of the rectification"), max_length=300)
    check_method = models.CharField(_("how it is checked"), max_length=200)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("set by"))
    at = models.DateTimeField(_("set at"))

    objects = OfPlanOpenQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("rectification")
        verbose_name_plural = _("rectifications")
        ordering = ["plan", "shortcoming"]

    def __str__(self) -> str:
        return str(self.shortcoming)


class AnnualDraft(models.Model):
    """The draft of next report, written over the plan's year: what composes itself from the data, and the edits on it.

    Only edits are stored; whatever nobody touched follows the data.
    """

    plan = models.OneToOneField(Plan, models.PROTECT, related_name="annual_draft", verbose_name=_("plan"))
    begun_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("begun by"))
    begun_at = models.DateTimeField(_("begun at"))

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of an annual report")
        verbose_name_plural = _("drafts of annual reports")

    def __str__(self) -> str:
        return str(self.plan)


class DraftEdit(models.Model):
    """What a person changed of one piece of the draft, or a sentence of the person's own.

    `key` names the piece as composing does; `item` is the key of the numbered item that it stands in. `text` is None
    while the composed words stand; `based_on` keeps the words they replaced, so that what moved since is shown.
    `included` is None while the piece stands or not as composed. `position` is None while the order is as composed.
    """

    draft = models.ForeignKey(AnnualDraft, models.CASCADE, related_name="edits", verbose_name=_("draft"))
    key = models.CharField(max_length=80)
    item = models.CharField(max_length=80, blank=True)
    text = models.TextField(_("words"), null=True, blank=True, max_length=2000)
    based_on = models.TextField(_("composed words at that time"), blank=True)
    cause = models.TextField(_("cause"), blank=True, max_length=1000)
    included = models.BooleanField(_("stands in the report"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), null=True, blank=True)
    task = models.ForeignKey(
        Task, models.PROTECT, null=True, blank=True, related_name="draft_edits", verbose_name=_("task")
    )
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("changed by"))
    at = models.DateTimeField(_("changed at"))

    objects = DraftEditQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("edit of a draft")
        verbose_name_plural = _("edits of drafts")
        ordering = ["draft", "pk"]
        constraints = [models.UniqueConstraint(fields=["draft", "key"], name="draft_edit_once")]

    def __str__(self) -> str:
        return f"{self.draft} {self.key}"
