"""The sample year until it is over: what was achieved, what is open and why, and what the next report can be told of."""

import datetime
import re

import pytest
from django.db import transaction
from django.test import override_settings
from django.urls import reverse

from reports.annual.check import findings
from reports.documents.annual_report import report
from reports.models import LeaderDuty, Review
from reports.services import disclosure, drafts, reviews
from tests.tracker.conftest import SHANGHAI
from tests.tracker.services.test_demonstration import DATA, QUICK
from tracker import clock
from tracker.documents import read_document
from tracker.enums import EventKind, Status
from tracker.models import (
    CarryOver,
    ChangeRequest,
    ContributionRequest,
    Demand,
    Evidence,
    EvidenceUse,
    Indicator,
    Plan,
    ShortcomingJudgement,
    SupervisionNotice,
    Task,
    TaskEvent,
    User,
)
from tracker.reading import parse
from tracker.services import demonstration, history
from tracker.services.imports import read_toml

DAY = datetime.date(2026, 1, 20)
NUMBER = re.compile(r"\d+(?:\.\d+)?")


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


def completed(plan):
    return Task.objects.filter(plan=plan, status=Status.COMPLETED).by_place()


def final_summary(task):
    return task.events.filter(kind=EventKind.SUBMIT).order_by("sequence").last().summary


def accepted(task):
    return EvidenceUse.objects.current().filter(task=task, verdict="accepted")


def test_most_tasks_are_done_and_each_of_the_others_is_open_for_a_reason_of_its_own(plan):
    tasks = Task.objects.with_light(plan, DAY)
    reasons = {task.code: task.light_reason for task in tasks if task.status != Status.COMPLETED}
    assert reasons == {
        "2.1": "on_track",
        "3.3": "returned",
        "4.1": "on_track",
        "4.2": "on_track",
        "5.2": "on_track",
        "5.6": "cancelled",
        "6.5": "overdue",
    }
    assert completed(plan).count() == 22
    told = {task.code: (task.progress, task.due_on.isoformat()) for task in tasks if task.code in reasons}
    assert told["2.1"] == (90, "2026-03-31") and told["5.2"] == (90, "2026-06-30")
    late = Task.objects.get(plan=plan, code="4.1")
    assert (late.confirmed_on, str(late.lead_unit)) == (datetime.date(2025, 10, 24), "区政府办公室")


def test_the_proof_of_one_open_task_was_rejected_and_nothing_came_in_its_place(plan):
    uses = EvidenceUse.objects.filter(task__plan=plan, verdict="rejected", task__status=Status.IN_PROGRESS)
    assert [(use.task.code, use.timely) for use in uses] == [("4.2", False)]


def test_history_rises_until_the_day_and_holds(plan):
    assert history.verify() == TaskEvent.objects.count()
    days = list(TaskEvent.objects.order_by("sequence").values_list("on", flat=True))
    assert days == sorted(days) and days[-1] <= DAY
    reviews.verify_pictures()


def test_completed_tasks_rest_on_evidence_that_is_accepted_throughout(plan):
    for task in completed(plan):
        standing = EvidenceUse.objects.standing(DAY).filter(task=task)
        assert {use.verdict for use in standing} == {"accepted"}, task.code


def test_nobody_closes_out_the_tasks_of_their_own_unit(plan):
    for event in TaskEvent.objects.filter(kind=EventKind.APPROVE).select_related("by", "task"):
        assert event.by.unit_id != event.task.lead_unit_id, event.task.code


def test_final_summaries_are_sentences_of_a_report(plan):
    for task in completed(plan):
        words = final_summary(task)
        assert words.endswith("。") and not re.search("示例|我们|我局|我办|本单位", words), task.code


def test_three_final_summaries_hold_numbers_that_no_accepted_claim_proves(plan):
    unproved = {}
    for task in completed(plan):
        claimed = set(NUMBER.findall(" ".join(accepted(task).values_list("claim", flat=True))))
        missing = [number for number in NUMBER.findall(final_summary(task)) if number not in claimed]
        if missing:
            unproved[task.code] = missing
    assert unproved == {"3.1": ["312"], "5.4": ["1024"], "6.1": ["58", "7", "8"]}


def test_the_figures_of_the_report_have_their_counterparts_of_this_year(plan):
    rows = Indicator.objects.filter(task__plan=plan).prefetch_related("readings")
    told = {row.name: (row.baseline, max(row.readings.all(), key=lambda reading: reading.on).value) for row in rows}
    assert all(baseline is not None for baseline, _latest in told.values()) and len(told) == 19
    assert told["主动公开政府信息"] == (24509, 25236)
    assert told["审计项目"] == (36, 38)
    assert told["人民调解案件"] == (7493, 6284)
    assert [float(value) for value in told["行政执法资格考试通过率"]] == [96.76, 97.42]
    assert all(row.figure_id for row in rows)


def test_the_last_readings_are_the_numbers_of_the_summaries(plan):
    for row in Indicator.objects.filter(task__in=completed(plan)).select_related("task"):
        latest = row.readings.order_by("on").last()
        assert f"{latest.value.normalize():f}" in NUMBER.findall(final_summary(row.task)), row


def test_each_shortcoming_has_come_out_otherwise(plan):
    judged = {row.shortcoming.number: row.verdict for row in ShortcomingJudgement.objects.filter(plan=plan)}
    assert judged == {1: "not_eased", 2: "eased", 3: "partly"}


