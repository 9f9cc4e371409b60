"""The demonstration: sample accounts and a sample year, made through the same services as everything else.

The story stands in data files: `demonstration.toml` until the demonstration's day in September, `year_end.toml` from
there until the year is over. Every event is played at its own moment, in order of time, so that history looks as it
would have; a demonstration of an earlier day is played until that day.
"""

import datetime
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.core.mail import get_connection
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tracker import clock
from tracker.enums import LinkState, PartKind, RequestState, Status, Strength, Verdict
from tracker.exceptions import DatasetError, Refusal
from tracker.fetching import Look
from tracker.fetching import Outcome as LookOutcome
from tracker.models import (
    AnnualReport,
    Evidence,
    EvidenceUse,
    Figure,
    MeasureLink,
    Plan,
    Section,
    Shortcoming,
    ShortcomingLink,
    SupervisionNotice,
    Task,
    Unit,
    User,
)
from tracker.services import (
    contributions,
    demands,
    evidence,
    files,
    imports,
    indicators,
    link_checks,
    notices,
    reminder_messages,
    report_corrections,
    requests,
    rollover,
    tasks,
    trace,
)
from tracker.services.files import StoredFile
from tracker.services.imports import Outcome, read_toml
from tracker.services.sample_files import sample_file

STORY = "demonstration.toml"
# Told after the first file, where they are there: the same shapes, but for people and what confirmed tasks need.
FURTHER_STORIES = ("year_end.toml", "year_end_roll_over.toml")
CONFIRMED_BY = "reviewer"
# (moment without a zone, what happens then); an act sets the clock itself.
Act = tuple[datetime.datetime, Callable[[], object]]
# What other apps add to the story: each gives its acts for the folder and the plan.
SOURCES: list[Callable[[Path, Plan], Iterable[Act]]] = []
NO_MAIL = "django.core.mail.backends.dummy.EmailBackend"
ACCOUNT = ("display_name", "role", "email", "reminders")


@transaction.atomic
def load(folder: Path) -> Outcome:
    """Load the plan of the folder at the moment that the story says. Raises as `imports.load_dataset`."""
    with clock.at(timezone.make_aware(read_toml(folder / STORY)["loaded_at"])):
        return imports.load_dataset(folder)


@transaction.atomic
def play(folder: Path, plan: Plan, *, password: str, until: datetime.date) -> list[User]:
    """Make the accounts and play the story until the end of the day `until`; returns the accounts, new or not.

    Raises DatasetError naming task and moment when an event is refused; then nothing is stored. A plan whose
    tasks have been confirmed already is left as it is.
    """
    story = read_toml(folder / STORY)
    people = [_account(entry, password) for entry in story["person"]]
    if Task.objects.filter(plan=plan).exclude(status=Status.UNCONFIRMED).exists():
        return people
    acts = _acts(plan, story)
    for name in FURTHER_STORIES:
        if (folder / name).exists():
            acts += _acts(plan, read_toml(folder / name))
    for source in SOURCES:
        acts += source(folder, plan)
    for moment, act in sorted(acts, key=itemgetter(0)):
        if moment.date() <= until:
            act()
    return people


def _acts(plan: Plan, story: dict[str, Any]) -> list[Act]:
    acts: list[Act] = [
        (event["on"], partial(_play_event, plan, event["on"], entry, event))
        for entry in story["task"]
        for event in entry.get("events", [])
    ]
    acts += [(event["on"], partial(_play_event, plan, event["on"], {}, event)) for event in story.get("event", [])]
    acts += [(moment, partial(_remind, moment)) for moment in story.get("reminded_at", [])]
    return acts


def _remind(moment: datetime.datetime) -> None:
    """A run of `send_reminders` as it was then; nothing leaves the machine."""
    with clock.at(timezone.make_aware(moment)):
        reminder_messages.run(reminder_messages.waiting(), connection=get_connection(NO_MAIL))


