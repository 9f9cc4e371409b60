"""The demonstration: sample accounts and a sample year, made through the same services as everything else.

The story is a data file (`demonstration.toml`); every event is played at its own moment, in order of time, so
that history looks as it would have.
"""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tracker import clock
from tracker.enums import LinkState, RequestState, Status, Strength, Verdict
from tracker.exceptions import DatasetError, Refusal
from tracker.fetching import Look
from tracker.fetching import Outcome as LookOutcome
from tracker.models import EvidenceUse, Figure, Plan, Shortcoming, Task, Unit, User
from tracker.services import (
    contributions,
    evidence,
    imports,
    indicators,
    link_checks,
    requests,
    tasks,
    trace,
)
from tracker.services.imports import Outcome, read_toml

STORY = "demonstration.toml"
CONFIRMED_BY = "reviewer"


@transaction.atomic
def load(folder: Path) -> Outcome:
    """Load the plan of the folder at the moment that the story says. Raises as `imports.load_dataset`."""
    with clock.at(timezone.make_aware(read_toml(folder / STORY)["loaded_at"])):
        return imports.load_dataset(folder)


@transaction.atomic
def play(folder: Path, plan: Plan, *, password: str) -> list[User]:
    """Make the accounts and play the story; returns the accounts, newly made or not.

    Raises DatasetError naming task and moment when an event is refused; then nothing is stored. A plan whose
    tasks have been confirmed already is left as it is.
    """
    story = read_toml(folder / STORY)
    people = [_account(entry, password) for entry in story["person"]]
    if Task.objects.filter(plan=plan).exclude(status=Status.UNCONFIRMED).exists():
        return people
    events = [(event["on"], entry, event) for entry in story["task"] for event in entry.get("events", [])]
    for moment, entry, event in sorted(events, key=lambda item: item[0]):
        _play_event(plan, moment, entry, event)
    return people


def _account(entry: dict[str, Any], password: str) -> User:
    unit = Unit.objects.filter(code=entry["unit"]).first()
    if unit is None:
        raise DatasetError(_("Account %(username)s: the unit %(unit)s is not known.") % entry)
    person, created = User.objects.get_or_create(
        username=entry["username"],
        defaults={"display_name": entry["display_name"], "unit": unit, "role": entry["role"]},
    )
    if created:
        person.is_staff = person.is_superuser = entry["role"] == "administrator"
        person.set_password(password)
        person.save()
    return person


def _play_event(plan: Plan, moment: datetime.datetime, entry: dict[str, Any], event: dict[str, Any]) -> None:
    task = Task.objects.get(plan=plan, code=entry["code"])
    aware = timezone.make_aware(moment) if timezone.is_naive(moment) else moment
    with clock.at(aware):
        try:
            PLAYERS[event["kind"]](task, entry, event)
        except Refusal as refusal:
            raise DatasetError(f"{entry['code']} {moment}: {event['kind']}: {refusal}") from refusal


def _person(username: str) -> User:
    return User.objects.select_related("unit").get(username=username)


