"""A corrected text of a report that is here already: every piece is found again by its words.

The preview changes nothing. `apply` is one transaction: the text, the places of all pieces, the words of those that
say something else now. Links keep the digest of the words that they were made for, and so become suspect where these
changed. The words of a confirmed task change only when the request that is made for it is approved; those of a closed
task stay. The text before is kept.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.db.models import Max, Model
from django.utils.translation import gettext as _

from tracker import clock, permissions
from tracker.enums import EventKind, ImportState, PartKind, Status
from tracker.exceptions import InvalidInput, MoveRefused
from tracker.importing.carrying import Alignment, Change, Place
from tracker.importing.spans import place_of_words
from tracker.models import (
    AnnualReport,
    Cause,
    Disposition,
    Duty,
    Figure,
    Measure,
    MeasureLink,
    Part,
    ReportCorrection,
    Section,
    Shortcoming,
    ShortcomingJudgement,
    ShortcomingLink,
    Task,
    User,
    WorkArea,
)
from tracker.reading import Clause, ParsedReport, parse
from tracker.reading import Figure as ParsedFigure
from tracker.reading import Section as ParsedSection
from tracker.services import documents, imports, plans, report_imports, requests, tasks, trace
from tracker.services.secrecy import refuse_marks
from tracker.texts import enumeration

CLOSED = (Status.COMPLETED, Status.CANCELLED)
KINDS: dict[str, type[Model]] = {
    "part": Part,
    "section": Section,
    "measure": Measure,
    "duty": Duty,
    "shortcoming": Shortcoming,
    "cause": Cause,
    "figure": Figure,
    "area": WorkArea,
    "task": Task,
}
# Renumbering passes through numbers that no piece has.
_ASIDE = 10_000


@dataclass(frozen=True)
class Carried:
    """A piece of the report and where its words stand in the corrected text; `place` is None where they are gone.

    `holds` names what stands on it: codes of tasks, "" where nothing does.
    """

    kind: str
    row: Any
    words: str
    place: Place | None
    holds: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Stable between previews."""
        return f"{self.kind}-{self.row.pk}"

    @property
    def is_lost(self) -> bool:
        """Whether a person has to say where its words are, because something stands on it."""
        return self.place is None and bool(self.holds)


@dataclass(frozen=True)
class Preview:
    """What a correction would do: `changes` side by side, all pieces, and the words that no piece had before."""

    changes: tuple[Change, ...]
    pieces: tuple[Carried, ...]
    fresh: tuple[str, ...]
    text: str

    @property
    def lost(self) -> list[Carried]:
        return [piece for piece in self.pieces if piece.is_lost]

    @property
    def dropped(self) -> list[Carried]:
        return [piece for piece in self.pieces if piece.place is None and not piece.holds]

    def changed(self, kind: str) -> list[Carried]:
        return [piece for piece in self.pieces if piece.kind == kind and piece.place and piece.place.changed]


# ---------- Begun, looked at, given up ----------


@transaction.atomic
def start(report: AnnualReport, text: str, *, by: User, reason: str) -> ReportCorrection:
    """Keep a corrected text beside the report; nothing changes yet.

    Raises InvalidInput: no reason; a text that is too long, is no report, or is the same as the one in force.
    """
    _check(report, by)
    if not reason.strip():
        raise InvalidInput(_("Say why the text is corrected, and where the correction was published."), field="reason")
    refuse_marks({"text": text, "reason": reason}, by=by)
    if len(text) > report_imports.MOST_CHARACTERS:
        raise InvalidInput(
            _("The text has %(count)d characters; at most %(most)d can be read in.")
            % {"count": len(text), "most": report_imports.MOST_CHARACTERS},
            field="text",
        )
    parsed = parse(text)
    refusal = report_imports.refusal_of(parsed)
    if refusal:
        raise InvalidInput(refusal, field="text")
    if parsed.text.strip() == report.text.strip():
        raise InvalidInput(_("This is the text that is here already; nothing differs."), field="text")
    report.corrections.filter(state=ImportState.DRAFT).update(state=ImportState.DISCARDED)
    correction: ReportCorrection = ReportCorrection.objects.create(
        report=report,
        reason=reason.strip(),
        text=parsed.text,
        digest=imports.digest_of(parsed.text),
        previous_digest=report.digest,
        begun_by=by,
        begun_at=clock.now(),
    )
    return correction


