"""What the data give for the four parts."""

import datetime
from decimal import Decimal

import pytest
from django.utils.translation import override

from reports.annual.rows import Ground
from reports.services import drafts, duties
from tests.reports.worlds import on
from tracker import clock
from tracker.enums import JudgementVerdict
from tracker.models import CarryOver, EvidenceUse, Figure, Shortcoming, Task
from tracker.services import evidence, indicators, tasks, trace, updates


def draft_of(world, who=None):
    return drafts.drafted(world.plan, by=who or world.reviewer)


def pieces(world, kind):
    return {row.key: row for part in [draft_of(world).part(kind)] for d in part.divisions for row in d.sentences}


def of_task(world, task):
    return pieces(world, "measures").get(f"task:{task.pk}")


def test_title_and_headings_are_those_of_the_report_a_year_on(world):
    draft = draft_of(world)
    assert draft.title.text == "某市甲区人民政府2025年法治政府建设年度情况报告"
    headings = [f"{part.number}、{part.heading.text}" for part in draft.parts]
    assert headings == [
        "一、2025年主要举措和成效",
        "二、存在的不足及原因",
        "三、主要负责人履行第一责任人职责情况",
        "四、2026年工作安排",
    ]


def test_the_areas_of_the_plan_are_the_items_of_measures_and_arrangements(world):
    draft = draft_of(world)
    for kind in ("measures", "arrangements"):
        assert [d.heading.text for d in draft.part(kind).divisions] == ["加强培训", "提升执法"]


def test_a_completed_task_is_told_in_the_words_it_was_closed_out_with(world):
    done = world.completed()
    row = of_task(world, done)
    assert (row.text, row.included, row.ground) == ("培训和考试都已完成。", True, Ground.COMPLETED)
    assert [proof.number for proof in row.proofs] == ["2025-1-1-01"]
    assert row.task.code == "1.1"


def test_an_open_task_is_told_once_some_evidence_is_accepted(world):
    started = world.started()
    use = world.proof(started)
    assert not of_task(world, started).included
    evidence.judge(use.pk, by=world.reviewer, authentic=True, timely=True, relevant=True)
    row = of_task(world, started)
    assert (row.included, row.ground) == (True, Ground.PROVEN)


def test_what_the_unit_does_not_stand_by_yet_is_not_told(world):
    waiting = world.submitted()
    assert of_task(world, waiting).text == "已开展两期培训。"


def test_what_was_returned_is_only_offered_whatever_was_accepted(world):
    returned = world.under_review()
    world.accept_all(returned)
    tasks.send_back(returned.pk, by=world.reviewer, reason="缺名单")
    row = of_task(world, returned)
    assert (row.ground, row.included) == (Ground.RETURNED, False)


def test_evidence_that_has_expired_proves_nothing(world):
    started = world.started()
    use = world.proof(started, valid_until=datetime.date(2025, 6, 30))
    evidence.judge(use.pk, by=world.reviewer, authentic=True, timely=True, relevant=True)
    with on("2025-07-01"):
        assert not of_task(world, started).included


def test_a_reading_stands_beside_last_years_figure_which_needs_no_proof(world):
    started = world.started()
    figure = Figure.objects.get(report=world.report, quote__contains="40件")
    row = indicators.add(
        started.pk, by=world.admin, name="审核文件", direction="up", unit="件", figure=figure, target=None
    )
    indicators.read(row.pk, by=world.staff, value=Decimal("52.50"), on=clock.today(), note="")
    found = pieces(world, "measures")[f"indicator:{row.pk}"]
    assert found.text == "审核文件52.5件（上年40件）。"
    assert found.unproved == ["52.5件"]


def test_last_years_figure_is_put_behind_this_years_where_the_words_name_it(world):
    started = world.started()
    tasks.report(started.pk, by=world.staff, progress=70, summary="审核文件52件,培训40件次")
    figure = Figure.objects.get(report=world.report, quote__contains="40件")
    values = {"name": "审核文件", "direction": "up", "unit": "件", "figure": figure, "target": None}
    row = indicators.add(started.pk, by=world.admin, **values)
    indicators.read(row.pk, by=world.staff, value=Decimal(52), on=clock.today(), note="")
    found = pieces(world, "measures")
    assert found[f"task:{started.pk}"].text == "审核文件52件（上年40件），培训40件次。"
    assert found[f"task:{started.pk}"].unproved == ["52件", "40件次"]
    assert f"indicator:{row.pk}" not in found


