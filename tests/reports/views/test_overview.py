"""The overview for those who lead: every number leads to the tasks it counts, today and as of a past day."""

import datetime
import html
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.messages import get_messages
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reports.services import reviews
from tests.reports.worlds import on, prepared
from tests.tracker.views.test_ledger_as_of import evening, story
from tracker import clock
from tracker.enums import PlanState
from tracker.models import Plan, Shortcoming, Task, Unit
from tracker.services import indicators, requests, rollover, tasks, trace

LINK = re.compile(r'<a[^>]*href="(/plans/\d+/ledger/[^"]*)"[^>]*>(.*?)</a>', re.S)
# A share of points, not a number of tasks.
NO_COUNT = "总体实际"


def page(client, world, **query):
    answer = client.get(reverse("overview", args=[world.plan.pk]), query)
    assert answer.status_code == 200
    return answer


def counted_links(answer):
    """[(address, number)] of the links to the ledger that carry a number."""
    found = []
    for address, words in LINK.findall(answer.content.decode()):
        told = re.search(r"\d+", re.sub(r"<[^>]+>", "", words))
        if told and NO_COUNT not in words:
            found.append((html.unescape(address), int(told[0])))
    return found


def told(answer):
    """All that the page says in numbers and words, without addresses."""
    context = answer.context
    tables = [
        [
            (row["label"], [cell["number"] for cell in [*row["lights"], *row["statuses"], row["total"]]])
            for row in context[name]
        ]
        for name in ("areas", "units")
    ]
    return {
        "sentence": re.sub(r"<[^>]+>", "", context["sentence"]),
        "lights": [(light["label"], light["number"]) for light in context["lights"]],
        "statuses": [(status["label"], status["number"]) for status in context["statuses"]],
        "tables": tables,
        "points": context["points"],
        "due": [(row["code"], row["on"], row["progress"], row["scheduled"]) for row in context["due"]],
        "gaps": [(row["name"], row["title"]) for row in context["gaps"]],
        "indicators": [(row["name"], row["words"], row["read_on"]) for row in context["indicators"]],
    }


@pytest.fixture
def year(world):
    """A world in which the story of the ledger's year has happened, with a link and an indicator; it is December."""
    weak = Shortcoming.objects.filter(part__report=world.report).first()
    for day, act in story(world).items():
        with clock.at(evening(day)):
            act()
            if day == "2025-06-17":
                words = {"strength": "direct", "rationale": "同一问题"}
                trace.link(world.tasks[0].pk, weak, by=world.reviewer, **words)
                values = {"name": "培训人次", "unit": "人次", "baseline": Decimal(3), "target": Decimal(8)}
                world.indicator = indicators.add(world.tasks[0].pk, by=world.admin, direction="up", **values)
            if day == "2025-07-02":
                indicators.read(world.indicator.pk, by=world.staff, value=Decimal(5))
    with clock.at(evening("2025-12-01")):
        yield world


class TestEveryNumberLeadsToItsTasks:
    @pytest.mark.parametrize("who", ["leader", "second_staff"])
    def test_the_ledger_behind_a_number_holds_so_many(self, year, signed_in, who):
        client = signed_in(getattr(year, who))
        for day in ("", "2025-06-16", "2025-06-19", "2025-08-05", "2025-09-10", "2025-11-30"):
            links = counted_links(page(client, year, **({"as_of": day} if day else {})))
            assert len(links) > 15
            for address, number in links:
                shown = client.get(address)
                assert shown.context["page_obj"].paginator.count == number, address
                assert not shown.context["form"].errors, address
                assert ("as_of=" in address) == bool(day)

    def test_what_falls_due_is_counted_as_the_ledger_counts_it(self, year, signed_in):
        with clock.at(evening("2025-12-02")):
            answer = page(signed_in(year.leader), year)
            assert answer.context["due_count"] == 1
            due = [number for address, number in counted_links(answer) if "due_from" in address]
            assert due == [1]

    def test_the_changed_lights_are_those_of_the_comparison(self, year, signed_in):
        client = signed_in(year.leader)
        answer = page(client, year, since="2025-06-17")
        assert answer.context["change_count"] == 2
        behind = client.get(answer.context["changes_url"])
        assert len(behind.context["rows"]) == 2
        assert [row["code"] for row in answer.context["changes"]] == ["1.2", "1.1"]