def start_file(report: AnnualReport, content: bytes, *, by: User, name: str, reason: str) -> ReportCorrection:
    """As `start`, from an uploaded file. Raises InvalidInput (field "file") for a file that cannot be read."""
    _check(report, by)
    text = documents.text_of(name, content)
    try:
        return start(report, text, by=by, reason=reason)
    except InvalidInput as refusal:
        refusal.field = "file" if refusal.field == "text" else refusal.field
        raise


def _check(report: AnnualReport, by: User) -> None:
    plans.check_founder(by, report.government)
    if not report.is_current:
        raise MoveRefused(_("This report is no longer in force."))
    permissions.check_open_plan(report.plan)


def _locked(correction_id: int, by: User) -> ReportCorrection:
    row: ReportCorrection = (
        ReportCorrection.objects.select_for_update(of=("self",))
        .select_related("report__government", "report__plan__government")
        .get(pk=correction_id)
    )
    _check(row.report, by)
    if row.state != ImportState.DRAFT:
        raise MoveRefused(_("This correction is finished; nothing in it can be changed."))
    return row


@transaction.atomic
def discard(correction_id: int, *, by: User) -> ReportCorrection:
    """Give a correction up before it is put in force."""
    row = _locked(correction_id, by)
    row.state = ImportState.DISCARDED
    row.save(update_fields=["state"])
    return row


@transaction.atomic
def point(correction_id: int, typed: Mapping[str, str], *, by: User) -> ReportCorrection:
    """Say which words of the corrected text lost pieces ({name: words}) stand on now.

    Raises InvalidInput (field: the name) for words that do not stand there, or more than once.
    """
    row = _locked(correction_id, by)
    names = {piece.name for piece in preview(row).pieces}
    for name, words in typed.items():
        if name not in names:
            raise InvalidInput(_("This piece is not in the report any more."))
        if words.strip() and place_of_words(row.text, 0, len(row.text), words.strip()) is None:
            raise InvalidInput(
                _("These words do not stand there, or more than once. Give more of them, exactly as written."),
                field=name,
            )
    kept = {name: words.strip() for name, words in {**row.typed, **typed}.items() if words.strip()}
    row.typed = kept
    row.save(update_fields=["typed"])
    return row


def preview(row: ReportCorrection) -> Preview:
    """What putting the correction in force would do. Its number of statements is the same for every length."""
    report = row.report
    alignment = Alignment(report.text, row.text)
    holds = _holders(report)
    pieces = tuple(
        Carried(kind, piece, words, _place(row, alignment, kind, piece), tuple(holds.get((kind, piece.pk), ())))
        for kind, piece, words in _pieces(report)
    )
    fresh = tuple(row.text[start:end] for start, end in _uncarried(parse(row.text), pieces))
    return Preview(tuple(alignment.changes()), pieces, fresh, row.text)


def _rows(report: AnnualReport) -> Iterator[tuple[str, Any]]:
    """(kind, queryset) of all that stands on the report's text, in its order."""
    for kind, model in KINDS.items():
        rows: Any = model._default_manager.all()
        if kind == "part":
            rows = rows.filter(report=report)
        elif kind in ("area", "task"):
            rows = rows.filter(plan__report=report)
        else:
            rows = rows.of_report(report)
        yield kind, rows.order_by("start", "pk")


def _pieces(report: AnnualReport) -> Iterator[tuple[str, Any, str]]:
    """(kind, row, its words) of all that stands on the report's text."""
    for kind, rows in _rows(report):
        for piece in rows:
            yield kind, piece, report.text[piece.start : piece.end]


def pieces_of(report: AnnualReport) -> dict[str, list[dict[str, Any]]]:
    """{kind: rows as plain values} of all that stands on the text: pieces with everything, the plan's places alone."""
    found = {}
    for kind, rows in _rows(report):
        of_plan = kind in ("area", "task")
        names = ["id", "start", "end"] if of_plan else [field.attname for field in rows.model._meta.concrete_fields]
        found[kind] = list(rows.values(*names))
    return found


