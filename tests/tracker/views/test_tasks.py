"""The page of one task: what it shows, to whom, and at what price."""

import datetime
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.worlds import World
from tracker import clock
from tracker.models import Cause, Draft, Evidence, Figure, Measure, Shortcoming, Task, TaskEvent, User
from tracker.presenters.timeline import SHOWN_AT_ONCE
from tracker.services import evidence, indicators, requests, tasks, trace

SignIn = Callable[[User], Client]
FRAME, PAGE = 4, 8


@pytest.fixture(autouse=True)
def english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


@contextmanager
def on(month: int, day: int, hour: int = 9) -> Iterator[None]:
    with clock.at(timezone.make_aware(datetime.datetime(2025, month, day, hour))):
        yield


def shown(client: Client, task: Task, query: str = "") -> Any:
    return client.get(reverse("task", args=[task.pk]) + query)


def words(client: Client, task: Task, query: str = "") -> str:
    """The page's text without tags, blanks folded."""
    html = shown(client, task, query).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html[html.index("<main") :]))


def entries(client: Client, task: Task, query: str = "?history=all") -> list[tuple[str, str, str, str]]:
    timeline = shown(client, task, query).context["timeline"]
    return [(entry.when, entry.who, entry.move, entry.change) for entry in timeline.entries]


def started(world: World, progress: int = 50, **values: Any) -> Task:
    """Confirmed on 1 April, reported on 20 May."""
    with on(4, 1):
        world.confirmed(**values)
    with on(5, 20, 17):
        return tasks.report(world.task.pk, by=world.staff, progress=progress, summary="已开展两期培训")


def linked(world: World) -> tuple[Any, Any]:
    """A confirmed direct link to a measure, a proposed indirect one to a shortcoming that has a cause."""
    measure = Measure.objects.filter(section__part__report=world.report).order_by("start")[0]
    shortcoming = Shortcoming.objects.get(part__report=world.report, number=1)
    Cause.objects.filter(part__report=world.report).update(shortcoming=None)
    cause = Cause.objects.filter(part__report=world.report).order_by("number")[0]
    cause.shortcoming, cause.paired_by_position = shortcoming, True
    cause.save()
    up = trace.propose(world.task, measure, by=world.admin, strength="direct", rationale="同一事项")
    with on(4, 15):
        trace.confirm(up, by=world.reviewer)
    answer = trace.propose(world.task, shortcoming, by=world.admin, strength="indirect", rationale="补足培训")
    return up, answer


def states(client: Client, task: Task) -> dict[str, str]:
    """{name of an action: its refusal, "" when it is possible}."""
    actions = shown(client, task).context["actions"]
    listed = [*actions.buttons, *actions.others, *([actions.primary] if actions.primary else [])]
    return {action.name: action.refusal for action in listed}


# ---------- What the page tells ----------


def test_the_head_names_code_title_light_and_reason(world: World, signed_in: SignIn) -> None:
    task = started(world, progress=20)
    text = words(signed_in(world.viewer), task)
    assert f"{task.code} {task.title}" in text
    assert "Yellow" in text and "26 points behind" in text
    assert "26 points behind: 20 of 46." in text


def test_breadcrumbs_and_neighbours_follow_the_order_of_the_report(world: World, signed_in: SignIn) -> None:
    first, second, third, _last = world.tasks
    context = shown(signed_in(world.viewer), second).context
    assert (context["previous"].code, context["next"].code) == ("1.1", "2.1")
    assert context["previous"].url == reverse("task", args=[first.pk])
    assert context["next"].url == reverse("task", args=[third.pk])
    assert shown(signed_in(world.viewer), first).context["previous"] is None
    assert reverse("ledger", args=[world.plan.pk]) in shown(signed_in(world.viewer), first).content.decode()


