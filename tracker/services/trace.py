"""Links to last year's measures and shortcomings, and dispositions of what no task takes up."""

import hashlib
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tracker import clock, permissions
from tracker.enums import DispositionKind, EventKind, LinkExtent, LinkState, Strength
from tracker.exceptions import InvalidInput, MoveRefused
from tracker.models import (
    Disposition,
    Measure,
    MeasureLink,
    Plan,
    Section,
    Shortcoming,
    ShortcomingLink,
    Task,
    User,
)
from tracker.services import history, tasks
from tracker.services.secrecy import refuse_marks

AnyLink = MeasureLink | ShortcomingLink


def digest_of(words: str) -> str:
    """SHA-256 (hex) of upstream words, kept on the link so that a later change of them shows."""
    return hashlib.sha256(words.encode()).hexdigest()


def is_suspect(link: AnyLink) -> bool:
    """True when the upstream words are no longer those that the link was made for."""
    return link.upstream_digest != digest_of(_upstream(link).text)


def _upstream(link: AnyLink) -> Measure | Shortcoming:
    return link.measure if isinstance(link, MeasureLink) else link.shortcoming


@transaction.atomic
def propose(
    task: Task,
    upstream: Measure | Shortcoming,
    *,
    by: User,
    strength: str,
    rationale: str,
    extent: str = LinkExtent.ITEM,
) -> AnyLink:
    """Add a link that counts only once someone confirms it."""
    permissions.check_set_up(by, task.plan)
    if strength not in Strength.values or extent not in LinkExtent.values:
        raise InvalidInput(_("This strength is not known."), field="strength")
    if not rationale.strip():
        raise InvalidInput(_("Say why the task is linked to these words."), field="rationale")
    refuse_marks({"rationale": rationale}, by=by, task=task)
    common: dict[str, Any] = {
        "strength": strength,
        "rationale": rationale.strip(),
        "upstream_digest": digest_of(upstream.text),
    }
    link: AnyLink
    if isinstance(upstream, Measure):
        _refuse_other_report(task, upstream.section.part.report_id)
        link, created = MeasureLink.objects.get_or_create(
            task=task, measure=upstream, defaults={**common, "extent": extent}
        )
    else:
        _refuse_other_report(task, upstream.part.report_id)
        link, created = ShortcomingLink.objects.get_or_create(task=task, shortcoming=upstream, defaults=common)
    if not created:
        raise InvalidInput(_("This link exists already."))
    detail = f"{LinkState.PROPOSED.label}: {upstream.text}"
    history.append(task, EventKind.LINK, by=by, before=history.state_of(task), detail=detail)
    return link


def _refuse_other_report(task: Task, report_id: int) -> None:
    if task.plan.report_id != report_id:
        raise InvalidInput(_("These words belong to another report than the plan's."))


@transaction.atomic
def confirm(link: AnyLink, *, by: User) -> AnyLink:
    """Someone has looked: the link counts, with the upstream words as they are now."""
    return _settle(link, LinkState.CONFIRMED, by=by)


@transaction.atomic
def dismiss(link: AnyLink, *, by: User) -> AnyLink:
    """Someone has looked: the link does not hold. It is kept, so that nobody proposes it again unknowingly."""
    return _settle(link, LinkState.DISMISSED, by=by)


def _settle(link: AnyLink, state: LinkState, *, by: User) -> AnyLink:
    task = tasks.locked(link.task_id, None)
    permissions.check_set_up(by, task.plan)
    link.state, link.confirmed_by, link.confirmed_at = state, by, clock.now()
    link.upstream_digest = digest_of(_upstream(link).text)
    link.save(update_fields=["state", "confirmed_by", "confirmed_at", "upstream_digest"])
    detail = f"{state.label}: {_upstream(link).text}"
    tasks.note(task.pk, EventKind.LINK, by=by, detail=detail)
    return link


@transaction.atomic
def dispose(
    plan: Plan,
    *,
    by: User,
    kind: str,
    reason: str,
    section: Section | None = None,
    shortcoming: Shortcoming | None = None,
) -> Disposition:
    """Say what becomes of a numbered item or a shortcoming that no task takes up; replaces an earlier word."""
    permissions.check_set_up(by, plan)
    if kind not in DispositionKind.values:
        raise InvalidInput(_("Choose what becomes of it."), field="kind")
    if not reason.strip():
        raise InvalidInput(_("Give the reason."), field="reason")
    refuse_marks({"reason": reason}, by=by)
    report_id = section.part.report_id if section else shortcoming.part.report_id if shortcoming else None
    if report_id != plan.report_id:
        raise MoveRefused(_("These words belong to another report than the plan's."))
    disposition, _created = Disposition.objects.update_or_create(
        plan=plan,
        section=section,
        shortcoming=shortcoming,
        defaults={"kind": kind, "reason": reason.strip(), "by": by, "at": clock.now()},
    )
    return disposition
