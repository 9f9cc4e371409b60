"""PDFs: the text layer made paragraphs again, and the traps."""

from io import BytesIO

import pytest
from pypdf import PdfReader, PdfWriter

from tests.tracker.documents.files import pdf_of, raw_pdf
from tests.tracker.documents.test_kinds import code_of
from tracker.documents import MOST_PAGES, Document, read_document
from tracker.documents.limits import (
    MOST_CONTENT_BYTES,
    MOST_FONTS,
    MOST_GLYPHS,
    MOST_OBJECTS,
    MOST_OPERATIONS,
    MOST_PAGE_OPERATIONS,
    MOST_STREAM_BYTES,
)
from tracker.documents.lines import join_pages

FULL = "推进政府职能转变优化推进政府职能转变优化调整"


def encrypted(password: str, algorithm: str = "RC4-128") -> bytes:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf_of([FULL]))))
    writer.encrypt(password, "owner", algorithm=algorithm)
    stream = BytesIO()
    writer.write(stream)
    return stream.getvalue()


def test_the_text_layer_is_read_over_pages() -> None:
    content = pdf_of(
        ["某市2024年法治政府建设报告", "一、主要举措", FULL, FULL, "— 1 —"],
        ["优化社会管理。", "（一）" + FULL, "完善ABC制度", "- 2 -"],
    )
    text = f"某市2024年法治政府建设报告\n一、主要举措\n{FULL}{FULL}优化社会管理。\n（一）{FULL}完善ABC制度"
    assert read_document("a.pdf", content) == Document(text, "pdf", None)


@pytest.mark.parametrize(
    "next_line",
    ["一、不足", "（二）完善", "(三)完善", "1.完善", "２、完善", "第一条完善", "③完善", "　　完善", "  完善"],
)
def test_a_number_or_an_indent_begins_a_paragraph(next_line: str) -> None:
    assert join_pages([f"{FULL}\n{next_line}"]) == f"{FULL}\n{next_line.strip()}"


@pytest.mark.parametrize("next_line", ["完善制度", "2024年完善", "1.5倍", "一些制度", "第一次完善"])
def test_other_lines_go_on(next_line: str) -> None:
    assert join_pages([f"{FULL}\n{next_line}"]) == f"{FULL}{next_line}"


@pytest.mark.parametrize("end", ["。", "！", "？", "；", "：", "。”", "。）"])
def test_a_closing_mark_ends_a_paragraph(end: str) -> None:
    assert join_pages([f"{FULL}{end}\n完善制度"]) == f"{FULL}{end}\n完善制度"


def test_a_short_line_ends_by_itself() -> None:
    assert join_pages([f"主要举措\n{FULL}\n制度\n某市人民政府"]) == f"主要举措\n{FULL}制度\n某市人民政府"


@pytest.mark.parametrize("mark", "，、（《“")
def test_a_short_line_goes_on_after_a_mark_that_ends_nothing(mark: str) -> None:
    assert join_pages([f"{FULL}。\n推进{mark}\n完善"]) == f"{FULL}。\n推进{mark}完善"


@pytest.mark.parametrize(
    ("line", "next_line", "joint"),
    [
        ("plans of the year", "and the next", " "),
        ("plans of the", "5 years", " "),
        ("办理案件12", "34件", ""),
        ("全区ABC", "系统", ""),
    ],
)
def test_words_of_other_languages_keep_their_blank(line: str, next_line: str, joint: str) -> None:
    assert join_pages([f"{line}\n{next_line}"]) == f"{line}{joint}{next_line}"


def test_blanks_that_fill_a_line_go() -> None:
    assert join_pages(["法 治 政 府  建设 2024 年"]) == "法治政府  建设 2024 年"


@pytest.mark.parametrize("number", ["3", "- 3 -", "— 3 —", "－３－", "第 3 页", "3/12", " 12 "])
def test_page_numbers_go(number: str) -> None:
    assert join_pages([f"{FULL}。\n{number}", f"{number}\n完善。\n7\n制度。"]) == f"{FULL}。\n完善。\n7\n制度。"


def test_an_empty_password_opens() -> None:
    assert read_document("a.pdf", encrypted("")).text == FULL


def test_a_password_is_not_guessed() -> None:
    assert code_of("a.pdf", encrypted("secret")) == "encrypted"


