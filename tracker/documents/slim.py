"""The markup of a page without what costs memory and says nothing: scripts, styles, most attributes."""

import re

_UNSEEN_BEGIN = re.compile(r"<(?:script|style)\b", re.I)
_UNSEEN_END = re.compile(r"</(?:script|style)\b[^<>]{0,100}>", re.I)
# A tag with quoted values that may hold any sign; what is not written so ends at the next angle bracket. Nothing
# goes back on its steps and all repeats are bounded: no markup takes more than time in proportion to its length.
_TAG = re.compile(
    r"<([A-Za-z][\w:-]{0,40}+)"
    r"""(?:((?>[^<>"']{1,2000}|"[^"]{0,4000}"|'[^']{0,4000}'){0,200}+)>|[^<>]*+>?)"""
)
# These tell the main text from the rest.
_ATTRIBUTE = re.compile(
    r"""(?<![\w-])(class|id|role|style|href)\s{0,9}=\s{0,9}("[^"]{0,200}"|'[^']{0,200}'|[^\s"'=]{1,200})""", re.I
)
_MOST_TAG_CHARACTERS = 4_000


def without_scripts(markup: str) -> str:
    """The page without scripts and styles, whose text may look like tags."""
    # An expression over the whole would take quadratic time.
    pieces, place = [], 0
    while (begins := _UNSEEN_BEGIN.search(markup, place)) and (ends := _UNSEEN_END.search(markup, begins.end())):
        pieces.append(markup[place : begins.start()])
        place = ends.end()
    return "".join(pieces) + markup[place:]


def slim(markup: str) -> str:
    """The same page. Each tag keeps at most five short attributes, so that counting tags bounds the tree."""
    return _TAG.sub(_slim_tag, markup)


def _slim_tag(tag: re.Match[str]) -> str:
    attributes = (tag[2] or "")[:_MOST_TAG_CHARACTERS]
    kept = {name.lower(): value for name, value in _ATTRIBUTE.findall(attributes)}
    return f"<{tag[1]}{''.join(f' {name}={value}' for name, value in kept.items())}>"
