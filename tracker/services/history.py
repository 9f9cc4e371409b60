"""Writing history: one line per act, numbered without a gap, chained by digest.

A line's digest is SHA-256 over the canonical JSON (sorted keys, no blanks, UTF-8, microseconds) of its content
and of the digest before it. On PostgreSQL an advisory lock that ends with the transaction serialises writers
(a row lock on the tail let chains fork); on SQLite the IMMEDIATE transaction already does.
"""

import datetime
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tracker import clock
from tracker.enums import EventKind, Verdict
from tracker.exceptions import BrokenChain
from tracker.models import Task, TaskEvent, User
from tracker.services.secrecy import refuse_marks

CHAIN_LOCK = 20_250_401
FIRST_DIGEST = "0" * 64
LABELLED_FIELDS = ("lead_unit", "owner", "area", "proposed_lead_unit", "submitted_by", "confirmed_by")
STATE_FIELDS = (
    "code",
    "title",
    "quote",
    "nature",
    "deliverable",
    "criteria",
    "accountable_leader",
    "starts_on",
    "due_on",
    "due_basis",
    "remarks",
    "status",
    "progress",
    "returned",
    "confirmed_on",
    "last_report_on",
    "completed_on",
    "cancelled_on",
    "raised_light",
    "raised_reason",
)
DIGESTED_FIELDS = (
    "sequence",
    "task_id",
    "on",
    "by_id",
    "by_label",
    "unit_label",
    "kind",
    "from_status",
    "to_status",
    "progress",
    "summary",
    "problems",
    "next_steps",
    "reason",
    "detail",
    "internal",
    "changes",
    "state",
    "previous_digest",
)
DIGESTED_WHERE_KEPT = ("holdings",)

# Lines that keep what hangs on the task: those of the acts that change it.
HOLDING_KINDS = (
    EventKind.CREATE,
    EventKind.LINK,
    EventKind.EVIDENCE_ADD,
    EventKind.EVIDENCE_JUDGE,
    EventKind.INDICATOR,
)


def holdings_of(task: Task) -> dict[str, list[dict[str, Any]]]:
    """What hangs on the task, as plain values with labels: {"links", "evidence", "indicators"}.

    Links that were dismissed and evidence that was taken back are not among them. Internal evidence is: whoever shows
    holdings leaves out the items that the reader may not see.
    """
    measures = task.measure_links.standing().select_related("measure__section")
    shortcomings = task.shortcoming_links.standing().select_related("shortcoming")
    uses = task.evidence_uses.exclude(verdict=Verdict.WITHDRAWN).mark_replaced()
    uses = uses.select_related("evidence", "judged_by")
    indicators = task.indicators.prefetch_related("readings")
    return {
        "links": [
            *(_link("measure", link, link.measure.section_id, link.measure, link.extent) for link in measures),
            *(_link("shortcoming", link, link.shortcoming_id, link.shortcoming, "") for link in shortcomings),
        ],
        "evidence": [_use(use) for use in uses.order_by("evidence__number")],
        "indicators": [
            {
                "name": row.name,
                "unit": row.unit,
                "baseline": number_of(row.baseline),
                "target": number_of(row.target),
                "direction": row.direction,
                "readings": [[plain(reading.on), number_of(reading.value)] for reading in row.readings.all()],
            }
            for row in indicators.order_by("pk")
        ],
    }


def _link(what: str, link: Any, target: int, upstream: Any, extent: str) -> dict[str, Any]:
    words = upstream.text
    return {
        "what": what,
        "id": link.pk,
        "target": target,
        "number": str(upstream.section.number if what == "measure" else upstream.number),
        "words": words,
        "extent": extent,
        "strength": link.strength,
        "state": link.state,
        "digest": link.upstream_digest,
        "suspect": link.upstream_digest != hashlib.sha256(words.encode()).hexdigest(),
    }


def _use(use: Any) -> dict[str, Any]:
    item = use.evidence
    return {
        "id": item.pk,
        "number": item.number,
        "title": item.title,
        "document_number": item.document_number,
        "dated_on": plain(item.dated_on),
        "valid_until": plain(item.valid_until),
        "claim": use.claim,
        "verdict": use.verdict,
        "replaced": use.replaced_here or "",
        "judged_by": str(use.judged_by or ""),
        "judged_at": plain(use.judged_at),
    }


def number_of(value: Decimal | None) -> str | None:
    """1986 or 43.2 as text, however it is stored."""
    return None if value is None else f"{Decimal(value).normalize():f}"


def state_of(task: Task) -> dict[str, Any]:
    """The task as plain values with labels: what history keeps of it after each act.

    Related rows become `{"id": …, "label": …}`; supporting units and milestones are lists of those, so that any
    past date can be shown without looking at today's rows.
    """
    state: dict[str, Any] = {name: plain(getattr(task, name)) for name in STATE_FIELDS}
    for name in LABELLED_FIELDS:
        state[name] = labelled(getattr(task, name))
    state["supporting_units"] = [labelled(unit) for unit in task.supporting_units.all()]
    state["milestones"] = [
        {
            "id": milestone.pk,
            "title": milestone.title,
            "due_on": plain(milestone.due_on),
            "share": milestone.share,
            "met_on": plain(milestone.met_on),
            "met_words": milestone.met_words,
        }
        for milestone in task.milestones.all()
    ]
    return state


