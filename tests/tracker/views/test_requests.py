"""The queue of change requests: seen by those concerned, decided by somebody else than who asked."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tracker.models import ChangeRequest, Task
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
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(desk.queue)
        return len(found)

    one = statements()
    for task in desk.tasks[1:4]:
        started = desk.started(task)
        requests.ask(started.pk, by=desk.staff, kind="extension", reason="未定", changes={"due_on": "2026-01-31"})
    assert len(client.get(desk.queue).context["waiting"]) == 4
    assert statements() == one