def test_inside_a_phrase_nothing_is_put(world):
    started = world.started()
    tasks.report(started.pk, by=world.staff, progress=70, summary="审核52件文件")
    values = {"name": "审核文件", "direction": "up", "unit": "件", "baseline": Decimal(40), "target": None}
    row = indicators.add(started.pk, by=world.admin, figure=None, **values)
    indicators.read(row.pk, by=world.staff, value=Decimal(52), on=clock.today(), note="")
    found = pieces(world, "measures")
    assert found[f"task:{started.pk}"].text == "审核52件文件。"
    assert found[f"indicator:{row.pk}"].text == "审核文件52件（上年40件）。"


def test_numbers_of_a_summary_need_a_claim_that_names_them(world):
    started = world.started()
    tasks.report(started.pk, by=world.staff, progress=70, summary="培训3期，覆盖120人次")
    use = world.proof(started)
    EvidenceUse.objects.filter(pk=use.pk).update(claim="培训3期")
    evidence.judge(use.pk, by=world.reviewer, authentic=True, timely=True, relevant=True)
    assert of_task(world, started).unproved == ["120人次"]


def test_a_shortcoming_stands_with_its_cause_unless_it_was_judged_eased(world):
    first, second = Shortcoming.objects.of_report(world.report.pk).order_by("number")
    trace.judge(world.plan, first, by=world.reviewer, verdict="not_eased", grounds="覆盖仍不足")
    found = pieces(world, "shortcomings")
    kept, unjudged = found[f"shortcoming:{first.pk}"], found[f"shortcoming:{second.pk}"]
    assert (kept.text, kept.cause, kept.included) == ("培训覆盖还有不足", "安排不够细", True)
    assert kept.causes == ("安排不够细", "覆盖仍不足")
    assert (unjudged.included, unjudged.ground) == (False, Ground.UNJUDGED)


@pytest.mark.parametrize("verdict", list(JudgementVerdict))
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_grade_of_the_judgement_is_named_as_everywhere_in_chinese(world, verdict, language):
    first = Shortcoming.objects.of_report(world.report.pk).order_by("number")[0]
    done = world.completed()
    trace.link(done.pk, first, by=world.admin, strength="direct", rationale="同一事项")
    keys = [use.evidence_id for use in EvidenceUse.objects.all()]
    trace.judge(world.plan, first, by=world.reviewer, verdict=verdict, grounds="覆盖全员", evidence=keys)
    word = {"eased": "已缓解", "partly": "有所缓解", "not_eased": "未缓解"}[verdict]
    with override(language):
        assert f"，判定{word}：覆盖全员" in pieces(world, "shortcomings")[f"shortcoming:{first.pk}"].source


def test_what_is_red_returned_or_unanswered_is_offered_once(world):
    late = world.started(world.tasks[0], progress=5)
    returned = world.under_review(world.tasks[1])
    tasks.send_back(returned.pk, by=world.reviewer, reason="缺名单")
    found = pieces(world, "shortcomings")
    red, back = found[f"weak:{late.pk}"], found[f"weak:{returned.pk}"]
    assert (red.ground, red.included) == (Ground.RED, True)
    assert (back.ground, back.included, back.causes, back.cause) == (Ground.RETURNED, False, ("缺名单",), "")
    assert f"weak:{world.tasks[2].pk}" not in found


def test_the_numbers_of_a_cause_need_proof_too(world):
    late = world.started(world.tasks[0], progress=5)
    tasks.report(late.pk, by=world.staff, progress=6, summary="培训", problems="5家单位因合并延后")
    row = pieces(world, "shortcomings")[f"weak:{late.pk}"]
    assert (row.cause, row.unproved) == ("5家单位因合并延后", ["5家"])


def test_duties_are_told_by_leader_and_counted_where_reports_count(world):
    for day, words in ((1, "会前学法：宪法"), (2, "会前学法：行政复议法")):
        values = {"kind": "study", "on": datetime.date(2025, 4, day), "leader": "区长", "words": words}
        duties.add(world.plan, by=world.reviewer, **values)
    values = {"kind": "meeting", "on": datetime.date(2025, 5, 1), "leader": "区长", "words": "主持召开常务会议"}
    duties.add(world.plan, by=world.reviewer, **values)
    (division,) = draft_of(world).part("leadership").divisions
    assert division.heading.text == "区长"
    assert [row.text for row in division.sentences] == [
        "组织专题学法2次，内容包括宪法、行政复议法。",
        "主持召开常务会议。",
    ]
    assert [row.unproved for row in division.sentences] == [[], []]


