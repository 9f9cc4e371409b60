"""Numbers that Word only shows."""

import pytest

from tests.tracker.documents.files import level, listed, numbering, paragraph, raw_docx
from tracker.documents import read_document
from tracker.documents.numerals import han_counting, numeral


def lines_of(body: str, numbering: str, styles: str = "") -> list[str]:
    return read_document("a.docx", raw_docx(body, numbering=numbering, styles=styles)).text.split("\n")


@pytest.mark.parametrize(
    ("number_format", "text", "shown"),
    [
        ("chineseCounting", "%1、", "一、"),
        ("chineseCountingThousand", "（%1）", "（一）"),
        ("japaneseCounting", "第%1章", "第一章 "),
        ("ideographDigital", "%1、", "一、"),
        ("decimal", "%1.", "1."),
        ("decimal", "（%1）", "（1）"),
        ("decimalEnclosedCircle", "%1", "① "),
        ("upperLetter", "%1)", "A)"),
        ("lowerLetter", "%1.", "a."),
        ("unknownFormat", "%1.", "1."),
        ("bullet", "\uf06c", ""),
        ("none", "%1", ""),
        ("decimal", "", ""),
    ],
)
def test_a_number_is_written_as_word_shows_it(number_format: str, text: str, shown: str) -> None:
    assert lines_of(listed("推进"), numbering(level(0, number_format, text))) == [f"{shown}推进"]


def test_levels_count_by_themselves_and_begin_again() -> None:
    levels = numbering(
        level(0, "chineseCounting", "%1、"), level(1, "chineseCounting", "（%2）"), level(2, "decimal", "%3.")
    )
    body = "".join(listed(f"{place}", level=place) for place in (0, 1, 2, 2, 1, 2, 0, 1))
    assert lines_of(body, levels) == ["一、0", "（一）1", "1. 2", "2. 2", "（二）1", "1. 2", "二、0", "（一）1"]


def test_a_number_may_name_the_levels_above() -> None:
    levels = numbering(level(0, "chineseCounting", "%1、"), level(1, "decimal", "%1.%2.", more="<w:isLgl/>"))
    body = listed("甲") + listed("乙", level=1) + listed("丙", level=1)
    assert lines_of(body, levels) == ["一、甲", "1.1.乙", "1.2.丙"]


def test_a_level_above_that_was_never_used_shows_its_start() -> None:
    levels = numbering(level(0, "decimal", "%1.", start=3), level(1, "decimal", "%1.%2."))
    assert lines_of(listed("乙", level=1), levels) == ["3.1.乙"]


def test_a_digit_after_the_dot_is_kept_apart() -> None:
    assert lines_of(listed("2024年，推进"), numbering(level(0, "decimal", "%1."))) == ["1. 2024年，推进"]


def test_lists_of_one_family_go_on_and_an_override_begins_anew() -> None:
    lists = "".join(f'<w:num w:numId="{number}"><w:abstractNumId w:val="0"/>{{}}</w:num>' for number in (1, 2, 3))
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    levels = numbering(level(0, "decimal", "%1."), lists=lists.format("", "", override))
    body = "".join(listed("项", number) for number in (1, 1, 2, 3, 3))
    assert lines_of(body, levels) == ["1.项", "2.项", "3.项", "5.项", "6.项"]


def test_an_override_may_bring_a_level_of_its_own() -> None:
    own = f'<w:lvlOverride w:ilvl="0">{level(0, "chineseCounting", "%1、")}</w:lvlOverride>'
    lists = f'<w:num w:numId="1"><w:abstractNumId w:val="0"/>{own}</w:num>'
    assert lines_of(listed("项"), numbering(level(0, "decimal", "%1."), lists=lists)) == ["一、项"]


def test_a_style_numbers_its_paragraphs_and_those_based_on_it() -> None:
    styles = (
        '<w:style w:styleId="heading"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="second"><w:basedOn w:val="heading"/></w:style>'
        '<w:style w:styleId="circle"><w:basedOn w:val="circle"/></w:style>'
    )
    levels = numbering(
        level(0, "chineseCounting", "%1、"), level(1, "chineseCounting", "（%2）", more='<w:pStyle w:val="heading"/>')
    )
    body = "".join(
        paragraph("项", f'<w:pStyle w:val="{style}"/>') for style in ("heading", "second", "circle", "missing")
    )
    assert lines_of(body, levels, styles) == ["（一）项", "（二）项", "项", "项"]


def test_a_paragraph_may_leave_the_list_of_its_style() -> None:
    styles = '<w:style w:styleId="a"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    body = paragraph("项", '<w:pStyle w:val="a"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    assert lines_of(body, numbering(level(0, "decimal", "%1.")), styles) == ["项"]


@pytest.mark.parametrize(
    "broken",
    [
        level(9, "decimal", "%1."),
        '<w:lvl w:ilvl="0"/>',
        '<w:lvl w:ilvl="x"><w:lvlText w:val="%1."/></w:lvl>',
        "<w:lvl/>",
    ],
)
def test_a_broken_list_numbers_nothing(broken: str) -> None:
    assert lines_of(listed("项") + listed("项", 99) + listed("项", level=8), numbering(broken)) == ["项"] * 3


def test_an_absurd_list_stays_short() -> None:
    levels = numbering(level(0, "lowerLetter", "%1" * 10_000, start=999_999))
    lines = lines_of(listed("项") * 100, levels)
    assert len(lines) == 100 and max(map(len, lines)) < 30


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (21, "二十一"),
        (100, "一百"),
        (105, "一百零五"),
        (110, "一百一十"),
        (999, "九百九十九"),
    ],
)
def test_chinese_counting(number: int, words: str) -> None:
    assert han_counting(number) == words


@pytest.mark.parametrize(
    ("number", "number_format", "words"),
    [
        (10, "ideographDigital", "一〇"),
        (12, "decimalFullWidth", "１２"),
        (3, "decimalZero", "03"),
        (20, "decimalEnclosedCircle", "⑳"),
        (21, "decimalEnclosedCircle", "21"),
        (10, "ideographTraditional", "癸"),
        (11, "ideographTraditional", "11"),
        (27, "lowerLetter", "aa"),
        (26, "upperLetter", "Z"),
        (4, "lowerRoman", "iv"),
        (949, "upperRoman", "CMXLIX"),
        (0, "chineseCounting", "0"),
        (1000, "lowerLetter", "1000"),
    ],
)
def test_other_formats(number: int, number_format: str, words: str) -> None:
    assert numeral(number, number_format) == words
