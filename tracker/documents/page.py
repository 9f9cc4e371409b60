"""An HTML page reduced to the report it shows."""

import logging
import re
from typing import Any

from lxml.html import HTMLParser, document_fromstring
from trafilatura import bare_extraction

from tracker.documents.budget import Budget
from tracker.documents.errors import UnreadableDocument, refusing_with
from tracker.documents.flow import flow, is_nested
from tracker.documents.limits import MOST_MARKUP_CHARACTERS, MOST_TAGS
from tracker.documents.plain import check_prose, decode
from tracker.documents.slim import slim, without_scripts

# What the recogniser has to say of a page is of no use to whoever reads the log.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_CHARSET = re.compile(rb"""<meta\b[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{2,20})""", re.I)
_CHARSET_WITHIN_BYTES = 8192
# Pages that call themselves GB2312 use the characters of its larger successors.
_CHARSETS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
}
_TITLE_END = re.compile(r"\s*[_|｜]\s*|\s+[-–—]+\s+")
# A browser shows a blank where a line of the source ends; Chinese has none.
_HAN = "[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]"
_WRAPPED = re.compile(rf"(?<={_HAN})[ \t]*[\r\n][ \t\r\n]*(?={_HAN})")
_SPACE = re.compile(r"\s+")
# The recogniser of the main text may lose most of a page that is built unusually.
_LEAST_SHARE = 0.5


def read_page(content: bytes, budget: Budget) -> tuple[str, str]:
    """(text, encoding): the main text with its title, a line for each paragraph and each row of a table.

    Raises UnreadableDocument (encoding, broken_utf8, bomb, too_long, too_slow, no_text, damaged).
    """
    markup, encoding = decode(content, _declared(content))
    check_prose(markup[:100_000])
    markup = without_scripts(markup)
    if markup.count("<") > MOST_TAGS:
        raise UnreadableDocument("bomb")
    markup = _WRAPPED.sub("", slim(markup))
    if len(markup) > MOST_MARKUP_CHARACTERS:
        raise UnreadableDocument("too_long", most_characters=MOST_MARKUP_CHARACTERS)
    text = _text(markup, budget)
    return budget.take(text), encoding


def _declared(content: bytes) -> str | None:
    found = _CHARSET.search(content, 0, _CHARSET_WITHIN_BYTES)
    return _CHARSETS.get(found[1].decode("ascii", errors="ignore").lower()) if found else None


def _text(markup: str, budget: Budget) -> str:
    """The main text; of pages that nest too deep for its recogniser, and of those where it loses most, all text."""
    tree = _parse(markup, deep=False)
    main = "" if tree is None or is_nested(tree) else _main(tree, budget)
    if tree is None:
        tree = _parse(markup, deep=True)
    if tree is None:
        raise UnreadableDocument("bomb")
    whole = flow(tree, budget)
    is_lost = not main or len(main) < (len(whole) - _links_length(tree)) * _LEAST_SHARE
    text = whole if is_lost else main
    return "\n".join([*_missing(_titles(tree), text), text])


def _parse(markup: str, deep: bool) -> Any:
    """The tree; None for a page nested more than 256 elements deep, or 2,048 if it may be `deep`."""
    parser = HTMLParser(huge_tree=deep, remove_comments=True, remove_pis=True, encoding="utf-8")
    with refusing_with("damaged"):
        tree = document_fromstring(markup.encode("utf-8", errors="replace"), parser=parser)
    # The parser stops there without an error, and the rest of the page would be missing.
    return None if any("depth" in entry.message for entry in parser.error_log) else tree


def _main(tree: Any, budget: Budget) -> str:
    """The main text, empty if it is not found."""
    try:
        found = bare_extraction(
            tree, include_tables=True, include_comments=False, favor_recall=True, with_metadata=False
        )
    except Exception:
        # Whatever stops the recogniser, the page is still there to be taken whole.
        found = None
    budget.check_time()
    body = getattr(found, "body", None)
    return "" if body is None else flow(body, budget)


def _links_length(tree: Any) -> int:
    """The characters inside links: menus may well be longer than a report."""
    return sum(len(_joined(link)) for link in tree.iter("a"))


def _titles(tree: Any) -> list[str]:
    """The page's title without the name of the site, and its first heading."""
    title = _TITLE_END.split(_joined(tree.find(".//title")))[0]
    return [title, _joined(tree.find(".//h1"))]


def _joined(element: Any) -> str:
    return "" if element is None else _SPACE.sub(" ", "".join(element.itertext())).strip()


def _missing(titles: list[str], text: str) -> list[str]:
    """The titles that the text does not contain, each once."""
    beginning = _SPACE.sub("", text)
    missing: list[str] = []
    for title in titles:
        bare = _SPACE.sub("", title)
        if bare and bare not in beginning:
            missing.append(title)
            beginning += bare
    return missing
