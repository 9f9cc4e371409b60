"""Doors and rules that were found open once: each test is one of them."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.unguarded import lifted
from tests.worlds import World
from tracker import clock
from tracker.enums import Light, RequestState, Role, Status, Verdict
from tracker.exceptions import BrokenChain, InvalidInput, MoveRefused, NotPermitted, SecrecyMark, Stale
from tracker.models import (
    ChangeRequest,
    Evidence,
    EvidenceUse,
    Plan,
    Task,
    TaskEvent,
    Unit,
    User,
    WorkArea,
)
from tracker.services import evidence, history, plans, requests, task_lights, tasks, trace, updates

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
MARK = "绝密★1年 内容"


def fresh(task: Task) -> Task:
    return Task.objects.select_related("plan").get(pk=task.pk)


def decided(request: ChangeRequest, by: User, **values: Any) -> ChangeRequest:
    return requests.decide(
        request.pk, by=by, approved=True, approving_body="区政府常务会", basis_document="纪要3", **values
    )


class TestTheAdmin:
    @pytest.mark.parametrize("kind", ["user", "unit"])
    def test_the_history_of_another_governments_rows_does_not_exist(self, world: World, signed_in: SignIn, kind: str):
        row: Any = world.foreign_staff if kind == "user" else world.foreign_bureau
        client, line = signed_in(world.admin), row.history.first()
        assert client.get(f"/admin/tracker/{kind}/{row.pk}/history/").status_code == 404
        address = f"/admin/tracker/{kind}/{row.pk}/history/{line.pk}/"
        assert client.get(address).status_code == 404
        assert client.post(address, {"display_name": "x", "short_name": "x"}).status_code == 404

    def test_history_is_read_and_never_written_back(self, world: World, signed_in: SignIn):
        line = world.staff.history.first()
        address = f"/admin/tracker/user/{world.staff.pk}/history/{line.pk}/"
        assert signed_in(world.admin).get(address).status_code == 200
        assert signed_in(world.admin).post(address, {"username": "other"}).status_code == 403

    @pytest.mark.parametrize(
        "path", ["unit/abc/history/", "unit/1/history/abc/", "user/1/history/99999999999999999999/"]
    )
    def test_an_address_of_no_history_is_not_found(self, world: World, signed_in: SignIn, path: str):
        assert signed_in(world.admin).get(f"/admin/tracker/{path}").status_code == 404

    def test_an_administrator_does_not_set_the_password_of_a_superuser(self, world: World, signed_in: SignIn):
        root = world.person("root", Role.ADMINISTRATOR, world.office, is_staff=True, is_superuser=True)
        sent = {"usable_password": "true", "password1": "Taken-over-99", "password2": "Taken-over-99"}
        answer = signed_in(world.admin).post(f"/admin/tracker/user/{root.pk}/password/", sent)
        assert answer.status_code == 403
        assert not User.objects.get(pk=root.pk).check_password("Taken-over-99")

    @pytest.mark.parametrize("page", ["task", "evidence", "user", "shortcominglink"])
    def test_filters_at_the_side_offer_no_other_government(self, world: World, signed_in: SignIn, page: str):
        assert world.task and world.foreign_task
        Plan.objects.filter(government=world.other_district).update(title="外区计划")
        WorkArea.objects.filter(plan__government=world.other_district).update(title="外区板块")
        text = signed_in(world.admin).get(f"/admin/tracker/{page}/").content.decode()
        assert not [name for name in ("乙区培训局", "外区板块", "乙区 2025") if name in text]

    def test_a_unit_does_not_stand_below_itself(self, world: World, signed_in: SignIn):
        sent = {"short_name": "x", "name": "x", "code": "office", "kind": "office", "order": "0", "is_active": "on"}
        address = f"/admin/tracker/unit/{world.district.pk}/change/"
        for parent in (world.district, world.bureau):
            answer = signed_in(world.admin).post(address, {**sent, "parent": str(parent.pk)})
            assert answer.status_code == 200 and "parent" in answer.context["adminform"].form.errors
        world.district.parent = world.bureau
        with pytest.raises(ValueError, match="below itself"):
            world.district.save()

    def test_the_unit_above_looks_and_changes_nothing(self, world: World, signed_in: SignIn):
        above = world.person("city-admin", Role.ADMINISTRATOR, world.city, is_staff=True)
        client = signed_in(above)
        assert client.get(f"/admin/tracker/user/{world.staff.pk}/change/").status_code == 200
        answer = client.post(f"/admin/tracker/user/{world.staff.pk}/change/", {"display_name": "x"})
        assert answer.status_code == 403
        assert User.objects.get(pk=world.staff.pk).display_name == world.staff.display_name

    def test_a_title_holds_no_control_characters_and_fits(self, world: World):
        assert tasks.edit(world.task.pk, by=world.admin, title="甲\x0b乙\x01").title == "甲乙"
        with pytest.raises(InvalidInput):
            tasks.edit(world.task.pk, by=world.admin, title="长" * 201)


class TestWhoSeesWhat:
    def told(self, person: User, task: Task) -> set[str]:
        rows = TaskEvent.objects.visible_to(person).filter(task=task)
        return {words for row in rows for words in (row.summary, row.reason) if words}

    def test_a_submission_shows_once_the_head_has_signed_it(self, world: World):
        task = world.started()
        world.proof(task)
        updates.send(task.pk, by=world.staff, progress=100, summary="第一次", problems="难", submit=True)
        assert "第一次" in self.told(world.head, task) and "第一次" not in self.told(world.viewer, task)
        tasks.send_back(task.pk, by=world.head, reason="缺名单")
        tasks.submit(task.pk, by=world.staff, summary="第二次")
        tasks.withdraw(task.pk, by=world.staff, reason="再改")
        tasks.submit(task.pk, by=world.staff, summary="第三次")
        tasks.sign(task.pk, by=world.head)
        told = self.told(world.viewer, task)
        assert "第三次" in told and not told & {"第一次", "第二次", "缺名单", "再改"}
        assert {"第一次", "第二次", "缺名单", "再改"} <= self.told(world.staff, task)

    def test_a_reviewers_return_is_for_everyone(self, world: World):
        task = tasks.send_back(world.under_review().pk, by=world.reviewer, reason="缺考试名单")
        assert "缺考试名单" in self.told(world.viewer, task)

    def test_the_unit_above_sees_no_inner_matters(self, world: World):
        task = world.started()
        item = world.proof(task, disclosure="internal").evidence
        request = requests.ask(task.pk, by=world.staff, kind="cancellation", reason="不办了")
        tasks.submit(task.pk, by=world.staff, summary="未签")
        for role in (Role.LEADER, Role.ADMINISTRATOR, Role.AUDITOR, Role.REVIEWER):
            above = world.person(f"city-{role}-2", role, world.city)
            assert task in Task.objects.visible_to(above)
            assert item not in Evidence.objects.visible_to(above)
            assert request not in ChangeRequest.objects.visible_to(above)
            assert "未签" not in self.told(above, task)
        assert item in Evidence.objects.visible_to(world.leader)
        assert "未签" in self.told(world.admin, task)

    def test_an_internal_remark_is_for_reviewers_administrators_and_auditors(self, world: World, signed_in: SignIn):
        task = world.started()
        answer = signed_in(world.reviewer).post(
            reverse("remark", args=[task.pk]), {"version": task.version, "reason": "留意时限"}
        )
        assert answer.status_code == 302
        for person in (world.reviewer, world.reviewer_office, world.admin, world.auditor):
            assert "留意时限" in self.told(person, task)
        for person in (world.staff, world.head, world.leader, world.viewer, world.city_leader):
            assert "留意时限" not in self.told(person, task)
        with pytest.raises(NotPermitted):
            tasks.remark(task.pk, by=world.admin, reason="x")


class TestLedgerFilters:
    def test_links_to_one_item_count_once_and_others_do_not_matter(self, world: World, signed_in: SignIn):
        task, words = world.started(), {"by": world.admin, "strength": "direct", "rationale": "同一件事"}
        sections = list(task.plan.report.parts.get(kind="measures").sections.all())
        for measure in sections[0].measures.all():
            trace.propose(task, measure, **words)
        other = trace.propose(task, sections[1].measures.first(), **words)
        trace.dismiss(other, by=world.admin)
        address = reverse("ledger", args=[world.plan.pk])
        client = signed_in(world.viewer)
        answer = client.get(address, {"measure": sections[0].pk})
        assert (answer.context["total"], len(answer.context["page_obj"].object_list)) == (1, 1)
        assert client.get(address, {"measure": sections[1].pk}).context["total"] == 0


class TestChangeRequests:
    def test_nothing_is_decided_for_a_closed_task(self, world: World):
        task = world.under_review()
        asked = requests.ask(task.pk, by=world.staff, kind="extension", reason="慢", changes={"due_on": "2026-03-01"})
        world.accept_all(task)
        tasks.approve(task.pk, by=world.reviewer)
        asked.refresh_from_db()
        assert asked.state == RequestState.REPLACED
        ChangeRequest.objects.filter(pk=asked.pk).update(state=RequestState.OPEN)
        with pytest.raises(MoveRefused):
            decided(asked, world.admin)
        assert fresh(task).due_on != datetime.date(2026, 3, 1)

    def test_what_no_longer_fits_is_refused_with_a_sentence(self, world: World):
        task = world.started(starts_on=datetime.date(2025, 1, 1))
        asked = requests.ask(task.pk, by=world.staff, kind="adjustment", reason="早", changes={"due_on": "2025-07-30"})
        tasks.edit(task.pk, by=world.admin, starts_on=datetime.date(2025, 9, 1))
        with pytest.raises(InvalidInput, match="2025-07-30"):
            decided(asked, world.admin)

    def test_a_task_stays_in_its_government(self, world: World):
        foreign = {"lead_unit": world.foreign_bureau.pk, "owner": world.foreign_staff.pk}
        with pytest.raises(InvalidInput):
            requests.ask(world.started().pk, by=world.staff, kind="adjustment", reason="换", changes=foreign)

    def test_whoever_asks_does_not_decide(self, world: World):
        asked = requests.ask(world.started().pk, by=world.admin, kind="cancellation", reason="重复")
        with pytest.raises(NotPermitted):
            decided(asked, world.admin)
        assert decided(asked, world.reviewer).state == RequestState.APPROVED


class TestEvidenceAndCloseOut:
    def test_a_rejected_item_does_not_bar_the_close_out(self, world: World):
        task = world.under_review()
        use = EvidenceUse.objects.get(task=task)
        evidence.judge(use.pk, by=world.reviewer, authentic=True, timely=False, relevant=True, reason="过期")
        with pytest.raises(MoveRefused):
            tasks.approve(task.pk, by=world.reviewer)
        tasks.send_back(task.pk, by=world.reviewer, reason="换新的")
        new = world.proof(task, title="新名单")
        tasks.submit(task.pk, by=world.staff, summary="已换")
        tasks.sign(task.pk, by=world.head)
        with pytest.raises(MoveRefused):
            tasks.approve(task.pk, by=world.reviewer)
        evidence.judge(new.pk, by=world.reviewer, authentic=True, timely=True, relevant=True)
        assert tasks.approve(task.pk, by=world.reviewer).status == Status.COMPLETED

    def test_what_is_submitted_is_not_withdrawn(self, world: World):
        use = EvidenceUse.objects.get(task=world.submitted())
        with pytest.raises(MoveRefused):
            evidence.withdraw(use.pk, by=world.staff)
        use.refresh_from_db()
        assert use.verdict == Verdict.PENDING

    def test_the_lead_unit_reports_and_does_not_contribute(self, world: World):
        with pytest.raises(NotPermitted):
            tasks.contribute(world.started().pk, by=world.staff, summary="x")


class TestEdits:
    def test_a_closed_task_keeps_its_supporting_units(self, world: World):
        with pytest.raises(MoveRefused):
            tasks.edit(world.completed().pk, by=world.admin, supporting_units=[world.second])

    @pytest.mark.parametrize("unit", ["foreign_bureau", "bureau"])
    def test_neither_strangers_nor_the_lead_unit_support(self, world: World, unit: str):
        with pytest.raises(InvalidInput):
            tasks.edit(world.confirmed().pk, by=world.admin, supporting_units=[getattr(world, unit)])

    def test_a_raised_light_is_not_lowered_by_raising_it_again(self, world: World):
        task = world.started(starts_on=None, progress=60)
        assert task_lights.light_of(fresh(task)) == Light.GREEN
        tasks.raise_light(task.pk, by=world.reviewer, light="red", reason="要紧")
        with pytest.raises(InvalidInput):
            tasks.raise_light(task.pk, by=world.reviewer_office, light="blue", reason="降")
        assert tasks.raise_light(task.pk, by=world.reviewer, light="", reason="收回").raised_light == ""

    def test_the_other_person_is_named_not_whoever_added_evidence(self, world: World):
        task = world.started()
        tasks.edit(task.pk, by=world.admin, title="改题")
        world.proof(task, by=world.staff)
        with pytest.raises(Stale, match=str(world.admin)):
            tasks.submit(task.pk, by=world.head, summary="x", version=task.version)

    def test_a_refused_decision_can_be_sent_again(self, world: World, signed_in: SignIn):
        task = world.under_review()
        tasks.raise_light(task.pk, by=world.reviewer_office, light="red", reason="x")
        client, address = signed_in(world.reviewer), reverse("review", args=[task.pk])
        sent = {"version": task.version, "decision": "return", "reason": "长长的话"}
        answer = client.post(address, sent)
        assert answer.status_code == 409 and "长长的话" in answer.content.decode()
        sent["version"] = answer.context["form"]["version"].value()
        assert client.post(address, sent).status_code == 302
        assert fresh(task).returned


class TestSecrecyMarks:
    @pytest.mark.parametrize("field", ["criteria", "due_basis", "remarks", "deliverable", "title"])
    def test_no_field_of_a_task_takes_one(self, world: World, field: str):
        with pytest.raises(SecrecyMark):
            tasks.edit(world.task.pk, by=world.admin, **{field: MARK})

    def test_no_request_verdict_link_or_disposition_takes_one(self, world: World):
        task = world.started()
        shortcoming = task.plan.report.parts.get(kind="shortcomings").shortcomings.first()
        use = world.proof(task)
        ask = requests.ask(task.pk, by=world.staff, kind="cancellation", reason="不办")
        acts: list[Callable[[], Any]] = [
            lambda: requests.ask(task.pk, by=world.staff, kind="cancellation", reason=MARK),
            lambda: decided(ask, world.admin, note=MARK),
            lambda: evidence.judge(use.pk, by=world.reviewer, authentic=False, timely=True, relevant=True, reason=MARK),
            lambda: trace.propose(task, shortcoming, by=world.admin, strength="direct", rationale=MARK),
            lambda: trace.dispose(task.plan, by=world.admin, kind="dropped", reason=MARK, shortcoming=shortcoming),
            lambda: tasks.set_milestones(
                task.pk, by=world.admin, steps=[{"title": MARK, "due_on": clock.today(), "share": 10, "met_on": None}]
            ),
        ]
        before = TaskEvent.objects.count()
        for act in acts:
            with pytest.raises(SecrecyMark):
                act()
        assert TaskEvent.objects.count() == before


class TestWhatIsKept:
    def test_a_proposed_link_leaves_a_line(self, world: World):
        task = world.started()
        measure = task.plan.report.parts.get(kind="measures").sections.first().measures.first()
        before = task.events.count()
        trace.propose(task, measure, by=world.admin, strength="direct", rationale="同一件事")
        assert task.events.count() == before + 1

    def test_settings_and_dispositions_keep_what_they_were(self, world: World):
        shortcoming = world.plan.report.parts.get(kind="shortcomings").shortcomings.first()
        trace.dispose(world.plan, by=world.admin, kind="dropped", reason="甲", shortcoming=shortcoming)
        row = trace.dispose(world.plan, by=world.reviewer, kind="finished", reason="乙", shortcoming=shortcoming)
        assert [line.reason for line in row.history.order_by("history_id")] == ["甲", "乙"]
        plans.configure(world.plan.pk, by=world.admin, red_points=90)
        assert {line.red_points for line in Plan.objects.get(pk=world.plan.pk).history.all()} == {30, 90}

    def test_lines_cut_off_at_the_end_show(self, world: World):
        world.under_review()
        assert history.verify() > 3
        last = TaskEvent.objects.latest("sequence")
        with lifted(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM tracker_taskevent WHERE id = %s", [last.pk])
        with pytest.raises(BrokenChain, match="最后一行"):
            history.verify()


class TestAddresses:
    def test_next_is_an_address_of_this_site(self, world: World, signed_in: SignIn):
        task = world.started()
        answer = signed_in(world.staff).post(
            reverse("no_change", args=[task.pk]), {"version": task.version, "next": "foo", "reason": "照旧"}
        )
        assert answer.status_code == 302

    def test_a_key_that_no_database_holds_is_an_unknown_choice(self, world: World, signed_in: SignIn):
        address = reverse("move", args=[world.task.pk, "confirm"])
        answer = signed_in(world.admin).post(address, {"version": "1", "supporting_units": "9" * 30})
        assert answer.status_code == 400 and answer.context["form"].errors["supporting_units"]
        assert Unit.objects.count() > 0