def test_a_cipher_that_is_not_installed_counts_as_a_password() -> None:
    key = b"/O <" + b"00" * 48 + b"> /U <" + b"00" * 48 + b"> /OE <" + b"00" * 32 + b"> /UE <" + b"00" * 32 + b">"
    cipher = b"/CF << /StdCF << /CFM /AESV3 /AuthEvent /DocOpen /Length 32 >> >> /StmF /StdCF /StrF /StdCF"
    encryption = b"/Encrypt << /Filter /Standard /V 5 /R 6 /Length 256 /P -4 /Perms <" + b"00" * 16 + b"> "
    content = pdf_of([FULL]).replace(b"/Root 1 0 R", encryption + key + cipher + b" >> /ID [<00> <00>] /Root 1 0 R")
    assert code_of("a.pdf", content) == "encrypted"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (pdf_of([]), "no_text_layer"),
        (pdf_of(["第1页"], ["第2页"]), "no_text_layer"),
        (raw_pdf(b""), "no_text_layer"),
        (raw_pdf(b"q 100 0 0 100 0 0 cm /Im1 Do Q"), "no_text_layer"),
        (raw_pdf(), "damaged"),
        (raw_pdf(*[b""] * (MOST_PAGES + 1)), "too_many_pages"),
        (raw_pdf(b"BT " + b" " * MOST_STREAM_BYTES + b"ET", packed=True), "bomb"),
        (raw_pdf(b"BT " + b"0 0 Td " * MOST_PAGE_OPERATIONS + b"(a) Tj ET", packed=True), "bomb"),
        (raw_pdf(*[b"BT " + b"0 0 Td " * 50_000 + b"ET"] * (MOST_OPERATIONS // 50_000 + 1), packed=True), "bomb"),
        (raw_pdf(*[b"BT " + b" " * 1_000_000 + b"ET"] * (MOST_CONTENT_BYTES // 1_000_000 + 1), packed=True), "bomb"),
        (
            raw_pdf(b"").replace(b"/F1 3 0 R", b" ".join(b"/F%d 3 0 R" % place for place in range(MOST_FONTS + 1))),
            "bomb",
        ),
        (raw_pdf(b"").replace(b"/DW 1000", b"/W [" + b"0 60000 500 " * 4 + b"]"), "bomb"),
        (b"%PDF-1.4\n" + b"1 0 obj\n" * (MOST_OBJECTS + 1), "bomb"),
        (pdf_of([FULL])[:400], "damaged"),
        (b"%PDF-1.4\nnothing", "damaged"),
        (b"%PDF-", "damaged"),
    ],
)
def test_traps_are_refused(content: bytes, code: str) -> None:
    assert code_of("a.pdf", content) == code


def test_a_pdf_with_a_wrong_table_is_read_if_its_pages_are_there() -> None:
    content = pdf_of([FULL])
    assert (
        read_document(
            "a.pdf", content.replace(b"xref\n0 8", b"xref\n0 7").replace(b"startxref\n", b"startxref\n9")
        ).text
        == FULL
    )


def mapped(character_map: bytes) -> bytes:
    """A PDF whose font says itself which characters its codes are; the map takes the place of the second page."""
    return raw_pdf(b"BT /F1 12 Tf <00010002> Tj ET", character_map).replace(
        b"/Encoding /UniGB-UCS2-H", b"/Encoding /Identity-H /ToUnicode 9 0 R"
    )


def test_a_font_may_map_its_own_codes() -> None:
    content = mapped(b"1 beginbfrange\n<0001> <0002> <6CD5>\nendbfrange\n")
    assert read_document("a.pdf", content.replace(b"<00010002>", b"<" + b"00010002" * 6 + b">")).text == "法泖" * 6


def test_a_font_that_maps_too_much_is_refused() -> None:
    ranges = b"<0000> <FFFF> <0000>\n" * (MOST_GLYPHS // 65_535 + 1)
    assert code_of("a.pdf", mapped(b"9 beginbfrange\n" + ranges + b"endbfrange\n")) == "bomb"


def test_the_fonts_of_a_drawing_count_too() -> None:
    names = b" ".join(b"/F%d 3 0 R" % place for place in range(MOST_FONTS + 1))
    drawing = b"/XObject << /X << /Resources << /Font << " + names + b" >> >> >> >> /Font"
    assert code_of("a.pdf", raw_pdf(b"").replace(b"/Font <<", drawing + b" <<")) == "bomb"


def test_a_page_that_draws_itself_ends() -> None:
    page = b"BT /F1 12 Tf <" + FULL.encode("utf-16-be").hex().encode() + b"> Tj ET /X Do"
    content = raw_pdf(page).replace(b"/Resources <<", b"/Resources << /XObject << /X 7 0 R >>")
    assert FULL in read_document("a.pdf", content).text


def test_too_much_text_is_refused() -> None:
    words = ("年" * 20_000).encode("utf-16-be").hex().encode()
    assert code_of("a.pdf", raw_pdf(*[b"BT /F1 12 Tf <" + words + b"> Tj ET"] * 60, packed=True)) == "too_long"
