"""The plan as it stood at the end of a past day, from history alone."""

import datetime
import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import msgspec
from django.db.models import Max, OuterRef, Subquery, TextField
from django.db.models.functions import Cast

from tracker import clock, lights
from tracker.enums import Light, LinkHealth, Status
from tracker.models import (
    AddressCheck,
    AddressTurn,
    Disposition,
    Evidence,
    EvidenceUse,
    Plan,
    Task,
    TaskEvent,
    Unit,
    User,
    WorkArea,
)
from tracker.presenters.report_read import Upstream
from tracker.presenters.timeline import Snapshot, Steps, light_reason
from tracker.services.history import HOLDING_KINDS
from tracker.services.trace import digest_of
from tracker.wording import DATES

TEXTS = ("code", "title", "quote", "nature", "deliverable", "criteria", "accountable_leader", "due_basis", "remarks")
FACTS = ("status", "progress", "returned", "raised_light", "raised_reason")


class _Label(msgspec.Struct):
    id: int
    label: str


class _Step(msgspec.Struct):
    due_on: datetime.date
    share: int | None
    met_on: datetime.date | None


class _Kept(msgspec.Struct):
    """What light and search need of a state as history keeps it: read for every task, the rest for one page."""

    code: str
    title: str
    status: str
    progress: int
    returned: bool
    raised_light: str
    raised_reason: str
    starts_on: datetime.date | None
    due_on: datetime.date | None
    last_report_on: datetime.date | None
    completed_on: datetime.date | None
    cancelled_on: datetime.date | None
    milestones: list[_Step]
    area: _Label
    lead_unit: _Label | None
    owner: _Label | None

    @property
    def facts(self) -> tuple[tuple[str, Any], ...]:
        """As `Snapshot.facts`, in pairs."""
        return tuple(zip(LIGHT_FACTS, _facts_of(self), strict=True))

    @property
    def is_dated(self) -> bool:
        """As `TaskQuerySet.dated`."""
        return bool(self.starts_on and self.due_on) and self.status != Status.CANCELLED

    @property
    def steps(self) -> Steps:
        return tuple([(step.due_on, step.share, step.met_on is not None) for step in self.milestones])


LIGHT_VALUES = {reason: light.value for reason, light in lights.LIGHT_OF.items()}
LIGHT_FACTS = (*FACTS, *DATES)
_facts_of = operator.attrgetter(*LIGHT_FACTS)
_read_kept = msgspec.json.Decoder(_Kept).decode


@dataclass(frozen=True)
class Past:
    """A task as history kept it (`text` is JSON) at the end of a day, with its light; `build` makes what is shown."""

    pk: int
    place: tuple[int, int]
    text: str
    kept: _Kept
    reason: str
    light: str

    @cached_property
    def state(self) -> dict[str, Any]:
        """The whole of it, as `services.history.state_of` gave it."""
        found: dict[str, Any] = msgspec.json.decode(self.text)
        return found


def past_tasks(plan: Plan, day: datetime.date, user: User) -> list[Past]:
    """The visible tasks of the plan at the end of `day`, in the order of the report. One statement."""
    found = _last_lines(plan, day, user).values_list("task_id", Cast("state", TextField()))
    at = plan.thresholds(day)
    return sorted((_past(pk, text, at) for pk, text in found), key=lambda past: past.place)


def number(plan: Plan, day: datetime.date, user: User) -> int:
    """How many visible tasks the plan had at the end of `day`. One statement."""
    found: int = _last_lines(plan, day, user).count()
    return found


def _last_lines(plan: Plan, day: datetime.date, user: User) -> Any:
    """The last line of each visible task by the end of `day`."""
    lines = TaskEvent.objects.filter(task__in=Task.objects.visible_to(user).of_plan(plan), on__lte=day)
    latest = lines.order_by().values("task").annotate(last=Max("sequence")).values("last")
    return TaskEvent.objects.filter(sequence__in=latest)


def _past(pk: int, text: str, at: lights.Thresholds) -> Past:
    kept = _read_kept(text)
    reason = light_reason(kept.facts, kept.steps, at)
    return _placed(pk, text, kept, reason, LIGHT_VALUES[reason])


