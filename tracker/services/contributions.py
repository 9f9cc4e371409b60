"""What a lead unit asks of its supporting units; the unit's next contribution answers it."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tracker import clock, permissions
from tracker.enums import ContributionState, EventKind
from tracker.exceptions import InvalidInput
from tracker.models import ContributionRequest, Task, Unit, User
from tracker.services import tasks
from tracker.services.secrecy import refuse_marks

MOST_WORDS = ContributionRequest._meta.get_field("words").max_length or 0


@transaction.atomic
def ask(
    task_id: int,
    *,
    by: User,
    unit: Unit | None,
    words: str,
    wanted_by: datetime.date | None = None,
    version: int | None = None,
) -> Task:
    """Ask a supporting unit for its part. What was asked of it before and is not answered is replaced.

    It changes nothing of the task, so no version counts. Raises InvalidInput for a unit that does not support the
    task, without words, and for a day that has passed.
    """
    task = tasks.locked(task_id, None)
    permissions.check_ask_contribution(by, task)
    if unit is None or unit.pk not in {row.pk for row in task.supporting_units.all()}:
        raise InvalidInput(_("Choose a supporting unit of this task."), field="unit")
    text = words.strip()
    if not text:
        raise InvalidInput(_("Say what the unit is to contribute."), field="words")
    if len(text) > MOST_WORDS:
        raise InvalidInput(_("At most %(most)d characters.") % {"most": MOST_WORDS}, field="words")
    if wanted_by is not None and wanted_by < clock.today():
        raise InvalidInput(_("This day has passed."), field="wanted_by")
    refuse_marks({"words": text}, by=by, task=task)
    waiting = ContributionRequest.objects.filter(task=task, unit=unit, state=ContributionState.ASKED)
    replaced = waiting.update(state=ContributionState.REPLACED)
    ContributionRequest.objects.create(
        task=task, unit=unit, words=text, wanted_by=wanted_by, asked_by=by, asked_at=clock.now()
    )
    detail = str(unit) if not replaced else _("%(unit)s; it replaces what was asked before") % {"unit": unit}
    tasks.note(task.pk, EventKind.ASK, by=by, detail=detail, reason=text)
    return task