def _confirm(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    by, owner = _person(event.get("by", CONFIRMED_BY)), _person(entry["owner"])
    steps = [
        {name: step[name] for name in ("title", "due_on", "share") if name in step}
        for step in entry.get("milestones", [])
    ]
    tasks.confirm(
        task.pk,
        by=by,
        lead_unit=owner.unit,
        owner=owner,
        starts_on=entry["starts_on"],
        due_on=entry["due_on"],
        due_basis=entry["due_basis"],
        criteria="\n".join(entry["criteria"]),
        nature=entry.get("nature") or task.nature,
        accountable_leader=entry.get("accountable_leader", ""),
    )
    if steps:
        tasks.set_milestones(task.pk, by=by, steps=steps)
    for links in (task.measure_links, task.shortcoming_links):
        for link in links.filter(strength=Strength.DIRECT, state=LinkState.PROPOSED):
            trace.confirm(link, by=by)
    for indicator in entry.get("indicators", []):
        figure = _figure(task, indicator.get("figure", ""))
        indicators.add(
            task.pk,
            by=by,
            name=indicator["name"],
            direction=indicator["direction"],
            unit=indicator.get("unit", ""),
            figure=figure,
            target=indicator.get("target"),
        )


def _figure(task: Task, words: str) -> Figure | None:
    """The first figure inside `words` of the plan's report. Raises DatasetError when there is none."""
    if not words:
        return None
    start = task.plan.report.text.find(words)
    inside = Figure.objects.filter(report=task.plan.report_id, start__gte=start, end__lte=start + len(words))
    found = inside.order_by("start").first() if start >= 0 else None
    if found is None:
        raise DatasetError(
            _("%(code)s: the report has no figure in “%(words)s”.") % {"code": task.code, "words": words}
        )
    return found


def _report(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    by = _person(event["by"])
    said = {
        step["title"]: tasks.Met(step["met_on"], step.get("met_words", ""))
        for step in entry.get("milestones", [])
        if step.get("met_on", datetime.date.max) <= clock.today()
    }
    waiting = task.milestones.filter(title__in=said, met_on__isnull=True)
    tasks.report(
        task.pk,
        by=by,
        progress=event["progress"],
        summary=event["summary"],
        problems=event.get("problems", ""),
        next_steps=event.get("next_steps", ""),
        milestones_met={step.pk: said[step.title] for step in waiting},
    )
    for indicator in entry.get("indicators", []):
        row = task.indicators.get(name=indicator["name"])
        for reading in indicator.get("readings", []):
            if reading["on"] <= clock.today() and not row.readings.filter(on=reading["on"]).exists():
                indicators.read(row.pk, by=by, value=reading["value"], on=reading["on"], note=reading.get("note", ""))


def _no_change(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    tasks.report_no_change(task.pk, by=_person(event["by"]), reason=event.get("reason", ""))


def _evidence(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    evidence.deposit(
        task.pk,
        by=_person(event["by"]),
        claim=event.get("claim", ""),
        kind=event["evidence_kind"],
        title=event["title"],
        document_number=event.get("document_number", ""),
        issuer=event.get("issuer", ""),
        dated_on=event["dated_on"],
        address=event.get("address", ""),
        place=event.get("place", ""),
        valid_until=event.get("valid_until"),
        disclosure=event["disclosure"],
        not_classified=True,
    )


def _judge(accepted: bool) -> Callable[[Task, dict[str, Any], dict[str, Any]], None]:
    def play_judgement(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
        uses = list(EvidenceUse.objects.filter(task=task).order_by("evidence__number"))
        evidence.judge(
            uses[event.get("evidence", 1) - 1].pk,
            by=_person(event["by"]),
            authentic=True,
            timely=accepted,
            relevant=True,
            reason=event.get("reason", ""),
        )

    return play_judgement


def _submit(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    tasks.submit(task.pk, by=_person(event["by"]), summary=event["summary"])


def _sign(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    tasks.sign(task.pk, by=_person(event["by"]))


def _return(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    tasks.send_back(task.pk, by=_person(event["by"]), reason=event["reason"])


def _withdraw(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    tasks.withdraw(task.pk, by=_person(event["by"]), reason=event["reason"])


def _approve(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    tasks.approve(task.pk, by=_person(event["by"]), remark=event.get("reason", ""))


def _ask_change(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    changes = {name: str(value) for name, value in event.get("changes", {}).items()}
    words = {"reason": event["reason"], "progress_note": event.get("progress_note", "")}
    requests.ask(task.pk, by=_person(event["by"]), kind=event["request"], changes=changes, **words)


def _decide(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    row = task.requests.get(state=RequestState.OPEN)
    names = ("note", "approving_body", "basis_document")
    words = {name: event[name] for name in names if name in event}
    requests.decide(row.pk, by=_person(event["by"]), approved=event["approved"], **words)


def _ask_contribution(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    unit = Unit.objects.get(code=event["unit"])
    words = {"words": event["words"], "wanted_by": event.get("wanted_by")}
    contributions.ask(task.pk, by=_person(event["by"]), unit=unit, **words)


def _contribute(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    tasks.contribute(task.pk, by=_person(event["by"]), summary=event["summary"])


def _look(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    """What a run of `check_links` found; the addresses of the story do not exist."""
    use = EvidenceUse.objects.filter(task=task).select_related("evidence").order_by("evidence__number")
    found = use[event.get("evidence", 1) - 1]
    seen = Look(LookOutcome(event["outcome"]), event.get("status"), found.evidence.address, event.get("digest", ""))
    link_checks.record(link_checks.Found((found.evidence_id,), seen))


def _judge_shortcoming(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    """On the accepted evidence of this task."""
    shortcoming = Shortcoming.objects.get(part__report=task.plan.report_id, number=event["shortcoming"])
    items = EvidenceUse.objects.filter(task=task, verdict=Verdict.ACCEPTED).values_list("evidence", flat=True)
    words = {"verdict": event["verdict"], "grounds": event["grounds"]}
    trace.judge(task.plan, shortcoming, by=_person(event["by"]), evidence=items, **words)


def _raise_light(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    tasks.raise_light(task.pk, by=_person(event["by"]), light=event["light"], reason=event["reason"])


PLAYERS: dict[str, Callable[[Task, dict[str, Any], dict[str, Any]], None]] = {
    "confirm": _confirm,
    "report": _report,
    "no_change": _no_change,
    "evidence": _evidence,
    "accept": _judge(accepted=True),
    "reject": _judge(accepted=False),
    "submit": _submit,
    "sign": _sign,
    "return": _return,
    "withdraw": _withdraw,
    "approve": _approve,
    "raise_light": _raise_light,
    "ask_change": _ask_change,
    "decide": _decide,
    "ask_contribution": _ask_contribution,
    "contribute": _contribute,
    "look": _look,
    "judge_shortcoming": _judge_shortcoming,
}
