"""The ledger: every filter, the counts, the chips, the file; bad input answered."""

import csv
import datetime
import io
import re

import pytest
from django.urls import reverse

from tests import factories
from tracker.models import Task
from tracker.services import tasks, trace


@pytest.fixture
def book(world, signed_in):
    """Four tasks: two in progress (one yellow), one confirmed for another unit, one unconfirmed."""
    world.started()
    world.started(world.tasks[1], progress=30, due_on=datetime.date(2025, 12, 1), nature="one_off")
    world.confirmed(world.tasks[2], unit=world.second, owner=world.second_staff)
    world.client = signed_in(world.staff)
    world.address = reverse("ledger", args=[world.plan.pk])
    return world


def codes(book, **query):
    page = book.client.get(book.address, query)
    assert page.status_code == 200
    rows = page.context["rows"] or [row for group in page.context["groups"] for row in group["rows"]]
    return [row.code for row in rows]


def test_all_tasks_stand_under_their_areas(book):
    page = book.client.get(book.address)
    groups = [(group["number"], [row.code for row in group["rows"]]) for group in page.context["groups"]]
    assert groups == [(1, ["1.1", "1.2"]), (2, ["2.1", "2.2"])]


def test_the_counts_per_light_are_those_of_the_rows(book):
    page = book.client.get(book.address)
    assert {tab.value: tab.count for tab in page.context["tabs"]} == {
        "": 4,
        "red": 1,
        "yellow": 1,
        "blue": 0,
        "green": 1,
        "grey": 1,
        "done": 0,
    }


@pytest.mark.parametrize("light", ["red", "yellow", "green", "grey"])
def test_a_light_shows_as_many_rows_as_it_counts(book, light):
    assert len(codes(book, light=light)) == 1


def test_each_filter(book):
    section = book.plan.report.parts.get(kind="measures").sections.first()
    words = {"by": book.admin, "strength": "direct", "rationale": "同"}
    trace.propose(book.task, section.measures.first(), **words)
    shortcoming = book.plan.report.parts.get(kind="shortcomings").shortcomings.first()
    trace.propose(book.tasks[1], shortcoming, **words)
    book.proof(Task.objects.get(pk=book.task.pk))
    assert codes(book, q="考试") == ["1.2"]
    assert codes(book, q="区培训局 继续") == ["1.1"]
    assert codes(book, q="2.") == ["2.1", "2.2"]
    assert codes(book, area="2") == ["2.1", "2.2"]
    assert codes(book, lead_unit=book.second.pk) == ["2.1"]
    assert codes(book, lead_unit="none") == ["2.2"]
    assert codes(book, owner=book.staff.pk) == ["1.1", "1.2"]
    assert codes(book, status="not_started") == ["2.1"]
    assert codes(book, nature="one_off") == ["1.2"]
    assert codes(book, due_to="2025-12-01") == ["1.2"]
    assert codes(book, due_from="2025-12-02") == ["1.1", "2.1"]
    assert codes(book, measure=section.pk) == ["1.1"]
    assert codes(book, shortcoming=shortcoming.pk) == ["1.2"]
    assert codes(book, no_evidence="on") == ["1.2", "2.1", "2.2"]
    assert codes(book, mine="on") == ["1.1", "1.2"]


def test_chips_name_what_narrows_and_take_it_off(book):
    page = book.client.get(book.address, {"q": "训", "status": "in_progress", "light": "green"})
    chips = page.context["chips"]
    assert len(chips) == 3
    assert all("page" not in chip.query for chip in chips)
    assert "q=" not in chips[0].query
    assert "status=in_progress" in chips[0].query


@pytest.mark.parametrize(
    "sort", ["code", "-code", "light", "-light", "due", "-due", "progress", "-progress", "updated"]
)
def test_every_sort_keeps_every_row(book, sort):
    assert sorted(codes(book, sort=sort)) == ["1.1", "1.2", "2.1", "2.2"]


def test_sorting_by_light_puts_red_first_and_by_date_leaves_undated_last(book):
    assert codes(book, sort="light") == ["2.1", "1.2", "1.1", "2.2"]
    assert codes(book, sort="due")[0] == "1.2"
    assert codes(book, sort="due")[-1] == "2.2"
    assert codes(book, sort="-due")[-1] == "2.2"


@pytest.mark.parametrize(
    "query",
    [
        {"page": "1000000000"},
        {"page": "-1"},
        {"page": "x"},
        {"per_page": "1000000000"},
        {"area": "1e99999999"},
        {"area": "9" * 400},
        {"lead_unit": "99999999999999999999"},
        {"owner": "1 OR 1=1"},
        {"q": "长" * 10_000},
        {"q": "\x00"},
        {"q": "%_\\'\""},
        {"due_from": "2025-02-30"},
        {"light": "purple"},
        {"status": "nonsense"},
        {"sort": "password"},
        {"measure": "x", "shortcoming": "-5"},
    ],
)
def test_bad_input_is_answered(book, query):
    assert book.client.get(book.address, query).status_code in (200, 404)


def test_a_filter_that_is_not_understood_is_shown_as_such(book):
    page = book.client.get(book.address, {"due_from": "2025-02-30"})
    assert "2025-02-30" in page.context["chips"][0].words


def test_nothing_found_says_so_and_leads_back(book):
    assert "没有" in book.client.get(book.address, {"q": "没有这项任务"}).content.decode()


