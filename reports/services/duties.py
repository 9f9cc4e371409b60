"""Duties of leaders: what the third part of next year's report will tell, kept through the year.

A closed review feeds its own; the others are added by hand, and only those are changed and removed by hand.
"""

import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from reports import permissions
from reports.enums import DutyKind
from reports.models import LeaderDuty, Review
from tracker import clock, wording
from tracker.exceptions import InvalidInput, MoveRefused, Stale
from tracker.models import Plan, User
from tracker.services import plans
from tracker.services.evidence import normalised_document_number
from tracker.services.secrecy import refuse_marks

FIELDS = ("kind", "on", "leader", "words", "number")
TEXTS = ("leader", "words", "number")


@transaction.atomic
def add(plan: Plan, *, by: User, kind: str, on: datetime.date, leader: str, words: str, number: str = "") -> LeaderDuty:
    """Add a duty by hand. Raises InvalidInput per field, SecrecyMark, NotPermitted, MoveRefused."""
    plans.hold(plan)
    permissions.check_duties(by, plan)
    values = _checked(plan, {"kind": kind, "on": on, "leader": leader, "words": words, "number": number}, by)
    return LeaderDuty.objects.create(plan=plan, added_by=by, added_at=clock.now(), **values)


@transaction.atomic
def change(duty_id: int, *, by: User, seen: dict[str, Any] | None = None, **values: Any) -> LeaderDuty:
    """Change FIELDS of a duty that was added by hand.

    `seen` is what `state_of` said when the form was opened. Raises Stale when somebody changed it since, else as
    `add`.
    """
    duty = _locked(duty_id, by)
    now = state_of(duty)
    if seen is not None and seen != now:
        raise Stale(_("Somebody changed this duty after you opened it; what you typed is still here."), now)
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise InvalidInput(_("These fields cannot be edited: %(fields)s.") % {"fields": ", ".join(sorted(unknown))})
    for name, value in _checked(duty.plan, {**_values(duty), **values}, by).items():
        setattr(duty, name, value)
    duty.save(update_fields=FIELDS)
    return duty


@transaction.atomic
def remove(duty_id: int, *, by: User) -> None:
    """Take back a duty that was added by hand."""
    _locked(duty_id, by).delete()


@transaction.atomic
def of_review(review: Review, *, by: User) -> LeaderDuty:
    """The duty that a closed review proves: its chair held it on its date. Closed anew, it is brought up to date.

    A review may be held after the plan year has ended; it still belongs to the plan. The words are a text of the
    record, in the language of the record.
    """
    permissions.check_duties(by, review.plan)
    held = {
        "plan": review.plan,
        "kind": DutyKind.REVIEW,
        "on": review.on,
        "leader": review.chair,
        "words": f"主持召开{review.name}",
    }
    first = {**held, "added_by": by, "added_at": clock.now()}
    duty, _made = LeaderDuty.objects.update_or_create(review=review, defaults=held, create_defaults=first)
    return duty


def longest(name: str) -> int:
    """The most characters that the text may have."""
    field: Any = LeaderDuty._meta.get_field(name)
    return int(field.max_length)


def state_of(duty: LeaderDuty) -> dict[str, str]:
    """The values of a duty as text, to tell whether it is still what somebody saw."""
    return {name: str(value) for name, value in _values(duty).items()}


def _values(duty: LeaderDuty) -> dict[str, Any]:
    return {name: getattr(duty, name) for name in FIELDS}


def _locked(duty_id: int, by: User) -> LeaderDuty:
    """The row under a lock, once it is certain that `by` may change it."""
    found = LeaderDuty.objects.select_for_update(of=("self",)).select_related("plan").filter(pk=duty_id).first()
    if found is None:
        raise MoveRefused(_("Somebody has removed this duty."))
    duty: LeaderDuty = found
    permissions.check_change_duty(by, duty)
    return duty


def _checked(plan: Plan, values: dict[str, Any], by: User) -> dict[str, Any]:
    """The values as they are stored. Raises InvalidInput for the first that cannot be."""
    values = {**values, **{name: str(values[name]).strip() for name in TEXTS}}
    refuse_marks({name: values[name] for name in TEXTS}, by=by)
    values["number"] = normalised_document_number(values["number"])
    if values["kind"] not in DutyKind.values:
        raise InvalidInput(_("Choose the kind of act."), field="kind")
    _refuse_day(plan, values["on"])
    if not values["leader"]:
        raise InvalidInput(_("Name the leader."), field="leader")
    if not values["words"]:
        raise InvalidInput(_("Say what the leader did."), field="words")
    for name in TEXTS:
        most = longest(name)
        if len(values[name]) > most:
            raise InvalidInput(_("At most %(most)d characters.") % {"most": most}, field=name)
    return values


def _refuse_day(plan: Plan, on: Any) -> None:
    if not isinstance(on, datetime.date):
        raise InvalidInput(_("Give the date of the act."), field="on")
    if not plan.starts_on <= on <= plan.ends_on:
        span = {"first": wording.full_date(plan.starts_on), "last": wording.full_date(plan.ends_on)}
        raise InvalidInput(_("The date must lie in the plan year, from %(first)s to %(last)s.") % span, field="on")
    if on > clock.today():
        raise InvalidInput(_("This day has not come yet; what a leader did is recorded afterwards."), field="on")
