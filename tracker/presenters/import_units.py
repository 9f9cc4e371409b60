"""The later pages of an import: units, dates and links of one work area, the summary, and what was begun before."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tracker import wording
from tracker.enums import ImportState, PlanState, Strength
from tracker.exceptions import InvalidInput
from tracker.importing import overview
from tracker.importing.doubts import doubts, progress
from tracker.importing.draft import ClausePiece, Draft, Piece, Proposal
from tracker.importing.overview import Area
from tracker.models import ReportImport, Unit, User
from tracker.presenters.report_import import steps
from tracker.presenters.rollover import untaken_warning
from tracker.services.report_imports import draft_of, plan_title_of, title_of
from tracker.texts import enumeration

FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日")


def begun(rows: Iterable[ReportImport]) -> list[dict[str, Any]]:
    """Imports as lines of a list."""
    return [
        {
            "title": row.name or _("Pasted text"),
            "state": row.get_state_display(),
            "url": reverse("import" if row.state == ImportState.DRAFT else "import_create", args=[row.pk]),
            "saved": wording.moment(row.saved_at),
            "by": str(row.saved_by),
            "is_draft": row.state == ImportState.DRAFT,
        }
        for row in rows
    ]


def reports(rows: Any, user: User) -> list[dict[str, Any]]:
    """The own government's reports, each with the address at which its text is corrected."""
    own = rows.filter(government=user.unit.government_id) if user.unit else rows.none()
    return [
        {"title": title, "url": reverse("correct_report", args=[pk])}
        for pk, title in own.order_by("-year").values_list("pk", "title")
    ]


