"""Preparing, holding and closing a progress review."""

import datetime
import json

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from reports import picture
from reports.enums import AgendaReason, ReviewState
from reports.models import Decision, LeaderDuty, Review, ReviewPicture
from reports.services import reviews
from tests.reports.worlds import item_of, on, prepared
from tracker.enums import EventKind, Status
from tracker.exceptions import InvalidInput, MoveRefused, NotPermitted, Stale
from tracker.models import ChangeRequest, Demand, SupervisionNotice, Task, TaskEvent, Unit
from tracker.services import requests, tasks, trace

DAY = datetime.date(2025, 6, 16)


@pytest.fixture
def behind(world):
    """A task in progress at 5 of 45 points: red; the other three are unconfirmed."""
    world.late = world.started(progress=5)
    return world


def reasons(review):
    return {item.task.code: item.reasons for item in review.items.select_related("task")}


class TestPreparing:
    def test_the_agenda_builds_itself(self, behind):
        review = prepared(behind)
        assert review.number == 1
        assert review.state == ReviewState.PREPARED
        assert reasons(review) == {
            "1.1": ["red"],
            "1.2": ["unconfirmed"],
            "2.1": ["unconfirmed"],
            "2.2": ["unconfirmed"],
        }

    def test_a_task_on_track_does_not_stand_there(self, world):
        task = world.started(progress=46)
        assert task.code not in reasons(prepared(world))

    def test_an_open_request_a_suspect_link_dead_evidence_and_a_notice_are_reasons(self, world):
        from tracker import clock
        from tracker.models import AddressCheck
        from tracker.services import notices

        task = world.started(progress=46)
        requests.ask(task.pk, by=world.staff, kind="cancellation", reason="改革")
        shortcoming = world.report.parts.get(kind="shortcomings").shortcomings.first()
        link = trace.propose(task, shortcoming, by=world.admin, strength="direct", rationale="同")
        type(link).objects.filter(pk=link.pk).update(upstream_digest="0" * 64)
        use = world.proof(task)
        now = clock.now()
        dead = {"checked_at": now, "outcome": "gone", "failed_since": now, "dead_since": now}
        AddressCheck.objects.create(evidence=use.evidence, **dead)
        notices.issue(task.pk, by=world.reviewer, demand="补齐", limit_on=DAY, basis="批示")
        assert reasons(prepared(world))[task.code] == ["request", "suspect", "dead_evidence", "notice"]

    def test_yellow_at_the_last_review_too_is_told(self, world):
        task = world.started(progress=30)
        first = prepared(world)
        assert reasons(first)[task.code] == ["yellow"]
        reviews.close(first.pk, by=world.reviewer)
        with on("2025-06-20"):
            second = prepared(world)
        assert second.number == 2
        assert second.since == DAY + datetime.timedelta(days=1)
        assert reasons(second)[task.code] == ["yellow", "yellow_again"]

    def test_a_claim_that_waits_for_its_reviewer_and_a_demand_run_out_await_a_decision(self, world):
        from tracker.services import demands

        task = world.under_review()
        assert AgendaReason.AWAITING in reasons(prepared(world))[task.code]
        other = world.started(world.tasks[1], progress=46)
        with on("2025-06-17"):
            demands.ask(other.pk, by=world.reviewer, kind="urge", words="加快", wanted_by=datetime.date(2025, 6, 18))
        with on("2025-06-18"):
            assert other.code not in reasons(prepared(world))
        with on("2025-06-19"):
            assert reasons(prepared(world))[other.code] == ["awaiting"]

    def test_closed_tasks_do_not_stand_there(self, world):
        task = world.completed()
        assert task.code not in reasons(prepared(world))

    def test_building_it_again_keeps_what_was_added_and_decided(self, behind):
        review = prepared(behind)
        calm = behind.started(behind.tasks[1], progress=46)
        reviews.refresh(review.pk, by=behind.reviewer)
        assert calm.code not in reasons(review)
        reviews.add_item(review.pk, by=behind.leader, task_id=calm.pk, words="听取汇报")
        reviews.decide(item_of(review, behind.late).pk, by=behind.reviewer, kind="note", words="已研究")
        with on("2025-06-17"):
            tasks.report(behind.late.pk, by=behind.staff, progress=60, summary="赶上了")
            reviews.refresh(review.pk, by=behind.reviewer)
        assert reasons(review)[calm.code] == ["added"]
        assert reasons(review)[behind.late.code] == []

    @pytest.mark.parametrize("who", ["admin", "auditor", "viewer", "staff", "head", "foreign_admin", "city_leader"])
    def test_nobody_but_reviewers_and_leaders_prepares(self, world, who):
        with pytest.raises(NotPermitted):
            reviews.prepare(world.plan, by=getattr(world, who), kind="monthly", on=DAY, chair="王")
        assert not Review.objects.exists()

    @pytest.mark.parametrize(
        ("field", "values"),
        [
            ("kind", {"kind": "daily"}),
            ("chair", {"chair": "  "}),
            ("chair", {"chair": "王" * 61}),
            ("on", {"on": datetime.date(2024, 12, 31)}),
            ("on", {"on": datetime.date(2026, 4, 1)}),
            ("until", {"since": DAY, "until": datetime.date(2025, 6, 1)}),
            ("until", {"until": datetime.date(9999, 12, 31)}),
            ("since", {"since": datetime.date(1900, 1, 1)}),
            ("order", {"order": "rank"}),
            ("participants", {"participants": "机密★10年"}),
        ],
    )
    def test_what_cannot_be_is_refused_at_its_field(self, world, field, values):
        with pytest.raises(InvalidInput) as refused:
            prepared(world, **values)
        assert refused.value.field == field
        assert not Review.objects.exists()


