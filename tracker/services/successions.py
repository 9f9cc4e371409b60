"""承接: which tasks and measures of a year go back to which tasks of the year before.

Proposals come from the words; only what a person has confirmed counts. Nothing is written into the earlier plan, which
is closed as a rule: a confirmed predecessor stands in the history of the later task.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from tracker import clock, permissions
from tracker.enums import OPEN_STATUSES, CarryOverKind, EventKind, LinkState, PartKind, PlanState, Status
from tracker.exceptions import InvalidInput
from tracker.importing.succession import LEAST_INSTEAD, Match, matches
from tracker.models import Measure, Plan, Succession, Task, TaskEvent, User
from tracker.services import history, plans, tasks

# What else was told of tasks of a plan, from other apps, as the person sees it: (key of the task, sentence) pairs.
ALSO_TOLD: list[Callable[[Plan, User], Iterable[tuple[int, str]]]] = []
GOES_ON = (CarryOverKind.CARRIED, CarryOverKind.ABSORBED)
# Settled so, a task is carried on by none.
ENDED = (CarryOverKind.FINISHED, CarryOverKind.DROPPED)


def plan_before(plan: Plan) -> Plan | None:
    """The plan of the year before, of the same government, once it was in force."""
    rows = Plan.objects.filter(government=plan.government_id, year=plan.year - 1)
    return rows.filter(state__in=(PlanState.ACTIVE, PlanState.CLOSED)).select_related("government").first()


def plan_after(plan: Plan) -> Plan | None:
    """The plan of the following year, of the same government."""
    rows = Plan.objects.filter(government=plan.government_id, year=plan.year + 1)
    return rows.exclude(state=PlanState.DISCARDED).select_related("government").first()


@transaction.atomic
def propose(plan: Plan, *, by: User) -> int:
    """Propose, by the words, a predecessor for each task and each measure that has none; returns how many are new.

    What somebody has confirmed, dismissed or put back is never touched, and a dismissed pair is not proposed again.
    Proposals that no longer follow from the words are dropped. Called twice, the second call changes nothing.
    """
    # Two that propose at once must not propose the same twice.
    plans.hold(plan)
    permissions.check_set_up(by, plan)
    earlier = plan_before(plan)
    if earlier is None:
        raise InvalidInput(_("There is no plan of the year before."))
    told = list(_told(earlier))
    goers, achieved = _candidates(earlier)
    also = list(_also_told(earlier, by))
    carried = [(key, words) for key, words in (*told, *also) if key in goers]
    done = [*((key, words) for key, words in told if key in achieved), *also]
    rows = list(Task.objects.filter(plan=plan).order_by("pk").values_list("pk", "quote", "title"))
    new_tasks = [(key, words) for key, quote, title in rows for words in (quote, title)]
    measures = measures_of(plan).order_by("pk").values_list("pk", "text")
    return _propose(plan, "task", matches(carried, new_tasks)) + _propose(plan, "measure", matches(done, measures))


def measures_of(plan: Plan) -> Any:
    """The measures that the plan's report tells of the year before (a queryset)."""
    return Measure.objects.of_report(plan.report_id).filter(section__part__kind=PartKind.MEASURES)


def of_plan(plan: Plan) -> Any:
    """The successions of the plan's tasks and measures (a queryset)."""
    return Succession.objects.filter(Q(task__plan=plan) | Q(measure__section__part__report=plan.report_id))


def untaken(plan: Plan, earlier: Plan) -> Any:
    """Tasks that the earlier plan carries and no task of this one takes up, not even by a proposal (a queryset)."""
    taken = Succession.objects.filter(task__plan=plan).exclude(state=LinkState.DISMISSED)
    carried = Task.objects.open().filter(plan=earlier, carry_over__kind=CarryOverKind.CARRIED)
    return carried.exclude(pk__in=taken.values("predecessor"))