def test_the_whole_sentence_is_shown_with_the_tasks_words_marked(world: World, signed_in: SignIn) -> None:
    task = world.tasks[3]
    html = shown(signed_in(world.viewer), task).content.decode()
    assert "<p>开展执法评查，<mark>强化案卷管理，实现质量提升</mark>。</p>" in html
    source = shown(signed_in(world.viewer), task).context["source"]
    assert source.place == "Part 4, item 2, sentence 1"
    assert source.url == reverse("living_report", args=[world.plan.pk]) + "#task-2.2"
    assert [other.code for other in source.others] == ["2.1"]


def test_the_steps_carry_dates_reached_and_who_is_next(world: World, signed_in: SignIn) -> None:
    task = started(world)
    steps = [(step.label, step.note, step.state) for step in shown(signed_in(world.viewer), task).context["steps"]]
    assert steps == [
        ("Unconfirmed", "1 Apr", "done"),
        ("Not started", "1 Apr", "done"),
        ("In progress", "since 20 May", "current"),
        ("Awaiting sign-off", str(world.head), "ahead"),
        ("Under review", str(world.justice), "ahead"),
        ("Completed", "by 31 Dec", "ahead"),
    ]


def test_a_completed_task_stands_at_its_last_step(world: World, signed_in: SignIn) -> None:
    task = world.completed()
    steps = shown(signed_in(world.viewer), task).context["steps"]
    assert [step.state for step in steps] == ["done"] * 5 + ["current"]
    assert steps[-1].note == "16 Jun"


def test_a_cancelled_task_ends_where_it_was(world: World, signed_in: SignIn) -> None:
    task = cancelled(world)
    steps = [(step.label, step.state) for step in shown(signed_in(world.viewer), task).context["steps"]]
    assert steps[-2:] == [("In progress", "done"), ("Cancelled", "current")]
    assert "Cancelled" in words(signed_in(world.viewer), task)
    measure = Measure.objects.of_report(world.report)[0]
    trace.propose(task, measure, by=world.admin, strength="direct", rationale="延续")
    later = [(step.label, step.state) for step in shown(signed_in(world.viewer), task).context["steps"]]
    assert later[-2:] == steps[-2:]


def cancelled(world: World) -> Task:
    task = started(world)
    asked = requests.ask(task.pk, by=world.staff, kind="cancellation", reason="职能划转")
    requests.decide(
        asked.pk, by=world.admin, approved=True, approving_body="区政府", basis_document="甲政办〔2025〕3号"
    )
    return tasks.cancel(task.pk, by=world.admin)


def test_criteria_are_numbered_with_who_set_them_when_and_on_what_basis(world: World, signed_in: SignIn) -> None:
    context = shown(signed_in(world.viewer), started(world)).context
    assert context["criteria"] == ["完成培训", "通过考试"]
    assert context["criteria_note"] == f"set by {world.admin} on 1 Apr, basis: 分工会议纪要"


def test_what_is_not_set_is_shown_as_such(world: World, signed_in: SignIn) -> None:
    facts = {fact.label: fact for fact in shown(signed_in(world.viewer), world.task).context["facts"]}
    assert {facts[name].state for name in ("Lead unit", "Owner", "Due date", "Nature")} == {"missing"}
    assert "not yet set" in words(signed_in(world.viewer), world.task)


def test_the_facts_name_units_owner_and_the_basis_of_the_due_date(world: World, signed_in: SignIn) -> None:
    task = started(world, supporting_units=[world.second], accountable_leader="分管副区长")
    facts = {fact.label: fact for fact in shown(signed_in(world.viewer), task).context["facts"]}
    assert facts["Lead unit"].value == "区培训局"
    assert facts["Supporting units"].value == "区执法局"
    assert facts["Accountable leader"].value == "分管副区长"
    assert facts["Due date"].value == "31 Dec 2025"
    assert facts["Due date"].note == f"Source: 分工会议纪要, entered by {world.admin} on 1 Apr"


