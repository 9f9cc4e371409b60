"""Reading a report in: begun from a text, corrected step by step, and made a plan in one transaction.

Every step locks the import, compares the version that the person saw, and saves the draft whole. All raise
NotPermitted, InvalidInput or Stale with a sentence; nothing is kept then. Until `create`, no report, plan or task
exists.
"""

import datetime
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker import clock, permissions
from tracker.enums import ImportState, LinkExtent, Nature, PartKind, PlanState, Status, Strength
from tracker.exceptions import DatasetError, InvalidInput, MoveRefused, NotPermitted, Stale
from tracker.importing import corrections, doubts, proposals
from tracker.importing.corrections import CannotCorrect, Planned
from tracker.importing.draft import Draft, begin, to_report
from tracker.importing.ledger import LedgerRow, from_rows, words_of
from tracker.models import (
    AnnualReport,
    Cause,
    Measure,
    Plan,
    ReportImport,
    Shortcoming,
    Task,
    Unit,
    User,
    WorkArea,
)
from tracker.reading import ParsedReport, Unfit, parse, unfit
from tracker.services import documents, imports, ledger_imports, plans, trace
from tracker.services.secrecy import refuse_marks
from tracker.spreadsheets import Row, Sheet
from tracker.texts import UNPROVED, clean

# Twenty times a long report; beyond it a text is no report, and a page of it no longer usable.
MOST_CHARACTERS = 200_000
# More are no plan that a government keeps an eye on, and creating them would take a minute.
MOST_TASKS = 1_000
DRAFT_LINE = re.compile(r"\A\s*草稿\s*$|^本草稿由.{1,60}生成", re.MULTILINE)
DATA = Path(__file__).resolve().parents[1] / "data"
TITLE_LENGTH = Task._meta.get_field("title").max_length or 0
BASIS_LENGTH = Task._meta.get_field("due_basis").max_length or 0


@transaction.atomic
def start(text: str, *, by: User, name: str = "", address: str = "") -> ReportImport:
    """Read a text and keep what was understood, with proposals, as a draft.

    Raises InvalidInput (field "text") for a text that is empty, too long, or no report with arrangements.
    """
    government = _government(by)
    refuse_marks({"text": text}, by=by)
    if len(text) > MOST_CHARACTERS:
        raise InvalidInput(
            _("The text has %(count)d characters; at most %(most)d can be read in.")
            % {"count": len(text), "most": MOST_CHARACTERS},
            field="text",
        )
    _refuse_draft(text)
    report = parse(text)
    sentence = refusal_of(report)
    if sentence:
        raise InvalidInput(sentence, field="text")
    draft = begin(report)
    _propose(draft, government)
    return _keep(draft, government, by=by, name=name, address=address)


def _refuse_draft(text: str) -> None:
    """A draft of the next report, as it is handed out here, is no published one yet."""
    unproved = text.count(UNPROVED)
    if unproved:
        words = ngettext(
            "This is still a draft: %(count)d number is marked ［待核］. Settle it and read in the published text.",
            "This is still a draft: %(count)d numbers are marked ［待核］. Settle them and read in the published text.",
            unproved,
        )
        raise InvalidInput(words % {"count": unproved}, field="text")
    if DRAFT_LINE.search(text):
        raise InvalidInput(_("This is still a draft: it says 草稿. Read in the published text."), field="text")


def start_file(content: bytes, *, by: User, name: str, address: str = "") -> ReportImport:
    """As `start`, from an uploaded file. Raises InvalidInput (field "file") for a file that cannot be read."""
    permissions.check_import(by)
    text = documents.text_of(name, content)
    try:
        return start(text, by=by, name=name, address=address)
    except InvalidInput as refusal:
        # What is wrong with the text is shown where the file was chosen.
        refusal.field = "file"
        raise


