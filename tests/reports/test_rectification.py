"""The rectification ledger: every shortcoming, what puts it right, and what nobody has settled yet."""

from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reports.models import Rectification
from reports.services import rectification
from tests.factories import set_plan
from tracker.enums import DispositionKind, JudgementVerdict
from tracker.exceptions import InvalidInput, MoveRefused, NotPermitted, SecrecyMark, Stale
from tracker.models import Shortcoming, ShortcomingLink, Task
from tracker.services import tasks, trace

LINK = {"strength": "direct", "rationale": "同一事项"}


@pytest.fixture
def ledger(world):
    """The first shortcoming is answered by a task that is closed out, the second by none."""
    world.first, world.second_one = Shortcoming.objects.of_report(world.report).order_by("number")
    world.done = world.completed()
    trace.link(world.done.pk, world.first, by=world.admin, **LINK)
    world.address = reverse("rectification", args=[world.plan.pk])
    world.edit = reverse("edit_rectification", args=[world.plan.pk, world.first.pk])
    return world


def sections(client, world):
    return client.get(world.address).context["sections"]


def rows_of(client, world):
    answer = client.get(reverse("rectification_workbook", args=[world.plan.pk]))
    assert answer.status_code == 200
    book = openpyxl.load_workbook(BytesIO(answer.content))
    return [[cell.value or "" for cell in row] for row in book.worksheets[1]]


def settled(world, **changed):
    words = {"goal": "培训全覆盖", "check_method": "查阅资料", **changed}
    return rectification.settle(world.plan, world.first, by=world.reviewer, **words)


def test_each_shortcoming_stands_there_with_its_tasks_or_as_a_gap(ledger, signed_in):
    first, second = sections(signed_in(ledger.viewer), ledger)
    (item,) = first["items"]
    assert (item["code"], item["unit"], item["owner"]) == ("1.1", "区培训局", "人-staff")
    assert (item["type"], item["due"], item["closed"]) == ("分阶段", "12月31日", "6月16日")
    assert item["situation"] == "培训和考试都已完成"
    assert [proof["number"] for proof in item["evidence"]] == ["2025-1-1-01"]
    assert second["items"] == [] and second["becomes"] == ""
    assert "缺口" in signed_in(ledger.viewer).get(ledger.address).content.decode()


def test_the_file_has_the_twelve_columns_of_practice(ledger, signed_in):
    settled(ledger)
    heads, first, second = rows_of(signed_in(ledger.viewer), ledger)
    assert heads == [
        *("问题", "来源", "整改目标", "整改措施", "整改类型", "责任单位"),
        *("责任人", "整改时限", "整改情况", "佐证", "检查方式", "销号日期"),
    ]
    assert first[0] == "一、培训覆盖还有不足" and "2024年" in first[1]
    assert first[2:8] == ["培训全覆盖", "1.1 继续组织全员培训", "分阶段", "区培训局", "人-staff", "2025-12-31"]
    assert first[8:] == ["培训和考试都已完成", "2025-1-1-01", "查阅资料", "2025-06-16"]
    assert second[2] == "待明确" and second[3].startswith("缺口")


def test_a_shortcoming_without_a_task_says_what_becomes_of_it(ledger, signed_in):
    trace.dispose(ledger.plan, shortcoming=ledger.second_one, by=ledger.admin, kind="absorbed", reason="并入综合考核")
    client = signed_in(ledger.viewer)
    assert sections(client, ledger)[1]["reason"] == "并入综合考核"
    assert "并入综合考核" in rows_of(client, ledger)[2][3]


def test_a_link_that_nobody_confirmed_and_a_cancelled_task_answer_nothing(ledger, signed_in):
    trace.propose(ledger.tasks[2], ledger.second_one, by=ledger.admin, **LINK)
    assert sections(signed_in(ledger.viewer), ledger)[1]["items"] == []
    ShortcomingLink.objects.all().delete()
    assert sections(signed_in(ledger.viewer), ledger)[0]["items"] == []


