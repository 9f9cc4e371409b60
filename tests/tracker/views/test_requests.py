"""The queue of change requests: seen by those concerned, decided by somebody else than who asked."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tracker.models import ChangeRequest, Task, TaskEvent
from tracker.services import requests


@pytest.fixture
def desk(world):
    world.open_task = world.started()
    world.request = requests.ask(
        world.open_task.pk, by=world.staff, kind="extension", reason="教室未定", changes={"due_on": "2026-01-31"}
    )
    world.queue = reverse("requests", args=[world.plan.pk])
    world.address = reverse("decide_request", args=[world.request.pk])
    return world


def typed(**changed):
    return {"decision": "approved", "approving_body": "区政府", "basis_document": "纪要3号", "note": "", **changed}


def test_the_queue_leads_to_the_decision(desk, signed_in):
    client = signed_in(desk.reviewer)
    [row] = client.get(desk.queue).context["waiting"]
    assert (row["decide_url"], row["changes"][0]["old"], row["changes"][0]["new"]) == (
        desk.address,
        "2025年12月31日",
        "2026年1月31日",
    )
    assert client.post(desk.address, typed()).headers["Location"] == desk.queue
    assert Task.objects.get(pk=desk.open_task.pk).due_on.isoformat() == "2026-01-31"
    page = client.get(desk.queue)
    assert page.context["waiting"] == []
    assert "纪要3号" in page.context["settled"][0]["decided"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"decision": ""}, "decision"),
        ({"decision": "maybe"}, "decision"),
        ({"basis_document": ""}, "basis_document"),
        ({"decision": "refused"}, "note"),
        ({"basis_document": "x" * 201}, "basis_document"),
    ],
)
def test_what_is_wrong_is_named_and_kept(desk, signed_in, wrong, field):
    page = signed_in(desk.reviewer).post(desk.address, typed(**wrong))
    assert (page.status_code, list(page.context["form"].errors)) == (400, [field])
    assert page.context["form"]["approving_body"].value() == "区政府"
    assert ChangeRequest.objects.get().state == "open"


def test_nobody_decides_what_they_asked_for(desk, signed_in):
    own = requests.ask(desk.open_task.pk, by=desk.admin, kind="cancellation", reason="改革")
    client = signed_in(desk.admin)
    assert client.post(reverse("decide_request", args=[own.pk]), typed()).status_code == 403
    assert client.get(desk.queue).context["waiting"][0]["decide_url"] == ""
    own.refresh_from_db()
    assert own.state == "open"


def test_a_request_that_was_replaced_is_not_decided(desk, signed_in):
    requests.ask(desk.open_task.pk, by=desk.staff, kind="cancellation", reason="改革")
    assert signed_in(desk.reviewer).post(desk.address, typed()).status_code == 409


def test_others_see_no_row(desk, signed_in):
    for who in (desk.second_staff, desk.viewer):
        assert signed_in(who).get(desk.queue).context["waiting"] == []
        assert signed_in(who).get(desk.address).status_code == 404
    assert len(signed_in(desk.staff).get(desk.queue).context["waiting"]) == 1
    assert signed_in(desk.staff).get(desk.address).status_code == 403


def test_the_number_of_statements_does_not_grow(desk, signed_in):
    client = signed_in(desk.reviewer)

    def statements():
        with CaptureQueriesContext(connection) as found:
            client.get(desk.queue)
        return len(found)

    client.get(desk.queue)
    one = statements()
    for task in desk.tasks[1:4]:
        started = desk.started(task)
        requests.ask(started.pk, by=desk.staff, kind="extension", reason="未定", changes={"due_on": "2026-01-31"})
    assert len(client.get(desk.queue).context["waiting"]) == 4
    assert statements() == one


# ---------- Ways to the queue ----------


def labels(client, world):
    page = client.get(reverse("home", args=[world.plan.pk]))
    return [entry["label"] for entry in page.context["navigation"]], page


@pytest.mark.parametrize("who", ["admin", "reviewer", "reviewer_office", "leader", "auditor"])
def test_those_who_oversee_find_the_queue_in_the_navigation(world, signed_in, who):
    assert world.plan
    assert "变更申请" in labels(signed_in(getattr(world, who)), world)[0]


@pytest.mark.parametrize("who", ["staff", "head"])
def test_units_find_the_queue_once_something_was_asked_for_their_tasks(desk, signed_in, who):
    named, page = labels(signed_in(getattr(desk, who)), desk)
    assert "变更申请" in named
    assert f'href="{desk.queue}"' in page.content.decode()
    desk.request.delete()
    assert "变更申请" not in labels(signed_in(getattr(desk, who)), desk)[0]


def test_a_supporting_unit_finds_the_queue_too(desk, signed_in):
    assert "变更申请" not in labels(signed_in(desk.second_staff), desk)[0]
    desk.open_task.supporting_units.add(desk.second)
    assert "变更申请" in labels(signed_in(desk.second_staff), desk)[0]


def test_nobody_else_is_led_there(desk, signed_in):
    for who in (desk.viewer, desk.city_leader, desk.second_head):
        assert "变更申请" not in labels(signed_in(who), desk)[0]


def test_a_viewer_of_a_unit_that_asked_finds_the_queue(desk, signed_in):
    reader = desk.person("reader", "viewer", desk.bureau)
    assert "变更申请" in labels(signed_in(reader), desk)[0]


@pytest.mark.parametrize("who", ["admin", "reviewer", "leader"])
def test_the_home_page_counts_what_waits_for_a_decision(desk, signed_in, who):
    page = labels(signed_in(getattr(desk, who)), desk)[1]
    assert page.context["asked"] == {"number": 1, "url": desk.queue}
    assert "没有事等您办" not in page.context["greeting"]


@pytest.mark.parametrize("who", ["auditor", "staff", "viewer", "city_leader"])
def test_the_home_page_asks_no_decision_of_others(desk, signed_in, who):
    assert labels(signed_in(getattr(desk, who)), desk)[1].context["asked"] is None


def test_a_leader_decides_from_the_queue(desk, signed_in):
    client = signed_in(desk.leader)
    assert client.get(desk.queue).context["waiting"][0]["decide_url"] == desk.address
    assert client.post(desk.address, typed()).status_code == 302
    assert ChangeRequest.objects.get().decided_by == desk.leader


@pytest.mark.parametrize("number", [1, 3])
def test_the_way_to_the_queue_costs_no_statement(desk, signed_in, number, django_assert_num_queries):
    for task in desk.tasks[1:number]:
        started = desk.started(task)
        requests.ask(started.pk, by=desk.staff, kind="extension", reason="未定", changes={"due_on": "2026-01-31"})
    client = signed_in(desk.staff)
    labels(client, desk)
    with django_assert_num_queries(14):
        labels(client, desk)


# ---------- Taken back ----------


def test_the_unit_takes_a_request_back_from_the_queue(desk, signed_in):
    client = signed_in(desk.head)
    [row] = client.get(desk.queue).context["waiting"]
    assert row["withdraw_url"] == reverse("withdraw_request", args=[desk.request.pk])
    page = client.get(row["withdraw_url"])
    assert page.status_code == 200
    answer = client.post(row["withdraw_url"], {"version": page.context["task"].version, "reason": "教室已定"})
    assert answer.headers["Location"] == desk.open_task.get_absolute_url()
    desk.request.refresh_from_db()
    assert desk.request.state == "withdrawn"
    assert TaskEvent.objects.latest("sequence").reason == "教室已定"


def test_taking_back_without_a_reason_keeps_the_request(desk, signed_in):
    address = reverse("withdraw_request", args=[desk.request.pk])
    page = signed_in(desk.staff).post(address, {"version": desk.open_task.version, "reason": " "})
    assert (page.status_code, list(page.context["form"].errors)) == (400, ["reason"])
    desk.request.refresh_from_db()
    assert desk.request.state == "open"


def test_others_do_not_take_it_back(desk, signed_in):
    address = reverse("withdraw_request", args=[desk.request.pk])
    for who, code in ((desk.reviewer, 403), (desk.admin, 403), (desk.viewer, 404), (desk.second_staff, 404)):
        assert signed_in(who).get(address).status_code == code
        assert signed_in(who).post(address, {"version": 1, "reason": "x"}).status_code == code
    assert signed_in(desk.reviewer).get(desk.queue).context["waiting"][0]["withdraw_url"] == ""


def test_what_is_decided_is_not_taken_back(desk, signed_in):
    requests.decide(desk.request.pk, by=desk.reviewer, approved=False, note="理由不足")
    address = reverse("withdraw_request", args=[desk.request.pk])
    assert signed_in(desk.staff).get(address).status_code == 409
    answer = signed_in(desk.staff).post(address, {"version": desk.open_task.version, "reason": "教室已定"})
    assert answer.status_code == 409
