"""What comes out, as pages: every file opens in LibreOffice without a warning and looks as the standard has it."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from reports.services import reviews
from tests.kept import kept
from tests.reports.documents.rendering import office, rendered, text_box, words_of
from tests.reports.worlds import item_of, prepared
from tests.tracker.conftest import TODAY
from tracker import clock
from tracker.services import notices

pytestmark = pytest.mark.django_db
A4, A3_LANDSCAPE = (210, 297), (420, 297)
WORD = ("notice_sheet", "record_document", "bulletin", "draft_document")
EXCEL = {
    "ledger_workbook": ("台账", "截至"),
    "trace_workbook": ("不足", "开展执法评查"),
    "overview_workbook": ("总览", "加强培训", "红"),
    "rectification_workbook": ("整改目标", "培训覆盖还有不足"),
    "public_ledger_workbook": ("重点督办内容", "全年完成情况"),
}


def furnished(world):
    """A task that is late and under notice, and a closed review."""
    late = world.started(progress=5)
    sheet = {"demand": "月底前补齐", "limit_on": datetime.date(2025, 6, 30), "basis": "常务会纪要"}
    world.notice = notices.issue(late.pk, by=world.reviewer, **sheet)
    world.review = prepared(world)
    reviews.decide(item_of(world.review, late).pk, by=world.leader, kind="note", words="记录在案")
    reviews.close(world.review.pk, by=world.reviewer)
    return world


@pytest.fixture(scope="module")
def pages(django_db_setup, django_db_blocker):
    """{address name: pages} of every file, as the reviewer is handed it."""
    office()
    with kept(django_db_blocker, furnished) as world, clock.at(TODAY):
        client = Client()
        client.force_login(world.reviewer, backend="tracker.authentication.UnitBackend")
        keys = {"notice_sheet": world.notice.pk, "record_document": world.review.pk}
        files = {}
        for name in (*WORD, *EXCEL):
            answer = client.get(reverse(name, args=[keys.get(name, world.plan.pk)]))
            ending = "docx" if name in WORD else "xlsx"
            files[f"{name}.{ending}"] = answer.content
        found = rendered(files)
    return {name.partition(".")[0]: reader for name, reader in found.items()}


def size_of(page):
    return round(float(page.mediabox.width) * 25.4 / 72), round(float(page.mediabox.height) * 25.4 / 72)


@pytest.mark.parametrize("name", WORD)
def test_documents_stand_on_a4_within_the_margins_of_the_standard(pages, name):
    page = pages[name].pages[0]
    assert size_of(page) == A4
    left, _width, top, bottom = text_box(page)
    assert left == pytest.approx(28, abs=1)
    assert 36 <= top <= 48
    assert bottom >= 24


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("notice_sheet", ("督办单", "督办〔2025〕1号", "月底前补齐", "2025年6月30日")),
        ("record_document", ("2025年第1次进度评审记录", "记录在案", "—1—", "—2—")),
        ("bulletin", ("草稿", "进展情况的通报", "各有关单位：", "（一）加强培训", "—1—")),
        ("draft_document", ("草稿", "2025年法治政府建设年度情况报告", "四、2026年工作安排", "—1—")),
    ],
)
def test_the_words_are_on_the_pages(pages, name, words):
    found = words_of(pages[name])
    for part in words:
        assert part in found


@pytest.mark.parametrize("name", sorted(EXCEL))
def test_every_workbook_opens_and_prints_its_words(pages, name):
    found = words_of(pages[name])
    for part in EXCEL[name]:
        assert part in found


def test_a_notice_is_one_page(pages):
    assert len(pages["notice_sheet"].pages) == 1


def test_the_ledger_prints_on_a3_landscape_with_all_its_columns_on_a_page(pages):
    ledger = pages["ledger_workbook"]
    assert {size_of(page) for page in ledger.pages} == {A3_LANDSCAPE}
    found = words_of(ledger)
    for part in ("序号", "备注", "销号日期", "红", "开展执法评查", "2025年6月16日"):
        assert part in found
    assert len(ledger.pages) == 2
