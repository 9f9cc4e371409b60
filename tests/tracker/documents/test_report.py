"""A published report, uploaded as each kind of file, reads the same."""

import html
from collections.abc import Iterator
from pathlib import Path

import pytest

import tracker
from tests.tracker.documents.files import docx_of, pdf_of
from tracker.documents import read_document
from tracker.reading import ParsedReport, parse

REPORT = Path(tracker.__file__).parent / "data" / "xicheng_2025" / "report.txt"
LINE_CHARACTERS, PAGE_LINES = 38, 30


@pytest.fixture(scope="module")
def published() -> str:
    return REPORT.read_bytes().decode()


def paragraphs_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def as_page(text: str) -> bytes:
    title, *paragraphs = paragraphs_of(text)
    body = "".join(f"<p>　　{html.escape(words)}</p>\n" for words in paragraphs)
    menu = "<div class='nav'><a href='/'>首页</a><a href='/zwgk'>政务公开</a></div>"
    head = f"<head><meta charset='gb2312'><title>{title}_某网</title></head>"
    return f"<html>{head}<body>{menu}<h1>{title}</h1><div id='content'>{body}</div></body></html>".encode("gb18030")


def as_pdf(text: str) -> bytes:
    lines = [line for words in paragraphs_of(text) for line in wrapped(words)]
    pages = [lines[place : place + PAGE_LINES] for place in range(0, len(lines), PAGE_LINES)]
    return pdf_of(*([*page, f"— {number} —"] for number, page in enumerate(pages, 1)))


def wrapped(words: str) -> Iterator[str]:
    for place in range(0, len(words), LINE_CHARACTERS):
        yield words[place : place + LINE_CHARACTERS]


def outline(report: ParsedReport) -> list[tuple[object, ...]]:
    return [(part.kind, part.number, part.heading, len(part.sections)) for part in report.parts]


@pytest.mark.parametrize("kind", ["text", "docx", "html", "pdf"])
def test_the_report_reads_the_same(kind: str, published: str) -> None:
    content = {
        "text": published.encode("gb18030"),
        "docx": docx_of(*paragraphs_of(published)),
        "html": as_page(published),
        "pdf": as_pdf(published),
    }[kind]
    document = read_document("report", content)
    expected, found = parse(published), parse(document.text)
    assert document.kind == kind
    assert (found.title, found.issuer, found.year) == (expected.title, expected.issuer, expected.year)
    assert outline(found) == outline(expected)
    assert len(found.shortcomings) == len(expected.shortcomings)
    assert [figure.value for figure in found.figures] == [figure.value for figure in expected.figures]


def test_no_word_is_lost(published: str) -> None:
    words = "".join(published.split())
    for content in (docx_of(*paragraphs_of(published)), as_page(published)):
        assert "".join(read_document("report", content).text.split()) == words
