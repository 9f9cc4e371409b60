"""Word documents: paragraphs, tables and boxes in order, and the traps of zip and XML."""

import re
import struct
import zipfile
from io import BytesIO

import docx
import pytest

from tests.tracker.documents.files import (
    CONTENT_TYPES,
    NAMESPACE,
    docx_of,
    listed,
    numbering,
    paragraph,
    raw_docx,
    saved,
    zip_of,
)
from tests.tracker.documents.test_kinds import code_of
from tracker.documents import Document, read_document
from tracker.documents.limits import MOST_DEPTH, MOST_ENTRIES, MOST_NODES, MOST_TAG_BYTES, MOST_XML_BYTES

DOCUMENT = f'<w:document xmlns:w="{NAMESPACE}"><w:body>{{}}</w:body></w:document>'
FALLBACK = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def text_of(content: bytes) -> str:
    return read_document("a.docx", content).text


def entries_of(document: str | bytes) -> dict[str, str | bytes]:
    return {"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": document}


def test_paragraphs_and_tables_come_in_order() -> None:
    document = docx.Document()
    document.add_heading("某市2024年报告", 0)
    document.add_paragraph("一、主要举措")
    table = document.add_table(2, 2)
    for cell, words in zip(table._cells, ["事项", "件数", "复议", "12"], strict=True):
        cell.text = words
    document.add_paragraph("二、不足\t第一\n第二")
    text = "某市2024年报告\n一、主要举措\n事项\t件数\n复议\t12\n二、不足\t第一\n第二"
    assert read_document("a.docx", saved(document)) == Document(text, "docx", None)


def test_a_table_of_one_column_is_a_frame_around_lines() -> None:
    document = docx.Document()
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "一、主要举措"
    cell.add_paragraph("内容")
    inner = cell.add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "甲", "乙"
    assert text_of(saved(document)) == "一、主要举措\n内容\n甲\t乙"


def test_paragraphs_of_a_cell_stand_on_its_line() -> None:
    document = docx.Document()
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "甲", "乙\n丁"
    table.cell(0, 1).add_paragraph("丙")
    assert text_of(saved(document)) == "甲\t乙 丁 丙"


def test_inserted_words_are_read_and_deleted_ones_are_not() -> None:
    body = (
        "<w:p><w:ins><w:r><w:t>新增</w:t></w:r></w:ins><w:del><w:r><w:delText>删除</w:delText><w:t>去</w:t></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>移走</w:t></w:r></w:moveFrom><w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink>"
        "<w:smartTag><w:r><w:t>标记</w:t><w:noBreakHyphen/><w:t>尾</w:t></w:r></w:smartTag></w:p>"
    )
    assert text_of(raw_docx(body)) == "新增链接标记-尾"


def test_content_controls_are_read_but_for_the_table_of_contents() -> None:
    gallery = '<w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    body = "<w:sdt>{}<w:sdtContent>" + paragraph("一、主要举措") + "</w:sdtContent></w:sdt>"
    assert text_of(raw_docx(body.format(gallery) + body.format("") + paragraph("尾"))) == "一、主要举措\n尾"


def test_lines_of_a_typed_table_of_contents_are_left_out() -> None:
    styles = '<w:style w:styleId="a"><w:name w:val="toc 1"/></w:style><w:style w:styleId="b"><w:basedOn w:val="a"/></w:style>'
    body = paragraph("一、目录", '<w:pStyle w:val="b"/>') + paragraph("一、正文")
    assert text_of(raw_docx(body, styles=styles)) == "一、正文"


def test_a_text_box_follows_its_paragraph_once() -> None:
    box = f"<w:txbxContent>{paragraph('红头')}</w:txbxContent>"
    body = (
        f"<w:p><w:r><mc:AlternateContent {FALLBACK}><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent><w:t>正文</w:t></w:r></w:p>"
    )
    assert text_of(raw_docx(body)) == "正文\n红头"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_the_encoding_of_the_xml_does_not_matter(encoding: str) -> None:
    xml = f'<?xml version="1.0" encoding="{encoding}"?>' + DOCUMENT.format(paragraph("一、主要举措"))
    assert text_of(zip_of(entries_of(xml.encode(encoding)))) == "一、主要举措"


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a SYSTEM "http://example.org/a.dtd">',
        "<!-- harmless --><!DOCTYPE a>",
    ],
)
def test_declared_entities_are_refused(declaration: str) -> None:
    assert code_of("a.docx", raw_docx(paragraph("字"), declaration)) == "forbidden_xml"
    xml = f'<?xml version="1.0" encoding="utf-16"?>{declaration}' + DOCUMENT.format("")
    assert code_of("a.docx", zip_of(entries_of(xml.encode("utf-16")))) == "forbidden_xml"


