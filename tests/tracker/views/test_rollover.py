"""The wizard that closes a plan, its record, and the predecessors of a new plan's tasks."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tracker.enums import PlanState
from tracker.models import CarryOver, Plan, Succession, Task
from tracker.services import rollover, successions

FRAME = 4
# Nothing waits in a closed plan, so that nothing is counted.
CLOSED_FRAME = 3
SETTERS = ["admin", "reviewer"]
READERS = ["leader", "auditor", "viewer", "staff", "head", "city_leader"]


@pytest.fixture(autouse=True)
def english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


def words(answer):
    html = answer.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html[html.index("<main") :]))


def wizard_url(world):
    return reverse("roll_over", args=[world.plan.pk])


def task_url(task):
    return reverse("carry_over", args=[task.pk])


@pytest.fixture
def desk(world):
    """Four tasks: the first in progress, continuous."""
    world.open_task = world.started(nature="continuous")
    assert world.tasks
    return world


SAID = {"kind": "carried", "reason": "明年继续推进", "words": "健全全员培训机制", "into": ""}


# ---------- The list ----------


@pytest.mark.parametrize("who", SETTERS)
def test_those_who_set_the_plan_up_see_every_open_task_with_light_progress_and_proposal(desk, signed_in, who):
    desk.completed(desk.tasks[3])
    answer = signed_in(getattr(desk, who)).get(wizard_url(desk))
    rows = answer.context["settlings"]
    assert [(row.row.code, row.proposal) for row in rows] == [("1.1", "carried"), ("1.2", ""), ("2.1", "")]
    assert (rows[0].points, rows[0].row.light.label) == ("50%", "Green")
    assert "proposed Carried into next year&#x27;s plan continuous" in words(answer)


@pytest.mark.parametrize("who", READERS)
def test_nobody_else_sees_the_wizard(desk, signed_in, who):
    client = signed_in(getattr(desk, who))
    assert client.get(wizard_url(desk)).status_code == 403
    assert client.get(task_url(desk.open_task)).status_code == 403


def test_a_look_stores_no_proposal(desk, signed_in):
    client = signed_in(desk.admin)
    client.get(wizard_url(desk))
    client.get(f"{wizard_url(desk)}?show=open&choose=carried")
    client.get(task_url(desk.open_task))
    assert not CarryOver.objects.exists()


def test_all_that_are_proposed_alike_are_ticked_by_one_link(desk, signed_in):
    client = signed_in(desk.admin)
    offer = client.get(wizard_url(desk)).context["offers"][0]
    assert (offer["label"], offer["count"]) == ("Carried into next year's plan", 1)
    answer = client.get(wizard_url(desk) + offer["query"])
    assert [row.row.code for row in answer.context["settlings"] if row.ticked] == ["1.1"]
    assert answer.context["form"]["kind"].value() == "carried"


def test_the_list_is_narrowed_and_says_how_many_there_are(desk, signed_in):
    rollover.decide(desk.tasks[1].pk, by=desk.admin, kind="dropped", reason="职能划转")
    client = signed_in(desk.admin)
    shown = {}
    for show in ("", "open", "all", "settled", "submitted", "nonsense"):
        answer = client.get(wizard_url(desk), {"show": show})
        shown[show] = [row.row.code for row in answer.context["settlings"]]
    everything = ["1.1", "1.2", "2.1", "2.2"]
    assert shown == {
        "": ["1.1", "2.1", "2.2"],
        "open": ["1.1", "2.1", "2.2"],
        "all": everything,
        "settled": ["1.2"],
        "submitted": [],
        "nonsense": ["1.1", "2.1", "2.2"],
    }
    assert [tab["count"] for tab in answer.context["tabs"]] == [3, 4, 1, 0]


def test_the_page_opens_on_what_is_to_be_settled_as_long_as_there_is_something(desk, signed_in):
    client = signed_in(desk.admin)

    def current():
        return [tab["label"] for tab in client.get(wizard_url(desk)).context["tabs"] if tab["current"]]

    assert current() == ["To be settled"]
    settle_all(desk)
    assert current() == ["All open tasks"]


@pytest.mark.parametrize("number", [1, 3])
def test_the_wizard_costs_the_same_for_one_task_and_for_three(desk, signed_in, django_assert_num_queries, number):
    for task in desk.tasks[:number]:
        rollover.decide(task.pk, by=desk.admin, kind="carried", reason="明年继续")
    client = signed_in(desk.admin)
    client.get(wizard_url(desk))
    with django_assert_num_queries(FRAME + 13):
        assert client.get(wizard_url(desk)).status_code == 200


# ---------- One task ----------


def test_what_becomes_of_a_task_is_said_on_its_own_page_and_leads_back_to_its_place(desk, signed_in):
    client = signed_in(desk.reviewer)
    page = client.get(task_url(desk.open_task))
    assert page.context["form"]["kind"].value() == "carried"
    assert page.context["form"]["words"].value() == desk.open_task.quote
    answer = client.post(task_url(desk.open_task), SAID)
    assert answer.headers["Location"] == f"{wizard_url(desk)}#task-{desk.open_task.pk}"
    row = CarryOver.objects.get()
    assert (row.kind, row.reason, row.words, row.by) == ("carried", "明年继续推进", "健全全员培训机制", desk.reviewer)
    listed = client.get(wizard_url(desk), {"show": "settled"}).context["settlings"][0]
    assert (listed.settled, listed.reason) == ("Carried into next year's plan", "明年继续推进")


def test_the_way_back_never_leaves_the_site(desk, signed_in):
    answer = signed_in(desk.admin).post(task_url(desk.open_task), {**SAID, "next": "https://evil.example/"})
    assert answer.headers["Location"].startswith("/plans/")


def test_the_form_shows_what_was_said_before_and_takes_it_back(desk, signed_in):
    client = signed_in(desk.admin)
    client.post(task_url(desk.open_task), SAID)
    page = client.get(task_url(desk.open_task))
    assert page.context["form"]["reason"].value() == "明年继续推进"
    assert "Settled by 人-admin" in words(page)
    client.post(task_url(desk.open_task), {"undo": "yes"})
    assert not CarryOver.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"kind": ""}, "Choose what becomes of the task."),
        ({"kind": "postponed"}, "postponed is not one of the available choices"),
        ({"reason": " "}, "Give the reason."),
        ({"kind": "absorbed"}, "Choose the task that absorbs it."),
        ({"kind": "absorbed", "into": "99999999999999999999"}, "This task cannot be chosen here."),
        ({"reason": "机密★10年"}, "Nothing classified may be entered here"),
    ],
)
def test_a_refusal_stands_in_the_form_and_what_was_typed_stays(desk, signed_in, wrong, sentence):
    answer = signed_in(desk.admin).post(task_url(desk.open_task), SAID | wrong)
    assert answer.status_code == 400
    assert sentence in words(answer)
    assert "健全全员培训机制" in answer.content.decode()
    assert not CarryOver.objects.exists()


def test_the_form_alone_stands_in_the_list_where_htmx_asks_for_it(desk, signed_in):
    html = signed_in(desk.admin).get(task_url(desk.open_task), HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in html
    assert f'action="{task_url(desk.open_task)}"' in html


def test_the_form_in_the_list_takes_the_focus_and_the_page_of_its_own_does_not(desk, signed_in):
    client = signed_in(desk.admin)
    assert client.get(task_url(desk.open_task), HTTP_HX_REQUEST="true").content.decode().count(" autofocus>") == 1
    assert " autofocus>" not in client.get(task_url(desk.open_task)).content.decode()


@pytest.mark.parametrize(("typed", "told"), [("健全全员培训机制", True), ("", False), (None, False)])
def test_words_that_are_not_kept_are_said_to_be_left_out(desk, signed_in, typed, told):
    """The report's own words stand in the form from the beginning; nobody wrote those."""
    given = desk.open_task.quote if typed is None else typed
    sent = {**SAID, "kind": "dropped", "words": given}
    answer = signed_in(desk.admin).post(task_url(desk.open_task), sent, follow=True)
    assert ("The words for next year are not kept" in answer.content.decode()) == told
    assert CarryOver.objects.get().words == ""


