"""The page of one evidence item."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _

from tracker import clock, permissions, wording
from tracker.enums import LinkHealth, Verdict
from tracker.models import AddressCheck, Evidence, EvidenceUse, Task, User
from tracker.presenters.task_tables import TROUBLES, VERDICT_TAGS, troubles

# What a new version takes over from the one it replaces, to be looked over.
TAKEN_OVER = ("title", "issuer", "kind", "disclosure", "place")


def initial_of(replaced: Evidence | None, task: Task) -> dict[str, Any]:
    """What is filled in for a new version, the claim that the old one is to prove for the task included."""
    if replaced is None:
        return {}
    claim = EvidenceUse.objects.filter(evidence=replaced, task=task).values_list("claim", flat=True).first()
    return {name: getattr(replaced, name) for name in TAKEN_OVER} | {"claim": claim or ""}


def page(item: Evidence, user: User) -> dict[str, Any]:
    """Facts, uses with claim and verdict, and the versions before and after as far as `user` sees them."""
    versions = list(Evidence.objects.visible_to(user).filter(Q(pk=item.replaces_id) | Q(replaces=item)))
    uses = (
        EvidenceUse.objects.visible_to(user)
        .filter(evidence=item, task__in=Task.objects.visible_to(user))
        .select_related("task", "judged_by", "added_by")
        .order_by("task__area__number", "task__serial")
    )
    return {
        "item": item,
        "facts": _facts(item),
        "file": _file(item),
        "uses": [_use(use, item, user) for use in uses],
        "notice": _notice(item),
        "may_look_again": _may_look_again(item, user),
        "older": next((row for row in versions if row.pk == item.replaces_id), None),
        "newer": next((row for row in versions if row.replaces_id == item.pk), None),
        "new_version_url": _new_version_url(item, user),
    }


def rows(items: Sequence[Evidence], user: User) -> list[dict[str, Any]]:
    """The items of a list, each with the tasks that it is offered for and what was decided there; one query."""
    uses = EvidenceUse.objects.visible_to(user).filter(
        evidence__in=[item.pk for item in items], task__in=Task.objects.visible_to(user)
    )
    columns = ("evidence_id", "task_id", "task__code", "verdict")
    offered: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for pk, task, code, verdict in uses.order_by("task__area__number", "task__serial").values_list(*columns):
        offered[pk].append(
            {
                "code": code,
                "url": reverse("task", args=[task]),
                "verdict": Verdict(verdict).label,
                "tag": VERDICT_TAGS.get(Verdict(verdict), ""),
            }
        )
    return [
        {
            "number": item.number,
            "title": item.title,
            "url": item.get_absolute_url(),
            "detail": "　".join(part for part in (item.document_number, item.issuer) if part),
            "kind": item.get_kind_display(),
            "unit": str(item.unit),
            "dated": wording.full_date(item.dated_on),
            "disclosure": item.get_disclosure_display(),
            "troubles": troubles(item, clock.today()),
            "replaced": _("replaced by a newer version") if hasattr(item, "replaced_by") else "",
            "uses": offered.get(item.pk, []),
        }
        for item in items
    ]


def _facts(item: Evidence) -> list[tuple[str, str]]:
    facts = [
        (_("Kind of material"), item.get_kind_display()),
        (_("Document number"), item.document_number),
        (_("Issuer"), item.issuer),
        (_("Date of the document"), wording.full_date(item.dated_on)),
        (_("Page or place"), item.place),
        (_("Valid until"), _valid_words(item)),
        (_("Disclosure"), item.get_disclosure_display()),
        (_("SHA-256 of the file"), item.file_digest),
        (_("Web address"), _address_words(item)),
        (_("Deposited"), f"{item.unit} {item.deposited_by}　{wording.moment(item.deposited_at)}"),
        (_("Statement"), _("stated to contain nothing classified")),
    ]
    return [(name, str(value)) for name, value in facts if value]


def _check_of(item: Evidence) -> AddressCheck | None:
    found: AddressCheck | None = getattr(item, "address_check", None)
    return found


def _address_words(item: Evidence) -> str:
    """What the last look at the address found, and when."""
    if not item.address:
        return ""
    check = _check_of(item)
    if check is None:
        return str(LinkHealth.UNCHECKED.label)
    status = f"（{check.status_code}）" if check.status_code else ""
    words = {"outcome": f"{check.get_outcome_display()}{status}", "date": wording.moment(check.checked_at)}
    return _("%(outcome)s on %(date)s") % words


def _notice(item: Evidence) -> str:
    """What has to be done about the address, in a sentence."""
    check = _check_of(item)
    if check is None or check.health not in TROUBLES:
        return ""
    if check.health == LinkHealth.DEAD:
        words = _("The address has not been reached since %(date)s. Give a new version with a file or another address.")
        return words % {"date": wording.moment(check.failed_since)} if check.failed_since else ""
    words = _("The page says something else than when it was accepted; first seen on %(date)s. A reviewer looks again.")
    return words % {"date": wording.moment(check.changed_at)} if check.changed_at else ""


def _may_look_again(item: Evidence, user: User) -> bool:
    check = _check_of(item)
    changed = check is not None and check.health == LinkHealth.CHANGED
    return changed and permissions.answers(permissions.check_look_again, user, item)


def _valid_words(item: Evidence) -> str:
    """Until when the item proves something, where that ends."""
    if item.valid_until is None:
        return ""
    day = wording.full_date(item.valid_until)
    return _("%(date)s, expired") % {"date": day} if item.expired(clock.today()) else day


def _file(item: Evidence) -> dict[str, str] | None:
    """The item's file: its name, how large it is, and where it is handed out and looked at."""
    if not item.file_digest:
        return None
    return {
        "name": item.file_name,
        "size": filesizeformat(item.file_size or 0),
        "url": reverse("evidence_file", args=[item.pk]),
        "preview_url": reverse("evidence_preview", args=[item.pk]),
    }


def _use(use: EvidenceUse, item: Evidence, user: User) -> dict[str, Any]:
    use.evidence, use.task.plan = item, item.plan
    withdrawable = permissions.answers(permissions.check_withdraw_evidence, user, use)
    judged = _("%(who)s on %(date)s") % {
        "who": use.judged_by,
        "date": wording.moment(use.judged_at) if use.judged_at else "",
    }
    return {
        "task": str(use.task),
        "url": use.task.get_absolute_url(),
        "claim": use.claim,
        "given": _("%(who)s on %(date)s") % {"who": use.added_by, "date": wording.moment(use.added_at)},
        "tag": VERDICT_TAGS.get(Verdict(use.verdict), ""),
        "verdict_label": use.get_verdict_display(),
        "reason": use.reason,
        "judged": judged if use.judged_at else "",
        "withdraw_url": reverse("evidence_withdraw", args=[use.pk]) if withdrawable else "",
    }


def _new_version_url(item: Evidence, user: User) -> str:
    item.task.plan = item.plan
    able = permissions.answers(permissions.check_new_version, user, item)
    if not (able and permissions.can_add_evidence(user, item.task)):
        return ""
    return f"{reverse('evidence_new', args=[item.task_id])}?replaces={item.pk}"