@transaction.atomic
def start_ledger(sheet: Sheet, *, by: User, name: str, year: int) -> ReportImport:
    """Begin the plan of `year` from a ledger that exists already; its rows are the words that the tasks stand on.

    Raises InvalidInput: no row with words, more than MOST_TASKS of them, or the words are too long in all.
    """
    government = _government(by)
    rows = [_ledger_row(row, name) for row in sheet.rows]
    count = sum(bool(words_of(row)) for row in rows)
    if not count:
        raise InvalidInput(_("No row of the ledger says what is to be done."), field="ledger")
    if count > MOST_TASKS:
        raise InvalidInput(
            _("The ledger has %(count)d tasks; a plan is begun with at most %(most)d.")
            % {"count": count, "most": MOST_TASKS},
            field="ledger",
        )
    title = _("%(year)d ledger of key tasks, %(government)s") % {"year": year, "government": government.name}
    draft = from_rows(rows, title=title, issuer=government.name, year=year - 1, area=_("Key tasks"))
    if len(draft.text) > MOST_CHARACTERS:
        raise InvalidInput(
            _("The text has %(count)d characters; at most %(most)d can be read in.")
            % {"count": len(draft.text), "most": MOST_CHARACTERS},
            field="ledger",
        )
    refuse_marks({"ledger": draft.text}, by=by)
    _propose(draft, government)
    return _keep(draft, government, by=by, name=name)


def _ledger_row(row: Row, name: str) -> LedgerRow:
    values = {field: clean(words) for field, words in row.values.items()}
    due_on = values.get("due_on", "")
    return LedgerRow(
        number=row.number,
        code=values.get("code", ""),
        area=values.get("area", ""),
        title=values.get("title", "")[:TITLE_LENGTH],
        words=values.get("quote", ""),
        nature=ledger_imports.natures().get(values.get("nature", ""), ""),
        responsible=values.get("lead_unit", ""),
        due_on=due_on,
        # A ledger that sets a date is itself the basis until someone names a better one.
        due_basis=(values.get("due_basis", "") or name)[:BASIS_LENGTH] if due_on else "",
    )


def _keep(draft: Draft, government: Unit, *, by: User, name: str, address: str = "") -> ReportImport:
    now = clock.now()
    row: ReportImport = ReportImport.objects.create(
        government=government,
        name=name[:200],
        address=address,
        text=draft.text,
        digest=imports.digest_of(draft.text),
        draft=draft.to_dict(),
        begun_by=by,
        begun_at=now,
        saved_by=by,
        saved_at=now,
    )
    return row


def offers_sample() -> bool:
    """Whether a made-up report may be tried: in demonstrations only."""
    return bool(settings.DEMONSTRATION)


def sample_text() -> str:
    """The made-up report of the demonstration. Raises NotPermitted elsewhere."""
    if not offers_sample():
        raise NotPermitted(_("Samples belong to the demonstration."))
    return (DATA / "sample_report.txt").read_text(encoding="utf-8")


def next_year(by: User) -> int:
    """The year for which a plan is most likely wanting: after the newest plan, and not before the current year."""
    plans_of_own = Plan.objects.filter(government=_government(by)).exclude(state=PlanState.DISCARDED)
    newest: int | None = plans_of_own.order_by("-year").values_list("year", flat=True).first()
    current = clock.today().year
    return max(current, newest + 1) if newest else current


def _government(by: User) -> Unit:
    """The government whose plans this person sets up. Raises NotPermitted."""
    permissions.check_import(by)
    assert by.unit is not None and by.unit.government is not None
    return by.unit.government


def refusal_of(report: ParsedReport) -> str:
    """Why a text that was read is no report, in a sentence; "" when it may be one."""
    reasons: dict[Unfit, str] = {
        "empty": _("There is no text in it."),
        "work_report": _(
            "This is a report on the work of a government, addressed to a people's congress, and no annual report on "
            "rule-of-law government. Put in the text of the latter."
        ),
        "navigation": _(
            "This is mostly a page of links: short lines, hardly any sentences. Open the report itself and put in "
            "its whole text."
        ),
        "explanation": _(
            "This is an explanation of a report and not the report. Open the report itself and put in its whole text."
        ),
        "news": _(
            "This reads like news about a report, without its parts. Open the report itself and put in its whole text."
        ),
        "no_parts": _(
            "No part of a report on rule-of-law government was found in it: no headings of measures, shortcomings "
            "or arrangements. Put in the whole text of the report as it was published."
        ),
    }
    found = unfit(report)
    return reasons[found] if found else ""


def known_units(government: Unit) -> list[proposals.KnownUnit]:
    """The active units of a government that may lead a task, with their remits."""
    units = Unit.objects.active().filter(government=government).exclude(pk=government.pk).order_by("order", "pk")
    return [proposals.KnownUnit(unit.pk, (unit.name, unit.short_name), unit.remit) for unit in units]


def _propose(draft: Draft, government: Unit) -> None:
    proposals.propose_links(draft)
    proposals.propose_units(draft, known_units(government))