def _placed(pk: int, text: str, kept: _Kept, reason: str, light: str) -> Past:
    area, _dot, serial = kept.code.partition(".")
    return Past(pk, (int(area), int(serial)), text, kept, reason, light)


def frozen(pk: int, text: str, reason: str, light: str) -> Past:
    """A task that was frozen with its light: `text` is its state as history keeps it."""
    return _placed(pk, text, _read_kept(text), reason, light)


def build(plan: Plan, past: Past, day: datetime.date) -> Task:
    """The task with all that history kept of it, carrying what `with_light` annotates, and the day; never saved.

    `steps` are its milestones as the rule of the light takes them. Names of units and people are those of that day.
    """
    state = past.state
    values = {name: state[name] for name in (*TEXTS, *FACTS)}
    values |= {name: datetime.date.fromisoformat(state[name]) if state[name] else None for name in DATES}
    task = Task(pk=past.pk, serial=past.place[1], **values)
    task.plan = plan
    task.area = WorkArea(pk=state["area"]["id"], number=past.place[0], title=state["area"]["label"].partition(" ")[2])
    task.lead_unit, task.proposed_lead_unit = _unit(state["lead_unit"]), _unit(state["proposed_lead_unit"])
    owner = state["owner"]
    task.owner = User(pk=owner["id"], display_name=owner["label"]) if owner else None
    task.as_of, task.light_reason = day, past.reason
    task.scheduled = Snapshot.of(state).scheduled(day)
    task.steps = past.kept.steps
    return task


def restored(
    plan: Plan, day: datetime.date, user: User, places: Mapping[int, tuple[int, int]] | None = None
) -> list[Task]:
    """The visible tasks as they stood at the end of `day`, each in its place in the report. One statement.

    `places` are {task: [start, end)} in the text of that day, where it was another one.
    """
    found = _last_lines(plan, day, user).values_list(
        "task_id", Cast("state", TextField()), "task__start", "task__end", "task__area__section_id"
    )
    at, tasks = plan.thresholds(day), []
    for pk, text, start, end, section in found:
        then = build(plan, _past(pk, text, at), day)
        then.start, then.end = (places or {}).get(pk, (start, end))
        then.area.section_id = section
        tasks.append(then)
    return sorted(tasks, key=lambda task: (task.area.number, task.serial))


def holdings(
    plan: Plan, day: datetime.date, user: User, *, task: Task | None = None, evidence: bool = True
) -> dict[int, dict[str, list[dict[str, Any]]]]:
    """{task: what hung on it at the end of `day`}, without the evidence that `user` may not see. Two statements.

    Each item of evidence says in "health" what was known of its address that day. With `task` of that one alone;
    without `evidence` nobody asks for any, and one statement does.
    """
    tasks = Task.objects.visible_to(user).of_plan(plan)
    lines = TaskEvent.objects.filter(task__in=tasks if task is None else [task.pk], on__lte=day)
    keeping = lines.filter(kind__in=HOLDING_KINDS).order_by()
    latest = keeping.values("task").annotate(last=Max("sequence")).values("last")
    seen = dict(_addresses(plan, day, user)) if evidence else {}
    found = {}
    for pk, held in TaskEvent.objects.filter(sequence__in=latest).values_list("task_id", "holdings"):
        if held:
            uses = [{**use, "health": seen[use["id"]] or ""} for use in held["evidence"] if use["id"] in seen]
            found[pk] = {**held, "evidence": uses}
    return found


def _addresses(plan: Plan, day: datetime.date, user: User) -> Any:
    """(item, what was known of its address at the end of `day`) of the items that `user` may see."""
    turns = AddressTurn.objects.filter(evidence=OuterRef("pk"), at__lt=_end_of(day)).order_by("-at", "-pk")
    items = Evidence.objects.visible_to(user).filter(plan=plan)
    return items.annotate(told=Subquery(turns.values("health")[:1])).values_list("pk", "told")


