"""The bulletin of a part of the plan, of tasks that are cancelled or returned, and of a plan that has ended."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from tests.reports.documents.test_documents import words_of
from tests.reports.worlds import on
from tracker.models import Task
from tracker.services import requests, rollover, tasks


@pytest.fixture
def desk(world):
    """Four tasks: one red of the training bureau, one on time of the other, two without a unit."""
    world.late = world.started(progress=5)
    world.fine = world.started(world.tasks[2], unit=world.second, progress=50)
    return world


def bulletin(desk, signed_in, **query):
    return signed_in(desk.viewer).get(reverse("bulletin", args=[desk.plan.pk]), query)


def told(desk, signed_in, **query):
    return words_of(bulletin(desk, signed_in, **query))


def part(words, head, following):
    return words.partition(head)[2].partition(following)[0]


# ---------- A part of the plan ----------


def test_of_a_part_it_says_how_much_the_whole_plan_holds(desk, signed_in):
    words = told(desk, signed_in, lead_unit=str(desk.bureau.pk), light="red")
    assert "共4项任务，本通报涉及其中区培训局牵头、亮红灯的1项：红灯1项。" in words
    assert "范围：牵头单位：区培训局；亮灯：红；" in words


def test_of_the_whole_plan_it_says_what_it_always_said(desk, signed_in):
    assert "共4项任务，其中红灯1项、绿灯1项、灰灯2项。" in told(desk, signed_in)


def test_of_a_part_of_a_past_day_too(desk, signed_in):
    with on("2025-06-25"):
        tasks.report(desk.late.pk, by=desk.staff, progress=60, summary="已开展四期培训")
        words = told(desk, signed_in, light="red", as_of="2025-06-20")
    assert "截至2025年6月20日" in words
    assert "共4项任务，本通报涉及其中亮红灯的1项：" in words


@pytest.mark.parametrize(
    ("query", "scope", "number"),
    [
        ({"dated": "on"}, "已定起止时限、未取消", 2),
        ({"still_open": "on"}, "未办结", 4),
        ({"area": "1"}, "“1 加强培训”板块", 2),
        ({"status": "unconfirmed"}, "状态为待明确", 2),
        ({"lead_unit": "none"}, "牵头单位未定", 2),
        ({"q": "培训"}, "查找“培训”", 1),
    ],
)
def test_every_filter_stands_in_the_scope(desk, signed_in, query, scope, number):
    for day in ({}, {"as_of": "2025-06-16"}):
        words = told(desk, signed_in, **query, **day)
        assert f"共4项任务，本通报涉及其中{scope}的{number}项：" in words, words[:200]


@pytest.mark.parametrize("query", [{"light": "zzz"}, {"lead_unit": "abc"}, {"status": "zzz"}])
def test_what_is_not_understood_is_named_and_narrows_nothing(desk, signed_in, query):
    for day in ({}, {"as_of": "2025-06-16"}):
        words = told(desk, signed_in, **query, **day)
        assert "共4项任务，其中" in words
        assert f"{next(iter(query.values()))}（无法识别，未生效）" in words


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_about_no_task_there_is_no_bulletin(desk, signed_in, language):
    client = signed_in(desk.viewer)
    client.cookies["django_language"] = language
    answer = client.get(reverse("bulletin", args=[desk.plan.pk]), {"light": "blue"})
    assert answer.headers["Location"] == reverse("ledger", args=[desk.plan.pk]) + "?light=blue"
    (message,) = get_messages(answer.wsgi_request)
    assert ("通报" in str(message)) == (language == "zh-hans")


def test_a_day_that_is_none_is_said_in_the_language_of_the_page(desk, signed_in):
    client = signed_in(desk.viewer)
    client.cookies["django_language"] = "en"
    answer = client.get(reverse("bulletin", args=[desk.plan.pk]), {"as_of": "2025-02-30"})
    (message,) = get_messages(answer.wsgi_request)
    assert str(message) == "“2025-02-30” is no past day of this plan."


# ---------- Cancelled and returned ----------


@pytest.fixture
def cancelled(desk):
    row = requests.ask(desk.fine.pk, by=desk.admin, kind="cancellation", reason="机构改革")
    basis = {"approving_body": "常务会", "basis_document": "纪要"}
    requests.decide(row.pk, by=desk.reviewer, approved=True, **basis)
    tasks.cancel(desk.fine.pk, by=desk.admin)
    return desk


def test_of_a_cancelled_task_it_tells_that_it_is_cancelled_and_nothing_else(cancelled, signed_in):
    with on("2025-06-17"):
        for query in ({}, {"as_of": "2025-06-16"}):
            words = told(cancelled, signed_in, **query)
            assert "其中红灯1项、灰灯2项、取消1项。" in words
            assert "开展执法评查：已取消。" in words
            assert words.count("已开展两期培训") == 2
            assert "\n取消\n已取消" in words
            assert "灰 已取消" not in words


def test_a_returned_task_gets_its_demand(desk, signed_in):
    desk.proof(desk.fine, by=desk.second_staff)
    tasks.submit(desk.fine.pk, by=desk.second_head, summary="都已完成")
    tasks.send_back(desk.fine.pk, by=desk.reviewer, reason="缺名单")
    demands = part(told(desk, signed_in), "四、下一步要求", "附件")
    assert "退回未重报的1项任务，请牵头单位按退回意见补正后重新报送。" in demands


# ---------- A plan that has ended ----------


@pytest.fixture
def ended(desk):
    """All open tasks are settled and the plan is closed on 10 January."""
    with on("2025-12-20"):
        rollover.decide(desk.late.pk, by=desk.admin, kind="carried", reason="明年继续推进")
        rest = Task.objects.open().filter(plan=desk.plan).exclude(pk=desk.late.pk).values_list("pk", flat=True)
        rollover.decide_many(desk.plan, rest, by=desk.admin, kind="dropped", reason="职能划转")
    with on("2026-01-10"):
        rollover.close(desk.plan.pk, by=desk.admin)
    with on("2026-01-20"):
        yield desk


def test_once_the_plan_is_closed_nothing_is_demanded(ended, signed_in):
    words = part(told(ended, signed_in), "四、", "附件")
    assert "请" not in words
    assert "本计划已于2026年1月10日结束，不再提出办理要求。" in words
    assert "结转下一年度1项：1.1继续组织全员培训。" in words
    assert "不再继续3项：" in words


def test_of_a_part_it_tells_of_its_own_tasks(ended, signed_in):
    words = part(told(ended, signed_in, area="2"), "四、", "附件")
    assert "结转下一年度" not in words
    assert "不再继续2项：" in words


def test_of_a_day_before_it_was_closed_the_demands_of_then_stand(ended, signed_in):
    words = part(told(ended, signed_in, as_of="2025-12-10"), "四、", "附件")
    assert "本计划已于" not in words
    assert "请牵头单位" in words


@pytest.mark.parametrize("number", [1, 3])
def test_statements_do_not_grow(world, signed_in, number, django_assert_num_queries):
    for task in world.tasks[:number]:
        world.started(task)
    client, address = signed_in(world.viewer), reverse("bulletin", args=[world.plan.pk])
    client.get(address)
    with django_assert_num_queries(19):
        client.get(address, {"dated": "on"})
