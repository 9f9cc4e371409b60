"""Reports and curated plans read into the database: all or nothing, and twice is the same as once."""

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tracker.enums import ImportState, PartKind, PlanState, Role, UnitKind
from tracker.exceptions import DatasetError
from tracker.models import (
    AnnualReport,
    Cause,
    Duty,
    Figure,
    Measure,
    Part,
    Plan,
    Section,
    Shortcoming,
    Task,
    Unit,
    User,
    WorkArea,
)
from tracker.reading import Clause, ParsedReport, parse
from tracker.reading import Section as ParsedSection
from tracker.services import plans, trace

IMPORTER = "importer"


@dataclass(frozen=True)
class Outcome:
    """What a load did: the plan, and how many tasks were new."""

    plan: Plan
    created_tasks: int
    created_links: int


def digest_of(text: str) -> str:
    """SHA-256 (hex) of a report's text."""
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def load_dataset(folder: Path, *, by: User | None = None) -> Outcome:
    """Load a folder with `units.toml`, `plan.toml` and the report's text.

    `by` is an administrator of the government; without one an account that nobody can sign in with stands for
    the loader. Raises DatasetError naming file and entry when something does not fit; then nothing is stored.
    """
    data = read_toml(folder / "plan.toml")
    government = load_units(folder / "units.toml")
    person = by or importer_of(government)
    text = _read_text(folder / data["report"]["file"])
    report = store_report(parse(text), government=government, year=data["report"]["year"], by=person)
    plan = _plan_of(report, data["plan"], by=person)
    tasks, links = 0, 0
    for number, entry in enumerate(data["task"], 1):
        created, linked = _load_task(plan, entry, number, by=person)
        tasks, links = tasks + created, links + linked
    if plan.state == PlanState.DRAFT:
        plans.activate(plan, by=person)
    return Outcome(plan, tasks, links)


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file. Raises DatasetError when it is missing or not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DatasetError(
            _("%(file)s cannot be read: %(error)s") % {"file": path.name, "error": error.strerror}
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DatasetError(_("%(file)s is not valid TOML: %(error)s") % {"file": path.name, "error": error}) from error


def _read_text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DatasetError(
            _("%(file)s cannot be read: %(error)s") % {"file": path.name, "error": error.strerror}
        ) from error
    except UnicodeDecodeError as error:
        raise DatasetError(
            _("%(file)s is not UTF-8: byte %(byte)s.") % {"file": path.name, "byte": error.start}
        ) from error
    if not text.strip():
        raise DatasetError(_("%(file)s is empty.") % {"file": path.name})
    return text


def load_units(path: Path) -> Unit:
    """Create the units that are not there yet (by code) and return the government, the first one listed."""
    entries = read_toml(path)["unit"]
    for entry in entries:
        values = {name: entry[name] for name in ("name", "short_name", "order", "remit") if name in entry}
        parent = Unit.objects.filter(code=entry["parent"]).first() if entry.get("parent") else None
        if entry.get("parent") and parent is None:
            raise DatasetError(_("Unit %(code)s: its parent %(parent)s is not known.") % entry)
        if entry["kind"] not in UnitKind.values:
            raise DatasetError(_("Unit %(code)s: the kind %(kind)s is not known.") % entry)
        Unit.objects.get_or_create(code=entry["code"], defaults={**values, "kind": entry["kind"], "parent": parent})
    government = Unit.objects.get(code=entries[0]["code"])
    if not government.is_government:
        raise DatasetError(_("The first unit must be the government that the plan belongs to."))
    return government


def importer_of(government: Unit) -> User:
    """The account that stands for loading at the command line; nobody can sign in with it."""
    person, created = User.objects.get_or_create(
        username=f"{IMPORTER}-{government.code}",
        defaults={"display_name": "导入程序", "role": Role.ADMINISTRATOR, "unit": government},
    )
    if created:
        person.set_unusable_password()
        person.save(update_fields=["password"])
    return person


@transaction.atomic
def store_report(parsed: ParsedReport, *, government: Unit, year: int, by: User, address: str = "") -> AnnualReport:
    """The report and all the words read from it; the same text, or one corrected since, changes nothing again.

    Raises DatasetError when the year is stored with another text, or no arrangements were found.
    """
    plans.check_founder(by, government)
    digest = digest_of(parsed.text)
    known = AnnualReport.objects.filter(government=government, year=year, is_current=True).first()
    if known is not None:
        # A text that was corrected since is no other report.
        corrected = known.corrections.filter(previous_digest=digest, state=ImportState.CREATED)
        if known.digest != digest and not corrected.exists():
            raise DatasetError(_("The report of %(year)s is stored with another text.") % {"year": year})
        return known
    if not any(part.kind == PartKind.ARRANGEMENTS and part.sections for part in parsed.parts):
        raise DatasetError(_("The text has no part with arrangements for the coming year."))
    report = AnnualReport.objects.create(
        government=government,
        year=year,
        title=parsed.title or "",
        issuer=parsed.issuer or "",
        published_on=parsed.published_on,
        signed_on=parsed.signed_on,
        source=parsed.source or "",
        address=address,
        text=parsed.text,
        digest=digest,
    )
    sections = _store_parts(report, parsed)
    _store_figures(report, parsed, sections)
    return report


def _store_parts(report: AnnualReport, parsed: ParsedReport) -> list[Section]:
    sections = []
    for position, part in enumerate(parsed.parts, 1):
        row = Part.objects.create(
            report=report,
            position=position,
            kind=part.kind,
            number=part.number or "",
            heading=part.heading or "",
            start=part.start,
            end=part.end,
        )
        for place, section in enumerate(part.sections, 1):
            sections.append(_store_section(row, place, section))
        if part.kind == PartKind.SHORTCOMINGS:
            _store_shortcomings(row, parsed)
    return sections


def _store_section(part: Part, position: int, section: ParsedSection) -> Section:
    row = Section.objects.create(
        part=part,
        position=position,
        number=section.number or "",
        heading=section.heading or "",
        start=section.start,
        end=section.end,
    )
    _store_clauses(row, section.clauses)
    return row


def _store_clauses(section: Section, clauses: tuple[Clause, ...]) -> None:
    models: dict[str, Any] = {"measure": Measure, "duty": Duty}
    for place, clause in enumerate(clauses, 1):
        if clause.kind in models:
            models[clause.kind].objects.create(
                section=section, position=place, text=clause.text, start=clause.start, end=clause.end
            )


def _store_shortcomings(part: Part, parsed: ParsedReport) -> None:
    rows: list[Shortcoming | None] = []
    for number, shortcoming in enumerate(parsed.shortcomings, 1):
        inside = part.start <= shortcoming.start < part.end
        rows.append(
            Shortcoming.objects.create(
                part=part, number=number, text=shortcoming.text, start=shortcoming.start, end=shortcoming.end
            )
            if inside
            else None
        )
    for number, cause in enumerate(parsed.causes, 1):
        if part.start <= cause.start < part.end:
            paired = rows[cause.shortcoming] if cause.shortcoming is not None else None
            Cause.objects.create(
                part=part, number=number, text=cause.text, start=cause.start, end=cause.end, shortcoming=paired
            )


def _store_figures(report: AnnualReport, parsed: ParsedReport, sections: list[Section]) -> None:
    rows = []
    for position, figure in enumerate(parsed.figures, 1):
        home = next((row for row in sections if row.start <= figure.start < row.end), None)
        rows.append(
            Figure.objects.create(
                report=report,
                section=home,
                position=position,
                quote=figure.quote,
                label=figure.label or "",
                value=figure.value,
                unit=figure.unit or "",
                approximate=figure.approximate,
                start=figure.start,
                end=figure.end,
            )
        )
    for row, figure in zip(rows, parsed.figures, strict=True):
        if figure.numerator is not None or figure.denominator is not None:
            row.numerator = None if figure.numerator is None else rows[figure.numerator]
            row.denominator = None if figure.denominator is None else rows[figure.denominator]
            row.save(update_fields=["numerator", "denominator"])


def _plan_of(report: AnnualReport, entry: dict[str, Any], *, by: User) -> Plan:
    known = Plan.objects.filter(report=report).first()
    if known is not None:
        return known
    settings = {name: entry[name] for name in plans.SETTINGS if name in entry}
    return plans.create_plan(report, by=by, year=entry["year"], **settings)


def _load_task(plan: Plan, entry: dict[str, Any], number: int, *, by: User) -> tuple[int, int]:
    """One [[task]] entry: (1 if the task was new, number of new links)."""
    area = WorkArea.objects.filter(plan=plan, number=entry["area"]).first()
    if area is None:
        raise DatasetError(_("Task %(number)s: the plan has no work area %(area)s.") % {"number": number, **entry})
    if Task.objects.filter(area=area, serial=entry["serial"]).exists():
        return 0, 0
    start = find_once(plan.report.text, entry["quote"], area.start, area.end, f"task {entry['area']}.{entry['serial']}")
    task = plans.create_task(
        area,
        by=by,
        serial=entry["serial"],
        quote=entry["quote"],
        start=start,
        title=entry["title"],
        nature=entry.get("nature", ""),
        deliverable=entry.get("deliverable", ""),
        proposed_lead_unit=_unit(entry.get("lead_unit"), number),
        supporting_units=[_unit(code, number) for code in entry.get("supporting_units", [])],
    )
    for link in entry.get("measure", []):
        _load_measure_link(task, link, by=by)
    for link in entry.get("shortcoming", []):
        _load_shortcoming_link(task, link, by=by)
    return 1, len(entry.get("measure", [])) + len(entry.get("shortcoming", []))


def find_once(text: str, quote: str, start: int, end: int, entry: str) -> int:
    """Where `quote` stands, word for word, between `start` and `end`.

    Raises DatasetError when it does not stand there, or more than once.
    """
    place = text.find(quote, start, end)
    if place < 0:
        raise DatasetError(
            _("%(entry)s: the words “%(quote)s” do not stand in the report.") % {"entry": entry, "quote": quote}
        )
    if text.find(quote, place + 1, end) >= 0:
        raise DatasetError(
            _("%(entry)s: the words “%(quote)s” stand in the report more than once.") % {"entry": entry, "quote": quote}
        )
    return place


def _unit(code: str | None, number: int) -> Unit | None:
    if not code:
        return None
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise DatasetError(_("Task %(number)s: the unit %(code)s is not known.") % {"number": number, "code": code})
    return unit


def _load_measure_link(task: Task, entry: dict[str, Any], *, by: User) -> None:
    measures = Measure.objects.of_report(task.plan.report_id).filter(text__startswith=entry["quote"])
    found = [row for row in measures if row.text.rstrip("。.") == entry["quote"].rstrip("。.")]
    if len(found) != 1:
        raise DatasetError(
            _("Task %(code)s: the measure “%(quote)s” is not one sentence of the report.")
            % {"code": task.code, "quote": entry["quote"]}
        )
    trace.propose(
        task,
        found[0],
        by=by,
        strength=entry["strength"],
        rationale=entry["rationale"],
        extent=entry.get("extent", "item"),
        presumed=True,
    )


def _load_shortcoming_link(task: Task, entry: dict[str, Any], *, by: User) -> None:
    row = Shortcoming.objects.of_report(task.plan.report_id).filter(number=entry["number"]).first()
    if row is None:
        raise DatasetError(_("Task %(code)s: there is no shortcoming %(number)s.") % {"code": task.code, **entry})
    said = {"strength": entry["strength"], "rationale": entry["rationale"]}
    trace.propose(task, row, by=by, presumed=True, **said)