class TestADayIsShownAsItWas:
    def test_every_day_of_the_story(self, world, signed_in):
        client = signed_in(world.reviewer)
        seen = {}
        for day, act in story(world).items():
            with clock.at(evening(day)):
                act()
                seen[day] = told(page(client, world))
        assert len({str(shown) for shown in seen.values()}) > 8
        with clock.at(evening("2025-12-31")):
            for day, shown in seen.items():
                assert told(page(client, world, as_of=day)) == shown, day

    def test_links_readings_and_gaps_too(self, year, signed_in):
        client = signed_in(year.leader)
        read = {
            day: [
                (row["words"]["value"], row["read_on"]) for row in page(client, year, as_of=day).context["indicators"]
            ]
            for day in ("2025-06-16", "2025-06-20", "2025-07-02", "2025-12-01")
        }
        assert read == {
            "2025-06-16": [],
            "2025-06-20": [("—", "")],
            "2025-07-02": [("5", "7月2日")],
            "2025-12-01": [("5", "7月2日")],
        }
        assert told(page(client, year))["indicators"] == told(page(client, year, as_of="2025-12-01"))["indicators"]
        gaps = [len(page(client, year, as_of=day).context["gaps"]) for day in ("2025-06-16", "2025-06-20")]
        assert gaps[0] == gaps[1] + 1

    @pytest.mark.parametrize("day", ["x", "2031-01-01", "9" * 40])
    def test_a_day_that_is_none_is_said_and_today_shown(self, world, signed_in, day):
        assert world.task
        answer = page(signed_in(world.viewer), world, as_of=day)
        assert answer.context["past"] is None
        assert day[:20] in answer.content.decode()

    def test_a_day_before_anything_says_so(self, world, signed_in):
        assert world.task
        answer = page(signed_in(world.viewer), world, as_of="2025-01-02")
        assert answer.context["points"] == []
        assert "还没有定了起止时限的任务" in answer.content.decode()


class TestWhatItIsComparedWith:
    @pytest.fixture
    def reviewed(self, world):
        """A review of 18 June closed while one task was green; since then it fell behind."""
        world.started(progress=50)
        with on("2025-06-18"):
            world.closed = prepared(world)
            reviews.close(world.closed.pk, by=world.reviewer)
        with on("2025-10-20"):
            yield world

    def test_the_last_closed_review_is_taken_by_itself(self, reviewed, signed_in):
        context = page(signed_in(reviewed.viewer), reviewed).context
        assert context["compared"].value == f"review-{reviewed.closed.pk}"
        changes = {light["value"]: light["change"] for light in context["lights"]}
        assert (changes["green"], changes["yellow"], changes["red"]) == ("少 1", "多 1", "不变")
        (row,) = context["changes"]
        assert (row["old"]["value"], row["new"].value, row["code"]) == ("green", "yellow", "1.1")

    def test_a_review_of_the_day_itself_is_not(self, reviewed, signed_in):
        again = prepared(reviewed)
        reviews.close(again.pk, by=reviewed.reviewer)
        client = signed_in(reviewed.leader)
        assert page(client, reviewed).context["compared"].value == f"review-{reviewed.closed.pk}"
        chosen = page(client, reviewed, since=f"review-{again.pk}").context
        assert chosen["compared"].value == f"review-{again.pk}"
        assert chosen["change_count"] == 0
        assert [choice["on"] for choice in chosen["choices"]] == [True, False, False]

    def test_a_past_day_knows_no_later_review(self, reviewed, signed_in):
        context = page(signed_in(reviewed.leader), reviewed, as_of="2025-06-17").context
        assert context["compared"] is None or not context["compared"].is_review
        assert [choice["query"] for choice in context["choices"]] == ["as_of=2025-06-17&since=2025-05-31"]

    def test_without_a_review_the_beginning_of_the_month(self, world, signed_in):
        world.started(progress=50)
        with on("2025-10-20"):
            context = page(signed_in(world.leader), world).context
            assert context["compared"].value == "2025-09-30"

    @pytest.mark.parametrize("typed", ["x", "review-", "review-999", "review-x", "2031-01-01", "2025-10-20", "0" * 50])
    def test_what_is_neither_is_said(self, reviewed, signed_in, typed):
        answer = page(signed_in(reviewed.leader), reviewed, since=typed)
        assert answer.context["compared"].value == f"review-{reviewed.closed.pk}"
        assert len(list(get_messages(answer.wsgi_request))) == 1

    def test_a_review_of_another_plan_is_none(self, reviewed, signed_in):
        plan = reviewed.foreign_task.plan
        with on("2025-10-19"):
            other = reviews.prepare(
                plan,
                by=reviewed.person("foreign-reviewer", "reviewer", reviewed.foreign_bureau),
                kind="monthly",
                on=clock.today(),
                chair="乙区长",
            )
        answer = page(signed_in(reviewed.leader), reviewed, since=f"review-{other.pk}")
        assert answer.context["compared"].value == f"review-{reviewed.closed.pk}"