def test_a_closed_task_is_refused_with_a_sentence(desk, signed_in):
    done = desk.completed(desk.tasks[3])
    answer = signed_in(desk.admin).get(task_url(done))
    assert answer.status_code == 409
    assert "2.2 is closed" in answer.content.decode()


# ---------- Several ----------


def test_the_ticked_tasks_are_settled_together(desk, signed_in):
    keys = [desk.tasks[1].pk, desk.tasks[2].pk]
    answer = signed_in(desk.admin).post(wizard_url(desk), {"tasks": keys, "kind": "dropped", "reason": "职能划转"})
    assert answer.status_code == 302
    assert set(CarryOver.objects.values_list("task", "kind")) == {(keys[0], "dropped"), (keys[1], "dropped")}


def test_what_was_settled_before_is_left_unless_the_tick_says_otherwise(desk, signed_in):
    rollover.decide(desk.tasks[1].pk, by=desk.reviewer, kind="carried", reason="明年继续", words="原话")
    client = signed_in(desk.admin)
    sent = {"tasks": [desk.tasks[1].pk, desk.tasks[2].pk], "kind": "dropped", "reason": "职能划转"}
    page = client.post(wizard_url(desk), sent, follow=True).content.decode()
    assert "Newly settled: 1. Replaced: 0. Left as settled before: 1." in page
    row = CarryOver.objects.get(task=desk.tasks[1])
    assert (row.kind, row.reason, row.words) == ("carried", "明年继续", "原话")
    page = client.post(wizard_url(desk), {**sent, "replace": "yes"}, follow=True).content.decode()
    assert "Newly settled: 0. Replaced: 2. Left as settled before: 0." in page
    assert set(CarryOver.objects.values_list("reason", flat=True)) == {"职能划转"}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"kind": "dropped"}, "Give the reason."),
        ({"reason": "职能划转"}, "Choose what becomes of the task."),
        ({"kind": "absorbed", "reason": "职能划转"}, "Choose the task that absorbs it."),
    ],
)
def test_what_is_missing_is_said_and_ticks_and_words_stay(desk, signed_in, given, sentence):
    key = desk.tasks[1].pk
    answer = signed_in(desk.admin).post(wizard_url(desk), {"tasks": [key], **given})
    assert answer.status_code == 400
    assert sentence in words(answer)
    assert [row.row.pk for row in answer.context["settlings"] if row.ticked] == [key]
    assert not CarryOver.objects.exists()


