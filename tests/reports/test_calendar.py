"""The calendar of a plan: every date where it belongs, none that the person may not see."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reports.models import Review
from tests.factories import set_plan, write_milestones
from tracker import clock
from tracker.models import Demand, Milestone, SupervisionNotice
from tracker.services import tasks


@pytest.fixture
def diary(world, monkeypatch):
    """June 2025: one task due with a milestone, one notice, one demand and two reviews, one of them open."""
    monkeypatch.setattr(Review, "get_absolute_url", lambda review: f"/reviews/{review.pk}/")
    monkeypatch.setattr(SupervisionNotice, "get_absolute_url", lambda row: f"/notices/{row.pk}/", raising=False)
    world.due = world.started(due_on=day(27), progress=80)
    write_milestones(world.due, [{"due_on": day(10)}, {"due_on": day(20)}, {"due_on": day(9), "met_on": day(8)}])
    world.notice = notice_of(world, world.due, day(24))
    world.demand = demand_of(world, world.due, day(23))
    world.closed = review_of(world, 1, day(5), state="closed", closed_at=clock.now(), closed_by=world.leader)
    world.open = review_of(world, 2, day(30))
    world.address = reverse("calendar", args=[world.plan.pk])
    return world


def day(number, month=6):
    return datetime.date(2025, month, number)


def review_of(world, number, on, **changed):
    given = {
        "number": number,
        "kind": "monthly",
        "since": day(1),
        "until": day(30),
        "on": on,
        "chair": "区长",
        "prepared_by": world.reviewer,
        "prepared_at": clock.now(),
    }
    return Review.objects.create(plan=world.plan, **{**given, **changed})


def notice_of(world, task, limit, **changed):
    given = {
        "serial": SupervisionNotice.objects.count() + 1,
        "level": "blue",
        "demand": "补齐材料",
        "limit_on": limit,
        "basis": "督查办法",
        "unit": task.lead_unit,
        "issued_by": world.reviewer,
        "issued_at": clock.now(),
    }
    return SupervisionNotice.objects.create(plan=world.plan, task=task, **{**given, **changed})


def demand_of(world, task, wanted, **changed):
    given = {"kind": "report", "words": "书面说明", "asked_by": world.reviewer, "asked_at": clock.now()}
    return Demand.objects.create(task=task, unit=task.lead_unit, wanted_by=wanted, **{**given, **changed})


def dates(page):
    """{day of the month: [(kind, about)]} of the month that the page shows."""
    return {
        shown["number"]: [(item["value"], item["about"]) for item in shown["items"] + shown["folded"]]
        for week in page.context["weeks"]
        for shown in week
        if shown["inside"] and shown["items"]
    }


def kinds(page):
    return {value for items in dates(page).values() for value, _about in items}


def test_every_date_stands_on_its_day(diary, signed_in):
    page = signed_in(diary.staff).get(diary.address)
    code, title = diary.due.code, diary.due.title
    assert dates(page) == {
        5: [("review", "2025年第1次进度评审")],
        9: [("milestone", f"{code} 节点3")],
        10: [("milestone", f"{code} 节点1")],
        20: [("milestone", f"{code} 节点2")],
        23: [("demand", f"{code} {title}")],
        24: [("notice", f"督办〔2025〕1号 {code} {title}")],
        25: [("cutoff", "6月填报截止")],
        27: [("due", f"{code} {title}")],
    }
    words = page.content.decode()
    for said in (
        "逾期未完成",
        "待完成",
        "已完成",
        "黄",
        "节点逾期",
        diary.due.get_absolute_url(),
        "/reviews/",
        "/notices/",
    ):
        assert said in words


def test_weeks_begin_on_monday_and_today_is_said_in_words(diary, signed_in):
    page = signed_in(diary.viewer).get(diary.address)
    assert page.context["weekdays"][0] == "周一" and page.context["weekdays"][-1] == "周日"
    assert [shown["number"] for shown in page.context["weeks"][0]] == [26, 27, 28, 29, 30, 31, 1]
    [today] = [shown for week in page.context["weeks"] for shown in week if shown["today"]]
    assert today["number"] == 16
    assert page.content.decode().count('aria-current="date"') == 1
    assert ">今天<" in page.content.decode()


@pytest.mark.parametrize("who", ["second_staff", "viewer", "city_leader"])
def test_what_passes_among_units_is_not_in_other_peoples_calendars(diary, signed_in, who):
    assert kinds(signed_in(getattr(diary, who)).get(diary.address)) == {"review", "milestone", "cutoff", "due"}


def test_an_open_review_stands_with_those_who_conduct_it(diary, signed_in):
    for who, seen in (("reviewer", True), ("leader", True), ("admin", True), ("auditor", False), ("staff", False)):
        assert (30 in dates(signed_in(getattr(diary, who)).get(diary.address))) is seen, who


def test_another_government_has_none(diary, signed_in):
    assert signed_in(diary.foreign_admin).get(diary.address).status_code == 404


def test_my_unit_narrows_tasks_but_not_reviews_and_cutoffs(diary, signed_in):
    diary.started(diary.tasks[2], unit=diary.second, due_on=day(26))
    own = {"show": "unit"}
    assert set(dates(signed_in(diary.staff).get(diary.address, own))) == {5, 9, 10, 20, 23, 24, 25, 27}
    assert set(dates(signed_in(diary.second_staff).get(diary.address, own))) == {5, 25, 26}
    tasks.edit(diary.due.pk, by=diary.admin, supporting_units=[diary.second])
    assert set(dates(signed_in(diary.second_staff).get(diary.address, own))) == {5, 9, 10, 20, 23, 24, 25, 26, 27}


def test_what_is_past_and_gone_is_left_out(diary, signed_in):
    diary.notice.delete()
    notice_of(diary, diary.due, day(24), state="withdrawn", closed_at=clock.now())
    notice_of(diary, diary.due, day(24), state="escalated", closed_at=clock.now())
    Demand.objects.update(state="replaced")
    assert {"notice", "demand"}.isdisjoint(kinds(signed_in(diary.reviewer).get(diary.address)))


def test_an_answered_demand_and_an_accepted_reply_say_so(diary, signed_in):
    diary.notice.delete()
    notice_of(diary, diary.due, day(24), state="accepted", closed_at=clock.now())
    Demand.objects.update(state="answered", answer=diary.due.events.last())
    words = signed_in(diary.reviewer).get(diary.address).content.decode()
    assert "已回复" in words and "回复已采信" in words


def test_the_neighbouring_months_lead_on_and_keep_the_filter(diary, signed_in):
    client = signed_in(diary.staff)
    page = client.get(diary.address, {"month": "2025-12", "show": "unit"})
    assert page.context["title"] == "2025年12月"
    assert page.context["before"]["url"] == "?month=2025-11&show=unit"
    assert page.context["after"]["url"] == "?month=2026-01&show=unit"
    assert page.context["this_month"] == "?month=2025-06&show=unit"
    assert client.get(diary.address).context["this_month"] == ""


def test_the_calendar_ends_a_year_before_and_after_the_plan(diary, signed_in):
    client = signed_in(diary.staff)
    assert client.get(diary.address, {"month": "2024-01"}).context["before"] is None
    assert client.get(diary.address, {"month": "2026-12"}).context["after"] is None
    assert kinds(client.get(diary.address, {"month": "2026-12"})) == set()
    assert "本月没有日期" in client.get(diary.address, {"month": "2026-12"}).content.decode()


@pytest.mark.parametrize(
    "month",
    [
        "x",
        "0000-00",
        "9999-99",
        "9999-12",
        "0001-01",
        "2025-13",
        "2025-6",
        "２０２５-06",
        "2025-06-01",
        "\ud7ff",
        "9" * 5000,
    ],
)
def test_a_wrong_month_is_named_and_the_present_one_shown(diary, signed_in, month):
    page = signed_in(diary.staff).get(diary.address, {"month": month})
    assert (page.status_code, page.context["title"]) == (200, "2025年6月")
    assert "不是这份日历里的月份" in page.content.decode()


def test_a_plan_of_another_year_opens_on_its_own_months(diary, signed_in):
    set_plan(diary.plan, starts_on=datetime.date(2020, 1, 1), ends_on=datetime.date(2020, 12, 31))
    page = signed_in(diary.staff).get(diary.address)
    assert page.context["title"] == "2020年12月"
    assert page.context["this_month"] == ""


def test_a_full_day_folds_and_leads_to_the_ledger(diary, signed_in, monkeypatch):
    monkeypatch.setattr("reports.presenters.calendar.AT_ONCE", 1)
    monkeypatch.setattr("reports.presenters.calendar.FOLDED", 2)
    for task in diary.tasks[1:]:
        diary.started(task, due_on=day(27))
    page = signed_in(diary.staff).get(diary.address)
    [shown] = [shown for week in page.context["weeks"] for shown in week if shown["number"] == 27 and shown["inside"]]
    assert (len(shown["items"]), len(shown["folded"]), shown["folded_count"]) == (1, 1, 3)
    assert shown["ledger_url"].endswith("?due_from=2025-06-27&due_to=2025-06-27")
    assert "还有 3 项" in page.content.decode()
    rows = signed_in(diary.staff).get(shown["ledger_url"]).context["total"]
    assert rows == 4


def test_the_home_page_leads_to_it(diary, signed_in):
    home = signed_in(diary.staff).get(reverse("home", args=[diary.plan.pk]))
    assert diary.address in home.content.decode()


def test_the_month_costs_the_same_for_one_and_for_many(diary, signed_in):
    client = signed_in(diary.reviewer)

    def statements():
        with CaptureQueriesContext(connection) as looking:
            client.get(diary.address)
        return len(looking)

    client.get(diary.address)
    one = statements()
    for number, task in enumerate(diary.tasks[1:4], 3):
        started = diary.started(task, due_on=day(27))
        Milestone.objects.create(task=started, title="节点", due_on=day(20))
        notice_of(diary, started, day(24))
        demand_of(diary, started, day(23))
        review_of(diary, number, day(30))
    assert len(dates(client.get(diary.address))[30]) == 4
    assert statements() == one == 9
