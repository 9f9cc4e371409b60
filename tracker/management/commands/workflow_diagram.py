"""`manage.py workflow_diagram`: draw the moves of a task into docs/workflow.md, from the table itself."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from tracker.enums import Role, Status
from tracker.workflow import RULES, Rule

TARGET = Path("docs") / "workflow.md"


class Command(BaseCommand):
    help = "Draw the moves of a task; --check only says whether the drawing is fresh."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / TARGET
        with translation.override("zh-hans"):
            drawing = document()
        if not check:
            path.write_text(drawing, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != drawing:
            raise CommandError(_("%(file)s is stale: run manage.py workflow_diagram.") % {"file": TARGET})


def document() -> str:
    """The page: a state diagram and a table of who and what is needed."""
    lines = ["# 任务的办理动作", "", "由 `tracker/workflow.py` 的动作表生成：`manage.py workflow_diagram`。", ""]
    lines += ["```mermaid", "stateDiagram-v2", *_states(), *_arrows(), "```", ""]
    lines += ["| 动作 | 从 | 到 | 谁办 | 须有 |", "|---|---|---|---|---|", *map(_row, RULES), ""]
    return "\n".join(lines)


def _states() -> list[str]:
    return ["    [*] --> unconfirmed", *(f"    {status.value} : {status.label}" for status in Status)]


def _arrows() -> list[str]:
    return [
        f"    {source.value} --> {rule.target.value} : {rule.move.label}" for rule in RULES for source in rule.sources
    ]


def _row(rule: Rule) -> str:
    sources = "、".join(str(source.label) for source in rule.sources)
    needs = "、".join(rule.needs) or "—"
    return f"| {rule.move.label} | {sources} | {rule.target.label} | {_who(rule)} | {needs} |"


def _who(rule: Rule) -> str:
    said = []
    for actor in rule.actors:
        names = "、".join(str(role.label) for role in Role if role in actor.roles)
        said.append(f"牵头单位的{names}" if actor.lead_unit else names)
    return "；".join(said)
