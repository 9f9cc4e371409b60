"""A ledger comes back in: every row gets a verdict first, then all is written in one transaction.

A row finds its task by number, else by its words, else by its title. An empty cell changes nothing. What has a
page of its own (status, progress, texts of reports, evidence, links, milestones) is not taken from a ledger.
"""

import datetime
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from tracker import clock, permissions, wording
from tracker.enums import ImportState, Nature, PlanState, Status
from tracker.exceptions import InvalidInput, MoveRefused, NotPermitted, Refusal
from tracker.models import LedgerImport, Plan, Task, Unit, User, WorkArea
from tracker.services import plans, spreadsheets, task_values, tasks
from tracker.spreadsheets import Row, Sheet
from tracker.texts import clean

TEXTS = ("title", "accountable_leader", "due_basis", "remarks", "criteria", "deliverable")
DATES = ("due_on", "starts_on")
TAKEN = (*TEXTS, *DATES, "lead_unit", "supporting_units", "owner", "nature")
FINDING = ("code", "area", "quote")
# The order in which a verdict is worked out: the owner belongs to the lead unit that the row gives.
ORDER = ("lead_unit", "supporting_units", "owner", "nature", *TEXTS, *DATES)
SEPARATORS = str.maketrans("；;、，,\n", "||||||")


@dataclass
class Verdict:
    """What one row would do: "new", "changed", "unchanged" or "refused" (then `reason` says why).

    `changes` are [field, old words, new words]; `task` is the key of the task it is about, None for a new one.
    """

    number: int
    code: str
    title: str
    verdict: str
    changes: list[list[str]] = field(default_factory=list)
    reason: str = ""
    task: int | None = None


def check(by: User, plan: Plan) -> None:
    """Administrators of the plan's government bring ledgers in. Raises NotPermitted or MoveRefused."""
    permissions.check_own_government(by, plan)
    permissions.check_open_plan(plan)
    permissions.check_import(by)


def read(name: str, content: bytes, progress: Callable[[int], None] | None = None) -> Sheet:
    """The rows of an uploaded file. Raises InvalidInput (field "file")."""
    return spreadsheets.sheet_of(name, content, progress)


@transaction.atomic
def start(plan: Plan, sheet: Sheet, *, by: User, name: str) -> LedgerImport:
    """Keep the rows with the verdict on each; nothing of the plan is touched."""
    check(by, plan)
    if not sheet.rows:
        raise InvalidInput(_("There is a head but no row below it."), field="file")
    return LedgerImport.objects.create(
        plan=plan,
        name=name[:200],
        columns=sheet.columns,
        unknown=list(sheet.unknown),
        rows=[asdict(row) for row in sheet.rows],
        verdicts=[asdict(verdict) for verdict in verdicts(plan, sheet.rows)],
        begun_by=by,
        begun_at=clock.now(),
    )


def not_taken(columns: Mapping[str, str]) -> list[str]:
    """Heads that were understood but are not taken from a ledger."""
    return [head for name, head in columns.items() if name not in (*TAKEN, *FINDING)]


# ---------- Verdicts ----------


def verdicts(plan: Plan, rows: Sequence[Row]) -> list[Verdict]:
    """The verdict on each row, in order."""
    known = Known(plan)
    seen: dict[int, int] = {}
    return [_verdict(known, row, seen)[0] for row in rows]