class TestDeciding:
    def decide(self, world, kind, words="尽快补齐", task=None, **values):
        review = Review.objects.first() or prepared(world)
        item = item_of(review, task or world.late)
        return reviews.decide(item.pk, by=values.pop("by", world.leader), kind=kind, words=words, **values)

    def test_a_note_opens_the_review_and_is_a_line_in_the_history_once_it_is_closed(self, behind):
        self.decide(behind, "note", "已研究")
        assert Review.objects.get().state == ReviewState.OPEN
        notes = TaskEvent.objects.filter(kind=EventKind.REVIEW)
        assert not notes.exists()
        reviews.close(Review.objects.get().pk, by=behind.reviewer)
        assert [(line.reason, line.detail, line.by) for line in notes] == [
            ("已研究", "2025年第1次进度评审", behind.leader)
        ]

    def test_a_note_counts_once_also_when_the_review_is_opened_again(self, behind):
        self.decide(behind, "note", "已研究")
        review = Review.objects.get()
        reviews.close(review.pk, by=behind.reviewer)
        with on("2025-06-17"):
            reviews.reopen(review.pk, by=behind.leader, reason="漏记")
            self.decide(behind, "note", "补记")
            reviews.close(review.pk, by=behind.reviewer)
        notes = TaskEvent.objects.filter(kind=EventKind.REVIEW).order_by("sequence")
        assert [line.reason for line in notes] == ["已研究", "补记"]

    @pytest.mark.parametrize("kind", ["urge", "report"])
    def test_urging_and_asking_for_a_report_become_demands(self, behind, kind):
        decision = self.decide(behind, kind, by_date=datetime.date(2025, 6, 30))
        demand = Demand.objects.get()
        assert decision.demand == demand
        assert (demand.kind, demand.unit, demand.wanted_by) == (kind, behind.bureau, datetime.date(2025, 6, 30))

    def test_supervising_issues_a_blue_notice_with_the_review_as_its_basis(self, behind):
        decision = self.decide(behind, "supervise", by_date=datetime.date(2025, 6, 30))
        notice = SupervisionNotice.objects.get()
        assert decision.notice == notice
        assert (notice.level, notice.basis, notice.unit) == ("blue", "2025年第1次进度评审", behind.bureau)

    def test_supervising_needs_a_date(self, behind):
        with pytest.raises(InvalidInput) as refused:
            self.decide(behind, "supervise")
        assert refused.value.field == "by_date"
        assert not Decision.objects.exists()

    def test_an_extension_is_approved_and_applied(self, behind):
        wanted = {"due_on": "2026-01-31"}
        requests.ask(behind.late.pk, by=behind.staff, kind="extension", reason="等上级", changes=wanted)
        decision = self.decide(behind, "approve", "")
        behind.late.refresh_from_db()
        assert behind.late.due_on == datetime.date(2026, 1, 31)
        assert decision.change.approving_body == "甲区"
        assert decision.change.basis_document == "2025年第1次进度评审，2025-06-16"

    def test_a_request_is_refused_with_words(self, behind):
        requests.ask(behind.late.pk, by=behind.staff, kind="cancellation", reason="改革")
        self.decide(behind, "refuse", "理由不足")
        assert ChangeRequest.objects.get().decision_note == "理由不足"

    @pytest.mark.parametrize("kind", ["approve", "refuse"])
    def test_another_request_than_the_one_on_the_screen_is_not_decided_unseen(self, behind, kind):
        wanted = {"due_on": "2026-01-31"}
        shown = requests.ask(behind.late.pk, by=behind.staff, kind="extension", reason="等上级", changes=wanted)
        requests.ask(behind.late.pk, by=behind.staff, kind="cancellation", reason="改革")
        with pytest.raises(MoveRefused):
            self.decide(behind, kind, request=shown.pk)
        assert not Decision.objects.exists()

    @pytest.mark.parametrize("kind", ["approve", "refuse"])
    def test_where_nothing_is_asked_nothing_is_approved(self, behind, kind):
        with pytest.raises(MoveRefused):
            self.decide(behind, kind)

    def test_an_adjustment_is_made_on_the_meetings_own_authority(self, behind):
        self.decide(
            behind,
            "adjust",
            "改由区执法局牵头",
            changes={"lead_unit": behind.second.pk, "owner": behind.second_staff.pk},
        )
        behind.late.refresh_from_db()
        assert behind.late.lead_unit == behind.second
        change = ChangeRequest.objects.get()
        assert change.state == "approved"
        assert change.changes["lead_unit"] == [behind.bureau.pk, behind.second.pk]

    def test_an_adjustment_that_changes_nothing_or_what_it_must_not_is_refused(self, behind):
        for changes in ({}, {"status": "completed"}, {"due_on": "31.12."}):
            with pytest.raises(InvalidInput):
                self.decide(behind, "adjust", changes=changes)
        assert not ChangeRequest.objects.exists()
        assert not Decision.objects.exists()

    def test_an_adjustment_upon_a_task_that_was_changed_meanwhile_is_not_made(self, behind):
        seen = Task.objects.get(pk=behind.late.pk).version
        tasks.report(behind.late.pk, by=behind.staff, progress=20, summary="又有进展")
        with pytest.raises(Stale):
            self.decide(behind, "adjust", changes={"due_on": "2025-11-30"}, version=seen)
        assert not ChangeRequest.objects.exists()

    def test_a_limit_lies_at_most_one_year_after_the_plan(self, behind):
        for kind in ("urge", "report", "supervise"):
            with pytest.raises(InvalidInput):
                self.decide(behind, kind, by_date=datetime.date(9999, 12, 31))
        assert not Decision.objects.exists()

    def test_an_item_that_was_taken_off_meanwhile_is_not_decided(self, behind):
        item = item_of(prepared(behind), behind.late)
        reviews.remove_item(item.pk, by=behind.reviewer)
        for act in (reviews.decide, reviews.keep_draft):
            more = {"kind": "note", "words": "x"} if act is reviews.decide else {"values": {"words": "x"}}
            with pytest.raises(MoveRefused):
                act(item.pk, by=behind.reviewer, **more)

    def test_words_are_needed_and_marks_refused(self, behind):
        for words in ("", "   ", "长" * 1001, "秘密★5年"):
            with pytest.raises(InvalidInput):
                self.decide(behind, "note", words)
        assert not Decision.objects.exists()

    @pytest.mark.parametrize("who", ["admin", "auditor", "viewer", "staff", "foreign_admin", "city_leader"])
    def test_nobody_else_decides(self, behind, who):
        with pytest.raises(NotPermitted):
            self.decide(behind, "note", by=getattr(behind, who))

    def test_a_draft_is_kept_until_it_is_recorded_and_nobody_else_loses_theirs(self, behind):
        item = item_of(prepared(behind), behind.late)
        typed = {"kind": "urge", "words": "写到一半", "by_date": ""}
        reviews.keep_draft(item.pk, by=behind.leader, values=typed)
        reviews.keep_draft(item.pk, by=behind.reviewer, values={"kind": "note", "words": "另一句"})
        self.decide(behind, "note", "已研究", by=behind.reviewer)
        item.refresh_from_db()
        assert item.draft == {str(behind.leader.pk): {**typed, "by": "人-leader"}}
        with pytest.raises(MoveRefused):
            reviews.remove_item(item_of(Review.objects.get(), behind.late).pk, by=behind.reviewer)
        self.decide(behind, "note", "已研究")
        item.refresh_from_db()
        assert item.draft == {}


