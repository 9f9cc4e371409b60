"""Plain text: its encoding, and what only looks like text."""

import codecs

import pytest

from tests.tracker.documents.test_kinds import code_of
from tracker.documents import MOST_CHARACTERS, Document, read_document

REPORT = "某市2024年法治政府建设年度情况报告\n一、主要举措和成效\n  （一）推进政府职能转变。办理案件1234件。"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (REPORT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + REPORT.encode(), "utf-8"),
        (REPORT.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + REPORT.encode("utf-16-be"), "utf-16"),
        (REPORT.encode("gb18030"), "gb18030"),
        (REPORT.encode("gbk"), "gb18030"),
    ],
)
def test_the_encoding_is_found(content: bytes, encoding: str) -> None:
    assert read_document("a.txt", content) == Document(REPORT, "text", encoding)


def test_characters_beyond_gbk_are_read() -> None:
    assert read_document("a.txt", "𠀀㐂龥，法治政府".encode("gb18030")).text == "𠀀㐂龥，法治政府"


def test_lines_end_alike_and_control_characters_go() -> None:
    content = "一\r\n二\r三\u2028四" + "五" * 200 + "\x1a\n\n\n \n六"
    assert read_document("a.txt", content.encode()).text == "一\n二\n三\n四" + "五" * 200 + "\n\n六"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xfeabc", "encoding"),
        (b"\xff" * 100, "encoding"),
        (codecs.BOM_UTF8 + b"abc\xff", "broken_utf8"),
        (REPORT.encode()[:-1], "broken_utf8"),
        (REPORT.encode()[:30] + b"\xff" + REPORT.encode()[30:], "broken_utf8"),
        (REPORT.encode("utf-16-le"), "not_text"),
        (b"abc\0def", "not_text"),
        (bytes(range(1, 32)) * 20, "not_text"),
        ("。，、……——".encode() * 50, "not_text"),
        (b"=-+*/" * 100, "not_text"),
        (b" \n\t\r\n", "no_text"),
        (codecs.BOM_UTF8, "no_text"),
        ("年".encode() * (MOST_CHARACTERS + 1), "too_long"),
    ],
)
def test_what_is_no_text_is_refused(content: bytes, code: str) -> None:
    assert code_of("a.txt", content) == code


def test_the_place_of_the_break_is_named() -> None:
    with pytest.raises(Exception, match="broken at byte 6"):
        read_document("a.txt", "法治".encode() + b"\xff" + REPORT.encode())