# ---------- Step by step ----------


def locked(import_id: int, *, by: User, version: int | None) -> ReportImport:
    """The import, locked until the transaction ends. Raises NotPermitted, MoveRefused, or Stale."""
    row: ReportImport = (
        ReportImport.objects.select_for_update(of=("self",)).select_related("government").get(pk=import_id)
    )
    plans.check_founder(by, row.government)
    if row.state != ImportState.DRAFT:
        raise MoveRefused(_("This import is finished; nothing in it can be changed."))
    if version is not None and version != row.version:
        raise Stale(
            _("%(who)s changed this import after you opened it. Look at it as it is now, then do it again.")
            % {"who": row.saved_by},
            {"version": row.version},
        )
    return row


def draft_of(row: ReportImport) -> Draft:
    return Draft.from_dict(row.draft, row.text)


def _save(row: ReportImport, draft: Draft, by: User) -> ReportImport:
    row.draft, row.version, row.saved_by, row.saved_at = draft.to_dict(), row.version + 1, by, clock.now()
    row.save(update_fields=["draft", "version", "saved_by", "saved_at"])
    return row


@transaction.atomic
def _change(import_id: int, act: Callable[[Draft], Any], *, by: User, version: int | None) -> ReportImport:
    row = locked(import_id, by=by, version=version)
    draft = draft_of(row)
    try:
        act(draft)
    except CannotCorrect as refusal:
        raise InvalidInput(_sentence(refusal.code)) from refusal
    _propose(draft, row.government)
    return _save(row, draft, by)


def _sentence(code: str) -> str:
    sentences = {
        "unknown_piece": _("These words are no longer marked like that; look at the page as it is now."),
        "no_such_place": _("These words do not stand there, or more than once. Give more of them, exactly as written."),
        "nothing_before": _("Nothing stands before it in the same item."),
        "nothing_left": _("One side would hold no words."),
        "overlaps": _("Other marked words stand there."),
    }
    return sentences[code]


def correct(import_id: int, name: str, *, by: User, version: int | None = None, **values: Any) -> ReportImport:
    """One of `corrections.CORRECTIONS` with its values. Raises InvalidInput when it cannot be done."""
    correction = corrections.CORRECTIONS.get(name)
    if correction is None:
        raise InvalidInput(_("This correction is not known."))
    if name == "set_kind" and values.get("kind") not in PartKind.values:
        raise InvalidInput(_("Choose the kind of the part."), field="kind")
    if name == "set_role" and values.get("role") not in ("task", "goal", "left"):
        raise InvalidInput(_("Choose what becomes of the words."), field="role")
    return _change(import_id, lambda draft: correction(draft, **values), by=by, version=version)


def settle(import_id: int, name: str, choice: str, *, by: User, version: int | None = None) -> ReportImport:
    """Decide one unsure place."""
    return _change(import_id, lambda draft: doubts.settle(draft, name, choice), by=by, version=version)


def settle_all(import_id: int, *, by: User, version: int | None = None) -> ReportImport:
    """Decide all open places as suggested."""
    return _change(import_id, doubts.settle_all, by=by, version=version)


def set_head(import_id: int, *, by: User, version: int | None = None, **values: Any) -> ReportImport:
    """What the report says of itself: title, issuer, year, published_on, signed_on, source."""

    def act(draft: Draft) -> None:
        for name, value in values.items():
            setattr(draft.head, name, value.isoformat() if isinstance(value, datetime.date) else value or "")
        draft.head.year = values.get("year", draft.head.year)

    return _change(import_id, act, by=by, version=version)


def describe(import_id: int, key: int, *, by: User, version: int | None = None, **values: Any) -> ReportImport:
    """Title and nature of the task of one clause."""
    title = str(values.get("title", "")).strip()
    if len(title) > TITLE_LENGTH:
        raise InvalidInput(
            _("The title is too long: at most %(most)d characters.") % {"most": TITLE_LENGTH}, field="title"
        )
    if values.get("nature", "") not in ("", *Nature.values):
        raise InvalidInput(_("Choose the nature of the task."), field="nature")

    def act(draft: Draft) -> None:
        clause = corrections.find(draft, key, "clauses")
        clause.title, clause.nature = title, values.get("nature", clause.nature)

    return _change(import_id, act, by=by, version=version)


# ---------- Units, dates and links ----------


