"""The Word file of the draft: what it says, what stands behind it, and that it can be read back in."""

import datetime
from io import BytesIO

import docx
import pytest
from django.urls import reverse

from reports.documents.annual_report import report
from reports.services import drafts, duties
from tracker import clock
from tracker.documents import read_document
from tracker.models import CarryOver, Shortcoming
from tracker.reading import parse
from tracker.services import tasks, trace


@pytest.fixture
def year(world):
    """A year with something in every part."""
    done, carried = world.completed(world.tasks[0]), world.started(world.tasks[2])
    world.proof(carried)
    world.accept_all(carried)
    tasks.report(carried.pk, by=world.staff, progress=60, summary="评查案卷388卷,整改39个")
    for shortcoming in Shortcoming.objects.of_report(world.report.pk):
        trace.judge(world.plan, shortcoming, by=world.reviewer, verdict="not_eased", grounds="仍需改进")
    values = {"kind": "meeting", "on": datetime.date(2025, 5, 1), "leader": "区长", "words": "主持召开常务会议"}
    duties.add(world.plan, by=world.reviewer, **values)
    given = {"kind": "carried", "reason": "跨年", "by": world.admin, "at": clock.now()}
    CarryOver.objects.create(task=carried, words="深化案卷评查,公开评查结果", **given)
    CarryOver.objects.create(task=world.tasks[1], words="", **given)
    world.done = done
    return world


def written(world, **options):
    draft = drafts.drafted(world.plan, by=world.reviewer)
    return report(draft, issuer="甲区", on=clock.today(), by="人-reviewer", **options)


def lines(content):
    return [paragraph.text for paragraph in docx.Document(BytesIO(content)).paragraphs]


def test_the_four_parts_stand_in_the_form_of_the_report_before(year):
    found = lines(written(year))
    assert found[:4] == [
        "草稿",
        "某市甲区人民政府2025年法治政府建设年度情况报告",
        "2025年，甲区围绕年度安排推进法治政府建设，4项任务办结1项。现将有关情况报告如下：",
        "一、2025年主要举措和成效",
    ]
    assert "1.加强培训。培训和考试都已完成。" in found
    assert "2.提升执法。评查案卷388卷［待核］，整改39个［待核］。" in found
    assert "一是培训覆盖还有不足。二是执法质量有待提高。主要原因是安排不够细，考核还要加强。" in found
    assert "区长主持召开常务会议。" in found
    assert "2.提升执法。深化案卷评查，公开评查结果。" in found


def test_every_sentence_names_its_task_and_evidence_in_a_comment(year):
    comments = [comment.text for comment in docx.Document(BytesIO(written(year))).comments]
    assert "任务1.1　继续组织全员培训\n佐证2025-1-1-01《培训通知》：已培训" in comments
    assert any("待核：388卷、39个没有已采信佐证载明" in comment for comment in comments)


def test_duties_and_last_years_shortcomings_say_where_they_come_from(year):
    comments = [comment.text for comment in docx.Document(BytesIO(written(year))).comments]
    assert "履职登记：2025年5月1日" in comments
    assert any("2024年法治政府建设年度情况报告所列不足1，判定未缓解：仍需改进" in comment for comment in comments)


def test_the_leader_is_named_once_whatever_comes_first(year):
    values = {"kind": "other", "on": datetime.date(2025, 5, 2), "leader": "区长", "words": "撰写署名文章"}
    added = duties.add(year.plan, by=year.reviewer, **values)
    drafts.move(year.plan, by=year.reviewer, key=f"duty:{added.pk}", up=True)
    assert "区长撰写署名文章。主持召开常务会议。" in lines(written(year))


def test_causes_with_commas_inside_are_kept_apart(year):
    first = Shortcoming.objects.of_report(year.report.pk).order_by("number").first()
    key = f"shortcoming:{first.pk}"
    rows = drafts.drafted(year.plan, by=year.reviewer).sentences()
    seen = next(row for row in rows if row.key == key).fingerprint
    drafts.give_cause(year.plan, by=year.reviewer, key=key, cause="安排不细，人手不足。缺口12人", seen=seen)
    found = lines(written(year))
    assert any("主要原因是安排不细，人手不足，缺口12人［待核］；考核还要加强。" in line for line in found)


def test_without_comments_the_marks_stay(year):
    content = written(year, commented=False)
    assert not list(docx.Document(BytesIO(content)).comments)
    assert any("［待核］" in line for line in lines(content))


def test_the_file_says_as_of_when_by_whom_and_how_numbers_are_rounded(year):
    last = lines(written(year))[-1]
    for words in ("人-reviewer", "2025年6月16日", "尚有1句2处", "四舍五入到整数"):
        assert words in last


def test_a_draft_has_no_number_and_no_red_head(year):
    content = written(year)
    assert "〔" not in "".join(lines(content))
    paragraphs = docx.Document(BytesIO(content)).paragraphs
    colours = {str(run.font.color.rgb) for paragraph in paragraphs for run in paragraph.runs if run.text}
    assert colours == {"000000"}


def test_the_published_text_read_back_in_has_the_structure_of_a_report(year):
    text = read_document("年度报告.docx", written(year)).text
    published = text.replace("［待核］", "").replace("草稿\n", "", 1)
    parsed = parse(published)
    assert (parsed.year, parsed.title) == (2025, "某市甲区人民政府2025年法治政府建设年度情况报告")
    kinds = {part.kind: [section.heading for section in part.sections] for part in parsed.parts}
    assert list(kinds) == ["measures", "shortcomings", "leadership", "arrangements"]
    assert kinds["measures"] == kinds["arrangements"] == ["加强培训", "提升执法"]
    assert [row.text for row in parsed.shortcomings] == ["培训覆盖还有不足", "执法质量有待提高"]
    assert [row.text for row in parsed.causes] == ["安排不够细", "考核还要加强"]
    assert "388卷" in "".join(figure.quote for figure in parsed.figures)


def test_the_file_is_handed_out_under_a_name_that_sorts(year, signed_in):
    answer = signed_in(year.reviewer).get(reverse("draft_document", args=[year.plan.pk]))
    assert "%E5%B9%B4%E5%BA%A6%E6%8A%A5%E5%91%8A" in answer.headers["Content-Disposition"]
    assert "2025_2025-06-16.docx" in answer.headers["Content-Disposition"]
