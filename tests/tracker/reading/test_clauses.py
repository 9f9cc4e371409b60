"""Measures, duties and commitments; goals, shared verbs, owners."""

import pytest

from tracker.reading.clauses import nature_of, read_clauses
from tracker.reading.structure import Clause, ClauseKind
from tracker.reading.text import Source


def read(text: str, kind: ClauseKind = "commitment") -> tuple[Clause, ...]:
    clauses = read_clauses(Source(text), 0, len(text), kind)
    assert [clause.text for clause in clauses] == [text[clause.start : clause.end] for clause in clauses]
    return clauses


def texts(text: str, kind: ClauseKind = "commitment") -> list[str]:
    return [clause.text for clause in read(text, kind)]


@pytest.mark.parametrize("kind", ["measure", "duty"])
def test_measures_and_duties_are_whole_sentences(kind: ClauseKind) -> None:
    assert texts("修订办法，召开会议。办结12件；评查3次。", kind) == [
        "修订办法，召开会议",
        "办结12件；评查3次",
    ]


@pytest.mark.parametrize("comma", [",", "，", ";", "；"])
def test_clauses_with_a_verb_of_their_own_are_commitments(comma: str) -> None:
    assert texts(f"完善机制{comma}加强培训。") == ["完善机制", "加强培训"]


def test_a_segment_without_a_verb_belongs_to_the_clause_before() -> None:
    assert texts("建立健全市、区，街道、社区四级网络。") == ["建立健全市、区，街道、社区四级网络"]


@pytest.mark.parametrize("scene", ["围绕中心工作", "按照上级部署", "要以法治为目标", "在统一部署下"])
def test_a_segment_that_sets_the_scene_belongs_to_the_clause_behind(scene: str) -> None:
    assert texts(f"{scene}，完善机制，加强培训。") == [f"{scene}，完善机制", "加强培训"]


def test_a_mark_of_time_is_no_commitment() -> None:
    assert texts("下一步，完善机制。2031年，加强培训。") == ["完善机制", "加强培训"]


def test_commas_inside_quotations_and_brackets_part_nothing() -> None:
    assert texts("推进“清单,目录”管理（含镇，街）。") == ["推进“清单,目录”管理（含镇，街）"]


def test_ordinals_are_not_part_of_the_words() -> None:
    assert texts("一是完善机制；二是加强培训。（1）修订办法。2、评查案卷。") == [
        "完善机制",
        "加强培训",
        "修订办法",
        "评查案卷",
    ]


def test_a_goal_follows_a_clause() -> None:
    assert [(clause.text, clause.nature) for clause in read("加强培训，实现全员覆盖，为企业提供服务。")] == [
        ("加强培训", "continuous"),
        ("实现全员覆盖", "goal"),
        ("为企业提供服务", "goal"),
    ]


def test_a_goal_word_that_opens_the_sentence_is_no_goal() -> None:
    assert [clause.nature for clause in read("实现执法数据共享。")] == ["continuous"]


@pytest.mark.parametrize("joint", ["和", "及", "以及"])
def test_one_verb_with_two_objects_is_two_commitments(joint: str) -> None:
    assert [(clause.text, clause.nature) for clause in read(f"开展规划中期评估{joint}立法需求调研。")] == [
        ("开展规划中期评估", "one_off"),
        ("立法需求调研", "one_off"),
    ]


@pytest.mark.parametrize(
    "sentence",
    ["开展宣传和教育活动", "提升服务质量和办事标准", "开展“评估检查和考核督察”工作", "做好和谐社区创建工作"],
)
def test_a_joint_inside_one_object_parts_nothing(sentence: str) -> None:
    assert texts(sentence + "。") == [sentence]


@pytest.mark.parametrize(
    "text", ["完善机制（责任处室：法规处）。", "完善机制。（责任处室:法规处）", "完善机制(责任处室: 法规处)"]
)
def test_the_owner_in_brackets_is_taken_out_of_the_words(text: str) -> None:
    assert [(clause.text, clause.responsible) for clause in read(text)] == [("完善机制", "法规处")]


def test_an_owner_answers_for_all_clauses_since_the_last_one() -> None:
    found = read("完善机制。加强培训。（牵头单位：甲局；配合单位：乙局）修订办法（责任单位：丙局）。评查案卷。")
    assert [clause.responsible for clause in found] == [
        "甲局；配合单位：乙局",
        "甲局；配合单位：乙局",
        "丙局",
        None,
    ]


@pytest.mark.parametrize(
    ("text", "nature"),
    [
        ("制定实施方案", "one_off"),
        ("推进各项任务完成", "one_off"),
        ("开展专项行动", "one_off"),
        ("开展常态化专项行动", "continuous"),
        ("持续完善机制", "continuous"),
        ("加强监督", "continuous"),
        ("甲乙丙丁", None),
    ],
)
def test_natures(text: str, nature: str | None) -> None:
    assert nature_of(text) == nature


@pytest.mark.parametrize("text", ["", "。。；，", "（责任处室：甲）", "\n \n"])
def test_nothing_is_read_from_nothing(text: str) -> None:
    assert read(text) == ()
