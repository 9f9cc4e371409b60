"""催办: what reviewers and leaders demand of a task's lead unit; its next report answers."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tracker import clock, permissions, wording
from tracker.enums import DemandKind, DemandState, EventKind
from tracker.exceptions import InvalidInput
from tracker.models import Demand, Task, User
from tracker.services import task_values, tasks
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
    task_values.refuse_late(wanted_by, task, "wanted_by")
    refuse_marks({"words": text}, by=by, task=task)
    standing = task.demands.open().filter(kind=kind)
    replaced = standing.order_by("-asked_at").first()
    standing.update(state=DemandState.REPLACED)
    demand: Demand = Demand.objects.create(
        task=task,
        unit=task.lead_unit,
        kind=kind,
        words=text,
        wanted_by=wanted_by,
        asked_by=by,
        asked_at=clock.now(),
    )
    demand.replaces = replaced
    tasks.note(task.pk, EventKind.DEMAND, by=by, detail=_detail(demand, task), reason=text, codes={"demand": kind})
    return demand


def replacing(kind: str, asked_at: datetime.datetime, task: Task) -> str:
    """What a new demand of a kind puts aside: the open one that was made at `asked_at`, in a sentence."""
    sentences = {
        DemandKind.URGE: _("It replaces the urging of %(date)s, which is still open."),
        DemandKind.REPORT: _("It replaces the report asked for on %(date)s, which is still open."),
    }
    return sentences[DemandKind(kind)] % {"date": wording.date_in_year(clock.local_date(asked_at), task)}


def replaced_line(made: Demand) -> str:
    """What a demand that was made just now has put aside, in a sentence; "" for nothing."""
    if made.replaces is None:
        return ""
    sentences = {
        DemandKind.URGE: _("It replaced the urging of %(date)s."),
        DemandKind.REPORT: _("It replaced the report asked for on %(date)s."),
    }
    day = clock.local_date(made.replaces.asked_at)
    return sentences[DemandKind(made.kind)] % {"date": wording.date_in_year(day, made.task)}


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


def _detail(demand: Demand, task: Task) -> str:
    """What the line of history says: kind, unit, date, and that it stands in the place of an earlier one."""
    parts = [str(demand.get_kind_display()), str(task.lead_unit)]
    if demand.wanted_by:
        parts.append(_("answer by %(date)s") % {"date": wording.date_in_year(demand.wanted_by, task)})
    if demand.replaces is not None:
        parts.append(_("it replaces what was demanded before"))
    return "　".join(parts)