class TestClosing:
    def test_every_task_is_frozen_with_its_labels(self, behind):
        review = prepared(behind)
        reviews.decide(item_of(review, behind.late).pk, by=behind.reviewer, kind="note", words="已研究")
        kept = reviews.close(review.pk, by=behind.reviewer)
        data = json.loads(kept.data)
        assert kept.tasks == 4
        assert data["totals"] == {"red": 1, "yellow": 0, "blue": 0, "green": 0, "grey": 3, "done": 0}
        first = data["tasks"][0]
        assert first["state"]["lead_unit"]["label"] == "区培训局"
        assert first["labels"] == {"light": "红", "light_words": "落后41点", "nature": "阶段性", "status": "推进中"}
        assert first["report"]["summary"] == "已开展两期培训"
        assert data["decisions"][0]["words"] == "已研究"
        assert kept.digest == picture.digest_of(kept.data, "")

    def test_later_renames_moves_and_edits_change_nothing(self, behind):
        kept = reviews.close(prepared(behind).pk, by=behind.reviewer)
        before = kept.data
        Unit.objects.filter(pk=behind.bureau.pk).update(short_name="改名局", name="改名局")
        tasks.edit(behind.late.pk, by=behind.admin, title="新标题")
        Task.objects.filter(pk=behind.late.pk).update(lead_unit=behind.second)
        kept.refresh_from_db()
        assert kept.data == before
        assert "改名局" not in kept.data

    def test_internal_evidence_and_an_unsigned_submission_are_not_in_it(self, world):
        task = world.started(progress=5)
        world.proof(task, disclosure="internal", title="内部统计表")
        tasks.submit(task.pk, by=world.staff, summary="只给局长看的申请")
        kept = reviews.close(prepared(world).pk, by=world.reviewer)
        assert "内部统计表" not in kept.data
        assert "只给局长看的申请" not in kept.data
        assert json.loads(kept.data)["tasks"][0]["internal_evidence"] == 1

    def test_the_chair_has_done_a_duty(self, world):
        review = prepared(world)
        reviews.close(review.pk, by=world.reviewer)
        duty = LeaderDuty.objects.get()
        assert (duty.leader, duty.words, duty.on) == ("王区长", "主持召开2025年第1次进度评审", DAY)

    def test_what_is_typed_and_not_recorded_stops_the_closing(self, behind):
        review = prepared(behind)
        reviews.keep_draft(item_of(review, behind.late).pk, by=behind.leader, values={"kind": "note", "words": "半句"})
        with pytest.raises(MoveRefused, match=r"1\.1（人-leader）"):
            reviews.close(review.pk, by=behind.reviewer)
        assert not ReviewPicture.objects.exists()
        reviews.close(review.pk, by=behind.reviewer, drop_drafts=True)
        assert item_of(review, behind.late).draft == {}

    def test_it_is_not_closed_before_its_day(self, world):
        review = prepared(world, on=datetime.date(2025, 6, 17), until=DAY)
        with pytest.raises(MoveRefused):
            reviews.close(review.pk, by=world.reviewer)
        assert not LeaderDuty.objects.exists()

    def test_what_passes_among_units_is_no_reason_in_the_picture(self, world):
        task = world.started(progress=5)
        requests.ask(task.pk, by=world.staff, kind="cancellation", reason="改革")
        kept = reviews.close(prepared(world).pk, by=world.reviewer)
        assert json.loads(kept.data)["tasks"][0]["agenda"] == ["red"]

    def test_a_picture_that_was_altered_or_is_missing_is_found(self, world):
        from tests.unguarded import lifted
        from tracker.exceptions import BrokenChain
        from tracker.services import history

        reviews.close(prepared(world).pk, by=world.reviewer)
        with on("2025-06-17"):
            reviews.close(prepared(world).pk, by=world.reviewer)
        assert history.verify() == TaskEvent.objects.count()
        table = ReviewPicture._meta.db_table
        for attack in (
            f"UPDATE {table} SET data = data || ' '",
            f"DELETE FROM {table} WHERE id = (SELECT MIN(id) FROM {table})",
        ):
            with pytest.raises(BrokenChain, match="2025年第"), transaction.atomic():
                with lifted(), connection.cursor() as cursor:
                    cursor.execute(attack)
                history.verify()

    def test_opening_again_keeps_the_picture_and_closing_makes_another(self, behind):
        review = prepared(behind)
        first = reviews.close(review.pk, by=behind.reviewer)
        opened = reviews.reopen(review.pk, by=behind.leader, reason="漏记一项")
        assert opened.state == ReviewState.OPEN
        assert "漏记一项" in opened.notes
        reviews.decide(item_of(review, behind.late).pk, by=behind.reviewer, kind="note", words="补记")
        second = reviews.close(review.pk, by=behind.reviewer)
        assert (first.version, second.version) == (1, 2)
        assert second.previous_digest == first.digest
        assert LeaderDuty.objects.count() == 1

    def test_a_closed_review_takes_no_decision_and_no_second_closing(self, behind):
        review = prepared(behind)
        reviews.close(review.pk, by=behind.reviewer)
        item = item_of(review, behind.late)
        for act in (
            lambda: reviews.decide(item.pk, by=behind.reviewer, kind="note", words="晚了"),
            lambda: reviews.close(review.pk, by=behind.reviewer),
            lambda: reviews.edit(review.pk, by=behind.reviewer, chair="李"),
            lambda: reviews.add_item(review.pk, by=behind.reviewer, task_id=behind.late.pk),
            lambda: reviews.remove_item(item.pk, by=behind.reviewer),
        ):
            with pytest.raises(MoveRefused):
                act()

    def test_a_stale_edit_overwrites_nothing(self, world):
        review = prepared(world)
        reviews.edit(review.pk, by=world.reviewer, version=1, chair="李区长")
        with pytest.raises(Stale):
            reviews.edit(review.pk, by=world.leader, version=1, chair="赵区长")
        review.refresh_from_db()
        assert review.chair == "李区长"

    @pytest.mark.parametrize("number", [1, 3])
    def test_statements_of_closing_do_not_grow_with_the_plan(self, world, number):
        for task in world.tasks[:number]:
            world.started(task, progress=5)
            world.proof(task)
        review = prepared(world)
        with CaptureQueriesContext(connection) as looking:
            reviews.close(review.pk, by=world.reviewer)
        reads = [query for query in looking.captured_queries if query["sql"].startswith("SELECT")]
        assert len(reads) == 16

    def test_a_task_under_review_is_not_moved_by_the_meeting(self, world):
        task = world.under_review()
        review = prepared(world)
        reviews.decide(item_of(review, task).pk, by=world.leader, kind="note", words="请尽快审核")
        task.refresh_from_db()
        assert task.status == Status.UNDER_REVIEW
