"""What the forms for reporting show beside their fields: light ahead, readings, evidence, source, last words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from tracker import clock, lights, wording
from tracker.enums import ContributionState, EventKind, Light, Verdict
from tracker.models import (
    ContributionRequest,
    Evidence,
    EvidenceUse,
    Indicator,
    Milestone,
    Reading,
    Task,
    TaskEvent,
    User,
)
from tracker.presenters.notices import open_demands
from tracker.presenters.rows import Row, task_row
from tracker.presenters.source import source_of
from tracker.presenters.task_tables import VERDICT_TAGS, number
from tracker.services import evidence, task_lights, tasks

OFFERED = 100
FOLDED = 8
TOLD = 5


def indicators_of(task: Task) -> Sequence[Indicator]:
    """The task's indicators with `last_value`, fetched once."""
    readings = Reading.objects.filter(indicator=OuterRef("pk")).order_by("-on")
    rows = Indicator.objects.annotate(last_value=Subquery(readings.values("value")[:1]))
    prefetch_related_objects([task], Prefetch("indicators", rows.order_by("pk")))
    return list(task.indicators.all())


def open_steps(task: Task) -> list[Milestone]:
    """The milestones not met yet, fetched once."""
    prefetch_related_objects([task], "milestones")
    return [step for step in task.milestones.all() if step.met_on is None]


def page(task: Task, user: User) -> dict[str, Any]:
    """What stands beside both forms: source sentence, criteria, the last report, what was returned."""
    events = TaskEvent.objects.visible_to(user).filter(task=task).order_by("-sequence")
    last = events.filter(kind=EventKind.REPORT).first()
    return {
        "task": task,
        "month": wording.month(task.plan.cutoff(clock.today())),
        "source": source_of(task),
        "criteria": [line.strip() for line in task.criteria.splitlines() if line.strip()],
        "last": _last(task, last) if last else None,
        "demanded": open_demands(task, clock.today()) if user.unit_id == task.lead_unit_id else [],
        "returned": _returned(events.filter(kind=EventKind.RETURN).first()) if task.returned else None,
    }


def _last(task: Task, event: TaskEvent) -> dict[str, str]:
    later = task.last_report_on is not None and task.last_report_on > event.on
    return {
        "on": wording.date_in_year(event.on, task),
        "summary": event.summary,
        "problems": event.problems,
        "next_steps": event.next_steps,
        "unchanged": wording.date_in_year(task.last_report_on, task) if later else "",
    }


def _returned(event: TaskEvent | None) -> dict[str, str] | None:
    if event is None:
        return None
    return {
        "reason": event.reason,
        "by": f"{event.unit_label} {event.by_label}",
        "at": wording.moment(event.at),
    }


def milestones(task: Task, form: Any, ticked: Collection[str]) -> list[dict[str, Any]]:
    """The open milestones, which this report may mark as met."""
    return [
        {
            "pk": step.pk,
            "due": wording.date_in_year(step.due_on, task),
            "title": step.title,
            "share": "" if step.share is None else _("%(share)d%% due") % {"share": step.share},
            "ticked": str(step.pk) in ticked,
            "met_on": form[f"met_on_{step.pk}"] if f"met_on_{step.pk}" in form.fields else None,
            "met_words": form[f"met_words_{step.pk}"] if f"met_words_{step.pk}" in form.fields else None,
        }
        for step in open_steps(task)
    ]


def readings(task: Task, form: Any) -> list[dict[str, Any]]:
    """One row an indicator: what was typed, unit, last reading and target."""
    rows = []
    for indicator in indicators_of(task):
        name = f"reading_{indicator.pk}"
        facts = [
            indicator.unit,
            _("last %(value)s") % {"value": number(indicator.last_value)} if indicator.last_value is not None else "",
            _("target %(value)s") % {"value": number(indicator.target)} if indicator.target is not None else "",
        ]
        rows.append(
            {
                "name": name,
                "label": indicator.name,
                "value": form[name].value() or "" if name in form.fields else "",
                "errors": form.errors.get(name, ()),
                "facts": "　".join(fact for fact in facts if fact),
                "note": form[f"note_{indicator.pk}"] if _asks_for_note(form, indicator.pk) else None,
            }
        )
    return rows


