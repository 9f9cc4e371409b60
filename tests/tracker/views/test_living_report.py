"""The living report: every published word once and in order, and beside it what is known of it."""

import datetime
import re
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import build_task, write_tasks
from tracker import clock
from tracker.enums import Status
from tracker.models import AnnualReport, Disposition, Figure, Measure, Plan, Section, Shortcoming, Task
from tracker.presenters import living_report
from tracker.presenters.report_notes import ratio
from tracker.presenters.report_read import Reading, Words
from tracker.presenters.report_text import NO_LINE_START, Mark, Ref, runs_of
from tracker.reading import parse, read_body
from tracker.services import demonstration, imports, plans, trace

DATA = Path(imports.__file__).resolve().parents[1] / "data" / "xicheng_2025"
DAY = datetime.date(2025, 9, 15)
FRAME, PAGE = 4, 6


@pytest.fixture(autouse=True)
def english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


def page(client: Any, plan: Plan, query: str = "") -> Any:
    return client.get(reverse("living_report", args=[plan.pk]) + query)


def text_of(answer: Any) -> str:
    """The report's own words as the page shows them, paragraphs one under the other."""
    blocks = [runs for passage in answer.context["passages"] for runs in passage.blocks]
    return "\n".join("".join(piece.text for run in runs for piece in run.pieces) for runs in blocks)


def notes_of(answer: Any, words: str) -> Any:
    """The first group of notes beside the paragraph that holds `words`."""
    for passage in answer.context["passages"]:
        shown = "".join(piece.text for runs in passage.blocks for run in runs for piece in run.pieces)
        if words in shown:
            return passage.groups[0]
    raise AssertionError(words)


def pieces_of(answer: Any) -> list[Any]:
    blocks = [runs for passage in answer.context["passages"] for runs in passage.blocks]
    return [piece for runs in blocks for run in runs for piece in run.pieces]


# ---------- The text, cut at its marks ----------

MARKS = st.builds(
    lambda start, length, rank, ref: Mark(
        start, start + length, css=f"c{rank}", anchor=f"a{start}", rank=rank, ref=Ref(f"{rank}") if ref else None
    ),
    st.integers(0, 45),
    st.integers(1, 20),
    st.integers(0, 3),
    st.booleans(),
)
PUBLISHED = st.text(alphabet="甲乙丙,。”“（） \n1", min_size=1, max_size=50)


@given(PUBLISHED, st.lists(MARKS, max_size=8), st.integers(0, 20), st.integers(1, 40))
def test_cutting_at_marks_neither_loses_nor_doubles_a_character(text, marks, start, length):
    end = min(len(text), start + length)
    start = min(start, end - 1)
    runs = runs_of(text, start, end, marks)
    assert "".join(piece.text for run in runs for piece in run.pieces) == text[start:end]
    assert all(piece.text for run in runs for piece in run.pieces)


@given(PUBLISHED, st.lists(MARKS, max_size=8))
def test_every_piece_carries_the_marks_over_it_and_every_reference_comes_once(text, marks):
    place, refs, anchors = 0, [], []
    for run in runs_of(text, 0, len(text), marks):
        for piece in run.pieces:
            over = [mark for mark in marks if mark.start < place + len(piece.text) and mark.end > place]
            assert piece.css == (min(over, key=lambda mark: mark.rank).css if over else "")
            place += len(piece.text)
            refs += [(place, ref) for ref in piece.refs]
            anchors += [name for name in (piece.anchor, *piece.more_anchors) if name]
    inside = [mark for mark in marks if mark.start < len(text)]
    ended = [(min(mark.end, len(text)), mark.ref.label) for mark in inside if mark.ref]
    assert sorted((place, ref.label) for place, ref in refs) == sorted(ended)
    assert sorted(anchors) == sorted(mark.anchor for mark in inside)


@given(PUBLISHED, st.lists(MARKS, max_size=8))
def test_a_reference_never_starts_a_line(text, marks):
    """It stands in a run that does not break, behind a character and before the marks that close it."""
    place = 0
    for run in runs_of(text, 0, len(text), marks):
        for piece in run.pieces:
            place += len(piece.text)
            assert run.keep or not piece.refs
        last = run.pieces[-1]
        if last.refs and place < len(text):
            assert text[place] not in NO_LINE_START


def test_a_number_stays_with_the_last_character_and_the_marks_behind_it():
    text = "推进“一件事”。继续"
    runs = runs_of(text, 0, len(text), [Mark(0, 7, css="clause", ref=Ref("4.4"))])
    shown = [("".join(piece.text for piece in run.pieces), run.keep) for run in runs]
    assert shown == [("推进“一件事", False), ("”。", True), ("继续", False)]
    assert [piece.refs[0].label for run in runs for piece in run.pieces if piece.refs] == ["4.4"]


SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 40)), max_size=4)


@given(st.text(alphabet="一二甲乙、。1. \n", min_size=1, max_size=80), SPANS, SPANS)
def test_every_paragraph_comes_once_and_in_order_whatever_the_parts_and_sections(text, parts, sections):
    def rows(what, spans):
        return [
            Words(what, pk, 1, text[start : start + 1], text[start + 1 : start + 3], "other", False, start, end)
            for pk, (start, length) in enumerate(spans, 1)
            if start < (end := min(len(text), start + length))
        ]

    report = AnnualReport(text=text, title="", issuer="", source="")
    words = rows("part", parts) + rows("section", sections)
    reading = Reading(SimpleNamespace(), report, words, [], [], [], [])
    found = living_report.split(reading)
    spans = [span for passage in found for span in passage.spans]
    assert spans == sorted(spans)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    head = min((row.start for row in words if row.what == "part"), default=len(text))
    body = "".join(text[start:end] for start, end in read_body(text, head=head))
    assert re.sub(r"\s", "", "".join(text[start:end] for start, end in spans)) == re.sub(r"\s", "", body)
    anchors = [passage.anchor for passage in found if passage.anchor]
    assert len(anchors) == len(set(anchors))


def test_the_body_leaves_out_title_date_issuer_and_page_furniture():
    text = "某市人民政府2024年报告\n2025-03-01\n某市人民政府\n  现将情况报告如下:\n一、成效\n已归档"
    found = read_body(text, head=text.index("一、"), title="某市人民政府2024年报告", names=("某市人民政府", ""))
    assert [text[start:end] for start, end in found] == ["现将情况报告如下:", "一、成效"]


def test_a_title_that_runs_into_the_first_paragraph_is_taken_off_it():
    text = "某市2024年报告 现将情况报告如下:"
    assert [text[start:end] for start, end in read_body(text, head=99, title="某市2024年报告")] == [text[10:]]


def test_a_signature_is_text_of_the_report():
    text = "甲市报告\n情况如下。\n甲市人民政府\n2025年1月5日"
    found = read_body(text, head=5, title="甲市报告", names=("甲市人民政府",))
    assert [text[start:end] for start, end in found] == ["情况如下。", "甲市人民政府", "2025年1月5日"]


# ---------- The real report ----------


@pytest.fixture
def real(db, quick_passwords, signed_in):
    """The real plan after its sample year, on 15 September 2025, and the page as a reviewer opens it."""
    plan = demonstration.load(DATA).plan
    people = demonstration.play(DATA, plan, password="Demo-2025-pass", until=DAY)
    with clock.at(timezone.make_aware(datetime.datetime(2025, 9, 15, 10))):
        person = next(person for person in people if person.username == "reviewer")
        yield SimpleNamespace(plan=plan, person=person, client=signed_in(person))


def test_the_real_report_is_shown_word_for_word(real):
    shown, stored = text_of(page(real.client, real.plan, "?raw=1")), real.plan.report.text
    first, last = stored.index("2024年,西城区"), stored.index("您访问的链接")
    squeezed = [re.sub(r"\s+", "", text) for text in (shown, stored[first:last])]
    assert squeezed[0] == squeezed[1]


def test_full_width_punctuation_moves_no_character(real):
    plain, raw = text_of(page(real.client, real.plan)), text_of(page(real.client, real.plan, "?raw=1"))
    assert len(plain) == len(raw)
    assert "2024年,西城区" in raw and "2024年，西城区" in plain


def test_coverage_of_the_real_plan(real):
    cells = page(real.client, real.plan).context["cells"]
    assert [(cell["head"], cell["value"]) for cell in cells] == [
        ("Arrangements", "100% covered"),
        ("Measures", "7/10 followed"),
        ("Shortcomings", "2/3 answered directly"),
        ("Gaps", "3 to explain"),
    ]
    assert cells[0]["words"] == "6 arrangements, 29 tasks"
    assert cells[1]["words"] == "1 in part, 2 not followed"


def test_gaps_of_the_real_plan_lead_to_where_they_are_settled(real):
    answer = page(real.client, real.plan)
    gaps = answer.context["gaps"]
    assert [gap.name for gap in gaps] == ["Measure 3", "Measure 8", "Shortcoming 1"]
    assert [gap.short for gap in gaps] == ["Part", "Gap", "Weak"]
    eighth = Section.objects.get(part__report=real.plan.report, part__kind="measures", position=8)
    assert gaps[1].url == reverse("dispose_section", args=[real.plan.pk, eighth.pk])
    assert gaps[2].sentence == "All 4 links are indirect and to be confirmed."
    assert notes_of(answer, "完善突发事件应对制度机制").gap == gaps[1]
    assert 'href="#gaps"' in answer.content.decode()


