"""The sample year: played through the services, ending with every light and every state there is to show."""

import datetime
from collections import Counter
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.test import override_settings
from django.urls import reverse

from tracker import lights
from tracker.enums import EventKind, LinkHealth, LinkState, RequestKind, RequestState, Status, Verdict
from tracker.exceptions import DatasetError
from tracker.models import (
    AddressCheck,
    CarryOver,
    ChangeRequest,
    ContributionRequest,
    Demand,
    Disposition,
    Evidence,
    EvidenceUse,
    MeasureLink,
    Milestone,
    NoticeReply,
    Plan,
    Reading,
    ReminderMessage,
    Shortcoming,
    ShortcomingJudgement,
    SupervisionNotice,
    Task,
    TaskEvent,
    User,
)
from tracker.presenters import trace as shown_trace
from tracker.reading import parse
from tracker.services import demonstration, files, history, imports, trace

DATA = Path(imports.__file__).resolve().parents[1] / "data" / "xicheng_2025"
DAY = datetime.date(2025, 9, 15)
QUICK = "django.contrib.auth.hashers.MD5PasswordHasher"


@pytest.fixture(scope="module")
def played(django_db_setup, django_db_blocker, tmp_path_factory):
    """Played once for all tests of this file, each of which goes back to it, and taken back at the end."""
    changed = {"EVIDENCE_DIR": tmp_path_factory.mktemp("evidence"), "PASSWORD_HASHERS": [QUICK]}
    with override_settings(**changed), django_db_blocker.unblock(), transaction.atomic():
        plan = demonstration.load(DATA).plan
        demonstration.play(DATA, plan, password="Demo-2025-pass", until=DAY)
        yield plan
        transaction.set_rollback(True)


@pytest.fixture
def plan(played, db):
    return Plan.objects.get(pk=played.pk)


def test_shows_every_light_and_every_open_state(plan):
    tasks = Task.objects.with_light(plan, DAY)
    shown = Counter(str(lights.LIGHT_OF[task.light_reason]) for task in tasks)
    assert shown == {"red": 2, "yellow": 6, "blue": 2, "green": 14, "grey": 3, "done": 2}
    states = Counter(task.status for task in tasks)
    assert states[Status.UNDER_REVIEW] == 2
    assert states[Status.AWAITING_SIGN_OFF] == 1
    assert states[Status.COMPLETED] == 2
    assert states[Status.UNCONFIRMED] == 1
    assert states[Status.NOT_STARTED] == 1
    assert states[Status.CANCELLED] == 1
    assert tasks.filter(returned=True).count() == 1


def test_history_rises_with_time_and_holds(plan):
    assert history.verify() == TaskEvent.objects.count()
    played = TaskEvent.objects.order_by("sequence").values_list("on", flat=True)
    assert list(played) == sorted(played)
    assert max(played) <= DAY


def test_every_kind_of_move_has_been_made(plan):
    told = set(TaskEvent.objects.values_list("kind", flat=True))
    later = {EventKind.EDIT, EventKind.DEMAND, EventKind.NOTICE, EventKind.REVIEW, EventKind.REMARK, EventKind.CARRY}
    assert set(EventKind.values) - told <= {str(kind) for kind in later}


def test_the_words_of_the_report_are_the_published_ones(plan):
    published = parse((DATA / "report.txt").read_text(encoding="utf-8")).text
    assert plan.report.text == published
    for link in MeasureLink.objects.select_related("measure"):
        assert published[link.measure.start : link.measure.end] == link.measure.text
    for task in Task.objects.all():
        assert published[task.start : task.end] == task.quote


def test_completed_tasks_rest_on_accepted_evidence(plan):
    for task in Task.objects.filter(status=Status.COMPLETED):
        assert {use.verdict for use in task.evidence_uses.all()} == {"accepted"}


def test_playing_twice_changes_nothing(plan):
    before = TaskEvent.objects.count()
    demonstration.play(DATA, plan, password="Another-1-pass", until=DAY)
    assert TaskEvent.objects.count() == before


