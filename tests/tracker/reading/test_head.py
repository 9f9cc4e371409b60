"""Title, issuer, year, dates, source and signature."""

from datetime import date

import pytest

from tracker.reading import parse
from tracker.reading.head import year_in

BODY = "\n一、主要成效\n1.甲。乙。\n二、下一步安排\n1.丙。丁。\n"


def test_the_head_of_a_web_page() -> None:
    report = parse(
        "某市某区人民政府2030年法治政府建设年度报告\n日期：2031-03-28 10:00  来源：某区司法局\n2030年，现报告如下："
        + BODY
    )
    assert (
        report.title,
        report.issuer,
        report.year,
        report.published_on,
        report.signed_on,
        report.source,
    ) == (
        "某市某区人民政府2030年法治政府建设年度报告",
        "某市某区人民政府",
        2030,
        date(2031, 3, 28),
        None,
        "某区司法局",
    )


def test_a_title_broken_over_two_lines() -> None:
    report = parse("某市人民政府\n关于2030年度法治政府建设情况的报告\n2031年2月1日\n" + BODY)
    assert (report.title, report.issuer, report.year, report.published_on) == (
        "某市人民政府关于2030年度法治政府建设情况的报告",
        "某市人民政府",
        2030,
        date(2031, 2, 1),
    )


def test_a_title_without_the_issuer_leaves_it_to_the_signature() -> None:
    report = parse("2030年法治政府建设年度报告\n" + BODY + "　　特此报告。\n　　某市司法局\n　　2031年1月5日\n")
    assert (report.issuer, report.signed_on) == ("某市司法局", date(2031, 1, 5))
    assert report.text[: report.parts[-1].end].endswith("丁。")


def test_a_signature_behind_the_last_sentence() -> None:
    report = parse(BODY.strip() + "特此报告。某市司法局 2031年1月5日")
    assert (report.issuer, report.signed_on) == ("某市司法局", date(2031, 1, 5))
    assert report.text[: report.parts[-1].end].endswith("丁。")


def test_the_year_may_stand_in_the_heading_of_the_measures_only() -> None:
    report = parse("现报告如下：\n一、2030年主要成效\n1.甲。乙。\n")
    assert (report.title, report.year) == (None, 2030)


@pytest.mark.parametrize(
    ("words", "year"),
    [
        ("2030年", 2030),
        ("２０３０年", 2030),
        ("二〇三〇年", 2030),
        ("二○二九年", 2029),
        ("30年", None),
        ("", None),
    ],
)
def test_years(words: str, year: int | None) -> None:
    assert year_in(words) == year