def _asks_for_note(form: Any, pk: int) -> bool:
    """A word of explanation is asked for where a reading was not taken without one, or one was begun."""
    name = f"note_{pk}"
    return name in form.fields and bool(form[name].value() or form.errors.get(f"reading_{pk}"))


def contributions(task: Task, user: User) -> list[dict[str, str]]:
    """What supporting units have contributed since the lead unit last reported; `taken` are the words taken over."""
    if not task.lead_unit_id:
        return []
    events = TaskEvent.objects.visible_to(user).filter(task=task)
    own = events.filter(kind__in=[EventKind.REPORT, EventKind.SUBMIT]).order_by("-sequence").values("sequence")[:1]
    given = events.filter(kind=EventKind.CONTRIBUTE, sequence__gt=Coalesce(Subquery(own), 0)).order_by("sequence")
    return [
        {
            "pk": str(event.pk),
            "who": f"{event.unit_label} {event.by_label}",
            "when": wording.moment(event.at),
            "words": event.summary,
            "taken": _("(%(unit)s, %(who)s) %(words)s")
            % {"unit": event.unit_label, "who": event.by_label, "words": event.summary},
        }
        for event in given
    ]


def asked_of(task: Task, user: User) -> dict[str, str] | None:
    """What the lead unit asks of the person's unit and has no answer to."""
    rows = ContributionRequest.objects.visible_to(user).filter(task=task, unit=user.unit_id)
    found = rows.filter(state=ContributionState.ASKED).select_related("asked_by").first()
    if found is None:
        return None
    by = _("wanted by %(date)s") % {"date": wording.full_date(found.wanted_by)} if found.wanted_by else ""
    said = f"{found.asked_by}　{wording.moment(found.asked_at)}　{by}".strip()
    return {"words": found.words, "said": said}


def materials(task: Task, user: User, form: Any, ticked: Collection[str]) -> dict[str, Any]:
    """Evidence that is stored already: what the task uses, and what else the person's unit has in the plan.

    What `form` holds of the claims stands beside the items.
    """
    uses = EvidenceUse.objects.filter(task=task, evidence=OuterRef("pk"))
    found = (
        Evidence.objects.visible_to(user)
        .filter(plan=task.plan)
        .filter(Q(unit=user.unit_id) | Exists(uses))
        .annotate(verdict=Subquery(uses.values("verdict")[:1]), outdated=Exists(_newer()))
    )
    rows = [_material(item, form, ticked) for item in found.order_by("-deposited_at", "-pk")[:OFFERED]]
    used = [row for row in rows if row["used"]]
    free = [row for row in rows if not row["used"] and not row["outdated"]]
    first = sorted(free, key=lambda row: not row["ticked"])
    return {"used": used, "free": first[:FOLDED], "more": first[FOLDED:], "next_number": evidence.next_number(task)}


def _newer() -> Any:
    return Evidence.objects.filter(replaces=OuterRef("pk"))


def _material(item: Any, form: Any, ticked: Collection[str]) -> dict[str, Any]:
    used = item.verdict is not None and item.verdict != Verdict.WITHDRAWN
    claim = f"claim_{item.pk}"
    return {
        "pk": item.pk,
        "number": item.number,
        "title": item.title,
        "used": used,
        "outdated": item.outdated,
        "ticked": used or str(item.pk) in ticked,
        "claim": (form[claim].value() or "") if claim in form.fields else "",
        "errors": form.errors.get(claim, ()),
        "tag": VERDICT_TAGS.get(item.verdict, "") if used else "",
        "label": Verdict(item.verdict).label if used else "",
    }


@dataclass(frozen=True)
class Forecast:
    """The light after sending. `bar` has the points of its pieces; without a progress it is the light now."""

    light: wording.ShownLight
    words: str
    bar: dict[str, Any]


def hint(task: Task) -> str:
    """What to compare the progress with."""
    open_steps(task)  # the schedule runs through them
    return _("Estimated against the criteria, 0 to 100. Last %(last)d, scheduled %(scheduled)d.") % {
        "last": task.progress,
        "scheduled": task_lights.scheduled_of(task, clock.today()) or 0,
    }


