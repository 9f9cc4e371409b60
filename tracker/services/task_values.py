"""What the fields of a task and its milestones may hold: checks that write nothing.

Each raises InvalidInput or MoveRefused with a sentence that names the value, for the field it concerns.
"""

import datetime
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tracker import clock
from tracker.dates import full_date, year_after
from tracker.enums import Nature, Status
from tracker.exceptions import InvalidInput, MoveRefused
from tracker.models import Milestone, Task, Unit, User
from tracker.texts import clean, enumeration

FREELY_EDITABLE = ("title", "deliverable", "accountable_leader", "remarks", "starts_on")


PROMISED = ("lead_unit", "owner", "due_on", "due_basis", "criteria", "nature")


EDITABLE = (*FREELY_EDITABLE, *PROMISED, "supporting_units")


STEP_FIELDS = ("title", "due_on", "share", "met_on", "met_words", "note")


def required_text(value: str, field: str, sentence: str) -> str:
    """The stripped text; raises InvalidInput with `sentence` when nothing is left."""
    text = value.strip()
    if not text:
        raise InvalidInput(sentence, field=field)
    return text


def refuse_incomplete(values: Mapping[str, Any]) -> None:
    names = {
        "lead_unit": _("lead unit"),
        "owner": _("owner"),
        "due_on": _("due date"),
        "due_basis": _("deadline basis"),
        "criteria": _("completion criteria"),
        "nature": _("nature"),
    }
    missing = [name for name in PROMISED if not values[name]]
    if missing:
        raise InvalidInput(
            _("Cannot be confirmed yet; missing: %(fields)s.")
            % {"fields": enumeration(names[name] for name in missing)},
            field=missing[0],
        )
    if values["owner"].unit_id != values["lead_unit"].pk:
        raise InvalidInput(
            _("%(owner)s does not belong to the lead unit, %(unit)s.")
            % {"owner": values["owner"], "unit": values["lead_unit"]},
            field="owner",
        )


def refuse_dates(starts_on: datetime.date, due_on: datetime.date, task: Task) -> None:
    """Raise InvalidInput for a due date before the start, before the plan, long after it, or in the past."""
    if due_on < starts_on:
        raise InvalidInput(
            _("The due date %(due)s lies before the planned start %(start)s.") % {"due": due_on, "start": starts_on},
            field="due_on",
        )
    if due_on < clock.today():
        raise InvalidInput(_("The due date %(due)s has passed already.") % {"due": due_on}, field="due_on")
    if not task.plan.starts_on <= due_on:
        raise InvalidInput(_("The due date lies before the plan's year."), field="due_on")
    refuse_late_due(due_on, task)


def refuse_late_due(due_on: datetime.date, task: Task) -> None:
    """Raise InvalidInput for a due date more than one year after the plan's last day."""
    refuse_late(due_on, task, "due_on", _("A due date lies at most one year after the plan's last day: by %(date)s."))


def refuse_late(day: datetime.date | None, task: Task, field: str, sentence: str = "") -> None:
    """Raise InvalidInput, with `sentence` or a plain one, for a day more than one year after the plan's last."""
    latest = year_after(task.plan.ends_on)
    if day is not None and day > latest:
        words = sentence or _("This day lies too late; the latest is %(date)s.")
        raise InvalidInput(words % {"date": full_date(latest)}, field=field)


def checked(task: Task, values: Mapping[str, Any]) -> dict[str, Any]:
    """Only fields that may be edited; texts without outer blanks and unstorable characters, of fitting length."""
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise InvalidInput(_("These fields cannot be edited: %(fields)s.") % {"fields": ", ".join(sorted(unknown))})
    cleaned: dict[str, Any] = {}
    for name, value in values.items():
        cleaned[name] = valid_text(name, value) if isinstance(value, str) else value
    if "title" in cleaned and not cleaned["title"]:
        raise InvalidInput(_("A task needs a working title."), field="title")
    if cleaned.get("nature") and cleaned["nature"] not in Nature.values:
        raise InvalidInput(_("This nature is not known."), field="nature")
    for name in ("lead_unit", "owner"):
        refuse_foreign(task, name, cleaned.get(name))
    return cleaned


