"""The public ledger: anyone reads what passed while it is on, and nothing else ever."""

import csv
import datetime
import io
from io import BytesIO
from urllib.parse import quote

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reports.services import disclosure
from tests.factories import set_plan
from tests.reports.test_disclosure import passed
from tracker.models import Task, TaskEvent, Unit
from tracker.services import notices, requests, tasks

OUTSIDE = ("public_ledger", "public_csv", "public_workbook")
INSIDE = ("public_preview", "public_ledger_csv", "public_ledger_workbook")
HEADS = ["类别", "序号", "重点督办内容", "牵头单位", "全年完成情况"]
CANARY = "金丝雀"


@pytest.fixture
def edition(world):
    """One line passed and one withheld, and the edition open."""
    world.done = world.completed()
    kept = {"criteria": f"标准{CANARY}", "due_basis": f"依据{CANARY}"}
    world.running = world.started(world.tasks[1], unit=world.second, **kept)
    passed(world, world.done, "全员培训完成")
    seen = next(line.seen for line in disclosure.lines(world.plan) if line.task.pk == world.running.pk)
    ruling = disclosure.Ruling(world.running.pk, "不能说的话", "内部", seen)
    disclosure.rule(world.plan, by=world.reviewer, state="withheld", rulings=[ruling])
    disclosure.switch(world.plan, by=world.admin, on=True)
    return world


def get(world, name, client=None, **extra):
    return (client or Client()).get(reverse(name, args=[world.plan.pk]), **extra)


def cells_of(answer):
    book = openpyxl.load_workbook(BytesIO(answer.content))
    return [[cell.value for cell in row] for row in book.worksheets[1]]


def text_of(name, answer):
    """Everything that the answer says, of a workbook all sheets."""
    if not name.endswith("workbook"):
        return answer.content.decode()
    book = openpyxl.load_workbook(BytesIO(answer.content))
    return "\n".join(str(cell.value) for sheet in book for row in sheet for cell in row if cell.value is not None)


def test_anyone_reads_what_passed_and_nothing_of_what_did_not(edition):
    for name in OUTSIDE:
        answer = get(edition, name)
        assert answer.status_code == 200
        text = text_of(name, answer)
        assert "全员培训完成" in text and "某市" not in text.replace("某市甲区", "")
        assert "不能说的话" not in text and "完成年度考试" not in text


def test_the_files_have_exactly_five_columns(edition):
    row = ["加强培训", "1.1", "继续组织全员培训", "区培训局", "全员培训完成"]
    rows = list(csv.reader(io.StringIO(get(edition, "public_csv").content.decode("utf-8-sig"))))
    assert get(edition, "public_csv").content.startswith(b"\xef\xbb\xbf")
    assert rows == [HEADS, row]
    assert cells_of(get(edition, "public_workbook")) == [HEADS, row]


def test_the_csv_says_who_issues_it_and_as_of_when_beside_its_rows(edition, signed_in):
    for name, client in (("public_csv", None), ("public_ledger_csv", signed_in(edition.viewer))):
        answer = get(edition, name, client)
        assert answer.headers["As-Of"] == "2025-06-16"
        assert quote("甲区_2025_2025-06-16.csv") in answer.headers["Content-Disposition"]


def test_characters_that_nobody_sees_are_in_no_file(edition):
    Unit.objects.filter(pk=edition.bureau.pk).update(name="区培\u202e训\u200b局")
    passed(edition, Task.objects.get(pk=edition.done.pk), "全员培训完成")
    for name in OUTSIDE:
        text = text_of(name, get(edition, name))
        assert "区培训局" in text and "\u202e" not in text and "\u200b" not in text


def test_the_page_says_who_issues_it_and_as_of_when(edition):
    page = get(edition, "public_ledger").content.decode()
    assert "甲区" in page and "2025年6月16日" in page
    for head in HEADS:
        assert head in page


def test_it_speaks_english_when_it_is_asked_to_and_the_words_stay(edition):
    answer = Client().get(reverse("public_ledger", args=[edition.plan.pk]), {"language": "en"})
    page = answer.content.decode()
    assert "Completion in the year" in page and "全员培训完成" in page
    assert answer.headers["Content-Language"] == "en"
    assert get(edition, "public_ledger", headers={"Cookie": "x"}).status_code == 200
    assert Client().get(reverse("public_ledger", args=[edition.plan.pk]), {"language": "xx"}).status_code == 200


def test_while_it_is_off_nobody_finds_it(edition, signed_in):
    disclosure.switch(edition.plan, by=edition.admin, on=False)
    for name in OUTSIDE:
        assert get(edition, name).status_code == 404
        assert get(edition, name, signed_in(edition.admin)).status_code == 404
    assert Client().get("/public/999999/").status_code == 404
    assert Client().get("/public/99999999999999999999999/").status_code == 404


@pytest.mark.parametrize("state", ["draft", "discarded"])
def test_a_plan_that_is_not_in_force_is_not_there(edition, state):
    set_plan(edition.plan, state=state)
    assert get(edition, "public_ledger").status_code == 404