def _candidates(earlier: Plan) -> tuple[set[int], set[int]]:
    """Tasks that a new task may carry on, and those that a measure may tell of."""
    rows = Task.objects.filter(plan=earlier)
    goers = set(rows.open().filter(carry_over__kind__in=GOES_ON).values_list("pk", flat=True))
    finished = rows.open().filter(carry_over__kind=CarryOverKind.FINISHED).values_list("pk", flat=True)
    completed = set(rows.filter(status=Status.COMPLETED).values_list("pk", flat=True))
    return goers | completed, completed | set(finished)


def _told(earlier: Plan) -> Iterator[tuple[int, str]]:
    """What was said of each task of the plan: for next year, in the report, as a title, and what was achieved."""
    reports = TaskEvent.objects.filter(task=OuterRef("pk")).reports()
    rows = Task.objects.filter(plan=earlier).order_by("pk")
    rows = rows.annotate(told=Subquery(reports.order_by("-sequence").values("summary")[:1]))
    for key, *texts in rows.values_list("pk", "carry_over__words", "quote", "title", "told"):
        yield from ((key, text) for text in texts if text)


def _also_told(earlier: Plan, by: User) -> Iterator[tuple[int, str]]:
    """What other apps tell of tasks of the plan, and of no other task."""
    own = set(Task.objects.filter(plan=earlier).values_list("pk", flat=True))
    for more in ALSO_TOLD:
        yield from ((key, words) for key, words in more(earlier, by) if key in own)


def _propose(plan: Plan, what: str, found: dict[int, list[Match]]) -> int:
    """Store the likest that nobody has dismissed, for each row of `what` that nobody has given a predecessor."""
    put_back = _put_back(plan)
    known: dict[int, dict[int, Succession]] = {}
    for row in of_plan(plan).filter(**{f"{what}__isnull": False}):
        known.setdefault(getattr(row, f"{what}_id"), {})[row.predecessor_id] = row
    made = 0
    for key in sorted(found.keys() | known.keys()):
        rows = known.get(key, {})
        if any(row.state == LinkState.CONFIRMED or row.pk in put_back for row in rows.values()):
            continue
        dismissed = {pk for pk, row in rows.items() if row.state == LinkState.DISMISSED}
        best = _best(found.get(key, []), dismissed)
        for pk, row in rows.items():
            if row.state == LinkState.PROPOSED and pk != best:
                row.delete()
        if best is not None and best not in rows:
            Succession.objects.create(predecessor_id=best, **{f"{what}_id": key})
            made += 1
    return made


def _put_back(plan: Plan) -> set[int]:
    """Keys of proposals that somebody had settled and put back: they came of a person, not of the words."""
    now = of_plan(plan).filter(state=LinkState.PROPOSED).values("pk")
    settled = Succession.history.filter(id__in=now).exclude(state=LinkState.PROPOSED)
    return set(settled.values_list("id", flat=True))


def _best(ranked: Iterable[Match], dismissed: set[int]) -> int | None:
    """The likest that is not dismissed; in place of a dismissed one only one that is like enough by itself."""
    least = 0.0
    for match in ranked:
        if match.key in dismissed:
            least = LEAST_INSTEAD
        elif match.likeness >= least:
            return match.key
    return None


@transaction.atomic
def settle(succession_id: int, *, by: User, verdict: str) -> Succession:
    """A predecessor holds ("confirm"), does not ("dismiss"), or is a proposal again ("withdraw").

    Raises InvalidInput where a task would carry on one that was settled as ended.
    """
    row = _locked(succession_id)
    permissions.check_set_up(by, plan_of(row))
    return _settle(row, by=by, verdict=verdict)


@transaction.atomic
def settle_many(plan: Plan, succession_ids: Iterable[int], *, by: User, verdict: str) -> int:
    """Settle several successions of a plan at once, all or none; returns how many stood otherwise before."""
    plans.hold(plan)
    permissions.check_set_up(by, plan)
    wanted = sorted(set(succession_ids))
    if not wanted:
        raise InvalidInput(_("Choose the rows first."))
    if of_plan(plan).filter(pk__in=wanted).count() != len(wanted):
        raise InvalidInput(_("One of the rows is not there any more. Look at the list as it is now."))
    changed = 0
    for key in wanted:
        row = _locked(key)
        changed += row.state != VERDICTS.get(verdict)
        _settle(row, by=by, verdict=verdict)
    return changed


