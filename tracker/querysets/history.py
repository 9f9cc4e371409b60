"""Lines of history, runs of jobs, and what belongs to one person."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import (
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from tracker.enums import (
    EventKind,
    Role,
    Status,
)

if TYPE_CHECKING:
    from tracker.models import User
from tracker.querysets.evidence import MarkSeen
from tracker.querysets.visibility import government_visible, hidden_plans, oversees


class JobRunQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Self:
        """Jobs run for the whole installation; its administrators see them."""
        if user.is_active and (user.is_superuser or user.role == Role.ADMINISTRATOR):
            return self.all()
        return self.none()


class TaskEventQuerySet(MarkSeen):
    def visible_to(self, user: "User") -> Self:
        """Lines of visible tasks.

        A submission that the unit's head has not signed, and its return or withdrawal before that, is for the lead
        unit and administrators; reviewers' internal remarks are for reviewers, administrators and auditors.
        """
        government = "task__plan__government"
        seen = self.filter(government_visible(user, government))
        within = oversees(user, government, (Role.ADMINISTRATOR,)) | Q(task__lead_unit=user.unit_id)
        seen = seen.exclude(~within & self._before_sign_off())
        aside = self._of_hidden_evidence(user) | self._of_others_requests(user)
        seen = seen.exclude(~oversees(user, government) & aside)
        remarks = oversees(user, government, (Role.REVIEWER, Role.ADMINISTRATOR, Role.AUDITOR))
        seen = seen.exclude(~remarks & Q(internal=True))
        return seen.exclude(task__plan__state__in=hidden_plans(user))

    def signed(self) -> Self:
        """Without submissions that the unit's head has not signed: what the unit stands by."""
        return self.exclude(self._before_sign_off())

    def reports(self) -> Self:
        """What units say of their tasks and stand by: signed reports and submissions with words of their own.

        A contribution of a supporting unit is none, nor is a report that was only sent along with a submission, whose
        words stand on the submission.
        """
        said = self.filter(kind__in=(EventKind.REPORT, EventKind.SUBMIT), internal=False).exclude(summary="")
        return said.signed()

    def _before_sign_off(self) -> Q:
        """Submissions that the unit's head did not sign, and what was said while they waited.

        Whether one was signed is told by the next line that ends the waiting.
        """
        after = self.model.objects.filter(
            task=OuterRef("task"),
            sequence__gt=OuterRef("sequence"),
            from_status=Status.AWAITING_SIGN_OFF,
            kind__in=[EventKind.SIGN, EventKind.RETURN, EventKind.WITHDRAW],
        )
        end = Coalesce(Subquery(after.order_by("sequence").values("kind")[:1]), Value(""))
        unsigned = Q(kind=EventKind.SUBMIT, to_status=Status.AWAITING_SIGN_OFF) & ~Q(Exact(end, EventKind.SIGN.value))
        among_themselves = Q(kind__in=[EventKind.RETURN, EventKind.WITHDRAW], from_status=Status.AWAITING_SIGN_OFF)
        return unsigned | among_themselves

    def _of_hidden_evidence(self, user: "User") -> Q:
        """Lines that name an evidence item which `user` may not see."""
        task = self.model._meta.get_field("task").related_model
        use = task._meta.get_field("evidence_uses").related_model
        evidence = use._meta.get_field("evidence").related_model.objects
        hidden = (
            evidence.filter(uses__task=OuterRef("task"))
            .exclude(pk__in=evidence.visible_to(user).values("pk"))
            .annotate(line=ExpressionWrapper(OuterRef("detail"), output_field=models.TextField()))
        )
        return Q(kind__in=[EventKind.EVIDENCE_ADD, EventKind.EVIDENCE_JUDGE]) & Q(
            Exists(hidden.filter(line__contains=F("number")))
        )

    def _of_others_requests(self, user: "User") -> Q:
        """Requests, demands, notices, and decisions that changed nothing, on tasks of other units."""
        task = self.model._meta.get_field("task").related_model
        own = task.objects.filter(Q(lead_unit=user.unit_id) | Q(supporting_units=user.unit_id))
        among_units = [EventKind.REQUEST, EventKind.DEMAND, EventKind.NOTICE]
        request = Q(kind__in=among_units) | Q(kind=EventKind.DECIDE, changes={})
        return request & ~Q(task__in=own.values("pk"))

    def update(self, **values: Any) -> int:
        raise PermissionError("history is append-only")

    def delete(self) -> Any:
        raise PermissionError("history is append-only")


class OwnQuerySet(models.QuerySet[Any]):
    """What belongs to one person."""

    def visible_to(self, user: "User") -> Self:
        """A person's own rows; those of everyone they see for administrators."""
        if user.role != Role.ADMINISTRATOR and not user.is_superuser:
            return self.filter(person=user)
        people: Any = self.model._meta.get_field("person").related_model
        return self.filter(person__in=people.objects.visible_to(user))