def _holders(report: AnnualReport) -> dict[tuple[str, int], list[str]]:
    """Codes of the tasks that stand on each piece, by kind and key."""
    found: dict[tuple[str, int], list[str]] = {}
    links: dict[str, Any] = {
        "measure": MeasureLink.objects.filter(task__plan__report=report).values_list("measure", "task__code"),
        "shortcoming": ShortcomingLink.objects.filter(task__plan__report=report).values_list(
            "shortcoming", "task__code"
        ),
        "area": Task.objects.filter(plan__report=report).values_list("area", "code"),
        "section": Task.objects.filter(plan__report=report).values_list("area__section", "code"),
        "task": Task.objects.filter(plan__report=report).values_list("pk", "code"),
        "figure": Figure.objects.filter(report=report, indicators__isnull=False).values_list(
            "pk", "indicators__task__code"
        ),
    }
    for kind, pairs in links.items():
        for key, code in pairs:
            found.setdefault((kind, key), []).append(code)
    judged = ShortcomingJudgement.objects.filter(plan__report=report).values_list("shortcoming", flat=True)
    for shortcoming in judged:
        found.setdefault(("shortcoming", shortcoming), []).append(_("judgement"))
    disposed = Disposition.objects.filter(plan__report=report).values_list("section", "shortcoming")
    for section, shortcoming in disposed:
        name = ("section", section) if section else ("shortcoming", shortcoming)
        found.setdefault(name, []).append(_("disposition"))
    return found


def _place(row: ReportCorrection, alignment: Alignment, kind: str, piece: Any) -> Place | None:
    words = row.typed.get(f"{kind}-{piece.pk}", "")
    if words:
        start = place_of_words(row.text, 0, len(row.text), words)
        if start is not None:
            return Place(start, start + len(words), changed=True)
    return alignment.carry(piece.start, piece.end)


def _uncarried(parsed: ParsedReport, pieces: tuple[Carried, ...]) -> list[tuple[int, int]]:
    """Sentences, weaknesses and figures of the corrected text that no piece stands on."""
    found: list[tuple[int, int]] = []
    taken = _taken(pieces)
    for part in parsed.parts:
        for section in part.sections:
            for clause in section.clauses:
                kind = {"commitment": "task"}.get(clause.kind, clause.kind)
                if not _overlaps(taken[kind], clause.start, clause.end):
                    found.append((clause.start, clause.end))
    for kind, rows in (("shortcoming", parsed.shortcomings), ("cause", parsed.causes)):
        found += [(row.start, row.end) for row in rows if not _overlaps(taken[kind], row.start, row.end)]
    return sorted(found)


def _taken(pieces: tuple[Carried, ...]) -> dict[str, list[Place]]:
    taken: dict[str, list[Place]] = {kind: [] for kind in KINDS}
    for piece in pieces:
        if piece.place:
            taken[piece.kind].append(piece.place)
    return taken


def _overlaps(places: list[Place], start: int, end: int) -> bool:
    return any(place.start < end and start < place.end for place in places)


# ---------- Put in force ----------


@transaction.atomic
def apply(correction_id: int, *, by: User) -> ReportCorrection:
    """Put the corrected text in force.

    Raises InvalidInput naming pieces on which tasks stand and whose words are gone, or tasks that would share words;
    MoveRefused when the report was corrected meanwhile, or a task has an open request.
    """
    row = _locked(correction_id, by)
    report: AnnualReport = AnnualReport.objects.select_for_update().get(pk=row.report_id)
    if report.digest != row.previous_digest:
        raise MoveRefused(_("The report was corrected meanwhile; give the text again."))
    found = preview(row)
    _refuse_lost(found)
    row.previous_text, row.previous_pieces = report.text, pieces_of(report)
    report.text, report.digest = row.text, row.digest
    report.save(update_fields=["text", "digest"])
    parsed = parse(row.text)
    _drop(found)
    _move(found, parsed)
    _restate(found, row, by)
    _add_fresh(report, parsed, found)
    _settle(report)
    _renumber(report)
    _note_links(found, by)
    row.state, row.applied_by, row.applied_at = ImportState.CREATED, by, clock.now()
    row.save(update_fields=["state", "applied_by", "applied_at", "previous_text", "previous_pieces"])
    return row


def _refuse_lost(found: Preview) -> None:
    if found.lost:
        raise InvalidInput(
            _("Say first which words of the corrected text these stand on: %(words)s.")
            % {"words": enumeration(f"“{piece.words[:20]}”" for piece in found.lost)}
        )
    placed = [(piece.place, piece.row) for piece in found.pieces if piece.kind == "task" and piece.place]
    for (before, one), (after, other) in pairwise(sorted(placed, key=lambda pair: pair[0].start)):
        if after.start < before.end:
            raise InvalidInput(
                _("%(one)s and %(other)s would stand on the same words. Give each its own.")
                % {"one": one.code, "other": other.code},
                field=f"task-{other.pk}",
            )


