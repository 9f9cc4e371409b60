"""One shortcoming with everything that hangs on it: causes, tasks, proof, figures of both years, the judgement."""

import datetime
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _

from tracker import clock, permissions, wording
from tracker.enums import LinkState, Verdict
from tracker.models import EvidenceUse, Indicator, Plan, Shortcoming, ShortcomingJudgement, ShortcomingLink, Task, User
from tracker.presenters.links import actions_on
from tracker.presenters.report_notes import shortcoming_name
from tracker.presenters.rows import task_row
from tracker.presenters.task_tables import VERDICT_TAGS, number, troubles
from tracker.services import trace


def page(plan: Plan, shortcoming: Shortcoming, user: User) -> dict[str, Any]:
    """The context of the page; the same number of statements however much hangs on it."""
    on = clock.today()
    links = list(
        ShortcomingLink.objects.visible_to(user)
        .standing()
        .filter(shortcoming=shortcoming, task__plan=plan)
        .select_related("confirmed_by")
        .order_by("task__area__number", "task__serial")
    )
    tasks = _tasks(plan, [link.task_id for link in links], user, on)
    uses = [use for link in links if link.task_id in tasks for use in tasks[link.task_id].evidence_uses.all()]
    for link in links:
        link.shortcoming = shortcoming
    judgement, may_judge = _judgement(plan, shortcoming), permissions.can_set_up(user, plan)
    return {
        "name": shortcoming_name(shortcoming.number),
        "words": wording.full_width(shortcoming.text),
        "causes": [
            {"words": wording.full_width(cause.text), "guessed": cause.paired_by_position}
            for cause in shortcoming.causes.all()
        ],
        "rows": [_row(link, tasks[link.task_id], on, may_judge) for link in links if link.task_id in tasks],
        "link_url": reverse("link_shortcoming", args=[plan.pk, shortcoming.pk]) if may_judge else "",
        "proof": [_proof(use, on) for use in uses],
        "figures": [_figure(indicator, task) for task in tasks.values() for indicator in task.indicators.all()],
        "judgement": _judged(judgement, user) if judgement else None,
        "earlier": _earlier(judgement) if judgement else [],
        "may_judge": may_judge,
        "report_url": f"{reverse('living_report', args=[plan.pk])}#shortcoming-{shortcoming.pk}",
        "trace_url": f"{reverse('trace', args=[plan.pk])}?focus=shortcoming-{shortcoming.pk}",
    }


def options(plan: Plan, shortcoming: Shortcoming, user: User) -> list[tuple[int, str]]:
    """(key, words) of the accepted evidence that a judgement may rest on, as far as `user` may see it."""
    on = clock.today()
    items = trace.proof_of(plan, shortcoming).filter(pk__in=_visible_items(plan, user)).select_related("address_check")
    return [(item.pk, " ".join([str(item), item.document_number, *troubles(item, on)])) for item in items]


def _visible_items(plan: Plan, user: User) -> Any:
    return EvidenceUse.objects.visible_to(user).filter(task__plan=plan).values("evidence")


def _tasks(plan: Plan, keys: list[int], user: User, on: datetime.date) -> dict[int, Task]:
    uses = (
        EvidenceUse.objects.visible_to(user).current().exclude(verdict=Verdict.WITHDRAWN).order_by("evidence__number")
    )
    found = Task.objects.visible_to(user).filter(pk__in=keys).with_light(plan, on).with_people()
    found = found.prefetch_related(
        Prefetch("evidence_uses", uses.select_related("evidence__address_check", "judged_by")),
        Prefetch("indicators", Indicator.objects.select_related("figure").prefetch_related("readings__by")),
    )
    tasks = {task.pk: task for task in found}
    for task in tasks.values():
        task.plan = plan
    return tasks


def _row(link: ShortcomingLink, task: Task, on: datetime.date, may_settle: bool) -> dict[str, Any]:
    settled, suspect = "", trace.is_suspect(link)
    if link.confirmed_at is not None:
        words = {"who": link.confirmed_by, "date": wording.moment(link.confirmed_at)}
        settled = _("%(who)s on %(date)s") % words
    return {
        "task": task_row(task, on),
        "status": task.get_status_display(),
        "unit": str(task.lead_unit or task.proposed_lead_unit or ""),
        "kind": f"{link.get_strength_display()}　{_('suspect') if suspect else link.get_state_display()}",
        "words": f"{task.code} {task.title}",
        "open": "open" if suspect or link.state == LinkState.PROPOSED else "",
        **(actions_on("shortcoming", link.pk) if may_settle else {}),
        "rationale": link.rationale,
        "settled": settled,
    }


def _proof(use: EvidenceUse, on: datetime.date) -> dict[str, Any]:
    item = use.evidence
    words = {"who": use.judged_by, "date": wording.moment(use.judged_at) if use.judged_at else ""}
    return {
        "number": item.number,
        "title": item.title,
        "document_number": item.document_number,
        "dated": wording.full_date(item.dated_on),
        "url": item.get_absolute_url(),
        "code": use.task.code,
        "verdict": use.get_verdict_display(),
        "tag": VERDICT_TAGS.get(Verdict(use.verdict), ""),
        "judged": _("%(who)s on %(date)s") % words if use.judged_at else "",
        "troubles": troubles(item, on),
    }


def _figure(indicator: Indicator, task: Task) -> dict[str, str]:
    """Last year's figure beside this year's latest reading."""
    readings = list(indicator.readings.all())
    last = readings[-1] if readings else None
    read = {"date": wording.full_date(last.on), "who": last.by} if last else {}
    return {
        "code": task.code,
        "url": task.get_absolute_url(),
        "name": indicator.name,
        "unit": indicator.unit,
        "baseline": number(indicator.baseline),
        "quote": wording.full_width(indicator.figure.quote) if indicator.figure else "",
        "latest": number(last.value) if last else "",
        "read": _("%(who)s on %(date)s") % read if last else "",
        "target": number(indicator.target) or indicator.get_direction_display(),
    }


def _judgement(plan: Plan, shortcoming: Shortcoming) -> ShortcomingJudgement | None:
    found: ShortcomingJudgement | None = (
        plan.judgements.filter(shortcoming=shortcoming)
        .select_related("by")
        .prefetch_related("evidence__address_check")
        .first()
    )
    return found


def _judged(judgement: ShortcomingJudgement, user: User) -> dict[str, Any]:
    seen = set(_visible_items(judgement.plan, user).values_list("evidence", flat=True))
    words = {"who": judgement.by, "date": wording.moment(judgement.at)}
    items = [item for item in judgement.evidence.all() if item.pk in seen]
    return {
        "verdict": judgement.get_verdict_display(),
        "grounds": judgement.grounds,
        "said": _("%(who)s on %(date)s") % words,
        "items": [
            {
                "words": str(item),
                "number": item.document_number,
                "url": item.get_absolute_url(),
                "troubles": troubles(item, clock.today()),
            }
            for item in items
        ],
    }


def _earlier(judgement: ShortcomingJudgement) -> list[dict[str, str]]:
    """What was said before, newest first."""
    found: dict[datetime.datetime, dict[str, str]] = {}
    for row in judgement.history.exclude(at=judgement.at).select_related("by").order_by("-at"):
        words = {"who": row.by, "date": wording.moment(row.at)}
        line = {"verdict": row.get_verdict_display(), "grounds": row.grounds, "said": _("%(who)s on %(date)s") % words}
        found.setdefault(row.at, line)
    return list(found.values())
