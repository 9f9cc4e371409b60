"""What was put into a made-up report comes out of the reader."""

from hypothesis import given, settings

from tests.tracker.reading.generator import Known, KnownItem, reports
from tracker.reading import ParsedReport, parse
from tracker.reading.structure import Section


def numbered(known: Known, kind: str) -> list[list[KnownItem]]:
    return [part.items for part in known.parts if part.kind == kind]


def sections(report: ParsedReport, kind: str) -> list[list[Section]]:
    return [[row for row in part.sections if not row.loose] for part in report.parts if part.kind == kind]


@settings(max_examples=300, deadline=None)
@given(reports())
def test_what_is_put_in_comes_out(known: Known) -> None:
    report = parse(known.text)
    assert report.text == known.text
    assert report.title == known.title
    assert report.issuer == known.issuer
    assert report.year == 2030
    assert (report.signed_on is not None) == known.signed
    assert [(part.kind, part.heading) for part in report.parts] == [(part.kind, part.heading) for part in known.parts]
    for kind in ("measures", "arrangements"):
        found = [[(row.number or "", row.heading) for row in rows] for rows in sections(report, kind)]
        assert found == [[(row.number, row.heading) for row in rows] for rows in numbered(known, kind)]
    assert [(figure.value, figure.unit) for figure in report.figures] == known.figures
    assert [row.text for row in report.shortcomings] == known.shortcomings
    assert [row.text for row in report.causes] == known.causes
    assert [row.shortcoming for row in report.causes] == list(range(len(known.causes)))
    for found_rows, known_rows in zip(sections(report, "arrangements"), numbered(known, "arrangements"), strict=True):
        for section, item in zip(found_rows, known_rows, strict=True):
            assert {clause.responsible for clause in section.clauses} == {item.responsible}
            assert [clause.text for clause in section.clauses] == item.sentences