def _drop(found: Preview) -> None:
    """Pieces whose words are gone and on which nothing stands; causes and figures before what they belong to."""
    order = ("cause", "figure", "measure", "duty", "shortcoming", "area", "section", "part")
    for piece in sorted(found.dropped, key=lambda piece: order.index(piece.kind)):
        if piece.kind in ("section", "part") and _is_used(piece):
            raise InvalidInput(
                _("“%(words)s” is gone, but something in it is still there. Say which words it has now.")
                % {"words": piece.words[:20]},
                field=piece.name,
            )
        if piece.kind == "section":
            Figure.objects.filter(section=piece.row).update(section=None)
        piece.row.delete()


def _is_used(piece: Carried) -> bool:
    row = piece.row
    if piece.kind == "part":
        return bool(row.sections.exists() or row.shortcomings.exists() or row.causes.exists())
    return bool(row.measures.exists() or row.duties.exists() or WorkArea.objects.filter(section=row).exists())


def _move(found: Preview, parsed: ParsedReport) -> None:
    """New places for all pieces, and new words for those of the report itself that changed."""
    headings: dict[str, list[tuple[int, int, Any]]] = {
        "part": [(part.start, part.end, part) for part in parsed.parts],
        "section": [(row.start, row.end, row) for part in parsed.parts for row in part.sections],
    }
    for piece in found.pieces:
        if piece.place is None:
            continue
        values: dict[str, Any] = {"start": piece.place.start, "end": piece.place.end}
        words = found.text[piece.place.start : piece.place.end]
        if piece.kind in ("measure", "duty", "shortcoming", "cause"):
            values["text"] = words
        elif piece.kind == "figure" and piece.place.changed:
            values |= _figure_values(parsed, piece.place, words)
        elif piece.kind in headings:
            values |= _heading_values(headings[piece.kind], piece.place)
        type(piece.row)._default_manager.filter(pk=piece.row.pk).update(**values)


def _settle(report: AnnualReport) -> None:
    """What follows from the new places: an area spans its section, and a figure belongs to the one it stands in."""
    for area in WorkArea.objects.filter(plan__report=report).select_related("section"):
        WorkArea.objects.filter(pk=area.pk).update(start=area.section.start, end=area.section.end)
    sections = list(Section.objects.of_report(report))
    for figure in Figure.objects.filter(report=report):
        home = next((row for row in sections if row.start <= figure.start < row.end), None)
        if figure.section_id != (home and home.pk):
            Figure.objects.filter(pk=figure.pk).update(section=home)


def _figure_values(parsed: ParsedReport, place: Place, words: str) -> dict[str, Any]:
    """What the reader makes of the figure now. Raises InvalidInput where it no longer is one."""
    figure = next((row for row in parsed.figures if row.start < place.end and place.start < row.end), None)
    if figure is None:
        raise InvalidInput(_("“%(words)s” is no figure any more.") % {"words": words[:40]})
    return {"start": figure.start, "end": figure.end, **_figure_fields(figure)}


def _figure_fields(figure: ParsedFigure) -> dict[str, Any]:
    return {
        "quote": figure.quote,
        "label": figure.label or "",
        "value": figure.value,
        "unit": figure.unit or "",
        "approximate": figure.approximate,
    }


def _heading_values(rows: list[tuple[int, int, Any]], place: Place) -> dict[str, Any]:
    """Number and heading of the part or section that the reader finds there, with its borders."""
    best = max(rows, key=lambda row: min(row[1], place.end) - max(row[0], place.start), default=None)
    if best is None or min(best[1], place.end) <= max(best[0], place.start):
        return {}
    start, end, row = best
    return {"start": start, "end": end, "number": row.number or "", "heading": row.heading or ""}


def _restate(found: Preview, correction: ReportCorrection, by: User) -> None:
    """Tasks whose words changed: unconfirmed ones take the new ones, for confirmed ones a request is made."""
    detail = _("Corrected text of the report: %(reason)s") % {"reason": correction.reason}
    for piece in found.changed("task"):
        assert piece.place is not None
        quote = found.text[piece.place.start : piece.place.end]
        if piece.row.status == Status.UNCONFIRMED:
            tasks.restate(piece.row.pk, by=by, quote=quote, detail=detail)
        elif piece.row.status not in CLOSED:
            requests.ask_for_words(piece.row.pk, by=by, quote=quote, reason=detail)


def _note_links(found: Preview, by: User) -> None:
    """A line in the history of every task whose link hangs on words that say something else now."""
    models: dict[str, Any] = {"measure": MeasureLink, "shortcoming": ShortcomingLink}
    for kind, model in models.items():
        changed = [piece.row.pk for piece in found.changed(kind)]
        links = model.objects.standing().filter(**{f"{kind}__in": changed}).select_related(kind)
        for link in links.order_by("task", "pk"):
            words = {"words": getattr(link, kind).text}
            if trace.is_suspect(link):
                detail = _("The words have changed, the link is suspect: %(words)s") % words
            else:
                detail = _("The words are again those of the link: %(words)s") % words
            tasks.note(link.task_id, EventKind.LINK, by=by, detail=detail)


