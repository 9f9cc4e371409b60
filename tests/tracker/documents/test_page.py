"""HTML pages: their main text, title and tables, their encodings, and the traps in them."""

import pytest

from tests.tracker.documents.test_kinds import code_of
from tracker.documents import read_document
from tracker.documents.limits import MOST_MARKUP_CHARACTERS, MOST_TAGS

BODY = "".join(f"<p>　　{number}.推进法治政府建设，完善制度{number}，加强监督。</p>" for number in range(1, 30))
PAGE = (
    '<!DOCTYPE html><html><head><meta charset="{charset}"><title>{title}</title><style>p {{color: red}}</style></head><body>'
    '<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/news">政务公开</a></li></ul></div>'
    '<div class="article">{head}<p>一、主要举措和成效</p>{body}</div>'
    '<script>var words = "脚本";</script><div class="footer"><a href="/about">关于我们</a></div></body></html>'
)


def page(title: str = "", head: str = "", body: str = BODY) -> bytes:
    return PAGE.format(charset="utf-8", title=title, head=head, body=body).encode()


def lines_of(content: bytes) -> list[str]:
    return read_document("a.html", content).text.split("\n")


def test_the_main_text_is_kept_on_lines_and_navigation_is_not() -> None:
    lines = lines_of(page(head="<h1>某市年度情况报告</h1>"))
    assert lines[:2] == ["某市年度情况报告", "一、主要举措和成效"]
    assert [line.strip("　") for line in lines[2:]] == [
        f"{number}.推进法治政府建设，完善制度{number}，加强监督。" for number in range(1, 30)
    ]


@pytest.mark.parametrize(
    ("declared", "written", "found"),
    [
        ("utf-8", "utf-8", "utf-8"),
        ("gb2312", "gb2312", "gb18030"),
        ("GBK", "gbk", "gb18030"),
        ("big5", "big5", "big5hkscs"),
        ("x-unknown", "utf-8", "utf-8"),
        ("utf-8", "gbk", "gb18030"),
        ("gb2312", "utf-16", "utf-16"),
    ],
)
def test_the_encoding_is_marked_or_declared_or_tried(declared: str, written: str, found: str) -> None:
    markup = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={declared}"></head><body>{{}}</body></html>'
    document = read_document("a.html", markup.format("<p>法治政府，依法行政。</p>" * 20).encode(written))
    assert document.text.startswith("法治政府，依法行政。\n法治政府，依法行政。")
    assert document.encoding == found


@pytest.mark.parametrize(
    ("title", "head", "first"),
    [
        ("某市2024年报告_某市政府网", "", "某市2024年报告"),
        ("某市2024年报告 - 某市政府网", "", "某市2024年报告"),
        ("", "<h1>某市 2024年报告</h1>", "某市 2024年报告"),
        ("某市2024年报告", "<h1>某市2024年报告</h1>", "某市2024年报告"),
    ],
)
def test_the_title_is_kept_once(title: str, head: str, first: str) -> None:
    lines = lines_of(page(title, head))
    assert lines[:2] == [first, "一、主要举措和成效"]


def test_a_title_outside_the_main_text_is_put_first() -> None:
    content = page("政府网站").replace(
        b'<div class="nav">', "<header><h1>某市2024年报告</h1></header><div class='nav'>".encode()
    )
    assert lines_of(content)[:3] == ["政府网站", "某市2024年报告", "一、主要举措和成效"]


def test_a_row_of_a_table_is_a_line() -> None:
    table = "<table><tr><th>事项</th><th>件数</th></tr><tr><td><p>复议</p></td><td><p>12</p></td></tr></table>"
    lines = lines_of(page(body=BODY + table))
    assert lines[-2:] == ["事项\t件数", "复议\t12"]


def test_a_table_that_frames_the_page_is_no_row() -> None:
    frame = f"<html><body><table><tr><td>左</td><td>{BODY}</td></tr></table></body></html>"
    assert len(lines_of(frame.encode())) >= 29


def test_a_line_wrapped_in_the_source_has_no_blank() -> None:
    lines = lines_of(page(body=BODY + "<p>完善\r\n    制度 plain\n  words</p>"))
    assert lines[-1] == "完善制度 plain words"


def test_a_page_without_a_main_text_is_taken_whole() -> None:
    content = "<html><body><span>一、主要举措</span><br><script>1 < 2</script>二、不足<style>a</style></body></html>"
    assert lines_of(content.encode()) == ["一、主要举措", "二、不足"]


def test_a_page_of_which_the_recogniser_loses_most_is_taken_whole() -> None:
    content = page(body=f"<p>{'依法行政，完善制度。' * 30}</p></div><div class='comments'>" + BODY * 3)
    assert read_document("a.html", content).text.count("加强监督") == 29 * 3


def test_a_menu_longer_than_the_report_does_not_count() -> None:
    menu = (
        "<ul>"
        + "".join(f"<li><a href='/{number}'>政务公开栏目第{number}页</a></li>" for number in range(300))
        + "</ul>"
    )
    content = page(body="</div>".join([BODY, f"<div class='nav'>{menu}"]))
    assert "政务公开栏目" not in read_document("a.html", content).text


def test_scripts_and_embedded_pictures_do_not_count() -> None:
    picture = f'<img src="data:image/png;base64,{"A" * MOST_MARKUP_CHARACTERS}">'
    script = f"<script>{'<b>' * MOST_TAGS}</script><STYLE>{'<i>' * MOST_TAGS}</STYLE>"
    assert lines_of(page(body=BODY + picture + script))[0] == "一、主要举措和成效"


@pytest.mark.parametrize("depth", [300, 1500])
def test_a_deeply_nested_page_is_read(depth: int) -> None:
    content = (
        "<html><body>" + "<div>" * depth + "<p>一、主要举措</p>" + "</div>" * depth + "<p>二、不足</p></body></html>"
    )
    assert lines_of(content.encode()) == ["一、主要举措", "二、不足"]


def test_a_page_of_many_nested_lists_is_read_whole() -> None:
    content = "<html><body>" + ("<ul><li>法" * 100 + "</li></ul>" * 100) * 95 + "</body></html>"
    assert read_document("a.html", content.encode()).text.count("法") == 9_500


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("<html><body>" + "<div>" * 10_000 + "文字", "bomb"),
        ("<html>" + "<p>字" * (MOST_TAGS + 1), "bomb"),
        ("<html>" + "<p>文字" + "字" * MOST_MARKUP_CHARACTERS, "too_long"),
        ("<html><body><script>words</script></body></html>", "no_text"),
        ("<html><body></body></html>", "no_text"),
        ("<html>" + "<script" * 5_000, "no_text"),
        ("<html>" + "<script" * MOST_TAGS, "bomb"),
        ("<html>\0" + "<p>文字", "not_text"),
    ],
)
def test_traps_are_refused(content: str, code: str) -> None:
    assert code_of("a.html", content.encode()) == code


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.socket.connect", lambda *_arguments: pytest.fail("a connection was opened"))
    content = page(body=BODY + '<img src="http://example.org/a.png"><iframe src="http://example.org/"></iframe>')
    content = content.replace(b"<head>", b'<head><base href="http://example.org/"><link rel="stylesheet" href="a.css">')
    assert lines_of(content)[0] == "一、主要举措和成效"
