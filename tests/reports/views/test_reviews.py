"""The pages of progress reviews."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reports.enums import ReviewState
from reports.models import Decision, Review
from reports.services import reviews
from tests.reports.worlds import item_of, prepared
from tracker.models import Demand
from tracker.services import requests, tasks


@pytest.fixture
def held(world):
    """A review with one red task and three that are not confirmed."""
    world.late = world.started(progress=5)
    world.review = prepared(world)
    world.item = item_of(world.review, world.late)
    world.screen = reverse("meeting", args=[world.review.pk, world.item.pk])
    return world


class TestPreparing:
    def test_a_review_is_prepared_with_what_is_most_likely(self, world, signed_in):
        address = reverse("prepare_review", args=[world.plan.pk])
        client = signed_in(world.reviewer)
        form = client.get(address).context["form"]
        assert form["chair"].value() == "人-leader"
        sent = {name: form[name].value() or "" for name in form.fields}
        answer = client.post(address, sent)
        review = Review.objects.get()
        assert answer.headers["Location"] == review.get_absolute_url()
        assert (review.on, review.since) == (datetime.date(2025, 6, 16), datetime.date(2025, 1, 1))

    def test_what_was_typed_stays_and_the_place_is_named(self, world, signed_in):
        address = reverse("prepare_review", args=[world.plan.pk])
        sent = {"kind": "monthly", "on": "2025-13-40", "since": "2025-01-01", "until": "2025-06-16", "chair": "王"}
        answer = signed_in(world.reviewer).post(address, {**sent, "order": "light"})
        assert answer.status_code == 400
        assert "“2025-13-40”不是日期" in answer.content.decode()
        assert answer.context["form"]["chair"].value() == "王"
        assert not Review.objects.exists()


class TestAgenda:
    def test_it_is_for_those_who_conduct_it_until_it_is_closed(self, held, signed_in):
        address = held.review.get_absolute_url()
        seen = {
            who
            for who in ("admin", "reviewer", "leader", "auditor", "viewer", "staff", "head", "city_leader")
            if signed_in(getattr(held, who)).get(address).status_code == 200
        }
        assert seen == {"admin", "reviewer", "leader"}

    def test_the_list_shows_an_open_one_to_them_alone(self, held, signed_in):
        address = reverse("progress_reviews", args=[held.plan.pk])
        assert len(signed_in(held.leader).get(address).context["reviews"]) == 1
        assert signed_in(held.viewer).get(address).context["reviews"] == []

    def test_home_tells_those_who_conduct_it_how_far_it_is(self, held, signed_in):
        address = reverse("home", args=[held.plan.pk])
        reviews.decide(held.item.pk, by=held.leader, kind="note", words="已研究")
        for who, told in (("leader", True), ("reviewer", True), ("staff", False), ("viewer", False)):
            body = signed_in(getattr(held, who)).get(address).content.decode()
            assert ("2025年第1次进度评审（6月16日）进行中，已决 1／4 项。" in body) is told, who

    def test_tasks_stand_in_the_order_that_is_chosen(self, held, signed_in):
        client = signed_in(held.reviewer)
        address = held.review.get_absolute_url()
        heads = [group["head"] for group in client.get(address).context["rows"]]
        assert heads == ["红", "灰"]
        client.post(address, {"act": "order", "order": "area"})
        heads = [group["head"] for group in client.get(address).context["rows"]]
        assert heads == ["1 加强培训", "2 提升执法"]
        client.post(address, {"act": "order", "order": "unit"})
        assert client.get(address).context["rows"][0]["head"] == "区培训局"

    def test_a_task_is_put_on_by_its_number_and_taken_off(self, held, signed_in):
        client, address = signed_in(held.leader), held.review.get_absolute_url()
        item = item_of(held.review, held.tasks[3])
        client.post(address, {"act": "remove", "item": item.pk})
        assert held.review.items.count() == 3
        client.post(address, {"act": "add", "code": held.tasks[3].code, "words": "听取汇报"})
        assert item_of(held.review, held.tasks[3]).words == "听取汇报"
        answer = client.post(address, {"act": "add", "code": "9.9"})
        assert answer.status_code == 400
        assert "本计划没有任务“9.9”" in answer.content.decode()

    @pytest.mark.parametrize(
        "sent", [{"act": "rank"}, {}, {"act": "remove", "item": "x"}, {"act": "remove", "item": "9" * 30}]
    )
    def test_odd_input_is_answered(self, held, signed_in, sent):
        assert signed_in(held.reviewer).post(held.review.get_absolute_url(), sent).status_code in (400, 404)

    def test_stale_notes_are_kept_in_the_form(self, held, signed_in):
        client, address = signed_in(held.reviewer), held.review.get_absolute_url()
        version = held.review.version
        client.post(address, {"act": "notes", "notes": "甲的记录", "version": version})
        answer = client.post(address, {"act": "notes", "notes": "乙的记录", "version": version})
        assert answer.status_code == 400
        assert "乙的记录" in answer.content.decode()
        held.review.refresh_from_db()
        assert held.review.notes == "甲的记录"

    @pytest.mark.parametrize("number", [1, 3])
    def test_statements_do_not_grow(self, world, signed_in, number):
        for task in world.tasks[:number]:
            world.started(task, progress=5)
        review = prepared(world)
        review.items.exclude(task__in=[task.pk for task in world.tasks[:number]]).delete()
        client = signed_in(world.reviewer)
        client.get(review.get_absolute_url())
        with CaptureQueriesContext(connection) as looking:
            client.get(review.get_absolute_url())
        assert len(looking) == 12


class TestHead:
    def test_a_stale_edit_of_the_head_is_said_and_loses_nothing(self, held, signed_in):
        client, address = signed_in(held.reviewer), reverse("edit_review", args=[held.review.pk])
        form = client.get(address).context["form"]
        sent = {name: form[name].value() or "" for name in form.fields}
        reviews.edit(held.review.pk, by=held.leader, participants="区司法局")
        answer = client.post(address, {**sent, "chair": "李区长"})
        assert answer.status_code == 400
        assert answer.context["form"]["chair"].value() == "李区长"
        held.review.refresh_from_db()
        assert (held.review.participants, held.review.chair) == ("区司法局", "王区长")


class TestMeeting:
    def test_the_screen_shows_one_task_whole(self, held, signed_in):
        page = signed_in(held.leader).get(held.screen)
        words = page.content.decode()
        assert "继续组织全员培训" in words
        assert page.context["bar"]["words"] == "差 41 个百分点"
        assert page.context["report"]["summary"] == "已开展两期培训"
        assert (page.context["number"], page.context["total"]) == (1, 4)

    def test_a_decision_is_recorded_and_the_next_task_shown(self, held, signed_in):
        client = signed_in(held.leader)
        sent = {"kind": "urge", "words": "月底前补齐", "by_date": "2025-06-30"}
        answer = client.post(held.screen, sent)
        following = item_of(held.review, held.tasks[1])
        assert answer.headers["Location"] == reverse("meeting", args=[held.review.pk, following.pk])
        assert Demand.objects.get().words == "月底前补齐"
        held.review.refresh_from_db()
        assert held.review.state == ReviewState.OPEN

    @pytest.mark.parametrize(
        ("sent", "status", "sentence"),
        [
            ({"kind": "note", "words": ""}, 400, "请写明决定的内容。"),
            ({"kind": "supervise", "words": "补齐"}, 400, "督办单须有时限，请填截止日期。"),
            ({"kind": "approve", "words": ""}, 409, "该任务没有待决的申请。"),
            ({"kind": "rank", "words": "x"}, 400, ""),
            ({"kind": "note", "words": "记下", "by_date": "月底"}, 400, "“月底”不是日期"),
            ({"kind": "adjust", "words": "换人", "owner": "99999999999999999999"}, 400, ""),
        ],
    )
    def test_a_wrong_decision_is_answered_and_kept_in_the_form(self, held, signed_in, sent, status, sentence):
        answer = signed_in(held.leader).post(held.screen, sent)
        assert answer.status_code == status
        assert sentence in answer.content.decode()
        assert answer.context["form"]["words"].value() == sent["words"]
        assert not Decision.objects.exists()

    def test_an_adjustment_takes_the_fields_of_the_task(self, held, signed_in):
        page = signed_in(held.leader).get(held.screen)
        changes = page.context["changes"]
        sent = {name: changes[name].value() or "" for name in changes.fields}
        answer = signed_in(held.leader).post(
            held.screen, {**sent, "reason": "评审", "kind": "adjust", "words": "改到年中", "due_on": "2025-07-31"}
        )
        assert answer.status_code == 302
        held.late.refresh_from_db()
        assert held.late.due_on == datetime.date(2025, 7, 31)

    def test_a_draft_is_kept_while_typing(self, held, signed_in):
        client = signed_in(held.leader)
        draft = reverse("meeting_draft", args=[held.review.pk, held.item.pk])
        assert client.post(draft, {"kind": "urge", "words": "写到一"}).status_code == 200
        page = client.get(held.screen)
        assert "写到一" in page.content.decode()
        assert [option.value for option in page.context["options"] if option.chosen] == ["urge"]

    def test_a_pending_request_stands_beside_with_old_and_new(self, held, signed_in):
        changes = {"due_on": "2026-01-31"}
        requests.ask(held.late.pk, by=held.staff, kind="extension", reason="等上级", changes=changes)
        page = signed_in(held.leader).get(held.screen)
        assert page.context["request"]["changes"] == [
            {"label": "完成时限", "old": "2025年12月31日", "new": "2026年1月31日"}
        ]
        assert {option.value for option in page.context["options"] if option.refusal} == {"adjust"}

    def test_what_changed_and_what_was_decided_before_is_told(self, held, signed_in):
        from tests.reports.worlds import on

        reviews.decide(held.item.pk, by=held.leader, kind="urge", words="补齐清单", by_date=datetime.date(2025, 6, 18))
        reviews.close(held.review.pk, by=held.reviewer)
        with on("2025-06-20"):
            again = prepared(held)
            address = reverse("meeting", args=[again.pk, item_of(again, held.late).pk])
            page = signed_in(held.leader).get(address)
        assert page.context["earlier"] == [
            {"on": "6月16日", "words": "催办　补齐清单　6月18日前", "outcome": "未完成", "is_open": "yes"}
        ]
        assert page.context["last_light"]["words"] == "连续两次红灯或黄灯"

    def test_evidence_given_since_the_last_review_is_told(self, held, signed_in):
        from tests.reports.worlds import on

        use = held.proof(held.late)
        reviews.close(held.review.pk, by=held.reviewer)
        with on("2025-06-20"):
            held.proof(held.late, title="第二份通知")
            again = prepared(held)
            address = reverse("meeting", args=[again.pk, item_of(again, held.late).pk])
            page = signed_in(held.leader).get(address)
        assert page.status_code == 200
        told = [(change["name"], change["old"], change["new"]) for change in page.context["changed"]]
        assert told == [("evidence", "", "2025-1-1-02 第二份通知　待审")]
        assert use.evidence.number == "2025-1-1-01"

    def test_a_request_that_fits_no_more_is_answered_and_not_approved(self, held, signed_in):
        from tests.reports.worlds import on

        changes = {"due_on": "2025-07-01"}
        requests.ask(held.late.pk, by=held.staff, kind="adjustment", reason="提前", changes=changes)
        with on("2025-07-10"):
            answer = signed_in(held.leader).post(held.screen, {"kind": "approve", "words": ""})
        assert answer.status_code == 400
        assert not Decision.objects.exists()

    def test_a_stale_adjustment_is_said_and_can_be_sent_again(self, held, signed_in):
        client = signed_in(held.leader)
        changes = client.get(held.screen).context["changes"]
        sent = {name: changes[name].value() or "" for name in changes.fields}
        tasks.report(held.late.pk, by=held.staff, progress=20, summary="又有进展")
        sent |= {"reason": "评审", "kind": "adjust", "words": "改到年中", "due_on": "2025-07-31"}
        answer = client.post(held.screen, sent)
        assert answer.status_code == 409
        sent["version"] = answer.context["changes"]["version"].value()
        assert client.post(held.screen, sent).status_code == 302

    def test_an_administrator_looks_and_does_not_decide(self, held, signed_in):
        client = signed_in(held.admin)
        assert client.get(held.screen).context["may"] is False
        assert client.post(held.screen, {"kind": "note", "words": "x"}).status_code == 403
        assert not Decision.objects.exists()

    @pytest.mark.parametrize("number", [1, 3])
    def test_statements_do_not_grow(self, held, signed_in, number):
        for task in held.tasks[1 : number + 1]:
            held.started(task, progress=5)
        client = signed_in(held.leader)
        client.get(held.screen)
        with CaptureQueriesContext(connection) as looking:
            client.get(held.screen)
        assert len(looking) == 24


class TestClosing:
    def test_it_is_closed_and_its_record_read_by_everyone_of_the_government(self, held, signed_in):
        client = signed_in(held.reviewer)
        client.post(held.screen, {"kind": "note", "words": "已研究"})
        answer = client.post(reverse("close_review", args=[held.review.pk]))
        record = reverse("review_record", args=[held.review.pk])
        assert answer.headers["Location"] == record
        for who in ("viewer", "staff", "auditor", "city_leader"):
            page = signed_in(getattr(held, who)).get(record)
            assert page.status_code == 200
            assert "已研究" in page.content.decode()
            assert page.context["holds"] is True

    def test_a_draft_left_over_stops_it_with_its_number(self, held, signed_in):
        reviews.keep_draft(held.item.pk, by=held.leader, values={"kind": "note", "words": "半句"})
        answer = signed_in(held.reviewer).post(reverse("close_review", args=[held.review.pk]))
        assert answer.status_code == 409
        assert "1.1（人-leader） 写了还没有记下" in answer.content.decode()
        address = reverse("close_review", args=[held.review.pk])
        assert signed_in(held.reviewer).post(address, {"drop": "yes"}).status_code == 302

    def test_an_altered_picture_shows(self, held, signed_in):
        from reports.models import ReviewPicture
        from tests.unguarded import lifted

        kept = reviews.close(held.review.pk, by=held.reviewer)
        with lifted(), connection.cursor() as cursor:
            table = ReviewPicture._meta.db_table
            cursor.execute(f"UPDATE {table} SET data = %s", [kept.data.replace("已开展", "未开展")])
        page = signed_in(held.viewer).get(reverse("review_record", args=[held.review.pk]))
        assert page.context["holds"] is False
        assert "已被改动" in page.content.decode()

    def test_the_picture_is_handed_out_byte_for_byte(self, held, signed_in):
        kept = reviews.close(held.review.pk, by=held.reviewer)
        answer = signed_in(held.viewer).get(reverse("review_picture", args=[held.review.pk]))
        assert answer.content.decode() == kept.data
        assert answer.headers["X-Digest"] == kept.digest

    def test_earlier_versions_stay_readable_while_it_is_open_again(self, held, signed_in):
        reviews.close(held.review.pk, by=held.reviewer)
        client = signed_in(held.reviewer)
        client.post(reverse("reopen_review", args=[held.review.pk]), {"reason": "漏记"})
        record = reverse("review_record", args=[held.review.pk])
        assert signed_in(held.viewer).get(record).context["is_open"] is True
        assert signed_in(held.viewer).get(record, {"version": "1"}).status_code == 200
        for version in ("2", "x", "0", "9" * 30):
            assert signed_in(held.viewer).get(record, {"version": version}).status_code == 404
