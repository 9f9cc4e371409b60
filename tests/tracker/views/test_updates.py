"""Reporting progress: one form, all of it or nothing, nothing typed is lost."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tracker import clock
from tracker.models import Draft, EvidenceUse, Reading, Task, TaskEvent
from tracker.services import indicators, tasks


@pytest.fixture
def desk(world, signed_in):
    """A task in progress and its contributor's browser."""
    world.open_task = world.started()
    world.client = signed_in(world.staff)
    world.address = reverse("report_progress", args=[world.open_task.pk])
    return world


def typed(desk, **changed):
    return {"version": desk.open_task.version, "progress": "60", "summary": "办了三期培训", **changed}


def proof(**changed):
    values = {
        "title": "第三期通知",
        "kind": "notice",
        "address": "https://www.example.gov.cn/3.html",
        "document_number": "区培发[2025]07号",
        "dated_on": "2025-06-01",
        "disclosure": "public",
        "claim": "第三期已办",
        "not_classified": "on",
    }
    return {f"new-{name}": value for name, value in {**values, **changed}.items()}


def now(desk):
    return Task.objects.get(pk=desk.open_task.pk)


def test_the_form_shows_sentence_criteria_and_the_last_report(desk):
    body = desk.client.get(desk.address).content.decode()
    for words in ("<mark>继续组织全员培训</mark>", "通过考试", "已开展两期培训"):
        assert words in body


def test_a_report_is_stored_and_leads_home(desk):
    answer = desk.client.post(desk.address, typed(desk, problems="缺教室", next_steps="借教室"))
    assert answer.headers["Location"] == reverse("home", args=[desk.plan.pk])
    event = TaskEvent.objects.filter(task=desk.open_task).latest("sequence")
    assert (now(desk).progress, event.summary, event.problems, event.next_steps) == (
        60,
        "办了三期培训",
        "缺教室",
        "借教室",
    )


@pytest.mark.parametrize("wrong", ["一百", "101", "-1", "5.5", "1e99999999", "", "9" * 6000])
def test_a_progress_that_is_none_is_named_and_everything_typed_stays(desk, wrong):
    answer = desk.client.post(desk.address, typed(desk, progress=wrong, problems="缺教室"))
    assert answer.status_code == 400
    body = answer.content.decode()
    assert "办了三期培训" in body
    assert "缺教室" in body
    assert now(desk).progress == 50


def test_evidence_comes_in_with_the_report(desk):
    desk.client.post(desk.address, typed(desk) | proof())
    use = EvidenceUse.objects.get(task=desk.open_task)
    assert (use.evidence.number, use.evidence.document_number, use.claim) == (
        "2025-1-1-01",
        "区培发〔2025〕7号",
        "第三期已办",
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"not_classified": ""},
        {"address": "", "document_number": ""},
        {"address": "javascript:alert(1)"},
        {"dated_on": "2025-02-30"},
        {"dated_on": "2031-01-01"},
        {"title": ""},
        {"title": "秘密★5年 通知"},
    ],
)
def test_wrong_evidence_stores_nothing_at_all(desk, wrong):
    before = TaskEvent.objects.count()
    answer = desk.client.post(desk.address, typed(desk) | proof(**wrong))
    assert answer.status_code in (400, 409)
    assert "办了三期培训" in answer.content.decode()
    assert (TaskEvent.objects.count(), EvidenceUse.objects.count(), now(desk).progress) == (before, 0, 50)


def test_an_item_that_is_there_already_is_ticked(desk):
    other = desk.started(desk.tasks[1])
    item = desk.proof(other).evidence
    assert item.title in desk.client.get(desk.address).content.decode()
    desk.client.post(desk.address, typed(desk, existing=[item.pk]))
    assert EvidenceUse.objects.filter(task=desk.open_task, evidence=item).exists()


def test_an_item_of_another_government_cannot_be_ticked(desk):
    before = TaskEvent.objects.count()
    answer = desk.client.post(desk.address, typed(desk, existing=["9999"]))
    assert answer.status_code == 400
    assert TaskEvent.objects.count() == before


def test_a_reading_comes_in_with_the_report(desk):
    indicator = indicators.add(desk.open_task.pk, by=desk.admin, name="人数", direction="up", unit="人")
    desk.client.post(desk.address, typed(desk, **{f"reading_{indicator.pk}": "120"}))
    assert Reading.objects.get(indicator=indicator).value == 120


def test_a_milestone_is_marked_as_met(desk):
    step = {"title": "第二期", "due_on": datetime.date(2025, 7, 1), "share": 60}
    tasks.set_milestones(desk.open_task.pk, by=desk.admin, steps=[step])
    milestone = now(desk).milestones.get()
    desk.client.post(desk.address, typed(desk, version=now(desk).version, milestones_met=[milestone.pk]))
    milestone.refresh_from_db()
    assert milestone.met_on == clock.today()


