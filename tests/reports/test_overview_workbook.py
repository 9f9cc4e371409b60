"""The overview as a workbook: numbers as numbers, with charts of Excel's own."""

import datetime
from decimal import Decimal
from io import BytesIO
from urllib.parse import unquote

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.reports.worlds import on
from tracker.models import Unit
from tracker.services import indicators, tasks


def answer_of(client, world, **query):
    answer = client.get(reverse("overview_workbook", args=[world.plan.pk]), query)
    assert answer.status_code == 200
    return answer


def book_of(client, world, **query):
    return openpyxl.load_workbook(BytesIO(answer_of(client, world, **query).content))


def rows_of(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.fixture
def told(world):
    world.started(progress=5, due_on=datetime.date(2025, 7, 1))
    values = {"name": "培训人次", "unit": "人次", "baseline": Decimal("3.5"), "target": Decimal(8)}
    row = indicators.add(world.task.pk, by=world.admin, direction="up", **values)
    indicators.read(row.pk, by=world.staff, value=Decimal("4.25"))
    return world


def test_the_sheets_stand_in_order(told, signed_in):
    book = book_of(signed_in(told.viewer), told)
    assert book.sheetnames == ["说明", "按板块", "按牵头单位", "按月", "变化", "即将到期", "缺口", "指标"]


def test_the_cover_says_what_it_is(told, signed_in):
    cover = book_of(signed_in(told.viewer), told).worksheets[0]
    facts = {row[0]: row[1] for row in rows_of(cover)[2:]}
    assert (facts["导出人"], facts["任务"], facts["筛选"]) == ("人-viewer", 4, "无")
    assert facts["截至"] == "2025年6月16日"
    assert any("四舍五入" in str(value) for value in facts.values())


def test_the_cover_is_one_page(told, signed_in):
    cover = book_of(signed_in(told.viewer), told).worksheets[0]
    assert cover.sheet_properties.pageSetUpPr.fitToPage
    assert (cover.page_setup.fitToWidth or 1, cover.page_setup.fitToHeight or 1) == (1, 1)


def test_lights_and_statuses_by_area_are_numbers(told, signed_in):
    rows = rows_of(book_of(signed_in(told.viewer), told).worksheets[1])
    assert rows[0][:9] == ["工作板块", "红", "黄", "蓝", "绿", "灰", "办结", "全部", "待明确"]
    assert rows[1][:9] == ["1 加强培训", 1, 0, 0, 0, 1, 0, 2, 1]


def test_charts_are_excels_own(told, signed_in):
    book = book_of(signed_in(told.viewer), told)
    kinds = {
        sheet.title: [(type(chart).__name__, len(chart.series)) for chart in sheet._charts] for sheet in book.worksheets
    }
    assert kinds["按板块"] == kinds["按牵头单位"] == [("BarChart", 6)]
    assert kinds["按月"] == [("LineChart", 2)]
    bar = book["按板块"]._charts[0]
    assert bar.grouping == "stacked"
    colours = [series.graphicalProperties.solidFill.srgbClr for series in bar.series]
    assert colours[:2] == ["B0241B", "F2B705"]
    assert bar.series[0].val.numRef.f == "按板块!$B$2:$B$3"


def test_the_line_of_the_actual_ends_with_the_day(told, signed_in):
    book = book_of(signed_in(told.viewer), told)
    rows = rows_of(book["按月"])
    last = max(number for number, row in enumerate(rows, 1) if isinstance(row[2], int))
    assert rows[last - 1][0] == datetime.datetime(2025, 6, 16)
    assert book["按月"]._charts[0].series[1].val.numRef.f.endswith(f"$C${last}")


def test_indicators_are_numbers_and_what_is_due_is_listed(told, signed_in):
    book = book_of(signed_in(told.viewer), told)
    assert rows_of(book["指标"])[1][5:] == [3.5, 4.25, "2025-06-16", 8, "○ 未达标"]
    assert rows_of(book["即将到期"])[1][:4] == ["2025-07-01", "1.1", "继续组织全员培训", "区培训局"]


def test_as_of_a_past_day_it_is_what_was_handed_out_then(told, signed_in):
    client = signed_in(told.viewer)
    then = [rows_of(sheet) for sheet in book_of(client, told).worksheets]
    with on("2025-06-28"):
        tasks.report(told.task.pk, by=told.staff, progress=60, summary="又开展")
        past = [rows_of(sheet) for sheet in book_of(client, told, as_of="2025-06-16").worksheets]
    assert past == then


@pytest.mark.parametrize("query", [{}, {"as_of": "2025-06-16"}])
def test_a_part_of_a_month_takes_a_part_of_its_width(told, signed_in, query):
    axis = book_of(signed_in(told.viewer), told, **query)["按月"]._charts[0].x_axis
    assert type(axis).__name__ == "DateAxis"
    assert axis.number_format.formatCode == "yyyy-mm"


def test_changes_are_those_since_the_day_asked_for(told, signed_in):
    client = signed_in(told.viewer)
    with on("2025-06-28"):
        tasks.report(told.task.pk, by=told.staff, progress=90, summary="又开展")
        book = book_of(client, told, since="2025-06-20")
        assert rows_of(book["变化"])[1:] == [["1.1", "继续组织全员培训", "区培训局", "红", "蓝", "剩3天"]]
        facts = {row[0]: row[1] for row in rows_of(book.worksheets[0])[2:]}
        assert facts["与何时相比"] == "6月20日"
        assert book_of(client, told, since="2025-06-27")["变化"].max_row == 2
        assert book_of(client, told, as_of="2025-06-20", since="2025-06-18")["变化"].max_row == 1


def test_gaps_are_those_of_the_page(told, signed_in):
    client = signed_in(told.viewer)
    for query in ({}, {"as_of": "2025-06-16"}):
        page = client.get(reverse("overview", args=[told.plan.pk]), query).context
        rows = rows_of(book_of(client, told, **query)["缺口"])
        assert rows[0] == ["位置", "内容", "缺口"]
        assert [row[0] for row in rows[1:]] == [gap["name"] for gap in page["gaps"]]
        assert len(rows) - 1 == page["gap_count"] > 0


@pytest.mark.parametrize("query", [{"as_of": "2025-02-30"}, {"since": "2025-02-30"}, {"since": "review-9"}])
def test_what_is_not_understood_leads_to_the_page_with_a_word(told, signed_in, query):
    client = signed_in(told.viewer)
    answer = client.get(reverse("overview_workbook", args=[told.plan.pk]), query)
    page = reverse("overview", args=[told.plan.pk])
    assert (answer.status_code, answer.headers["Location"]) == (302, page)
    assert next(iter(query.values())) in client.get(page).content.decode()


def test_its_name_sorts(told, signed_in):
    disposition = answer_of(signed_in(told.viewer), told).headers["Content-Disposition"]
    assert unquote(disposition).endswith("总览_甲区_2025_2025-06-16.xlsx")


def test_nothing_in_it_is_a_formula(told, signed_in):
    Unit.objects.filter(pk=told.bureau.pk).update(short_name="=1+1")
    cell = book_of(signed_in(told.viewer), told)["按牵头单位"].cell(2, 1)
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_a_plan_without_anything_dated_has_a_file_too(world, signed_in):
    assert world.task
    book = book_of(signed_in(world.viewer), world)
    assert book["按月"].max_row == 1
    assert book_of(signed_in(world.viewer), world, as_of="2025-01-02")["按板块"].max_row == 1


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("query", [{}, {"as_of": "2025-06-16"}])
def test_statements_do_not_grow(world, signed_in, number, query):
    for task in world.tasks[:number]:
        world.started(task)
    client = signed_in(world.viewer)
    answer_of(client, world, **query)
    with CaptureQueriesContext(connection) as looking:
        answer_of(client, world, **query)
    assert len(looking) == 11