def test_every_task_is_underlined_by_its_light_and_numbered(real):
    pieces = pieces_of(page(real.client, real.plan))
    assert [ref.label for piece in pieces for ref in piece.refs if ref.code] == [
        task.code for task in Task.objects.by_place()
    ]
    css = {piece.code: piece.css for piece in pieces if piece.code}
    assert css["2.4"] == "clause clause--red"
    assert css["4.1"] == "clause clause--grey"
    assert css["4.4"] == "clause clause--yellow"
    assert css["1.2"] == "clause clause--blue"
    assert css["6.1"] == "clause clause--done"
    words = "".join(piece.text for piece in pieces if piece.code == "4.4")
    assert words == "大力推进“高效办成一件事”"


def test_a_task_is_found_by_its_anchor_and_leads_on(real):
    html = page(real.client, real.plan).content.decode()
    task = Task.objects.get(code="4.4")
    assert html.count('id="task-4.4"') == 1
    assert re.search(rf'<a class="clause-code" href="{task.get_absolute_url()}" data-task="4.4"[^>]*>4.4</a>', html)


def test_a_measure_names_its_follow_ups_with_light_reason_and_strength(real):
    group = notes_of(page(real.client, real.plan), "持续强化对行政权力的监督")
    assert [(note.row.code, note.kind) for note in group.tasks] == [
        ("2.3", "indirect"),
        ("2.4", ""),
        ("2.5", ""),
        ("2.6", ""),
    ]
    assert (group.head, group.end) == ("4 follow-up tasks", "4 figures")
    assert group.tasks[1].row.light.value == "red"
    assert group.tasks[0].doubt == "to be confirmed"


def test_ratios_are_recomputed(real):
    group = notes_of(page(real.client, real.plan), "构建多元化矛盾纠纷化解机制")
    assert [(row["words"], row["agrees"]) for row in group.ratios] == [
        ("1197 ÷ 2769 = 43.2%", True),
        ("6702 ÷ 7493 = 89.4%", True),
    ]


def test_an_arrangement_names_its_tasks_and_what_they_come_from(real):
    group = notes_of(page(real.client, real.plan), "持续营造一流法治化营商环境")
    assert (group.head, group.end, group.open) == ("5 tasks", "every word has a task", False)
    more = group.tasks[3].more
    assert [link.label for link in more["continues"]] == ["Measure 5"]
    assert [link.label for link in more["answers"]] == ["Shortcoming 2"]
    assert (more["owner"], group.tasks[3].row.bar["progress"]) == ("王敏", 59)


def test_figures_are_marked_by_their_number_alone(real):
    figures = [piece.text for piece in pieces_of(page(real.client, real.plan)) if piece.figure]
    assert figures[:4] == ["84项", "295件次", "7件", "5件"]
    assert "7000余人次" in figures
    assert len(figures) == 36


def test_the_outline_carries_gaps_and_lights(real):
    outline = page(real.client, real.plan).context["outline"]
    assert [len(part.items) for part in outline] == [0, 10, 3, 0, 6]
    assert [item.end for item in outline[1].items] == ["", "", "Part", "", "", "", "", "Gap", "", ""]
    assert [item.number for item in outline[4].items] == ["1", "2", "3", "4", "5", "6"]
    assert list(outline[4].items[1].shapes) == ["red", "yellow"]


def test_every_link_of_the_outline_leads_somewhere(real):
    for query in ("", "?plain=1"):
        html = page(real.client, real.plan, query).content.decode()
        names = re.findall(r'\bid="([^"]+)"', html)
        assert len(names) == len(set(names))
        assert set(re.findall(r'href="#([^"]+)"', html)) <= set(names)


def test_the_plain_text_carries_nothing_of_ours(real):
    answer = page(real.client, real.plan, "?plain=1")
    html = answer.content.decode()
    for word in ('class="notes"', "clause-code", 'class="coverage"', "figure-mark", 'id="gaps"'):
        assert word not in html
    assert text_of(answer) == text_of(page(real.client, real.plan))
    assert "<b>8." in html


def test_the_switches_keep_each_other(real):
    context = page(real.client, real.plan, "?raw=1").context
    own = reverse("living_report", args=[real.plan.pk])
    assert (context["plain_url"], context["raw_url"]) == (f"{own}?raw=1&plain=1", own)


# ---------- The small world ----------