@transaction.atomic
def assign(
    import_id: int,
    rows: Mapping[int, Mapping[str, Any]],
    *,
    by: User,
    version: int | None = None,
    verdicts: Mapping[int, str] | None = None,
    confirm_units: set[int] | None = None,
) -> ReportImport:
    """Lead units and dates by clause, and verdicts on proposed links ("confirmed", "dismissed") by their keys.

    Each row may hold `unit` (key or None), `due_on` (date or None) and `due_basis`. A unit other than the proposed
    one counts as chosen by this person; a proposed one counts only when its clause is in `confirm_units`.
    """
    row = locked(import_id, by=by, version=version)
    draft = draft_of(row)
    known = {unit.key for unit in known_units(row.government)}
    for clause in draft.clauses:
        if clause.key in rows:
            _assign(clause, rows[clause.key], known)
        if clause.key in (confirm_units or ()) and clause.unit is not None:
            clause.unit_settled = True
    for proposal in draft.proposals:
        verdict = (verdicts or {}).get(proposal.key)
        if verdict in ("confirmed", "dismissed", "proposed"):
            proposal.state = verdict
    return _save(row, draft, by)


def _assign(clause: Any, values: Mapping[str, Any], known: set[int]) -> None:
    unit, due_on, basis = values.get("unit"), values.get("due_on"), str(values.get("due_basis") or "").strip()
    if unit is not None and unit not in known:
        raise InvalidInput(_("This unit is not one of the government's."), field=f"unit-{clause.key}")
    if len(basis) > BASIS_LENGTH:
        raise InvalidInput(
            _("The basis is too long: at most %(most)d characters.") % {"most": BASIS_LENGTH},
            field=f"basis-{clause.key}",
        )
    if due_on and not basis:
        raise InvalidInput(_("Say where the due date was set."), field=f"basis-{clause.key}")
    if unit != clause.unit:
        clause.unit, clause.unit_reason, clause.unit_settled = unit, "", unit is not None
    clause.due_on, clause.due_basis = due_on.isoformat() if due_on else "", basis


# ---------- The end of it ----------


@transaction.atomic
def create(import_id: int, *, by: User, version: int | None = None, plan_title: str = "") -> Plan:
    """Report, draft plan (called `plan_title`, or as suggested), tasks and links, in one transaction.

    What a person confirmed here counts; everything else is marked as proposed. Raises InvalidInput naming what
    the head still lacks, or that the year has a report already.
    """
    row = locked(import_id, by=by, version=version)
    draft = draft_of(row)
    _refuse_incomplete(row, draft)
    try:
        report = imports.store_report(
            to_report(draft), government=row.government, year=draft.head.year or 0, by=by, address=row.address
        )
    except DatasetError as error:
        raise InvalidInput(str(error)) from error
    _mark_pairs(draft, report)
    plan = plans.create_plan(report, by=by, year=report.year + 1, title=plan_title)
    made = _create_tasks(draft, plan, by)
    _create_links(draft, report, made, by)
    row.state, row.report, row.saved_by, row.saved_at = ImportState.CREATED, report, by, clock.now()
    row.save(update_fields=["state", "report", "saved_by", "saved_at"])
    return plan


def _refuse_incomplete(row: ReportImport, draft: Draft) -> None:
    year = draft.head.year
    if not draft.head.title:
        raise InvalidInput(_("The title of the report is missing."), field="title")
    if not draft.head.issuer:
        raise InvalidInput(_("The issuer of the report is missing."), field="issuer")
    if year is None or not 1990 <= year <= 2200:
        raise InvalidInput(_("Give the year that the report is about, as four digits."), field="year")
    if not any(tasks for _section, tasks in corrections.planned(draft)):
        raise InvalidInput(_("No words of the arrangements become a task yet."))
    if AnnualReport.objects.filter(government=row.government, year=year, is_current=True).exists():
        raise InvalidInput(
            _("The report of %(year)d is already here, with its plan. A second one cannot be created.")
            % {"year": year},
            field="year",
        )
    taken = Plan.objects.filter(government=row.government, year=year + 1).exclude(state=PlanState.DISCARDED)
    if taken.exists():
        raise InvalidInput(_("There is a plan of %(year)d already.") % {"year": year + 1}, field="year")


