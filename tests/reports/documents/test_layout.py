"""The official layout: paper, fonts, page numbers, and what a draft must not carry."""

import datetime
from io import BytesIO

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Pt

from reports.documents.layout import BODY, DRAFT, KAI, SONG, TITLE, Paper
from tracker.dates import official_date


def opened(paper):
    return docx.Document(BytesIO(paper.content()))


@pytest.fixture
def paper():
    paper = Paper("关于进展情况的通报", draft=True)
    paper.heading(1, "一、总体情况")
    paper.heading(2, "（一）统筹")
    paper.paragraph("共29项任务。", note="任务 1.1")
    paper.table(["序号", "任务"], [["1.1", "开展评估\n两项"]], (20, 136))
    paper.signature("甲区", datetime.date(2025, 3, 8))
    return paper


def font_of(paragraph):
    return paragraph.runs[0]._r.rPr.rFonts.get(qn("w:eastAsia"))


def test_the_page_is_that_of_the_standard(paper):
    section = opened(paper).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]
    assert section._sectPr.find(qn("w:docGrid")).get(qn("w:linePitch")) == "560"


def test_every_level_has_its_font_for_chinese_text(paper):
    found = {paragraph.text: font_of(paragraph) for paragraph in opened(paper).paragraphs if paragraph.runs}
    assert found["关于进展情况的通报"] == TITLE
    assert found["一、总体情况"] == "黑体"
    assert found["（一）统筹"] == KAI
    assert found["共29项任务。"] == BODY


def test_the_body_is_16_points_in_lines_of_28_and_indented_by_two_characters(paper):
    body = next(row for row in opened(paper).paragraphs if row.text == "共29项任务。")
    assert body.runs[0].font.size == Pt(16)
    assert body.paragraph_format.line_spacing == Pt(28)
    assert body._p.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"


def test_page_numbers_stand_outside_on_odd_and_even_pages(paper):
    file = opened(paper)
    section = file.sections[0]
    assert file.settings.odd_and_even_pages_header_footer
    odd, even = section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]
    assert (odd.alignment, even.alignment) == (2, 0)
    assert "PAGE" in odd._p.xml
    assert font_of(odd) == SONG


def test_a_draft_says_so_and_a_sentence_carries_its_note(paper):
    file = opened(paper)
    assert file.paragraphs[0].text == DRAFT
    assert [comment.text for comment in file.comments] == ["任务 1.1"]


def test_no_font_is_embedded(paper):
    assert "embedTrueTypeFonts" not in opened(paper).settings.element.xml


def test_dates_have_no_leading_zeros():
    assert official_date(datetime.date(2025, 3, 8)) == "2025年3月8日"


def test_the_head_of_a_table_is_repeated_and_lines_stay_lines(paper):
    table = opened(paper).tables[0]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert table.cell(1, 1).text == "开展评估\n两项"
