"""What is taken out of texts before they are stored."""

import sys
import unicodedata

import pytest

from tracker.texts import clean, one_line, says_something

# Signs of the same category with a shape of their own: of Arabic, Kaithi, and hieroglyphs.
SEEN = [*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD, *range(0x13430, 0x13440)]


def test_no_control_that_nobody_sees_is_stored():
    controls = [chr(code) for code in range(sys.maxunicode) if unicodedata.category(chr(code)) == "Cf"]
    left = [ord(sign) for sign in controls if clean(f"甲{sign}乙") != "甲乙"]
    assert set(left) <= set(SEEN)


@pytest.mark.parametrize("text", ["葛\U000e0100", "✔\ufe0f", "甲　乙", "é", "۝", "👍"])
def test_what_has_a_shape_or_gives_one_stays(text):
    assert clean(text) == text


def test_line_ends_become_one_kind():
    assert clean("甲\r\n乙\r丙\n丁\t戊") == "甲\n乙\n丙\n丁\t戊"


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