def _account(entry: dict[str, Any], password: str) -> User:
    unit = Unit.objects.filter(code=entry["unit"]).first()
    if unit is None:
        raise DatasetError(_("Account %(username)s: the unit %(unit)s is not known.") % entry)
    person, created = User.objects.get_or_create(
        username=entry["username"],
        defaults={"unit": unit, **{name: entry[name] for name in ACCOUNT if name in entry}},
    )
    if created:
        person.is_staff = person.is_superuser = entry["role"] == "administrator"
        person.set_password(password)
        person.save()
    return person


def _play_event(plan: Plan, moment: datetime.datetime, entry: dict[str, Any], event: dict[str, Any]) -> None:
    """An event of a task's entry; with an empty `entry`, one of the plan."""
    aware = timezone.make_aware(moment) if timezone.is_naive(moment) else moment
    with clock.at(aware):
        try:
            if entry:
                PLAYERS[event["kind"]](Task.objects.get(plan=plan, code=entry["code"]), entry, event)
            else:
                PLAN_PLAYERS[event["kind"]](plan, event)
        except Refusal as refusal:
            raise DatasetError(f"{entry.get('code', '')} {moment}: {event['kind']}: {refusal}".strip()) from refusal


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
        milestones=steps,
    )
    for links in (task.measure_links, task.shortcoming_links):
        for link in links.filter(strength=Strength.DIRECT, state=LinkState.PROPOSED):
            trace.confirm(link, by=by)
    for indicator in entry.get("indicators", []):
        _add_indicator(task, indicator, by)


def _add_indicator(task: Task, indicator: dict[str, Any], by: User) -> None:
    indicators.add(
        task.pk,
        by=by,
        name=indicator["name"],
        direction=indicator["direction"],
        unit=indicator.get("unit", ""),
        figure=_figure(task, indicator.get("figure", "")),
        target=indicator.get("target"),
    )


