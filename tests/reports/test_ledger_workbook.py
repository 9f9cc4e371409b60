"""The ledger as a workbook: what stands in it, and that it comes back in as it went out."""

from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tracker.services import ledger_imports, tasks
from tracker.views import ledger as views


def book_of(client, world, **query):
    answer = client.get(reverse("ledger_workbook", args=[world.plan.pk]), query)
    assert answer.status_code == 200
    return openpyxl.load_workbook(BytesIO(answer.content)), answer.content


@pytest.fixture
def told(world):
    world.first = world.started(progress=5)
    world.proof(world.first)
    tasks.edit(world.tasks[1].pk, by=world.admin, title="=SUM(A1)")
    return world


def test_it_has_a_cover_and_the_21_columns_with_words_and_colours(told, signed_in):
    book, _content = book_of(signed_in(told.viewer), told)
    cover, sheet = book.worksheets
    facts = {row[0].value: row[1].value for row in cover.iter_rows(min_row=3)}
    assert facts["导出人"] == "人-viewer"
    assert [cell.value for cell in sheet[1]][:3] == ["序号", "类别", "重点任务"]
    assert sheet.max_column == 21
    assert sheet.max_row == 5
    light = sheet.cell(2, 14)
    assert light.value == "红 落后41点"
    assert light.font.color.rgb == "FFB0241B"
    assert sheet.freeze_panes == "E2"
    assert sheet.auto_filter.ref == "A1:U5"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 8)


def test_evidence_numbers_lead_to_the_task(told, signed_in):
    book, _content = book_of(signed_in(told.viewer), told)
    cell = book.worksheets[1].cell(2, 18)
    assert cell.value == "2025-1-1-01"
    assert cell.hyperlink.target.endswith(f"/tasks/{told.first.pk}/")


def test_nothing_in_it_is_a_formula(told, signed_in):
    book, _content = book_of(signed_in(told.viewer), told)
    cell = book.worksheets[1].cell(3, 3)
    assert (cell.value, cell.data_type) == ("=SUM(A1)", "s")


def test_it_holds_what_the_page_shows_for_the_same_address(told, signed_in):
    client = signed_in(told.viewer)
    book, _content = book_of(client, told, light="red")
    assert [row[0].value for row in book.worksheets[1].iter_rows(min_row=2)] == ["1.1"]
    past, _content = book_of(client, told, as_of="2025-06-15")
    assert past.worksheets[1].max_row == 1


def test_it_comes_back_in_without_a_difference(told, signed_in):
    tasks.edit(told.tasks[1].pk, by=told.admin, title="完成年度考试")
    _book, content = book_of(signed_in(told.admin), told)
    sheet = ledger_imports.read("台账.xlsx", content)
    row = ledger_imports.start(told.plan, sheet, by=told.admin, name="台账.xlsx")
    counts = ledger_imports.counts(row)
    assert (counts["unchanged"], counts["changed"], counts["new"], counts["refused"]) == (4, 0, 0, 0)


@pytest.mark.parametrize("number", [1, 3])
def test_statements_do_not_grow(world, signed_in, number):
    for task in world.tasks[:number]:
        world.started(task, progress=5)
        world.proof(task)
    client = signed_in(world.viewer)
    book_of(client, world)
    with CaptureQueriesContext(connection) as looking:
        book_of(client, world)
    assert len(looking) == 17


def test_what_looks_like_the_writers_own_marks_stays_text(told, signed_in):
    tasks.edit(told.tasks[1].pk, by=told.admin, title="<r><t>甲</t></r>")
    book, _content = book_of(signed_in(told.viewer), told)
    assert book.worksheets[1].cell(3, 3).value.strip() == "<r><t>甲</t></r>"


def test_rows_come_in_pieces_in_the_order_of_the_page(told, signed_in, monkeypatch):
    monkeypatch.setattr(views, "PIECE", 3)
    for sort in ("-code", "light", "due"):
        page = signed_in(told.viewer).get(reverse("ledger", args=[told.plan.pk]), {"sort": sort})
        book, _content = book_of(signed_in(told.viewer), told, sort=sort)
        rows = [row[0].value for row in book.worksheets[1].iter_rows(min_row=2)]
        assert rows == [row.code for row in page.context["rows"]]
