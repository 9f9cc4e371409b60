"""The draft of the next report as its editor and its check show it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from reports.annual.check import Finding, Want
from reports.annual.edits import ITEM, PART, WITH_ITEMS
from reports.annual.proof import segments
from reports.annual.rows import Division, Drafted, DraftPart, Ground, Mark, Sentence
from reports.documents.annual_report import item_number
from reports.models import DraftEdit
from reports.services.draft_words import sort_of
from tracker import wording
from tracker.enums import PartKind
from tracker.models import Task

GROUNDS = {
    Ground.COMPLETED: gettext_lazy("task closed out"),
    Ground.PROVEN: gettext_lazy("not closed out, evidence accepted"),
    Ground.UNPROVEN: gettext_lazy("not closed out, no evidence accepted"),
    Ground.READING: gettext_lazy("reading of an indicator"),
    Ground.KEPT: gettext_lazy("last report's shortcoming, not wholly eased"),
    Ground.EASED: gettext_lazy("last report's shortcoming, judged eased"),
    Ground.UNJUDGED: gettext_lazy("last report's shortcoming, not judged yet"),
    Ground.RED: gettext_lazy("task is red"),
    Ground.RETURNED: gettext_lazy("returned and not resubmitted"),
    Ground.UNANSWERED: gettext_lazy("notice or demand unanswered"),
    Ground.DUTY: gettext_lazy("register of duties"),
    Ground.CARRIED: gettext_lazy("carried over"),
    Ground.UNSETTLED: gettext_lazy("open, not settled for the roll-over"),
    Ground.CONTINUOUS: gettext_lazy("completed, continuous by nature"),
    Ground.HEAD: "",
    Ground.OWN: gettext_lazy("written by hand"),
}
WANTS = {
    Want.NUMBER: gettext_lazy("Numbers without accepted evidence"),
    Want.COMPARE: gettext_lazy("Numbers that the evidence names with other words before them"),
    Want.BOTH: gettext_lazy("Tasks told both as an achievement and as a shortcoming"),
    Want.OPEN: gettext_lazy("Achievements of tasks that are not closed out"),
    Want.SOURCE: gettext_lazy("Sentences added by hand that name no task"),
    Want.MOVED: gettext_lazy("Rewritten, and the data say something else by now"),
    Want.GONE: gettext_lazy("Rewritten, and the data say nothing of it any more"),
    Want.CAUSE: gettext_lazy("Shortcomings without a cause"),
    Want.UNSETTLED: gettext_lazy("Open tasks that are not settled for the roll-over"),
    Want.LEFT_OUT: gettext_lazy("Completed tasks that are left out"),
    Want.EMPTY_ITEM: gettext_lazy("Items without a sentence"),
    Want.EMPTY: gettext_lazy("Parts without a sentence"),
}


def anchor(key: str) -> str:
    """The place of a piece on the page."""
    return f"p-{key.replace(':', '-')}"


def place_of(removed: DraftEdit) -> str:
    """The key of what a removed sentence or item stood in."""
    return removed.item if removed.item.startswith(PART) else f"{ITEM}{removed.item}"


def parts(draft: Drafted, *, may_edit: bool) -> list[dict[str, Any]]:
    """The four parts with their items and pieces, in reading order."""
    return [_part(part, may_edit) for part in draft.parts]


def head(draft: Drafted) -> list[dict[str, Any]]:
    """Title and first paragraph, each as a piece."""
    return [row(draft.title) | {"what": _("Title")}, row(draft.lead) | {"what": _("First paragraph")}]


def placed(refusal: Mapping[str, Any], head: Sequence[Any], parts: Sequence[Any]) -> bool:
    """Put a refusal at the form it came from; False where the page has no such form any more."""
    for place in _places(refusal["act"], head, parts):
        if place["key"] == refusal["key"]:
            place["refused"] = refusal
            if refusal["act"] == "cause" and refusal["cause"]:
                place["chosen"] = refusal["cause"]
            return True
    return False


def _places(act: str, head: Sequence[Any], parts: Sequence[Any]) -> Iterator[Any]:
    """The forms that such an act can come from."""
    items = [item for part in parts for item in part["items"]]
    if act == "add_item":
        yield from (part for part in parts if part["may_add_item"])
    elif act == "add":
        yield from (item for item in items if not item["left_out"])
    else:
        yield from head
        yield from (part["heading"] for part in parts)
        for item in items:
            yield from (item["heading"], *item["standing"]) if item["heading"] else item["standing"]
            for offered in item["offered"]:
                yield offered
                item["opens"] = item["opens"] or offered["refused"] is not None


def _part(part: DraftPart, may_edit: bool) -> dict[str, Any]:
    number, items = 0, []
    for division in part.divisions:
        number += bool(division.standing)
        label = item_number(part, number) if division.standing else "—　"
        shown = _division(division, label if part.kind in WITH_ITEMS else "")
        items.append(shown | {"opens": part.kind == PartKind.SHORTCOMINGS})
    _mark_ends([item["heading"] for item in items if item["heading"] and not item["left_out"]])
    return {
        "key": part.kind,
        "number": part.number,
        "kind": part.kind,
        "heading": row(part.heading),
        "items": items,
        "may_add_item": may_edit and part.kind in WITH_ITEMS,
        "refused": None,
    }


def _division(division: Division, number: str) -> dict[str, Any]:
    rows = [row(sentence) for sentence in division.sentences]
    standing = [shown for shown in rows if shown["included"]]
    _mark_ends(standing)
    return {
        "key": division.key,
        "anchor": anchor(f"item:{division.key}"),
        "number": number if division.heading else "",
        "heading": row(division.heading) if division.heading else None,
        "standing": standing,
        "offered": [shown for shown in rows if not shown["included"]],
        "left_out": division.heading is not None and not division.heading.included,
        "refused": None,
    }


def _mark_ends(rows: Sequence[dict[str, Any]]) -> None:
    """The first of what stands in a row cannot be put further up, the last not further down."""
    for place, shown in enumerate(rows):
        shown["up"], shown["down"] = place > 0, place < len(rows) - 1


def row(sentence: Sentence) -> dict[str, Any]:
    """One piece: its words in segments, what they stand on, and what can be done with it."""
    task = sentence.task
    return {
        "key": sentence.key,
        "anchor": anchor(sentence.key),
        "seen": sentence.fingerprint,
        "text": sentence.text,
        "segments": _segments(sentence.text, sentence.marks),
        "ground": str(GROUNDS[sentence.ground]),
        "task": {"code": task.code, "title": task.title, "url": reverse("task", args=[task.pk])} if task else None,
        "proofs": [
            {"number": proof.number, "title": proof.title, "claim": proof.claim, "url": _evidence_url(proof.evidence)}
            for proof in sentence.proofs
        ],
        "included": sentence.included,
        "composed": sentence.composed,
        "based_on": sentence.based_on,
        "rewritten": sentence.rewritten and not sentence.own,
        "moved": sentence.moved and not sentence.gone,
        "gone": sentence.gone,
        "own": sentence.own,
        "own_sentence": sentence.own and not sentence.key.startswith(ITEM),
        "task_key": str(task.pk) if task else "",
        "most": sort_of(sentence).most,
        "changed": _changed(sentence),
        "has_cause": sentence.item == PartKind.SHORTCOMINGS,
        "cause": sentence.cause,
        "cause_segments": _segments(sentence.cause, sentence.cause_marks),
        "causes": list(dict.fromkeys(cause for cause in (sentence.cause, *sentence.causes) if cause)),
        "chosen": sentence.cause,
        "refused": None,
    }


def _changed(sentence: Sentence) -> str:
    """Who changed the piece last, and when; "" while nobody has."""
    if sentence.changed_at is None:
        return ""
    return _("changed by %(who)s, %(when)s") % {
        "who": sentence.changed_by,
        "when": wording.moment(sentence.changed_at),
    }


def _evidence_url(pk: int) -> str:
    return reverse("evidence", args=[pk])


def _segments(text: str, marks: Sequence[Mark]) -> list[dict[str, str]]:
    """The words cut at their numbers, each number with what it stands on."""
    cut = segments(text, marks)
    return [{"text": words, "state": state, "on": on} for words, state, on in cut if words]


def wanted(found: Iterable[Finding]) -> list[dict[str, Any]]:
    """The findings of the check by sort, each leading to its piece."""
    groups: dict[Want, list[dict[str, str]]] = {}
    for finding in found:
        groups.setdefault(finding.want, []).append(
            {"words": finding.words, "text": finding.text, "anchor": anchor(finding.key)}
        )
    return [
        {"want": want.value, "label": str(WANTS[want]), "rows": rows, "number": len(rows)}
        for want, rows in groups.items()
    ]


def summary(draft: Drafted) -> str:
    """How much stands in the draft, in a line."""
    standing = [sentence for part in draft.parts for division in part.divisions for sentence in division.standing]
    number = len(standing)
    rewritten = sum(sentence.rewritten or sentence.own for sentence in standing)
    first = ngettext("%(number)d piece stands in the report", "%(number)d pieces stand in the report", number)
    return first % {"number": number} + _(", %(number)d of them written by hand") % {"number": rewritten}


def task_choices(tasks: Iterable[Task]) -> list[dict[str, Any]]:
    """The tasks that a sentence of one's own may tell of."""
    return [{"key": str(task.pk), "label": f"{task.code} {task.title}"} for task in tasks]
