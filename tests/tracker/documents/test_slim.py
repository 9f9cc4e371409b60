"""Markup without scripts and most attributes."""

import pytest

from tracker.documents.slim import slim, without_scripts


@pytest.mark.parametrize(
    ("markup", "kept"),
    [
        ("<p class='a' onclick=\"go()\" data-class=b>字</p>", "<p class='a'>字</p>"),
        ("<p CLASS=MsoNormal lang=ZH-CN style='margin:0'>", "<p class=MsoNormal style='margin:0'>"),
        ('<a title="2024 > 2023" href="/a?b=1&c">字</a>', '<a href="/a?b=1&c">字</a>'),
        ("<img src='data:image/png;base64,AAAA'/>", "<img>"),
        ("<br/><td\nrowspan=2>", "<br><td>"),
        ("<p style='" + "a" * 300 + "' id='b'>", "<p id='b'>"),
        ("<p class='never closed><b>字</b>", "<p><b>字</b>"),
        ("<p class='a'", "<p>"),
        ("1 < 2 <!-- <p> --> <!doctype html>", "1 < 2 <!-- <p> --> <!doctype html>"),
    ],
)
def test_what_is_kept(markup: str, kept: str) -> None:
    assert slim(markup) == kept


def test_many_attributes_are_not_kept() -> None:
    assert slim("<p " + " ".join(f"class{number}=a class=b" for number in range(1_000)) + ">") == "<p class=b>"
    assert slim("<p " + "\"'" * 5_000 + "x>字") == "<p>字"


@pytest.mark.parametrize(
    ("markup", "kept"),
    [
        ("<script>a < b && '<p>'</script>字<STYLE x>p {}</style >字", "字字"),
        ("字<script>没有结尾", "字<script>没有结尾"),
        ("<scripture>字</scripture>", "<scripture>字</scripture>"),
    ],
)
def test_scripts_go(markup: str, kept: str) -> None:
    assert without_scripts(markup) == kept
