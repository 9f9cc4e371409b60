"""催办: what reviewers and leaders demand of a task's lead unit; its next report answers."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tracker import clock, permissions, wording
from tracker.enums import DemandKind, DemandState, EventKind
from tracker.exceptions import InvalidInput
from tracker.models import Demand, Task, User
from tracker.services import tasks
from tracker.services.secrecy import refuse_marks
from tracker.texts import clean

MOST_WORDS = Demand._meta.get_field("words").max_length or 0


@transaction.atomic
def ask(
    task_id: int,
    *,
    by: User,
    kind: str,
    words: str,
    wanted_by: datetime.date | None = None,
    version: int | None = None,
) -> Demand:
    """Urge the lead unit, or ask it to report by a date. An open demand of the same kind is replaced.

    It changes nothing of the task, so no version counts. Raises InvalidInput for an unknown kind, without words, for
    a report without its date, and for a day that has passed.
    """
    task = tasks.locked(task_id, None)
    permissions.check_demand(by, task)
    assert task.lead_unit is not None  # asked for by the check
    if kind not in DemandKind.values:
        raise InvalidInput(_("This kind of demand is not known."), field="kind")
    text = _checked(clean(words).strip(), kind, wanted_by)
    tasks.refuse_late(wanted_by, task, "wanted_by")
    refuse_marks({"words": text}, by=by, task=task)
    replaced = task.demands.open().filter(kind=kind).update(state=DemandState.REPLACED)
    demand = Demand.objects.create(
        task=task,
        unit=task.lead_unit,
        kind=kind,
        words=text,
        wanted_by=wanted_by,
        asked_by=by,
        asked_at=clock.now(),
    )
    tasks.note(task.pk, EventKind.DEMAND, by=by, detail=_detail(demand, task, bool(replaced)), reason=text)
    return demand


def _checked(text: str, kind: str, wanted_by: datetime.date | None) -> str:
    if not text:
        raise InvalidInput(_("Say what is demanded of the unit."), field="words")
    if len(text) > MOST_WORDS:
        raise InvalidInput(_("At most %(most)d characters.") % {"most": MOST_WORDS}, field="words")
    if kind == DemandKind.REPORT and wanted_by is None:
        raise InvalidInput(_("Give the date by which the unit is to report."), field="wanted_by")
    if wanted_by is not None and wanted_by < clock.today():
        raise InvalidInput(_("This day has passed."), field="wanted_by")
    return text


def _detail(demand: Demand, task: Task, replaced: bool) -> str:
    """What the line of history says: kind, unit, date, and that it stands in the place of an earlier one."""
    parts = [str(demand.get_kind_display()), str(task.lead_unit)]
    if demand.wanted_by:
        parts.append(_("answer by %(date)s") % {"date": wording.date_in_year(demand.wanted_by, task)})
    if replaced:
        parts.append(_("it replaces what was demanded before"))
    return "　".join(parts)
