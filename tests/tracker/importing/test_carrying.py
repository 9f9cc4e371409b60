"""Words are found again in a corrected text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.importing.carrying import Alignment, Place

OLD = "一、主要成效\n（一）完善制度。审核文件40件。组织培训3次。\n二、工作安排\n（一）开展执法评查，强化案卷管理。公开评查结果。\n"


def carried(new: str, words: str) -> str | None:
    start = OLD.index(words)
    place = Alignment(OLD, new).carry(start, start + len(words))
    return None if place is None else new[place.start : place.end]


def test_words_that_only_moved_along_are_unchanged() -> None:
    new = OLD.replace("一、主要成效", "一、2024年主要举措和成效")
    start = OLD.index("开展执法评查")
    place = Alignment(OLD, new).carry(start, start + 6)
    assert place == Place(new.index("开展执法评查"), new.index("开展执法评查") + 6, changed=False)


@pytest.mark.parametrize(
    ("before", "after", "words", "expected"),
    [
        ("培训3次", "培训30次", "组织培训3次", "组织培训30次"),
        ("审核文件40件", "共审核文件40件", "审核文件40件", "审核文件40件"),
        ("审核文件40件", "审查文件40件", "审核文件40件", "审查文件40件"),
        ("评查，强化", "评估，强化", "开展执法评查", "开展执法评估"),
        ("开展执法评查", "组织执法评查", "开展执法评查", "组织执法评查"),
        ("公开评查结果", "公开评查的结果", "公开评查结果", "公开评查的结果"),
        ("（一）开展", "\n\n（一）  开展", "开展执法评查", "开展执法评查"),
        ("公开评查结果。", "", "公开评查结果", None),
        ("公开评查结果", "全面推行政务公开标准化", "公开评查结果", None),
    ],
)
def test_words_that_were_corrected(before: str, after: str, words: str, expected: str | None) -> None:
    assert carried(OLD.replace(before, after, 1), words) == expected


def test_words_that_were_put_elsewhere() -> None:
    new = OLD.replace("公开评查结果。", "").replace("审核文件40件。", "审核文件40件。公开评查结果。")
    assert carried(new, "公开评查结果") == "公开评查结果"


def test_what_changed_is_shown_side_by_side() -> None:
    new = OLD.replace("培训3次", "培训30次")
    (change,) = Alignment(OLD, new).changes()
    assert "".join(words for words, _differs in change.before) == "组织培训3次。"
    assert [words for words, differs in change.after if differs] == ["0"]
    assert new[change.start : change.end] == "组织培训30次。"


def test_line_ends_alone_are_no_change() -> None:
    new = OLD.replace("。\n", "。\n\n").strip()
    alignment = Alignment(OLD, new)
    assert alignment.changes() == []
    start = OLD.index("公开评查结果")
    assert alignment.carry(start, start + 6) == Place(new.index("公开评查结果"), len(new) - 1, changed=False)


def test_the_same_text_has_no_changes() -> None:
    assert Alignment(OLD, OLD).changes() == []


@given(st.text("一二三。；\n ", max_size=60), st.text("一二三。；\n ", max_size=60))
def test_any_two_texts(old: str, new: str) -> None:
    alignment = Alignment(old, new)
    for start in range(len(old)):
        for end in range(start + 1, min(len(old), start + 8) + 1):
            place = alignment.carry(start, end)
            if place is not None:
                assert 0 <= place.start < place.end <= len(new)
                assert place.changed == (new[place.start : place.end] != old[start:end])


@given(st.text("一二三。；\n ", min_size=1, max_size=60))
def test_nothing_changes_in_the_same_text(text: str) -> None:
    alignment = Alignment(text, text)
    for start in range(len(text)):
        words = text[start : start + 5]
        if words == words.strip():
            assert alignment.carry(start, start + len(words)) == Place(start, start + len(words), changed=False)
