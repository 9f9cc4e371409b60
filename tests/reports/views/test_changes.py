"""What changed between two days."""

import datetime
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reports.services import reviews
from tests.reports.worlds import on, prepared
from tracker.fetching import Look, Outcome
from tracker.models import Shortcoming
from tracker.services import evidence, indicators, link_checks, requests, tasks, trace


@pytest.fixture
def told(world):
    """One task confirmed on the 16th and reported on the 20th, another retitled on the 25th."""
    world.first, world.second = world.tasks[:2]
    world.confirmed(world.first, due_on=datetime.date(2025, 9, 30))
    with on("2025-06-20"):
        tasks.report(world.first.pk, by=world.staff, progress=40, summary="一期")
    with on("2025-06-25"):
        tasks.edit(world.second.pk, by=world.admin, title="=改名")
    world.address = reverse("changes", args=[world.plan.pk])
    return world


def between(client, world, since, until, **query):
    with on("2025-07-10"):
        return client.get(world.address, {"since": since, "until": until, **query})


def changed(page):
    return {row["code"]: {c["label"]: (c["old"], c["new"]) for c in row["changes"]} for row in page.context["rows"]}


def test_old_and_new_stand_beside_each_other(told, signed_in):
    page = between(signed_in(told.viewer), told, "2025-06-18", "2025-06-22")
    found = changed(page)
    assert list(found) == [told.first.code]
    assert found[told.first.code]["状态"] == ("未启动", "推进中")
    assert found[told.first.code]["进度"] == ("0%", "40%")
    assert "<del>0%</del> <ins>40%</ins>" in page.content.decode()
    assert page.context["same"] == 3


def test_each_span_shows_only_its_own(told, signed_in):
    client = signed_in(told.viewer)
    assert list(changed(between(client, told, "2025-06-21", "2025-06-26"))) == [told.second.code]
    assert set(changed(between(client, told, "2025-06-16", "2025-06-26"))) == {told.first.code, told.second.code}
    assert changed(between(client, told, "2025-06-26", "2025-06-27")) == {}


def test_the_light_may_turn_while_nobody_does_anything(told, signed_in):
    with on("2025-11-01"):
        page = signed_in(told.viewer).get(told.address, {"since": "2025-06-21", "until": "2025-10-31"})
    assert changed(page)[told.first.code]["亮灯"][1] == "红"
    totals = {row["value"]: (row["old"], row["new"]) for row in page.context["totals"]}
    assert totals["red"] == (0, 1)


def test_the_days_may_be_given_in_any_order_and_one_task_picked(told, signed_in):
    page = between(signed_in(told.viewer), told, "2025-06-26", "2025-06-16", q=told.first.code)
    assert list(changed(page)) == [told.first.code]


@pytest.mark.parametrize("day", ["x", "2025-13-01", "2031-01-01", "1900-01-01", "9" * 500])
def test_what_is_no_day_of_the_plan_is_said(told, signed_in, day):
    page = between(signed_in(told.viewer), told, day, "2025-06-22")
    assert page.status_code == 200
    assert len(list(page.context["messages"])) == 1


def test_a_task_entered_shows_so(told, signed_in):
    page = between(signed_in(told.viewer), told, "2025-01-01", "2025-06-22")
    if told.plan.starts_on <= datetime.date(2025, 1, 1):
        assert all(row["entered"] for row in page.context["rows"])
        assert len(page.context["rows"]) == 4


@pytest.fixture
def hung(told):
    """On the 27th a link, an item and a reading come; on the 28th they are settled, accepted and read again."""
    weak = Shortcoming.objects.filter(part__report=told.report).first()
    with on("2025-06-27"):
        told.link = trace.propose(told.first, weak, by=told.admin, strength="direct", rationale="同一问题")
        told.use = told.proof(told.first)
        told.row = indicators.add(told.first.pk, by=told.admin, name="培训人次", direction="up", target=3000)
        indicators.read(told.row.pk, by=told.staff, value=1200)
    with on("2025-06-28"):
        trace.confirm(told.link, by=told.admin)
        evidence.judge(told.use.pk, by=told.reviewer, authentic=True, timely=True, relevant=True)
        indicators.read(told.row.pk, by=told.staff, value=1500)
    return told


def of_first(page, told):
    return [
        (change["label"], change["old"], change["new"])
        for row in page.context["rows"]
        if row["code"] == told.first.code
        for change in row["changes"]
    ]


def test_links_evidence_and_readings_that_came(hung, signed_in):
    found = of_first(between(signed_in(hung.viewer), hung, "2025-06-26", "2025-06-27"), hung)
    assert found == [
        ("关联", "", "不足一　直接；推定，待确认"),
        ("佐证材料", "", f"{hung.use.evidence.number} 培训通知　待审"),
        ("指标", "", "培训人次　2025年6月27日 1,200；目标 3,000"),
    ]


def test_of_what_changed_only_that_is_told(hung, signed_in):
    found = of_first(between(signed_in(hung.viewer), hung, "2025-06-27", "2025-06-28"), hung)
    assert found == [
        ("关联 不足一", "推定，待确认", "已确认"),
        (f"佐证材料 {hung.use.evidence.number} 培训通知", "待审", "已采信"),
        ("指标 培训人次", "", "2025年6月28日 1,500"),
    ]