def test_an_htmx_request_gets_the_same_rows_in_a_smaller_page(book):
    page = book.client.get(book.address, {"status": "in_progress"})
    part = book.client.get(book.address, {"status": "in_progress"}, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "HX-Request" in part.headers["Vary"]
    rows = [[row.code for group in answer.context["groups"] for row in group["rows"]] for answer in (page, part)]
    assert rows[0] == rows[1] == ["1.1", "1.2"]


def test_filtered_on_the_page_the_number_and_the_files_follow(book):
    part = book.client.get(book.address, {"status": "in_progress"}, headers={"HX-Request": "true"}).content.decode()
    assert 'id="ledger-total" hx-swap-oob="true">2 项' in part
    for name in ("ledger_workbook", "ledger_csv", "bulletin"):
        assert f'{reverse(name, args=[book.plan.pk])}?status=in_progress"' in part
    page = book.client.get(book.address).content.decode()
    assert "hx-swap-oob" not in page


def test_one_button_offers_every_file(book):
    page = book.client.get(book.address).content.decode()
    for name in ("ledger_workbook", "ledger_csv", "public_preview", "rectification", "bulletin"):
        assert page.count(reverse(name, args=[book.plan.pk])) == 1
    past = book.client.get(book.address, {"as_of": "2025-06-16"}).content.decode()
    assert f'{reverse("bulletin", args=[book.plan.pk])}?as_of=2025-06-16"' in past
    assert reverse("public_preview", args=[book.plan.pk]) not in past


def heading(book, **query):
    page = book.client.get(book.address, query).content.decode()
    return re.search(r'<span id="ledger-total"[^>]*>([^<]*)</span>', page)[1]


def test_the_heading_says_how_many_are_shown_of_how_many(book):
    for day in ({}, {"as_of": "2025-06-16"}):
        assert heading(book, **day) == "4 项任务"
        assert heading(book, light="red", **day) == "1 项（共 4 项）"
        assert heading(book, light="yellow", status="in_progress", **day) == "1 项（共 2 项）"
        assert heading(book, light="blue", **day) == "0 项（共 4 项）"
        part = book.client.get(book.address, {"light": "red", **day}, headers={"HX-Request": "true"}).content.decode()
        assert 'id="ledger-total" hx-swap-oob="true">1 项（共 4 项）<' in part


def test_a_light_that_is_none_is_shown_as_such(book):
    for day in ({}, {"as_of": "2025-06-16"}):
        page = book.client.get(book.address, {"light": "zzz", **day})
        assert [chip.words for chip in page.context["chips"]] == ["亮灯：zzz（无法识别，未生效）"]
        assert "light=zzz" not in page.context["chips"][0].query


def test_a_box_that_is_not_ticked_is_no_filter(book):
    for day in ({}, {"as_of": "2025-06-16"}):
        words = [
            [chip.words for chip in book.client.get(book.address, {"still_open": value, **day}).context["chips"]]
            for value in ("on", "false")
        ]
        assert words == [["未办结"], []]


def test_the_file_holds_exactly_the_rows_shown(book):
    answer = book.client.get(reverse("ledger_csv", args=[book.plan.pk]), {"status": "in_progress", "sort": "-code"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows[0]) == 21
    assert [row[0] for row in rows[1:-1]] == ["1.2", "1.1"]
    assert book.staff.display_name in rows[-1][0]


def test_no_cell_of_the_file_is_a_formula(book):
    tasks.edit(book.tasks[3].pk, by=book.admin, title='=HYPERLINK("http://evil.example")', remarks="@x")
    tasks.report(book.task.pk, by=book.staff, progress=60, summary="+1")
    answer = book.client.get(reverse("ledger_csv", args=[book.plan.pk]))
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@\t\r" and cell]


def test_the_file_tells_nobody_of_internal_evidence(book, signed_in):
    item = book.proof(Task.objects.get(pk=book.task.pk), disclosure="internal").evidence
    texts = {}
    for who in ("staff", "viewer", "second_staff", "auditor"):
        answer = signed_in(getattr(book, who)).get(reverse("ledger_csv", args=[book.plan.pk]))
        texts[who] = item.number in b"".join(answer.streaming_content).decode()
    assert texts == {"staff": True, "viewer": False, "second_staff": False, "auditor": True}


@pytest.mark.parametrize("number", [1, 3, 50])
def test_the_page_costs_eight_queries_whatever_its_length(world, signed_in, number, django_assert_num_queries):
    area = world.plan.areas.get(number=1)
    built = [factories.build_task(area, n, unit=world.bureau, owner=world.staff) for n in range(1, number + 1)]
    factories.write_tasks(built)
    client = signed_in(world.staff)
    with django_assert_num_queries(8):
        page = client.get(reverse("ledger", args=[world.plan.pk]), {"q": "任务", "status": "in_progress"})
    assert len(page.context["groups"][0]["rows"]) == number


@pytest.mark.parametrize("number", [1, 3, 50])
def test_the_file_costs_the_same_whatever_its_length(world, signed_in, number, django_assert_num_queries):
    area = world.plan.areas.get(number=1)
    built = [factories.build_task(area, n, unit=world.bureau, owner=world.staff) for n in range(1, number + 1)]
    factories.write_tasks(built)
    client = signed_in(world.staff)
    with django_assert_num_queries(17):
        answer = client.get(reverse("ledger_csv", args=[world.plan.pk]))
        assert len(b"".join(answer.streaming_content).splitlines()) == number + 2


def test_a_date_of_another_year_names_its_year(world, signed_in):
    world.started(due_on=datetime.date(2026, 3, 31))
    world.started(world.tasks[1], due_on=datetime.date(2025, 12, 1))
    page = signed_in(world.staff).get(reverse("ledger", args=[world.plan.pk])).content.decode()
    assert ">2026-03-31</td>" in page and ">12-01</td>" in page
