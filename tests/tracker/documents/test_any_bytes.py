"""Whatever the bytes are: a text, or the one exception."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.tracker.documents.files import docx_of, level, listed, numbering, pdf_of, raw_docx, zip_of
from tracker.documents import CODES, UnreadableDocument, read_document
from tracker.documents import budget as budget_module

MAGICS = [
    b"",
    b"%PDF-1.7\n",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"<!doctype html><html>",
    b"<html><body><table><tr><td>",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
    b"{\\rtf",
]
PAGE = "<html><head><meta charset=gbk><title>报告</title></head><body><table><tr><td>甲<td>乙</table><p>一、举措</body></html>"
WHOLE = [
    docx_of("一、主要举措", "二、不足"),
    raw_docx(listed("项"), numbering=numbering(level(0, "chineseCounting", "%1、"))),
    pdf_of(["某市2024年法治政府建设报告"], ["一、主要举措"]),
    PAGE.encode("gbk"),
    "一、主要举措".encode("gb18030"),
]
NAMES = some.sampled_from(["a.txt", "a.docx", "a.pdf", "a.html", "a", "", "报告.DOC"])
ROUNDS = settings(max_examples=200, deadline=None)


def check(name: str, content: bytes) -> None:
    try:
        text = read_document(name, content).text
    except UnreadableDocument as refusal:
        assert refusal.code in CODES and str(refusal)
    else:
        assert text.strip() and "\0" not in text and "\r" not in text
        text.encode()


@given(NAMES, some.sampled_from(MAGICS), some.binary(max_size=2_000))
@ROUNDS
def test_bytes_behind_any_magic(name: str, magic: bytes, rest: bytes) -> None:
    check(name, magic + rest)


@given(NAMES, some.text(max_size=500), some.sampled_from(["utf-8", "utf-16", "gb18030"]))
@ROUNDS
def test_any_text(name: str, text: str, encoding: str) -> None:
    with contextlib.suppress(UnicodeEncodeError):
        check(name, text.encode(encoding))


@given(some.sampled_from(WHOLE), some.lists(some.tuples(some.integers(0, 60_000), some.integers(0, 255)), max_size=8))
@ROUNDS
def test_real_files_with_changed_bytes(content: bytes, changes: list[tuple[int, int]]) -> None:
    changed = bytearray(content)
    for place, value in changes:
        changed[place % len(changed)] = value
    check("a", bytes(changed))


@given(some.sampled_from(WHOLE), some.integers(0, 60_000), some.integers(0, 60_000))
@ROUNDS
def test_real_files_with_a_piece_cut_out(content: bytes, start: int, length: int) -> None:
    start %= len(content)
    check("a", content[:start] + content[start + length % 2_000 :])


@given(some.binary(max_size=500), some.binary(max_size=500))
@ROUNDS
def test_any_bytes_as_parts_of_a_document(document: bytes, styles: bytes) -> None:
    entries: dict[str, str | bytes] = {
        "[Content_Types].xml": "",
        "word/document.xml": document,
        "word/styles.xml": styles,
    }
    check("a.docx", zip_of(entries))


@given(
    some.lists(
        some.sampled_from(
            [
                "<p>",
                "</p>",
                "<td>",
                "<tr>",
                "<table>",
                "</table>",
                "<script>",
                "<!--",
                "-->",
                "<![CDATA[",
                "&#0;",
                "&#x1;",
                "&amp",
                "<svg>",
                "法治",
                " ",
                "\n",
                "<a href='",
                "'>",
                "<title>",
                "<h1>",
                "<?x",
                "\x0c",
                "\ud7ff",
            ]
        ),
        max_size=60,
    )
)
@ROUNDS
def test_any_tags_as_a_page(pieces: list[str]) -> None:
    check("a.html", ("<html>" + "".join(pieces)).encode())


@pytest.mark.parametrize("content", WHOLE, ids=["word", "list", "pdf", "page", "text"])
def test_nothing_goes_on_when_the_time_is_spent(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget_module, "MOST_SECONDS", -1.0)
    with pytest.raises(UnreadableDocument) as refusal:
        read_document("a", content)
    assert refusal.value.code == "too_slow"