@pytest.mark.parametrize("part", ["styles", "numbering"])
def test_the_other_parts_are_guarded_as_well(part: str) -> None:
    entries = entries_of(DOCUMENT.format(paragraph("字")))
    entries[f"word/{part}.xml"] = f'<!DOCTYPE a><w:{part} xmlns:w="{NAMESPACE}"/>'
    assert code_of("a.docx", zip_of(entries)) == "forbidden_xml"


@pytest.mark.parametrize(
    "body",
    [
        "<w:p/>" * (MOST_NODES + 1),
        "<!---->" * (MOST_NODES + 1),
        "<?a?>" * (MOST_NODES + 1),
        "<w:p>" + "<w:r>" * MOST_DEPTH + "</w:r>" * MOST_DEPTH + "</w:p>",
        "<w:p " + " ".join(f'a{number}=""' for number in range(MOST_TAG_BYTES // 4)) + "/>",
        "<w:p " + f'a="{"字" * MOST_TAG_BYTES}"' + "/>",
    ],
    ids=["elements", "comments", "instructions", "depth", "attributes", "attribute"],
)
def test_xml_that_grows_in_memory_is_refused(body: str) -> None:
    content = zip_of(entries_of(DOCUMENT.format(body)), zipfile.ZIP_STORED)
    assert code_of("a.docx", content) == "bomb"


@pytest.mark.parametrize(
    "content",
    [
        zip_of(entries_of(b" " * (MOST_XML_BYTES + 1))),
        zip_of(entries_of(b"<a>" + b" " * (2 * 1024 * 1024))),
        zip_of(entries_of(DOCUMENT.format("")) | {"word/media/a.bmp": b"\0" * (2 * 1024 * 1024)}),
        zip_of({f"{number}": "" for number in range(MOST_ENTRIES + 1)}),
    ],
    ids=["size", "ratio", "other entry", "entries"],
)
def test_a_zip_bomb_is_refused(content: bytes) -> None:
    assert code_of("a.docx", content) == "bomb"


@pytest.mark.parametrize("claimed", [0, 100, 1024])
def test_a_list_that_lies_about_sizes_is_not_believed(claimed: int) -> None:
    content = bytearray(zip_of(entries_of(DOCUMENT.format(paragraph("字" * 1_500_000)))))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        for found in re.finditer(re.escape(mark), content):
            struct.pack_into("<I", content, found.start() + place, claimed)
    assert code_of("a.docx", bytes(content)) in {"bomb", "damaged"}


def test_another_packing_than_word_s_is_refused() -> None:
    # Only these two are unpacked piece by piece.
    assert code_of("a.docx", zip_of(entries_of(DOCUMENT.format("")), zipfile.ZIP_BZIP2)) == "damaged"


def test_an_encrypted_zip_is_refused() -> None:
    content = bytearray(zip_of(entries_of(DOCUMENT.format(""))))
    for found in re.finditer(b"PK\x01\x02", content):
        content[found.start() + 8] |= 1
    assert code_of("a.docx", bytes(content)) == "encrypted"


@pytest.mark.parametrize("kept", [5, 30, 500, -1, -200])
def test_a_truncated_document_is_refused(kept: int) -> None:
    assert code_of("a.docx", docx_of("一、主要举措")[:kept]) == "damaged"


@pytest.mark.parametrize("document", ["", "<w:document>", "no xml", '<?xml version="1.0" encoding="gbk"?><a/>'])
def test_broken_xml_is_refused(document: str) -> None:
    assert code_of("a.docx", zip_of(entries_of(document))) == "damaged"


def test_a_broken_entry_is_refused() -> None:
    content = bytearray(zip_of(entries_of(DOCUMENT.format(paragraph("字" * 100))), zipfile.ZIP_STORED))
    place = content.index("字".encode())
    content[place : place + 3] = "法".encode()
    assert code_of("a.docx", bytes(content)) == "damaged"


def test_a_document_without_words_is_refused() -> None:
    assert code_of("a.docx", docx_of()) == "no_text"
    assert code_of("a.docx", raw_docx("<w:p/>")) == "no_text"


def test_too_much_text_is_refused() -> None:
    words = "年" * 400_000
    assert (
        code_of("a.docx", zip_of(entries_of(DOCUMENT.format(paragraph(words) * 3)), zipfile.ZIP_STORED)) == "too_long"
    )


def test_pictures_and_macros_are_not_touched() -> None:
    content = BytesIO(docx_of("一、主要举措"))
    with zipfile.ZipFile(content, "a") as file:
        file.writestr("word/media/picture.png", b"no picture")
        file.writestr("word/vbaProject.bin", b"no macros")
    assert text_of(content.getvalue()) == "一、主要举措"


def test_a_list_in_a_table_keeps_its_numbers() -> None:
    levels = numbering(
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
    )
    row = f"<w:tr><w:tc>{listed('甲')}</w:tc><w:tc>{paragraph('乙')}</w:tc></w:tr>"
    assert text_of(raw_docx(f"<w:tbl>{row}{row}</w:tbl>", numbering=levels)) == "1.甲\t乙\n2.甲\t乙"
