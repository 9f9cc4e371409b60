"""From a clone to a close-out, on the real plan, through the pages alone: what the README promises a newcomer."""

import datetime
import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tests.tracker.conftest import SHANGHAI
from tracker import clock
from tracker.models import EvidenceUse, Task
from tracker.services import demonstration, imports

DATA = Path(imports.__file__).resolve().parents[1] / "data" / "xicheng_2025"
PASSWORD = "Demo-2025-pass"
DAY = datetime.date(2025, 9, 15)


@pytest.fixture
def plan(db, quick_passwords):
    plan = demonstration.load(DATA).plan
    demonstration.play(DATA, plan, password=PASSWORD, until=DAY)
    with clock.at(datetime.datetime(2025, 9, 15, 12, tzinfo=SHANGHAI)):
        yield plan


def sign_in(username):
    client = Client()
    answer = client.post(reverse("login"), {"username": username, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def version_on(client, address):
    found = re.search(r'name="version" value="(\d+)"', client.get(address).content.decode())
    assert found, address
    return found.group(1)


def test_update_with_evidence_signature_review_and_close_out(plan):
    task = Task.objects.get(plan=plan, code="4.5")

    staff = sign_in("staff-qzwj")
    home = staff.get(reverse("home", args=[plan.pk])).content.decode()
    assert "终端点位清单的日期" in home
    report = reverse("report_progress", args=[task.pk])
    answer = staff.post(
        report,
        {
            "version": version_on(staff, report),
            "progress": "100",
            "summary": "补充60台终端验收意见和适老改造记录。",
            "submit": "on",
            "new-kind": "acceptance",
            "new-title": "终端适老、无障碍改造验收意见",
            "new-address": "https://www.example.gov.cn/accept.html",
            "new-dated_on": "2025-09-10",
            "new-disclosure": "public",
            "new-claim": "改造通过验收",
            "new-not_classified": "on",
        },
    )
    assert answer.status_code == 302
    assert Task.objects.get(pk=task.pk).status == "awaiting_sign_off"

    head = sign_in("head-qzwj")
    sign = reverse("sign_off", args=[task.pk])
    assert sign in head.get(reverse("home", args=[plan.pk])).content.decode()
    head.post(sign, {"version": version_on(head, sign), "decision": "sign"})
    assert Task.objects.get(pk=task.pk).status == "under_review"

    reviewer = sign_in("reviewer")
    review = reverse("review", args=[task.pk])
    assert review in reviewer.get(reverse("review_queue", args=[plan.pk])).content.decode()
    for use in EvidenceUse.objects.filter(task=task):
        answers = {f"{use.pk}-{name}": "yes" for name in ("authentic", "timely", "relevant")}
        reviewer.post(reverse("judge", args=[use.pk]), answers)
    reviewer.post(review, {"version": version_on(reviewer, review), "decision": "approve"})
    assert Task.objects.get(pk=task.pk).status == "completed"

    viewer = sign_in("viewer")
    ledger = viewer.get(reverse("ledger", args=[plan.pk]), {"light": "done"}).content.decode()
    assert task.title in ledger
    living = viewer.get(reverse("living_report", args=[plan.pk])).content.decode()
    assert re.search(r'clause--done" id="task-4.5"', living)
    history = viewer.get(reverse("task", args=[task.pk])).content.decode()
    for words in ("补充60台终端验收意见", "王敏", "赵立群", "李晓东", "2025-4-5-02"):
        assert words in history


def test_every_page_opens_in_both_languages_for_every_role(plan):
    for username in ("admin", "reviewer", "reviewer-office", "leader", "auditor", "viewer", "staff-qsfj", "head-qsfj"):
        client = sign_in(username)
        for language in ("zh-hans", "en"):
            client.post(reverse("set_language"), {"language": language})
            for name in ("home", "ledger", "living_report"):
                answer = client.get(reverse(name, args=[plan.pk]))
                assert (answer.status_code, answer.headers["Content-Language"]) == (200, language)