@pytest.mark.parametrize("keys", [[], ["x"], ["0"], ["9" * 30], ["foreign"]])
def test_ticks_that_fit_no_task_are_refused(desk, signed_in, keys):
    keys = [str(desk.foreign_task.pk) if key == "foreign" else key for key in keys]
    answer = signed_in(desk.admin).post(wizard_url(desk), {"tasks": keys, "kind": "dropped", "reason": "职能划转"})
    assert answer.status_code == 400
    assert "职能划转" in answer.content.decode()
    assert not CarryOver.objects.exists()


def test_a_task_that_was_closed_meanwhile_is_named_and_nothing_is_stored(desk, signed_in):
    done = desk.completed(desk.tasks[3])
    keys = [desk.open_task.pk, done.pk]
    answer = signed_in(desk.admin).post(wizard_url(desk), {"tasks": keys, "kind": "dropped", "reason": "职能划转"})
    assert answer.status_code == 409
    assert "2.2 is closed" in words(answer)
    assert not CarryOver.objects.exists()


@pytest.mark.parametrize("who", READERS)
def test_nobody_else_settles_several(desk, signed_in, who):
    given = {"tasks": [desk.open_task.pk], "kind": "dropped", "reason": "职能划转"}
    assert signed_in(getattr(desk, who)).post(wizard_url(desk), given).status_code == 403
    assert not CarryOver.objects.exists()


# ---------- What closing needs, and the closing ----------


def settle_all(desk):
    keys = Task.objects.open().filter(plan=desk.plan).values_list("pk", flat=True)
    rollover.decide_many(desk.plan, keys, by=desk.admin, kind="carried", reason="明年继续")


def close(desk, client, **given):
    return client.post(reverse("close_plan", args=[desk.plan.pk]), {"sure": "yes", **given}, follow=True)


def test_the_steps_say_how_far_it_is(desk, signed_in):
    client = signed_in(desk.admin)
    states = [[step["state"] for step in client.get(wizard_url(desk)).context["steps"]]]
    settle_all(desk)
    states.append([step["state"] for step in client.get(wizard_url(desk)).context["steps"]])
    assert states == [["current", "ahead", "ahead"], ["done", "done", "current"]]


def test_what_stands_in_the_way_is_listed_with_a_way_to_it(desk, signed_in):
    client = signed_in(desk.admin)
    page = client.get(wizard_url(desk))
    assert "Nothing is settled yet for 1.1, 1.2, 2.1, 2.2." in words(page)
    assert [client.get(one.url).status_code for one in page.context["obstacles"]] == [200]
    assert "Close the plan of 2025" not in words(page)


def test_the_administrator_closes_the_plan_and_reads_the_record(desk, signed_in):
    settle_all(desk)
    client = signed_in(desk.admin)
    page = close(desk, client)
    assert Plan.objects.get(pk=desk.plan.pk).state == PlanState.CLOSED
    assert "Closed by 人-admin on 16 Jun 2025." in words(page)


def test_closing_must_be_meant(desk, signed_in):
    settle_all(desk)
    assert "Tick that the plan is to be closed" in close(desk, signed_in(desk.admin), sure="").content.decode()
    assert Plan.objects.get(pk=desk.plan.pk).state == PlanState.ACTIVE


def test_a_refused_closing_says_why(desk, signed_in):
    answer = close(desk, signed_in(desk.admin)).content.decode()
    assert "The plan cannot be closed yet." in answer
    assert Plan.objects.get(pk=desk.plan.pk).state == PlanState.ACTIVE


def test_a_reviewer_prepares_the_closing_and_does_not_do_it(desk, signed_in):
    settle_all(desk)
    client = signed_in(desk.reviewer)
    assert "An administrator closes the plan." in words(client.get(wizard_url(desk)))
    assert client.post(reverse("close_plan", args=[desk.plan.pk]), {"sure": "yes"}).status_code == 403
    assert Plan.objects.get(pk=desk.plan.pk).state == PlanState.ACTIVE


