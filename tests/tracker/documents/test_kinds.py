"""What a file is, told from its bytes, and what is refused by its name."""

import pytest

from tests.tracker.documents.files import docx_of, pdf_of, zip_of
from tracker.documents import CODES, MOST_BYTES, UnreadableDocument, read_document
from tracker.documents.errors import SENTENCES

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
HTML = "<!DOCTYPE html><html><body><p>一、主要举措。</p></body></html>".encode()


def code_of(name: str, content: bytes) -> str:
    with pytest.raises(UnreadableDocument) as refusal:
        read_document(name, content)
    assert refusal.value.code in CODES
    assert str(refusal.value) and "{" not in str(refusal.value)
    return refusal.value.code


@pytest.mark.parametrize("name", ["a.docx", "a.txt", "a.pdf", "a.html", "a", "年度报告.DOCX"])
def test_the_content_decides_and_not_the_name(name: str) -> None:
    assert read_document(name, docx_of("一、主要举措")).kind == "docx"
    assert read_document(name, pdf_of(["第一年度法治政府建设情况报告"])).kind == "pdf"
    assert read_document(name, HTML).kind == "html"
    assert read_document(name, "一、主要举措".encode()).kind == "text"


@pytest.mark.parametrize("beginning", [b"\n\n", b"\xef\xbb\xbf", b"<?xml version='1.0'?>\n", b"<!-- x - y -->\n"])
def test_html_is_recognised_behind_what_may_stand_before_it(beginning: bytes) -> None:
    assert read_document("a.txt", beginning + HTML).kind == "html"


def test_the_name_decides_on_a_fragment_with_few_tags() -> None:
    fragment = "<p>一、主要举措</p>二、不足".encode()
    assert read_document("a.html", fragment).kind == "html"
    assert read_document("a.txt", fragment).kind == "text"
    assert read_document("a.txt", fragment * 10).kind == "html"


def test_a_line_before_the_pdf_is_forgiven_by_name() -> None:
    content = b"HTTP/1.1 200 OK\n" + pdf_of(["第一年度法治政府建设情况报告"])
    assert read_document("a.pdf", content).kind == "pdf"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b"a" * (MOST_BYTES + 1), "too_large"),
        ("a.docx", zip_of({"[Content_Types].xml": "", "xl/workbook.xml": ""}), "spreadsheet"),
        ("a.docx", zip_of({"[Content_Types].xml": "", "ppt/presentation.xml": ""}), "presentation"),
        ("a.docx", zip_of({"OFD.xml": ""}), "ofd"),
        ("a.odt", zip_of({"mimetype": "", "META-INF/manifest.xml": ""}), "opendocument"),
        ("a.docx", zip_of({"readme.txt": ""}), "not_docx"),
        ("a.zip", zip_of({"readme.txt": ""}), "archive"),
        ("a.zip", zip_of({}), "archive"),
        ("a.doc", OLE, "old_office"),
        ("a.wps", OLE, "old_office"),
        ("a.xls", OLE, "spreadsheet"),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        ("a.rtf", rb"{\rtf1\ansi text}", "rtf"),
        ("a.txt", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "image"),
        ("a.txt", b"\xff\xd8\xff\xe0\0\x10JFIF", "image"),
        ("a.txt", b"BM\x36\0\0\0", "image"),
        ("a.txt", b"MZ\x90\0\x03", "program"),
        ("a.txt", b"\x7fELF\x02\x01", "program"),
        ("a.rar", b"Rar!\x1a\x07\x01\0", "archive"),
        ("a.mht", b"MIME-Version: 1.0\n", "web_archive"),
        ("a.docx", b"\0\1\2\3" * 50, "not_docx"),
        ("a.pdf", b"\0\1\2\3" * 50, "not_pdf"),
        ("a.bin", b"\0\1\2\3" * 50, "unknown_kind"),
    ],
)
def test_everything_else_is_refused_as_what_it_is(name: str, content: bytes, code: str) -> None:
    assert code_of(name, content) == code


@pytest.mark.parametrize("beginning", ["MZ 是两个字母", "BM 也是", "RIFF 还是"])
def test_letters_that_begin_a_picture_may_begin_a_text(beginning: str) -> None:
    assert read_document("a.txt", beginning.encode()).text == beginning


def test_a_refusal_carries_its_numbers() -> None:
    with pytest.raises(UnreadableDocument) as refusal:
        read_document("a.txt", b"a" * (MOST_BYTES + 1))
    assert refusal.value.facts == {"most_mb": 10}
    assert str(refusal.value) == "The file is larger than 10 MB."


def test_every_sentence_is_one() -> None:
    assert all(sentence.endswith(".") and sentence[0].isupper() for sentence in SENTENCES.values())
