"""A corrected text: words are found again, links become suspect, confirmed tasks wait for a decision."""

import pytest

from tests.worlds import REPORT, World
from tracker.enums import ImportState, RequestState
from tracker.exceptions import DatasetError, InvalidInput, MoveRefused, NotPermitted
from tracker.models import (
    AnnualReport,
    Cause,
    ChangeRequest,
    Figure,
    Measure,
    ReportCorrection,
    Section,
    Shortcoming,
    Task,
    TaskEvent,
    WorkArea,
)
from tracker.reading import parse
from tracker.services import imports, plans, requests, trace
from tracker.services import report_corrections as service
from tracker.services.history import verify

pytestmark = pytest.mark.django_db
WHY = "发布单位2025年4月1日更正"


def put_in(world: World, *pairs: tuple[str, str], by: str = "admin", **typed: str) -> ReportCorrection:
    text = REPORT
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after, 1)
    row = service.start(world.report, text, by=getattr(world, by), reason=WHY)
    if typed:
        service.point(row.pk, {name.replace("_", "-"): words for name, words in typed.items()}, by=world.admin)
    return service.apply(row.pk, by=getattr(world, by))


def stored(world: World) -> AnnualReport:
    return AnnualReport.objects.get(pk=world.report.pk)


def check_all_stand_on_their_words(world: World) -> None:
    text = stored(world).text
    for model in (Measure, Shortcoming, Cause):
        for row in model.objects.of_report(world.report):
            assert text[row.start : row.end] == row.text
    for figure in Figure.objects.filter(report=world.report):
        assert text[figure.start : figure.end] == figure.quote
    for section in Section.objects.of_report(world.report):
        assert text[section.start :].startswith(section.number)
    for area in WorkArea.objects.filter(plan__report=world.report):
        for task in area.tasks.all():
            assert area.start <= task.start < task.end <= area.end


def test_words_that_only_moved_stay_what_they_were(world: World) -> None:
    assert world.tasks
    before = {task.pk: (task.quote, task.version) for task in Task.objects.all()}
    put_in(world, ("2024年,甲区推进", "2024年,甲区深入推进"))
    check_all_stand_on_their_words(world)
    text = stored(world).text
    for task in Task.objects.all():
        assert (task.quote, task.version) == before[task.pk]
        assert text[task.start : task.end] == task.quote
    assert not ChangeRequest.objects.exists()


def test_the_text_before_is_kept_with_who_and_why(world: World) -> None:
    assert world.tasks
    row = put_in(world, ("40件", "41件"))
    row = ReportCorrection.objects.get(pk=row.pk)
    assert (row.state, row.previous_text, row.applied_by, row.reason) == ("created", REPORT, world.admin, WHY)
    assert stored(world).digest == row.digest != row.previous_digest


def test_figures_are_read_again(world: World) -> None:
    assert world.tasks
    put_in(world, ("审核文件40件", "审核文件41件"), ("组织培训3次", "组织培训3次、演练2次"))
    values = [(row.quote, int(row.value)) for row in Figure.objects.filter(report=world.report)]
    assert ("全年审核文件41件", 41) in values
    assert [row.position for row in Figure.objects.filter(report=world.report)] == list(range(1, len(values) + 1))
    assert any(value == 2 for _quote, value in values)
    check_all_stand_on_their_words(world)


def test_links_to_changed_words_become_suspect_and_others_do_not(world: World) -> None:
    measures = list(Measure.objects.of_report(world.report).order_by("start"))
    links = [
        trace.confirm(trace.propose(world.task, row, by=world.admin, strength="direct", rationale="同"), by=world.admin)
        for row in measures[:2]
    ]
    put_in(world, ("审核文件40件", "审核文件41件"))
    found = [type(link).objects.get(pk=link.pk) for link in links]
    assert [trace.is_suspect(link) for link in found] == [True, False]
    assert [link.state for link in found] == ["confirmed", "confirmed"]


def test_the_history_says_which_links_became_suspect_and_which_no_longer_are(world: World) -> None:
    measure = Measure.objects.of_report(world.report).order_by("start")[0]
    trace.link(world.task.pk, measure, by=world.admin, strength="direct", rationale="同")
    before = TaskEvent.objects.count()
    put_in(world, ("审核文件40件", "审核文件41件"))
    line = TaskEvent.objects.latest("sequence")
    assert (TaskEvent.objects.count(), line.task, line.kind, line.by) == (before + 1, world.task, "link", world.admin)
    assert "关联存疑" in line.detail
    assert [link["suspect"] for link in line.holdings["links"]] == [True]
    row = service.start(stored(world), REPORT, by=world.admin, reason=WHY)
    service.apply(row.pk, by=world.admin)
    line = TaskEvent.objects.latest("sequence")
    assert "不再存疑" in line.detail
    assert [link["suspect"] for link in line.holdings["links"]] == [False]
    verify()