class TestWhoSeesWhat:
    def test_everyone_of_the_plan_reads_it(self, world, signed_in):
        world.started()
        for who in ("leader", "viewer", "staff", "auditor", "city_leader"):
            page(signed_in(getattr(world, who)), world)

    def test_no_other_government(self, world, signed_in):
        world.started()
        for name in ("overview", "overview_workbook"):
            answer = signed_in(world.foreign_staff).get(reverse(name, args=[world.plan.pk]))
            assert answer.status_code == 404

    def test_a_draft_shows_to_those_alone_who_set_it_up(self, world, signed_in):
        assert world.task
        Plan.objects.filter(pk=world.plan.pk).update(state=PlanState.DRAFT)
        answer = signed_in(world.viewer).get(reverse("overview", args=[world.plan.pk]))
        assert answer.status_code == 404

    def test_decisions_are_for_those_who_decide(self, world, signed_in):
        task = world.started()
        moved = {"due_on": "2026-01-31"}
        words = {"reason": "场地未定", "progress_note": "已办一半"}
        row = requests.ask(task.pk, by=world.staff, kind="extension", changes=moved, **words)
        context = page(signed_in(world.leader), world).context
        first = context["decisions"][0]
        assert first["words"].endswith("12月31日改为2026年1月31日")
        assert first["act_url"] == reverse("decide_request", args=[row.pk])
        assert (context["asked_count"], context["missing_count"]) == (1, 3)
        for who in ("staff", "viewer", "auditor", "city_leader"):
            assert "may_decide" not in page(signed_in(getattr(world, who)), world).context
        assert "may_decide" not in page(signed_in(world.leader), world, as_of="2025-06-16").context

    def test_nobody_is_told_of_what_he_asked_for_himself(self, world, signed_in):
        task = world.started()
        requests.ask(task.pk, by=world.admin, kind="cancellation", reason="改革")
        assert page(signed_in(world.admin), world).context["asked_count"] == 0
        assert page(signed_in(world.reviewer), world).context["asked_count"] == 1

    def test_who_confirms_names_the_unit(self, world, signed_in):
        assert world.task
        acts = {who: page(signed_in(getattr(world, who)), world).context["decisions"][0] for who in ("admin", "leader")}
        assert acts["admin"]["act_url"] == reverse("move", args=[world.task.pk, "confirm"])
        assert acts["leader"]["act_url"] == world.task.get_absolute_url()

    def test_the_review_is_entered_by_those_who_conduct_it(self, world, signed_in):
        world.started()
        client = signed_in(world.leader)
        assert page(client, world).context["review_url"] == reverse("prepare_review", args=[world.plan.pk])
        review = prepared(world)
        assert page(client, world).context["review_url"] == review.get_absolute_url()
        assert "review_url" not in page(signed_in(world.staff), world).context
        assert "review_url" not in page(client, world, as_of="2025-06-16").context


