"""The trace as a workbook: what the page shows, no more, and nothing that a spreadsheet would run."""

import datetime
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from tracker import clock
from tracker.models import Section, Shortcoming, Task
from tracker.services import evidence, tasks, trace


@pytest.fixture
def linked(world):
    """A shortcoming answered by a task with accepted evidence."""
    world.weak = Shortcoming.objects.filter(part__report=world.report).first()
    world.answering = world.started()
    trace.link(world.answering.pk, world.weak, by=world.reviewer, strength="direct", rationale="同一问题")
    use = world.proof(world.answering, document_number="西司发〔2025〕3号")
    evidence.judge(use.pk, by=world.reviewer, authentic=True, timely=True, relevant=True)
    world.use = use
    world.address = reverse("trace_workbook", args=[world.plan.pk])
    return world


def book_of(client, address, **query):
    answer = client.get(address, query)
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    return load_workbook(BytesIO(answer.content))


def lines(sheet):
    return [[cell.value or "" for cell in row] for row in sheet.iter_rows()]


def test_the_threads_run_from_words_to_evidence(linked, signed_in):
    book = book_of(signed_in(linked.auditor), linked.address)
    head, *rows = lines(book.worksheets[1])
    row = next(row for row in rows if linked.answering.code in row and row[0].startswith("不足"))
    told = dict(zip(head, row, strict=True))
    assert linked.weak.text[:8] in told["内容"]
    assert told["文号"] == "西司发〔2025〕3号"
    assert linked.use.evidence.number in told["佐证材料"]
    assert {task.code for task in linked.tasks} <= {row[head.index("任务")] for row in rows}


def test_the_cover_says_what_the_file_is(linked, signed_in):
    facts = dict(lines(book_of(signed_in(linked.auditor), linked.address).worksheets[0])[2:])
    assert facts["截至"] == "2025年6月16日"
    assert facts["导出人"] == str(linked.auditor)


def test_of_a_past_day_cover_and_name_say_so(linked, signed_in):
    with clock.at(clock.now() + datetime.timedelta(days=30)):
        answer = signed_in(linked.auditor).get(linked.address, {"as_of": "2025-06-16"})
    facts = dict(lines(load_workbook(BytesIO(answer.content)).worksheets[0])[2:])
    assert facts["截至"] == "2025年6月16日"
    assert answer.headers["Content-Disposition"].endswith("2025-06-16.xlsx")


def test_what_becomes_of_it_stands_in_threads_and_matrix(linked, signed_in):
    section = Section.objects.filter(part__report=linked.report, part__kind="measures").first()
    trace.dispose(linked.plan, by=linked.reviewer, kind="finished", reason="已办结归档", section=section)
    book = book_of(signed_in(linked.auditor), linked.address)
    head, *rows = lines(book.worksheets[1])
    told = [row[head.index("去向")] for row in rows if row[0] == "举措 1"]
    assert told == ["去向：已完成 — 已办结归档"]
    assert lines(book.worksheets[2])[-1][:2] == ["去向", "去向：已完成 — 已办结归档"]


def test_the_matrix_is_narrowed_by_the_address(linked, signed_in):
    client = signed_in(linked.auditor)
    whole = lines(book_of(client, linked.address).worksheets[2])
    narrow = lines(book_of(client, linked.address, side="shortcoming", links="with").worksheets[2])
    assert len(whole) == 1 + len(linked.tasks)
    assert [row[0].split()[0] for row in narrow[1:]] == [linked.answering.code]
    assert all(head.startswith("不足") for head in narrow[0][1:])
    page = client.get(reverse("trace", args=[linked.plan.pk]), {"side": "shortcoming", "links": "with", "as": "matrix"})
    assert [row["code"] for row in page.context["matrix"]["rows"]] == [linked.answering.code]
    assert "side=shortcoming" in page.content.decode()


@pytest.mark.parametrize("query", [{"area": "9999"}, {"unit": "x"}, {"side": "'"}, {"links": "1e9"}])
def test_a_filter_that_is_not_offered_narrows_nothing(linked, signed_in, query):
    assert len(lines(book_of(signed_in(linked.auditor), linked.address, **query).worksheets[2])) == 5


def test_the_gaps_are_listed(linked, signed_in):
    page = signed_in(linked.auditor).get(reverse("trace", args=[linked.plan.pk]))
    rows = lines(book_of(signed_in(linked.auditor), linked.address).worksheets[3])[1:]
    assert len(rows) == page.context["missing_count"] > 0


def test_internal_evidence_is_in_nobody_elses_file(linked, signed_in):
    type(linked.use.evidence).objects.update(disclosure="internal")
    for name, seen in (("second_staff", False), ("viewer", False), ("staff", True)):
        book = book_of(signed_in(getattr(linked, name)), linked.address)
        cells = [cell for sheet in book.worksheets for row in lines(sheet) for cell in row]
        assert any("西司发〔2025〕3号" in cell for cell in cells) is seen


@pytest.mark.parametrize("words", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "http://example.org/"])
def test_nothing_typed_becomes_a_formula_or_a_link(linked, signed_in, words):
    tasks.edit(linked.answering.pk, by=linked.admin, title=words)
    book = book_of(signed_in(linked.auditor), linked.address)
    cells = [cell for row in book.worksheets[1].iter_rows() for cell in row if cell.value == words]
    assert cells and all(cell.data_type == "s" and cell.hyperlink is None for cell in cells)


@pytest.mark.parametrize("number", [1, 3])
def test_the_file_costs_what_the_page_costs(linked, signed_in, number):
    for task in Task.objects.filter(plan=linked.plan)[1:number]:
        linked.proof(linked.started(task), dated_on=datetime.date(2025, 3, 1))
    client = signed_in(linked.auditor)
    client.get(linked.address)
    with CaptureQueriesContext(connection) as looking:
        client.get(linked.address)
    assert len(looking) == 11
