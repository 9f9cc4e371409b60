"""Every text of the project has its Chinese, with the same placeholders, and the compiled catalogue is fresh.

The texts are found in the source itself (Python calls and template tags), so that a forgotten `make messages`
shows without xgettext.
"""

import ast
import os
import re
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
CALLS = {"_": 0, "gettext": 0, "gettext_lazy": 0, "ngettext": 0, "pgettext": 1, "pgettext_lazy": 1}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
TAG = re.compile(r"""\{%\s*translate\s+(?:"([^"]*)"|'([^']*)')""")


def main() -> int:
    catalogue = polib.pofile(str(CATALOGUE))
    known = {entry.msgid for entry in catalogue}
    problems = [f"not in the catalogue: {text!r} ({place})" for text, place in sorted(texts()) if text not in known]
    for entry in catalogue:
        problems += list(wrong(entry))
    compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))
    if {(e.msgctxt, e.msgid): shown(e) for e in compiled} != {(e.msgctxt, e.msgid): shown(e) for e in catalogue}:
        problems.append("django.mo is older than django.po: make messages")
    print("\n".join(problems) or f"catalogue: {len(catalogue)} texts, all translated")
    return 1 if problems else 0


def shown(entry: polib.POEntry) -> str:
    return entry.msgstr_plural[0] if entry.msgid_plural else entry.msgstr


def wrong(entry: polib.POEntry) -> list[str]:
    """What is wrong with one entry."""
    text = shown(entry)
    if not text:
        return [f"not translated: {entry.msgid!r}"]
    if "fuzzy" in entry.flags:
        return [f"fuzzy: {entry.msgid!r}"]
    allowed = set(PLACEHOLDER.findall(entry.msgid + (entry.msgid_plural or "")))
    unknown = set(PLACEHOLDER.findall(text)) - allowed
    return [f"unknown placeholder {', '.join(unknown)}: {entry.msgid!r}"] if unknown else []


def texts() -> set[tuple[str, str]]:
    """(text, file) of every translatable text in the source."""
    found = set()
    for folder in ("tracker", "reports", "config"):
        for path in (ROOT / folder).rglob("*.py"):
            found |= {(text, str(path.relative_to(ROOT))) for text in in_python(path)}
    for path in (ROOT / "templates").rglob("*.html"):
        place = str(path.relative_to(ROOT))
        found |= {(a or b, place) for a, b in TAG.findall(path.read_text(encoding="utf-8"))}
    return {(text, place) for text, place in found if text}


def in_python(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            position = CALLS[node.func.id]
            argument = node.args[position] if len(node.args) > position else None
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                found.add(argument.value)
    return found


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
