"""One commitment and what is measured on the way to it."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from tracker.enums import IndicatorDirection, Light, Nature, RequestKind, RequestState, Status
from tracker.models.people import Unit
from tracker.models.plan import Plan, WorkArea
from tracker.models.source import Figure, Span, span_in_order
from tracker.querysets import GATED_FIELDS, TaskPartQuerySet, TaskQuerySet

RAISABLE = [Light.RED, Light.YELLOW, Light.BLUE]


class Task(Span):
    """任务.

    `quote` is the report's own words at [start, end); `title` is the working title. Whatever the report does
    not say (owner, due date, criteria) is empty until someone sets it with a basis. The fields in
    `GATED_FIELDS` are written by `services.tasks` alone: `save()` refuses to change them.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="tasks", verbose_name=_("plan"))
    area = models.ForeignKey(WorkArea, models.PROTECT, related_name="tasks", verbose_name=_("work area"))
    serial = models.PositiveSmallIntegerField(_("serial number in the area"))
    code = models.CharField(_("number"), max_length=12, editable=False)
    title = models.CharField(_("working title"), max_length=200)
    quote = models.TextField(_("words of the report"))
    nature = models.CharField(_("nature"), max_length=12, choices=Nature, blank=True)
    deliverable = models.CharField(_("expected deliverable"), max_length=300, blank=True)
    criteria = models.TextField(_("completion criteria"), blank=True, max_length=4000)
    lead_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="led_tasks", verbose_name=_("lead unit")
    )
    proposed_lead_unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("proposed lead unit"),
    )
    supporting_units = models.ManyToManyField(
        Unit, blank=True, related_name="supported_tasks", verbose_name=_("supporting units")
    )
    accountable_leader = models.CharField(_("accountable leader"), max_length=60, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_tasks",
        verbose_name=_("owner"),
    )
    starts_on = models.DateField(_("planned start"), null=True, blank=True)
    due_on = models.DateField(_("due date"), null=True, blank=True)
    due_basis = models.CharField(_("deadline basis"), max_length=300, blank=True)
    remarks = models.CharField(_("remarks"), max_length=500, blank=True)

    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.UNCONFIRMED, editable=False, db_index=True
    )
    progress = models.PositiveSmallIntegerField(
        _("progress"), default=0, validators=[MaxValueValidator(100)], editable=False
    )
    returned = models.BooleanField(_("returned and not resubmitted"), default=False, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    confirmed_on = models.DateField(_("confirmed on"), null=True, editable=False)
    last_report_on = models.DateField(_("last report"), null=True, editable=False)
    completed_on = models.DateField(_("closed out on"), null=True, editable=False)
    cancelled_on = models.DateField(_("cancelled on"), null=True, editable=False)
    raised_light = models.CharField(max_length=6, blank=True, editable=False)
    raised_reason = models.CharField(max_length=300, blank=True, editable=False)
    milestone_count = models.PositiveSmallIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = TaskQuerySet.as_manager()

    _loaded: dict[str, Any]

    if TYPE_CHECKING:  # annotated by TaskQuerySet.with_light
        light_reason: str
        scheduled: int | None
        behind: int
        milestone_missed: bool

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["area__number", "serial"]
        indexes = [
            models.Index(fields=["plan", "status"], name="task_plan_status"),
            models.Index(fields=["plan", "due_on"], name="task_plan_due"),
            models.Index(fields=["plan", "lead_unit"], name="task_plan_lead"),
        ]
        constraints = [
            span_in_order("task"),
            models.UniqueConstraint(fields=["area", "serial"], name="task_serial_once"),
            models.UniqueConstraint(fields=["plan", "code"], name="task_code_once"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="task_status_known"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="task_progress_in_points"),
            models.CheckConstraint(
                condition=Q(status=Status.COMPLETED, completed_on__isnull=False)
                | (~Q(status=Status.COMPLETED) & Q(completed_on__isnull=True)),
                name="task_completed_has_date",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.CANCELLED, cancelled_on__isnull=False)
                | (~Q(status=Status.CANCELLED) & Q(cancelled_on__isnull=True)),
                name="task_cancelled_has_date",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.UNCONFIRMED, Status.CANCELLED])
                | (
                    Q(
                        lead_unit__isnull=False,
                        owner__isnull=False,
                        due_on__isnull=False,
                        starts_on__isnull=False,
                        confirmed_on__isnull=False,
                    )
                    & ~Q(due_basis="")
                    & ~Q(criteria="")
                    & ~Q(nature="")
                ),
                name="task_confirmed_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.AWAITING_SIGN_OFF, Status.UNDER_REVIEW], submitted_by__isnull=False)
                | ~Q(status__in=[Status.AWAITING_SIGN_OFF, Status.UNDER_REVIEW]),
                name="task_submission_has_submitter",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(starts_on__isnull=True) | Q(due_on__gte=F("starts_on")),
                name="task_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(raised_light="") | (Q(raised_light__in=RAISABLE) & ~Q(raised_reason="")),
                name="task_raised_light_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @cached_property
    def cancellation_approved(self) -> bool:
        """Whether a cancellation was asked for and approved; `with_surroundings` reads it along."""
        return self.requests.filter(kind=RequestKind.CANCELLATION, state=RequestState.APPROVED).exists()

    @cached_property
    def has_open_notice(self) -> bool:
        """Whether a supervision notice on the task still asks something; `with_surroundings` reads it along."""
        return self.notices.open().exists()

    def get_absolute_url(self) -> str:
        return reverse("task", args=[self.pk])

    @classmethod
    def from_db(cls, db: Any, field_names: Any, values: Any, *args: Any, **kwargs: Any) -> Self:
        task = super().from_db(db, field_names, values, *args, **kwargs)
        task._loaded = {name: task.__dict__.get(name) for name in GATED_FIELDS if name in task.__dict__}
        return task

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save what is not gated. Raises PermissionError when a gated field differs from the stored one."""
        fresh = self._state.adding
        self.code = f"{self.area.number}.{self.serial}"
        for name in GATED_FIELDS:
            stored = _default_of(name) if fresh else self._loaded.get(name)
            if name in self.__dict__ and getattr(self, name) != stored:
                raise PermissionError(f"{name} of a task is written by services.tasks alone")
        super().save(*args, **kwargs)
        self._loaded = {name: getattr(self, name) for name in GATED_FIELDS}

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Delete a task nobody has confirmed. Raises PermissionError for any other."""
        if self.status != Status.UNCONFIRMED:
            raise PermissionError("a confirmed task is cancelled, never deleted")
        return super().delete(*args, **kwargs)