def page(row: ReportImport, number: int, post: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The context of one work area's page; `post` is shown again after a refusal."""
    draft = draft_of(row)
    found = overview.areas(draft)
    area = found[min(max(number, 1), len(found)) - 1] if found else None
    units = {unit.pk: unit for unit in _units(row)}
    return {
        "row": row,
        "steps": steps(row, 3),
        "areas": [_tab(draft, one, area) for one in found],
        "area": area and {"number": area.number, "title": wording.full_width(_title(area))},
        "tasks": [_task(draft, area, place, units, post) for place in range(len(area.tasks))] if area else [],
        "units": [unit.short_name for unit in units.values()],
        "is_last": area is None or area.number == len(found),
        "all_due_on": (post or {}).get("all_due_on", ""),
        "all_due_basis": (post or {}).get("all_due_basis", ""),
    }


def _units(row: ReportImport) -> list[Unit]:
    rows = Unit.objects.active().filter(government=row.government_id).exclude(pk=row.government_id)
    return list(rows.order_by("order", "pk"))


def _title(area: Area) -> str:
    return area.section.heading or _("Item without a heading")


def _tab(draft: Draft, area: Area, current: Area | None) -> dict[str, Any]:
    return {
        "number": area.number,
        "title": wording.full_width(_title(area)),
        "open": sum(map(_is_open, _clauses(area))) + len(_proposed(draft, area)),
        "current": current is not None and area.number == current.number,
    }


def _clauses(area: Area) -> list[ClausePiece]:
    return [task.clause for task in area.tasks]


def _is_open(clause: ClausePiece) -> bool:
    """A unit is proposed and nobody has confirmed it yet."""
    return clause.unit is not None and not clause.unit_settled


def _proposed(draft: Draft, area: Area) -> list[Proposal]:
    keys = {clause.key for clause in _clauses(area)}
    return [row for row in draft.proposals if row.clause in keys and row.state == "proposed"]


def _task(
    draft: Draft, area: Area, place: int, units: Mapping[int, Unit], post: Mapping[str, str] | None
) -> dict[str, Any]:
    task = area.tasks[place]
    clause, typed = task.clause, post or {}
    unit = units.get(clause.unit) if clause.unit else None
    return {
        "key": clause.key,
        "code": area.code(place),
        "title": wording.full_width(title_of(draft, task)),
        "unit": typed.get(f"unit-{clause.key}", unit.short_name if unit else ""),
        "unit_reason": _reason(clause),
        "unit_open": _is_open(clause),
        "unit_settled": clause.unit_settled,
        "due_on": typed.get(f"due-{clause.key}", clause.due_on),
        "due_basis": typed.get(f"basis-{clause.key}", clause.due_basis),
        "links": list(_links(draft, clause)),
    }


def _reason(clause: ClausePiece) -> str:
    if clause.unit is None or clause.unit_settled:
        return ""
    if clause.unit_reason == "named":
        return _("the report names %(words)s") % {"words": clause.responsible}
    return _("its remit speaks of %(terms)s") % {"terms": clause.unit_reason}


def _links(draft: Draft, clause: ClausePiece) -> Iterator[dict[str, Any]]:
    measures = {row.key: row for row in draft.clauses}
    weak = {row.key: (number, row) for number, row in enumerate(draft.shortcomings, 1)}
    piece: Piece
    for row in draft.proposals:
        if row.clause != clause.key:
            continue
        if row.target in weak:
            number, piece = weak[row.target]
            name = _("Shortcoming %(number)d") % {"number": number}
        else:
            piece = measures[row.target]
            section = draft.section_of(piece)
            number_words = (section.number if section else "").strip("().（）、． ")
            name = _("Measure %(number)s") % {"number": number_words}
        yield {
            "key": row.key,
            "name": name,
            "words": wording.full_width(draft.words(piece)),
            "strength": Strength(row.strength).label,
            "terms": enumeration(row.terms),
            "state": row.state,
        }


# ---------- What was typed ----------


def typed(row: ReportImport, number: int, post: Any) -> dict[str, Any]:
    """Rows, verdicts and confirmed units of one page, for `report_imports.assign`.

    Raises InvalidInput naming the field when a unit is not known or a date is none.
    """
    draft = draft_of(row)
    found = overview.areas(draft)
    area = found[min(max(number, 1), len(found)) - 1] if found else None
    if area is None:
        return {"rows": {}}
    units = {unit.short_name: unit.pk for unit in _units(row)} | {unit.name: unit.pk for unit in _units(row)}
    all_due, all_basis = _day(post.get("all_due_on", ""), "all_due_on"), post.get("all_due_basis", "").strip()
    rows = {}
    for clause in _clauses(area):
        due = _day(post.get(f"due-{clause.key}", ""), f"due-{clause.key}")
        basis = post.get(f"basis-{clause.key}", "").strip()
        rows[clause.key] = {
            "unit": _unit(post.get(f"unit-{clause.key}", ""), f"unit-{clause.key}", units),
            "due_on": due or all_due,
            "due_basis": basis or (all_basis if due or all_due else ""),
        }
    return {"rows": rows, **_verdicts(draft, area, post)}


def _unit(words: str, field: str, units: Mapping[str, int]) -> int | None:
    name = words.strip()
    if not name:
        return None
    if name not in units:
        raise InvalidInput(
            _("There is no unit “%(name)s”; choose one from the list.") % {"name": name[:40]}, field=field
        )
    return units[name]


def _day(words: str, field: str) -> datetime.date | None:
    text = words.strip()
    if not text:
        return None
    for form in FORMATS:
        try:
            return datetime.datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise InvalidInput(_("“%(value)s” is not a date; write it like 2025-09-30.") % {"value": text[:20]}, field=field)


def _verdicts(draft: Draft, area: Area, post: Any) -> dict[str, Any]:
    """From the button that was pressed: confirm=unit-KEY, confirm=link-KEY, dismiss=link-KEY, confirm=area."""
    confirm, dismiss = post.get("confirm", ""), post.get("dismiss", "")
    if confirm == "area":
        return {
            "verdicts": {row.key: "confirmed" for row in _proposed(draft, area)},
            "confirm_units": {clause.key for clause in _clauses(area)},
        }
    verdicts, units = {}, set()
    sort, _sign, key = (confirm or dismiss).partition("-")
    if key.isascii() and key.isdecimal():
        if sort == "unit" and confirm:
            units.add(int(key))
        elif sort == "link":
            verdicts[int(key)] = "confirmed" if confirm else "dismissed"
    return {"verdicts": verdicts, "confirm_units": units}


def after(row: ReportImport, number: int) -> str:
    """The page after that of one work area: the next area, or the summary behind the last."""
    last = len(overview.areas(draft_of(row)))
    if number >= last:
        return reverse("import_create", args=[row.pk])
    return f"{reverse('import_units', args=[row.pk])}?area={number + 1}"


# ---------- The summary ----------


def summary(row: ReportImport) -> dict[str, Any]:
    """What would be created from the draft, or what was."""
    draft = draft_of(row)
    plan = getattr(row.report, "plan", None) if row.report else None
    return {
        "row": row,
        "steps": steps(row if row.state == ImportState.DRAFT else None, 4 if plan is None else 5),
        "title": draft.head.title or _("Report without a title"),
        "year": (draft.head.year or 0) + 1 if draft.head.year else None,
        "plan_title": plan_title_of(row, draft) if plan is None else plan.title,
        "facts": list(_facts(draft)),
        "made": plan,
        "is_draft_plan": plan is not None and plan.state == PlanState.DRAFT,
        "untaken": untaken_warning(plan) if plan is not None and plan.state == PlanState.DRAFT else "",
        "discarded": row.state == ImportState.DISCARDED,
    }


def _facts(draft: Draft) -> Iterator[dict[str, Any]]:
    found = overview.areas(draft)
    clauses = [clause for area in found for clause in _clauses(area)]
    settled = sum(clause.unit_settled for clause in clauses)
    proposed = sum(map(_is_open, clauses))
    percent = progress(draft).percent
    links = [row.state for row in draft.proposals if row.clause in {clause.key for clause in clauses}]
    unsure = sum(doubt.open for doubt in doubts(draft))
    yield {"label": _("Work areas and tasks"), "value": f"{len(found)} ／ {len(clauses)}"}
    yield {"label": _("Arrangements covered by tasks"), "value": "—" if percent is None else f"{percent} %"}
    yield {
        "label": _("Lead units"),
        "value": _("%(settled)d confirmed, %(proposed)d proposed, %(missing)d not set")
        % {"settled": settled, "proposed": proposed, "missing": len(clauses) - settled - proposed},
    }
    yield {"label": _("Due dates"), "value": f"{sum(bool(clause.due_on) for clause in clauses)} ／ {len(clauses)}"}
    yield {
        "label": _("Links to last year"),
        "value": _("%(settled)d confirmed, %(proposed)d proposed")
        % {"settled": links.count("confirmed"), "proposed": links.count("proposed")},
    }
    yield {
        "label": _("Unsure places left"),
        "value": str(unsure),
        "note": _("They are created as they are read now.") if unsure else "",
    }
