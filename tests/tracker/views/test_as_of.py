"""Task, living report and trace of a past day equal what was shown on that day."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.tracker.conftest import SHANGHAI
from tracker import clock
from tracker.models import Section, Shortcoming
from tracker.services import evidence, history, indicators, tasks, trace

DAYS = ("2025-06-17", "2025-06-18", "2025-06-19", "2025-06-20", "2025-06-24", "2025-07-01")


def evening(day):
    return clock.at(datetime.datetime.fromisoformat(f"{day}T18:00").replace(tzinfo=SHANGHAI))


def story(world):
    """What happens on which day, to everything that the three pages show."""
    first, second, third = world.tasks[:3]
    weak = Shortcoming.objects.filter(part__report=world.report).first()
    section = Section.objects.filter(part__report=world.report, part__kind="measures").first()
    how = {"by": world.reviewer, "strength": "direct", "rationale": "同一问题"}

    def begin():
        world.confirmed(first, due_on=datetime.date(2025, 9, 30))
        trace.link(first.pk, weak, **how)
        trace.propose(second, section.measures.first(), **{**how, "strength": "indirect"})

    def prove():
        tasks.report(first.pk, by=world.staff, progress=40, summary="一期")
        world.use = world.proof(first, document_number="西司发〔2025〕3号")
        row = indicators.add(first.pk, by=world.admin, name="培训人次", direction="up", target=300)
        indicators.read(row.pk, by=world.staff, value=120)

    def judge():
        evidence.judge(world.use.pk, by=world.reviewer, authentic=True, timely=True, relevant=True)
        trace.judge(
            world.plan, weak, by=world.reviewer, verdict="partly", grounds="一期", evidence=[world.use.evidence_id]
        )

    def settle():
        trace.dismiss(second.measure_links.get(), by=world.reviewer)
        trace.dispose(world.plan, by=world.reviewer, kind="finished", reason="已办结", section=section)

    def rename():
        tasks.edit(third.pk, by=world.admin, title="改了名")
        trace.dispose(world.plan, by=world.reviewer, kind="dropped", reason="不再开展", section=section)
        trace.judge(world.plan, weak, by=world.admin, verdict="not_eased", grounds="仍有差距")

    return dict(zip(DAYS, (begin, prove, judge, settle, rename, lambda: None), strict=True))


def trace_facts(page):
    context = page.context
    return {
        "measures": context["measures"],
        "shortcomings": context["shortcomings"],
        "areas": [
            (area.number, [(task.key, task.row.light, task.proof, task.names) for task in area.tasks])
            for area in context["areas"]
        ],
        "matrix": context["matrix"],
        "threads": context["threads"],
        "missing": [(gap.head, [row["words"] for row in gap.rows]) for gap in context["missing"]],
    }


def report_facts(page):
    """The text of the page without addresses, which differ by what may be done."""
    body = page.content.decode().partition('<nav class="outline"')[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))


@pytest.fixture
def lived(world, signed_in):
    """The story played day by day, with what an auditor was shown each evening; `world.later` is months later."""
    world.pages = {
        "trace": reverse("trace", args=[world.plan.pk]),
        "report": reverse("living_report", args=[world.plan.pk]),
    }
    client = signed_in(world.auditor)
    world.shown = {}
    for day, act in story(world).items():
        with evening(day):
            act()
            world.shown[day] = {
                "trace": trace_facts(client.get(world.pages["trace"])),
                "report": report_facts(client.get(world.pages["report"])),
            }
    with evening("2025-11-20"):
        yield world


@pytest.mark.parametrize("day", DAYS)
def test_the_trace_of_a_day_is_what_was_shown(lived, signed_in, day):
    page = signed_in(lived.auditor).get(lived.pages["trace"], {"as_of": day})
    found, shown = trace_facts(page), lived.shown[day]["trace"]
    for name, value in shown.items():
        assert found[name] == value, name


@pytest.mark.parametrize("day", DAYS)
def test_the_living_report_of_a_day_is_what_was_shown(lived, signed_in, day):
    page = signed_in(lived.auditor).get(lived.pages["report"], {"as_of": day})
    assert report_facts(page) == lived.shown[day]["report"]


def test_the_task_of_a_day(lived, signed_in):
    client, address = signed_in(lived.auditor), reverse("task", args=[lived.tasks[0].pk])

    def then(day):
        return client.get(address, {"as_of": day}).context

    assert then("2025-06-17")["evidence"] == []
    assert [row["verdict"] for row in then("2025-06-18")["evidence"]] == ["待审"]
    assert [row["verdict"] for row in then("2025-06-19")["evidence"]] == ["已采信"]
    assert then("2025-06-18")["indicators"][0]["latest"].startswith("120")
    assert [link["name"] for link in then("2025-06-17")["links"]] == ["不足一"]
    assert dict(then("2025-06-17")["facts"])["进度"].startswith("0%")
    assert dict(then("2025-06-18")["facts"])["进度"].startswith("40%")
    assert len(then("2025-06-17")["timeline"].entries) < len(then("2025-06-19")["timeline"].entries)
    assert client.get(reverse("task", args=[lived.tasks[2].pk]), {"as_of": "2025-06-20"}).context["title"] != "改了名"


def test_before_it_existed_the_task_leads_to_today(lived, signed_in):
    address = reverse("task", args=[lived.tasks[0].pk])
    answer = signed_in(lived.auditor).get(address, {"as_of": lived.plan.starts_on.isoformat()})
    assert answer.status_code in (200, 302)
    for day in ("x", "2031-01-01"):
        assert signed_in(lived.auditor).get(address, {"as_of": day}).headers["Location"] == address


@pytest.mark.parametrize("page", ["trace", "report"])
def test_what_is_no_day_is_said_and_today_shown(lived, signed_in, page):
    answer = signed_in(lived.auditor).get(lived.pages[page], {"as_of": "morgen"})
    assert answer.status_code == 200
    assert answer.context["past"] is None
    assert len(list(answer.context["messages"])) == 1


def test_internal_evidence_is_left_out_for_others(lived, signed_in):
    type(lived.use.evidence).objects.update(disclosure="internal")
    address = reverse("task", args=[lived.tasks[0].pk])
    for name, seen in (("second_staff", 0), ("viewer", 0), ("staff", 1), ("auditor", 1)):
        page = signed_in(getattr(lived, name)).get(address, {"as_of": "2025-06-19"})
        assert len(page.context["evidence"]) == seen
        body = signed_in(getattr(lived, name)).get(
            lived.pages["trace"], {"as_of": "2025-06-19", "focus": f"task-{lived.tasks[0].pk}"}
        )
        assert ("西司发〔2025〕3号" in body.content.decode()) is bool(seen)


def test_the_lines_keep_their_holdings_under_the_digest(lived):
    line = lived.tasks[0].events.filter(kind="evidence_judge").get()
    assert line.holdings["evidence"][0]["verdict"] == "accepted"
    line.holdings["evidence"][0]["verdict"] = "rejected"
    assert history.digest_of(line) != line.digest
    assert history.verify() > 0


@pytest.mark.parametrize(("page", "most"), [("trace", 15), ("report", 14)])
def test_statements_of_a_past_day(lived, signed_in, page, most):
    client = signed_in(lived.auditor)
    client.get(lived.pages[page])
    with CaptureQueriesContext(connection) as looking:
        client.get(lived.pages[page], {"as_of": "2025-06-20"})
    assert len(looking) <= most