def _default_of(name: str) -> Any:
    field: Any = Task._meta.get_field(name.removesuffix("_id"))
    return field.get_default()


class Milestone(models.Model):
    """阶段节点: a dated step; with a share it bends the schedule of its task."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="milestones", verbose_name=_("task"))
    title = models.CharField(_("title"), max_length=200)
    due_on = models.DateField(_("due date"))
    share = models.PositiveSmallIntegerField(
        _("share due by then, in points"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    met_on = models.DateField(_("met on"), null=True, blank=True)
    met_words = models.CharField(_("how it was met"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = TaskPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["task", "due_on", "id"]
        indexes = [models.Index(fields=["task", "due_on"], name="milestone_task_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__lte=100), name="milestone_share_in_points"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Indicator(models.Model):
    """指标: a number that the task is to move, from a baseline (often a figure of the report) to a target."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="indicators", verbose_name=_("task"))
    name = models.CharField(_("name"), max_length=100)
    unit = models.CharField(_("unit of measure"), max_length=20, blank=True)
    direction = models.CharField(_("direction"), max_length=6, choices=IndicatorDirection)
    figure = models.ForeignKey(
        Figure, models.PROTECT, null=True, blank=True, related_name="indicators", verbose_name=_("baseline figure")
    )
    baseline = models.DecimalField(_("baseline"), max_digits=20, decimal_places=6, null=True, blank=True)
    target = models.DecimalField(_("target"), max_digits=20, decimal_places=6, null=True, blank=True)

    objects = TaskPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["task", "id"]
        constraints = [
            models.UniqueConstraint(fields=["task", "name"], name="indicator_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Reading(models.Model):
    """Value of an indicator on a date."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="readings", verbose_name=_("indicator"))
    on = models.DateField(_("date"))
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=6)
    note = models.CharField(_("word of explanation"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by"))

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        ordering = ["indicator", "on"]
        constraints = [models.UniqueConstraint(fields=["indicator", "on"], name="reading_one_a_day")]

    def __str__(self) -> str:
        return f"{self.on} {self.value.normalize():f}"
