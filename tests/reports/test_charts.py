"""Pictures drawn as SVG: well formed, told in words, without script or style."""

import re
from dataclasses import replace
from itertools import pairwise, product
from xml.etree import ElementTree

import pytest

from reports import charts
from reports.charts import Axis, Line, Mark

AXIS = Axis([(25.0, "1月"), (75.0, "2月")])


def drawn(scheduled=((0, 0), (50, 60), (100, 100)), actual=((0, 0), (50, 40)), marks=()):
    last = actual[-1]
    lines = [
        Line("scheduled", scheduled, "序时 60%", (last[0], 60)),
        Line("actual", actual, f"实际 {last[1]}%", last),
    ]
    return charts.lines("course", "全年 <进度>", "到今天实际 40%", lines, marks, AXIS)


def elements(picture, name):
    root = ElementTree.fromstring(picture)
    return [element for element in root.iter() if element.tag.rpartition("}")[2] == name]


def test_it_is_well_formed_and_names_itself():
    (title,), (words,) = elements(drawn(), "title"), elements(drawn(), "desc")
    assert (title.text, words.text) == ("全年 <进度>", "到今天实际 40%")
    root = ElementTree.fromstring(drawn())
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {words.get('id')}"


def test_there_is_no_style_and_no_script():
    picture = drawn(marks=[Mark("today", 50, "<script>")])
    assert "style=" not in picture
    assert not elements(picture, "script")
    assert not re.search(r"\son\w+=", picture)


def test_no_text_is_stretched():
    stretched = [svg for svg in elements(drawn(), "svg") if svg.get("preserveAspectRatio") == "none"]
    assert len(stretched) == 1
    assert not [row for row in stretched[0].iter() if row.tag.rpartition("}")[2] == "text"]


def test_what_lies_below_the_schedule_is_tinted():
    (gap,) = elements(drawn(), "polygon")
    assert gap.get("points") == "0.00,100.00 50.00,40.00 50.00,60.00 0.00,100.00"
    assert not elements(drawn(actual=((0, 0), (50, 80))), "polygon")


def test_where_it_is_ahead_nothing_is_tinted():
    scheduled = ((0, 0), (25, 25), (50, 50), (75, 75), (100, 100))
    actual = ((0, 0), (25, 10), (50, 90), (75, 60), (100, 80))
    gaps = [gap.get("points") for gap in elements(drawn(scheduled, actual), "polygon")]
    assert gaps == [
        "0.00,100.00 25.00,75.00 25.00,90.00 0.00,100.00",
        "75.00,25.00 100.00,0.00 100.00,20.00 75.00,40.00",
    ]


@pytest.mark.parametrize(("place", "anchor"), [(10, "start"), (50, "start"), (95, "end")])
def test_the_word_of_a_mark_stays_inside(place, anchor):
    picture = drawn(marks=[Mark("today", place, "今天")])
    (word,) = [text for text in elements(picture, "text") if text.text == "今天"]
    assert word.get("text-anchor") == anchor


@pytest.mark.parametrize(("share", "anchors"), [(2, ("start", "start")), (50, ("end", "start")), (98, ("end", "end"))])
def test_the_labels_of_the_last_points_stay_inside(share, anchors):
    picture = drawn(actual=((0, 0), (share, 40)))
    labels = {text.text: text for text in labels_of(picture)}
    assert (labels["序时 60%"].get("text-anchor"), labels["实际 40%"].get("text-anchor")) == anchors


def labels_of(picture):
    return [text for text in elements(picture, "text") if "chart__label" in text.get("class", "")]


def number(text, name):
    return float(text.get(name).removesuffix("%"))


def box(text, width):
    """(left, right, top, bottom) of a label in a picture of that width; 13 pixels a Chinese sign, 8 another."""
    long = sum(13 if ord(sign) > 0x2E80 else 8 for sign in text.text)
    at = number(text, "x") * width / 100 + number(text, "dx")
    left = at - long if text.get("text-anchor") == "end" else at
    return left, left + long, number(text, "y") - 11, number(text, "y") + 3


def crosses(corners, edges):
    """Whether a line through `corners` runs through the box, looked at from pixel to pixel."""
    left, right, top, bottom = edges
    for (x1, y1), (x2, y2) in pairwise(corners):
        steps = max(int(x2 - x1), 1)
        for step in range(steps + 1):
            x, y = x1 + (x2 - x1) * step / steps, y1 + (y2 - y1) * step / steps
            if left <= x <= right and top <= y <= bottom:
                return True
    return False


def course(share, actual_end, scheduled_end, turn):
    """Lines through a year of which `share` has gone; `turn` bends them, a negative one lets the actual fall back."""
    days = [0, share / 3, share * 2 / 3, share]
    actual = [0, actual_end * (0.33 + turn / 2), actual_end * (0.66 + turn), actual_end]
    rest = [(share + (100 - share) * part, scheduled_end + (100 - scheduled_end) * part) for part in (0.5, 1)]
    scheduled = list(zip(days, [0, scheduled_end * 0.33, scheduled_end * 0.66, scheduled_end], strict=True))
    last = (share, actual_end)
    lines = [
        Line("scheduled", [*scheduled, *rest] if share < 100 else scheduled, "序时 95%", (share, scheduled_end)),
        Line("actual", list(zip(days, actual, strict=True)), "实际 95%", last),
    ]
    return lines


WIDTHS = [280, 480, 640, 920]


@pytest.mark.parametrize("behind", [0, 1, 5, 12, 30, 90, -8])
@pytest.mark.parametrize("share", [1, 5, 12, 20, 30, 40, 55, 70, 74, 85, 92, 99, 100])
def test_no_label_lies_on_a_line_or_on_another(share, behind):
    marks = [Mark("review", max(share - 3, 0), "上次评审", before=True), Mark("today", share, "今天")]
    for turn, width in product([0, 0.2, -0.2], WIDTHS):
        lines = course(share, min(max(share - behind, 0), 100), share, turn)
        if share == 100:
            lines = [replace(line, label=f"12月31日 {line.label}") for line in lines]
        boxes = [box(text, width) for text in labels_of(charts.lines("course", "进度", "进度", lines, marks, AXIS))]
        for line, edges in product(lines, boxes):
            corners = [(x * width / 100, charts._height(y)) for x, y in line.points]
            assert not crosses(corners, edges), (line.kind, turn, width)
        (left, right, top, bottom), (left2, right2, top2, bottom2) = boxes
        assert right < left2 or right2 < left or bottom <= top2 or bottom2 <= top
        # Neither on the words at the head nor on the months at the foot.
        assert min(top, top2) >= 17
        assert max(bottom, bottom2) <= charts.HEIGHT - 18


def test_every_second_month_may_be_left_out_where_it_is_narrow():
    months = [text.get("class") for text in elements(drawn(), "text") if "chart__month" in text.get("class", "")]
    assert months == ["chart__month", "chart__month chart__month--second"]