def test_there_is_an_account_for_every_role_and_every_leading_unit(plan):
    names = set(User.objects.values_list("username", flat=True))
    assert {"admin", "reviewer", "reviewer-office", "leader", "auditor", "viewer"} <= names
    units = {unit.code for unit in {task.lead_unit for task in Task.objects.all()} if unit}
    assert {f"staff-{code}" for code in units} | {f"head-{code}" for code in units} <= names


def test_people_were_reminded_in_the_months_before_and_no_mail_left(plan):
    sent = ReminderMessage.objects.filter(state="sent")
    assert {message.on.month for message in sent} >= {6, 9}
    assert mail.outbox == []
    assert set(User.objects.values_list("reminders", flat=True)) == {"daily", "weekly", "none"}
    assert all(person.email.endswith(".example") for person in User.objects.exclude(username="importer-xcq"))


def test_does_not_run_where_the_demonstration_is_off(db, settings):
    settings.DEMONSTRATION = False
    before = User.objects.count()
    with pytest.raises(CommandError):
        call_command("demo")
    assert User.objects.count() == before


def test_shows_the_states_of_the_thread(plan):
    checks = {check.health for check in AddressCheck.objects.all()}
    assert checks == set(LinkHealth) - {LinkHealth.UNCHECKED}
    assert any(item.expired(DAY) for item in Evidence.objects.all())
    assert {row.state for row in ContributionRequest.objects.all()} == {"asked", "answered", "replaced"}
    assert Milestone.objects.exclude(met_words="").count() == 2
    assert Reading.objects.exclude(note="").count() == 1


def test_shows_demands_and_notices_at_every_turn(plan):
    late = Demand.objects.open().filter(wanted_by__lt=DAY)
    assert {row.state for row in Demand.objects.all()} == {"open", "answered"}
    assert {row.kind for row in Demand.objects.open()} == {"urge", "report"} and late.exists()
    told = {(row.level, row.state) for row in SupervisionNotice.objects.all()}
    assert told >= {("blue", "accepted"), ("blue", "escalated"), ("orange", "issued"), ("blue", "refused")}
    assert NoticeReply.objects.filter(evidence__isnull=False).exists()


def test_shortcoming_three_leads_to_proof(plan, signed_in, settings):
    settings.DEMONSTRATION_DATE = DAY
    weak = Shortcoming.objects.get(part__report=plan.report, number=3)
    auditor = User.objects.get(username="auditor")
    page = signed_in(auditor).get(reverse("shortcoming", args=[plan.pk, weak.pk])).context
    assert page["causes"] and page["judgement"]
    assert {row["task"].code for row in page["rows"]} == {"5.1", "5.2", "5.3"}
    assert [item["document_number"] for item in page["proof"] if item["tag"]] == ["西政法发〔2025〕11号"]
    assert page["figures"][0]["baseline"] == "7,493" and page["figures"][0]["latest"] == "4,086"


def test_shows_every_state_and_kind_of_a_change_request(plan):
    asked = ChangeRequest.objects.all()
    assert {row.state for row in asked} == set(RequestState.values)
    assert {row.kind for row in asked} == set(RequestKind.values)
    assert {row.kind for row in asked if row.state == RequestState.APPROVED} == set(RequestKind.values)
    assert "leader" in {row.decided_by.username for row in asked if row.decided_by}


def test_shows_every_verdict_on_evidence_and_a_claim_for_each_use(plan):
    uses = EvidenceUse.objects.all()
    assert {use.verdict for use in uses} == set(Verdict.values)
    assert all(use.claim for use in uses)
    claims = Counter(use.evidence.number for use in uses)
    assert claims["2025-3-2-02"] == 3
    assert len({use.claim for use in uses if use.evidence.number == "2025-3-2-02"}) == 3
    assert Evidence.objects.get(number="2025-3-2-02").replaces.number == "2025-3-2-01"


