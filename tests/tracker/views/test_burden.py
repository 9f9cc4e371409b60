"""The burden page: what each unit was asked for in each month, for administrators alone."""

import datetime

import pytest
from django.urls import reverse

from tests.tracker.services.test_reminders import demand, notice
from tracker import clock
from tracker.models import ReminderMessage
from tracker.services import contributions, tasks

MONTH = datetime.timedelta(days=31)


def shown(client, world):
    """{title: {month: numbers}} of the page."""
    answer = client.get(reverse("burden", args=[world.plan.pk]))
    assert answer.status_code == 200
    return {
        group.title: {line.month: [*line.numbers, line.total] for line in group.lines}
        for group in answer.context["groups"]
    }


def mailed(person, moment, state="sent"):
    ReminderMessage.objects.create(
        person=person,
        on=clock.local_date(moment),
        state=state,
        subject="x",
        body="x",
        claimed_at=moment,
        sent_at=moment if state == "sent" else None,
    )


@pytest.fixture
def asked(world):
    """In June a contribution, a demand, a notice, a mail and a return; in July another mail."""
    task = world.under_review()
    tasks.send_back(task.pk, by=world.reviewer, reason="缺名单")
    tasks.edit(task.pk, by=world.admin, supporting_units=[world.second])
    contributions.ask(task.pk, by=world.staff, unit=world.second, words="请提供数据")
    notice(world, task, limit=datetime.date(2025, 7, 1))
    demand(world, task, datetime.date(2025, 7, 1))
    mailed(world.staff, clock.now())
    mailed(world.head, clock.now(), state="failed")
    mailed(world.staff, clock.now() + MONTH)
    with clock.at(clock.now() + MONTH):
        yield world


def test_counts_by_unit_and_month_in_the_order_of_the_units(asked, signed_in):
    nothing = [0, 0, 0, 0, 0, 0]
    assert shown(signed_in(asked.admin), asked) == {
        "全部单位": {f"{month}月": nothing for month in range(1, 6)}
        | {"6月": [1, 1, 1, 1, 1, 5], "7月": [0, 0, 0, 1, 0, 1]},
        "区培训局": {"6月": [0, 1, 1, 1, 1, 4], "7月": [0, 0, 0, 1, 0, 1]},
        "区执法局": {"6月": [1, 0, 0, 0, 0, 1]},
    }
    order = [*shown(signed_in(asked.admin), asked)]
    assert order == ["全部单位", "区培训局", "区执法局"]


def test_the_order_is_that_of_the_units_however_much_each_was_asked(asked, signed_in):
    asked.second.order, asked.bureau.order = 1, 2
    asked.second.save()
    asked.bureau.save()
    assert [*shown(signed_in(asked.admin), asked)] == ["全部单位", "区执法局", "区培训局"]


def test_says_why_it_is_counted_and_who_was_spared(asked, signed_in):
    body = signed_in(asked.admin).get(reverse("burden", args=[asked.plan.pk])).content.decode()
    assert "整治形式主义为基层减负" in body
    assert "不作比较、不排名" in body
    assert "区政府办公室、区司法局" in body


def test_a_return_by_the_own_head_is_no_burden_from_outside(world, signed_in):
    tasks.send_back(world.submitted().pk, by=world.head, reason="缺名单")
    assert [*shown(signed_in(world.admin), world)] == ["全部单位"]


def test_what_happened_outside_the_plan_year_is_not_counted(world, signed_in):
    mailed(world.staff, clock.start_of(datetime.date(2025, 1, 1)) - datetime.timedelta(minutes=1))
    mailed(world.head, clock.start_of(datetime.date(2026, 1, 1)))
    assert [*shown(signed_in(world.admin), world)] == ["全部单位"]


@pytest.mark.parametrize("who", ["reviewer", "leader", "auditor", "viewer", "staff", "head", "city_leader"])
def test_only_administrators_see_it(asked, signed_in, who):
    client = signed_in(getattr(asked, who))
    assert client.get(reverse("burden", args=[asked.plan.pk])).status_code == 403
    assert (
        reverse("burden", args=[asked.plan.pk])
        not in client.get(reverse("home", args=[asked.plan.pk])).content.decode()
    )


def test_another_government_finds_nothing_and_the_city_reads_no_burden(asked, signed_in):
    address = reverse("burden", args=[asked.plan.pk])
    assert signed_in(asked.foreign_admin).get(address).status_code == 404
    above = asked.person("city-admin", "administrator", asked.city, is_staff=True)
    assert signed_in(above).get(address).status_code == 403


def test_administrators_find_it_in_their_menu(asked, signed_in):
    body = signed_in(asked.admin).get(reverse("home", args=[asked.plan.pk])).content.decode()
    assert reverse("burden", args=[asked.plan.pk]) in body


@pytest.mark.parametrize("number", [1, 3])
def test_costs_the_same_for_one_unit_and_for_three(asked, signed_in, number, django_assert_num_queries):
    for person in (asked.second_staff, asked.reviewer, asked.admin)[:number]:
        mailed(person, clock.now())
    client = signed_in(asked.admin)
    client.get(reverse("burden", args=[asked.plan.pk]))
    with django_assert_num_queries(10):
        client.get(reverse("burden", args=[asked.plan.pk]))