def test_the_owners_phone_is_for_everyone_but_viewers(world: World, signed_in: SignIn) -> None:
    User.objects.filter(pk=world.staff.pk).update(office_phone="8580-0001")
    task = started(world)
    assert "8580-0001" in words(signed_in(world.leader), task)
    assert "8580-0001" not in words(signed_in(world.viewer), task)


def test_milestones_say_whether_they_are_met_missed_next_or_to_come(world: World, signed_in: SignIn) -> None:
    task = world.confirmed()
    days = [(2, 1), (3, 1), (4, 1), (6, 20), (9, 1)]
    steps = [{"title": f"节点{m}", "due_on": datetime.date(2025, m, d), "share": m * 10} for m, d in days]
    steps[0]["met_on"], steps[1]["met_on"] = datetime.date(2025, 1, 30), datetime.date(2025, 3, 5)
    tasks.set_milestones(task.pk, by=world.admin, steps=steps)
    rows = shown(signed_in(world.viewer), task).context["milestones"]
    assert [(row["state"], row["words"]) for row in rows] == [
        ("met", "met 30 Jan"),
        ("met", "met 5 Mar, 4 days late"),
        ("missed", "76 days overdue"),
        ("next", "4 days left"),
        ("later", "to come"),
    ]


def test_indicators_show_latest_reading_baseline_words_target_and_a_line(world: World, signed_in: SignIn) -> None:
    task = started(world)
    figure = Figure.objects.filter(report=world.report, unit="次").order_by("position")[0]
    row = indicators.add(task.pk, by=world.admin, name="培训场次", direction="up", figure=figure, target=Decimal(1200))
    for day, value in ((1, 400), (10, 1100)):
        indicators.read(row.pk, by=world.staff, value=Decimal(value), on=datetime.date(2025, 6, day))
    shown_row = shown(signed_in(world.viewer), task).context["indicators"][0]
    assert shown_row["latest"] == "1,100" and shown_row["latest_on"] == "10 Jun"
    assert shown_row["baseline"] == f"{figure.value.normalize():,f}"
    assert shown_row["quote"] == figure.quote
    assert shown_row["target"] == "1,200"
    chart = shown_row["chart"]
    assert (chart.points, chart.baseline_y, chart.target_y) == ("3,13.7 113,4.3", "19", "3")
    assert shown_row["chart_words"].endswith("target 1,200") and "1,100" in shown_row["chart_words"]
    html = shown(signed_in(world.viewer), task).content.decode()
    assert "<polyline" in html and "style=" not in html


def test_links_show_the_published_words_and_who_confirmed_them(world: World, signed_in: SignIn) -> None:
    up, _answer = linked(world)
    rows = shown(signed_in(world.viewer), world.task).context["upstream"]
    assert [row["head"] for row in rows] == ["Continues measure 1", "Answers shortcoming 1", "Cause 1"]
    assert rows[0]["kind"] == "Direct link"
    assert rows[0]["words"] == up.measure.text
    assert (rows[0]["who"], rows[0]["when"]) == (f"confirmed by {world.reviewer}", "15 Apr")
    assert rows[1]["proposed"] and rows[1]["kind"] == "Indirect link"
    assert rows[2]["proposed"] and rows[2]["kind"] == "paired by position"


def test_a_proposed_link_offers_its_verdicts_to_those_who_may_give_them(world: World, signed_in: SignIn) -> None:
    _up, answer = linked(world)
    url = reverse("settle_shortcoming_link", args=[answer.pk, "confirm"])
    assert f'action="{url}"' in shown(signed_in(world.reviewer), world.task).content.decode()
    assert url not in shown(signed_in(world.staff), world.task).content.decode()
    assert "presumed, to be confirmed" in words(signed_in(world.staff), world.task)


