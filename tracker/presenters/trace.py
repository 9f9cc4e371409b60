"""From last year's measures and shortcomings over this year's tasks to their evidence, and what is missing."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from tracker import clock, permissions, wording
from tracker.coverage import AnswerState, ItemState
from tracker.enums import JudgementVerdict, LinkState, Move, PartKind, Status, Strength, Verdict
from tracker.models import EvidenceUse, Plan, ShortcomingJudgement, Task, User
from tracker.models import Reading as IndicatorReading
from tracker.presenters import as_of
from tracker.presenters.links import actions_on
from tracker.presenters.report_notes import Gap, Notes
from tracker.presenters.report_read import Reading, Text, Upstream, Words, read
from tracker.presenters.rollover import predecessors_of
from tracker.presenters.rows import Row, address_of, lacks, task_row
from tracker.presenters.task_tables import VERDICT_TAGS, number, troubles
from tracker.texts import enumeration

# A task that nobody has confirmed, or that was given up, is not missing its evidence.
WITHOUT_EVIDENCE = (Status.UNCONFIRMED, Status.NOT_STARTED, Status.CANCELLED)


@dataclass(frozen=True)
class Node:
    """A measure or shortcoming: `key` names it in the address, `state` is a word where something is missing.

    `settled` says in words what becomes of it, with the reason; `becomes` the former alone.
    """

    key: str
    name: str
    words: str
    state: str = ""
    becomes: str = ""
    settled: str = ""
    causes: Sequence[tuple[str, bool]] = ()
    codes: str = ""
    lit: bool = False
    judgement: str = ""
    thread_url: str = ""


@dataclass(frozen=True)
class Proof:
    """How much evidence a task has, and what came of it in a few words; `items` are what counts, with numbers.

    `expired` says so where all that was given has expired.
    """

    count: int
    words: str
    items: Sequence[dict[str, Any]] = ()
    expired: str = ""


@dataclass(frozen=True)
class TaskNode:
    """A task in the middle, with its proof; `names` are those of the nodes that it is linked to.

    `before` are links to the tasks of the year before that it carries on.
    """

    key: str
    row: Row
    proof: Proof
    names: str
    lit: bool = False
    before: Sequence[dict[str, str]] = ()


@dataclass(frozen=True)
class Area:
    number: int
    title: str
    tasks: Sequence[TaskNode]


@dataclass(frozen=True)
class Thread:
    """A line between two nodes; `kind` is "direct", "indirect" or "proposed"."""

    start: str
    end: str
    kind: str
    lit: bool


@dataclass(frozen=True)
class Missing:
    """One sort of gap with its places: words, address, what to do there.

    `settles` says that they can be settled together, `singly` that each is settled by itself.
    """

    head: str
    rows: Sequence[dict[str, str]] = field(default_factory=tuple)
    settles: bool = False
    singly: bool = False


def present(
    plan: Plan, tasks: Sequence[Task], user: User, on: datetime.date, focus: str, *, may_settle: bool
) -> dict[str, Any]:
    """The context of the page; `focus` is the key of the node whose thread is looked at, or ""."""
    reading = read(plan, tasks, user, figures=False)
    notes = Notes(reading, on, may_settle=may_settle)
    return _Maker(reading, notes, on, focus, _proofs(plan, user, on), _judgements(plan), user).context()


def present_past(
    plan: Plan, tasks: Sequence[Task], user: User, on: datetime.date, focus: str, text: Text
) -> dict[str, Any]:
    """The same for the end of the past day `on`; `tasks` and `text` are those of that day, nothing can be settled."""
    held = as_of.holdings(plan, on, user)
    links, dispositions = as_of.past_links(held), as_of.past_dispositions(plan, on)
    reading = read(plan, tasks, user, figures=False, links=links, dispositions=dispositions, text=text)
    proofs = _weighed((use for uses in as_of.past_uses(held).values() for use in uses), on)
    for task, words in as_of.past_readings(held).items():
        proofs[task].reading = words
    notes = Notes(reading, on, may_settle=False)
    return _Maker(reading, notes, on, focus, proofs, _judgements(plan, on)).context()


class _Maker:
    def __init__(
        self,
        reading: Reading,
        notes: Notes,
        on: datetime.date,
        focus: str,
        proofs: "dict[int, _Given]",
        judged: dict[int, str],
        user: User | None = None,
    ) -> None:
        """`user` is whoever may do something about what is missing; nobody may on a past day."""
        self.reading, self.notes, self.on = reading, notes, on
        self.plan, self.may_settle = reading.plan, notes.may_settle
        self.proofs, self.judged, self.user = proofs, judged, user
        self.links = [link for target in reading.links_to.values() for link in target]
        self.names = {
            **{("measure", key): name for key, name in notes.measure_names.items()},
            **{("shortcoming", key): name for key, name in notes.shortcoming_names.items()},
        }
        self.of_task: dict[int, list[Upstream]] = defaultdict(list)
        for link in self.links:
            self.of_task[link.task].append(link)
        self.focus = focus
        self.lit = self._lit(focus)

    def _lit(self, focus: str) -> set[str]:
        """The keys of the thread through the node in focus."""
        found = {focus} if focus else set()
        for link in self.links:
            ends = {_up(link), _task(link.task)}
            if focus in ends:
                found |= ends
        return found

    def context(self) -> dict[str, Any]:
        areas = [self._area(row) for row in self._areas()]
        measures = [self._measure(row) for row in self.reading.sections_of_kind(PartKind.MEASURES)]
        weak = [self._shortcoming(row) for row in self.reading.of("shortcoming")]
        missing = [gap for gap in self.missing() if gap.rows]
        confirmed = sum(not link.proposed for link in self.links)
        return {
            "plan": self.plan,
            "year_before": self.reading.report.year,
            "measures": measures,
            "shortcomings": weak,
            "areas": areas,
            "apart": [node for node in (*measures, *weak) if node.settled or not node.codes],
            "matrix": self.matrix([*measures, *weak]),
            "threads": [self._thread(link) for link in self.links],
            "focus": self._focus_words([*measures, *weak], areas),
            "counts": _("%(count)d links, %(confirmed)d of them confirmed")
            % {"count": len(self.links), "confirmed": confirmed},
            "missing": missing,
            "missing_count": sum(len(gap.rows) for gap in missing),
        }

    # ---------- The columns ----------

    def _measure(self, row: Words) -> Node:
        gap = self.notes.measure_gap(row)
        waiting = self.notes.item_state(row) == ItemState.PROPOSED
        return self._node("measure", row, row.words, gap.short if gap else _("to be confirmed") if waiting else "")

    def _shortcoming(self, row: Words) -> Node:
        gap = self.notes.shortcoming_gap(row)
        waiting = self.notes.answer_state(row) == AnswerState.PROPOSED
        return self._node("shortcoming", row, row.words, gap.short if gap else _("to be confirmed") if waiting else "")

    def _node(self, what: str, row: Words, words: str, state: str) -> Node:
        key = f"{what}-{row.pk}"
        causes = [
            (wording.full_width(cause.words), cause.guessed)
            for cause in self.reading.of("cause")
            if what == "shortcoming" and cause.explains == row.pk
        ]
        linked = self.reading.links_to.get((what, row.pk), [])
        settled = self.notes.settled(what, row.pk)
        return Node(
            key=key,
            name=self.names[what, row.pk],
            words=wording.full_width(words),
            state=state,
            becomes=str(settled["kind"]) if settled else "",
            settled=_("What becomes of it: %(kind)s — %(reason)s") % settled if settled else "",
            causes=causes,
            codes=enumeration(self.reading.task_of[link.task].code for link in linked),
            lit=key in self.lit,
            judgement=self.judged.get(row.pk, "") if what == "shortcoming" else "",
            thread_url=reverse("shortcoming", args=[self.plan.pk, row.pk]) if what == "shortcoming" else "",
        )

    def _areas(self) -> list[tuple[int, str, list[Task]]]:
        found: dict[int, tuple[int, str, list[Task]]] = {}
        for task in self.reading.tasks:
            found.setdefault(task.area_id, (task.area.number, task.area.title, []))[2].append(task)
        return sorted(found.values(), key=lambda area: area[0])

    def _area(self, area: tuple[int, str, list[Task]]) -> Area:
        number, title, tasks = area
        return Area(number, wording.full_width(title), [self._task(task) for task in tasks])

    def _task(self, task: Task) -> TaskNode:
        return TaskNode(
            key=_task(task.pk),
            row=task_row(task, self.on, status=task.get_status_display()),
            proof=self._proof(task),
            names=enumeration(self.names[link.what, link.target] for link in self.of_task.get(task.pk, ())),
            lit=_task(task.pk) in self.lit,
            before=predecessors_of(task),
        )

    def _proof(self, task: Task) -> Proof:
        found = self.proofs[task.pk]
        rejected = found.rejected
        if task.status == Status.COMPLETED:
            words = _("closed out %(date)s") % {"date": wording.date_in_year(task.completed_on, task)}
        elif rejected:
            words = ngettext("%(count)d item rejected", "%(count)d items rejected", rejected) % {"count": rejected}
        elif task.status in (Status.AWAITING_SIGN_OFF, Status.UNDER_REVIEW):
            words = task.get_status_display()
        else:
            words = found.reading
        items = [_item(use, self.on) for use in found.standing]
        return Proof(len(found.standing), words, items, expired_words(found.expired) if not items else "")

    def _thread(self, link: Upstream) -> Thread:
        kind = "proposed" if link.proposed else "direct" if link.direct else "indirect"
        start, end = _up(link), _task(link.task)
        return Thread(start, end, kind, bool(self.focus) and self.focus in (start, end))

    def matrix(self, nodes: Sequence[Node]) -> dict[str, Any]:
        """A row for each task and a column for each measure and shortcoming."""
        signs = {
            "direct": ("●", _("direct")),
            "indirect": ("○", _("indirect")),
            "proposed": ("？", _("to be confirmed")),
        }
        marks: dict[tuple[int, str], dict[str, str]] = {}
        for link in self.links:
            kind = "proposed" if link.proposed else "direct" if link.direct else "indirect"
            marks[link.task, _up(link)] = {"kind": kind, "sign": signs[kind][0], "label": signs[kind][1]}
        return {
            "heads": [
                {
                    "key": node.key,
                    "name": node.name,
                    "words": node.words,
                    "becomes": node.becomes,
                    "settled": node.settled,
                }
                for node in nodes
            ],
            "rows": [
                {
                    "code": task.code,
                    "title": task.title,
                    "url": address_of(task),
                    "area": str(task.area.number),
                    "unit": str(task.lead_unit_id or ""),
                    "note": task.get_status_display() if task.status == Status.CANCELLED else "",
                    "marks": [marks.get((task.pk, node.key)) for node in nodes],
                }
                for task in self.reading.tasks
            ],
        }

    def _focus_words(self, nodes: Iterable[Node], areas: Iterable[Area]) -> dict[str, Any] | None:
        """What is in focus, how much hangs on it, and its links one by one."""
        node = next((node for node in nodes if node.key == self.focus), None)
        if node is not None:
            links = [link for link in self.links if _up(link) == self.focus]
            direct = sum(link.direct for link in links)
            proofs = sum(len(self.proofs[link.task].standing) for link in links)
            words = _("%(tasks)d tasks, %(direct)d directly, %(indirect)d indirectly; %(proofs)d items of evidence")
            what, _dash, number = self.focus.partition("-")
            return {
                "link_url": self.notes.link_url(what, int(number)),
                "name": node.name,
                "words": words
                % {"tasks": len(links), "direct": direct, "indirect": len(links) - direct, "proofs": proofs},
                "links": [self._link_row(link) for link in self.reading.links if _up(link) == self.focus],
            }
        task = next((task for area in areas for task in area.tasks if task.key == self.focus), None)
        if task is None:
            return None
        return {
            "link_url": reverse("link_task", args=[task.row.pk]) if self.may_settle else "",
            "name": f"{task.row.code} {task.row.title}",
            "words": task.names,
            "links": [self._link_row(link) for link in self.reading.links if link.task == task.row.pk],
        }

    def _link_row(self, link: Upstream) -> dict[str, str]:
        """A link with its words and, for those who may, the addresses at which it is edited and settled."""
        row = self._link_place(link)
        state = _("suspect") if link.suspect else str(LinkState(link.state).label)
        row["kind"] = "　".join([str(Strength(link.strength).label), state])
        row["open"] = "open" if link.suspect or link.proposed else ""
        return row | (actions_on(link.what, link.pk) if self.may_settle else {})

    # ---------- What is missing ----------

    def missing(self) -> list[Missing]:
        """Every sort of gap, each place with the address at which it is mended."""
        live = [task for task in self.reading.tasks if task.status != Status.CANCELLED]
        place = {task.pk: number for number, task in enumerate(self.reading.tasks)}
        links = sorted(self.reading.links, key=lambda link: place[link.task])
        return [
            Missing(
                _("Neither a task nor a word on what becomes of it"),
                [self._open_end(gap) for gap in self.notes.gaps() if not gap.partial],
            ),
            Missing(
                _("Taken up in part or weakly, without a word on what becomes of the rest"),
                [self._open_end(gap) for gap in self.notes.gaps() if gap.partial],
            ),
            Missing(
                _("Causes paired with a shortcoming by position only"),
                [self._guessed_cause(cause) for cause in self.reading.of("cause") if cause.guessed],
            ),
            Missing(
                _("Shortcomings not judged at the year's end"),
                [
                    {
                        "words": f"{self.names['shortcoming', row.pk]}　{wording.full_width(row.words)}",
                        "note": "",
                        "url": reverse("shortcoming", args=[self.plan.pk, row.pk]),
                        "act": _("Judge it") if self.may_settle else _("Look at it"),
                    }
                    for row in self.reading.of("shortcoming")
                    if self.on > self.plan.ends_on and row.pk not in self.judged
                ],
            ),
            Missing(
                _("Tasks without lead unit, owner or due date"),
                [self._unset(task) for task in live if lacks(task)],
            ),
            Missing(
                _("Tasks without a link to last year"),
                [self._unlinked(task) for task in live if not self.of_task.get(task.pk)],
            ),
            Missing(
                _("Tasks without evidence"),
                [
                    self._unproved(task) | self._expired_note(task)
                    for task in live
                    if task.status not in WITHOUT_EVIDENCE and not self.proofs[task.pk].standing
                ],
            ),
            Missing(
                _("Evidence that has expired, cannot be opened, or has changed since it was accepted"),
                [self._evidence_place(task, use) for task in live for use in self.proofs[task.pk].troubled],
            ),
            Missing(
                _("Suspect links: the words have changed since"),
                [self._link_row(link) for link in links if link.suspect],
                singly=self.may_settle,
            ),
            Missing(
                _("Proposed links that nobody has confirmed"),
                [self._link_place(link) for link in links if link.proposed and not link.suspect],
                settles=self.may_settle,
            ),
        ]

    def _open_end(self, gap: Gap) -> dict[str, str]:
        report = reverse("living_report", args=[self.plan.pk])
        return {
            "words": f"{gap.name}　{gap.words}",
            "note": gap.title,
            "url": gap.url or f"{report}{gap.target}",
            "act": _("Say what becomes of it") if gap.url else _("Look at it"),
        }

    def _guessed_cause(self, cause: Words) -> dict[str, str]:
        # The report does not say it, so there is nothing to mend: it is looked at.
        words = [self.names[key] for key in [("shortcoming", cause.explains)] if key in self.names]
        report = reverse("living_report", args=[self.plan.pk])
        return {
            "words": "　".join([*words, wording.full_width(cause.words)]),
            "note": _("presumed; the report does not say it"),
            "url": f"{report}#shortcoming-{cause.explains}" if cause.explains else report,
            "act": _("Look at it"),
        }

    def _unset(self, task: Task) -> dict[str, str]:
        """Who confirms a task sets all three; what was confirmed without is edited on its page."""
        may_confirm = self.may_settle and task.status == Status.UNCONFIRMED
        url = reverse("move", args=[task.pk, Move.CONFIRM.value]) if may_confirm else address_of(task)
        act = pgettext("a task", "Confirm it") if may_confirm else _("See the task")
        return self._place(task, url, act) | {"note": enumeration(lacks(task))}

    def _unlinked(self, task: Task) -> dict[str, str]:
        if self.may_settle:
            return self._place(task, reverse("link_task", args=[task.pk]), _("Link the task"))
        return self._place(task, address_of(task), _("See the task"))

    def _unproved(self, task: Task) -> dict[str, str]:
        # Asked of the person's own tasks alone: refused thousands of times it would cost more than the rest.
        own = self.user is not None and (task.supported or task.lead_unit_id == self.user.unit_id)
        if self.user is not None and own and permissions.can_add_evidence(self.user, task):
            return self._place(task, reverse("evidence_new", args=[task.pk]), _("Add evidence"))
        return self._place(task, address_of(task), _("See the task"))

    def _expired_note(self, task: Task) -> dict[str, str]:
        words = [str(task.lead_unit or ""), expired_words(self.proofs[task.pk].expired)]
        return {"note": "　".join(part for part in words if part)}

    def _place(self, task: Task, url: str, act: str) -> dict[str, str]:
        words = f"{task.code}　{task.title}"
        return {"words": words, "note": str(task.lead_unit or ""), "url": url, "act": act}

    def _evidence_place(self, task: Task, use: EvidenceUse) -> dict[str, str]:
        return {
            "words": f"{task.code}　{use.evidence}",
            "note": enumeration(troubles(use.evidence, self.on)),
            "url": use.evidence.get_absolute_url(),
            "act": _("See the item"),
        }

    def _link_place(self, link: Upstream) -> dict[str, str]:
        task = self.reading.task_of[link.task]
        return {
            "name": f"{link.what}-{link.pk}",
            "words": f"{task.code} → {self.names[link.what, link.target]}",
            "note": wording.full_width(link.words),
            "url": f"{address_of(task)}#upstream",
            "act": pgettext("a link", "Settle it") if self.may_settle else _("See the task"),
        }


def _up(link: Upstream) -> str:
    return f"{link.what}-{link.target}"


def _task(pk: int) -> str:
    return f"task-{pk}"


def _judgements(plan: Plan, day: datetime.date | None = None) -> dict[int, str]:
    """{shortcoming: judgement in words}, in one query; with `day` those of its end, from their own history."""
    columns = ("shortcoming_id", "verdict", "by__display_name", "at")
    if day is None:
        rows = ShortcomingJudgement.objects.filter(plan=plan).values_list(*columns)
    else:
        before = clock.start_of(day + datetime.timedelta(days=1))
        kept = ShortcomingJudgement.history.filter(plan=plan, at__lt=before)
        rows = kept.order_by("at", "history_id").values_list(*columns)
    return {pk: _judged(verdict, who, at) for pk, verdict, who, at in rows}


def _judged(verdict: str, who: str, at: datetime.datetime) -> str:
    said = _("%(who)s on %(date)s") % {"who": who, "date": wording.moment(at)}
    return f"{JudgementVerdict(verdict).label}　{said}"


def matrix_choices(tasks: Sequence[Task]) -> dict[str, list[tuple[str, str]]]:
    """What the matrix can be narrowed to: the areas and lead units of its tasks."""
    areas = {str(task.area.number): f"{task.area.number} {task.area.title}" for task in tasks}
    units = {str(task.lead_unit_id): str(task.lead_unit) for task in tasks if task.lead_unit_id}
    return {"area": list(areas.items()), "unit": list(units.items())}


def narrowed(matrix: dict[str, Any], *, area: str = "", unit: str = "", side: str = "", links: str = "") -> Any:
    """The matrix with the rows of an area and a lead unit, the columns of one side ("measure", "shortcoming"), and
    the tasks with or without a mark in them ("with", "without")."""
    columns = [place for place, head in enumerate(matrix["heads"]) if head["key"].startswith(side)]
    rows = []
    for row in matrix["rows"]:
        marks = [row["marks"][place] for place in columns]
        fits = area in ("", row["area"]) and unit in ("", row["unit"])
        if fits and (not links or any(marks) == (links == "with")):
            rows.append({**row, "marks": marks})
    heads = [matrix["heads"][place] for place in columns]
    return {"heads": heads, "rows": rows, "settled": [head for head in heads if head["settled"]]}


@dataclass
class _Given:
    """What was given for a task: uses that count, uses whose item is in trouble, how many were rejected."""

    standing: list[EvidenceUse] = field(default_factory=list)
    troubled: list[EvidenceUse] = field(default_factory=list)
    rejected: int = 0
    expired: int = 0
    reading: str = ""


def _proofs(plan: Plan, user: User, on: datetime.date) -> dict[int, _Given]:
    """{task: what was given for it}, as far as the person may see it, with the latest reading in words."""
    uses = (
        EvidenceUse.objects.visible_to(user).filter(task__plan=plan).exclude(verdict=Verdict.WITHDRAWN).mark_replaced()
    )
    found = _weighed(uses.select_related("evidence__address_check", "judged_by").order_by("evidence__number"), on)
    readings = IndicatorReading.objects.filter(indicator__task__plan=plan).order_by("on", "pk")
    columns = ("indicator__task_id", "indicator__name", "value", "indicator__unit")
    for task, name, value, unit in readings.values_list(*columns):
        found[task].reading = f"{name} {number(value)} {unit}".strip()
    return found


def _weighed(uses: Iterable[EvidenceUse], on: datetime.date) -> dict[int, _Given]:
    """The uses by task: what counts on the day `on`, what is in trouble, what was rejected; nothing replaced there."""
    found: dict[int, _Given] = defaultdict(_Given)
    for use in uses:
        given = found[use.task_id]
        if use.replaced_here:
            continue
        if use.verdict == Verdict.REJECTED:
            given.rejected += 1
            continue
        if troubles(use.evidence, on):
            given.troubled.append(use)
        if use.evidence.expired(on):
            given.expired += 1
        else:
            given.standing.append(use)
    return found


def expired_words(number: int) -> str:
    """1 item, expired; empty for none."""
    words = ngettext("%(count)d item, expired", "%(count)d items, all expired", number)
    return words % {"count": number} if number else ""


def _item(use: EvidenceUse, on: datetime.date) -> dict[str, Any]:
    """An item of the thread in focus: its numbers, and who decided on it when."""
    item = use.evidence
    judged = ""
    if use.judged_at is not None:
        judged = _("%(who)s on %(date)s") % {"who": use.judged_by, "date": wording.moment(use.judged_at)}
    return {
        "words": f"{item.number}　{item.title}",
        "number": item.document_number,
        "url": item.get_absolute_url(),
        "verdict": str(use.get_verdict_display()),
        "tag": VERDICT_TAGS.get(Verdict(use.verdict), ""),
        "judged": judged,
        "troubles": troubles(item, on),
    }
