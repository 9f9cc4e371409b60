"""The sample year: played through the services, ending with every light and every state there is to show."""

import datetime
from collections import Counter
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from tracker import lights
from tracker.enums import LinkHealth, Status
from tracker.models import (
    AddressCheck,
    ChangeRequest,
    ContributionRequest,
    Evidence,
    Milestone,
    Reading,
    ReminderMessage,
    Shortcoming,
    Task,
    TaskEvent,
    User,
)
from tracker.services import demonstration, history, imports

DATA = Path(imports.__file__).resolve().parents[1] / "data" / "xicheng_2025"
DAY = datetime.date(2025, 9, 15)


@pytest.fixture
def plan(db):
    plan = demonstration.load(DATA).plan
    demonstration.play(DATA, plan, password="Demo-2025-pass")
    return plan


def test_shows_every_light_and_every_open_state(plan):
    tasks = Task.objects.with_light(plan, DAY)
    shown = Counter(str(lights.LIGHT_OF[task.light_reason]) for task in tasks)
    assert shown == {"red": 2, "yellow": 6, "blue": 2, "green": 15, "grey": 2, "done": 2}
    states = Counter(task.status for task in tasks)
    assert states[Status.UNDER_REVIEW] == 2
    assert states[Status.AWAITING_SIGN_OFF] == 1
    assert states[Status.COMPLETED] == 2
    assert states[Status.UNCONFIRMED] == 1
    assert tasks.filter(returned=True).count() == 1


def test_history_rises_with_time_and_holds(plan):
    assert history.verify() == TaskEvent.objects.count()
    played = TaskEvent.objects.order_by("sequence").values_list("on", flat=True)
    assert list(played) == sorted(played)
    assert max(played) <= DAY


def test_completed_tasks_rest_on_accepted_evidence(plan):
    for task in Task.objects.filter(status=Status.COMPLETED):
        assert {use.verdict for use in task.evidence_uses.all()} == {"accepted"}


def test_playing_twice_changes_nothing(plan):
    before = TaskEvent.objects.count()
    demonstration.play(DATA, plan, password="Another-1-pass")
    assert TaskEvent.objects.count() == before


def test_there_is_an_account_for_every_role_and_every_leading_unit(plan):
    names = set(User.objects.values_list("username", flat=True))
    assert {"admin", "reviewer", "reviewer-office", "leader", "auditor", "viewer"} <= names
    units = {unit.code for unit in {task.lead_unit for task in Task.objects.all()} if unit}
    assert {f"staff-{code}" for code in units} | {f"head-{code}" for code in units} <= names


def test_people_were_reminded_in_the_months_before_and_no_mail_left(plan):
    sent = ReminderMessage.objects.filter(state="sent")
    assert {message.on.month for message in sent} >= {6, 9}
    assert mail.outbox == []
    assert set(User.objects.values_list("reminders", flat=True)) == {"daily", "weekly", "none"}
    assert all(person.email.endswith(".example") for person in User.objects.exclude(username="importer-xcq"))


def test_does_not_run_where_the_demonstration_is_off(db, settings):
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError):
        call_command("demo")
    assert not User.objects.exists()


def test_shows_the_states_of_the_thread(plan):
    checks = {check.health for check in AddressCheck.objects.all()}
    assert checks == {LinkHealth.DEAD, LinkHealth.CHANGED}
    assert any(item.expired(DAY) for item in Evidence.objects.all())
    assert {row.state for row in ContributionRequest.objects.all()} == {"asked", "answered"}
    assert {row.state for row in ChangeRequest.objects.all()} == {"open", "refused"}
    assert Milestone.objects.exclude(met_words="").count() == 2
    assert Reading.objects.exclude(note="").count() == 1


def test_shortcoming_three_leads_to_proof(plan, signed_in, settings):
    settings.DEMONSTRATION_DATE = DAY
    weak = Shortcoming.objects.get(part__report=plan.report, number=3)
    auditor = User.objects.get(username="auditor")
    page = signed_in(auditor).get(reverse("shortcoming", args=[plan.pk, weak.pk])).context
    assert page["causes"] and page["judgement"]
    assert {row["task"].code for row in page["rows"]} == {"5.1", "5.2", "5.3"}
    assert [item["document_number"] for item in page["proof"] if item["tag"]] == ["西政法发〔2025〕11号"]
    assert page["figures"][0]["baseline"] == "7,493" and page["figures"][0]["latest"] == "4,086"