def test_one_notice_and_two_demands_stay_unanswered(plan):
    assert [(row.task.code, row.level, row.state) for row in SupervisionNotice.objects.open()] == [
        ("6.5", "orange", "issued")
    ]
    assert {row.task.code for row in Demand.objects.open()} == {"3.3", "4.2"}
    assert not ChangeRequest.objects.filter(state="open").exists()
    assert not ContributionRequest.objects.filter(state="asked").exists()


def test_leaders_acts_reach_into_december_and_every_review_is_closed(plan):
    duties = LeaderDuty.objects.filter(plan=plan, review=None)
    assert max(duty.on for duty in duties) == datetime.date(2025, 12, 25)
    assert {review.state for review in Review.objects.filter(plan=plan)} == {"closed"}
    assert [review.kind for review in Review.objects.order_by("number")][-1] == "annual"


def test_every_page_opens_when_the_year_is_over(plan, signed_in, settings):
    settings.DEMONSTRATION_DATE = DAY
    client = signed_in(User.objects.get(username="auditor"))
    for row in (*Task.objects.all(), *Evidence.objects.all()):
        assert client.get(row.get_absolute_url()).status_code == 200, row
    names = ("home", "ledger", "trace", "living_report", "figures", "progress_reviews", "duties", "calendar")
    for name in (*names, "notices", "changes", "bulletin", "ledger_workbook", "trace_workbook"):
        assert client.get(reverse(name, args=[plan.pk])).status_code == 200, name


def test_what_becomes_of_each_open_task_is_written_for_the_day_after_the_last_review(plan):
    entries = read_toml(DATA / "year_end_roll_over.toml")["task"]
    decided = {entry["code"]: event for entry in entries for event in entry["events"]}
    still_open = Task.objects.filter(plan=plan).exclude(status__in=[Status.COMPLETED, Status.CANCELLED])
    assert set(decided) == {task.code for task in still_open}
    assert {event["carry"] for event in decided.values()} == {"carried", "finished", "absorbed"}
    for code, event in decided.items():
        assert event["on"].date() == datetime.date(2026, 1, 16) and event["reason"].endswith("。")
        assert ("words" in event) == (event["carry"] == "carried"), code
        assert ("into" in event) == (event["carry"] == "absorbed"), code
        if "into" in event:
            assert Task.objects.filter(plan=plan, code=event["into"]).exclude(code=code).exists()


def test_every_open_task_is_settled_for_the_next_year(plan):
    settled = CarryOver.objects.filter(task__plan=plan).values_list("task__code", "kind", "into__code")
    assert {code: (kind, into) for code, kind, into in settled} == {
        "2.1": ("carried", None),
        "3.3": ("finished", None),
        "4.1": ("carried", None),
        "4.2": ("absorbed", "4.4"),
        "5.2": ("carried", None),
        "6.5": ("carried", None),
    }


@pytest.fixture
def draft(plan):
    with clock.at(datetime.datetime(2026, 1, 20, 9, tzinfo=SHANGHAI)):
        yield drafts.drafted(plan, by=User.objects.get(username="reviewer"))


def test_the_draft_has_something_in_each_of_the_four_parts(draft):
    standing = {part.kind: [len(d.standing) for d in part.divisions] for part in draft.parts}
    assert standing == {
        "measures": [3, 6, 3, 5, 5, 5],
        "shortcomings": [3],
        "leadership": [4, 5, 1],
        "arrangements": [0, 1, 0, 1, 1, 1],
    }


def test_last_years_figures_stand_beside_this_years(draft):
    words = "".join(row.text for row in draft.sentences() if row.included)
    assert words.count("（上年") == 19
    for told in ("收到行政复议申请2914件（上年2777件）", "审计项目38个（上年36个）", "25236条（上年24509条）"):
        assert told in words


def test_what_is_still_unproved_is_named(draft):
    wanted = {}
    for finding in findings(draft):
        wanted.setdefault(finding.want.value, []).append(finding.words)
    assert wanted["number"] == ["15个、6项", "312条", "1140件", "1024人次", "58项", "8家"]
    assert wanted["open"] == [
        "按市级目录征求意见稿完成15个街道职责清单比对，调整事项6项。",
        "12项集成审批事项稳定运行，全年办理1140件。",
        "2025年分类处理率96.5%，重复信访量同比下降8.2%。",
    ]
    assert set(wanted) == {"number", "open", "empty_item"}


def test_the_word_file_read_back_in_is_the_report_of_the_year(draft, plan):
    content = report(draft, issuer="北京市西城区人民政府", on=DAY, by="李晓东")
    text = read_document("年度报告.docx", content).text.replace("［待核］", "").replace("草稿\n", "", 1)
    parsed = parse(text)
    assert (parsed.year, parsed.title) == (2025, "北京市西城区人民政府2025年法治政府建设年度情况报告")
    assert [(part.kind, len(part.sections)) for part in parsed.parts] == [
        ("measures", 6),
        ("shortcomings", 0),
        ("leadership", 1),
        ("arrangements", 4),
    ]
    assert (len(parsed.shortcomings), len(parsed.causes)) == (3, 3)
    assert len(parsed.figures) > 60


def test_the_public_ledger_holds_every_task_that_was_closed_out(plan):
    lines = disclosure.published(plan)
    assert [line.task.code for line in lines] == [task.code for task in completed(plan)]
    assert all("示例" not in line.entry.words for line in lines)