class Known:
    """Tasks, units and people of a plan, read once."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.text: str = plan.report.text
        found = Task.objects.filter(plan=plan).select_related("area", "lead_unit", "owner", "proposed_lead_unit")
        self.tasks = list(found.prefetch_related("supporting_units"))
        self.by_code = {task.code: task for task in self.tasks}
        self.by_words = {comparable(task.quote): task for task in self.tasks}
        titles = Counter(comparable(task.title) for task in self.tasks)
        self.by_title = {comparable(task.title): task for task in self.tasks if titles[comparable(task.title)] == 1}
        units = Unit.objects.active().filter(government=plan.government_id).order_by("-order")
        self.units = {name: unit for unit in units for name in (unit.name, unit.short_name)}
        people = User.objects.filter(is_active=True, unit__government=plan.government_id)
        self.people: dict[tuple[int | None, str], list[User]] = {}
        for person in people:
            self.people.setdefault((person.unit_id, person.display_name), []).append(person)
        self.areas = list(WorkArea.objects.filter(plan=plan).order_by("number"))
        self.taken = sorted((task.start, task.end) for task in self.tasks)

    def task_of(self, values: Mapping[str, str]) -> Task | None:
        for found, name in ((self.by_code, "code"), (self.by_words, "quote"), (self.by_title, "title")):
            words = values.get(name, "")
            task = found.get(words if name == "code" else comparable(words)) if words else None
            if task is not None:
                return task
        return None

    def area_of(self, words: str) -> WorkArea | None:
        """The area by its number, its title, or both as the page shows them."""
        wanted = comparable(words)
        for area in self.areas:
            title = comparable(area.title)
            if wanted in (str(area.number), title, f"{area.number}{title}", f"{area.number}.{title}"):
                return area
        return None


def comparable(words: str) -> str:
    """Words without blanks and widths, so that only what they say is compared."""
    return "".join(wording.full_width(words).split()).rstrip("。；")


def _verdict(known: Known, row: Row, seen: dict[int, int]) -> tuple[Verdict, dict[str, Any]]:
    """The verdict with the values that it would write. `seen` are the tasks of earlier rows: {key: row}."""
    values = {name: clean(words).strip() for name, words in row.values.items()}
    verdict = Verdict(row.number, values.get("code", ""), values.get("title") or values.get("quote", "")[:60], "")
    task = known.task_of(values)
    try:
        if task is None:
            written = _new(known, values)
            verdict.verdict = "new"
            verdict.changes = [
                [name, "", _words(value)] for name, value in written.items() if name not in ("area", "start")
            ]
            return verdict, written
        verdict.task, verdict.code, verdict.title = task.pk, task.code, task.title
        if task.pk in seen:
            raise InvalidInput(_("Row %(row)d is about the same task.") % {"row": seen[task.pk]})
        seen[task.pk] = row.number
        written = _changed(known, task, values)
    except Refusal as refusal:
        verdict.verdict, verdict.reason = "refused", str(refusal)
        return verdict, {}
    verdict.changes = [[name, _words(_present(task, name)), _words(value)] for name, value in written.items()]
    verdict.verdict = "changed" if written else "unchanged"
    return verdict, written


def _changed(known: Known, task: Task, values: Mapping[str, str]) -> dict[str, Any]:
    """The values that differ from the task's. Raises Refusal."""
    if values.get("quote") and comparable(values["quote"]) != comparable(task.quote):
        raise InvalidInput(_("The words of the report are not changed by a ledger."))
    lead = task.lead_unit
    written: dict[str, Any] = {}
    for name in ORDER:
        words = values.get(name, "")
        if not words:
            continue
        value = _value(known, name, words, lead)
        lead = value if name == "lead_unit" else lead
        if value != _present(task, name):
            written[name] = value
    _refuse_unfit(task, written)
    return written


def _refuse_unfit(task: Task, written: Mapping[str, Any]) -> None:
    """What `services.tasks.edit` would refuse, without trying it for each of thousands of rows."""
    if not written:
        return
    if task.status in (Status.COMPLETED, Status.CANCELLED):
        raise MoveRefused(_("The task is closed; reopen it before editing."))
    task_values.refuse_promises(task, {name: value for name, value in written.items() if name != "supporting_units"})
    starts, due = written.get("starts_on", task.starts_on), written.get("due_on", task.due_on)
    if starts and due and due < starts:
        raise InvalidInput(
            _("The due date %(due)s lies before the planned start %(start)s.") % {"due": due, "start": starts}
        )
    if "due_on" in written and due and due < clock.today():
        raise InvalidInput(_("The due date %(due)s has passed already.") % {"due": due})