def test_a_link_whose_upstream_words_changed_is_suspect(world: World, signed_in: SignIn) -> None:
    up, _answer = linked(world)
    assert "have changed since" not in words(signed_in(world.viewer), world.task)
    Measure.objects.filter(pk=up.measure_id).update(text="全年审核文件41件")
    assert "have changed since" in words(signed_in(world.viewer), world.task)


def test_a_dismissed_link_is_not_shown(world: World, signed_in: SignIn) -> None:
    _up, answer = linked(world)
    trace.dismiss(answer, by=world.reviewer)
    rows = shown(signed_in(world.viewer), world.task).context["upstream"]
    assert [row["head"] for row in rows] == ["Continues measure 1"]


def test_internal_evidence_is_for_the_units_of_the_task_and_those_who_oversee(world: World, signed_in: SignIn) -> None:
    task = started(world)
    world.proof(task)
    secret = world.proof(task, title="内部测算", disclosure="internal")
    evidence.judge(secret.pk, by=world.reviewer, authentic=True, timely=False, relevant=True, reason="日期不符")
    for person in (world.staff, world.reviewer, world.leader, world.auditor):
        assert "内部测算" in words(signed_in(person), task)
    for person in (world.viewer, world.second_staff):
        text = words(signed_in(person), task)
        assert "培训通知" in text
        assert "内部测算" not in text and secret.evidence.number not in text and "日期不符" not in text


def test_evidence_shows_number_document_number_date_disclosure_and_verdict(world: World, signed_in: SignIn) -> None:
    task = started(world)
    use = world.proof(task, document_number="甲司发[2025]6号")
    row = shown(signed_in(world.viewer), task).context["evidence"][0]
    assert (row["number"], row["title"], row["dated"]) == ("2025-1-1-01", "培训通知", "1 Feb 2025")
    assert row["detail"].startswith("甲司发〔2025〕6号")
    assert (str(row["disclosure"]), str(row["verdict_label"])) == ("Public", "To be judged")
    evidence.withdraw(use.pk, by=world.staff)
    assert shown(signed_in(world.viewer), task).context["evidence"] == []


# ---------- The timeline ----------


def test_the_timeline_tells_who_did_what_newest_first(world: World, signed_in: SignIn) -> None:
    task = started(world, progress=20)
    lines = entries(signed_in(world.viewer), task)
    assert [line for line in lines if line[1] != "System"] == [
        ("20 May, 17:00", str(world.staff), "Report progress", "Not started → In progress　progress 0 → 20"),
        ("1 Apr, 09:00", str(world.admin), "Confirm task", "Unconfirmed → Not started"),
        ("1 Apr, 09:00", str(world.admin), "Created from the report", ""),
    ]


def test_the_light_turns_on_the_day_the_schedule_runs_ahead(world: World, signed_in: SignIn) -> None:
    """For the whole year, confirmed on 1 April with 25 points due: yellow. 30 reported on 20 May, 38 due."""
    started(world, progress=30)
    lines = [line for line in entries(signed_in(world.viewer), world.task) if line[1] == "System"]
    assert lines == [
        ("25 May", "System", "Light", "Green → Yellow"),
        ("20 May, 17:00", "System", "Light", "Red → Green"),
        ("23 Apr", "System", "Light", "Yellow → Red"),
    ]


def test_the_timeline_tells_what_was_asked_replaced_and_decided(world: World, signed_in: SignIn) -> None:
    task = started(world)
    with on(6, 10):
        first = {"due_on": "2026-01-15"}
        requests.ask(task.pk, by=world.staff, kind="extension", reason="教室未定", changes=first)
    with on(6, 11):
        asked = requests.ask(
            task.pk, by=world.staff, kind="extension", reason="招标顺延", changes={"due_on": "2026-01-31"}
        )
    with on(6, 12):
        requests.decide(asked.pk, by=world.leader, approved=False, note="请按期完成")
    told = [
        (entry.move, entry.lines)
        for entry in shown(signed_in(world.staff), task).context["timeline"].entries
        if entry.move.startswith("Change")
    ]
    assert told == [
        ("Change decided", ("Extension: Refused", "due date: 31 Dec 2025 → 31 Jan 2026", "请按期完成")),
        (
            "Change requested",
            (
                "Extension",
                "due date: 31 Dec 2025 → 31 Jan 2026",
                "It replaces the extension that was asked for on 10 Jun.",
                "招标顺延",
            ),
        ),
        ("Change requested", ("Extension", "due date: 31 Dec 2025 → 15 Jan 2026", "教室未定")),
    ]
    assert "教室未定" not in words(signed_in(world.viewer), task, "?history=all")