def test_the_pieces_before_are_kept(world: World) -> None:
    weak = Shortcoming.objects.of_report(world.report).order_by("number")
    before = list(weak.values("id", "number", "text", "start", "end"))
    figures = list(Figure.objects.filter(report=world.report).order_by("start").values_list("quote", flat=True))
    assert world.tasks
    row = put_in(world, ("一是培训覆盖还有不足。", "一是培训覆盖面不足。"), ("组织培训3次。", ""))
    kept = ReportCorrection.objects.get(pk=row.pk).previous_pieces
    names = ("id", "number", "text", "start", "end")
    assert [{name: piece[name] for name in names} for piece in kept["shortcoming"]] == before
    assert [piece["quote"] for piece in kept["figure"]] == figures
    assert {piece["id"] for piece in kept["task"]} == {task.pk for task in world.tasks}


def test_a_shortcoming_that_was_judged_does_not_vanish(world: World) -> None:
    assert world.tasks
    weak = Shortcoming.objects.get(part__report=world.report, number=2)
    trace.judge(world.plan, weak, by=world.reviewer, verdict="not_eased", grounds="尚未开展")
    with pytest.raises(InvalidInput) as refused:
        put_in(world, ("二是执法质量有待提高。", ""))
    assert weak.text[:6] in str(refused.value)
    assert stored(world).text == REPORT


def test_an_unconfirmed_task_takes_the_new_words(world: World) -> None:
    task = world.task
    put_in(world, ("继续组织全员培训", "继续组织全体人员培训"))
    after = Task.objects.get(pk=task.pk)
    assert after.quote == "继续组织全体人员培训"
    assert stored(world).text[after.start : after.end] == after.quote
    line = TaskEvent.objects.filter(task=task).latest("sequence")
    assert (line.kind, line.by) == ("edit", world.admin)
    assert WHY in line.detail
    verify()


def test_a_confirmed_task_takes_the_new_words_when_that_is_decided(world: World) -> None:
    task = world.confirmed()
    put_in(world, ("继续组织全员培训", "继续组织全体人员培训"))
    assert Task.objects.get(pk=task.pk).quote == "继续组织全员培训"
    request = ChangeRequest.objects.get(task=task, state=RequestState.OPEN)
    assert request.changes == {"quote": ["继续组织全员培训", "继续组织全体人员培训"]}
    given = {"approved": True, "approving_body": "区政府常务会", "basis_document": "纪要4"}
    with pytest.raises(NotPermitted):
        requests.decide(request.pk, by=world.admin, **given)
    requests.decide(request.pk, by=world.reviewer, **given)
    assert Task.objects.get(pk=task.pk).quote == "继续组织全体人员培训"
    verify()


def test_a_closed_task_keeps_its_words(world: World) -> None:
    task = world.completed()
    put_in(world, ("继续组织全员培训", "继续组织全体人员培训"))
    after = Task.objects.get(pk=task.pk)
    assert (after.quote, after.status) == ("继续组织全员培训", "completed")
    assert not ChangeRequest.objects.exists()


def test_no_open_request_is_replaced_unseen(world: World) -> None:
    task = world.confirmed()
    requests.ask(task.pk, by=world.staff, kind="cancellation", reason="改革")
    with pytest.raises(MoveRefused) as refused:
        put_in(world, ("继续组织全员培训", "继续组织全体人员培训"))
    assert task.code in str(refused.value)
    assert stored(world).text == REPORT
    assert ReportCorrection.objects.get().state == ImportState.DRAFT


GONE = ("公开评查结果。", "推行首席法律咨询专家制度。")


def publication(world: World) -> Task:
    area = WorkArea.objects.get(plan=world.plan, number=2)
    start = REPORT.index("公开评查结果")
    return plans.create_task(area, by=world.admin, serial=9, quote="公开评查结果", start=start, title="公开")


def test_a_task_whose_words_are_gone_stops_it_until_someone_says_where_they_are(world: World) -> None:
    task = publication(world)
    with pytest.raises(InvalidInput) as refused:
        put_in(world, GONE)
    assert "公开评查结果" in str(refused.value)
    assert stored(world).text == REPORT
    put_in(world, GONE, **{f"task_{task.pk}": "推行首席法律咨询专家制度"})
    assert Task.objects.get(pk=task.pk).quote == "推行首席法律咨询专家制度"
    check_all_stand_on_their_words(world)


@pytest.mark.parametrize("words", ["没有的话", "质量"])
def test_words_found_by_hand_stand_once_in_the_corrected_text(world: World, words: str) -> None:
    task = publication(world)
    row = service.start(world.report, REPORT.replace(*GONE), by=world.admin, reason=WHY)
    with pytest.raises(InvalidInput) as refused:
        service.point(row.pk, {f"task-{task.pk}": words}, by=world.admin)
    assert refused.value.field == f"task-{task.pk}"