def test_nobody_is_known_and_nothing_is_kept_of_the_reader(edition):
    for name in OUTSIDE:
        answer = get(edition, name)
        assert not answer.cookies
        assert "public" in answer.headers["Cache-Control"] and "no-cache" in answer.headers["Cache-Control"]
        again = get(edition, name, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_what_is_taken_back_is_gone_at_once(edition):
    tag = get(edition, "public_ledger").headers["ETag"]
    tasks.reopen(edition.done.pk, by=edition.admin, reason="复核")
    answer = get(edition, "public_ledger", headers={"If-None-Match": tag})
    assert answer.status_code == 200 and "全员培训完成" not in answer.content.decode()


def test_it_only_reads(edition):
    for name in OUTSIDE:
        address = reverse(name, args=[edition.plan.pk])
        assert Client().post(address).status_code == 405
        assert Client().head(address).status_code == 200


def test_the_policy_is_as_strict_as_everywhere_and_nothing_leads_inside(edition, signed_in):
    for client in (Client(), signed_in(edition.admin)):
        answer = get(edition, "public_ledger", client)
        policy, page = answer.headers["Content-Security-Policy"], answer.content.decode()
        assert "unsafe" not in policy and "default-src 'none'" in policy
        assert "<script" not in page and " style=" not in page
        for part in ("/plans/", "/tasks/", "/accounts/", "/admin/", "csrf", "人-"):
            assert part not in page


def test_a_formula_is_text(edition):
    tasks.edit(edition.running.pk, by=edition.admin, title="=HYPERLINK(1)")
    passed(edition, Task.objects.get(pk=edition.running.pk), "＝1+1")
    rows = list(csv.reader(io.StringIO(get(edition, "public_csv").content.decode("utf-8-sig"))))
    assert rows[2][2:5:2] == ["'=HYPERLINK(1)", "'＝1+1"]
    book = openpyxl.load_workbook(BytesIO(get(edition, "public_workbook").content))
    assert {cell.data_type for row in book.worksheets[1] for cell in row} == {"s"}
    assert book.worksheets[1].cell(3, 3).value == "=HYPERLINK(1)"


def test_nothing_internal_ever_appears(edition, signed_in):
    task, by = edition.running, edition.second_staff
    words = {"remarks": f"备注{CANARY}", "accountable_leader": f"领导{CANARY}", "deliverable": f"成果{CANARY}"}
    tasks.edit(task.pk, by=edition.admin, supporting_units=[edition.office], **words)
    tasks.report(
        task.pk,
        by=by,
        progress=60,
        summary=f"内部进展{CANARY}",
        problems=f"问题{CANARY}",
        next_steps=f"下一步{CANARY}",
    )
    steps = [{"title": f"节点{CANARY}", "due_on": datetime.date(2025, 9, 1), "share": None}]
    tasks.set_milestones(task.pk, by=edition.admin, steps=steps)
    tasks.remark(task.pk, by=edition.reviewer, reason=f"意见{CANARY}")
    tasks.raise_light(task.pk, by=edition.reviewer, light="red", reason=f"理由{CANARY}")
    requests.ask(task.pk, by=by, kind="cancellation", reason=f"申请{CANARY}")
    notices.issue(
        task.pk,
        by=edition.reviewer,
        demand=f"督办{CANARY}",
        limit_on=datetime.date(2025, 7, 1),
        basis=f"纪要{CANARY}",
    )
    edition.proof(Task.objects.get(pk=task.pk), by=by, title=f"佐证{CANARY}", disclosure="internal")
    fresh = Task.objects.get(pk=task.pk)
    assert TaskEvent.objects.filter(summary__contains=CANARY).exists()
    passed(edition, fresh, "公开的话")
    client = signed_in(edition.viewer)
    for name in (*OUTSIDE, *INSIDE):
        text = text_of(name, get(edition, name, client if name in INSIDE else None))
        assert "公开的话" in text
        assert CANARY not in text
        if name != "public_preview":
            assert "人-" not in text


def test_inside_it_is_seen_beforehand_open_or_not(edition, signed_in):
    disclosure.switch(edition.plan, by=edition.admin, on=False)
    for who in ("viewer", "staff", "leader", "city_leader"):
        for name in INSIDE:
            answer = get(edition, name, signed_in(getattr(edition, who)))
            assert answer.status_code == 200 and "全员培训完成" in text_of(name, answer)
    for name in INSIDE:
        assert get(edition, name, signed_in(edition.foreign_admin)).status_code == 404
        assert get(edition, name).status_code == 302


def test_only_who_may_is_offered_the_switch_and_the_review(edition, signed_in):
    def offered(who):
        page = get(edition, "public_preview", signed_in(who)).content.decode()
        return (reverse("switch_public", args=[edition.plan.pk]) in page, "/disclosure/" in page)

    assert offered(edition.admin) == (True, True)
    assert offered(edition.reviewer) == (False, True)
    assert offered(edition.viewer) == (False, False)


@pytest.mark.parametrize("number", [1, 3])
def test_statements_do_not_grow(world, number):
    for task in world.tasks[:number]:
        world.started(task)
        passed(world, task)
    disclosure.switch(world.plan, by=world.admin, on=True)
    for name in OUTSIDE:
        with CaptureQueriesContext(connection) as looking:
            assert get(world, name).status_code == 200
        assert len(looking) == 2
