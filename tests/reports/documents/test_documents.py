"""Notice, record and bulletin: what they say, and to whom."""

import datetime
from io import BytesIO

import docx
import pytest
from django.urls import reverse

from reports.services import reviews
from tests.reports.worlds import item_of, on, prepared
from tracker.models import Unit
from tracker.services import notices, tasks


def words_of(answer):
    file = docx.Document(BytesIO(answer.content))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in file.paragraphs), *cells])


@pytest.fixture
def behind(world):
    world.late = world.started(progress=5)
    return world


def test_a_notice_is_one_sheet_with_demand_limit_and_basis(behind, signed_in):
    sheet = {"demand": "月底前补齐", "limit_on": datetime.date(2025, 6, 30), "basis": "常务会纪要"}
    notice = notices.issue(behind.late.pk, by=behind.reviewer, **sheet)
    address = reverse("notice_sheet", args=[notice.pk])
    words = words_of(signed_in(behind.staff).get(address))
    for part in ("督办单", "督办〔2025〕1号", "月底前补齐", "2025年6月30日", "常务会纪要", "区培训局"):
        assert part in words
    assert signed_in(behind.second_staff).get(address).status_code == 404
    client = signed_in(behind.staff)
    client.cookies["django_language"] = "en"
    assert "Blue" not in words_of(client.get(address))


def test_the_record_tells_what_was_frozen_whatever_happened_since(behind, signed_in):
    review = prepared(behind, participants="区司法局")
    reviews.decide(item_of(review, behind.late).pk, by=behind.leader, kind="urge", words="请加快")
    reviews.close(review.pk, by=behind.reviewer)
    Unit.objects.filter(pk=behind.bureau.pk).update(short_name="改名局")
    words = words_of(signed_in(behind.viewer).get(reverse("record_document", args=[review.pk])))
    for part in (
        "2025年第1次进度评审记录",
        "王区长主持召开",
        "参加：区司法局。",
        "催办。请加快",
        "区培训局",
        "2025年6月16日由人-reviewer结束",
    ):
        assert part in words
    assert "改名局" not in words


def test_a_bulletin_is_a_draft_of_everything_everyone_may_read(behind, signed_in):
    behind.proof(behind.late, disclosure="internal", title="内部统计表")
    tasks.submit(behind.late.pk, by=behind.staff, summary="只给局长看的申请")
    words = words_of(signed_in(behind.staff).get(reverse("bulletin", args=[behind.plan.pk])))
    assert words.startswith("草稿\n关于")
    for part in ("共4项任务", "红灯1项", "（一）加强培训", "已开展两期培训", "落后41点", "2025年6月16日"):
        assert part in words
    assert "只给局长看的申请" not in words
    assert "内部统计表" not in words


def test_a_bulletin_tells_of_the_tasks_that_the_ledger_shows_for_the_same_query(behind, signed_in):
    address = reverse("bulletin", args=[behind.plan.pk])
    words = words_of(signed_in(behind.staff).get(address, {"area": "2"}))
    assert "共2项任务" in words
    assert "已开展两期培训" not in words
    assert "范围：工作板块：2 提升执法" in words


def test_a_bulletin_of_a_past_day_tells_what_was_so_then(behind, signed_in):
    with on("2025-06-25"):
        tasks.report(behind.late.pk, by=behind.staff, progress=60, summary="已开展四期培训")
        address = reverse("bulletin", args=[behind.plan.pk])
        words = words_of(signed_in(behind.viewer).get(address, {"as_of": "2025-06-20"}))
        today = words_of(signed_in(behind.viewer).get(address))
    assert "截至2025年6月20日" in words
    assert "已开展两期培训" in words
    assert "已开展四期培训" in today


def test_a_bulletin_is_in_chinese_whatever_the_page_is_in(behind, signed_in):
    client = signed_in(behind.viewer)
    client.cookies["django_language"] = "en"
    words = words_of(client.get(reverse("bulletin", args=[behind.plan.pk]), {"area": "1"}))
    assert "落后41点" in words


def test_a_bulletin_of_no_day_of_the_plan_leads_to_the_ledger(behind, signed_in):
    answer = signed_in(behind.viewer).get(reverse("bulletin", args=[behind.plan.pk]), {"as_of": "gestern"})
    assert answer.headers["Location"] == reverse("ledger", args=[behind.plan.pk])


@pytest.mark.parametrize("name", ["record_document"])
def test_an_open_review_has_no_record(behind, signed_in, name):
    review = prepared(behind)
    assert signed_in(behind.reviewer).get(reverse(name, args=[review.pk])).status_code == 404