def linked(world: Any, task: Task, words: str, **values: Any) -> Any:
    measure = Measure.objects.get(section__part__report=world.report, text__startswith=words)
    given = {"by": world.admin, "strength": "direct", "rationale": "同一事项"}
    return trace.propose(task, measure, **{**given, **values})


def test_words_without_a_task_are_marked_and_counted(world, signed_in):
    assert world.tasks
    answer = page(signed_in(world.viewer), world.plan)
    gaps = [piece.text for piece in pieces_of(answer) if "clause--gap" in piece.css]
    assert gaps == ["公开评查结果"]
    cell = answer.context["cells"][0]
    assert (cell["value"], cell["words"]) == ("84% covered", "6 characters without a task")
    assert cell["url"] == "#uncovered-1" and 'id="uncovered-1"' in answer.content.decode()
    group = notes_of(answer, "公开评查结果")
    assert (group.end, group.open) == ("6 characters without a task", True)


def test_an_item_is_followed_in_part_by_a_single_sentence(world, signed_in):
    link = linked(world, world.task, "组织培训", extent="sentence")
    client = signed_in(world.reviewer)
    assert notes_of(page(client, world.plan), "完善制度").gap.title == "continued in part"
    linked(world, world.tasks[1], "全年审核", extent="item", strength="indirect")
    assert notes_of(page(client, world.plan), "完善制度").gap is None
    for row in world.tasks[1].measure_links.all():
        trace.dismiss(row, by=world.reviewer)
    trace.dismiss(link, by=world.reviewer)
    group = notes_of(page(client, world.plan), "完善制度")
    assert (group.gap.title, list(group.tasks)) == ("no follow-up task", [])


def test_a_shortcoming_is_weakly_answered_without_a_direct_link(world, signed_in):
    row = Shortcoming.objects.get(part__report=world.report, number=2)
    given = {"by": world.admin, "rationale": "补足"}
    client = signed_in(world.reviewer)

    def group():
        found = page(client, world.plan).context["passages"]
        return next(g for passage in found for g in passage.groups if g.anchor == f"shortcoming-{row.pk}")

    assert (group().end, group().gap.title) == ("not answered", "no task answers it")
    link = trace.propose(world.tasks[2], row, strength="indirect", **given)
    assert group().gap.sentence == "The only link is indirect and to be confirmed."
    trace.confirm(link, by=world.reviewer)
    assert group().gap.sentence == "The only link is indirect."
    direct = trace.propose(world.tasks[3], row, strength="direct", **given)
    assert (group().end, group().gap) == ("to be confirmed", None)
    trace.confirm(direct, by=world.reviewer)
    assert (group().end, group().gap) == ("answered directly", None)
    assert [(label, [note.row.code for note in notes]) for label, notes in group().pairs] == [
        ("Direct", ["2.2"]),
        ("Indirect", ["2.1"]),
    ]


def test_a_disposition_closes_the_gap_and_is_shown_with_its_reason(world, signed_in):
    section = Section.objects.get(part__report=world.report, part__kind="measures", position=1)
    trace.dispose(world.plan, by=world.reviewer, kind="finished", reason="制度已经完备", section=section)
    answer = page(signed_in(world.viewer), world.plan)
    group = notes_of(answer, "完善制度")
    assert group.gap is None
    assert (group.settled["kind"], group.settled["reason"]) == ("Finished", "制度已经完备")
    assert group.settled["who"] == str(world.reviewer)
    assert "制度已经完备" in answer.content.decode()
    assert answer.context["cells"][3]["value"] == "3 to explain"


def test_with_all_said_no_gap_is_listed(world, signed_in):
    for section in Section.objects.filter(part__report=world.report, part__kind="measures"):
        trace.dispose(world.plan, by=world.reviewer, kind="finished", reason="已完成", section=section)
    for row in Shortcoming.objects.filter(part__report=world.report):
        trace.dispose(world.plan, by=world.reviewer, kind="continued", reason="另行推进", shortcoming=row)
    answer = page(signed_in(world.viewer), world.plan)
    assert answer.context["cells"][3]["words"] == "Nothing is left unexplained."
    assert 'id="gaps"' not in answer.content.decode()


def test_a_link_whose_words_have_changed_is_suspect(world, signed_in):
    link = linked(world, world.task, "组织培训")
    trace.confirm(link, by=world.reviewer)
    type(link).objects.filter(pk=link.pk).update(upstream_digest="0" * 64)
    assert notes_of(page(signed_in(world.viewer), world.plan), "完善制度").tasks[0].doubt == "suspect"