def _mark_pairs(draft: Draft, report: AnnualReport) -> None:
    """Remember which pairs of shortcoming and cause a person settled."""
    known = [cause.start for cause in draft.causes if not cause.by_position]
    Cause.objects.of_report(report).filter(start__in=known).update(paired_by_position=False)


def plan_title_of(row: ReportImport, draft: Draft) -> str:
    """What the plan would be called."""
    headings = [part.heading or "" for part in draft.parts if part.kind == PartKind.ARRANGEMENTS]
    year = (draft.head.year or 0) + 1
    return plans.suggested_title(headings, draft.head.title or "", row.government, year)


def title_of(draft: Draft, task: Planned) -> str:
    """The working title: what was typed, else the words, led by the verb that they share with those before."""
    if task.clause.title:
        return task.clause.title
    return corrections.suggested_title(draft, task)[:TITLE_LENGTH]


def _create_tasks(draft: Draft, plan: Plan, by: User) -> dict[int, Task]:
    """{key of the clause: its task}."""
    areas = {area.start: area for area in WorkArea.objects.filter(plan=plan).select_related("plan__government")}
    units = Unit.objects.in_bulk([clause.unit for clause in draft.clauses if clause.unit])
    made = {}
    for section, tasks in corrections.planned(draft):
        area = areas[section.start]
        area.plan = plan
        for serial, task in enumerate(tasks, 1):
            made[task.clause.key] = plans.create_task(
                area,
                by=by,
                serial=serial,
                quote=draft.text[task.start : task.end],
                start=task.start,
                title=title_of(draft, task),
                nature=task.clause.nature,
                **_promises(task.clause, units),
            )
    return made


def _promises(clause: Any, units: Mapping[int, Unit]) -> dict[str, Any]:
    """What is known of lead unit and date; only a confirmed unit is more than a proposal."""
    unit = units.get(clause.unit) if clause.unit else None
    values: dict[str, Any] = {"lead_unit" if clause.unit_settled else "proposed_lead_unit": unit}
    if clause.due_on:
        values |= {"due_on": datetime.date.fromisoformat(clause.due_on), "due_basis": clause.due_basis}
    return values


def _create_links(draft: Draft, report: AnnualReport, made: Mapping[int, Task], by: User) -> None:
    measures = {row.start: row for row in Measure.objects.of_report(report).select_related("section__part")}
    weak = {row.start: row for row in Shortcoming.objects.of_report(report).select_related("part")}
    starts = {row.key: row.start for row in (*draft.clauses, *draft.shortcomings)}
    for proposal in draft.proposals:
        task, place = made.get(proposal.clause), starts.get(proposal.target)
        upstream = measures.get(place) or weak.get(place) if place is not None else None
        if task is None or upstream is None or proposal.state == "dismissed":
            continue
        link = trace.propose(
            task,
            upstream,
            by=by,
            strength=Strength(proposal.strength),
            rationale=_("shared words: %(terms)s") % {"terms": "、".join(proposal.terms)},
            extent=LinkExtent.ITEM,
            presumed=True,
        )
        if proposal.state == "confirmed":
            trace.confirm(link, by=by)


@transaction.atomic
def discard(import_id: int, *, by: User) -> ReportImport:
    """Give an import up. One that has made a plan takes the plan with it, while that is a draft nobody works on.

    What was created stays in the database, out of sight: history is never deleted. The year is free again.
    """
    row: ReportImport = (
        ReportImport.objects.select_for_update(of=("self",)).select_related("government", "report").get(pk=import_id)
    )
    plans.check_founder(by, row.government)
    if row.state == ImportState.DISCARDED:
        raise MoveRefused(_("This import is discarded already."))
    if row.report is not None:
        _discard_plan(row.report)
    row.state, row.saved_by, row.saved_at = ImportState.DISCARDED, by, clock.now()
    row.save(update_fields=["state", "saved_by", "saved_at"])
    return row


def _discard_plan(report: AnnualReport) -> None:
    plan = Plan.objects.select_for_update(of=("self",)).get(report=report)
    if plan.state != PlanState.DRAFT:
        raise MoveRefused(_("The plan is in force; an import can be discarded only while its plan is a draft."))
    if Task.objects.filter(plan=plan).exclude(status=Status.UNCONFIRMED).exists():
        raise MoveRefused(_("Tasks of the plan are confirmed already; they are never thrown away."))
    plan.state = PlanState.DISCARDED
    plan.save(update_fields=["state"])
    report.is_current = False
    report.save(update_fields=["is_current"])