def test_two_tasks_never_share_words(world: World) -> None:
    task = publication(world)
    assert world.tasks
    with pytest.raises(InvalidInput):
        put_in(world, GONE, **{f"task_{task.pk}": "开展执法评查"})
    assert stored(world).text == REPORT


def test_words_on_which_nothing_stands_come_and_go(world: World) -> None:
    assert world.tasks
    put_in(
        world,
        ("组织培训3次。", ""),
        ("调解案件200件", "新设执法监督站。调解案件200件"),
        ("二是执法质量有待提高。", "二是执法质量有待提高。三是公开程度不够。"),
    )
    texts = [row.text for row in Measure.objects.of_report(world.report)]
    assert not [text for text in texts if "组织培训" in text]
    assert [text for text in texts if "新设执法监督站" in text]
    weak = Shortcoming.objects.of_report(world.report).order_by("number")
    assert [(row.number, "公开程度不够" in row.text) for row in weak] == [(1, False), (2, False), (3, True)]
    check_all_stand_on_their_words(world)


def test_a_new_item_becomes_a_work_area_behind_the_others(world: World) -> None:
    assert world.tasks
    put_in(world, ("公开评查结果。\n", "公开评查结果。\n\n3.扩大公开。公开执法数据。\n"))
    areas = WorkArea.objects.filter(plan=world.plan).order_by("number")
    assert [(area.number, area.title) for area in areas][-1] == (3, "扩大公开")
    assert [task.code for task in Task.objects.all()] == ["1.1", "1.2", "2.1", "2.2"]


@pytest.mark.parametrize("who", ["reviewer", "staff", "head", "leader", "auditor", "viewer", "foreign_admin"])
def test_only_administrators_of_the_government(world: World, who: str) -> None:
    assert world.plan
    with pytest.raises(NotPermitted):
        service.start(world.report, REPORT.replace("40件", "41件"), by=getattr(world, who), reason=WHY)
    row = service.start(world.report, REPORT.replace("40件", "41件"), by=world.admin, reason=WHY)
    for act in (service.apply, service.discard):
        with pytest.raises(NotPermitted):
            act(row.pk, by=getattr(world, who))
    assert stored(world).text == REPORT


@pytest.mark.parametrize(
    ("text", "reason", "field"),
    [
        (REPORT, WHY, "text"),
        ("", WHY, "text"),
        ("今天天气很好。", WHY, "text"),
        (REPORT.replace("40件", "41件"), "  ", "reason"),
        (REPORT.replace("40件", "41件") + "甲" * 200_000, WHY, "text"),
    ],
)
def test_what_is_refused_at_once(world: World, text: str, reason: str, field: str) -> None:
    assert world.plan
    with pytest.raises(InvalidInput) as refused:
        service.start(world.report, text, by=world.admin, reason=reason)
    assert refused.value.field == field
    assert not ReportCorrection.objects.exists()


def test_a_finished_one_is_finished_and_a_second_one_replaces_a_draft(world: World) -> None:
    assert world.tasks
    first = service.start(world.report, REPORT.replace("40件", "41件"), by=world.admin, reason=WHY)
    second = service.start(world.report, REPORT.replace("40件", "42件"), by=world.admin, reason=WHY)
    with pytest.raises(MoveRefused):
        service.apply(first.pk, by=world.admin)
    service.apply(second.pk, by=world.admin)
    for act in (service.apply, service.discard):
        with pytest.raises(MoveRefused):
            act(second.pk, by=world.admin)


def test_the_same_pieces_are_read_as_from_a_report_read_in_anew(world: World) -> None:
    assert world.tasks
    put_in(world, ("审核文件40件", "审核文件41件"))
    parsed = parse(stored(world).text)
    assert [(row.start, row.end) for row in Figure.objects.filter(report=world.report)] == [
        (row.start, row.end) for row in parsed.figures
    ]
    clauses = [
        (clause.start, clause.end)
        for part in parsed.parts
        for section in part.sections
        for clause in section.clauses
        if clause.kind == "measure"
    ]
    assert [(row.start, row.end) for row in Measure.objects.of_report(world.report)] == clauses


def test_loading_the_text_before_again_changes_nothing(world: World) -> None:
    assert world.tasks
    put_in(world, ("审核文件40件", "审核文件41件"))
    again = imports.store_report(parse(REPORT), government=world.district, year=2024, by=world.admin)
    assert again.pk == world.report.pk
    assert "审核文件41件" in stored(world).text
    with pytest.raises(DatasetError):
        imports.store_report(
            parse(REPORT.replace("40件", "42件")), government=world.district, year=2024, by=world.admin
        )