class TestHowItIsShown:
    def test_units_stand_in_the_order_of_the_register(self, world, signed_in):
        world.started(progress=90)
        world.started(world.tasks[1], unit=world.second, progress=1)
        Unit.objects.filter(pk=world.second.pk).update(order=1)
        Unit.objects.filter(pk=world.bureau.pk).update(order=2)
        for query in ({}, {"as_of": "2025-06-16"}):
            units = page(signed_in(world.viewer), world, **query).context["units"]
            assert [row["label"] for row in units] == ["区执法局", "区培训局", ""]

    def test_there_is_neither_style_nor_script_in_the_picture(self, world, signed_in):
        world.started()
        body = page(signed_in(world.leader), world).content.decode()
        picture = re.search(r'<svg class="chart".*?</svg>\s*</div>', body, re.S)[0]
        assert "style=" not in body
        assert "<script" not in picture
        assert 'role="img" aria-labelledby="course-title course-desc"' in picture

    def test_it_is_in_the_main_navigation(self, world, signed_in):
        assert world.task
        navigation = page(signed_in(world.viewer), world).context["navigation"]
        assert [entry["label"] for entry in navigation if entry["current"]] == ["总览"]

    def test_english_has_its_own_words(self, world, signed_in):
        world.started()
        client = signed_in(world.leader)
        client.cookies["django_language"] = "en"
        body = page(client, world).content.decode()
        assert "Overview of 2025" in body
        assert ">Jan<" in body


class TestAfterTheYear:
    @pytest.fixture
    def january(self, world):
        """A task is due in March: on 20 January more is scheduled than on 31 December, the last day of the chart."""
        world.started(progress=50, due_on=datetime.date(2026, 3, 31))
        with clock.at(evening("2026-01-20")):
            yield world

    def test_the_point_names_its_day_where_that_is_not_today(self, january, signed_in):
        context = page(signed_in(january.viewer), january).context
        labels = re.findall(r'class="chart__label[^>]*>([^<]*)<', context["chart"])
        assert labels == ["12月31日 序时 80%", "12月31日 实际 50%"]
        assert "序时应到 85%" in re.sub(r"<[^>]+>", "", context["sentence"])

    def test_the_headline_says_as_of_when(self, january, signed_in):
        for query, words in (({}, "截至 2026年1月20日"), ({"as_of": "2025-08-01"}, "截至 2025年8月1日")):
            body = page(signed_in(january.viewer), january, **query).content.decode()
            assert re.search(r'overview-sentence">(.*?)</p>', body, re.S)[1].count(words) == 1

    def test_within_the_year_the_point_is_today(self, january, signed_in):
        for day in ("2025-08-01", "2025-12-31"):
            chart = page(signed_in(january.viewer), january, as_of=day).context["chart"]
            labels = re.findall(r'class="chart__label[^>]*>([^<]*)<', chart)
            assert {label.split()[0] for label in labels} == {"序时", "实际"}

    def test_a_closed_plan_stands_still_in_headline_and_chart_alike(self, world, signed_in):
        world.started(progress=50)
        with on("2025-12-10"):
            keys = Task.objects.open().filter(plan=world.plan).values_list("pk", flat=True)
            rollover.decide_many(world.plan, keys, by=world.admin, kind="carried", reason="明年继续推进")
            rollover.close(world.plan.pk, by=world.admin)
        with on("2025-12-20"):
            context = page(signed_in(world.viewer), world).context
        assert context["on"] == "2025年12月10日"
        labels = re.findall(r'class="chart__label[^>]*>([^<]*)<', context["chart"])
        assert labels == ["12月10日 序时 94%", "12月10日 实际 50%"]
        assert "序时应到 94%" in re.sub(r"<[^>]+>", "", context["sentence"])


