"""What stands beside a task in the ledger's file: said by its history, by links, milestones and evidence."""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from tracker.enums import STANDING_VERDICTS, EventKind
from tracker.models import Plan, TaskEvent, User
from tracker.presenters import as_of

REPORTED = (EventKind.REPORT, EventKind.SUBMIT)
DECIDED = (EventKind.APPROVE, EventKind.RETURN)


def told(lines: Any) -> Iterator[tuple[int, str, str]]:
    """(task, column, words) of what was reported and decided, later words after earlier ones; one query."""
    columns = ("task_id", "kind", "summary", "problems", "next_steps", "reason")
    found = lines.filter(kind__in=(*REPORTED, *DECIDED)).order_by("sequence")
    for pk, kind, summary, problems, next_steps, reason in found.values_list(*columns):
        if kind in REPORTED:
            # A report sent along with a submission has no words: those before it stand until the submission is signed.
            if summary:
                yield from ((pk, "summary", summary), (pk, "problems", problems), (pk, "next_steps", next_steps))
        else:
            yield pk, "opinion", reason


def past_extras(plan: Plan, past: Sequence[as_of.Past], day: datetime.date, user: User) -> dict[int, dict[str, str]]:
    """{task: {column: words}} as of the end of `day`, only what `user` may see; three queries."""
    held = as_of.holdings(plan, day, user)
    extras: dict[int, dict[str, str]] = defaultdict(dict)
    for row in past:
        hung = held.get(row.pk, {"links": [], "evidence": []})
        extras[row.pk] = {
            "links": "；".join(_link(link) for link in hung["links"]),
            "milestones": "；".join(_step(step) for step in row.state["milestones"]),
            "supporting": "；".join(unit["label"] for unit in row.state["supporting_units"]),
            "evidence": "；".join(use["number"] for use in hung["evidence"] if _counts(use, day)),
        }
    lines = TaskEvent.objects.visible_to(user).filter(task__plan=plan, on__lte=day)
    for pk, name, words in told(lines):
        extras[pk][name] = words
    return extras


def _link(link: dict[str, Any]) -> str:
    if link["what"] == "measure":
        return _("measure %(number)s") % {"number": link["number"].rstrip(".、．")}
    return _("shortcoming %(number)s") % {"number": link["number"]}


def _step(step: dict[str, Any]) -> str:
    return f"{step['due_on']} {step['title']}{'✓' if step['met_on'] else ''}"


def _counts(use: dict[str, Any], day: datetime.date) -> bool:
    expired = bool(use["valid_until"]) and datetime.date.fromisoformat(use["valid_until"]) < day
    return use["verdict"] in STANDING_VERDICTS and not expired and not use.get("replaced")