def test_shows_files_that_are_whole_and_can_be_previewed(plan):
    kept = Evidence.objects.exclude(file_digest="")
    assert {item.file_type for item in kept} == {"text/plain", "application/pdf", "image/png"}
    assert list(files.damaged()) == []
    for item in kept.exclude(file_type="image/png"):
        assert "示例" in files.preview(item)


def test_shows_links_of_every_state_one_suspect_and_one_looked_at_again(plan):
    links = MeasureLink.objects.select_related("measure", "task")
    assert {link.state for link in links} == set(LinkState.values)
    assert [link.task.code for link in links if trace.is_suspect(link)] == ["2.1"]
    assert links.get(task__code="3.3").confirmed_at.date() > links.get(task__code="3.1").confirmed_at.date()


def test_shows_what_is_settled_and_what_is_honestly_open(plan):
    assert [row.section.position for row in Disposition.objects.all()] == [10]
    verdicts = {row.shortcoming.number: row.verdict for row in ShortcomingJudgement.objects.all()}
    assert verdicts == {2: "not_eased", 3: "partly"}
    auditor = User.objects.get(username="auditor")
    tasks = list(Task.objects.with_light(plan, DAY).with_people().with_support_of(auditor).by_place())
    page = shown_trace.present(plan, tasks, auditor, DAY, "", may_settle=False)
    gaps = {gap.head: len(gap.rows) for gap in page["missing"]}
    assert gaps == {
        "既无任务，也无去向说明": 1,
        "仅承接一部分或回应偏弱，且未说明其余去向": 2,
        "仅按位置与不足配对的原因": 3,
        "缺牵头单位、责任人或时限的任务": 1,
        "未与上年关联的任务": 1,
        "尚无佐证的任务": 13,
        "佐证已过期、打不开或采信后内容有变": 3,
        "存疑的关联：原文其后有变": 1,
        "推定而未确认的关联": 10,
    }


def test_shows_lights_raised_and_taken_back_and_the_replies_to_red_and_yellow(plan):
    raised = TaskEvent.objects.filter(kind=EventKind.RAISE_LIGHT).order_by("sequence")
    assert [(event.task.code, event.state["raised_light"]) for event in raised] == [
        ("4.2", "yellow"),
        ("4.2", ""),
        ("2.3", "yellow"),
    ]
    idle = {event.task.code: event.reason for event in TaskEvent.objects.filter(kind=EventKind.NO_CHANGE)}
    assert idle["2.5"] == "" and idle["1.3"]


def test_every_task_and_item_opens_for_those_who_only_read(plan, signed_in, settings):
    settings.DEMONSTRATION_DATE = DAY
    client = signed_in(User.objects.get(username="auditor"))
    for row in (*Task.objects.all(), *Evidence.objects.all()):
        assert client.get(row.get_absolute_url()).status_code == 200, row


def year_end(plan, entry, event):
    moment = datetime.datetime(2025, 12, 30, 10)
    return demonstration._play_event(plan, moment, entry, {"by": "admin", **event})


def test_a_story_settles_tasks_at_the_end_of_the_year(plan):
    carried = {"kind": "carry_over", "carry": "carried", "reason": "明年继续推进", "words": "深化预算绩效管理"}
    year_end(plan, {"code": "2.3"}, carried)
    absorbed = {"kind": "carry_over", "carry": "absorbed", "reason": "合并推进", "into": "2.3"}
    year_end(plan, {"code": "2.4"}, absorbed)
    rows = CarryOver.objects.order_by("task").values_list("task__code", "kind", "words", "into__code")
    assert list(rows) == [("2.3", "carried", "深化预算绩效管理", None), ("2.4", "absorbed", "", "2.3")]


def test_a_story_that_closes_a_plan_too_early_is_told_what_is_missing(plan):
    with pytest.raises(DatasetError, match="close_plan"):
        year_end(plan, {}, {"kind": "close_plan"})
    assert Plan.objects.get(pk=plan.pk).state == "active"
