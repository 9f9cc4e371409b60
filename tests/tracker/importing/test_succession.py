"""Which sentence of the year before a sentence goes back to, by its words."""

import time

import pytest

from tracker.importing.succession import CONTAINED, LEAST_LIKENESS, matches

TOLD = [
    (1, "推进社区矫正中心规范化建设"),
    (2, "开展校园周边环境联合整治"),
    (3, "完善行政规范性文件备案审查机制"),
    (4, "开展基层执法人员轮训"),
    (4, "全年举办轮训班六期，覆盖基层执法人员四百人；编印案例手册一册。"),
]


def keys(words, told=TOLD):
    return [match.key for match in matches(told, [(9, words)]).get(9, [])]


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("推进社区矫正中心规范化建设", 1),
        ("持续推进社区矫正中心规范化建设，提升帮教质量", 1),
        ("深化校园周边环境整治", 2),
        ("健全行政规范性文件备案审查工作机制", 3),
        ("举办轮训班六期，覆盖基层执法人员四百人", 4),
    ],
)
def test_the_words_lead_back(words, key):
    assert keys(words)[0] == key


@pytest.mark.parametrize("words", ["建设智慧交通信号系统", "老旧小区加装电梯", "", "。", "推", "建设"])
def test_words_of_another_matter_lead_nowhere(words):
    assert keys(words) == []


def test_words_that_stand_whole_in_others_are_surely_the_same():
    found = matches(TOLD, [(9, "今年继续推进社区矫正中心规范化建设")])[9][0]
    assert (found.key, found.likeness) == (1, CONTAINED)


def test_a_short_piece_that_stands_in_many_sentences_is_no_sure_sign():
    found = matches([(1, "联合整治"), (2, "开展校园周边环境联合整治")], [(9, "开展校园周边环境联合整治")])[9]
    assert (found[0].key, found[0].likeness) == (2, 1.0)
    assert all(match.likeness < 1 for match in found[1:])


def test_the_same_words_go_before_words_that_contain_them():
    told = [(1, "继续推进社区矫正中心规范化建设"), (2, "推进社区矫正中心规范化建设")]
    assert keys("推进社区矫正中心规范化建设", told) == [2, 1]


def test_punctuation_and_its_width_make_no_difference():
    assert keys("完善“行政规范性文件”备案,审查机制") == [3]


def test_formulas_that_every_sentence_repeats_count_little():
    """Half of the characters are the same, and say nothing."""
    told = [(number, f"深入推进法治政府建设{matter}") for number, matter in enumerate(["供水", "绿化", "养老", "消防"])]
    likest = matches(told, [(9, "深入推进法治政府建设养老")])[9]
    assert likest[0].key == 2
    plain = matches([*told, (8, "食堂卫生")], [(9, "深入推进法治政府建设电梯")]).get(9, [])
    assert all(match.likeness < 0.8 for match in plain)


def test_the_likest_stands_first_and_equally_like_ones_in_the_order_of_the_rows():
    told = [(5, "开展执法评查"), (3, "开展执法评查"), (1, "开展执法评估")]
    assert keys("开展执法评查", told) == [3, 5, 1]


def test_nothing_below_the_threshold_is_named():
    found = matches(TOLD, [(9, "健全行政规范性文件备案审查工作机制"), (8, "校园安全")])
    assert all(match.likeness >= LEAST_LIKENESS for rows in found.values() for match in rows)


def test_nothing_to_compare_gives_nothing():
    assert matches([], [(1, "开展执法评查")]) == {}
    assert matches(TOLD, []) == {}


def test_three_hundred_rows_on_both_sides_are_compared_at_once():
    told = [
        (number, f"第{number}项推进区域{number * 7}号平台建设与应用，覆盖街道{number % 15}个") for number in range(300)
    ]
    asked = [(number, f"继续推进区域{number * 7}号平台建设，扩大覆盖") for number in range(300)]
    began = time.perf_counter()
    assert len(matches(told, asked)) > 200
    assert time.perf_counter() - began < 5
