"""The layout of official documents (GB/T 9704-2012), once: paper, fonts, headings, page numbers, tables, date.

A4; margins 37, 35, 28 and 26 mm leave 156 × 225 mm for 22 lines of 28 characters; body 16 pt 仿宋, first line
indented by two characters, lines exactly 28 pt apart. Fonts are named for East-Asian and Latin text and never embedded.
A draft says 草稿 and carries no red head, no seal and no document number.
"""

import datetime
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from tracker.dates import official_date

TITLE, BODY, BLACK, KAI, SONG = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
LATIN = "Times New Roman"
TITLE_SIZE, BODY_SIZE, PAGE_SIZE, TABLE_SIZE = Pt(22), Pt(16), Pt(14), Pt(12)
LINE, TABLE_LINE = Pt(28), Pt(18)
INDENT = Pt(32)  # two characters of the body
# Headings by level: 一、 （一） 1. （1）; no extra bold.
HEADING_FONTS = {1: BLACK, 2: KAI, 3: BODY, 4: BODY}
AUTHOR = "计划督办"
DRAFT = "草稿"
# Office Open XML takes no more in the properties of a file.
LONGEST_PROPERTY = 255


class Paper:
    """A document that is written from the first line to the last; `content()` gives the file."""

    def __init__(self, title: str, *, draft: bool = False) -> None:
        self.file = docx.Document()
        self.file.core_properties.author = AUTHOR
        self.file.core_properties.title = title[:LONGEST_PROPERTY]
        self.file.core_properties.language = "zh-CN"
        self._set_styles()
        self._set_page()
        self._set_page_numbers()
        if draft:
            self._line(DRAFT, BLACK, BODY_SIZE, indented=False)
        self.title(title)

    def content(self) -> bytes:
        stream = BytesIO()
        self.file.save(stream)
        return stream.getvalue()

    # ---- What is written ----

    def title(self, text: str) -> None:
        paragraph = self._line(text, TITLE, TITLE_SIZE, indented=False)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_after = LINE

    def heading(self, level: int, text: str) -> None:
        """A heading of level 1 to 4; it is kept on the page of what follows."""
        paragraph = self._line(text, HEADING_FONTS[level], BODY_SIZE)
        paragraph.paragraph_format.keep_with_next = True
        outline = OxmlElement("w:outlineLvl")
        outline.set(qn("w:val"), str(level - 1))
        paragraph._p.get_or_add_pPr().append(outline)

    def paragraph(self, text: str, *, note: str = "") -> Any:
        """A paragraph of the body; `note` becomes a comment on it."""
        paragraph = self._line(text, BODY, BODY_SIZE)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        if note:
            self.file.add_comment(paragraph.runs, text=note, author=AUTHOR, initials="督")
        return paragraph

    def sentences(self, parts: Iterable[tuple[str, str]], *, lead: str = "", level: int = 3) -> None:
        """A paragraph of sentences, each with the note (or "") that becomes its comment.

        `lead` is a heading of that level that the words run on behind.
        """
        paragraph = self._line(lead, HEADING_FONTS[level], BODY_SIZE)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        for text, note in parts:
            run = paragraph.add_run(text)
            set_font(run, BODY, BODY_SIZE)
            if note:
                self.file.add_comment(run, text=note, author=AUTHOR, initials="督")

    def addressee(self, text: str) -> None:
        """主送机关: flush left, with a colon."""
        self._line(f"{text}：", BODY, BODY_SIZE, indented=False)

    def facts(self, rows: Iterable[tuple[str, str]]) -> None:
        """Labels and values in a ruled table of two columns."""
        self.table(None, [list(row) for row in rows], (34, 122))

    def table(self, heads: Sequence[str] | None, rows: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
        """A ruled table; `widths` in millimetres. The head is repeated on every page and no row is broken."""
        table = self.file.add_table(rows=0, cols=len(widths))
        table.style = "Table Grid"
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        for place, row in enumerate([*([heads] if heads else []), *rows]):
            cells = table.add_row().cells
            is_head = heads is not None and place == 0
            for cell, text, width in zip(cells, row, widths, strict=True):
                cell.width = Mm(width)
                self._fill(cell, text, BLACK if is_head else BODY, centred=is_head)
            self._row_rules(table.rows[-1], repeated=is_head)

    def signature(self, name: str, day: datetime.date) -> None:
        """Who issues it and the date, at the right."""
        for text in (name, official_date(day)):
            paragraph = self._line(text, BODY, BODY_SIZE, indented=False)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            paragraph.paragraph_format.right_indent = INDENT * 2
            paragraph.paragraph_format.keep_with_next = text == name

    def small(self, text: str) -> None:
        """A line below what it speaks of: sources, rounding rule, as of when."""
        self._line(text, BODY, TABLE_SIZE, indented=False)

    def landscape(self) -> None:
        """What follows stands on landscape pages, for wide tables."""
        section = self.file.add_section()
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
        section.top_margin, section.bottom_margin = Mm(28), Mm(26)
        section.left_margin, section.right_margin = Mm(37), Mm(35)

    # ---- How it looks ----

    def _line(self, text: str, font: str, size: Pt, *, indented: bool = True) -> Any:
        paragraph = self.file.add_paragraph()
        form = paragraph.paragraph_format
        form.space_before = form.space_after = Pt(0)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
        if indented:
            _indent_two(paragraph)
        if text:
            set_font(paragraph.add_run(text), font, size)
        return paragraph

    def _fill(self, cell: Any, text: str, font: str, *, centred: bool) -> None:
        """A cell's text, a paragraph for each of its lines."""
        for place, line in enumerate(text.split("\n")):
            paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
            form = paragraph.paragraph_format
            form.space_after = Pt(0)
            form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, TABLE_LINE
            _off_grid(paragraph)
            if centred:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            set_font(paragraph.add_run(line), font, TABLE_SIZE)

    @staticmethod
    def _row_rules(row: Any, *, repeated: bool) -> None:
        rules = row._tr.get_or_add_trPr()
        rules.append(OxmlElement("w:cantSplit"))
        if repeated:
            rules.append(OxmlElement("w:tblHeader"))

    def _set_styles(self) -> None:
        style = self.file.styles["Normal"]
        style.font.name, style.font.size = LATIN, BODY_SIZE
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY)

    def _set_page(self) -> None:
        section = self.file.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(28)
        grid = OxmlElement("w:docGrid")
        for name, value in (("type", "lines"), ("linePitch", "560")):
            grid.set(qn(f"w:{name}"), value)
        for old in section._sectPr.findall(qn("w:docGrid")):
            section._sectPr.remove(old)
        section._sectPr.append(grid)

    def _set_page_numbers(self) -> None:
        """— 1 — in 14 pt 宋体, odd pages at the right, even ones at the left, one character in."""
        self.file.settings.odd_and_even_pages_header_footer = True
        section = self.file.sections[0]
        for footer, side in ((section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, None)):
            footer.is_linked_to_previous = False
            paragraph = footer.paragraphs[0]
            paragraph.alignment = side or WD_ALIGN_PARAGRAPH.LEFT
            form = paragraph.paragraph_format
            form.right_indent, form.left_indent = (PAGE_SIZE, None) if side else (None, PAGE_SIZE)
            for text in ("— ", "", " —"):
                run = paragraph.add_run(text)
                set_font(run, SONG, PAGE_SIZE)
                if not text:
                    _page_field(run)


def set_font(run: Any, font: str, size: Pt) -> None:
    """The font of a run for East-Asian text, Times New Roman for Latin letters and digits."""
    run.font.name, run.font.size, run.font.bold = LATIN, size, False
    run.font.color.rgb = RGBColor(0, 0, 0)
    fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), font)
    fonts.set(qn("w:hint"), "eastAsia")


def _indent_two(paragraph: Any) -> None:
    """First line in by two characters, whatever their size."""
    paragraph.paragraph_format.first_line_indent = INDENT
    indent = paragraph._p.get_or_add_pPr().find(qn("w:ind"))
    indent.set(qn("w:firstLineChars"), "200")


def _off_grid(paragraph: Any) -> None:
    """Lines of a table stand closer than those of the page's grid."""
    snap = OxmlElement("w:snapToGrid")
    snap.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().insert_element_before(snap, "w:spacing", "w:ind", "w:jc", "w:rPr")


def _page_field(run: Any) -> None:
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        if kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:instrText")
            element.text = text
        run._r.append(element)