def test_the_judgement_stands_beside_it(ledger, signed_in):
    keys = [use.evidence_id for use in ledger.done.evidence_uses.all()]
    trace.judge(ledger.plan, ledger.first, by=ledger.admin, verdict="eased", grounds="覆盖全员", evidence=keys)
    client = signed_in(ledger.viewer)
    assert sections(client, ledger)[0]["grounds"] == "覆盖全员"
    assert "年终评价：已缓解。覆盖全员" in rows_of(client, ledger)[1][8]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("verdict", list(JudgementVerdict))
def test_the_file_names_the_grade_as_the_page_does_in_chinese(ledger, signed_in, verdict, language):
    keys = [use.evidence_id for use in ledger.done.evidence_uses.all()]
    trace.judge(ledger.plan, ledger.first, by=ledger.admin, verdict=verdict, grounds="覆盖全员", evidence=keys)
    client = signed_in(ledger.viewer)
    word = sections(client, ledger)[0]["judgement"]
    client.post(reverse("set_language"), {"language": language})
    assert word == {"eased": "已缓解", "partly": "有所缓解", "not_eased": "未缓解"}[verdict]
    assert f"年终评价：{word}。覆盖全员" in rows_of(client, ledger)[1][8]


@pytest.mark.parametrize("kind", list(DispositionKind))
def test_the_file_names_what_becomes_of_it_as_the_page_does(ledger, signed_in, kind):
    trace.dispose(ledger.plan, shortcoming=ledger.second_one, by=ledger.admin, kind=kind, reason="并入综合考核")
    client = signed_in(ledger.viewer)
    word = sections(client, ledger)[1]["becomes"]
    assert rows_of(client, ledger)[2][3] == f"没有任务，{word}：并入综合考核"


def test_what_the_reader_may_not_see_is_not_told(ledger, signed_in):
    task = ledger.started(ledger.tasks[1])
    item = ledger.proof(task, disclosure="internal", title="内部").evidence
    ledger.accept_all(task)
    trace.link(task.pk, ledger.first, by=ledger.admin, **LINK)
    told = {who: item.number in str(rows_of(signed_in(getattr(ledger, who)), ledger)) for who in ("viewer", "auditor")}
    assert told == {"viewer": False, "auditor": True}
    tasks.submit(task.pk, by=ledger.staff, summary="还没有签字")
    assert "还没有签字" not in str(rows_of(signed_in(ledger.viewer), ledger))


def test_evidence_that_nobody_accepted_proves_nothing(ledger, signed_in):
    task = ledger.started(ledger.tasks[1])
    item = ledger.proof(task).evidence
    trace.link(task.pk, ledger.first, by=ledger.admin, **LINK)
    assert item.number not in str(rows_of(signed_in(ledger.auditor), ledger))


def test_what_is_open_is_said_to_be_open(ledger, signed_in):
    trace.link(ledger.tasks[3].pk, ledger.second_one, by=ledger.admin, **LINK)
    row = rows_of(signed_in(ledger.viewer), ledger)[2]
    assert row[4:8] == ["待明确"] * 4
    page = signed_in(ledger.viewer).get(ledger.address).content.decode()
    assert page.count("待明确") >= 6


def test_reviewers_and_administrators_settle_goal_and_check(ledger, signed_in):
    for who in (ledger.reviewer, ledger.admin):
        client = signed_in(who)
        seen = client.get(ledger.edit).context["form"]["seen"].value()
        sent = {"goal": f"目标{who.pk}", "check_method": "现场检查", "seen": seen}
        assert client.post(ledger.edit, sent).headers["Location"] == ledger.address
        assert (Rectification.objects.get().goal, Rectification.objects.get().by) == (f"目标{who.pk}", who)
    assert Rectification.objects.get().history.count() == 2


@pytest.mark.parametrize("who", ["leader", "auditor", "viewer", "staff", "head", "city_leader"])
def test_others_only_read(ledger, signed_in, who):
    client = signed_in(getattr(ledger, who))
    assert client.get(ledger.address).status_code == 200
    assert not any(section["edit_url"] for section in sections(client, ledger))
    assert client.get(ledger.edit).status_code == 403
    assert client.post(ledger.edit, {"goal": "x"}).status_code == 403
    assert not Rectification.objects.exists()