# ---------- The record ----------


@pytest.fixture
def shut(desk):
    """A closed plan: one task carried, one absorbed, one completed, one not pursued."""
    desk.done = desk.completed(desk.tasks[1])
    decide = {"by": desk.admin, "reason": "年底情况"}
    rollover.decide(desk.tasks[0].pk, kind="carried", words="健全全员培训机制", **decide)
    rollover.decide(desk.tasks[2].pk, kind="absorbed", into=desk.tasks[0].pk, **decide)
    rollover.decide(desk.tasks[3].pk, kind="dropped", **decide)
    rollover.close(desk.plan.pk, by=desk.admin)
    return desk


@pytest.mark.parametrize("who", [*SETTERS, *READERS])
def test_everyone_who_sees_a_closed_plan_reads_what_became_of_its_tasks(shut, signed_in, who):
    answer = signed_in(getattr(shut, who)).get(wizard_url(shut))
    rows = [(row["code"], row["fate"]) for group in answer.context["groups"] for row in group["rows"]]
    assert rows == [
        ("1.1", "Carried into next year's plan"),
        ("1.2", "Completed"),
        ("2.1", "Absorbed by another task"),
        ("2.2", "Not pursued further"),
    ]
    assert "健全全员培训机制" in words(answer)
    assert ("Open the plan again" in words(answer)) == (who == "admin")


def test_another_government_does_not(shut, signed_in):
    assert signed_in(shut.foreign_admin).get(wizard_url(shut)).status_code == 404


def test_the_record_leads_to_the_next_plan_and_to_what_goes_back_to_its_tasks(shut, signed_in):
    client = signed_in(shut.admin)
    assert "See the plan of 2026" not in words(client.get(wizard_url(shut)))
    measure = successions.measures_of(shut.next_plan).first()
    successions.link(shut.next_plan, shut.done.pk, by=shut.admin, measure_id=measure.pk)
    successions.link(shut.next_plan, shut.tasks[0].pk, by=shut.admin, task_id=shut.next_tasks[0].pk)
    Succession.objects.create(predecessor=shut.tasks[0], task=shut.next_tasks[1])
    page = words(client.get(wizard_url(shut)))
    assert "See the plan of 2026" in page
    assert "2026 plan 1.1 继续开展执法评查" in page and measure.text[:5] in page
    assert "建立联合惩戒名单" not in page


def test_those_who_do_not_see_the_draft_of_the_next_plan_read_nothing_of_it(shut, signed_in):
    successions.link(shut.next_plan, shut.tasks[0].pk, by=shut.admin, task_id=shut.next_tasks[0].pk)
    measure = successions.measures_of(shut.next_plan).first()
    successions.link(shut.next_plan, shut.done.pk, by=shut.admin, measure_id=measure.pk)
    for who in ("viewer", "staff", "leader", "city_leader"):
        client = signed_in(getattr(shut, who))
        page = words(client.get(wizard_url(shut)))
        assert (
            "2026 plan" not in page
            and "plan of 2026" not in page
            and "继续开展执法评查" not in page
            and "told in the report" not in page
        )
        task = words(client.get(shut.tasks[0].get_absolute_url()))
        assert "继续开展执法评查" not in task


@pytest.mark.parametrize("number", [1, 3])
def test_the_record_costs_the_same_for_one_successor_and_for_three(shut, signed_in, django_assert_num_queries, number):
    for task in (shut.tasks[0], shut.done, shut.tasks[2])[:number]:
        successions.link(shut.next_plan, task.pk, by=shut.admin, task_id=shut.next_tasks[0].pk)
    client = signed_in(shut.admin)
    client.get(wizard_url(shut))
    with django_assert_num_queries(CLOSED_FRAME + 4):
        assert client.get(wizard_url(shut)).status_code == 200


def test_the_administrator_opens_the_plan_again_with_a_reason(shut, signed_in):
    client, address = signed_in(shut.admin), reverse("reopen_plan", args=[shut.plan.pk])
    refused = client.post(address, {"reason": ""})
    assert (refused.status_code, "Say why the plan is opened again." in words(refused)) == (400, True)
    too_long = client.post(address, {"reason": "长" * 101})
    assert (too_long.status_code, "长" * 101 in too_long.content.decode()) == (400, True)
    assert client.post(address, {"reason": "漏了一项"}).status_code == 302
    assert Plan.objects.get(pk=shut.plan.pk).state == PlanState.ACTIVE