def test_the_timeline_tells_on_what_basis_a_change_was_approved(world: World, signed_in: SignIn) -> None:
    task, basis = started(world), {"approving_body": "区政府常务会", "basis_document": "纪要3号"}
    changes = {"owner": world.head.pk, "criteria": "完成培训"}
    asked = requests.ask(task.pk, by=world.staff, kind="adjustment", reason="标准重复", changes=changes)
    requests.decide(asked.pk, by=world.reviewer, approved=True, **basis)
    newest = shown(signed_in(world.viewer), task).context["timeline"].entries[0]
    assert newest.lines == (
        "Adjustment: Approved",
        "Basis: 区政府常务会, 纪要3号",
        "completion criteria: 完成培训 / 通过考试 → 完成培训",
        "owner: 人-staff → 人-head",
    )


def test_the_light_of_today_is_the_last_turn_of_the_timeline(world: World, signed_in: SignIn) -> None:
    started(world, progress=30)
    context = shown(signed_in(world.viewer), world.task, "?history=all").context
    newest = next(entry for entry in context["timeline"].entries if entry.who == "System")
    assert newest.shape == context["row"].light.value


def test_a_raised_light_is_told_on_its_own_line(world: World, signed_in: SignIn) -> None:
    task = started(world)
    tasks.raise_light(task.pk, by=world.reviewer, light="red", reason="两次会议未到")
    line = entries(signed_in(world.viewer), task)[0]
    assert line[1:] == (str(world.reviewer), "Light raised", "Green → Red")
    assert "两次会议未到" in words(signed_in(world.viewer), task)


def test_a_decided_change_shows_old_and_new_value(world: World, signed_in: SignIn) -> None:
    task = started(world)
    asked = requests.ask(
        task.pk,
        by=world.staff,
        kind="adjustment",
        reason="标准不全",
        changes={"criteria": "完成培训"},
    )
    requests.decide(asked.pk, by=world.admin, approved=True, approving_body="区政府", basis_document="纪要3号")
    assert "completion criteria: 完成培训 / 通过考试 → 完成培训" in words(signed_in(world.viewer), task)


def test_a_request_is_for_the_units_of_the_task_and_those_who_oversee(world: World, signed_in: SignIn) -> None:
    task = started(world)
    requests.ask(task.pk, by=world.staff, kind="cancellation", reason="职能拟划转")
    for person in (world.staff, world.leader):
        text = words(signed_in(person), task)
        assert "职能拟划转" in text and "awaits a decision" in text
    for person in (world.viewer, world.second_staff):
        text = words(signed_in(person), task)
        assert "职能拟划转" not in text and "awaits a decision" not in text


def test_a_submission_is_told_to_others_once_it_is_signed(world: World, signed_in: SignIn) -> None:
    task = world.submitted()
    claim = "培训和考试都已完成"
    assert claim in words(signed_in(world.head), task)
    assert claim not in words(signed_in(world.reviewer), task)
    tasks.sign(task.pk, by=world.head)
    assert claim in words(signed_in(world.reviewer), task)


