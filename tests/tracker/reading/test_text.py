"""Normalising, page furniture, sentences and dates."""

from datetime import date

import pytest

from tracker.reading.text import Source, find_date, find_furniture, han_number, is_date, normalise


def words(source: Source, spans: list[tuple[int, int]]) -> list[str]:
    return [source.text[start:end] for start, end in spans]


def test_line_ends_become_one_and_control_characters_go() -> None:
    assert normalise("\ufeff一\r\n二\r三\u2028四\x00\x07五\u200b六") == "一\n二\n三\n四五六"


def test_lone_surrogates_become_replacement_characters() -> None:
    assert normalise("甲\ud800乙") == "甲\ufffd乙"


@pytest.mark.parametrize("text", ["（一），：；％１２", "a\u0301", "\uf900", "\xa0\u3000\t"])
def test_published_characters_stay(text: str) -> None:
    assert normalise(text) == text


def test_normalising_twice_is_normalising_once() -> None:
    text = normalise("\ufeff甲\r\r\n乙\x0b")
    assert normalise(text) == text


@pytest.mark.parametrize(
    "line",
    [
        "日期:2030-01-02 10:00    来源:某市人民政府",
        "发布时间：2030年1月2日",
        "来源：某网",
        "分享:",
        "字号:   ",
        "【打印本页】",
        "您访问的链接即将离开“某”网站 是否继续?",
        "已归档",
        "— 3 —",
        "版权所有：某局",
    ],
)
def test_page_furniture_is_found(line: str) -> None:
    text = f"正文一句。\n{line}\n正文二句。"
    assert find_furniture(text) == [(6, 6 + len(line))]


@pytest.mark.parametrize(
    "line", ["时间紧、任务重。", "来源清晰的数据。", "分享：修订办法3件。", "公开信息12条", "2030年工作"]
)
def test_prose_is_no_furniture(line: str) -> None:
    assert find_furniture(line) == []


def test_the_notice_of_leaving_is_found_inside_a_line() -> None:
    text = "正文。您访问的链接即将离开本站 是否继续?"
    assert words(Source(text), find_furniture(text)) == ["您访问的链接即将离开本站 是否继续?"]


def test_sentences_end_at_full_stops_and_lines() -> None:
    source = Source("甲。乙！\n  丙\n丁；戊.己")
    found = words(source, list(source.sentences(0, len(source.text))))
    assert found == ["甲。", "乙！", "丙", "丁；戊.", "己"]


def test_full_stops_inside_quotations_and_brackets_end_nothing() -> None:
    source = Source("落实“谁执法。谁普法”要求（见附件。）工作。完")
    assert words(source, list(source.sentences(0, 24))) == [
        "落实“谁执法。谁普法”要求（见附件。）工作。",
        "完",
    ]


def test_a_quotation_mark_without_partner_swallows_nothing() -> None:
    source = Source("落实“要求。完成。" + "甲" * 100)
    assert words(source, list(source.sentences(0, 9))) == ["落实“要求。", "完成。"]


def test_furniture_is_in_no_paragraph() -> None:
    source = Source("甲\n分享:\n 乙 \n\n")
    assert words(source, list(source.paragraphs(0, len(source.text)))) == ["甲", "乙"]
    assert source.trim(0, 7) == (0, 1)


@pytest.mark.parametrize(
    ("written", "value"),
    [("一", 1), ("十", 10), ("十二", 12), ("三十", 30), ("九十九", 99), ("百", None), ("一二", None)],
)
def test_chinese_numerals(written: str, value: int | None) -> None:
    assert han_number(written) == value


@pytest.mark.parametrize("written", ["2030-02-03 10:00", "2030/2/3", "2030.02.03", "2030年2月3日"])
def test_dates(written: str) -> None:
    assert find_date(written) == date(2030, 2, 3)
    assert is_date(written)


@pytest.mark.parametrize("written", ["2030年2月30日", "2030年", "共2030件", ""])
def test_no_dates(written: str) -> None:
    assert find_date(written) is None


def test_a_sentence_with_a_date_is_no_date() -> None:
    assert not is_date("2030年2月3日召开会议")