def test_where_it_stays_closed_there_is_no_form_but_why_and_the_way_to_the_predecessors(shut, signed_in):
    successions.link(shut.next_plan, shut.tasks[0].pk, by=shut.admin, task_id=shut.next_tasks[0].pk)
    html = signed_in(shut.admin).get(wizard_url(shut)).content.decode()
    assert reverse("reopen_plan", args=[shut.plan.pk]) not in html
    assert "the plan stays closed until the confirmation is withdrawn there" in html
    assert f'href="{reverse("predecessors", args=[shut.next_plan.pk])}"' in html
    assert "stays closed" not in words(signed_in(shut.viewer).get(wizard_url(shut)))


def test_closings_and_reopenings_are_read_with_person_and_reason(shut, signed_in):
    rollover.reopen_plan(shut.plan.pk, by=shut.admin, reason="漏了一项")
    opened = words(signed_in(shut.reviewer).get(wizard_url(shut)))
    assert "Opened again by 人-admin on" in opened and "漏了一项" in opened
    rollover.close(shut.plan.pk, by=shut.admin)
    record = words(signed_in(shut.viewer).get(wizard_url(shut)))
    assert record.count("Closed by 人-admin on") == 3 and "漏了一项" in record
    kept = signed_in(shut.admin).get(reverse("admin:tracker_plan_history", args=[shut.plan.pk]))
    assert (kept.status_code, "漏了一项" in kept.content.decode()) == (200, True)


def test_the_history_of_a_plan_of_another_government_is_not_there(shut, signed_in):
    answer = signed_in(shut.foreign_admin).get(reverse("admin:tracker_plan_history", args=[shut.plan.pk]))
    assert answer.status_code in (302, 404)


def test_why_it_stays_closed_is_said_and_the_reason_stays_typed(shut, signed_in):
    successions.link(shut.next_plan, shut.tasks[0].pk, by=shut.admin, task_id=shut.next_tasks[0].pk)
    answer = signed_in(shut.admin).post(reverse("reopen_plan", args=[shut.plan.pk]), {"reason": "漏了一项"})
    assert answer.status_code == 409
    assert "the plan stays closed" in words(answer) and "漏了一项" in answer.content.decode()


@pytest.mark.parametrize("who", ["reviewer", *READERS])
def test_nobody_else_opens_it_again(shut, signed_in, who):
    answer = signed_in(getattr(shut, who)).post(reverse("reopen_plan", args=[shut.plan.pk]), {"reason": "漏了一项"})
    assert answer.status_code == 403
    assert Plan.objects.get(pk=shut.plan.pk).state == PlanState.CLOSED


def test_nothing_is_settled_on_the_page_of_a_closed_plan(shut, signed_in):
    given = {"tasks": [shut.tasks[0].pk], "kind": "dropped", "reason": "职能划转"}
    client = signed_in(shut.admin)
    assert client.post(wizard_url(shut), given).status_code == 409
    assert client.post(task_url(shut.tasks[0]), SAID).status_code == 409
    assert CarryOver.objects.get(task=shut.tasks[0]).kind == "carried"


# ---------- Elsewhere ----------


@pytest.mark.parametrize("who", [*SETTERS, *READERS])
def test_the_home_of_a_closed_plan_says_so_and_leads_to_the_record(shut, signed_in, who):
    answer = signed_in(getattr(shut, who)).get(reverse("home", args=[shut.plan.pk]))
    page = words(answer)
    assert "The plan of 2025 is closed." in page
    assert "days left" not in page
    assert wizard_url(shut) in answer.content.decode()
    assert (answer.context["groups"], answer.context["reminders"], answer.context["dates"]) == ([], [], [])


def test_a_task_that_a_closed_plan_left_open_asks_nothing_of_anybody(shut, signed_in):
    answer = signed_in(shut.staff).get(shut.tasks[0].get_absolute_url())
    page = words(answer)
    assert page.count("nothing in it can be changed") == 1
    assert (answer.context["actions"].primary, answer.context["actions"].buttons) == (None, ())
    assert {step.state for step in answer.context["steps"]} == {"done", "current"}
    assert "Next:" not in page and "When the plan was closed on" in page
    done = signed_in(shut.staff).get(shut.done.get_absolute_url())
    assert "When the plan was closed on" not in words(done)


@pytest.mark.parametrize("who", ["viewer", "admin"])
def test_the_overview_of_a_closed_plan_says_so_and_leads_to_the_record(shut, signed_in, who):
    answer = signed_in(getattr(shut, who)).get(reverse("overview", args=[shut.plan.pk]))
    head = answer.content.decode().split("</header>")[-2]
    assert "The plan is closed" in head and wizard_url(shut) in head


def test_the_review_queue_of_a_closed_plan_is_empty_and_says_why(shut, signed_in):
    address = reverse("review_queue", args=[shut.plan.pk])
    page = words(signed_in(shut.reviewer).get(address))
    assert "The plan is closed; nothing is reviewed in it any more" in page
    assert signed_in(shut.staff).get(address).status_code == 403
    assert signed_in(shut.reviewer).get(reverse("review", args=[shut.tasks[0].pk])).status_code == 200