def test_only_the_latest_lines_are_shown_until_all_are_asked_for(world: World, signed_in: SignIn) -> None:
    task = started(world)
    for number in range(SHOWN_AT_ONCE):
        tasks.report(task.pk, by=world.staff, progress=60, summary=f"第{number}次")
    client = signed_in(world.viewer)
    part, whole = (shown(client, task, query).context["timeline"] for query in ("", "?history=all"))
    assert len(part.entries) == SHOWN_AT_ONCE
    assert part.older == len(whole.entries) - SHOWN_AT_ONCE > 0
    assert whole.older == 0
    assert "older lines" in words(client, task) and "older line" not in words(client, task, "?history=all")


def test_reports_alone_can_be_shown(world: World, signed_in: SignIn) -> None:
    task = started(world)
    moves = {line[2] for line in entries(signed_in(world.viewer), task, "?history=reports")}
    assert moves == {"Report progress"}


# ---------- What one may do ----------


def test_the_lead_units_contributor_is_offered_the_report_first(world: World, signed_in: SignIn) -> None:
    task = started(world)
    context = shown(signed_in(world.staff), task).context
    assert context["actions"].primary.url == reverse("report_progress", args=[task.pk])
    assert context["actions"].primary.label == "Report progress of June"
    assert [action.name for action in context["actions"].buttons] == ["no_change"]
    assert (
        states(signed_in(world.staff), task)["submit"] == "At least one evidence item is needed. Add one, then submit."
    )


def test_no_change_is_one_click_on_green_and_asks_why_on_yellow(world: World, signed_in: SignIn) -> None:
    task = started(world, progress=50)
    form = f'<form method="post" action="{reverse("no_change", args=[task.pk])}">'
    html = shown(signed_in(world.staff), task).content.decode()
    assert form in html and "Why has nothing changed?" not in html
    tasks.report(task.pk, by=world.staff, progress=30, summary="核减")
    html = shown(signed_in(world.staff), task).content.decode()
    assert form in html and "Why has nothing changed?" in html


def test_moves_that_are_not_possible_stay_listed_with_their_sentence(world: World, signed_in: SignIn) -> None:
    task = started(world)
    world.proof(task)
    refusals = states(signed_in(world.staff), task)
    assert refusals["submit"] == "" and refusals["report"] == ""
    assert refusals["sign"].startswith("This is done by: Unit head of the lead unit")
    assert refusals["approve"] == "This is done by: Reviewer."
    assert refusals["cancel"] == "This is done by: Administrator."
    html = shown(signed_in(world.staff), task).content.decode()
    assert 'aria-disabled="true"' in html and "This is done by: Reviewer." in html


@pytest.mark.parametrize("role", ["viewer", "auditor", "second_staff", "city_leader"])
def test_who_may_do_nothing_sees_no_button(world: World, signed_in: SignIn, role: str) -> None:
    actions = shown(signed_in(getattr(world, role)), started(world)).context["actions"]
    assert actions.primary is None and actions.buttons == ()
    assert all(action.refusal for action in actions.others)


def test_a_supporting_unit_is_offered_a_contribution(world: World, signed_in: SignIn) -> None:
    task = started(world, supporting_units=[world.second])
    assert shown(signed_in(world.second_staff), task).context["actions"].primary.name == "contribute"


@pytest.mark.parametrize(
    ("state", "person", "name"),
    [
        ("task", "reviewer", "confirm"),
        ("submitted", "head", "sign"),
        ("under_review", "reviewer", "review"),
    ],
)
def test_the_next_move_is_the_filled_button(
    world: World, signed_in: SignIn, state: str, person: str, name: str
) -> None:
    found = getattr(world, state)
    task = found() if callable(found) else found
    response = shown(signed_in(getattr(world, person)), task)
    assert response.context["actions"].primary.name == name
    assert response.content.decode().count("btn-primary") == 1