def _present(task: Task, name: str) -> Any:
    return list(task.supporting_units.all()) if name == "supporting_units" else getattr(task, name)


def _value(known: Known, name: str, words: str, lead: Unit | None) -> Any:
    """A cell as the task takes it. Raises InvalidInput naming what was typed."""
    if name in DATES:
        return _date(words)
    if name == "nature":
        return _nature(words)
    if name == "lead_unit":
        return _unit(known, words)
    if name == "supporting_units":
        names = [part.strip() for part in words.translate(SEPARATORS).split("|") if part.strip()]
        return sorted({_unit(known, part) for part in names}, key=lambda unit: (unit.order, unit.pk))
    if name == "owner":
        return _person(known, words, lead)
    return task_values.valid_text(name, words)


def _date(words: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(words)
    except ValueError as error:
        raise InvalidInput(_("“%(value)s” is not a date.") % {"value": words[:40]}) from error


def _nature(words: str) -> str:
    if words in natures():
        return natures()[words]
    raise InvalidInput(_("“%(value)s” is no nature of a task.") % {"value": words[:40]})


def natures() -> dict[str, str]:
    """{what a ledger says, in any of our languages: value of Nature}; a file does not change with its reader."""
    found: dict[str, str] = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found |= {words: str(value) for value, label in Nature.choices for words in (str(value), str(label))}
    return found


def _unit(known: Known, words: str) -> Unit:
    unit = known.units.get(words)
    if unit is None:
        raise InvalidInput(_("There is no unit “%(name)s” in this government.") % {"name": words[:40]})
    return unit


def _person(known: Known, words: str, lead: Unit | None) -> User:
    if lead is None:
        raise InvalidInput(_("An owner needs a lead unit."))
    found = known.people.get((lead.pk, words), [])
    if len(found) != 1:
        sentence = _("%(unit)s has several people called %(name)s.") if found else _("%(unit)s has no %(name)s.")
        raise InvalidInput(sentence % {"unit": lead, "name": words[:40]})
    return found[0]


def _new(known: Known, values: Mapping[str, str]) -> dict[str, Any]:
    """What a new task would be made of. Raises InvalidInput: without words of the report there is no task."""
    quote = values.get("quote", "")
    if not quote:
        raise InvalidInput(_("No task has this number or title, and a new one needs its words of the report."))
    area = known.area_of(values.get("area", ""))
    if area is None:
        raise InvalidInput(_("The plan has no work area “%(area)s”.") % {"area": values.get("area", "")[:40]})
    start, end = _place(known, area, quote)
    if any(first < end and last > start for first, last in known.taken):
        raise InvalidInput(_("Another task covers these words already."))
    known.taken.append((start, end))
    lead: Unit | None = None
    written: dict[str, Any] = {"area": area, "start": start, "quote": known.text[start:end]}
    for name in ORDER:
        if values.get(name):
            written[name] = _value(known, name, values[name], lead)
            lead = written[name] if name == "lead_unit" else lead
    written.setdefault("title", task_values.valid_text("title", quote[:200]))
    if written.get("due_on") and not written.get("due_basis"):
        raise InvalidInput(_("Say where the due date was set."))
    return written


def _place(known: Known, area: WorkArea, quote: str) -> tuple[int, int]:
    """Where the words stand in the area, full-width and half-width punctuation being the same."""
    wanted, shown = wording.full_width(quote), wording.full_width(known.text[area.start : area.end])
    place = shown.find(wanted)
    if place < 0 or shown.find(wanted, place + 1) >= 0:
        raise InvalidInput(
            _("The words “%(quote)s” do not stand in this work area, or more than once.") % {"quote": quote[:30]}
        )
    return area.start + place, area.start + place + len(wanted)


def _words(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(map(str, value))
    if value in Nature.values:
        return str(Nature(value).label)
    return "" if value is None else str(value)


# ---------- Writing ----------


@transaction.atomic
def apply(import_id: int, *, by: User) -> LedgerImport:
    """Write what the preview shows as new and changed, all of it or nothing.

    Raises MoveRefused when the plan has moved on since the preview (which is renewed then by `renew`), and
    InvalidInput naming the row that a service refuses.
    """
    row: LedgerImport = (
        LedgerImport.objects.select_for_update(of=("self",))
        .select_related("plan__government", "plan__report")
        .get(pk=import_id)
    )
    check(by, row.plan)
    if row.state != ImportState.DRAFT:
        raise MoveRefused(_("This import is finished; nothing in it can be changed."))
    known = Known(row.plan)
    seen: dict[int, int] = {}
    found = [_verdict(known, Row(entry["number"], entry["values"]), seen) for entry in row.rows]
    if [asdict(verdict) for verdict, _written in found] != row.verdicts:
        raise MoveRefused(_("The plan has changed since this preview. Look at it again, then write it."))
    serials = _Serials(row.plan)
    for verdict, written in found:
        if verdict.verdict in ("new", "changed"):
            _write(row.plan, verdict, written, serials, by)
    row.state, row.applied_at = ImportState.CREATED, clock.now()
    row.save(update_fields=["state", "applied_at"])
    return row


class _Serials:
    """The next serial number of each area."""

    def __init__(self, plan: Plan) -> None:
        self.last: Counter[int] = Counter()
        for area, serial in Task.objects.filter(plan=plan).values_list("area_id", "serial"):
            self.last[area] = max(self.last[area], serial)

    def next(self, area: WorkArea) -> int:
        self.last[area.pk] += 1
        return self.last[area.pk]


def _write(plan: Plan, verdict: Verdict, written: dict[str, Any], serials: _Serials, by: User) -> None:
    try:
        if verdict.task is None:
            area = written.pop("area")
            area.plan = plan
            made = {name: written.pop(name) for name in ("start", "quote", "title")}
            task = plans.create_task(area, by=by, serial=serials.next(area), **made)
            if written:
                tasks.edit(task.pk, by=by, **written)
        else:
            tasks.edit(verdict.task, by=by, **written)
    except (Refusal, NotPermitted) as refusal:
        words = {"row": verdict.number, "sentence": str(refusal)}
        raise InvalidInput(_("Row %(row)d: %(sentence)s Nothing was written.") % words) from refusal


@transaction.atomic
def renew(import_id: int, *, by: User) -> LedgerImport:
    """Work the verdicts out again on the plan as it is now."""
    row: LedgerImport = (
        LedgerImport.objects.select_for_update(of=("self",)).select_related("plan__report").get(pk=import_id)
    )
    check(by, row.plan)
    row.verdicts = [
        asdict(verdict) for verdict in verdicts(row.plan, [Row(entry["number"], entry["values"]) for entry in row.rows])
    ]
    row.save(update_fields=["verdicts"])
    return row


@transaction.atomic
def discard(import_id: int, *, by: User) -> LedgerImport:
    """Give a preview up."""
    row: LedgerImport = LedgerImport.objects.select_for_update(of=("self",)).select_related("plan").get(pk=import_id)
    check(by, row.plan)
    if row.state != ImportState.DRAFT:
        raise MoveRefused(_("This import is finished; nothing in it can be changed."))
    row.state = ImportState.DISCARDED
    row.save(update_fields=["state"])
    return row


def counts(row: LedgerImport) -> dict[str, int]:
    """Number of rows by verdict, every verdict named."""
    found = Counter(verdict["verdict"] for verdict in row.verdicts)
    return {name: found[name] for name in ("new", "changed", "unchanged", "refused")}


def shown(row: LedgerImport, wanted: str) -> Iterator[dict[str, Any]]:
    """The verdicts of one kind, or all."""
    return (verdict for verdict in row.verdicts if not wanted or verdict["verdict"] == wanted)


def may_write(row: LedgerImport) -> bool:
    """Whether there is anything to write, into a plan that takes it."""
    found = counts(row)
    return (
        row.state == ImportState.DRAFT and row.plan.state != PlanState.CLOSED and bool(found["new"] + found["changed"])
    )