def test_report_and_submission_in_one(desk):
    desk.client.post(desk.address, typed(desk, submit="on") | proof())
    assert now(desk).status == "awaiting_sign_off"


def test_a_submission_without_evidence_takes_the_report_back_too(desk):
    answer = desk.client.post(desk.address, typed(desk, submit="on"))
    assert answer.status_code == 409
    assert now(desk).progress == 50


def test_a_stale_form_shows_both_versions_and_goes_through_the_second_time(desk):
    tasks.report(desk.open_task.pk, by=desk.head, progress=55, summary="主任先报了")
    answer = desk.client.post(desk.address, typed(desk))
    assert answer.status_code == 409
    body = answer.content.decode()
    assert "主任先报了" in body
    assert "办了三期培训" in body
    assert now(desk).progress == 55
    again = typed(desk, version=now(desk).version, pick_progress="theirs", theirs_progress="55", pick_summary="mine")
    assert desk.client.post(desk.address, again).status_code == 302
    event = TaskEvent.objects.filter(task=desk.open_task).latest("sequence")
    assert (event.progress, event.summary) == (55, "办了三期培训")


def test_a_draft_is_kept_for_its_author_and_gone_after_sending(desk, signed_in):
    desk.client.post(desk.address, typed(desk, save_draft="1", summary="写了一半"))
    assert now(desk).progress == 50
    assert "写了一半" in desk.client.get(desk.address).content.decode()
    assert "写了一半" not in signed_in(desk.head).get(desk.address).content.decode()
    desk.client.post(desk.address, typed(desk))
    assert not Draft.objects.exists()


@pytest.mark.parametrize("who", ["second_staff", "reviewer", "admin", "leader", "viewer", "auditor"])
def test_nobody_else_reports(desk, signed_in, who):
    client = signed_in(getattr(desk, who))
    assert client.get(desk.address).status_code in (403, 409)
    assert client.post(desk.address, typed(desk)).status_code in (403, 409)
    assert now(desk).progress == 50


def test_control_characters_are_taken_out(desk):
    desk.client.post(desk.address, typed(desk, summary="办了\x0b三期\ufeff培训"))
    assert TaskEvent.objects.filter(task=desk.open_task).latest("sequence").summary == "办了三期培训"


def test_very_long_words_are_refused_with_a_sentence(desk):
    assert desk.client.post(desk.address, typed(desk, summary="长" * 10_000)).status_code == 400


def test_the_forecast_says_what_the_light_would_be(desk):
    body = desk.client.get(desk.address, {"forecast": "1", "progress": "30"}).content.decode()
    assert "黄" in body
    assert desk.client.get(desk.address, {"forecast": "1", "progress": "x"}).content.decode().strip() == ""


def test_one_update_costs_at_most_twelve_reads_and_five_writes(desk):
    with CaptureQueriesContext(connection) as captured:
        assert desk.client.post(desk.address, typed(desk)).status_code == 302
    statements = [query["sql"].split(maxsplit=1)[0].upper() for query in captured.captured_queries]
    reads = statements.count("SELECT")
    writes = sum(statements.count(verb) for verb in ("INSERT", "UPDATE", "DELETE"))
    assert reads == (11 if connection.vendor == "sqlite" else 12)  # PostgreSQL locks the chain with one more
    assert writes == 3


class TestNoChange:
    def address(self, desk):
        return reverse("no_change", args=[desk.open_task.pk])

    def test_one_click_on_a_green_task(self, desk):
        with clock.at(clock.now() + datetime.timedelta(days=3)):
            answer = desk.client.post(self.address(desk), {"version": desk.open_task.version})
        assert answer.status_code == 302
        assert TaskEvent.objects.latest("sequence").kind == "no_change"

    def test_a_yellow_task_is_asked_why(self, desk):
        tasks.report(desk.open_task.pk, by=desk.staff, progress=30, summary="慢了")
        assert desk.client.post(self.address(desk), {}).status_code == 409
        assert desk.client.post(self.address(desk), {"reason": "等教室"}).status_code == 302
        assert TaskEvent.objects.latest("sequence").reason == "等教室"

    @pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/"])
    def test_a_hostile_next_stays_here(self, desk, target):
        answer = desk.client.post(self.address(desk), {"next": target})
        assert answer.headers["Location"] == reverse("home", args=[desk.plan.pk])


class TestContribution:
    def test_a_supporting_unit_adds_its_word(self, world, signed_in):
        task = world.started(supporting_units=[world.second])
        address = reverse("contribute", args=[task.pk])
        client = signed_in(world.second_staff)
        assert client.get(address).status_code == 200
        assert client.post(address, {"summary": ""}).status_code == 400
        assert client.post(address, {"summary": "提供场地"}).status_code == 302
        assert TaskEvent.objects.latest("sequence").summary == "提供场地"

    def test_another_unit_does_not(self, desk, signed_in):
        address = reverse("contribute", args=[desk.open_task.pk])
        assert signed_in(desk.second_staff).post(address, {"summary": "x"}).status_code == 403
