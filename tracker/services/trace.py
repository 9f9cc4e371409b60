"""Links to last year's measures and shortcomings, and dispositions of what no task takes up."""

import hashlib
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tracker import clock, permissions
from tracker.enums import DispositionKind, EventKind, JudgementVerdict, LinkExtent, LinkState, Strength, Verdict
from tracker.exceptions import InvalidInput, MoveRefused
from tracker.models import (
    Disposition,
    Evidence,
    EvidenceUse,
    Measure,
    MeasureLink,
    Plan,
    Section,
    Shortcoming,
    ShortcomingJudgement,
    ShortcomingLink,
    Task,
    User,
)
from tracker.services import history, plans, tasks
from tracker.services.secrecy import refuse_marks
from tracker.texts import enumeration, key_of

AnyLink = MeasureLink | ShortcomingLink
RATIONALE_LENGTH = MeasureLink._meta.get_field("rationale").max_length or 0


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
    presumed: bool = False,
) -> AnyLink:
    """Add a link that counts only once someone confirms it; `presumed` when the import finds it, and nobody says it."""
    permissions.check_set_up(by, task.plan)
    _refuse_unsaid(strength, rationale, extent)
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
    codes = {} if presumed else {"link": LinkState.PROPOSED}
    history.append(task, EventKind.LINK, by=by, before=history.state_of(task), detail=detail, codes=codes)
    return link


@transaction.atomic
def link(
    task_id: int,
    upstream: Measure | Shortcoming,
    *,
    by: User,
    strength: str,
    rationale: str,
    extent: str = LinkExtent.ITEM,
) -> AnyLink:
    """A link that someone makes knowingly: it counts at once. One that was proposed or dismissed is taken up again.

    Raises InvalidInput: words of another report, no rationale, or a link that counts already.
    """
    task = tasks.locked(task_id, None)
    known = _known(task, upstream)
    if known is not None and known.state == LinkState.CONFIRMED:
        raise InvalidInput(_("This link exists already."), field="target")
    if known is None:
        return confirm(propose(task, upstream, by=by, strength=strength, rationale=rationale, extent=extent), by=by)
    return edit(known, by=by, strength=strength, rationale=rationale, extent=extent)


def _known(task: Task, upstream: Measure | Shortcoming) -> AnyLink | None:
    if isinstance(upstream, Measure):
        return MeasureLink.objects.filter(task=task, measure=upstream).first()
    return ShortcomingLink.objects.filter(task=task, shortcoming=upstream).first()


@transaction.atomic
def edit(link: AnyLink, *, by: User, strength: str, rationale: str, extent: str = LinkExtent.ITEM) -> AnyLink:
    """Say otherwise how and why a task is linked; whoever does so confirms the link. Raises InvalidInput."""
    permissions.check_set_up(by, tasks.locked(link.task_id, None).plan)
    _refuse_unsaid(strength, rationale, extent)
    refuse_marks({"rationale": rationale}, by=by, task=link.task)
    link.strength, link.rationale = strength, rationale.strip()
    fields = ["strength", "rationale"]
    if isinstance(link, MeasureLink):
        link.extent = extent
        fields.append("extent")
    link.save(update_fields=fields)
    return confirm(link, by=by)


@transaction.atomic
def settle_all(plan: Plan, names: Iterable[str], *, by: User, verdict: str) -> int:
    """Confirm or dismiss several links at once, by name (measure-3, shortcoming-1); returns how many.

    All or none: raises InvalidInput for a name that is no link of the plan, when none is given, and for links whose
    words have changed since: those are looked at one by one.
    """
    permissions.check_set_up(by, plan)
    act = {"confirm": confirm, "dismiss": dismiss}.get(verdict)
    models: dict[str, Any] = {"measure": MeasureLink, "shortcoming": ShortcomingLink}
    links = []
    for name in dict.fromkeys(names):
        what, _dash, key = name.partition("-")
        rows = models[what].objects.filter(task__plan=plan) if what in models else MeasureLink.objects.none()
        rows = rows.select_related("task", what) if what in models else rows
        row = rows.filter(pk=key_of(key)).first()
        if row is None:
            raise InvalidInput(_("One of the links is not there any more. Look at the list as it is now."))
        links.append(row)
    if not links or act is None:
        raise InvalidInput(_("Choose the links first."))
    doubtful = [row.task.code for row in links if is_suspect(row)]
    if doubtful:
        words = _("The words of these links have changed; look at each of them by itself: %(codes)s.")
        raise InvalidInput(words % {"codes": enumeration(dict.fromkeys(doubtful))})
    for row in sorted(links, key=lambda row: row.task_id):
        act(row, by=by)
    return len(links)