def test_another_government_finds_nothing(ledger, signed_in):
    for address in (ledger.address, ledger.edit, reverse("rectification_workbook", args=[ledger.plan.pk])):
        assert signed_in(ledger.foreign_admin).get(address).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"goal": "", "check_method": ""}, "goal"),
        ({"goal": "字" * 301}, "goal"),
        ({"check_method": "字" * 201}, "check_method"),
        ({"goal": "秘密★5年"}, "goal"),
        ({"check_method": "绝密★"}, "check_method"),
    ],
)
def test_what_is_wrong_is_named_and_kept(ledger, signed_in, wrong, field):
    client = signed_in(ledger.reviewer)
    seen = client.get(ledger.edit).context["form"]["seen"].value()
    sent = {"goal": "目标", "check_method": "查阅资料", "seen": seen, **wrong}
    page = client.post(ledger.edit, sent)
    assert (page.status_code, list(page.context["form"].errors)) == (400, [field])
    assert page.context["form"][field].value() == wrong[field]
    assert not Rectification.objects.exists()


@pytest.mark.parametrize("seen", ["", "x", "[]", "9" * 5000])
def test_a_form_that_does_not_say_what_it_saw_changes_nothing(ledger, signed_in, seen):
    settled(ledger)
    page = signed_in(ledger.reviewer).post(ledger.edit, {"goal": "别的", "check_method": "", "seen": seen})
    assert page.status_code in (400, 409)
    assert Rectification.objects.get().goal == "培训全覆盖"


def test_nobody_overwrites_unseen_what_somebody_else_settled(ledger, signed_in):
    client = signed_in(ledger.admin)
    seen = client.get(ledger.edit).context["form"]["seen"].value()
    settled(ledger)
    page = client.post(ledger.edit, {"goal": "另一个目标", "check_method": "", "seen": seen})
    assert page.status_code == 409 and "培训全覆盖" in page.content.decode()
    form = page.context["form"]
    again = {"goal": form["goal"].value(), "check_method": "", "seen": form["seen"].value()}
    assert client.post(ledger.edit, again).status_code == 302
    assert Rectification.objects.get().goal == "另一个目标"


def test_the_service_refuses_on_its_own(ledger):
    with pytest.raises(NotPermitted):
        rectification.settle(ledger.plan, ledger.first, by=ledger.leader, goal="x", check_method="")
    with pytest.raises(InvalidInput):
        settled(ledger, goal="", check_method="")
    with pytest.raises(SecrecyMark):
        settled(ledger, goal="机密★")
    with pytest.raises(Stale):
        settled(ledger, seen={"goal": "别的"})
    foreign = Shortcoming.objects.exclude(part__report=ledger.report).first()
    if foreign is None:
        assert ledger.foreign_task
        foreign = Shortcoming.objects.exclude(part__report=ledger.report).first()
    with pytest.raises(MoveRefused):
        rectification.settle(ledger.plan, foreign, by=ledger.admin, goal="x", check_method="")
    set_plan(ledger.plan, state="closed")
    with pytest.raises(MoveRefused):
        settled(ledger)


def test_nothing_in_the_file_is_a_formula(ledger, signed_in):
    settled(ledger, goal="=1+1")
    answer = signed_in(ledger.viewer).get(reverse("rectification_workbook", args=[ledger.plan.pk]))
    cell = openpyxl.load_workbook(BytesIO(answer.content)).worksheets[1].cell(2, 3)
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_it_is_reached_from_ledger_trace_and_shortcoming(ledger, signed_in):
    client = signed_in(ledger.viewer)
    for name, args in (
        ("ledger", [ledger.plan.pk]),
        ("trace", [ledger.plan.pk]),
        ("shortcoming", [ledger.plan.pk, ledger.first.pk]),
    ):
        assert ledger.address in client.get(reverse(name, args=args)).content.decode(), name


@pytest.mark.parametrize("number", [1, 3])
def test_statements_do_not_grow(world, signed_in, number):
    first = Shortcoming.objects.of_report(world.report).order_by("number").first()
    for task in world.tasks[:number]:
        started = world.started(task)
        world.proof(started)
        world.accept_all(Task.objects.get(pk=started.pk))
        trace.link(started.pk, first, by=world.admin, **LINK)
    client = signed_in(world.viewer)
    with CaptureQueriesContext(connection) as looking:
        page = client.get(reverse("rectification", args=[world.plan.pk]))
    assert len(page.context["sections"][0]["items"]) == number
    assert len(looking) == 11
