"""One shortcoming with everything that hangs on it: causes, tasks, proof, figures of both years, the judgement."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tracker import clock, permissions, wording
from tracker.enums import EventKind, LinkState, Move, Status, Verdict
from tracker.models import (
    Evidence,
    EvidenceUse,
    Indicator,
    Plan,
    Shortcoming,
    ShortcomingJudgement,
    ShortcomingLink,
    Task,
    TaskEvent,
    User,
)
from tracker.presenters.links import actions_on
from tracker.presenters.report_notes import shortcoming_name
from tracker.presenters.rows import lacks, task_row
from tracker.presenters.task_tables import VERDICT_TAGS, number, troubles
from tracker.presenters.trace import WITHOUT_EVIDENCE, expired_words
from tracker.services import trace
from tracker.texts import enumeration


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
    judged = _judged(judgement, user) if judgement else None
    said = _proposers([link for link in links if link.state == LinkState.PROPOSED], user)
    links = [link for link in links if link.task_id in tasks]
    gaps = _Gaps(plan, shortcoming, user, on, may_judge)
    return {
        "missing": [
            *gaps.of_thread(links, judgement),
            *gaps.of_tasks(links, tasks, said),
            *gaps.of_items(uses, judged),
        ],
        "name": shortcoming_name(shortcoming.number),
        "words": wording.full_width(shortcoming.text),
        "causes": [
            {"words": wording.full_width(cause.text), "guessed": cause.paired_by_position}
            for cause in shortcoming.causes.all()
        ],
        "rows": [_row(link, tasks[link.task_id], on, may_judge, said.get(link.pk, "")) for link in links],
        "link_url": reverse("link_shortcoming", args=[plan.pk, shortcoming.pk]) if may_judge else "",
        "proof": [_proof(use, on) for use in uses],
        "figures": [_figure(indicator, task) for task in tasks.values() for indicator in task.indicators.all()],
        "figures_url": reverse("figures", args=[plan.pk]),
        "report_year": shortcoming.part.report.year,
        "judgement": judged,
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
    found = found.with_support_of(user).prefetch_related(
        Prefetch("evidence_uses", uses.select_related("evidence__address_check", "judged_by")),
        Prefetch("indicators", Indicator.objects.select_related("figure").prefetch_related("readings__by")),
    )
    tasks = {task.pk: task for task in found}
    for task in tasks.values():
        task.plan = plan
    return tasks


def _proposers(links: Sequence[ShortcomingLink], user: User) -> dict[int, str]:
    """{proposed link: by whom}, from the first line of history that keeps it; the import where nobody said it."""
    said = {link.pk: _("presumed by the import") for link in links}
    if not said:
        return said
    rows = TaskEvent.objects.visible_to(user).filter(kind=EventKind.LINK, task__in=[link.task_id for link in links])
    for who, at, changes, holdings in rows.order_by("-sequence").values_list("by_label", "at", "changes", "holdings"):
        for kept in holdings.get("links", ()):
            if kept["what"] == "shortcoming" and kept["id"] in said:
                words = _("proposed by %(who)s on %(date)s") % {"who": who, "date": wording.moment(at)}
                said[kept["id"]] = words if "link" in changes else _("presumed by the import")
    return said


class _Gaps:
    """What is missing on the thread, each place with where it is mended by those who may, else looked at."""

    def __init__(self, plan: Plan, shortcoming: Shortcoming, user: User, on: datetime.date, may_settle: bool) -> None:
        self.plan, self.shortcoming, self.user, self.on, self.may_settle = plan, shortcoming, user, on, may_settle
        self.report_url = f"{reverse('living_report', args=[plan.pk])}#shortcoming-{shortcoming.pk}"
        self.back = urlencode({"next": reverse("shortcoming", args=[plan.pk, shortcoming.pk])})

    def of_thread(
        self, links: Sequence[ShortcomingLink], judgement: ShortcomingJudgement | None
    ) -> Iterator[dict[str, str]]:
        """No task, no judgement, causes that are only presumed to belong here."""
        if not links and not self.plan.dispositions.filter(shortcoming=self.shortcoming).exists():
            url = reverse("link_shortcoming", args=[self.plan.pk, self.shortcoming.pk])
            yield self._either(_("No task answers it."), "", f"{url}?{self.back}", _("Add a link"), self.report_url)
        if judgement is None and self.on > self.plan.ends_on:
            yield self._either(_("not judged yet"), "", "#judgement", _("Judge it"), "#judgement")
        for cause in self.shortcoming.causes.all():
            if cause.paired_by_position:
                words = wording.full_width(cause.text)
                yield _gap(_("cause paired by position only"), words, self.report_url, _("Look at it"))

    def of_tasks(
        self, links: Sequence[ShortcomingLink], tasks: Mapping[int, Task], said: Mapping[int, str]
    ) -> Iterator[dict[str, str]]:
        """Links to settle, then what the tasks lack; a cancelled task lacks nothing."""
        for link in links:
            task = tasks[link.task_id]
            if task.status == Status.CANCELLED:
                continue
            yield from self._link(link, task, said.get(link.pk, ""))
            if found := lacks(task):
                may_confirm = self.may_settle and task.status == Status.UNCONFIRMED
                url = reverse("move", args=[task.pk, Move.CONFIRM.value]) if may_confirm else task.get_absolute_url()
                act = pgettext("a task", "Confirm it") if may_confirm else _("See the task")
                yield _gap(enumeration(found), str(task), url, act)
            yield from self._evidence(task)

    def _link(self, link: ShortcomingLink, task: Task, said: str) -> Iterator[dict[str, str]]:
        suspect = trace.is_suspect(link)
        if not suspect and link.state != LinkState.PROPOSED:
            return
        head = _("suspect link: the words have changed since") if suspect else _("link that nobody has confirmed")
        act, seen = pgettext("a link", "Settle it"), f"{task.get_absolute_url()}#upstream"
        url = f"{reverse('edit_shortcoming_link', args=[link.pk])}?{self.back}"
        yield self._either(head, str(task), url, act, seen, said)

    def _evidence(self, task: Task) -> Iterator[dict[str, str]]:
        uses = [use for use in task.evidence_uses.all() if use.verdict != Verdict.REJECTED]
        if task.status in WITHOUT_EVIDENCE or not all(use.evidence.expired(self.on) for use in uses):
            return
        # As on the trace, asked of the person's own tasks alone.
        own = task.supported or task.lead_unit_id == self.user.unit_id
        may_add = own and permissions.can_add_evidence(self.user, task)
        url = reverse("evidence_new", args=[task.pk]) if may_add else f"{task.get_absolute_url()}#evidence"
        act = _("Add evidence") if may_add else _("See the task")
        yield _gap(_("task without evidence"), str(task), url, act, expired_words(len(uses)))

    def of_items(self, uses: Sequence[EvidenceUse], judged: dict[str, Any] | None) -> Iterator[dict[str, str]]:
        """Evidence that is in trouble, and whether the judgement rests on it; each item once."""
        resting = {row["item"].pk: row["item"] for row in judged["items"]} if judged else {}
        given = {use.evidence_id: use.evidence for use in uses if use.verdict != Verdict.REJECTED}
        items: dict[int, Evidence] = given | resting
        for item in items.values():
            if found := troubles(item, self.on):
                note = _("the judgement rests on it") if item.pk in resting else ""
                head = _("evidence: %(troubles)s") % {"troubles": enumeration(found)}
                yield _gap(head, str(item), item.get_absolute_url(), _("See the item"), note)

    def _either(self, head: str, words: str, url: str, act: str, seen: str, note: str = "") -> dict[str, str]:
        """`url` and `act` for those who may, `seen` to look at for the others."""
        return _gap(head, words, url, act, note) if self.may_settle else _gap(head, words, seen, _("Look at it"), note)


def _gap(head: str, words: str, url: str, act: str, note: str = "") -> dict[str, str]:
    return {"head": head, "words": words, "note": note, "url": url, "act": act}


def _row(link: ShortcomingLink, task: Task, on: datetime.date, may_settle: bool, said: str) -> dict[str, Any]:
    settled, suspect = said, trace.is_suspect(link)
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
                "item": item,
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
