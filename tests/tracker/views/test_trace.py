"""The page from last year's measures and shortcomings to tasks and evidence."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.bench.fill import repeat_history, repeat_tasks
from tests.unguarded import lifted
from tests.worlds import World
from tracker import clock
from tracker.enums import Role
from tracker.models import Evidence, Measure, MeasureLink, Section, Shortcoming, Task, TaskEvent, User
from tracker.services import indicators, requests, tasks, trace

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def linked(world: World) -> World:
    """The first task continues the first measure (confirmed) and is proposed for the second shortcoming."""
    task = world.started()
    world.weak = list(Shortcoming.objects.of_report(world.report).order_by("number"))
    world.items = list(Section.objects.of_report(world.report).filter(part__kind="measures"))
    measure = Measure.objects.filter(section=world.items[0]).first()
    given: dict[str, Any] = {"by": world.admin, "rationale": "同"}
    world.link = trace.confirm(trace.propose(task, measure, strength="direct", **given), by=world.admin)
    trace.propose(task, world.weak[1], strength="indirect", **given)
    return world


def page(client: Client, world: World, query: str = "") -> Any:
    answer = client.get(reverse("trace", args=[world.plan.pk]) + query)
    assert answer.status_code == 200
    return answer


def gaps(client: Client, world: World) -> dict[str, list[str]]:
    return {gap.head.split()[0]: [row["words"] for row in gap.rows] for gap in page(client, world).context["missing"]}


def test_columns_and_lines(linked: World, signed_in: SignIn) -> None:
    context = page(signed_in(linked.viewer), linked).context
    assert [node.codes for node in context["measures"]] == ["1.1", ""]
    assert [[words for words, _guessed in node.causes] for node in context["shortcomings"]] == [
        ["安排不够细"],
        ["考核还要加强"],
    ]
    first = context["areas"][0].tasks[0]
    assert first.names == "举措 1、不足二"
    assert {(thread.start, thread.end, thread.kind) for thread in context["threads"]} == {
        (f"measure-{linked.items[0].pk}", f"task-{linked.task.pk}", "direct"),
        (f"shortcoming-{linked.weak[1].pk}", f"task-{linked.task.pk}", "proposed"),
    }


@pytest.mark.parametrize("end", ["measure", "task"])
def test_one_thread_in_focus(linked: World, signed_in: SignIn, end: str) -> None:
    up, down = f"measure-{linked.items[0].pk}", f"task-{linked.task.pk}"
    context = page(signed_in(linked.viewer), linked, f"?focus={up if end == 'measure' else down}").context
    lit = [node.key for node in (*context["measures"], *context["shortcomings"]) if node.lit]
    lit += [task.key for area in context["areas"] for task in area.tasks if task.lit]
    other = [] if end == "measure" else [f"shortcoming-{linked.weak[1].pk}"]
    assert lit == [up, *other, down]
    assert context["focus"]["name"] in ("举措 1", "1.1 继续组织全员培训")


@pytest.mark.parametrize("focus", ["measure-99999", "x", "task-", "<script>"])
def test_a_focus_that_is_nothing_changes_nothing(linked: World, signed_in: SignIn, focus: str) -> None:
    answer = page(signed_in(linked.viewer), linked, f"?focus={focus}")
    assert answer.context["focus"] is None
    assert "<script>" not in answer.content.decode()


def test_what_is_missing_stands_on_top_with_what_to_do(linked: World, signed_in: SignIn) -> None:
    client = signed_in(linked.admin)
    found = page(client, linked).context["missing"]
    heads = [gap.head for gap in found]
    assert heads == [
        "既无任务，也无去向说明",
        "仅承接一部分或回应偏弱，且未说明其余去向",
        "仅按位置与不足配对的原因",
        "缺牵头单位、责任人或时限的任务",
        "未与上年关联的任务",
        "尚无佐证的任务",
        "推定而未确认的关联",
    ]
    assert [row["words"].split()[0] for row in found[4].rows] == ["1.2", "2.1", "2.2"]
    assert [row["words"].split()[0] for row in found[5].rows] == ["1.1"]
    assert [row["words"] for row in found[6].rows] == ["1.1 → 不足二"]
    assert all(row["url"] for gap in found for row in gap.rows)


def test_a_gap_goes_when_it_is_mended(linked: World, signed_in: SignIn) -> None:
    client = signed_in(linked.admin)
    linked.proof(linked.task)
    trace.dispose(linked.plan, by=linked.admin, kind="dropped", reason="不再安排", section=linked.items[1])
    trace.dispose(linked.plan, by=linked.admin, kind="dropped", reason="不再安排", shortcoming=linked.weak[0])
    trace.dispose(linked.plan, by=linked.admin, kind="dropped", reason="不再安排", shortcoming=linked.weak[1])
    heads = [gap.head for gap in page(client, linked).context["missing"]]
    assert "尚无佐证的任务" not in heads
    assert "既无任务，也无去向说明" not in heads


def test_what_a_task_lacks_is_named_and_led_to_by_those_who_may_confirm(linked: World, signed_in: SignIn) -> None:
    second, head = linked.tasks[1], "缺牵头单位、责任人或时限的任务"
    found = next(gap for gap in page(signed_in(linked.reviewer), linked).context["missing"] if gap.head == head)
    assert [row["words"].split("　")[0] for row in found.rows] == ["1.2", "2.1", "2.2"]
    first = found.rows[0]
    assert (first["note"], first["act"]) == ("缺牵头单位、缺责任人、缺时限", "确认任务")
    assert first["url"] == reverse("move", args=[second.pk, "confirm"])
    other = next(gap for gap in page(signed_in(linked.viewer), linked).context["missing"] if gap.head == head)
    assert (other.rows[0]["url"], other.rows[0]["act"]) == (reverse("task", args=[second.pk]), "看本任务")


def test_words_on_what_to_do_fit_the_person(linked: World, signed_in: SignIn) -> None:
    def acts_of(who: User) -> set[str]:
        return {row["act"] for gap in page(signed_in(who), linked).context["missing"] for row in gap.rows}

    assert {"去确认", "说明去向", "确认任务"} <= acts_of(linked.reviewer)
    assert acts_of(linked.viewer) == {"看本任务", "查看"}


def test_a_weak_answer_is_not_called_one_without_a_task(linked: World, signed_in: SignIn) -> None:
    trace.confirm(linked.task.shortcoming_links.get(), by=linked.admin)
    found = gaps(signed_in(linked.viewer), linked)
    assert [words.split("　")[0] for words in found["既无任务，也无去向说明"]] == ["举措 2", "不足一"]
    assert [words.split("　")[0] for words in found["仅承接一部分或回应偏弱，且未说明其余去向"]] == ["不足二"]


def test_a_task_whose_only_evidence_has_expired_says_so(linked: World, signed_in: SignIn) -> None:
    item = linked.proof(linked.task).evidence
    Evidence.objects.filter(pk=item.pk).update(valid_until=clock.today() - datetime.timedelta(days=1))
    client = signed_in(linked.viewer)
    for view in ("", "?as=table"):
        assert "1 件，已过期" in page(client, linked, view).content.decode()
    missing = page(client, linked).context["missing"]
    found = next(gap for gap in missing if gap.head == "尚无佐证的任务")
    assert found.rows[0]["note"].endswith("1 件，已过期")


def test_the_matrix_says_which_tasks_are_cancelled(linked: World, signed_in: SignIn) -> None:
    second = linked.started(linked.tasks[1])
    asked = requests.ask(second.pk, by=linked.staff, kind="cancellation", reason="机构撤并")
    requests.decide(asked.pk, by=linked.admin, approved=True, approving_body="区政府", basis_document="纪要3号")
    tasks.cancel(second.pk, by=linked.admin)
    rows = page(signed_in(linked.viewer), linked, "?as=matrix").context["matrix"]["rows"]
    assert [row["note"] for row in rows] == ["", "已取消", "", ""]


def test_a_link_to_changed_words_is_suspect(linked: World, signed_in: SignIn) -> None:
    with lifted():
        Measure.objects.filter(pk=linked.link.measure_id).update(text="另一句话")
    assert "存疑的关联：原文其后有变" in gaps(signed_in(linked.viewer), linked)


def test_what_becomes_of_it_is_said_in_every_view(linked: World, signed_in: SignIn) -> None:
    trace.dispose(linked.plan, by=linked.admin, kind="finished", reason="已办结归档", section=linked.items[1])
    trace.dispose(linked.plan, by=linked.admin, kind="dropped", reason="不再安排", shortcoming=linked.weak[0])
    client = signed_in(linked.viewer)
    for view in ("", "?as=table", "?as=matrix"):
        body = page(client, linked, view).content.decode()
        assert "去向：已完成 — 已办结归档" in body, view
        assert "去向：不再安排 — 不再安排" in body, view


def test_the_table_holds_what_no_task_takes_up(linked: World, signed_in: SignIn) -> None:
    found = page(signed_in(linked.viewer), linked, "?as=table").context["apart"]
    assert [node.name for node in found] == ["举措 2", "不足一"]


def acts(client: Client, world: World, head: str) -> dict[str, str]:
    """{number of a task: where its gap is mended}."""
    found = next(gap for gap in page(client, world).context["missing"] if gap.head == head)
    return {row["words"].split("　")[0]: row["url"] for row in found.rows}


def test_a_gap_leads_those_who_may_to_where_it_is_mended(linked: World, signed_in: SignIn) -> None:
    second = linked.tasks[1]
    at = reverse("task", args=[second.pk])
    assert acts(signed_in(linked.reviewer), linked, "未与上年关联的任务")["1.2"] == reverse(
        "link_task", args=[second.pk]
    )
    assert acts(signed_in(linked.staff), linked, "未与上年关联的任务")["1.2"] == at
    linked.confirmed(linked.tasks[2], unit=linked.second, supporting_units=[linked.office])
    supporter = linked.person("supporter", Role.CONTRIBUTOR, linked.office)
    started = tasks.report(linked.tasks[2].pk, by=linked.second_staff, progress=10, summary="开始")
    new, at = reverse("evidence_new", args=[started.pk]), reverse("task", args=[started.pk])
    given = {"second_staff": new, "staff": at, "reviewer": at, "viewer": at}
    for who, address in given.items():
        assert acts(signed_in(getattr(linked, who)), linked, "尚无佐证的任务")["2.1"] == address, who
    assert acts(signed_in(supporter), linked, "尚无佐证的任务")["2.1"] == new


def suspicious(linked: World) -> None:
    with lifted():
        Measure.objects.filter(pk=linked.link.measure_id).update(text="另一句话")


def test_suspect_links_are_cleared_one_by_one(linked: World, signed_in: SignIn) -> None:
    suspicious(linked)
    client, here = signed_in(linked.reviewer), reverse("trace", args=[linked.plan.pk])
    found = next(gap for gap in page(client, linked).context["missing"] if gap.head.startswith("存疑"))
    assert (found.settles, found.singly) == (False, True)
    body = page(client, linked).content.decode()
    name = f"measure-{linked.link.pk}"
    assert f'value="{name}"' not in body
    assert found.rows[0]["confirm_url"] in body and found.rows[0]["edit_url"] in body
    answer = client.post(
        reverse("settle_links", args=[linked.plan.pk]), {"verdict": "confirm", "links": [name]}, follow=True
    )
    assert "请逐条核对：1.1" in answer.content.decode()
    assert "存疑的关联：原文其后有变" in gaps(client, linked)
    answer = client.post(found.rows[0]["confirm_url"], {"next": here})
    assert answer.headers["Location"] == here
    assert "存疑的关联：原文其后有变" not in gaps(client, linked)
    line = TaskEvent.objects.latest("sequence")
    assert (line.kind, line.by, line.task) == ("link", linked.reviewer, linked.task)
    assert "存疑已消除" in line.detail
    link = type(linked.link).objects.get(pk=linked.link.pk)
    assert (link.confirmed_by, link.confirmed_at) == (linked.reviewer, line.at)


def test_nobody_else_is_offered_to_clear_one(linked: World, signed_in: SignIn) -> None:
    suspicious(linked)
    for who in ("staff", "leader", "auditor", "viewer"):
        body = page(signed_in(getattr(linked, who)), linked, f"?focus=task-{linked.task.pk}").content.decode()
        assert "存疑的关联" in body
        assert "/links/" not in body, who


@pytest.mark.parametrize("end", ["measure", "shortcoming", "task"])
def test_a_thread_in_focus_shows_its_links_with_what_can_be_done(linked: World, signed_in: SignIn, end: str) -> None:
    proposed = linked.task.shortcoming_links.get()
    keys = {"measure": linked.items[0].pk, "shortcoming": linked.weak[1].pk, "task": linked.task.pk}
    answer = page(signed_in(linked.reviewer), linked, f"?focus={end}-{keys[end]}")
    addresses = [row["edit_url"] for row in answer.context["focus"]["links"]]
    of = {
        "measure": [reverse("edit_measure_link", args=[linked.link.pk])],
        "shortcoming": [reverse("edit_shortcoming_link", args=[proposed.pk])],
    }
    assert sorted(addresses) == sorted(of[end] if end in of else [*of["measure"], *of["shortcoming"]])
    body = answer.content.decode()
    assert all(address in body for address in addresses)
    confirm = reverse("settle_shortcoming_link", args=[proposed.pk, "confirm"])
    assert (confirm in body) is (end != "measure")


def test_what_came_of_a_task(linked: World, signed_in: SignIn) -> None:
    client = signed_in(linked.viewer)

    def proof() -> tuple[int, str]:
        task = page(client, linked).context["areas"][0].tasks[0]
        return task.proof.count, task.proof.words

    assert proof() == (0, "")
    linked.proof(linked.task)
    row = indicators.add(linked.task.pk, by=linked.admin, name="考试人数", direction="up", unit="人")
    indicators.read(row.pk, by=linked.staff, value=1500)
    assert proof() == (1, "考试人数 1,500 人")
    tasks.submit(linked.task.pk, by=linked.staff, summary="都已完成")
    assert proof() == (1, "待单位确认")


def test_internal_evidence_is_not_counted_for_those_who_do_not_see_it(linked: World, signed_in: SignIn) -> None:
    linked.proof(linked.task, disclosure="internal")
    counts = {
        who: page(signed_in(getattr(linked, who)), linked).context["areas"][0].tasks[0].proof.count
        for who in ("staff", "reviewer", "viewer", "second_staff")
    }
    assert counts == {"staff": 1, "reviewer": 1, "viewer": 0, "second_staff": 0}


@pytest.mark.parametrize("view", ["table", "matrix", "nonsense"])
def test_the_same_without_lines(linked: World, signed_in: SignIn, view: str) -> None:
    body = page(signed_in(linked.viewer), linked, f"?as={view}").content.decode()
    assert "继续组织全员培训" in body
    assert ("<table" in body) == (view != "nonsense")


@pytest.mark.parametrize("number", [1, 3])
def test_statements_do_not_grow_with_the_tasks(world: World, signed_in: SignIn, number: int) -> None:
    measure = Measure.objects.of_report(world.report).first()
    for task in world.tasks[:number]:
        world.proof(world.started(task))
        trace.propose(task, measure, by=world.admin, strength="direct", rationale="同")
    client = signed_in(world.reviewer)
    page(client, world)
    with CaptureQueriesContext(connection) as looking:
        page(client, world)
    assert len(looking) == 12


@pytest.mark.parametrize("number", [29, 300])
@pytest.mark.parametrize("past", [False, True])
def test_statements_at_29_and_at_300_tasks(world: World, signed_in: SignIn, number: int, past: bool) -> None:
    linked_to = Shortcoming.objects.of_report(world.report).first()
    world.proof(world.started())
    assert repeat_tasks(world.plan, number) == number
    copies = Task.objects.filter(plan=world.plan, events=None)
    MeasureLink.objects.bulk_create(
        MeasureLink(
            task=task, measure=Measure.objects.first(), strength="direct", rationale="同", upstream_digest="x" * 64
        )
        for task in copies
    )
    trace.link(world.tasks[1].pk, linked_to, by=world.admin, strength="direct", rationale="同")
    repeat_history(world.plan, 1)
    client = signed_in(world.staff)
    query = "?as_of=2025-06-16" if past else ""
    page(client, world, query)
    with CaptureQueriesContext(connection) as looking:
        answer = page(client, world, query)
    assert sum(len(area.tasks) for area in answer.context["areas"]) == number
    assert len(looking) == (11 if past else 12)