@pytest.mark.parametrize(
    ("kind", "stands"), [("carried", "继续开展分级培训。"), ("finished", None), ("dropped", None), ("", False)]
)
def test_the_coming_year_takes_what_the_roll_over_carries(world, kind, stands):
    started = world.started()
    if kind:
        words = "继续开展分级培训" if kind == "carried" else ""
        CarryOver.objects.create(task=started, kind=kind, reason="跨年", words=words, by=world.admin, at=clock.now())
    row = pieces(world, "arrangements").get(f"next:{started.pk}")
    if stands is None:
        assert row is None
    elif stands is False:
        assert (row.included, row.text) == (False, "继续组织全员培训。")
    else:
        assert (row.included, row.text) == (True, stands)


@pytest.mark.parametrize(("nature", "offered"), [("continuous", True), ("phased", False)])
def test_completed_work_that_goes_on_by_nature_is_offered(world, nature, offered):
    task = world.confirmed(nature=nature)
    tasks.report(task.pk, by=world.staff, progress=90, summary="已开展两期培训")
    world.proof(task)
    tasks.sign(tasks.submit(task.pk, by=world.staff, summary="全部完成").pk, by=world.head)
    world.accept_all(task)
    tasks.approve(task.pk, by=world.reviewer)
    row = pieces(world, "arrangements").get(f"next:{task.pk}")
    assert (row is not None and not row.included) is offered


def test_internal_evidence_of_another_government_is_never_read(world):
    _ = world.foreign_task, world.tasks
    with pytest.raises(Exception, match="matching query"):
        draft_of(world, world.foreign_admin)


@pytest.mark.parametrize("number", [1, 3])
def test_composing_takes_the_same_number_of_statements(world, django_assert_num_queries, number):
    for task in world.tasks[:number]:
        world.accept_all(world.submitted(task))
    plan, reviewer = world.plan, world.reviewer
    with django_assert_num_queries(19):
        drafts.drafted(plan, by=reviewer)


def test_after_the_year_the_draft_tells_of_the_years_last_day(world):
    """It is written in January and February; what was in time then is no shortcoming, what proved then still proves."""
    started = world.confirmed(nature="continuous")
    tasks.report(started.pk, by=world.staff, progress=95, summary="培训5期")
    use = world.proof(started, valid_until=datetime.date(2025, 12, 31))
    EvidenceUse.objects.filter(pk=use.pk).update(claim="培训5期")
    evidence.judge(use.pk, by=world.reviewer, authentic=True, timely=True, relevant=True)
    with on("2026-02-15"):
        row = of_task(world, started)
        assert (row.included, row.unproved) == (True, [])
        assert f"weak:{started.pk}" not in pieces(world, "shortcomings")


def test_a_report_sent_along_with_a_submission_says_nothing_of_its_own(world):
    started = world.started()
    world.proof(started)
    world.accept_all(started)
    updates.send(started.pk, by=world.staff, progress=100, summary="全部完成", submit=True)
    assert of_task(world, started).text == "已开展两期培训。"


def test_last_years_figure_never_stands_inside_another(world):
    started = world.started()
    tasks.report(started.pk, by=world.staff, progress=70, summary="组织培训5次,检查3次")
    for name, value, before in (("培训", 5, 3), ("检查", 3, 1)):
        values = {"name": name, "direction": "up", "unit": "次", "baseline": Decimal(before), "target": None}
        row = indicators.add(started.pk, by=world.admin, figure=None, **values)
        indicators.read(row.pk, by=world.staff, value=Decimal(value), on=clock.today(), note="")
    assert of_task(world, started).text == "组织培训5次（上年3次），检查3次（上年1次）。"


def test_cancelled_tasks_are_not_counted_in_the_first_paragraph(world):
    Task.objects.filter(pk=world.tasks[3].pk).update_past_guard(status="cancelled", cancelled_on=clock.today())
    assert "3项任务办结0项" in draft_of(world).lead.text