def plain(value: Any) -> Any:
    """A JSON value: dates as ISO text, everything else as it is."""
    return value.isoformat() if isinstance(value, datetime.date) else value


def labelled(row: models.Model | None) -> dict[str, Any] | None:
    return None if row is None else {"id": row.pk, "label": str(row)}


def changes_between(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """{field: [before, after]} of all that differs."""
    return {name: [before.get(name), after[name]] for name in after if before.get(name) != after[name]}


def append(
    task: Task,
    kind: EventKind,
    *,
    by: User,
    before: dict[str, Any] | None = None,
    summary: str = "",
    problems: str = "",
    next_steps: str = "",
    reason: str = "",
    detail: str = "",
    internal: bool = False,
    codes: Mapping[str, str] | None = None,
) -> TaskEvent:
    """Write one line about `task` as it stands now; `before` is `state_of` from before the act.

    `codes` are values of enums that say what was done beside the task, whatever language `detail` is in; they are
    kept among the changes, {name: [None, code]}.
    Must run inside the transaction of the act itself, else RuntimeError. Raises SecrecyMark for words that carry
    one: a line can never be taken back.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("history is written in the transaction of the act")
    words = {"summary": summary, "problems": problems, "next_steps": next_steps, "reason": reason, "detail": detail}
    refuse_marks(words, by=by, task=task)
    lock_chain()
    tail = TaskEvent.objects.order_by("-sequence").values_list("sequence", "digest").first()
    sequence, previous = tail if tail else (0, FIRST_DIGEST)
    state = state_of(task)
    moment = clock.now()
    event = TaskEvent(
        sequence=sequence + 1,
        task=task,
        at=moment,
        on=timezone.localtime(moment).date(),
        by=by,
        by_label=str(by),
        unit_label=str(by.unit or ""),
        kind=kind,
        from_status=(before or {}).get("status", ""),
        to_status=state["status"],
        progress=state["progress"],
        summary=summary,
        problems=problems,
        next_steps=next_steps,
        reason=reason,
        detail=detail,
        internal=internal,
        changes=(changes_between(before, state) if before is not None else {})
        | {name: [None, str(code)] for name, code in (codes or {}).items()},
        state=state,
        holdings=holdings_of(task) if kind in HOLDING_KINDS else {},
        previous_digest=previous,
    )
    event.digest = digest_of(event)
    event.save(force_insert=True)
    return event


def sign(row: Any, *, by: User, reason: str = "") -> None:
    """Let a row's own history of changes say, at the next save, by whom, when and why."""
    row._history_user, row._history_date, row._change_reason = by, clock.now(), reason or None


def lock_chain() -> None:
    """Let one writer after the other, until the transaction ends; whoever numbers rows may stand on it too."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])


def digest_of(event: TaskEvent) -> str:
    """SHA-256 (hex) over the canonical JSON of the line."""
    content = {name: plain(getattr(event, name)) for name in DIGESTED_FIELDS}
    # Only where something is kept, so that lines written before holdings were kept still fit theirs.
    content |= {name: value for name in DIGESTED_WHERE_KEPT if (value := getattr(event, name))}
    content["at"] = event.at.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


# What else is kept under a digest by other apps: each raises BrokenChain naming what does not fit.
ALSO_VERIFIED: list[Callable[[], None]] = []


def verify(batch: int = 2000) -> int:
    """Walk the whole chain and return the number of lines.

    Raises BrokenChain naming the first line whose number, predecessor or content does not fit, the first task that
    differs from its last line, or what one of ALSO_VERIFIED finds.
    """
    expected, previous = 1, FIRST_DIGEST
    for event in _lines(batch):
        if event.sequence != expected:
            words = _("line %(number)d is missing (the next is %(next)d)")
            raise BrokenChain(words % {"number": expected, "next": event.sequence})
        if event.previous_digest != previous:
            words = _("line %(number)d does not follow from line %(before)d")
            raise BrokenChain(words % {"number": event.sequence, "before": expected - 1})
        if event.digest != digest_of(event):
            raise BrokenChain(_("line %(number)d does not fit its digest") % {"number": event.sequence})
        expected, previous = expected + 1, event.digest
    _compare_tasks()
    for check in ALSO_VERIFIED:
        check()
    return expected - 1


def _compare_tasks() -> None:
    """Every task stands as its last line left it; lines cut off at the end show here."""
    last = TaskEvent.objects.filter(task=models.OuterRef("pk")).order_by("-sequence").values("state")[:1]
    for task in Task.objects.annotate(last_state=models.Subquery(last)).iterator(chunk_size=500):
        state = task.last_state or {}
        changed = [name for name in STATE_FIELDS if state.get(name) != plain(getattr(task, name))]
        if changed:
            words = _("task %(code)s (row %(row)d) is not as its last line left it: %(field)s")
            raise BrokenChain(words % {"code": task.code, "row": task.pk, "field": changed[0]})


def _lines(batch: int) -> Iterator[TaskEvent]:
    with transaction.atomic():
        yield from TaskEvent.objects.order_by("sequence").iterator(chunk_size=batch)
