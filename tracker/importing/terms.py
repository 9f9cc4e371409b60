"""Words that two texts share, found without a dictionary: the longest runs of Han characters in both."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

_RUN = re.compile("[\u3400-\u9fff]+|[0-9A-Za-z]+")
# Words that stand in every such report and tell nothing apart.
_EVERYWHERE = (
    "法治政府建设 法治政府 法治建设 法治化 法治 政府 建设 工作 推进 推动 开展 持续 继续 加强 强化 完善 进一步 "
    "深化 提升 实现 落实 做好 全面 全区 全力 重点 领域 大力 重大 机制 体制 体系 制度 能力 水平 质量 提供 组织 "
    "实施 全市 我区 我市 本区 年度 积极 有效 规范化 标准化 常态化 管理 服务 保障 依法 行政 发展 相关 情况 方面 "
    "问题 要求 问题的 进行 完成 各项 任务 首批 区级"
)
_BREAK = re.compile("|".join(sorted(_EVERYWHERE.split(), key=len, reverse=True)))
_PARTICLES = re.compile("[的和与及等对在为了将并以地得]")
FEWEST_TEXTS = 30


def shared_terms(one: str, other: str, shortest: int = 2) -> list[str]:
    """Maximal runs of at least `shortest` characters that stand in both, longest first, without common words."""
    pieces = _pieces(one)
    found: list[str] = []
    for piece in pieces:
        found += _common(piece, other, shortest)
    kept: list[str] = []
    for term in sorted(set(found), key=lambda term: (-len(term), term)):
        if not any(term in longer for longer in kept):
            kept.append(term)
    return kept


def _pieces(text: str) -> list[str]:
    """The runs of characters between punctuation, common words and particles."""
    cut = _PARTICLES.sub(" ", _BREAK.sub(" ", text))
    return [piece for piece in _RUN.findall(cut) if len(piece) > 1]


def _common(piece: str, other: str, shortest: int) -> list[str]:
    found = []
    start = 0
    while start <= len(piece) - shortest:
        end = start + shortest
        if piece[start:end] not in other:
            start += 1
            continue
        while end < len(piece) and piece[start : end + 1] in other:
            end += 1
        found.append(piece[start:end])
        start = end
    return found


@dataclass(frozen=True)
class Match:
    """How well a text of the list fits: `place` in the list, its score, and the shared terms."""

    place: int
    score: float
    terms: tuple[str, ...]


def matches(words: str, texts: Sequence[str], corpus: Sequence[str]) -> list[Match]:
    """The texts that share terms with `words`, best first.

    A term weighs its length beyond one character, times how rare it is in the corpus.
    """
    found = []
    weights: dict[str, float] = {}
    for place, text in enumerate(texts):
        terms = shared_terms(words, text)
        for term in terms:
            if term not in weights:
                weights[term] = (len(term) - 1) * rarity(term, corpus)
        if terms:
            found.append(Match(place, sum(weights[term] for term in terms), tuple(terms)))
    return sorted(found, key=lambda match: (-match.score, match.place))


def rarity(term: str, texts: Sequence[str]) -> float:
    """Logarithm of how few of the texts hold the term.

    Few texts say little about how rare a word is: they count as the thirty that even a short report has.
    """
    holding = sum(term in text for text in texts)
    return log((max(len(texts), FEWEST_TEXTS) + 1) / (holding + 0.5))