def test_two_tasks_of_the_same_words_are_both_named(world, signed_in):
    area = world.task.area
    twin = build_task(area, 9, unit=world.bureau, owner=world.staff, status=Status.IN_PROGRESS, progress=0)
    twin.start, twin.end, twin.quote = world.task.start, world.task.end, world.task.quote
    write_tasks([twin])
    answer = page(signed_in(world.viewer), world.plan)
    piece = next(piece for piece in pieces_of(answer) if len(piece.refs) == 2)
    assert {ref.label for ref in piece.refs} == {"1.1", "1.9"}
    assert piece.css == "clause clause--red"
    html = answer.content.decode()
    assert html.count('id="task-1.1"') == html.count('id="task-1.9"') == 1


def test_a_ratio_that_does_not_agree_is_shown():
    def figure(value, unit="%", **more):
        return Figure(value=Decimal(value), unit=unit, **more)

    wrong = ratio(figure("75.5"), figure("150", "件"), figure("200", "件"))
    assert wrong == {"words": "150 ÷ 200 = 75.000%", "agrees": False, "stated": "75.5%"}
    cut_off = ratio(figure("66.6"), figure("2", "件"), figure("3", "件"))
    assert (cut_off["words"], cut_off["agrees"]) == ("2 ÷ 3 = 66.667%", True)
    assert ratio(figure("67", approximate=True), figure("2", "件"), figure("3", "件"))["agrees"]


def test_words_of_the_report_cannot_become_markup(world, signed_in):
    text = world.report.text.replace("全年审核文件40件", "<script>alert(1)</script>审核<b onclick=x>文件40件")
    report = imports.store_report(parse(text), government=world.district, year=2023, by=world.admin)
    plan = plans.create_plan(
        report,
        by=world.admin,
        year=2024,
        starts_on=datetime.date(2024, 1, 1),
        ends_on=datetime.date(2024, 12, 31),
    )
    html = page(signed_in(world.admin), plan, "?raw=1").content.decode()
    assert "<script>alert" not in html and "<b onclick" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    section = Section.objects.filter(part__report=report, part__kind="measures")[0]
    html = signed_in(world.admin).get(reverse("dispose_section", args=[plan.pk, section.pk])).content.decode()
    assert "<script>alert" not in html


def test_a_report_without_numbers_or_headings_is_shown_whole(world, signed_in):
    words = "去年开展培训三次。\n\n主要做法有三条。\n下一步,将继续开展培训,并完善制度。\n"
    report = imports.store_report(parse(words), government=world.district, year=2023, by=world.admin)
    plan = plans.create_plan(
        report,
        by=world.admin,
        year=2024,
        starts_on=datetime.date(2024, 1, 1),
        ends_on=datetime.date(2024, 12, 31),
    )
    answer = page(signed_in(world.admin), plan, "?raw=1")
    assert re.sub(r"\s", "", text_of(answer)) == re.sub(r"\s", "", words)


# ---------- Who sees it, and at what price ----------


def test_other_governments_find_nothing_and_the_city_reads(world, signed_in):
    assert page(signed_in(world.foreign_admin), world.plan).status_code == 404
    assert page(signed_in(world.city_leader), world.plan).status_code == 200
    assert signed_in(world.viewer).post(reverse("living_report", args=[world.plan.pk])).status_code == 405


def test_who_may_not_settle_a_gap_sees_it_and_is_told_why(world, signed_in):
    answer = page(signed_in(world.staff), world.plan)
    assert len(answer.context["gaps"]) == 4
    assert answer.context["gaps_refusal"] == "This is done by: Administrator, Reviewer."
    assert "/disposition/" not in answer.content.decode()
    assert "/disposition/" in page(signed_in(world.reviewer), world.plan).content.decode()


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_price_does_not_grow_with_the_tasks(world, signed_in, django_assert_num_queries, number):
    area = world.plan.areas.get(number=1)
    new = [build_task(area, serial, unit=world.bureau, owner=world.staff) for serial in range(1, number + 1)]
    write_tasks(new)
    for task in Task.objects.filter(plan=world.plan):
        linked(world, task, "组织培训")
    section = Section.objects.filter(part__report=world.report, part__kind="measures")[1]
    trace.dispose(world.plan, by=world.reviewer, kind="finished", reason="已完成", section=section)
    client = signed_in(world.reviewer)
    with django_assert_num_queries(FRAME + PAGE):
        answer = page(client, world.plan)
    assert len(notes_of(answer, "完善制度").tasks) == number


def test_nothing_is_written_by_looking(world, signed_in):
    before = Disposition.objects.count(), Task.objects.count()
    page(signed_in(world.reviewer), world.plan)
    assert (Disposition.objects.count(), Task.objects.count()) == before
