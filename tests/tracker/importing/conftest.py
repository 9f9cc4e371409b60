"""A small report with the places that make a reader unsure."""

import pytest

from tracker.importing.draft import Draft, begin
from tracker.reading import parse

TEXT = """丙县人民政府2025年法治政府建设年度情况报告

一、2025年主要举措和成效

（一）健全复议机制。受理行政复议案件120件，审结90件。组织案卷评查2次。

（二）推进普法宣传。培养法律明白人300名。

二、存在的不足

一是复议调解作用发挥不够。二是普法形式不够丰富。主要原因是调解力量薄弱，普法资源分散。

三、2026年工作安排

（一）提升复议质效。组建复议调解专家库，实现调解关口前移。开展案卷质量评查和规范化水平研究。（责任单位：县司法局）

（二）深化普法宣传。统筹普法资源，开展法律明白人培训。加大案例普法，丰富案例普法形式。

丙县人民政府
2026年3月10日
"""


@pytest.fixture
def draft() -> Draft:
    return begin(parse(TEXT))


def words(draft: Draft, kind: str = "commitment") -> list[str]:
    return [draft.words(clause) for clause in draft.clauses if clause.kind == kind]
