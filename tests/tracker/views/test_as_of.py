"""Task, living report and trace of a past day equal what was shown on that day."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.tracker.conftest import SHANGHAI
from tracker import clock
from tracker.fetching import Look, Outcome
from tracker.models import AnnualReport, Section, Shortcoming
from tracker.services import evidence, history, indicators, link_checks, report_corrections, tasks, trace

DAYS = (
    *("2025-06-17", "2025-06-18", "2025-06-19", "2025-06-24", "2025-07-01", "2025-07-10", "2025-07-12", "2025-07-15"),
    *("2025-08-01", "2025-08-02", "2025-08-20", "2025-09-10", "2025-09-15", "2025-09-20", "2025-10-08", "2025-11-05"),
    *("2026-01-10", "2026-06-10"),
)


def evening(day):
    return clock.at(datetime.datetime.fromisoformat(f"{day}T18:00").replace(tzinfo=SHANGHAI))


def story(world):
    """What happens in a year, to everything that the three pages show; on some days nothing does."""
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
        world.use = world.proof(first, document_number="西司发〔2025〕3号", valid_until=datetime.date(2025, 11, 30))
        row = indicators.add(first.pk, by=world.admin, name="培训人次", direction="up", target=3000)
        indicators.read(row.pk, by=world.staff, value=1200)

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

    def look(outcome, digest="", status=200):
        seen = Look(outcome, status, world.use.evidence.address, digest * 64)
        link_checks.record(link_checks.Found((world.use.evidence_id,), seen))

    def change():
        look(Outcome.ALIVE, "b")
        look(Outcome.ALIVE, "b")

    def correct(*pairs):
        report = AnnualReport.objects.get(pk=world.report.pk)
        text = report.text
        for before, after in pairs:
            assert before in text
            text = text.replace(before, after, 1)
        row = report_corrections.start(report, text, by=world.admin, reason="发布单位更正")
        report_corrections.apply(row.pk, by=world.admin)

    def correct_first():
        correct(
            ("培训覆盖还有不足", "培训覆盖面仍显不足"),
            ("审核文件40件。组织培训3次。", "审核文件41件。"),
            ("安排不够细", "安排得不够细"),
            ("2024年,甲区推进", "2024年,甲区深入推进"),
        )

    def hold():
        trace.confirm(first.shortcoming_links.get(), by=world.admin)

    def correct_again():
        correct(("二是执法质量有待提高。", "二是执法质量有待提高。三是公开程度不够。"), ("成功率75%", "成功率76%"))

    def finish():
        tasks.submit(first.pk, by=world.head, summary="都已完成")
        tasks.approve(first.pk, by=world.reviewer)

    acts = (
        *(begin, prove, judge, settle, rename, lambda: look(Outcome.ALIVE, "a"), change),
        lambda: link_checks.look_again(world.use.evidence_id, by=world.reviewer, reason="只改了版式"),
        *(lambda: look(Outcome.GONE, status=404), lambda: look(Outcome.GONE, status=404)),
        lambda: look(Outcome.ALIVE, "b"),
        *(correct_first, hold, correct_again, lambda: None, finish, lambda: None, lambda: None),
    )
    return dict(zip(DAYS, acts, strict=True))


def trace_facts(page):
    """What the page shows, but for addresses: those of a past day lead to the same day."""
    context = page.context
    for row in context["matrix"]["rows"]:
        del row["url"]
    return {
        "measures": context["measures"],
        "shortcomings": context["shortcomings"],
        "areas": [
            (area.number, [(task.key, task.row.light, task.proof, task.names) for task in area.tasks])
            for area in context["areas"]
        ],
        "matrix": context["matrix"],
        "threads": context["threads"],
        "missing": [(gap.head, [(row["words"], row["note"]) for row in gap.rows]) for gap in context["missing"]],
    }


def report_facts(page):
    """The text of the page without addresses, which differ by what may be done."""
    body = page.content.decode().partition('<nav class="outline"')[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body.partition('<p class="print-foot">')[0]))


def task_facts(page):
    """What the page of today and that of a past day both say."""
    context = page.context
    past = context.get("past")
    row = context.get("row")
    links = context["links"] if past else [link for link in context["upstream"] if link.get("edit_url")]
    facts = dict(context["facts"]) if past else {fact.label: fact.value for fact in context["facts"]}
    return {
        "title": context["title"] if past else row.title,
        "light": (context["light"].value, context["reason"]) if past else (row.light.value, context["reason"]),
        "status": str(context["status"] if past else context["task"].get_status_display()),
        "owner": facts["责任人"].replace("待明确", "—"),
        "links": [link["words"] for link in links],
        "suspect": [link["suspect"] for link in links],
        "evidence": [
            (item["number"], item["title"], item["claim"], str(item.get("verdict_label") or item["verdict"]))
            for item in context["evidence"]
        ],
        "troubles": [item["troubles"] for item in context["evidence"]],
        "readings": [row["latest"].partition("　")[0].replace("—", "") for row in context["indicators"]],
        "timeline": context["timeline"].entries,
    }


@pytest.fixture
def lived(world, signed_in):
    """The story played day by day, with what an auditor was shown each evening; the world stands a year later."""
    world.pages = {
        "trace": reverse("trace", args=[world.plan.pk]),
        "report": reverse("living_report", args=[world.plan.pk]),
        **{f"task {place}": reverse("task", args=[task.pk]) for place, task in enumerate(world.tasks)},
    }
    world.shown = {}
    for day, act in story(world).items():
        with evening(day):
            act()
            client = signed_in(world.auditor)
            world.shown[day] = {
                "trace": trace_facts(client.get(world.pages["trace"])),
                "report": report_facts(client.get(world.pages["report"])),
                "tasks": [task_facts(client.get(world.pages[f"task {place}"], {"history": "all"})) for place in (0, 1)],
            }
    with evening("2026-06-15"):
        yield world


def test_every_page_of_every_day_of_the_year_is_what_was_shown(lived, signed_in):
    client = signed_in(lived.auditor)
    for day, shown in lived.shown.items():
        found = trace_facts(client.get(lived.pages["trace"], {"as_of": day}))
        for name, value in shown["trace"].items():
            assert found[name] == value, (day, name)
        assert report_facts(client.get(lived.pages["report"], {"as_of": day})) == shown["report"], day
        for place, facts in enumerate(shown["tasks"]):
            found = task_facts(client.get(lived.pages[f"task {place}"], {"as_of": day}))
            for name, value in facts.items():
                assert found[name] == value, (day, place, name)


def test_the_year_holds_what_was_to_be_told(lived, signed_in):
    """Dead, changed and expired evidence, suspect links and former words are among what was shown."""
    told = {
        day: [words for use in shown["tasks"][0]["troubles"] for words in use] for day, shown in lived.shown.items()
    }
    assert (told["2025-07-12"], told["2025-07-15"]) == (["采信后内容有变"], [])
    assert (told["2025-08-01"], told["2025-08-02"], told["2025-08-20"]) == ([], ["已失效"], [])
    assert told["2026-01-10"] == ["已过期"]
    suspect = [any(shown["tasks"][0]["suspect"]) for shown in lived.shown.values()]
    assert suspect == [day == "2025-09-10" for day in DAYS]
    client = signed_in(lived.auditor)
    for day, there, gone in (
        ("2025-09-09", "培训覆盖还有不足", "培训覆盖面仍显不足"),
        ("2025-09-10", "培训覆盖面仍显不足", "培训覆盖还有不足"),
    ):
        for page in ("trace", "report", "task 0"):
            body = client.get(lived.pages[page], {"as_of": day}).content.decode()
            assert there in body, (page, day)
            if page != "task 0":
                assert gone not in body, (page, day)


def test_the_task_of_a_day(lived, signed_in):
    client, address = signed_in(lived.auditor), reverse("task", args=[lived.tasks[0].pk])

    def then(day):
        return client.get(address, {"as_of": day}).context

    assert then("2025-06-17")["evidence"] == []
    assert [row["verdict"] for row in then("2025-06-18")["evidence"]] == ["待审"]
    assert [row["verdict"] for row in then("2025-06-19")["evidence"]] == ["已采信"]
    assert then("2025-06-18")["indicators"][0]["latest"].startswith("1,200")
    assert [link["name"] for link in then("2025-06-17")["links"]] == ["不足一"]
    assert dict(then("2025-06-17")["facts"])["进度"].startswith("0%")
    assert dict(then("2025-06-18")["facts"])["进度"].startswith("40%")
    assert len(then("2025-06-17")["timeline"].entries) < len(then("2025-06-19")["timeline"].entries)
    assert client.get(reverse("task", args=[lived.tasks[2].pk]), {"as_of": "2025-06-20"}).context["title"] != "改了名"


def test_before_it_existed_the_task_leads_to_today(world, signed_in):
    address = reverse("task", args=[world.task.pk])
    for day in (world.plan.starts_on.isoformat(), "x", "2031-01-01"):
        assert signed_in(world.auditor).get(address, {"as_of": day}).headers["Location"] == address


@pytest.mark.parametrize("page", ["trace", "living_report"])
def test_what_is_no_day_is_said_and_today_shown(world, signed_in, page):
    answer = signed_in(world.auditor).get(reverse(page, args=[world.plan.pk]), {"as_of": "morgen"})
    assert answer.status_code == 200
    assert answer.context["past"] is None
    assert len(list(answer.context["messages"])) == 1


def test_a_past_day_is_kept_on_the_way_to_its_tasks(world, signed_in):
    task = world.confirmed()
    with evening("2025-07-01"):
        client = signed_in(world.auditor)
        for page in ("trace", "living_report", "ledger"):
            body = client.get(reverse(page, args=[world.plan.pk]), {"as_of": "2025-06-20"}).content.decode()
            assert f'"/tasks/{task.pk}/?as_of=2025-06-20' in body, page
            assert f'"/tasks/{task.pk}/"' not in body, page
            assert "截至 2025年6月20日" in body.partition('class="print-foot"')[2][:200], page
        page = client.get(reverse("task", args=[task.pk]), {"as_of": "2025-06-20"}).content.decode()
        assert "截至 2025年6月20日" in page.partition('class="print-foot"')[2][:200]


def test_another_day_keeps_view_and_focus(world, signed_in):
    address = reverse("trace", args=[world.plan.pk])
    query = {"as": "matrix", "focus": f"task-{world.task.pk}", "side": "measure"}
    page = signed_in(world.auditor).get(address, {**query, "as_of": "2025-06-16"})
    assert page.context["past_keeps"] == list(query.items())
    body = page.content.decode()
    assert f'<input type="hidden" name="focus" value="task-{world.task.pk}">' in body
    assert page.context["today_url"].endswith("side=measure")


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
    line = lived.tasks[0].events.filter(kind="evidence_judge").earliest("sequence")
    assert line.holdings["evidence"][0]["verdict"] == "accepted"
    line.holdings["evidence"][0]["verdict"] = "rejected"
    assert history.digest_of(line) != line.digest
    assert history.verify() > 0


def test_statements_of_a_past_day(lived, signed_in):
    """Before, between and after the corrections of the text alike."""
    client = signed_in(lived.auditor)
    for page, most in (("trace", 12), ("report", 12), ("task 0", 12)):
        client.get(lived.pages[page])
        for day in ("2025-06-20", "2025-09-12", "2026-01-10"):
            with CaptureQueriesContext(connection) as looking:
                client.get(lived.pages[page], {"as_of": day})
            assert len(looking) <= most, [query["sql"][:150] for query in looking.captured_queries]
