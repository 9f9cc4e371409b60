"""The home page: what waits for each role, in groups, each with its one action."""

import datetime

import pytest
from django.urls import reverse
from django.utils import translation

from tracker import clock
from tracker.models import User
from tracker.services import reminders, tasks


def groups(client, world):
    answer = client.get(reverse("home", args=[world.plan.pk]))
    assert answer.status_code == 200
    return {group["name"]: [row.code for row in group["rows"]] for group in answer.context["groups"]}


def later(days):
    return clock.at(clock.now() + datetime.timedelta(days=days))


def test_a_contributor_sees_returned_tasks_first_and_reports_that_are_due(world, signed_in):
    tasks.send_back(world.under_review().pk, by=world.reviewer, reason="缺名单")
    world.confirmed(world.tasks[1])
    with later(20):
        assert groups(signed_in(world.staff), world) == {"returned": ["1.1"], "report": ["1.2"]}


def test_the_reason_of_the_return_is_quoted(world, signed_in):
    tasks.send_back(world.under_review().pk, by=world.reviewer, reason="缺考试名单")
    assert "缺考试名单" in signed_in(world.staff).get(reverse("home", args=[world.plan.pk])).content.decode()


def test_a_task_reported_in_this_period_does_not_wait(world, signed_in):
    world.started()
    assert groups(signed_in(world.staff), world) == {}


def test_a_task_that_starts_later_does_not_wait(world, signed_in):
    world.confirmed(starts_on=datetime.date(2025, 10, 1))
    assert groups(signed_in(world.staff), world) == {}


def test_the_head_signs(world, signed_in):
    world.submitted()
    assert groups(signed_in(world.head), world) == {"sign": ["1.1"]}
    assert groups(signed_in(world.staff), world) == {}


def test_the_reviewer_reviews_and_confirms(world, signed_in):
    world.under_review()
    assert groups(signed_in(world.reviewer), world) == {"review": ["1.1"], "confirm": ["1.2", "2.1", "2.2"]}


def test_the_reviewer_of_the_lead_unit_is_not_asked(world, signed_in):
    world.under_review()
    colleague = world.person("colleague", "reviewer", world.bureau)
    assert "review" not in groups(signed_in(colleague), world)


@pytest.mark.parametrize("who", ["leader", "auditor", "viewer", "second_staff"])
def test_nothing_waits_for_the_others(world, signed_in, who):
    world.under_review()
    assert groups(signed_in(getattr(world, who)), world) == {}


def test_the_number_in_the_navigation_is_the_number_on_the_page(world, signed_in):
    world.under_review()
    for who in ("staff", "head", "reviewer", "admin", "viewer"):
        answer = signed_in(getattr(world, who)).get(reverse("home", args=[world.plan.pk]))
        shown = sum(len(group["rows"]) for group in answer.context["groups"])
        assert (answer.context["navigation"][0]["count"] or 0) == shown


def test_only_one_filled_button(world, signed_in):
    tasks.send_back(world.under_review().pk, by=world.reviewer, reason="缺名单")
    world.confirmed(world.tasks[1])
    with later(20):
        body = signed_in(world.staff).get(reverse("home", args=[world.plan.pk])).content.decode()
    assert body.count("btn-primary") == 1


@pytest.mark.parametrize("number", [1, 3])
def test_costs_the_same_for_one_task_and_for_three(world, signed_in, number, django_assert_num_queries):
    for task in world.tasks[:number]:
        world.confirmed(task)
    client = signed_in(world.staff)
    client.get(reverse("home", args=[world.plan.pk]))
    with later(20), django_assert_num_queries(14):
        client.get(reverse("home", args=[world.plan.pk]))


def test_english_by_switch(world, signed_in):
    client = signed_in(world.staff)
    assert "待办" in client.get(reverse("home", args=[world.plan.pk])).content.decode()
    client.post(reverse("set_language"), {"language": "en"})
    with translation.override("en"):
        assert "To do" in client.get(reverse("home", args=[world.plan.pk])).content.decode()


def test_the_start_page_leads_to_the_current_plan(world, signed_in):
    answer = signed_in(world.staff if world.plan else None).get(reverse("start"))
    assert answer.headers["Location"] == reverse("home", args=[world.plan.pk])


def test_the_start_page_says_so_where_there_is_no_plan(world, signed_in):
    answer = signed_in(world.staff).get(reverse("start"))
    assert answer.status_code == 200
    assert "没有计划" in answer.content.decode()


def test_the_list_of_reminders_is_that_of_the_message(world, signed_in, settings):
    settings.QUIET_WEEKDAYS = frozenset(range(1, 8))
    User.objects.filter(pk=world.staff.pk).update(reminders="none", email="")
    world.started(due_on=datetime.date(2025, 6, 20))
    tasks.send_back(world.under_review(world.tasks[1]).pk, by=world.reviewer, reason="缺名单")
    with later(9):
        answer = signed_in(world.staff).get(reverse("home", args=[world.plan.pk]))
        on_the_page = answer.context["reminders"]
        assert on_the_page == reminders.due(world.plan, clock.today())[world.staff.pk]
    assert [(one.date, one.code, one.words) for one in on_the_page] == [
        ("6月20日", "1.1", "已过完成时限，尚未销号"),
        ("6月16日", "1.2", "退回未重报"),
    ]
    body = answer.content.decode()
    assert all(words in body for words in ("提醒", "已过完成时限，尚未销号", world.task.get_absolute_url()))


def test_a_date_that_is_reminded_of_is_not_listed_twice(world, signed_in):
    world.started(due_on=datetime.date(2025, 6, 30))
    answer = signed_in(world.staff).get(reverse("home", args=[world.plan.pk]))
    assert [one.code for one in answer.context["reminders"]] == ["1.1"]
    assert [date["date"] for date in answer.context["dates"]] == ["6月25日"]


@pytest.mark.parametrize("who", ["reviewer", "leader", "viewer", "second_staff", "city_leader"])
def test_others_are_reminded_of_nothing(world, signed_in, who):
    world.started(due_on=datetime.date(2025, 6, 20))
    with later(9):
        answer = signed_in(getattr(world, who)).get(reverse("home", args=[world.plan.pk]))
    assert answer.context["reminders"] == []
