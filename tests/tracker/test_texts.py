"""What typed text is made into before it is kept."""

import pytest

from tracker.texts import one_line, says_something, seen_only


@pytest.mark.parametrize("unseen", ["\u200b", "\u202e", "\u2066", "\u00ad", "\u2060", "\ufeff"])
def test_what_cannot_be_seen_is_taken_out(unseen):
    assert seen_only(f"甲{unseen}乙") == "甲乙"


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("开展\n培训", "开展培训"),
        ("开展，\n　　培训", "开展，培训"),
        ("甲 \n\n 乙", "甲乙"),
        ("甲 乙", "甲 乙"),
        ("two\nlines", "two lines"),
        ("甲\nB", "甲 B"),
        ("𠀀\n𠀁", "𠀀𠀁"),
        ("\n甲\n", "甲"),
    ],
)
def test_lines_that_part_chinese_words_are_joined_without_a_space(typed, line):
    assert one_line(typed) == line


@pytest.mark.parametrize(("text", "says"), [("甲", True), ("a", True), ("7", True), ("。——“”", False), ("", False)])
def test_marks_alone_say_nothing(text, says):
    assert says_something(text) is says
