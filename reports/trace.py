"""The trace of a plan as a workbook: threads, matrix and gaps, from what the page shows."""

from typing import Any

from django.utils.translation import gettext as _

from reports.workbook import Book
from tracker.texts import enumeration


def workbook(context: dict[str, Any], facts: list[tuple[str, str]]) -> bytes:
    """`context` is what the page of the trace shows; `facts` stand on the cover."""
    plan = context["plan"]
    with Book() as book:
        book.cover(_("About"), _("Trace of %(plan)s") % {"plan": plan}, facts)
        book.table(_("Threads"), _thread_heads(), _threads(context))
        matrix = context["matrix"]
        heads = [_("Task"), *(head["name"] for head in matrix["heads"])]
        rows = [
            [
                " ".join([row["code"], row["title"], row["note"]]).strip(),
                *(mark["sign"] if mark else "" for mark in row["marks"]),
            ]
            for row in matrix["rows"]
        ]
        if matrix["settled"]:
            rows.append([_("What becomes of it"), *(head["settled"] for head in matrix["heads"])])
        book.table(_("Matrix"), heads, rows)
        book.table(_("Missing"), [_("Sort"), _("Where"), _("Note")], _missing(context))
    return book.content()


def _thread_heads() -> list[str]:
    return [
        *(_("Of last year"), _("Words"), _("Causes"), _("Judgement"), _("What becomes of it")),
        *(_("Task"), _("Title"), _("Lead unit")),
        *(_("Status"), _("Light"), _("Link"), _("Evidence"), _("Document number"), _("Result")),
    ]


def _threads(context: dict[str, Any]) -> list[list[str]]:
    """A row for each link, one for what has none on either side."""
    kinds = {"direct": _("direct"), "indirect": _("indirect"), "proposed": _("to be confirmed")}
    nodes = {node.key: node for node in [*context["measures"], *context["shortcomings"]]}
    tasks = {task.key: task for area in context["areas"] for task in area.tasks}
    threads = [thread for thread in context["threads"] if thread.start in nodes and thread.end in tasks]
    rows = [[*_node(nodes[thread.start]), *_task(tasks[thread.end], kinds[thread.kind])] for thread in threads]
    started, ended = {thread.start for thread in threads}, {thread.end for thread in threads}
    rows += [[*_node(node), *[""] * 9] for key, node in nodes.items() if key not in started]
    rows += [[*[""] * 5, *_task(task, "")] for key, task in tasks.items() if key not in ended]
    return rows


def _node(node: Any) -> list[str]:
    causes = "\n".join(words for words, _guessed in node.causes)
    return [node.name, node.words, causes, node.judgement or node.state, node.settled]


def _task(task: Any, kind: str) -> list[str]:
    row, items = task.row, task.proof.items
    evidence = "\n".join(f"{item['words']}（{item['verdict']}）" for item in items) or task.proof.expired
    numbers = enumeration([item["number"] for item in items if item["number"]])
    light = f"{row.light.label} {row.light.reason}".strip()
    return [
        row.code,
        row.title,
        row.unit,
        str(row.extra["status"]),
        light,
        kind,
        evidence,
        numbers,
        str(task.proof.words),
    ]


def _missing(context: dict[str, Any]) -> list[list[str]]:
    return [[gap.head, row["words"], row["note"]] for gap in context["missing"] for row in gap.rows]