def _indicator(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    """One that is added after the confirmation."""
    _add_indicator(task, event, _person(event["by"]))


def _reading(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    """The value of an indicator on the day of the event."""
    row = task.indicators.get(name=event["name"])
    value = Decimal(str(event["value"]))
    indicators.read(row.pk, by=_person(event["by"]), value=value, note=event.get("note", ""))


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
    """Milestones that are met are named with the task's entry, or with the event itself."""
    by = _person(event["by"])
    said = {
        step["title"]: tasks.Met(step["met_on"], step.get("met_words", ""))
        for step in (*entry.get("milestones", []), *event.get("milestones", []))
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
    by = _person(event["by"])
    evidence.deposit(
        task.pk,
        by=by,
        claim=event["claim"],
        replaces=_item(task, event["replaces"]) if "replaces" in event else None,
        file=_file(task, event["file"], by) if "file" in event else None,
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


def _item(task: Task, number: str) -> Evidence:
    return Evidence.objects.get(plan=task.plan, number=number)


def _file(task: Task, file: dict[str, Any], by: User) -> StoredFile:
    return files.keep(file["name"], sample_file(file["name"], file.get("lines", [])), by=by, task=task)


def _use_of(task: Task, event: dict[str, Any]) -> EvidenceUse:
    """The use of the item that the event names by number, or by its place among those of the task (from 1)."""
    uses = EvidenceUse.objects.filter(task=task).select_related("evidence").order_by("evidence__number")
    return uses.get(evidence__number=event["item"]) if "item" in event else uses[event.get("evidence", 1) - 1]


def _use_again(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    evidence.use(task.pk, _item(task, event["item"]).pk, by=_person(event["by"]), claim=event["claim"])


def _withdraw_evidence(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    evidence.withdraw(_use_of(task, event).pk, by=_person(event["by"]))


def _judge(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    """All three questions are answered with yes, but for those named in `fails`."""
    answers = {name: name not in event.get("fails", []) for name in ("authentic", "timely", "relevant")}
    evidence.judge(_use_of(task, event).pk, by=_person(event["by"]), reason=event.get("reason", ""), **answers)


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


def _reopen(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    tasks.reopen(task.pk, by=_person(event["by"]), reason=event["reason"])


def _cancel(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    tasks.cancel(task.pk, by=_person(event["by"]), reason=event.get("reason", ""))


def _ask_change(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    changes = {name: str(value) for name, value in event.get("changes", {}).items()}
    words = {"reason": event["reason"], "progress_note": event.get("progress_note", "")}
    requests.ask(task.pk, by=_person(event["by"]), kind=event["request"], changes=changes, **words)


def _decide(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    row = task.requests.get(state=RequestState.OPEN)
    names = ("note", "approving_body", "basis_document")
    words = {name: event[name] for name in names if name in event}
    requests.decide(row.pk, by=_person(event["by"]), approved=event["approved"], **words)


def _withdraw_change(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    row = task.requests.get(state=RequestState.OPEN)
    requests.withdraw(row.pk, by=_person(event["by"]), reason=event["reason"])


def _ask_contribution(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    unit = Unit.objects.get(code=event["unit"])
    words = {"words": event["words"], "wanted_by": event.get("wanted_by")}
    contributions.ask(task.pk, by=_person(event["by"]), unit=unit, **words)


def _contribute(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    tasks.contribute(task.pk, by=_person(event["by"]), summary=event["summary"])


def _look(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    """What a run of `check_links` found; the addresses of the story do not exist."""
    found = _use_of(task, event)
    seen = Look(LookOutcome(event["outcome"]), event.get("status"), found.evidence.address, event.get("digest", ""))
    link_checks.record(link_checks.Found((found.evidence_id,), seen))


def _judge_shortcoming(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    """On the accepted evidence of this task that no newer version replaces."""
    shortcoming = Shortcoming.objects.get(part__report=task.plan.report_id, number=event["shortcoming"])
    accepted = EvidenceUse.objects.current().filter(task=task, verdict=Verdict.ACCEPTED)
    items = accepted.values_list("evidence", flat=True)
    words = {"verdict": event["verdict"], "grounds": event["grounds"]}
    trace.judge(task.plan, shortcoming, by=_person(event["by"]), evidence=items, **words)


def _set_milestones(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    tasks.set_milestones(task.pk, by=_person(event["by"]), steps=event["steps"])


def _raise_light(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    tasks.raise_light(task.pk, by=_person(event["by"]), light=event["light"], reason=event["reason"])


def _demand(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    words = {"kind": event["demand"], "words": event["words"], "wanted_by": event.get("wanted_by")}
    demands.ask(task.pk, by=_person(event["by"]), **words)


def _issue_notice(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    sheet = {name: event[name] for name in ("demand", "limit_on", "basis")}
    notices.issue(task.pk, by=_person(event["by"]), **sheet)


def _notice(task: Task) -> SupervisionNotice:
    """The open notice of the task, which the story goes on with."""
    found: SupervisionNotice = SupervisionNotice.objects.open().get(task=task)
    return found


def _acknowledge_notice(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    notices.acknowledge(_notice(task).pk, by=_person(event["by"]))


def _reply_to_notice(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    """Naming the task's items of evidence by their places in order."""
    uses = list(EvidenceUse.objects.filter(task=task).order_by("evidence__number"))
    named = [uses[place - 1].pk for place in event.get("evidence", [])]
    notices.reply(_notice(task).pk, by=_person(event["by"]), words=event["words"], evidence=named)


def _accept_reply(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    notices.accept(_notice(task).pk, by=_person(event["by"]), words=event.get("words", ""))


def _refuse_reply(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    notices.refuse(_notice(task).pk, by=_person(event["by"]), reason=event["reason"])


def _escalate_notice(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    sheet = {name: event[name] for name in ("demand", "limit_on", "basis")}
    notices.escalate(_notice(task).pk, by=_person(event["by"]), **sheet)


def _carry_over(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
    """What becomes of the task at the end of the year; `into` is the number of the task that absorbs it."""
    into = Task.objects.get(plan=task.plan, code=event["into"]).pk if event.get("into") else None
    words = {"kind": event["carry"], "reason": event["reason"], "words": event.get("words", "")}
    rollover.decide(task.pk, by=_person(event["by"]), into=into, **words)


def _settle_link(settle: Callable[..., Any]) -> Callable[[Task, dict[str, Any], dict[str, Any]], None]:
    """Confirm or dismiss the link of the task to the measure whose words begin as the event says, or to the
    shortcoming that it numbers."""

    def play_settling(task: Task, entry: dict[str, Any], event: dict[str, Any]) -> None:
        link: trace.AnyLink
        if "shortcoming" in event:
            link = ShortcomingLink.objects.get(task=task, shortcoming__number=event["shortcoming"])
        else:
            link = MeasureLink.objects.get(task=task, measure__text__startswith=event["measure"])
        settle(link, by=_person(event["by"]))

    return play_settling


def _correct_report(plan: Plan, event: dict[str, Any]) -> None:
    """Put a text in force in which some words are others; each of them stands in the report once."""
    report, by = AnnualReport.objects.select_related("plan__government").get(pk=plan.report_id), _person(event["by"])
    text = report.text
    for words in event["words"]:
        place = imports.find_once(text, words["old"], 0, len(text), event["kind"])
        text = text[:place] + words["new"] + text[place + len(words["old"]) :]
    row = report_corrections.start(report, text, by=by, reason=event["reason"])
    report_corrections.apply(row.pk, by=by)


def _dispose(plan: Plan, event: dict[str, Any]) -> None:
    """What becomes of a numbered item of measures."""
    items = Section.objects.filter(part__report=plan.report_id, part__kind=PartKind.MEASURES)
    words = {"kind": event["disposition"], "reason": event["reason"]}
    trace.dispose(plan, by=_person(event["by"]), section=items.get(position=event["measure_item"]), **words)


def _close_plan(plan: Plan, event: dict[str, Any]) -> None:
    rollover.close(plan.pk, by=_person(event["by"]))


PLAYERS: dict[str, Callable[[Task, dict[str, Any], dict[str, Any]], None]] = {
    "confirm": _confirm,
    "report": _report,
    "no_change": _no_change,
    "evidence": _evidence,
    "use": _use_again,
    "withdraw_evidence": _withdraw_evidence,
    "accept": _judge,
    "reject": _judge,
    "submit": _submit,
    "sign": _sign,
    "return": _return,
    "withdraw": _withdraw,
    "approve": _approve,
    "reopen": _reopen,
    "cancel": _cancel,
    "set_milestones": _set_milestones,
    "indicator": _indicator,
    "reading": _reading,
    "raise_light": _raise_light,
    "ask_change": _ask_change,
    "decide": _decide,
    "withdraw_change": _withdraw_change,
    "ask_contribution": _ask_contribution,
    "contribute": _contribute,
    "look": _look,
    "judge_shortcoming": _judge_shortcoming,
    "demand": _demand,
    "issue_notice": _issue_notice,
    "acknowledge_notice": _acknowledge_notice,
    "reply_to_notice": _reply_to_notice,
    "accept_reply": _accept_reply,
    "refuse_reply": _refuse_reply,
    "escalate_notice": _escalate_notice,
    "carry_over": _carry_over,
    "confirm_link": _settle_link(trace.confirm),
    "dismiss_link": _settle_link(trace.dismiss),
}

# Events that concern no single task.
PLAN_PLAYERS: dict[str, Callable[[Plan, dict[str, Any]], None]] = {
    "correct_report": _correct_report,
    "dispose": _dispose,
    "close_plan": _close_plan,
}