def _refuse_unsaid(strength: str, rationale: str, extent: str) -> None:
    if strength not in Strength.values or extent not in LinkExtent.values:
        raise InvalidInput(_("This strength is not known."), field="strength")
    if not rationale.strip():
        raise InvalidInput(_("Say why the task is linked to these words."), field="rationale")
    if len(rationale.strip()) > RATIONALE_LENGTH:
        raise InvalidInput(
            _("The rationale is too long: at most %(most)d characters.") % {"most": RATIONALE_LENGTH},
            field="rationale",
        )


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
    suspect = is_suspect(link)
    link.state, link.confirmed_by, link.confirmed_at = state, by, clock.now()
    link.upstream_digest = digest_of(_upstream(link).text)
    link.save(update_fields=["state", "confirmed_by", "confirmed_at", "upstream_digest"])
    detail = f"{state.label}: {_upstream(link).text}"
    if suspect:
        detail = _("%(said)s (the words had changed; suspicion cleared)") % {"said": detail}
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
    plans.hold(plan)
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


def proof_of(plan: Plan, shortcoming: Shortcoming) -> Any:
    """The evidence that was accepted for the tasks that answer a shortcoming by a confirmed link (a queryset)."""
    uses = EvidenceUse.objects.current().filter(
        verdict=Verdict.ACCEPTED,
        task__shortcoming_links__shortcoming=shortcoming,
        task__shortcoming_links__state=LinkState.CONFIRMED,
    )
    return Evidence.objects.filter(plan=plan, pk__in=uses.values("evidence"))


@transaction.atomic
def judge(
    plan: Plan, shortcoming: Shortcoming, *, by: User, verdict: str, grounds: str, evidence: Iterable[int] = ()
) -> ShortcomingJudgement:
    """Say what became of a shortcoming, on which grounds; replaces an earlier judgement, which the history keeps.

    Raises InvalidInput where grounds are missing, where it is called eased without accepted evidence that has not
    expired, and for evidence that was not accepted for a task that answers the shortcoming.
    """
    plans.hold(plan)
    permissions.check_set_up(by, plan)
    if shortcoming.part.report_id != plan.report_id:
        raise MoveRefused(_("These words belong to another report than the plan's."))
    if verdict not in JudgementVerdict.values:
        raise InvalidInput(_("Choose what became of the shortcoming."), field="verdict")
    text = grounds.strip()
    if not text:
        raise InvalidInput(_("Give the grounds."), field="grounds")
    refuse_marks({"grounds": text}, by=by)
    keys = set(evidence)
    items = list(proof_of(plan, shortcoming).filter(pk__in=keys))
    if len(items) != len(keys):
        words = _("One of the items is not accepted for a task that answers this shortcoming.")
        raise InvalidInput(words, field="evidence")
    today = clock.today()
    if verdict != JudgementVerdict.NOT_EASED and not any(not item.expired(today) for item in items):
        raise InvalidInput(_("That it is eased must rest on accepted evidence that has not expired."), field="evidence")
    judgement = ShortcomingJudgement.objects.filter(plan=plan, shortcoming=shortcoming).first()
    judgement = judgement or ShortcomingJudgement(plan=plan, shortcoming=shortcoming)
    judgement.verdict, judgement.grounds, judgement.by, judgement.at = verdict, text, by, clock.now()
    judgement.save()
    judgement.evidence.set(items)
    return judgement
