"""The preview of a ledger that comes back in, in words."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker import wording
from tracker.models import LedgerImport, Task
from tracker.services import ledger_imports

LABELS = {
    "new": gettext_lazy("New"),
    "changed": gettext_lazy("Changed"),
    "unchanged": gettext_lazy("Unchanged"),
    "refused": gettext_lazy("Refused"),
}
TAGS = {"new": "tag--ok", "changed": "tag--open", "unchanged": "", "refused": "tag--no"}


def begun(rows: Iterable[LedgerImport]) -> list[dict[str, Any]]:
    """Earlier imports as lines of a list."""
    return [
        {
            "name": row.name,
            "url": reverse("ledger_import", args=[row.pk]),
            "state": row.get_state_display() if row.applied_at is None else _("Written"),
            "by": str(row.begun_by),
            "at": wording.moment(row.begun_at),
        }
        for row in rows
    ]


def tabs(row: LedgerImport, wanted: str) -> list[dict[str, Any]]:
    """All rows, then each verdict with its number."""
    counts = ledger_imports.counts(row)
    found = [{"label": _("All"), "count": len(row.verdicts), "query": "?", "current": not wanted}]
    found += [
        {"label": label, "count": counts[name], "query": f"?show={name}", "current": wanted == name}
        for name, label in LABELS.items()
    ]
    return found


def line(verdict: dict[str, Any]) -> dict[str, Any]:
    """One row of the preview: what it would do, field by field."""
    return {
        "number": verdict["number"],
        "code": verdict["code"],
        "title": verdict["title"],
        "url": reverse("task", args=[verdict["task"]]) if verdict["task"] else "",
        "label": LABELS[verdict["verdict"]],
        "tag": TAGS[verdict["verdict"]],
        "reason": verdict["reason"],
        "changes": [
            {"field": Task._meta.get_field(name).verbose_name, "old": old, "new": new}  # type: ignore[union-attr]
            for name, old, new in verdict["changes"]
        ],
    }