class TestIndicators:
    @pytest.mark.parametrize(
        ("direction", "baseline", "target", "value", "words"),
        [
            ("up", 3, 8, 8, "✓ 已达标"),
            ("up", 3, 8, 7, "○ 未达标"),
            ("down", 9, 5, 5, "✓ 已达标"),
            ("down", 9, 5, 6, "○ 未达标"),
            ("reach", None, 100, 100, "✓ 已达标"),
            ("reach", 60, 100, 99, "○ 未达标"),
            ("reach", 30, 10, 9, "✓ 已达标"),
            ("up", 3, None, 7, ""),
            ("up", 3, 8, None, ""),
        ],
    )
    def test_whether_the_target_is_met_is_said_in_a_word_with_a_sign(
        self, world, signed_in, direction, baseline, target, value, words
    ):
        world.started()
        numbers = {"baseline": baseline, "target": target}
        given = {name: None if number is None else Decimal(number) for name, number in numbers.items()}
        row = indicators.add(world.task.pk, by=world.admin, name="人次", direction=direction, **given)
        if value is not None:
            indicators.read(row.pk, by=world.staff, value=Decimal(value), note="核实")
        with on("2025-06-18"):
            for query in ({}, {"as_of": "2025-06-17"}):
                answer = page(signed_in(world.viewer), world, **query)
                assert answer.context["indicators"][0]["met_words"] == words
                assert (words in answer.content.decode()) or not words


class TestTheOrderOfReading:
    def test_what_has_to_be_done_stands_before_the_indicators(self, year, signed_in):
        body = page(signed_in(year.leader), year).content.decode()
        heads = re.findall(r"<h2>([^<]*)</h2>", body)
        assert heads == ["全年进度", "按板块", "按牵头单位", "变化", "即将到期", "缺口", "等您决定", "指标"]

    def test_the_numbers_of_what_falls_due_have_a_head(self, world, signed_in):
        world.started(due_on=datetime.date(2025, 7, 1))
        body = page(signed_in(world.viewer), world).content.decode()
        assert re.search(r'<p class="overview-due__head"[^>]*>实际／序时', body)

    def test_the_way_into_the_review_is_one_button_that_a_phone_fixes_at_its_foot(self, year, signed_in):
        body = page(signed_in(year.leader), year).content.decode()
        (foot,) = re.findall(r'<div class="overview-enter">(.*?)</div>', body)
        assert "进入评审" in foot
        css = Path(finders.find("reports/css/overview.css")).read_text(encoding="utf-8")
        assert re.search(r"\.overview-enter \{[^}]*position: fixed;[^}]*var\(--bottom-height\)", css)

    def test_the_file_is_compared_with_the_same(self, year, signed_in):
        client = signed_in(year.leader)
        body = page(client, year, since="2025-06-17", as_of="2025-09-10").content.decode()
        assert f"{reverse('overview_workbook', args=[year.plan.pk])}?as_of=2025-09-10&amp;since=2025-06-17" in body


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("who", "query", "statements"),
    [
        ("leader", {}, 12),
        ("viewer", {}, 12),
        ("leader", {"as_of": "2025-07-10"}, 12),
        ("viewer", {"as_of": "2025-07-10", "since": "2025-07-01"}, 12),
    ],
)
def test_statements_do_not_grow(world, signed_in, number, who, query, statements):
    step = {"title": "一期", "due_on": datetime.date(2025, 8, 1), "share": 60}
    for task in world.tasks[:number]:
        world.started(task)
        tasks.set_milestones(task.pk, by=world.admin, steps=[step])
        indicators.add(task.pk, by=world.admin, name="人次", unit="人", direction="up", baseline=Decimal(3))
        requests.ask(task.pk, by=world.staff, kind="cancellation", reason="改革")
    client = signed_in(getattr(world, who))
    with on("2025-07-20"):
        page(client, world, **query)
        with CaptureQueriesContext(connection) as looking:
            page(client, world, **query)
        assert len(looking) == statements


@pytest.mark.parametrize("number", [1, 3])
def test_statements_against_a_review(world, signed_in, number):
    for task in world.tasks[:number]:
        world.started(task)
    for _each in range(number):
        reviews.close(prepared(world).pk, by=world.reviewer)
    client = signed_in(world.leader)
    with on("2025-07-20"):
        page(client, world)
        with CaptureQueriesContext(connection) as looking:
            page(client, world)
        assert len(looking) == 11
