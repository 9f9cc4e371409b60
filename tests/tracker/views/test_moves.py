"""Moves, requests and raised lights made through their pages."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.worlds import World
from tracker import clock
from tracker.enums import RequestState, Status
from tracker.models import ChangeRequest, Task, TaskEvent, User
from tracker.services import requests, tasks

SignIn = Callable[[User], Client]
HIGHEST = 2**63


@pytest.fixture(autouse=True)
def english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


def url(task: Task, move: str) -> str:
    return reverse("move", args=[task.pk, move])


def send(client: Client, address: str, task: Task, **values: Any) -> Any:
    """Post as the page would: with the version that is on it."""
    return client.post(
        address,
        {"version": Task.objects.get(pk=task.pk).version, **values},
    )


def promises(world: World, **values: Any) -> dict[str, Any]:
    return {
        "lead_unit": world.bureau.pk,
        "owner": world.staff.pk,
        "due_on": "2025-12-31",
        "due_basis": "分工会议纪要",
        "criteria": " 完成培训 \n\n通过考试\n",
        "nature": "phased",
        "supporting_units": [world.second.pk],
        "accountable_leader": "分管副区长",
        "starts_on": "2025-06-20",
        **values,
    }


def cancellable(world: World) -> Task:
    task = world.started()
    asked = requests.ask(task.pk, by=world.staff, kind="cancellation", reason="职能划转")
    requests.decide(asked.pk, by=world.admin, approved=True, approving_body="区政府", basis_document="纪要3号")
    return Task.objects.get(pk=task.pk)


def provable(world: World) -> Task:
    task = world.started()
    world.proof(task)
    return task


def closable(world: World) -> Task:
    task = world.under_review()
    world.accept_all(task)
    return task


# move: (how the task got there, who makes it, what is typed, the status afterwards, who may not)
JOURNEY: dict[str, tuple[Callable[[World], Task], str, dict[str, str], Status, str]] = {
    "submit": (provable, "staff", {"summary": "两条标准都已达到"}, Status.AWAITING_SIGN_OFF, "second_staff"),
    "sign": (World.submitted, "head", {}, Status.UNDER_REVIEW, "staff"),
    "withdraw": (World.submitted, "staff", {"reason": "材料有误"}, Status.IN_PROGRESS, "second_staff"),
    "return": (World.under_review, "reviewer", {"reason": "缺考试名单"}, Status.IN_PROGRESS, "staff"),
    "approve": (closable, "reviewer", {"remark": "材料齐全"}, Status.COMPLETED, "head"),
    "reopen": (World.completed, "admin", {"reason": "考试作废"}, Status.IN_PROGRESS, "staff"),
    "cancel": (cancellable, "admin", {"reason": ""}, Status.CANCELLED, "reviewer"),
}


@pytest.mark.parametrize("move", JOURNEY)
def test_the_right_person_makes_the_move_through_its_page(world: World, signed_in: SignIn, move: str) -> None:
    arrive, person, typed, after, _other = JOURNEY[move]
    task, client = arrive(world), signed_in(getattr(world, person))
    assert client.get(url(task, move)).status_code == 200
    response = send(client, url(task, move), task, **typed)
    assert response.status_code == 302 and response.url == task.get_absolute_url()
    task.refresh_from_db()
    assert task.status == after
    event = TaskEvent.objects.filter(task=task).latest("sequence")
    assert (event.kind, event.by) == (move, getattr(world, person))
    assert set(filter(None, typed.values())) <= {event.summary, event.reason}


@pytest.mark.parametrize("move", JOURNEY)
def test_the_wrong_person_gets_the_sentence_and_changes_nothing(world: World, signed_in: SignIn, move: str) -> None:
    arrive, _person, typed, _after, other = JOURNEY[move]
    task, client = arrive(world), signed_in(getattr(world, other))
    lines = TaskEvent.objects.count()
    answers = [client.get(url(task, move)), send(client, url(task, move), task, **typed)]
    for response in answers:
        assert response.status_code == 403
        assert response.context["sentence"].startswith("This is done by")
        assert '<form method="post" novalidate>' not in response.content.decode()
    assert TaskEvent.objects.count() == lines
    assert Task.objects.get(pk=task.pk).version == task.version


@pytest.mark.parametrize("move", JOURNEY)
def test_a_move_from_the_wrong_status_gets_the_sentence(world: World, signed_in: SignIn, move: str) -> None:
    person = JOURNEY[move][1]
    task = world.confirmed()
    response = signed_in(getattr(world, person)).get(url(task, move))
    assert response.status_code == 409
    assert response.context["sentence"]


@pytest.mark.parametrize("move", ["withdraw", "return", "reopen", "submit"])
def test_a_reason_is_asked_for_in_words(world: World, signed_in: SignIn, move: str) -> None:
    arrive, person, typed, _after, _other = JOURNEY[move]
    task, client = arrive(world), signed_in(getattr(world, person))
    response = send(client, url(task, move), task, **dict.fromkeys(typed, "   "))
    assert response.status_code == 400
    assert list(response.context["form"].errors) == list(typed)
    assert Task.objects.get(pk=task.pk).status == task.status


@pytest.mark.parametrize("move", [*JOURNEY, "confirm"])
def test_looking_changes_nothing(world: World, signed_in: SignIn, move: str) -> None:
    task = JOURNEY[move][0](world) if move in JOURNEY else world.task
    before = (Task.objects.values().get(pk=task.pk), TaskEvent.objects.count())
    for person in ("staff", "head", "reviewer", "admin", "viewer", "auditor", "leader", "second_staff"):
        signed_in(getattr(world, person)).get(url(task, move))
    assert (Task.objects.values().get(pk=task.pk), TaskEvent.objects.count()) == before


@pytest.mark.parametrize("move", JOURNEY)
def test_somebody_elses_change_shows_and_what_was_typed_is_kept(world: World, signed_in: SignIn, move: str) -> None:
    arrive, person, typed, after, _other = JOURNEY[move]
    task, client = arrive(world), signed_in(getattr(world, person))
    typed = dict.fromkeys(typed, "这是我写的话")
    response = client.post(url(task, move), {"version": task.version - 1, **typed})
    assert response.status_code == 409
    conflict = response.context["conflict"]
    latest = TaskEvent.objects.filter(task=task).exclude(kind__in=tasks.BESIDE).latest("sequence")
    assert latest.by_label in conflict["title"] and task.get_status_display() in conflict["what"]
    html = response.content.decode()
    assert html.count("这是我写的话") >= len(typed)
    assert Task.objects.get(pk=task.pk).status == task.status
    version = response.context["form"]["version"].value()
    assert client.post(url(task, move), {"version": version, **typed}).status_code == 302
    assert Task.objects.get(pk=task.pk).status == after


@pytest.mark.parametrize("version", ["", "abc", "-1", str(HIGHEST), "1.5", "1; DROP TABLE"])
def test_a_forged_version_changes_nothing(world: World, signed_in: SignIn, version: str) -> None:
    task = world.submitted()
    response = signed_in(world.staff).post(url(task, "withdraw"), {"version": version, "reason": "材料有误"})
    assert response.status_code in (400, 409)
    assert "材料有误" in response.content.decode()
    assert Task.objects.get(pk=task.pk).status == Status.AWAITING_SIGN_OFF


def test_a_forged_version_tells_a_stranger_nothing(world: World, signed_in: SignIn) -> None:
    task = world.submitted()
    response = signed_in(world.viewer).post(url(task, "withdraw"), {"version": 0, "reason": "x"})
    assert response.status_code == 403
    assert "培训和考试都已完成" not in response.content.decode()


def test_the_task_of_another_government_does_not_exist(world: World, signed_in: SignIn) -> None:
    for move in ("confirm", "cancel", "return"):
        for client in (signed_in(world.admin), signed_in(world.reviewer)):
            assert client.get(url(world.foreign_task, move)).status_code == 404
            assert send(client, url(world.foreign_task, move), world.foreign_task).status_code == 404


def test_a_unit_above_reads_and_cannot_move(world: World, signed_in: SignIn) -> None:
    response = signed_in(world.city_leader).get(url(world.task, "confirm"))
    assert response.status_code == 403
    assert "belongs to another government" in response.context["sentence"]


def test_unknown_moves_and_kinds_do_not_exist(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.admin)
    assert client.get(url(world.task, "explode")).status_code == 404
    assert client.get(reverse("request_change", args=[world.task.pk, "explode"])).status_code == 404


def test_reporting_has_a_page_of_its_own(world: World, signed_in: SignIn) -> None:
    task = world.confirmed()
    response = signed_in(world.staff).get(url(task, "report"))
    assert response.status_code == 302 and response.url == reverse("report_progress", args=[task.pk])


def test_the_page_says_what_will_happen(world: World, signed_in: SignIn) -> None:
    task = provable(world)
    assert signed_in(world.staff).get(url(task, "submit")).context["change"] == "In progress → Awaiting sign-off"
    assert signed_in(world.head).get(url(task, "submit")).context["change"] == "In progress → Under review"


def test_nothing_is_signed_without_a_token(world: World) -> None:
    task, client = world.submitted(), Client(enforce_csrf_checks=True)
    client.force_login(world.head, backend="tracker.authentication.UnitBackend")
    assert send(client, url(task, "sign"), task).status_code == 403
    assert Task.objects.get(pk=task.pk).status == Status.AWAITING_SIGN_OFF


# ---------- Confirming ----------


def test_confirming_sets_everything_a_task_needs(world: World, signed_in: SignIn) -> None:
    task, client = world.task, signed_in(world.reviewer)
    assert send(client, url(task, "confirm"), task, **promises(world)).status_code == 302
    task.refresh_from_db()
    assert (task.status, task.owner, task.lead_unit) == (Status.NOT_STARTED, world.staff, world.bureau)
    assert task.criteria == "完成培训\n通过考试"
    assert task.starts_on == datetime.date(2025, 6, 20)
    assert list(task.supporting_units.all()) == [world.second]


def test_what_is_missing_is_named_all_at_once(world: World, signed_in: SignIn) -> None:
    task, client = world.task, signed_in(world.reviewer)
    given = promises(world, criteria="  \n ", nature="", due_basis="")
    response = send(client, url(task, "confirm"), task, **given)
    assert response.status_code == 400
    sentence = "Cannot be confirmed yet; missing: deadline basis, completion criteria, nature."
    assert sentence in response.content.decode()
    assert Task.objects.get(pk=task.pk).status == Status.UNCONFIRMED


def test_an_owner_of_another_unit_is_refused_by_name(world: World, signed_in: SignIn) -> None:
    task, client = world.task, signed_in(world.reviewer)
    response = send(client, url(task, "confirm"), task, **promises(world, owner=world.second_staff.pk))
    assert response.status_code == 400
    error = f"{world.second_staff} does not belong to the lead unit, 区培训局."
    assert response.context["form"].errors["owner"] == [error]


def test_units_and_people_of_other_governments_cannot_be_chosen(world: World, signed_in: SignIn) -> None:
    task, client = world.task, signed_in(world.reviewer)
    html = client.get(url(task, "confirm")).content.decode()
    assert "乙区培训局" not in html and str(world.foreign_staff) not in html
    given = promises(world, lead_unit=world.foreign_bureau.pk, owner=world.foreign_staff.pk)
    response = send(client, url(task, "confirm"), task, **given)
    assert set(response.context["form"].errors) == {"lead_unit", "owner"}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("2025-13-45", "“2025-13-45” is not a date; write it like 2025-09-30."),
        ("九月三十日", "“九月三十日” is not a date; write it like 2025-09-30."),
        ("0000-00-00", "“0000-00-00” is not a date; write it like 2025-09-30."),
        ("2025-06-19", "The due date 2025-06-19 lies before the planned start 2025-06-20."),
        ("2024-12-31", "The due date 2024-12-31 lies before the planned start 2025-06-20."),
    ],
)
def test_a_bad_due_date_is_named(world: World, signed_in: SignIn, typed: str, sentence: str) -> None:
    task, client = world.task, signed_in(world.reviewer)
    response = send(client, url(task, "confirm"), task, **promises(world, due_on=typed))
    assert response.status_code == 400
    assert response.context["form"].errors["due_on"] == [sentence]


def test_a_conflict_shows_both_values_and_takes_the_one_that_is_picked(world: World, signed_in: SignIn) -> None:
    task, client = world.task, signed_in(world.reviewer)
    opened = task.version
    tasks.edit(task.pk, by=world.admin, due_on=datetime.date(2025, 10, 31))
    response = client.post(url(task, "confirm"), {"version": opened, **promises(world)})
    assert response.status_code == 409
    rows = {row["name"]: (row["theirs"], row["mine"]) for row in response.context["conflict"]["rows"]}
    assert rows == {"due_on": ("31 Oct 2025", "31 Dec 2025")}
    version = response.context["form"]["version"].value()
    again = {"version": version, **promises(world), "take-due_on": "theirs", "take-lead_unit": "mine"}
    assert client.post(url(task, "confirm"), again).status_code == 302
    task.refresh_from_db()
    assert (task.due_on, task.lead_unit) == (datetime.date(2025, 10, 31), world.bureau)


# ---------- Requests ----------


def request_url(task: Task, kind: str) -> str:
    return reverse("request_change", args=[task.pk, kind])


def test_an_extension_is_asked_for_with_date_reason_and_progress(world: World, signed_in: SignIn) -> None:
    task = world.started(due_on=datetime.date(2025, 9, 30))
    given = {"due_on": "2025-11-30", "reason": "场地未落实", "progress_note": "完成两期"}
    assert send(signed_in(world.staff), request_url(task, "extension"), task, **given).status_code == 302
    asked = ChangeRequest.objects.get(task=task)
    assert (asked.reason, asked.progress_note) == ("场地未落实", "完成两期")
    assert asked.changes == {"due_on": ["2025-09-30", "2025-11-30"]}
    assert Task.objects.get(pk=task.pk).due_on == datetime.date(2025, 9, 30)


@pytest.mark.parametrize("typed", ["", "2025-09-30", "2025-09-01", "tomorrow", "2025-02-30"])
def test_an_extension_needs_a_later_date(world: World, signed_in: SignIn, typed: str) -> None:
    task = world.started(due_on=datetime.date(2025, 9, 30))
    given = {"due_on": typed, "reason": "场地未落实"}
    response = send(signed_in(world.staff), request_url(task, "extension"), task, **given)
    assert response.status_code == 400
    assert response.context["form"].errors
    assert "场地未落实" in response.content.decode()
    assert not ChangeRequest.objects.exists()


def test_an_extension_must_be_asked_before_the_due_date(world: World, signed_in: SignIn) -> None:
    task, client = world.started(due_on=datetime.date(2025, 8, 31)), signed_in(world.staff)
    sentence = "this task was due on 31 Aug. An adjustment can be asked for."
    with clock.at(clock.now() + datetime.timedelta(days=77)):
        response = client.get(request_url(task, "extension"))
        assert (response.status_code, sentence in response.context["sentence"]) == (409, True)
        given = {"due_on": "2025-11-30", "reason": "场地未落实"}
        response = send(client, request_url(task, "extension"), task, **given)
        assert response.status_code == 409
        html = response.content.decode()
        assert sentence in html and "场地未落实" in html
        assert "31 Aug" in client.get(task.get_absolute_url()).content.decode()
    assert not ChangeRequest.objects.exists()


@pytest.mark.parametrize("kind", ["extension", "adjustment"])
def test_a_date_in_the_year_9999_is_refused_at_its_field(world: World, signed_in: SignIn, kind: str) -> None:
    task = world.started()
    given = {**promises(world, due_on="9999-12-31"), "reason": "场地未落实"}
    response = send(signed_in(world.staff), request_url(task, kind), task, **given)
    sentence = "A due date lies at most one year after the plan's last day: by 31 Dec 2026."
    assert response.context["form"].errors == {"due_on": [sentence]}
    assert not ChangeRequest.objects.exists()


def test_an_adjustment_stores_only_what_differs(world: World, signed_in: SignIn) -> None:
    task = world.started()
    same = {name: promises(world)[name] for name in ("lead_unit", "owner", "due_on", "due_basis", "nature")}
    given = {**same, "criteria": "完成培训", "reason": "标准重复"}
    assert send(signed_in(world.staff), request_url(task, "adjustment"), task, **given).status_code == 302
    assert ChangeRequest.objects.get().changes == {"criteria": ["完成培训\n通过考试", "完成培训"]}


def test_an_adjustment_of_nothing_is_refused(world: World, signed_in: SignIn) -> None:
    task = world.started()
    same = {name: promises(world)[name] for name in ("lead_unit", "owner", "due_on", "due_basis", "nature")}
    given = {**same, "criteria": "完成培训\n通过考试", "reason": "标准重复"}
    response = send(signed_in(world.staff), request_url(task, "adjustment"), task, **given)
    assert response.status_code == 400
    assert "Say what is to change." in response.content.decode()


def test_an_adjustment_cannot_empty_a_promise_or_name_a_foreign_owner(world: World, signed_in: SignIn) -> None:
    task = world.started()
    given = {**promises(world), "criteria": "", "owner": world.second_staff.pk, "reason": "标准重复"}
    response = send(signed_in(world.staff), request_url(task, "adjustment"), task, **given)
    assert response.context["form"].errors == {"criteria": ["This cannot be left empty."]}
    given["criteria"] = "完成培训"
    response = send(signed_in(world.staff), request_url(task, "adjustment"), task, **given)
    assert "does not belong to the lead unit" in response.content.decode()
    assert not ChangeRequest.objects.exists()


def test_a_new_request_says_which_open_one_it_replaces(world: World, signed_in: SignIn) -> None:
    task, client = world.started(), signed_in(world.staff)
    send(client, request_url(task, "cancellation"), task, reason="职能划转")
    response = client.get(request_url(task, "extension"))
    assert "职能划转" in response.content.decode()
    assert response.context["standing"]["words"] == f"Cancellation, asked for by {world.staff} on 16 Jun"
    given = {"due_on": "2026-01-31", "reason": "场地未落实"}
    answer = send(client, request_url(task, "extension"), task, **given)
    assert answer.status_code == 302
    [*_before, told] = [str(message) for message in client.get(answer.headers["Location"]).context["messages"]]
    assert told == (
        "Asked for 1.1. It replaces the cancellation that was asked for on 16 Jun. "
        "The task stays as it is until a decision is made."
    )
    assert [row.state for row in ChangeRequest.objects.order_by("pk")] == [
        RequestState.REPLACED,
        RequestState.OPEN,
    ]


def test_a_request_upon_an_old_version_is_a_conflict(world: World, signed_in: SignIn) -> None:
    task, client = world.started(), signed_in(world.staff)
    given = {"version": task.version - 1, "reason": "职能划转"}
    response = client.post(request_url(task, "cancellation"), given)
    assert response.status_code == 409 and "职能划转" in response.content.decode()
    given["version"] = response.context["form"]["version"].value()
    assert client.post(request_url(task, "cancellation"), given).status_code == 302


@pytest.mark.parametrize("kind", ["extension", "adjustment", "cancellation"])
@pytest.mark.parametrize("person", ["second_staff", "viewer", "leader", "auditor", "reviewer"])
def test_only_the_lead_unit_or_an_administrator_asks(world: World, signed_in: SignIn, kind: str, person: str) -> None:
    task, client = world.started(), signed_in(getattr(world, person))
    assert client.get(request_url(task, kind)).status_code == 403
    assert send(client, request_url(task, kind), task, reason="x").status_code == 403
    assert not ChangeRequest.objects.exists()


# ---------- Lights ----------


def light_url(task: Task) -> str:
    return reverse("raise_light", args=[task.pk])


def test_a_reviewer_raises_a_light_and_takes_it_back(world: World, signed_in: SignIn) -> None:
    task, client = world.started(), signed_in(world.reviewer)
    page = client.get(light_url(task))
    assert [value for value, _label in page.context["form"].fields["light"].choices] == [
        "blue",
        "yellow",
        "red",
    ]
    assert send(client, light_url(task), task, light="red", reason="两次会议未到").status_code == 302
    assert Task.objects.get(pk=task.pk).raised_light == "red"
    assert send(client, light_url(task), task, light="", reason="已到会").status_code == 302
    assert Task.objects.get(pk=task.pk).raised_light == ""


def test_a_light_is_never_lowered(world: World, signed_in: SignIn) -> None:
    task, client = world.started(progress=20), signed_in(world.reviewer)
    response = send(client, light_url(task), task, light="blue", reason="说明")
    assert response.status_code == 400
    assert list(response.context["form"].errors) == ["light"]
    assert Task.objects.get(pk=task.pk).raised_light == ""


def test_a_light_that_is_red_already_cannot_be_raised(world: World, signed_in: SignIn) -> None:
    task = world.started(progress=1)
    response = signed_in(world.reviewer).get(light_url(task))
    assert response.status_code == 409
    assert response.context["sentence"] == "A light can only be raised; the rule gives Red already."


def test_others_do_not_raise_lights(world: World, signed_in: SignIn) -> None:
    task = world.started()
    for person in (world.staff, world.head, world.admin, world.leader, world.viewer):
        assert send(signed_in(person), light_url(task), task, light="red", reason="x").status_code == 403
    assert Task.objects.get(pk=task.pk).raised_light == ""


def test_texts_are_escaped_when_they_come_back(world: World, signed_in: SignIn) -> None:
    payload = "</textarea><script>alert(1)</script>"
    task = world.submitted()
    response = signed_in(world.staff).post(url(task, "withdraw"), {"version": 0, "reason": payload})
    assert response.status_code == 409
    assert payload not in response.content.decode()
    send(signed_in(world.staff), url(task, "withdraw"), task, reason=payload)
    assert payload not in signed_in(world.viewer).get(task.get_absolute_url()).content.decode()


@pytest.mark.parametrize("text", ["\x00", "x" * 2001, "\ud7ff" * 3])
def test_strange_texts_are_answered_and_not_broken_by(world: World, signed_in: SignIn, text: str) -> None:
    task = world.submitted()
    response = send(signed_in(world.staff), url(task, "withdraw"), task, reason=text)
    assert response.status_code in (302, 400)