def test_evidence_that_is_not_accepted_is_named_at_the_greyed_close_out(world: World, signed_in: SignIn) -> None:
    task = world.under_review()
    refusal = states(signed_in(world.reviewer), task)["approve"]
    assert refusal == "Cannot be closed out yet: evidence 1 is not accepted. Accept all evidence first."
    world.accept_all(task)
    assert states(signed_in(world.reviewer), task)["approve"] == ""


def test_cancelling_waits_for_an_approved_request(world: World, signed_in: SignIn) -> None:
    task = started(world)
    assert states(signed_in(world.admin), task)["cancel"].startswith("An approved cancellation request")
    asked = requests.ask(task.pk, by=world.staff, kind="cancellation", reason="职能划转")
    requests.decide(asked.pk, by=world.admin, approved=True, approving_body="区政府", basis_document="纪要")
    assert states(signed_in(world.admin), task)["cancel"] == ""


def test_an_unsent_draft_is_announced_to_its_author_alone(world: World, signed_in: SignIn) -> None:
    task = started(world)
    tasks.save_draft(task, by=world.staff, values={"summary": "写了一半"})
    assert "You have an update that is not sent" in words(signed_in(world.staff), task)
    assert "You have an update that is not sent" not in words(signed_in(world.head), task)
    assert Draft.objects.count() == 1


# ---------- Who, how much, how safe ----------


def test_another_governments_task_does_not_exist(world: World, signed_in: SignIn) -> None:
    for person in (world.foreign_admin, world.foreign_staff):
        assert shown(signed_in(person), world.task).status_code == 404
    assert shown(signed_in(world.staff), world.foreign_task).status_code == 404
    assert shown(signed_in(world.city_leader), world.task).status_code == 200


def test_nobody_sees_a_task_without_signing_in(world: World, client: Client) -> None:
    assert shown(client, world.task).status_code == 302


def test_the_page_is_read_only(world: World, signed_in: SignIn) -> None:
    task = started(world)
    before = (Task.objects.values().get(pk=task.pk), TaskEvent.objects.count())
    shown(signed_in(world.staff), task)
    assert signed_in(world.staff).post(reverse("task", args=[task.pk])).status_code == 405
    assert (Task.objects.values().get(pk=task.pk), TaskEvent.objects.count()) == before


@pytest.mark.parametrize("person", ["staff", "reviewer", "admin"])
@pytest.mark.parametrize("number", [1, 3, 50])
def test_the_page_costs_twelve_queries_whatever_the_history(
    world: World,
    signed_in: SignIn,
    django_assert_num_queries: Any,
    number: int,
    person: str,
) -> None:
    task = started(world, supporting_units=[world.second, world.justice])
    linked(world)
    row = indicators.add(task.pk, by=world.admin, name="培训场次", direction="up")
    steps = [{"title": f"节点{n}", "due_on": datetime.date(2025, 7, 1), "share": 60} for n in range(number)]
    tasks.set_milestones(task.pk, by=world.admin, steps=steps)
    for n in range(number):
        with on(6, 1 + n % 15):
            tasks.report(task.pk, by=world.staff, progress=50, summary="进展")
            indicators.read(row.pk, by=world.staff, value=Decimal(n), note="订正")
            world.proof(task)
    requests.ask(task.pk, by=world.staff, kind="cancellation", reason="职能划转")
    client = signed_in(getattr(world, person))
    shown(client, task)  # the first page of a session also stores when it was last used
    with django_assert_num_queries(FRAME + PAGE):
        assert shown(client, task).status_code == 200


def test_texts_are_escaped(world: World, signed_in: SignIn) -> None:
    payload = "<script>alert(1)</script>"
    task = started(world, due_basis=payload, accountable_leader=payload, criteria=payload)
    tasks.report(task.pk, by=world.staff, progress=50, summary=payload, problems=payload, next_steps=payload)
    world.proof(task, title=payload)
    html = shown(signed_in(world.staff), task).content.decode()
    assert payload not in html and "&lt;script&gt;alert(1)" in html
    assert Evidence.objects.count() == 1
