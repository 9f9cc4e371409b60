"""The evidence of a plan as a list."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.worlds import World
from tracker.models import User
from tracker.services import evidence

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def stocked(world: World) -> World:
    """Three items of two units: one accepted, one internal and pending, one taken back."""
    first, third = world.started(), world.started(world.tasks[2], unit=world.second)
    world.notice = world.proof(first, document_number="某政发[2025]3号", issuer="甲区人民政府")
    world.minutes = world.proof(first, kind="minutes", title="会议纪要", disclosure="internal")
    world.page = world.proof(
        third, by=world.second_staff, kind="web_page", title="评查通报", dated_on=datetime.date(2025, 5, 1)
    )
    evidence.judge(world.notice.pk, by=world.reviewer, authentic=True, timely=True, relevant=True)
    evidence.withdraw(world.page.pk, by=world.second_staff)
    return world


def titles(client: Client, world: World, **query: Any) -> list[str]:
    answer = client.get(reverse("evidence_library", args=[world.plan.pk]), query)
    assert answer.status_code == 200
    return [row["title"] for row in answer.context["rows"]]


def test_all_of_it_with_what_it_is_offered_for(stocked: World, signed_in: SignIn) -> None:
    answer = signed_in(stocked.reviewer).get(reverse("evidence_library", args=[stocked.plan.pk]))
    found = [
        (row["title"], [(use["code"], str(use["verdict"])) for use in row["uses"]]) for row in answer.context["rows"]
    ]
    assert found == [
        ("培训通知", [("1.1", "已采信")]),
        ("会议纪要", [("1.1", "待审")]),
        ("评查通报", [("2.1", "已撤回")]),
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"q": "纪要"}, ["会议纪要"]),
        ({"q": "某政发〔2025〕3号"}, ["培训通知"]),
        ({"q": "某政发[2025]3号"}, ["培训通知"]),
        ({"q": "[2025]"}, ["培训通知"]),
        ({"q": "2025-2-1"}, ["评查通报"]),
        ({"q": "人民政府 通知"}, ["培训通知"]),
        ({"q": "没有"}, []),
        ({"kind": "minutes"}, ["会议纪要"]),
        ({"disclosure": "internal"}, ["会议纪要"]),
        ({"state": "accepted"}, ["培训通知"]),
        ({"state": "pending"}, ["会议纪要"]),
        ({"state": "unused"}, ["评查通报"]),
        ({"state": "replaced"}, []),
        ({"dated_from": "2025-03-01"}, ["评查通报"]),
        ({"dated_to": "2025-03-01"}, ["培训通知", "会议纪要"]),
    ],
)
def test_narrowed(stocked: World, signed_in: SignIn, query: dict[str, str], expected: list[str]) -> None:
    assert titles(signed_in(stocked.reviewer), stocked, **query) == expected


def test_by_unit_and_with_a_chip_that_takes_it_off(stocked: World, signed_in: SignIn) -> None:
    client = signed_in(stocked.reviewer)
    assert titles(client, stocked, unit=stocked.second.pk) == ["评查通报"]
    answer = client.get(reverse("evidence_library", args=[stocked.plan.pk]), {"unit": stocked.second.pk})
    assert [(chip.words, chip.query) for chip in answer.context["chips"]] == [("提供单位：区执法局", "?")]


@pytest.mark.parametrize(
    ("who", "seen"), [("staff", 3), ("reviewer", 3), ("auditor", 3), ("viewer", 2), ("second_staff", 2)]
)
def test_internal_items_are_for_their_units_and_oversight(
    stocked: World, signed_in: SignIn, who: str, seen: int
) -> None:
    assert len(titles(signed_in(getattr(stocked, who)), stocked)) == seen


@pytest.mark.parametrize(
    "query", [{"unit": "x"}, {"kind": "x"}, {"state": "x"}, {"dated_from": "x"}, {"page": "9" * 30}, {"q": "长" * 200}]
)
def test_a_filter_that_is_none_is_said_and_ignored(stocked: World, signed_in: SignIn, query: dict[str, str]) -> None:
    assert len(titles(signed_in(stocked.reviewer), stocked, **query)) == 3


@pytest.mark.parametrize("number", [1, 3])
def test_statements_do_not_grow_with_the_items(world: World, signed_in: SignIn, number: int) -> None:
    task = world.started()
    for place in range(number):
        world.proof(task, title=f"材料{place}")
    client = signed_in(world.reviewer)
    titles(client, world)
    with CaptureQueriesContext(connection) as looking:
        titles(client, world)
    assert len(looking) == 8
