"""Pictures drawn as SVG: well formed, told in words, without script or style."""

import re
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
    labels = {text.text: text for text in elements(picture, "text") if "chart__label" in text.get("class", "")}
    assert (labels["序时 60%"].get("text-anchor"), labels["实际 40%"].get("text-anchor")) == anchors
    assert (labels["序时 60%"].get("dy"), labels["实际 40%"].get("dy")) == ("-9", "16")


def test_of_two_labels_at_one_height_one_stands_above():
    picture = drawn(actual=((0, 0), (50, 60)))
    assert {text.get("dy") for text in elements(picture, "text") if "chart__label" in text.get("class", "")} == {
        "-9",
        "16",
    }


def test_every_second_month_may_be_left_out_where_it_is_narrow():
    months = [text.get("class") for text in elements(drawn(), "text") if "chart__month" in text.get("class", "")]
    assert months == ["chart__month", "chart__month chart__month--second"]