def test_evidence_that_died_or_went(hung, signed_in):
    item = hung.use.evidence
    for day in ("2025-07-01", "2025-07-02"):
        with on(day):
            link_checks.record(link_checks.Found((item.pk,), Look(Outcome.GONE, 404)))
    found = of_first(between(signed_in(hung.viewer), hung, "2025-07-01", "2025-07-02"), hung)
    assert found == [(f"佐证材料 {item.number} 培训通知", "", "已失效")]
    with on("2025-07-02"):
        other = hung.proof(hung.first)
    with on("2025-07-03"):
        evidence.withdraw(other.pk, by=hung.staff)
    page = between(signed_in(hung.viewer), hung, "2025-07-02", "2025-07-03")
    assert of_first(page, hung) == [("佐证材料", f"{other.evidence.number} 培训通知　待审", "")]
    assert "<del>" in page.content.decode()


def test_internal_evidence_is_not_compared_for_others(hung, signed_in):
    type(hung.use.evidence).objects.update(disclosure="internal")
    for name, seen in (("viewer", False), ("second_staff", False), ("staff", True), ("auditor", True)):
        found = of_first(between(signed_in(getattr(hung, name)), hung, "2025-06-26", "2025-06-28"), hung)
        assert ("佐证材料" in [label for label, _old, _new in found]) is seen, name


@pytest.mark.parametrize("number", [1, 3])
def test_statements_do_not_grow(told, signed_in, number):
    for task in told.tasks[1 : 1 + number]:
        with on("2025-07-01"):
            world_task = told.confirmed(task)
            tasks.report(world_task.pk, by=told.staff, progress=10, summary="开始")
            told.proof(world_task)
    client = signed_in(told.viewer)
    between(client, told, "2025-06-16", "2025-07-05")
    with CaptureQueriesContext(connection) as looking:
        between(client, told, "2025-06-16", "2025-07-05")
    assert len(looking) == 11


# ---------- Reviews ----------


@pytest.fixture
def reviewed(world):
    """Two closed reviews; between them a task entered, one was handed on, and one fell behind."""
    world.first = world.started(world.tasks[0], progress=46)
    world.second_task = world.started(world.tasks[1], progress=46)
    world.before = prepared(world)
    reviews.close(world.before.pk, by=world.reviewer)
    with on("2025-08-10"):
        change = {"lead_unit": world.second.pk, "owner": world.second_staff.pk}
        requests.order(
            world.first.pk, by=world.leader, reason="移交", changes=change, approving_body="甲区", basis_document="纪要"
        )
        world.after = prepared(world)
        reviews.close(world.after.pk, by=world.reviewer)
    world.address = reverse("changes", args=[world.plan.pk])
    return world


def compared_reviews(client, world, **query):
    sides = {"since_review": f"review-{world.before.pk}", "until_review": f"review-{world.after.pk}"}
    with on("2025-08-20"):
        return client.get(world.address, {**sides, **query})


def test_two_reviews_compare_from_their_pictures_alone(reviewed, signed_in):
    tasks.edit(reviewed.second_task.pk, by=reviewed.admin, title="后来改名")
    page = compared_reviews(signed_in(reviewed.viewer), reviewed)
    found = changed(page)
    assert found["1.1"]["牵头单位"] == ("区培训局", "区执法局")
    assert found["1.2"]["亮灯"][0] == "绿"
    assert all(row["title"] != "后来改名" for row in page.context["rows"])
    sorts = {sort["value"]: sort["number"] for sort in page.context["sorts"]}
    assert (sorts["unit"], sorts["entered"], sorts["left"]) == (1, 0, 0)


def test_one_sort_of_change_is_picked(reviewed, signed_in):
    page = compared_reviews(signed_in(reviewed.viewer), reviewed, sort="unit")
    assert list(changed(page)) == ["1.1"]
    assert len(list(compared_reviews(signed_in(reviewed.viewer), reviewed, sort="x").context["rows"])) >= 2


def test_a_review_is_compared_with_a_day_and_put_in_order_by_when_it_was_closed(reviewed, signed_in):
    with on("2025-08-20"):
        query = {"since_review": f"review-{reviewed.after.pk}", "until": "2025-06-20"}
        page = signed_in(reviewed.viewer).get(reviewed.address, query)
    assert changed(page)["1.1"]["牵头单位"] == ("区培训局", "区执法局")


@pytest.mark.parametrize("typed", ["review-x", "review-0", f"review-{'9' * 30}", "review-"])
def test_what_is_no_closed_review_is_said(reviewed, signed_in, typed):
    with on("2025-08-20"):
        page = signed_in(reviewed.viewer).get(reviewed.address, {"since_review": typed})
    assert page.status_code == 200
    assert len(list(page.context["messages"])) == 1


def test_comparing_two_reviews_takes_at_most_ten_statements(reviewed, signed_in):
    client = signed_in(reviewed.viewer)
    compared_reviews(client, reviewed)
    with CaptureQueriesContext(connection) as looking:
        compared_reviews(client, reviewed)
    assert len(looking) == 8


def test_the_same_comparison_is_handed_out_as_a_workbook(reviewed, signed_in):
    sides = {"since_review": f"review-{reviewed.before.pk}", "until_review": f"review-{reviewed.after.pk}"}
    with on("2025-08-20"):
        address = reverse("changes_workbook", args=[reviewed.plan.pk])
        answer = signed_in(reviewed.viewer).get(address, sides)
    book = openpyxl.load_workbook(BytesIO(answer.content))
    rows = [[cell.value for cell in row] for row in book.worksheets[-1].iter_rows(min_row=2)]
    assert ["1.1", "继续组织全员培训", "牵头单位", "区培训局", "区执法局"] in rows