# ---------- Words that no piece had ----------


def _add_fresh(report: AnnualReport, parsed: ParsedReport, found: Preview) -> None:
    taken = _taken(found.pieces)
    for part in parsed.parts:
        home = Part.objects.filter(report=report, start__lt=part.end, end__gt=part.start).order_by("start").first()
        if home is None:
            home = Part.objects.create(
                report=report,
                position=_next(Part.objects.filter(report=report), "position"),
                kind=part.kind,
                number=part.number or "",
                heading=part.heading or "",
                start=part.start,
                end=part.end,
            )
        for section in part.sections:
            _add_section(report, home, section, taken)
        if part.kind == PartKind.SHORTCOMINGS:
            _add_weaknesses(home, parsed, taken)
    _add_figures(report, parsed, taken)


def _add_section(report: AnnualReport, part: Part, section: ParsedSection, taken: dict[str, list[Place]]) -> None:
    row = Section.objects.filter(part=part, start__lt=section.end, end__gt=section.start).order_by("start").first()
    if row is None:
        row = Section.objects.create(
            part=part,
            position=_next(Section.objects.filter(part=part), "position"),
            number=section.number or "",
            heading=section.heading or "",
            start=section.start,
            end=section.end,
        )
        if part.kind == PartKind.ARRANGEMENTS:
            plans.add_area(report.plan, row)
    for clause in section.clauses:
        _add_clause(row, clause, taken)


def _add_clause(section: Section, clause: Clause, taken: dict[str, list[Place]]) -> None:
    model: Any = {"measure": Measure, "duty": Duty}.get(clause.kind)
    if model is None or _overlaps(taken[clause.kind], clause.start, clause.end):
        return
    position = _next(model.objects.filter(section=section), "position")
    model.objects.create(section=section, position=position, text=clause.text, start=clause.start, end=clause.end)


def _add_weaknesses(part: Part, parsed: ParsedReport, taken: dict[str, list[Place]]) -> None:
    for weak in parsed.shortcomings:
        if part.start <= weak.start < part.end and not _overlaps(taken["shortcoming"], weak.start, weak.end):
            number = _next(Shortcoming.objects.filter(part=part), "number")
            Shortcoming.objects.create(part=part, number=number, text=weak.text, start=weak.start, end=weak.end)
    for cause in parsed.causes:
        if part.start <= cause.start < part.end and not _overlaps(taken["cause"], cause.start, cause.end):
            number = _next(Cause.objects.filter(part=part), "number")
            Cause.objects.create(part=part, number=number, text=cause.text, start=cause.start, end=cause.end)


def _add_figures(report: AnnualReport, parsed: ParsedReport, taken: dict[str, list[Place]]) -> None:
    for figure in parsed.figures:
        if not _overlaps(taken["figure"], figure.start, figure.end):
            Figure.objects.create(
                report=report,
                position=_next(Figure.objects.filter(report=report), "position"),
                start=figure.start,
                end=figure.end,
                **_figure_fields(figure),
            )


def _next(rows: Any, name: str) -> int:
    return (rows.aggregate(last=Max(name))["last"] or 0) + 1


def _renumber(report: AnnualReport) -> None:
    """Positions and numbers in the order of the text, each within what it belongs to."""
    for model, name, above in (
        (Part, "position", "report_id"),
        (Section, "position", "part_id"),
        (Measure, "position", "section_id"),
        (Duty, "position", "section_id"),
        (Figure, "position", "report_id"),
        (Shortcoming, "number", "part_id"),
        (Cause, "number", "part_id"),
    ):
        rows: Any = model._default_manager
        rows = rows.filter(report=report) if model is Part else rows.of_report(report)
        groups: dict[int, list[Any]] = {}
        for piece in rows.order_by("start", "pk"):
            groups.setdefault(getattr(piece, above), []).append(piece)
        for pieces in groups.values():
            if [getattr(piece, name) for piece in pieces] != list(range(1, len(pieces) + 1)):
                _number(model, name, pieces)


def _number(model: type[Model], name: str, pieces: list[Any]) -> None:
    for step in (_ASIDE, 0):
        for number, piece in enumerate(pieces, 1):
            model._default_manager.filter(pk=piece.pk).update(**{name: step + number})
