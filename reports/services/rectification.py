"""What the rectification ledger says of a shortcoming beyond its tasks: the goal, and how it is checked."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from reports import permissions
from reports.models import Rectification
from tracker import clock
from tracker.exceptions import InvalidInput, MoveRefused, Stale
from tracker.models import Plan, Shortcoming, User
from tracker.services import plans
from tracker.services.secrecy import refuse_marks
from tracker.texts import clean

FIELDS = ("goal", "check_method")


@transaction.atomic
def settle(
    plan: Plan,
    shortcoming: Shortcoming,
    *,
    by: User,
    goal: str,
    check_method: str,
    seen: Mapping[str, str] | None = None,
) -> Rectification:
    """Say what the shortcoming is to become and how that is checked; either may stay open.

    `seen` is what `state_of` said when the form was opened. Raises InvalidInput per field, SecrecyMark, Stale,
    NotPermitted, MoveRefused.
    """
    plans.hold(plan)
    permissions.check_rectification(by, plan)
    if shortcoming.part.report_id != plan.report_id:
        raise MoveRefused(_("These words belong to another report than the plan's."))
    known = Rectification.objects.select_for_update(of=("self",)).filter(shortcoming=shortcoming).first()
    now = state_of(known)
    if seen is not None and dict(seen) != now:
        raise Stale(_("Somebody changed this after you opened it; what you typed is still here."), now)
    values = _checked({"goal": goal, "check_method": check_method}, by)
    if known is None and not any(values.values()):
        raise InvalidInput(_("Say what it is to become, or how that is checked."), field="goal")
    row, _made = Rectification.objects.update_or_create(
        shortcoming=shortcoming, defaults={**values, "plan": plan, "by": by, "at": clock.now()}
    )
    return row


def state_of(row: Rectification | None) -> dict[str, str]:
    """The values as text, to tell whether they are still what somebody saw."""
    return {name: getattr(row, name) if row else "" for name in FIELDS}


def longest(name: str) -> int:
    """The most characters that the text may have."""
    field: Any = Rectification._meta.get_field(name)
    return int(field.max_length)


def _checked(values: Mapping[str, str], by: User) -> dict[str, str]:
    found = {name: clean(str(text)).strip() for name, text in values.items()}
    refuse_marks(found, by=by)
    for name, text in found.items():
        if len(text) > longest(name):
            raise InvalidInput(_("At most %(most)d characters.") % {"most": longest(name)}, field=name)
    return found