def _end_of(day: datetime.date) -> datetime.datetime:
    return clock.start_of(day + datetime.timedelta(days=1))


def past_links(held: dict[int, dict[str, list[dict[str, Any]]]]) -> list[Upstream]:
    """The links of that day as the report and the trace take them."""
    return [
        Upstream(
            what=link["what"],
            pk=link["id"],
            target=link["target"],
            task=task,
            extent=link["extent"],
            strength=link["strength"],
            state=link["state"],
            # Lines from before digests were kept say only whether it fitted the words.
            digest=link.get("digest") or ("" if link["suspect"] else digest_of(link["words"])),
            words=link["words"],
        )
        for task, rows in sorted(held.items())
        for link in sorted(rows["links"], key=lambda link: (link["target"], link["what"], link["id"]))
    ]


def past_dispositions(plan: Plan, day: datetime.date) -> list[Disposition]:
    """What was said of items and shortcomings by the end of `day`, from the rows' own history; one statement."""
    kept = Disposition.history.filter(plan=plan, at__lt=_end_of(day))
    latest = {row.id: row for row in kept.select_related("by").order_by("at", "history_id")}
    return list(latest.values())


def past_uses(held: dict[int, dict[str, list[dict[str, Any]]]]) -> dict[int, list[EvidenceUse]]:
    """{task: its uses of evidence of that day}, never saved, with what was known of the addresses then."""
    return {task: [_use(task, kept) for kept in rows["evidence"]] for task, rows in held.items()}


def _use(task: int, kept: dict[str, Any]) -> EvidenceUse:
    item = Evidence(
        pk=kept["id"],
        number=kept["number"],
        title=kept["title"],
        document_number=kept["document_number"],
        dated_on=datetime.date.fromisoformat(kept["dated_on"]),
        valid_until=datetime.date.fromisoformat(kept["valid_until"]) if kept["valid_until"] else None,
    )
    # Django would look for the row of today.
    item._state.fields_cache["address_check"] = _check(kept.get("health", ""))
    use = EvidenceUse(evidence=item, task_id=task, claim=kept["claim"], verdict=kept["verdict"])
    use.replaced_here = kept.get("replaced") or None
    if kept["judged_at"]:
        use.judged_at = datetime.datetime.fromisoformat(kept["judged_at"])
        use.judged_by = User(display_name=kept["judged_by"])
    return use


def _check(health: str) -> AddressCheck | None:
    """A row of which that is said; nothing where no trouble was known."""
    told = {LinkHealth.DEAD: "dead_since", LinkHealth.CHANGED: "changed_at"}
    name = told.get(LinkHealth(health)) if health else None
    return AddressCheck(**{name: clock.now()}) if name else None


def past_readings(held: dict[int, dict[str, list[dict[str, Any]]]]) -> dict[int, str]:
    """{task: its latest reading of that day in words}."""
    found = {}
    for task, rows in held.items():
        last = [(row["readings"][-1], row) for row in rows["indicators"] if row["readings"]]
        if last:
            (_on, value), row = max(last, key=lambda pair: pair[0][0])
            found[task] = f"{row['name']} {Decimal(value):,f} {row['unit']}".strip()
    return found


def _unit(kept: dict[str, Any] | None) -> Unit | None:
    return Unit(pk=kept["id"], name=kept["label"], short_name=kept["label"]) if kept else None


def fitting(rows: Iterable[Past], words: str) -> list[Past]:
    """Those in which every word stands: in number, title, unit or owner, as the ledger's search has it."""
    wanted = words.split()[:8]
    return [past for past in rows if all(_stands(past.kept, word) for word in wanted)]


def _stands(kept: _Kept, word: str) -> bool:
    labels = [row.label for row in (kept.lead_unit, kept.owner) if row]
    return kept.code.startswith(word) or any(word in text for text in (kept.title, *labels))


def counts(rows: Iterable[Past]) -> dict[str, int]:
    """{light: number of tasks}, every light named."""
    found = dict.fromkeys(Light.values, 0)
    for past in rows:
        found[past.light] += 1
    return found