def forecast(task: Task, progress: int | None, met: Collection[str] = ()) -> Forecast:
    """The light that `progress` would give if it were sent now, with the milestones `met` ticked."""
    on = clock.today()
    missed = any(step.due_on < on and str(step.pk) not in met for step in open_steps(task))
    before = lights.LIGHT_OF[task_lights.reason_of(task, on)]
    scheduled = task_lights.scheduled_of(task, on) or 0
    if progress is None:
        return Forecast(_named(before), _("as it is now"), _bar(task.progress, task.progress, scheduled, before))
    sent = {"progress": progress, "returned": False, "last_report_on": on, "milestone_missed": missed}
    after = lights.LIGHT_OF[task_lights.reason_of(task, on, **sent)]
    turn = _("from %(before)s to %(after)s") if before != after else _("still %(after)s")
    words = _("After sending: %(points)s, %(turn)s") % {
        "points": _points(scheduled - progress),
        "turn": turn % {"before": before.label, "after": after.label},
    }
    return Forecast(_named(after), words, _bar(task.progress, progress, scheduled, after))


def _named(light: Light) -> wording.ShownLight:
    """The light without its short reason: the sentence beside it says more."""
    return wording.ShownLight(light.value, str(light.label), "")


def _points(behind: int) -> str:
    if behind == 0:
        return _("level with the schedule")
    words = _("%(points)d percentage points behind") if behind > 0 else _("%(points)d points ahead")
    return words % {"points": abs(behind)}


def _bar(last: int, progress: int, scheduled: int, light: Light) -> dict[str, Any]:
    return {
        "light": light.value,
        "kept": min(last, progress),
        "progress": progress,
        "gained": max(progress - last, 0),
        "scheduled": scheduled,
    }


@dataclass(frozen=True)
class Choice:
    """A field that two people wrote differently; `theirs_picked` as it was ticked last."""

    name: str
    label: Any
    theirs: str
    mine: str
    theirs_picked: bool


@dataclass(frozen=True)
class Conflict:
    """What others did after the page was opened: lines of what, and the fields to choose from."""

    title: str
    lines: tuple[str, ...]
    who: str
    choices: tuple[Choice, ...]


def events_since(task: Task, user: User, version: int) -> list[TaskEvent]:
    """What moved the task on from `version`, newest first: at most the latest few lines."""
    moved = min(max(task.version - version, 1), TOLD)
    seen = TaskEvent.objects.visible_to(user).filter(task=task).exclude(kind__in=tasks.BESIDE)
    return list(seen.order_by("-sequence")[:moved])


def conflict(task: Task, events: Sequence[TaskEvent], mine: dict[str, tuple[Any, str]]) -> Conflict:
    """`mine` is {field: (label, what was typed)} of the fields that a report of somebody else may hold too."""
    report = next((event for event in events if event.kind == EventKind.REPORT), None)
    theirs = {name: str(getattr(report, name)) if report else "" for name in mine}
    return Conflict(
        title=_conflict_title(task, events),
        lines=tuple(
            _("%(date)s　%(who)s　%(kind)s")
            % {"date": wording.moment(event.at), "who": event.by_label, "kind": event.get_kind_display()}
            for event in ([] if list(events) == [report] else events)
        ),
        who=report.by_label if report else "",
        choices=tuple(
            Choice(name, label, theirs[name], typed, theirs_picked=False)
            for name, (label, typed) in mine.items()
            if report is not None and theirs[name] != typed.strip()
        ),
    )


def chosen(task: Task, theirs: dict[str, str], mine: dict[str, tuple[Any, str]], picked: Collection[str]) -> Conflict:
    """The choice between two versions as it was made before."""
    return Conflict(
        title=_("Two versions of %(code)s") % {"code": task.code},
        lines=(),
        who=_("The other version"),
        choices=tuple(
            Choice(name, label, theirs[name], typed, theirs_picked=name in picked)
            for name, (label, typed) in mine.items()
        ),
    )


def _conflict_title(task: Task, events: Sequence[TaskEvent]) -> str:
    if not events:
        return _("%(code)s was changed after you opened it") % {"code": task.code}
    return _("%(who)s updated %(code)s on %(date)s, after you opened it") % {
        "who": events[0].by_label,
        "code": task.code,
        "date": wording.moment(events[0].at),
    }


def unchanged_row(task: Task) -> Row:
    """The task as a row of the home page, whose light has to be reckoned anew after an act."""
    on = clock.today()
    open_steps(task)
    task.light_reason, task.scheduled = task_lights.reason_of(task, on), task_lights.scheduled_of(task, on)
    return task_row(task, on, report_url=reverse("report_progress", args=[task.pk]))
