"""The admin: every page opens, every edit goes through the services, nothing append-only answers 500."""

import pytest
from django.contrib import admin
from django.db import connection
from django.urls import reverse

from tests.unguarded import lifted
from tracker.models import ChangeRequest, MeasureLink, Milestone, Plan, Task, TaskEvent
from tracker.services import indicators, requests, trace

MODELS = [model for model in admin.site._registry if model._meta.app_label == "tracker"]


@pytest.fixture
def desk(world, signed_in):
    """An administrator at the admin, with at least one row of most models."""
    task = world.started()
    world.proof(task)
    world.open_task = task
    section = task.plan.report.parts.get(kind="measures").sections.first()
    world.link = trace.propose(task, section.measures.first(), by=world.admin, strength="direct", rationale="同")
    trace.dispose(task.plan, by=world.admin, kind="dropped", reason="不再安排", section=section)
    indicators.add(task.pk, by=world.admin, name="考试人数", direction="up")
    world.request = requests.ask(task.pk, by=world.staff, kind="cancellation", reason="改革")
    world.client = signed_in(world.admin)
    return world


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_list_search_and_pages_open(desk, model):
    base = f"admin:tracker_{model._meta.model_name}"
    assert desk.client.get(reverse(f"{base}_changelist")).status_code == 200
    assert desk.client.get(reverse(f"{base}_changelist"), {"q": "训"}).status_code == 200
    assert desk.client.get(reverse(f"{base}_add")).status_code in (200, 403)
    row = model.objects.visible_to(desk.admin).first() if hasattr(model.objects.all(), "visible_to") else None
    if row is not None:
        assert desk.client.get(reverse(f"{base}_change", args=[row.pk])).status_code == 200
        assert desk.client.post(reverse(f"{base}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_every_model_is_there(desk):
    from django.apps import apps

    models = {m for m in apps.get_app_config("tracker").get_models() if "Historical" not in m.__name__}
    assert set(MODELS) == models


@pytest.mark.parametrize("who", ["reviewer", "leader", "auditor", "viewer", "staff", "head"])
def test_only_administrators_come_in(world, signed_in, who):
    assert signed_in(getattr(world, who)).get(reverse("admin:index")).status_code == 302


def test_another_governments_rows_do_not_exist(desk, signed_in):
    client = signed_in(desk.foreign_admin)
    assert client.get(reverse("admin:tracker_task_change", args=[desk.open_task.pk])).status_code == 302
    assert desk.open_task.title not in client.get(reverse("admin:tracker_task_changelist")).content.decode()


def form_of(task, **values):
    """What the browser would post for the task's page."""
    steps = list(Milestone.objects.filter(task=task))
    data = {
        "title": task.title,
        "lead_unit": task.lead_unit_id or "",
        "owner": task.owner_id or "",
        "supporting_units": [unit.pk for unit in task.supporting_units.all()],
        "accountable_leader": task.accountable_leader,
        "nature": task.nature,
        "starts_on": task.starts_on or "",
        "due_on": task.due_on or "",
        "due_basis": task.due_basis,
        "criteria": task.criteria,
        "deliverable": task.deliverable,
        "remarks": task.remarks,
        "seen_version": task.version,
        "milestones-TOTAL_FORMS": len(steps),
        "milestones-INITIAL_FORMS": len(steps),
    }
    for prefix in ("measure_links", "shortcoming_links", "evidence_uses", "events"):
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return data | values


def test_an_edit_leaves_a_line_of_history_with_the_administrators_name(desk):
    task = Task.objects.get(pk=desk.open_task.pk)
    address = reverse("admin:tracker_task_change", args=[task.pk])
    answer = desk.client.post(address, form_of(task, title="新名称"))
    assert answer.status_code == 302, answer.context["errors"]
    event = TaskEvent.objects.filter(task=task).latest("sequence")
    assert (event.kind, event.by, event.changes) == ("edit", desk.admin, {"title": [task.title, "新名称"]})


def test_a_promise_of_a_confirmed_task_is_refused_and_what_was_typed_stays(desk):
    task = Task.objects.get(pk=desk.open_task.pk)
    address = reverse("admin:tracker_task_change", args=[task.pk])
    answer = desk.client.post(address, form_of(task, criteria="少一点"))
    assert answer.status_code == 200
    assert "少一点" in answer.content.decode()
    assert Task.objects.get(pk=task.pk).criteria == task.criteria


def test_the_second_of_two_edits_is_refused(desk):
    task = Task.objects.get(pk=desk.open_task.pk)
    address = reverse("admin:tracker_task_change", args=[task.pk])
    assert desk.client.post(address, form_of(task, title="甲")).status_code == 302
    assert desk.client.post(address, form_of(task, title="乙")).status_code == 200
    assert Task.objects.get(pk=task.pk).title == "甲"


def test_a_status_that_is_posted_changes_nothing(desk):
    task = Task.objects.get(pk=desk.open_task.pk)
    address = reverse("admin:tracker_task_change", args=[task.pk])
    desk.client.post(address, form_of(task, status="completed", progress="100", code="9.9", quote="x"))
    after = Task.objects.get(pk=task.pk)
    assert (after.status, after.progress, after.code, after.quote) == (
        task.status,
        task.progress,
        task.code,
        task.quote,
    )


def test_milestones_are_set_through_their_service(desk):
    task = Task.objects.get(pk=desk.open_task.pk)
    address = reverse("admin:tracker_task_change", args=[task.pk])
    step = {
        "milestones-TOTAL_FORMS": 1,
        "milestones-0-title": "第一期",
        "milestones-0-due_on": "2025-07-01",
        "milestones-0-share": "50",
        "milestones-0-task": task.pk,
    }
    assert desk.client.post(address, form_of(task, **step)).status_code == 302
    assert Milestone.objects.get(task=task).title == "第一期"
    assert Task.objects.get(pk=task.pk).milestone_count == 1
    assert TaskEvent.objects.filter(task=task).latest("sequence").kind == "milestone"


def test_a_new_task_must_stand_on_the_reports_words(desk):
    address = reverse("admin:tracker_task_add")
    area = desk.plan.areas.get(number=2)
    data = {"area": area.pk, "serial": 3, "title": "评查", "quote": "没有这句话"}
    assert desk.client.post(address, data).status_code == 200
    assert desk.client.post(address, {**data, "quote": "公开评查结果"}).status_code == 302
    assert Task.objects.get(area=area, serial=3).quote == "公开评查结果"


def test_bulk_confirmation_tells_the_result_of_each_row(desk):
    first, second = desk.open_task, desk.tasks[1]
    values = {
        "action": "confirm_tasks",
        "apply": "1",
        "_selected_action": [first.pk, second.pk],
        "lead_unit": desk.bureau.pk,
        "owner": desk.staff.pk,
        "due_on": "2025-12-31",
        "due_basis": "纪要",
        "criteria": "完成",
        "nature": "one_off",
    }
    answer = desk.client.post(reverse("admin:tracker_task_changelist"), values)
    results = {row["task"].pk: row["done"] for row in answer.context["results"]}
    assert results == {first.pk: False, second.pk: True}
    assert Task.objects.get(pk=second.pk).status == "not_started"


@pytest.mark.parametrize("action", ["confirm_tasks", "assign_people", "set_due_date"])
def test_a_bulk_action_asks_first(desk, action):
    data = {"action": action, "_selected_action": [desk.open_task.pk]}
    before = TaskEvent.objects.count()
    assert desk.client.post(reverse("admin:tracker_task_changelist"), data).status_code == 200
    assert TaskEvent.objects.count() == before


def test_links_are_confirmed_row_by_row(desk):
    data = {"action": "confirm_links", "_selected_action": [desk.link.pk]}
    desk.client.post(reverse("admin:tracker_measurelink_changelist"), data)
    link = MeasureLink.objects.get(pk=desk.link.pk)
    assert (link.state, link.confirmed_by) == ("confirmed", desk.admin)


def test_a_request_is_decided_with_its_basis(desk):
    address = reverse("admin:tracker_changerequest_change", args=[desk.request.pk])
    answer = desk.client.post(
        address, {"decision": "approved", "decision_note": "", "approving_body": "", "basis_document": ""}
    )
    assert answer.status_code == 200
    answer = desk.client.post(
        address, {"decision": "approved", "decision_note": "", "approving_body": "常务会", "basis_document": "纪要3号"}
    )
    assert answer.status_code == 302
    assert ChangeRequest.objects.get(pk=desk.request.pk).state == "approved"


def test_plan_settings_are_checked(desk):
    plan = Plan.objects.get(pk=desk.plan.pk)
    address = reverse("admin:tracker_plan_change", args=[plan.pk])
    data = {
        "title": plan.title,
        "starts_on": plan.starts_on,
        "ends_on": plan.ends_on,
        "red_points": 5,
        "yellow_points": 10,
        "near_days": 15,
        "reporting_period": "monthly",
        "cutoff_day": 25,
        "areas-TOTAL_FORMS": 0,
        "areas-INITIAL_FORMS": 0,
    }
    assert desk.client.post(address, data).status_code == 200
    assert desk.client.post(address, data | {"red_points": 40}).status_code == 302
    assert Plan.objects.get(pk=plan.pk).red_points == 40


def test_models_stand_in_the_order_a_person_thinks(desk):
    from config.admin_site import ORDER

    page = desk.client.get(reverse("admin:index"))
    shown = [model["object_name"] for model in page.context["app_list"][0]["models"]]
    assert shown == [name for name in ORDER if name in shown]
    assert set(shown) == {model.__name__ for model in MODELS}


class TestVerifyingTheHistory:
    address = "/admin/tracker/taskevent/verify/"

    def test_the_whole_chain_is_walked_from_the_list(self, desk):
        assert self.address in desk.client.get(reverse("admin:tracker_taskevent_changelist")).content.decode()
        answer = desk.client.post(self.address, follow=True)
        assert f"{TaskEvent.objects.count()} 行" in answer.content.decode()

    def test_the_first_broken_line_is_named(self, desk):
        line = TaskEvent.objects.order_by("sequence")[1]
        with lifted(), connection.cursor() as cursor:
            cursor.execute("UPDATE tracker_taskevent SET summary = %s WHERE id = %s", ["改过", line.pk])
        body = desk.client.post(self.address, follow=True).content.decode()
        assert f"第 {line.sequence} 行" in body

    def test_it_is_not_done_by_looking_nor_by_others(self, desk, signed_in):
        assert desk.client.get(self.address).status_code == 405
        for who in ("reviewer", "auditor", "viewer"):
            assert signed_in(getattr(desk, who)).post(self.address).status_code == 302
