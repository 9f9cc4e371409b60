"""Reports of known structure, made up: what is put in here has to come out of the reader.

Every trait that sets published reports apart is drawn on its own: widths of punctuation, styles of numbering,
themed parts, order and absence of parts, layout, page furniture, traditional characters, owners in brackets,
numbers that skip, and numbers that count nothing.
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tracker.reading import characters

HAN = "一二三四五六七八九十"
_TRADITIONAL = {
    ord(simple): traditional
    for pair in characters._PAIRS
    for traditional, simple in reversed(list(zip(*pair, strict=True)))
}
_ASCII = str.maketrans("，；：（）", ",;:()")

THEMES = (
    "坚持党的领导，把牢正确方向",
    "转变政府职能，优化营商环境",
    "规范行政执法，维护公平正义",
    "强化权力监督，促进依法履职",
    "化解矛盾纠纷，维护群众权益",
    "健全制度体系，提升决策质量",
    "加强法治宣传，营造守法氛围",
)
HEADINGS = {
    "measures": ("2030年度法治政府建设主要举措和成效", "主要工作情况", "主要做法及成效", "2030年法治政府建设工作情况"),
    "shortcomings": ("存在的不足和原因", "存在的主要问题", "2030年法治政府建设存在的短板", "工作中的困难和差距"),
    "leadership": (
        "主要负责人履行推进法治建设第一责任人职责情况",
        "党政主要负责人履行法治建设职责有关情况",
        "2030年度主要负责人述法情况",
    ),
    "arrangements": (
        "2031年工作安排",
        "下一步工作打算",
        "下步工作计划",
        "2031年度推进法治政府建设的主要安排",
        "今后努力方向",
    ),
    "other": ("其他需要说明的情况", "其他需要报告的事项"),
}
ISSUERS = ("甲市乙区人民政府", "丙县司法局", "丁市城市管理委员会", "戊市财政局", "己镇人民政府")
TITLES = (
    "{issuer}关于2030年度法治政府建设情况的报告",
    "{issuer}2030年法治政府建设年度报告",
    "{issuer}2030年度依法行政工作总结",
    "2030年度法治政府建设工作情况报告",
    "{issuer}2030年推进法治政府建设工作情况",
)
PLAIN = (
    "认真学习贯彻有关法律法规",
    "修订行政执法工作规程",
    "完善重大行政决策程序",
    "组织全体人员参加集中学习",
    "建立案件评查和通报制度",
    "公开执法主体和执法依据",
)
# Words with the figures in them: value and unit, in order.
COUNTED: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("全年办理行政复议案件84件", (("84", "件"),)),
    ("调解纠纷2769件，成功1197件", (("2769", "件"), ("1197", "件"))),
    ("组织检查102批458人次", (("102", "批"), ("458", "人次"))),
    ("按期办结率99.5%", (("99.5", "%"),)),
    ("群众满意度达98％", (("98", "%"),)),
    ("发放宣传资料1.2万余份", (("12000", "份"),)),
    ("出庭应诉46宗（其中正职25宗，副职21宗）", (("46", "宗"), ("25", "宗"), ("21", "宗"))),
    ("减免费用约300万元", (("3000000", "元"),)),
    ("清理规范性文件16份", (("16", "份"),)),
)
UNCOUNTED = (
    "开展6.5环境日、12.4宪法日主题宣传",
    "开通12345热线咨询服务",
    "落实《关于规范执法的意见》（某政发〔2016〕150号）要求",
    "构建“1+6+N”基层治理体系",
    "公开征求意见不少于30日",
    "实施第八个五年普法规划",
    "12月组织宪法宣传周活动",
    "落实2030年度立法计划",
)
# Numbered words inside an item are no items of the part.
NESTED = (
    "一是修订执法工作规程，二是公开执法依据",
    "重点做好两项工作：一是完善程序；二是健全制度",
    "（1）明确职责（2）细化流程",
)
LEADS = (
    "虽然工作取得一定成绩，但仍存在以下问题：",
    "对照上级要求，还有以下不足。",
)
AIMS = (
    "2031年，将重点做好以下工作：",
    "为进一步提升依法行政水平，计划从以下方面推进工作。",
)
WEAK = (
    "宣传形式不够丰富",
    "执法力量配备不足",
    "普法宣传的针对性有待增强",
    "监督机制还不够完善",
    "专业培训仍有差距",
    "部门之间协同不到位",
)
REASONS = ("人员编制偏紧", "方式方法较为单一", "制度更新不及时", "经费投入较少", "职责划分不清")
DUTIES = (
    "主要负责人主持召开会议研究法治建设工作",
    "带头学习宪法法律",
    "将法治建设纳入年度考核",
    "会前学法7次",
)
COMMITTED = (
    "修订行政执法工作规程",
    "完善重大行政决策程序",
    "开展案件评查",
    "健全矛盾纠纷化解机制",
    "加强执法人员培训",
    "推进政务公开标准化",
    "制定年度普法清单",
)
OWNERS = ("法规处", "执法监督科、办公室", "区司法局")
SOURCE = "甲市乙区人民政府"
FURNITURE_HEAD = (
    "发布时间：2031-03-20",
    "【字号：大 中 小】",
    f"来源：{SOURCE}",
    "索引号：A0001/2031-00012",
    "浏览次数：128",
)
LINK = "您访问的链接即将离开“某区人民政府”门户网站，是否继续？"
FURNITURE_TAIL = ("【打印本页】", "上一篇：关于某事项的公告", "扫一扫在手机打开当前页", "版权所有：某区人民政府")


@dataclass
class KnownItem:
    number: str
    heading: str | None
    sentences: list[str]
    responsible: str | None = None
    lead: str = ""


@dataclass
class KnownPart:
    kind: str
    heading: str | None
    number: str = ""
    items: list[KnownItem] = field(default_factory=list)
    lead: str = ""


@dataclass
class Known:
    """A made-up report: its text, and what a reader has to find in it."""

    text: str
    title: str
    issuer: str | None
    signed: bool
    parts: list[KnownPart]
    figures: list[tuple[Decimal, str]]
    shortcomings: list[str]
    causes: list[str]
    traits: dict[str, Any]

    def __repr__(self) -> str:
        return f"{self.traits}\n{self.text}"


@st.composite
def reports(draw: st.DrawFn) -> Known:
    """Reports with every trait alone and combined."""
    return _Maker(draw).report()


class _Maker:
    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.figures: list[tuple[Decimal, str]] = []
        self.shortcomings: list[str] = []
        self.causes: list[str] = []
        self.style = draw(st.sampled_from(("hanzi", "hanzi", "bracket", "none")))
        below = {
            "hanzi": ("bracket", "point", "comma", "ordinal", "none"),
            "bracket": ("point", "ordinal"),
            "none": ("none",),
        }
        self.item_style = draw(st.sampled_from(below[self.style]))
        # Without numbers only the lines tell what is a heading and what an item.
        flat = () if "none" in (self.style, self.item_style) else ("one line",)
        self.layout = draw(st.sampled_from(("lines", "indented", "blank lines", *flat)))
        self.midline = self.item_style != "none" and (self.layout == "one line" or draw(st.booleans()))
        self.skips = draw(st.integers(0, 6))
        self.nests = self.item_style not in ("ordinal", "none")

    def one(self, rows: tuple[str, ...]) -> str:
        return self.draw(st.sampled_from(rows))

    def some(self, rows: Any, least: int, most: int) -> list[Any]:
        return self.draw(st.lists(st.sampled_from(rows), min_size=least, max_size=most, unique=True))

    def report(self) -> Known:
        ascii_width, traditional = self.draw(st.booleans()), self.draw(st.integers(0, 3)) == 0
        issuer = self.one(ISSUERS)
        pattern = self.one(TITLES)
        title = pattern.format(issuer=issuer)
        signed = self.draw(st.booleans())
        parts = self.parts()
        slip = self.draw(st.integers(1, 12))
        for place, part in enumerate(parts):
            # Published numbers repeat and skip: from the slip on they run one behind.
            part.number = self.part_number(place - (place >= slip)) if part.heading else ""
        lines = [
            *self.title_lines(issuer, title),
            *self.head(),
            *(line for part in parts for line in self.lines_of(part)),
        ]
        text = self.laid_out(lines)
        if self.draw(st.booleans()):
            text += f" {LINK}"
        if self.draw(st.booleans()):
            text += "\n特此报告。"
        if signed:
            text += f"\n{issuer}\n2031年3月18日"
        if self.draw(st.booleans()):
            text += "\n" + self.one(FURNITURE_TAIL)
        known = Known(
            text,
            title,
            issuer if "{issuer}" in pattern or signed else SOURCE if f"来源：{SOURCE}" in text else None,
            signed,
            parts,
            self.figures,
            self.shortcomings,
            self.causes,
            {"parts": self.style, "items": self.item_style, "layout": self.layout, "midline": self.midline},
        )
        if ascii_width:
            known = converted(known, lambda words: words.translate(_ASCII))
        return converted(known, lambda words: words.translate(_TRADITIONAL)) if traditional else known

    def title_lines(self, issuer: str, title: str) -> list[str]:
        broken = title.startswith(f"{issuer}关于") and self.layout != "one line" and self.draw(st.booleans())
        return [issuer, title.removeprefix(issuer)] if broken else [title]

    def head(self) -> list[str]:
        lines = self.some(FURNITURE_HEAD, 0, 3)
        if self.draw(st.booleans()):
            # What a page shows side by side a copy has in one line.
            lines = ["  ".join(lines)] if lines else []
        if self.draw(st.booleans()):
            lines.append("现将2030年度法治政府建设有关情况报告如下。")
        return lines

    def laid_out(self, lines: list[str]) -> str:
        if self.layout == "one line":
            # What the page shows as lines a copy may run together; the title keeps its line.
            head = [line for line in lines if any(piece in line for piece in FURNITURE_HEAD)]
            words = [line for line in lines[1:] if line not in head]
            return "\n".join([lines[0], *head, self.one(("  ", "　　")).join(words)])
        return {"lines": "\n", "indented": "\n　　", "blank lines": "\n\n"}[self.layout].join(lines)

    def parts(self) -> list[KnownPart]:
        themed = self.style != "none" and self.draw(st.booleans())
        rows = [KnownPart("measures", words) for words in self.some(THEMES, 2, 4)] if themed else []
        rows = rows or [KnownPart("measures", self.one(HEADINGS["measures"]))]
        optional = [kind for kind in ("shortcomings", "leadership") if self.draw(st.booleans())]
        rows += [KnownPart(kind, self.one(HEADINGS[kind])) for kind in optional]
        headed = self.style == "none" or self.draw(st.booleans())
        arrangements = KnownPart("arrangements", self.one(HEADINGS["arrangements"]) if headed else None)
        if not themed and self.style != "none":
            rows = self.draw(st.permutations(rows))
        rows.append(arrangements)
        if headed and not themed and self.style == "hanzi":
            rows = self.draw(st.permutations(rows))
        if self.style == "none":
            # Unnumbered, a heading is known by its meaning alone: the measures' one says too little.
            rows = [row for row in rows if row.kind != "measures"]
        elif self.style == "bracket":
            rows = self._with_telling(rows)
        if headed and self.style == "hanzi" and self.draw(st.booleans()):
            rows.append(KnownPart("other", self.one(HEADINGS["other"])))
        for row in rows:
            self.fill(row)
        return rows

    def _with_telling(self, rows: list[KnownPart]) -> list[KnownPart]:
        """（一） opens parts only where one of them tells of weaknesses, duties or plans."""
        if any(row.kind != "measures" and row.heading for row in rows):
            return rows
        return [KnownPart("shortcomings", self.one(HEADINGS["shortcomings"])), *rows]

    def fill(self, part: KnownPart) -> None:
        if part.kind == "measures":
            part.items = [self.measure(place) for place in range(self.draw(st.integers(1, 4)))]
        elif part.kind == "arrangements":
            style = self.item_style if part.heading else "none"
            count = self.draw(st.integers(1, 4)) if part.heading else 1
            headed = bool(part.heading) and style != "none" and self.draw(st.booleans())
            part.items = [self.arrangement(place, style, part, headed) for place in range(count)]
            if part.heading and style != "none" and self.draw(st.booleans()):
                part.lead = self.one(AIMS)
        elif part.kind == "shortcomings":
            self.weaknesses(part)
        elif part.kind == "leadership":
            part.items = [KnownItem("", None, self.some(DUTIES, 1, 3))]
        else:
            part.items = [KnownItem("", None, ["无"])]

    def measure(self, place: int) -> KnownItem:
        sentences = [self.sentence() for _ in range(self.draw(st.integers(1, 4)))]
        return KnownItem(self.number(place, self.item_style), self.item_heading(), sentences)

    def item_heading(self) -> str | None:
        if self.item_style == "none":
            return None
        return self.one(
            ("完善工作机制，夯实法治基础", "严格规范公正文明执法", "深化“放管服”改革", "健全制度，强化保障")
        )

    def sentence(self) -> str:
        kind = self.draw(st.sampled_from(("plain", "counted", "uncounted", "nested")))
        if kind == "nested" and self.nests:
            return self.one(NESTED)
        if kind == "counted":
            words, values = self.draw(st.sampled_from(COUNTED))
            self.figures += [(Decimal(value), unit) for value, unit in values]
            return words
        return self.one(UNCOUNTED if kind == "uncounted" else PLAIN)

    def arrangement(self, place: int, style: str, part: KnownPart, headed: bool) -> KnownItem:
        owner = self.one(OWNERS) if part.heading and self.draw(st.booleans()) else None
        # An item of one sentence is what tells that the first sentences of the others are no headings.
        sentences = self.some(COMMITTED, 1, 1 if not headed and place == 0 else 3)
        lead = "" if part.heading else "下一步，"
        heading = self.item_heading() if headed else None
        return KnownItem(self.number(place, style), heading, sentences, owner, lead)

    def weaknesses(self, part: KnownPart) -> None:
        weak = self.some(WEAK, 1, 4)
        self.shortcomings += weak
        styles = ("ordinal", "bracket", "lines", "listed") if len(weak) > 1 else ("ordinal", "bracket", "lines")
        style = self.draw(st.sampled_from(styles)) if self.style == "hanzi" else "ordinal"
        if style == "listed":
            part.items = [KnownItem("", None, ["工作虽有成效，但仍有差距，主要表现在：" + "；".join(weak)])]
        elif style == "ordinal":
            words = "；".join(f"{HAN[place]}是{row}" for place, row in enumerate(weak))
            part.items = [KnownItem("", None, [words])]
            part.lead = self.one(LEADS) if self.draw(st.booleans()) else ""
            if self.draw(st.booleans()):
                reasons = self.some(REASONS, len(weak), len(weak))
                self.causes += reasons
                part.items[0].sentences.append("主要原因是" + "，".join(reasons))
        else:
            numbers = (lambda place: f"（{HAN[place]}）") if style == "bracket" else (lambda place: "")
            part.items = [KnownItem(numbers(place), None, [row]) for place, row in enumerate(weak)]

    def number(self, place: int, style: str) -> str:
        place += 1 if place >= self.skips else 0
        return {
            "bracket": f"（{HAN[place]}）",
            "point": f"{place + 1}.",
            "comma": f"{place + 1}、",
            "ordinal": f"{HAN[place]}是",
            "none": "",
        }[style]

    def part_number(self, place: int) -> str:
        return {"hanzi": f"{HAN[place]}、", "bracket": f"（{HAN[place]}）", "none": ""}[self.style]

    def lines_of(self, part: KnownPart) -> list[str]:
        lines = [f"{part.number}{part.heading}"] if part.heading else []
        lines += [part.lead] if part.lead else []
        for item in part.items:
            words = item.lead + "".join(f"{sentence}。" for sentence in item.sentences)
            if item.responsible:
                words = f"{words[:-1]}（责任处室：{item.responsible}）。"
            if item.heading and not self.midline:
                lines += [f"{item.number}{item.heading}", words]
            else:
                lines.append(f"{item.number}{item.heading + '。' if item.heading else ''}{words}")
        return lines


def converted(known: Known, words: Any) -> Known:
    """The report with all its words exchanged by a function of one string."""
    optional = lambda text: text if text is None else words(text)  # noqa: E731
    return replace(
        known,
        text=words(known.text),
        title=words(known.title),
        issuer=optional(known.issuer),
        parts=[
            KnownPart(
                part.kind,
                optional(part.heading),
                words(part.number),
                [
                    KnownItem(
                        words(item.number),
                        optional(item.heading),
                        [words(sentence) for sentence in item.sentences],
                        optional(item.responsible),
                        words(item.lead),
                    )
                    for item in part.items
                ],
                words(part.lead),
            )
            for part in known.parts
        ],
        figures=[(value, words(unit)) for value, unit in known.figures],
        shortcomings=[words(row) for row in known.shortcomings],
        causes=[words(row) for row in known.causes],
    )