def valid_text(name: str, value: str) -> str:
    """The text as it can be stored. Raises InvalidInput where the model's field does not take it."""
    text = clean(value).strip()
    field = Task._meta.get_field(name)
    try:
        field.run_validators(text)  # type: ignore[union-attr]
    except ValidationError as error:
        raise InvalidInput(error.messages[0], field=name) from error
    return text


def refuse_foreign(task: Task, name: str, value: Unit | User | None) -> None:
    unit = value.unit if isinstance(value, User) else value
    if value is not None and (unit is None or unit.government_id != task.plan.government_id):
        raise InvalidInput(_("%(value)s does not belong to the plan's government.") % {"value": value}, field=name)


def refuse_promises(task: Task, fields: Mapping[str, Any]) -> None:
    """Raise where an edit of these fields would change what a confirmed task promises."""
    if task.status == Status.UNCONFIRMED:
        return
    promised = [name for name in fields if name in PROMISED and name != "owner"]
    if promised:
        raise MoveRefused(
            _(
                "The task is confirmed: its due date, lead unit, criteria and nature change only through an "
                "approved change request."
            ),
            field=promised[0],
        )
    owner = fields.get("owner", task.owner)
    if owner is None or owner.unit_id != task.lead_unit_id:
        raise InvalidInput(
            _("%(owner)s does not belong to the lead unit, %(unit)s.")
            % {"owner": owner or "—", "unit": task.lead_unit},
            field="owner",
        )


def refuse_meeting(task: Task, step: Milestone, today: datetime.date) -> None:
    """Raise InvalidInput for a day in the future or before the plan, and for too long a word."""
    if step.met_on is not None and not task.plan.starts_on <= step.met_on <= today:
        raise InvalidInput(
            _("“%(title)s” cannot have been met on %(date)s.") % {"title": step.title, "date": step.met_on},
            field="milestones_met",
        )
    most = Milestone._meta.get_field("met_words").max_length or 0
    if len(step.met_words) > most:
        raise InvalidInput(_("At most %(most)d characters.") % {"most": most}, field="milestones_met")


def same_steps(steps: Iterable[Mapping[str, Any]], stored: Iterable[Milestone]) -> bool:
    rows = [Milestone(**step) for step in steps], stored
    given, kept = (sorted([str(getattr(row, name)) for name in STEP_FIELDS] for row in part) for part in rows)
    return given == kept


def refuse_step(row: Milestone, place: int, starts_on: datetime.date | None, due_on: datetime.date | None) -> None:
    row.title = clean(row.title).strip()
    try:
        row.clean_fields(exclude=["task"])
    except ValidationError as error:
        name, sentences = next(iter(error.message_dict.items()))
        raise InvalidInput(sentences[0], field=f"milestones_{place}_{name}") from error
    sentence = ""
    if due_on and row.due_on > due_on:
        sentence = _("Milestone “%(title)s” lies after the due date.")
    elif starts_on and row.due_on < starts_on:
        sentence = _("Milestone “%(title)s” lies before the planned start.")
    if sentence:
        raise InvalidInput(sentence % {"title": row.title}, field=f"milestones_{place}_due_on")


def refuse_steps(task: Task, rows: list[Milestone]) -> None:
    """Raise InvalidInput for shares that fall, named where they do, and for a met milestone that is missing."""
    places = sorted(range(len(rows)), key=lambda place: (rows[place].due_on, rows[place].share or 0))
    shares = [(place, rows[place].share) for place in places if rows[place].share is not None]
    for (_before, share), (place, later) in pairwise(shares):
        if later < share:  # type: ignore[operator]
            raise InvalidInput(
                _("The shares of milestones must rise with their dates."), field=f"milestones_{place}_share"
            )
    met = set(task.milestones.filter(met_on__isnull=False).values_list("title", flat=True))
    dropped = met - {row.title for row in rows if row.met_on}
    if dropped:
        raise InvalidInput(
            _("A milestone that is met cannot be dropped: %(titles)s.") % {"titles": enumeration(dropped)}
        )