def test_a_unit_that_leads_no_task_is_told_that_and_not_that_all_is_done(desk, signed_in):
    home = reverse("home", args=[desk.plan.pk])
    assert "No task of this plan is led by your unit" in words(signed_in(desk.second_staff).get(home))
    desk.confirmed(desk.tasks[1], unit=desk.second, starts_on=desk.plan.ends_on)
    page = words(signed_in(desk.second_staff).get(home))
    assert "No task of this plan" not in page and "Everything is done for this period" in page


@pytest.mark.parametrize(
    ("who", "name", "more"),
    [
        ("staff", "report_progress", []),
        ("staff", "no_change", []),
        ("staff", "evidence_new", []),
        ("staff", "move", ["submit"]),
        ("staff", "request_change", ["extension"]),
        ("reviewer", "review", []),
        ("reviewer", "raise_light", []),
    ],
)
def test_what_is_sent_to_a_closed_plan_is_answered_by_that_alone(shut, signed_in, who, name, more):
    address = reverse(name, args=[shut.tasks[0].pk, *more])
    answer = signed_in(getattr(shut, who)).post(address, {"summary": "补报一句"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "The plan is closed; nothing in it can be changed." in page
    assert "field__error" not in page and "This field is required" not in page


def test_the_table_of_the_trace_leads_to_what_a_task_carries_on(shut, signed_in, django_assert_num_queries):
    client, address = signed_in(shut.admin), reverse("trace", args=[shut.next_plan.pk]) + "?as=table"
    assert shut.next_tasks
    client.get(address)
    with CaptureQueriesContext(connection) as before:
        assert "Carries on" not in words(client.get(address))
    successions.link(shut.next_plan, shut.tasks[0].pk, by=shut.admin, task_id=shut.next_tasks[0].pk)
    with django_assert_num_queries(len(before)):
        page = client.get(address)
    assert "Carries on 2025 plan 1.1 继续组织全员培训" in words(page)
    assert f'href="{shut.tasks[0].get_absolute_url()}"' in page.content.decode()


def test_the_menu_leads_to_the_roll_over_those_who_settle_it(desk, signed_in):
    home = reverse("home", args=[desk.plan.pk])
    led = {
        who: wizard_url(desk) in signed_in(getattr(desk, who)).get(home).content.decode()
        for who in [*SETTERS, *READERS]
    }
    assert {who for who, there in led.items() if there} == set(SETTERS)


def test_the_page_of_a_task_says_what_was_settled_for_it(desk, signed_in):
    rollover.decide(desk.tasks[2].pk, by=desk.admin, kind="absorbed", reason="合并推进", into=desk.open_task.pk)
    rollover.decide(desk.open_task.pk, by=desk.admin, kind="carried", reason="明年继续", words="健全全员培训机制")
    client = signed_in(desk.viewer)
    absorbed = words(client.get(desk.tasks[2].get_absolute_url()))
    assert "Absorbed by another task : 1.1" in absorbed and "合并推进" in absorbed
    carried = words(client.get(desk.open_task.get_absolute_url()))
    assert "Carried into next year&#x27;s plan" in carried and "健全全员培训机制" in carried
    assert "carried the task into next year&#x27;s plan" in carried


def test_the_pages_of_both_years_lead_to_one_another(shut, signed_in):
    new, old = shut.next_tasks[0], shut.tasks[0]
    successions.link(shut.next_plan, old.pk, by=shut.admin, task_id=new.pk)
    measure = successions.measures_of(shut.next_plan).first()
    successions.link(shut.next_plan, old.pk, by=shut.admin, measure_id=measure.pk)
    client = signed_in(shut.admin)
    later, earlier = client.get(new.get_absolute_url()), client.get(old.get_absolute_url())
    assert f'href="{old.get_absolute_url()}"' in later.content.decode()
    assert "Carries on 2025 plan 1.1 继续组织全员培训" in words(later)
    assert "Goes on in 2026 plan 1.1 继续开展执法评查" in words(earlier)
    assert [end["head"] for end in earlier.context["successors"]] == ["2026 plan", "told in the report"]
    assert client.get(earlier.context["successors"][1]["url"]).status_code == 200


def test_only_what_was_confirmed_counts_there(shut, signed_in):
    Succession.objects.create(predecessor=shut.tasks[0], task=shut.next_tasks[0])
    client = signed_in(shut.admin)
    assert client.get(shut.next_tasks[0].get_absolute_url()).context["predecessors"] == []
    assert client.get(shut.tasks[0].get_absolute_url()).context["successors"] == []


@pytest.mark.parametrize("number", [1, 2])
def test_the_page_of_a_task_costs_no_more_whatever_goes_on_from_it(shut, signed_in, django_assert_num_queries, number):
    for task in shut.next_tasks[:number]:
        successions.link(shut.next_plan, shut.tasks[0].pk, by=shut.admin, task_id=task.pk)
    client = signed_in(shut.admin)
    client.get(shut.tasks[0].get_absolute_url())
    with django_assert_num_queries(CLOSED_FRAME + 8):
        assert client.get(shut.tasks[0].get_absolute_url()).status_code == 200


def test_the_administration_shows_state_and_way_and_changes_no_closed_plan(shut, signed_in):
    client = signed_in(shut.admin)
    listed = client.get(reverse("admin:tracker_plan_changelist")).content.decode()
    assert wizard_url(shut) in listed and "Closed" in listed
    page = client.get(reverse("admin:tracker_plan_change", args=[shut.plan.pk])).content.decode()
    assert 'name="near_days"' not in page
    row = CarryOver.objects.get(task=shut.tasks[0])
    assert client.get(reverse("admin:tracker_carryover_history", args=[row.pk])).status_code == 200
    assert client.get(reverse("admin:tracker_succession_changelist")).status_code == 200


# ---------- Predecessors ----------


@pytest.fixture
def years(shut):
    assert shut.next_tasks
    shut.url = reverse("predecessors", args=[shut.next_plan.pk])
    successions.propose(shut.next_plan, by=shut.admin)
    shut.next_measures = list(successions.measures_of(shut.next_plan).order_by("start"))
    return shut


def ends(answer):
    groups = [*answer.context["task_groups"], *answer.context["measure_groups"]]
    return {row["anchor"]: [end["words"] for end in row["ends"]] for group in groups for row in group["rows"]}


def test_the_button_stores_what_the_words_propose(shut, signed_in):
    assert shut.next_tasks
    client = signed_in(shut.reviewer)
    answer = client.post(reverse("propose_successions", args=[shut.next_plan.pk]), follow=True)
    assert "new proposal" in answer.content.decode()
    found = ends(answer)
    assert found[f"task-{shut.next_tasks[0].pk}"] == ["2.1 开展执法评查"]
    assert found[f"task-{shut.next_tasks[1].pk}"] == []
    again = client.post(reverse("propose_successions", args=[shut.next_plan.pk]), follow=True)
    assert "The words give no new proposal." in again.content.decode()


def test_where_there_is_no_year_before_the_page_and_the_button_say_so(world, signed_in):
    client = signed_in(world.admin)
    page = client.get(reverse("predecessors", args=[world.plan.pk]))
    assert "There is no plan of the year before" in words(page)
    answer = client.post(reverse("propose_successions", args=[world.plan.pk]), follow=True)
    assert "There is no plan of the year before." in answer.content.decode()


def test_one_holds_or_does_not(years, signed_in):
    row = Succession.objects.get(task=years.next_tasks[0])
    client = signed_in(years.admin)
    answer = client.post(reverse("settle_succession", args=[row.pk, "confirm"]))
    assert answer.headers["Location"] == f"{years.url}#task-{years.next_tasks[0].pk}"
    assert "confirmed by 人-admin on 16 Jun" in words(client.get(years.url))
    client.post(reverse("settle_succession", args=[row.pk, "withdraw"]))
    assert Succession.objects.get(pk=row.pk).state == "proposed"
    client.post(reverse("settle_succession", args=[row.pk, "dismiss"]))
    page = client.get(years.url)
    assert ends(page)[f"task-{years.next_tasks[0].pk}"] == []
    assert "1 dismissed 2.1 开展执法评查 dismissed by 人-admin on 16 Jun 2025 Make it a proposal again" in words(page)
    assert client.post(reverse("settle_succession", args=[row.pk, "perhaps"])).status_code == 404


def test_several_hold_together(years, signed_in):
    client, address = signed_in(years.admin), reverse("settle_successions", args=[years.next_plan.pk])
    keys = list(Succession.objects.values_list("pk", flat=True))
    for wrong in ({"rows": [], "verdict": "confirm"}, {"rows": [*keys, "x"], "verdict": "confirm"}, {"rows": keys}):
        client.post(address, wrong)
        assert not Succession.objects.exclude(state="proposed").exists()
    client.post(address, {"rows": keys, "verdict": "confirm"})
    assert not Succession.objects.exclude(state="confirmed").exists()


def test_several_confirmations_are_withdrawn_together(years, signed_in):
    client, address = signed_in(years.admin), reverse("settle_successions", args=[years.next_plan.pk])
    keys = list(Succession.objects.values_list("pk", flat=True))
    client.post(address, {"rows": keys, "verdict": "confirm"})
    assert "Withdraw the confirmations chosen" in words(client.get(years.url))
    client.post(address, {"confirmed": keys, "verdict": "dismiss"})
    assert not Succession.objects.exclude(state="confirmed").exists()
    client.post(address, {"confirmed": keys, "verdict": "withdraw"})
    assert not Succession.objects.exclude(state="proposed").exists()


def test_what_the_year_before_carries_and_nobody_takes_up_is_named_with_its_number(years, signed_in):
    client = signed_in(years.admin)
    page = words(client.get(years.url))
    assert "Carried in 2025, taken up by no task yet 1 item 1.1 继续组织全员培训 健全全员培训机制" in page
    successions.link(years.next_plan, years.tasks[0].pk, by=years.admin, task_id=years.next_tasks[1].pk)
    assert "taken up by no task yet" not in words(client.get(years.url))


def test_a_predecessor_that_ended_is_refused_with_a_sentence_on_the_page(years, signed_in):
    row = Succession.objects.create(predecessor=years.tasks[3], task=years.next_tasks[1])
    client = signed_in(years.admin)
    page = client.post(reverse("settle_succession", args=[row.pk, "confirm"]), follow=True)
    assert "2.2 was settled as “Not pursued further”" in page.content.decode()
    address = reverse("link_task_predecessor", args=[years.next_plan.pk, years.next_tasks[1].pk])
    assert client.post(address, {"predecessor": years.tasks[3].pk}).status_code == 400
    row.refresh_from_db()
    assert row.state == "proposed"


@pytest.mark.parametrize("end", ["task", "measure"])
def test_one_is_named_by_hand(years, signed_in, end):
    row = years.next_tasks[1] if end == "task" else years.next_measures[-1]
    client, address = signed_in(years.reviewer), reverse(f"link_{end}_predecessor", args=[years.next_plan.pk, row.pk])
    page = client.get(address)
    assert "2.2 强化案卷管理,实现质量提升（Not pursued further）" in page.content.decode()
    for wrong in ("", "x", str(years.next_tasks[0].pk), "9" * 30):
        assert client.post(address, {"predecessor": wrong}).status_code == 400
    answer = client.post(address, {"predecessor": years.done.pk})
    assert answer.headers["Location"] == f"{years.url}#{end}-{row.pk}"
    assert Succession.objects.get(**{end: row}).state == "confirmed"
    assert client.post(address, {"predecessor": years.done.pk}).status_code == 400


def test_a_task_of_another_plan_has_no_form_here(years, signed_in):
    client = signed_in(years.admin)
    assert client.get(reverse("link_task_predecessor", args=[years.next_plan.pk, years.done.pk])).status_code == 404
    assert client.get(reverse("link_measure_predecessor", args=[years.next_plan.pk, 10**9])).status_code == 404


@pytest.mark.parametrize("who", READERS)
def test_others_read_and_settle_nothing(years, signed_in, who):
    Plan.objects.filter(pk=years.next_plan.pk).update(state=PlanState.ACTIVE)
    client = signed_in(getattr(years, who))
    page = client.get(years.url)
    assert page.status_code == 200
    assert "It holds" not in words(page) and "Choose a predecessor" not in words(page)
    row, plan = Succession.objects.get(task=years.next_tasks[0]), years.next_plan.pk
    for address in (
        reverse("propose_successions", args=[plan]),
        reverse("settle_successions", args=[plan]),
        reverse("settle_succession", args=[row.pk, "confirm"]),
        reverse("link_task_predecessor", args=[plan, years.next_tasks[0].pk]),
    ):
        assert client.post(address, {"rows": [row.pk], "verdict": "confirm"}).status_code == 403
    assert not Succession.objects.exclude(state="proposed").exists()


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_for_one_predecessor_and_for_three(years, signed_in, django_assert_num_queries, number):
    Succession.objects.all().delete()
    for task in (years.tasks[0], years.done, years.tasks[2])[:number]:
        successions.link(years.next_plan, task.pk, by=years.admin, task_id=years.next_tasks[0].pk)
    client = signed_in(years.admin)
    client.get(years.url)
    with django_assert_num_queries(FRAME + 4):
        assert client.get(years.url).status_code == 200


def test_who_was_second_keeps_what_was_typed_and_can_send_it_again(desk, signed_in):
    client, address = signed_in(desk.admin), reverse("carry_over", args=[desk.open_task.pk])
    assert client.get(address).context["seen"] == ""
    rollover.decide(desk.open_task.pk, by=desk.reviewer, kind="carried", reason="跨年", words="继续推进")
    typed = {"kind": "dropped", "reason": "不再单列", "seen": ""}
    answer = client.post(address, typed)
    assert answer.status_code == 409
    assert "不再单列" in answer.content.decode()
    assert CarryOver.objects.get(task=desk.open_task).kind == "carried"
    assert client.post(address, typed | {"seen": answer.context["seen"]}).status_code == 302
    assert CarryOver.objects.get(task=desk.open_task).kind == "dropped"
