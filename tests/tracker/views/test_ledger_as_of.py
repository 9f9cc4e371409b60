"""The ledger of a past day, restored from history, equals what was shown on that day."""

import datetime
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.tracker.conftest import SHANGHAI
from tests.worlds import World
from tracker import clock
from tracker.models import Shortcoming, Task, Unit, User
from tracker.services import requests, tasks, trace

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def evening(day: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(f"{day}T18:00").replace(tzinfo=SHANGHAI)


def page(client: Client, world: World, **query: Any) -> Any:
    answer = client.get(reverse("ledger", args=[world.plan.pk]), query)
    assert answer.status_code == 200
    return answer


def printed(answer: Any) -> list[tuple[Any, ...]]:
    """The rows as they stand there; on a past day they lead to the tasks of the same day."""
    return [
        (group["number"], group["title"], [re.sub(r"\?as_of=[0-9-]+", "", row.html) for row in group["rows"]])
        for group in answer.context["groups"]
    ]


def story(world: World) -> dict[str, Callable[[], Any]]:
    """What happens on which day: everything that a row of the ledger shows."""
    first, second, third, fourth = world.tasks

    def approve() -> None:
        tasks.submit(first.pk, by=world.head, summary="已补")
        world.accept_all(first)
        tasks.approve(first.pk, by=world.reviewer)

    def cancel() -> None:
        row = requests.ask(fourth.pk, by=world.admin, kind="cancellation", reason="机构改革")
        basis = {"approving_body": "常务会", "basis_document": "纪要"}
        requests.decide(row.pk, by=world.reviewer, approved=True, **basis)
        tasks.cancel(fourth.pk, by=world.admin)

    def submit() -> None:
        world.proof(first)
        tasks.submit(first.pk, by=world.head, summary="都已完成")

    step = {"title": "一期", "due_on": datetime.date(2025, 8, 1), "share": 60}
    return {
        "2025-06-16": lambda: world.confirmed(first, due_on=datetime.date(2025, 9, 30)),
        "2025-06-17": lambda: tasks.report(first.pk, by=world.staff, progress=40, summary="已开展"),
        "2025-06-18": lambda: world.confirmed(second, unit=world.second),
        "2025-07-02": lambda: tasks.set_milestones(first.pk, by=world.admin, steps=[step]),
        "2025-07-03": lambda: tasks.edit(third.pk, by=world.admin, title="改过的名称"),
        "2025-08-05": lambda: tasks.raise_light(first.pk, by=world.reviewer, light="red", reason="现场不符"),
        "2025-08-06": submit,
        "2025-09-01": lambda: tasks.send_back(first.pk, by=world.reviewer, reason="缺名单"),
        "2025-09-02": approve,
        "2025-09-20": cancel,
        "2025-12-31": lambda: None,
    }


def test_every_day_of_a_year_is_shown_as_it_was(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.reviewer)
    seen = {}
    for day, act in story(world).items():
        with clock.at(evening(day)):
            act()
            seen[day] = printed(page(client, world))
    assert len({str(rows) for rows in seen.values()}) == len(seen)
    with clock.at(evening("2025-12-31")):
        for day, rows in seen.items():
            assert printed(page(client, world, as_of=day)) == rows, day


def test_a_name_of_that_day_stays_though_it_changed_since(world: World, signed_in: SignIn) -> None:
    world.confirmed()
    with clock.at(evening("2025-06-20")):
        Unit.objects.filter(pk=world.bureau.pk).update(short_name="新名称")
        tasks.edit(world.task.pk, by=world.admin, title="新的任务名称")
        answer = page(signed_in(world.viewer), world, as_of="2025-06-16")
        assert "新名称" not in str(printed(answer))
        assert "区培训局" in str(printed(answer))
        assert "restored from history" in answer.content.decode() or "由历史还原" in answer.content.decode()


def test_narrowed_by_words_and_light(world: World, signed_in: SignIn) -> None:
    world.started()
    client = signed_in(world.viewer)
    whole = page(client, world, as_of="2025-06-16").context
    assert [tab.count for tab in whole["tabs"] if tab.value == "grey"] == [3]
    found = page(client, world, as_of="2025-06-16", q="执法").context["groups"]
    assert [row.code for group in found for row in group["rows"]] == ["2.1"]
    grey = page(client, world, as_of="2025-06-16", light="grey").context["groups"]
    assert [row.code for group in grey for row in group["rows"]] == ["1.2", "2.1", "2.2"]


@pytest.mark.parametrize("day", ["2025-06-17", "2024-12-31", "x", "2025-13-01", "9" * 40, "2025-06-16T10:00"])
def test_a_day_that_is_none_is_said(world: World, signed_in: SignIn, day: str) -> None:
    assert world.task
    client = signed_in(world.viewer)
    answer = client.get(reverse("ledger", args=[world.plan.pk]), {"as_of": day})
    assert (answer.status_code, answer["Location"]) == (302, reverse("ledger", args=[world.plan.pk]))
    assert day[:20] in client.get(answer["Location"]).content.decode()


def test_a_day_before_anything_is_empty(world: World, signed_in: SignIn) -> None:
    assert world.task
    assert page(signed_in(world.viewer), world, as_of="2025-01-02").context["groups"] == []


def test_the_file_of_a_day_is_what_was_handed_out_that_day(world: World, signed_in: SignIn) -> None:
    first = world.tasks[0]
    weak = Shortcoming.objects.filter(part__report=world.report).first()
    world.confirmed(first)
    trace.link(first.pk, weak, by=world.reviewer, strength="direct", rationale="同一问题")
    step = {"title": "一期", "due_on": datetime.date(2025, 8, 1), "share": 60}
    tasks.set_milestones(first.pk, by=world.admin, steps=[step])
    tasks.report(first.pk, by=world.staff, progress=40, summary="=已开展", problems="缺人", next_steps="再办")
    world.proof(first)
    world.proof(first, disclosure="internal")
    address = reverse("ledger_csv", args=[world.plan.pk])

    def file(who: User, **query: str) -> bytes:
        answer: Any = signed_in(who).get(address, query)
        assert "2025-06-16.csv" in answer.headers["Content-Disposition"]
        return b"".join(answer.streaming_content)

    then = {who: file(getattr(world, who)) for who in ("reviewer", "viewer", "second_staff")}
    with clock.at(evening("2025-07-20")):
        tasks.report(first.pk, by=world.staff, progress=60, summary="又开展")
        tasks.edit(world.tasks[1].pk, by=world.admin, title="改了名")
        for who, content in then.items():
            assert file(getattr(world, who), as_of="2025-06-16").decode() == content.decode(), who
        narrow = file(world.viewer, as_of="2025-06-16", q="1.2", unit="x").decode()
    assert "完成年度考试" in narrow and "继续组织" not in narrow
    assert "改了名" not in narrow


@pytest.mark.parametrize("day", ["x", "2031-01-01"])
def test_no_file_of_a_day_that_is_none(world: World, signed_in: SignIn, day: str) -> None:
    answer = signed_in(world.viewer).get(reverse("ledger_csv", args=[world.plan.pk]), {"as_of": day})
    assert (answer.status_code, answer["Location"]) == (302, reverse("ledger", args=[world.plan.pk]))


def test_what_narrows_a_past_day_is_said_and_kept(world: World, signed_in: SignIn) -> None:
    world.started()
    with clock.at(evening("2025-06-20")):
        client = signed_in(world.viewer)
        body = page(client, world, as_of="2025-06-16", q="培训", light="green", status="in_progress").content.decode()
        assert "以往某日的台账可按关键词、亮灯、板块、牵头单位、状态和时限筛选" in body
        assert '<input type="hidden" name="q" value="培训">' in body
        kept = {"q": "培训", "status": "in_progress", "light": "green"}
        assert f"?{urlencode(kept)}".replace("&", "&amp;") in body
        assert "截至 2025年6月16日" in body.partition('class="print-foot"')[2][:200]


FILTERS = [
    {"area": "2"},
    {"area": "9"},
    {"lead_unit": "none"},
    {"lead_unit": "bureau"},
    {"status": "in_progress"},
    {"status": "unconfirmed", "area": "2"},
    {"due_from": "2025-10-01", "due_to": "2025-12-31"},
    {"due_to": "2025-09-30"},
    {"still_open": "on"},
    {"dated": "on"},
    {"q": "执法", "still_open": "on"},
]


def test_every_filter_of_a_past_day_finds_what_it_found_on_that_day(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.reviewer)

    def codes(**query: str) -> list[str]:
        unit = {"lead_unit": str(world.bureau.pk)} if query.get("lead_unit") == "bureau" else {}
        answer = page(client, world, **{**query, **unit})
        return [row.code for group in answer.context["groups"] for row in group["rows"]]

    seen = {}
    for day, act in story(world).items():
        with clock.at(evening(day)):
            act()
            seen[day] = [codes(**query) for query in FILTERS]
    assert len({str(found) for found in seen.values()}) > 3
    with clock.at(evening("2025-12-31")):
        for day, found in seen.items():
            assert [codes(**query, as_of=day) for query in FILTERS] == found, day


def test_a_past_day_says_what_it_does_not_understand(world: World, signed_in: SignIn) -> None:
    world.started()
    client = signed_in(world.viewer)
    for query in ({"status": "x"}, {"lead_unit": "999"}, {"due_from": "x"}, {"area": "-1"}, {"area": "x"}):
        context = page(client, world, as_of="2025-06-16", **query).context
        assert context["total"] == 4
        assert "无法识别" in context["chips"][0].words or "未采用" in context["chips"][0].words, query


def test_filters_that_history_does_not_answer_are_left_out(world: World, signed_in: SignIn) -> None:
    world.started()
    context = page(signed_in(world.staff), world, as_of="2025-06-16", mine="on", no_evidence="on").context
    assert (context["total"], context["chips"], context["query"]) == (4, [], "as_of=2025-06-16")
    assert "mine" not in context["form"].fields


@pytest.mark.parametrize("number", [1, 3])
def test_statements_do_not_grow(world: World, signed_in: SignIn, number: int) -> None:
    for task in world.tasks[:number]:
        world.started(task)
    client = signed_in(world.reviewer)
    page(client, world, as_of="2025-06-16")
    for query in ({}, {"area": "1", "lead_unit": "none", "status": "in_progress", "due_to": "2025-12-31"}):
        with CaptureQueriesContext(connection) as looking:
            page(client, world, as_of="2025-06-16", **query)
        assert len(looking) == 5
    assert Task.objects.count() == 4