@transaction.atomic
def link(
    plan: Plan, predecessor_id: int, *, by: User, task_id: int | None = None, measure_id: int | None = None
) -> Succession:
    """Name a predecessor knowingly: it counts at once. Exactly one of `task_id` and `measure_id` is given.

    Raises InvalidInput (field "predecessor") for a task that is not of the year before, or one that is confirmed
    already.
    """
    plans.hold(plan)
    permissions.check_set_up(by, plan)
    earlier = plan_before(plan)
    if earlier is None or not Task.objects.filter(plan=earlier, pk=predecessor_id).exists():
        raise InvalidInput(_("Choose a task of the year before."), field="predecessor")
    end = {"task_id": task_id} if task_id is not None else {"measure_id": measure_id}
    own = Task.objects.filter(plan=plan, pk=task_id) if task_id is not None else measures_of(plan).filter(pk=measure_id)
    if not own.exists():
        raise InvalidInput(_("This row belongs to another plan."))
    row, _made = Succession.objects.get_or_create(predecessor_id=predecessor_id, **end)
    if row.state == LinkState.CONFIRMED:
        raise InvalidInput(_("This predecessor is confirmed already."), field="predecessor")
    return _settle(_locked(row.pk), by=by, verdict="confirm")


VERDICTS = {"confirm": LinkState.CONFIRMED, "dismiss": LinkState.DISMISSED, "withdraw": LinkState.PROPOSED}


def plan_of(row: Succession) -> Plan:
    """The later plan."""
    if row.task is not None:
        return row.task.plan
    assert row.measure is not None
    plan: Plan = row.measure.section.part.report.plan
    return plan


def _locked(succession_id: int) -> Succession:
    """The succession with both ends; the later task is locked first, as everywhere."""
    task_id: int | None = Succession.objects.values_list("task_id", flat=True).get(pk=succession_id)
    task = tasks.locked(task_id, None) if task_id is not None else None
    rows = Succession.objects.select_for_update(of=("self",), no_key=True)
    rows = rows.select_related("predecessor__plan", "predecessor__carry_over")
    if task is None:
        rows = rows.select_related("measure__section__part__report__plan__government")
    row: Succession = rows.get(pk=succession_id)
    if task is not None:
        row.task = task
    return row


def _settle(row: Succession, *, by: User, verdict: str) -> Succession:
    state = VERDICTS.get(verdict)
    if state is None:
        raise InvalidInput(_("Choose whether it holds or not."))
    # A plan is not opened again while its tasks are being tied to the next one, nor the other way round.
    plans.hold(row.predecessor.plan)
    if row.state == state:
        return row
    if state == LinkState.CONFIRMED and row.task is not None:
        _refuse_ended(row.predecessor)
    settled = state != LinkState.PROPOSED
    row.state, row.confirmed_by, row.confirmed_at = state, by if settled else None, clock.now() if settled else None
    history.sign(row, by=by)
    row.save()
    if row.task is not None:
        _note(row.task, row, by=by)
    return row


def _refuse_ended(predecessor: Task) -> None:
    """What was settled as ended is carried on by no task."""
    said = getattr(predecessor, "carry_over", None)
    if said is None or said.kind not in ENDED or predecessor.status not in OPEN_STATUSES:
        return
    sentence = _(
        "%(code)s was settled as “%(what)s”, so that no task carries it on. Dismiss this predecessor, or settle the "
        "task otherwise in the roll-over of %(year)d (a closed plan is opened again for that)."
    )
    words = {"code": predecessor.code, "what": said.get_kind_display(), "year": predecessor.plan.year}
    raise InvalidInput(sentence % words, field="predecessor")


def _note(task: Task, row: Succession, *, by: User) -> None:
    """A line in the history of the later task; the code says what was done, whatever language the words are in."""
    named = _("%(year)d plan, %(task)s") % {"year": row.predecessor.plan.year, "task": row.predecessor}
    state = history.state_of(task)
    history.append(task, EventKind.CARRY, by=by, before=state, detail=named, codes={"succession": row.state})
