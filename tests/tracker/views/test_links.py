"""Settling links, and saying what becomes of what no task takes up."""

from typing import Any

import pytest
from django.urls import reverse

from tracker.enums import EventKind
from tracker.models import Disposition, Measure, MeasureLink, Section, Shortcoming, ShortcomingLink, TaskEvent
from tracker.services import trace

SAID = {"kind": "continued", "reason": "由区应急局另行推进"}


@pytest.fixture(autouse=True)
def english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def case(world):
    """A proposed link of either kind, an item of measures and a shortcoming."""
    words = {"by": world.admin, "strength": "direct", "rationale": "同一事项"}
    measure = Measure.objects.filter(section__part__report=world.report).order_by("start")[0]
    world.shortcoming = Shortcoming.objects.get(part__report=world.report, number=1)
    world.section = Section.objects.filter(part__report=world.report, part__kind="measures")[0]
    world.up = trace.propose(world.task, measure, **words)
    world.answer = trace.propose(world.task, world.shortcoming, **words)
    world.section_url = reverse("dispose_section", args=[world.plan.pk, world.section.pk])
    world.shortcoming_url = reverse("dispose_shortcoming", args=[world.plan.pk, world.shortcoming.pk])
    return world


def settle(world, client, verdict, kind="measure", **data):
    link = world.up if kind == "measure" else world.answer
    return client.post(reverse(f"settle_{kind}_link", args=[link.pk, verdict]), data)


# ---------- Links ----------


@pytest.mark.parametrize(("verdict", "state"), [("confirm", "confirmed"), ("dismiss", "dismissed")])
@pytest.mark.parametrize("kind", ["measure", "shortcoming"])
def test_a_reviewer_settles_a_link(case, signed_in, kind, verdict, state):
    answer = settle(case, signed_in(case.reviewer), verdict, kind)
    assert (answer.status_code, answer.headers["Location"]) == (302, case.task.get_absolute_url())
    model = MeasureLink if kind == "measure" else ShortcomingLink
    link = model.objects.get()
    assert (link.state, link.confirmed_by) == (state, case.reviewer)
    assert TaskEvent.objects.filter(task=case.task, kind=EventKind.LINK, by=case.reviewer).count() == 1


def test_it_says_what_was_done(case, signed_in):
    client = signed_in(case.reviewer)
    settle(case, client, "confirm")
    assert "The link of 1.1 is confirmed." in client.get(case.task.get_absolute_url()).content.decode()


def test_the_way_back_is_taken_from_the_form_when_it_is_ours(case, signed_in):
    back = reverse("living_report", args=[case.plan.pk])
    assert settle(case, signed_in(case.reviewer), "confirm", next=back).headers["Location"] == back


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example", ""]
)
def test_the_way_back_never_leaves_the_site(case, signed_in, address):
    answer = settle(case, signed_in(case.reviewer), "confirm", next=address)
    assert answer.headers["Location"] == case.task.get_absolute_url()


@pytest.mark.parametrize("who", ["staff", "head", "leader", "auditor", "viewer"])
def test_others_are_refused_with_a_sentence(case, signed_in, who):
    answer = settle(case, signed_in(getattr(case, who)), "dismiss")
    assert answer.status_code == 403
    assert "This is done by: Administrator, Reviewer." in answer.content.decode()
    assert MeasureLink.objects.get().state == "proposed"


def test_looking_at_the_address_settles_nothing(case, signed_in):
    for kind, link in (("measure", case.up), ("shortcoming", case.answer)):
        address = reverse(f"settle_{kind}_link", args=[link.pk, "confirm"])
        assert signed_in(case.reviewer).get(address).status_code == 405
    assert MeasureLink.objects.get().state == "proposed"


@pytest.mark.parametrize("kind", ["measure", "shortcoming"])
def test_a_link_of_another_government_does_not_exist(case, signed_in, kind):
    assert settle(case, signed_in(case.foreign_admin), "confirm", kind).status_code == 404


def test_the_city_above_reads_but_does_not_settle(case, signed_in):
    reviewer = case.person("city-reviewer", "reviewer", case.city)
    assert settle(case, signed_in(reviewer), "confirm").status_code == 403


def test_there_are_two_verdicts(case, signed_in):
    assert settle(case, signed_in(case.reviewer), "delete").status_code == 404


def test_nothing_is_settled_in_a_closed_plan(case, signed_in):
    type(case.plan).objects.filter(pk=case.plan.pk).update(state="closed")
    assert settle(case, signed_in(case.reviewer), "confirm").status_code == 409


# ---------- What becomes of it ----------


def test_the_form_shows_the_published_words_and_the_linked_tasks(case, signed_in):
    html = signed_in(case.reviewer).get(case.section_url).content.decode()
    assert "<b>1.完善制度。</b>全年审核文件40件。组织培训3次。" in html
    assert "1.1 继续组织全员培训" in html
    html = signed_in(case.reviewer).get(case.shortcoming_url).content.decode()
    assert case.shortcoming.text in html


@pytest.mark.parametrize("what", ["section", "shortcoming"])
def test_what_becomes_of_it_is_recorded(case, signed_in, what):
    client = signed_in(case.reviewer)
    answer = client.post(getattr(case, f"{what}_url"), SAID)
    row = getattr(case, what)
    place = reverse("living_report", args=[case.plan.pk])
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{place}#{what}-{row.pk}")
    said = Disposition.objects.get(plan=case.plan, **{what: row})
    assert (said.kind, said.reason, said.by) == ("continued", SAID["reason"], case.reviewer)
    assert "is recorded." in client.get(place).content.decode()


def test_a_later_word_replaces_the_earlier_one(case, signed_in):
    client = signed_in(case.reviewer)
    client.post(case.section_url, SAID)
    page = client.get(case.section_url)
    assert page.context["form"]["reason"].value() == SAID["reason"]
    assert str(case.reviewer) in page.context["said"]
    signed_in(case.admin).post(case.section_url, {"kind": "dropped", "reason": "不再安排"})
    said = Disposition.objects.get()
    assert (said.kind, said.reason, said.by) == ("dropped", "不再安排", case.admin)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"reason": "另行推进"}, "kind"),
        ({"kind": "perhaps", "reason": "另行推进"}, "kind"),
        ({"kind": "dropped", "reason": "  "}, "reason"),
        ({"kind": "dropped", "reason": "长" * 501}, "reason"),
    ],
)
def test_what_is_missing_is_named_and_what_was_typed_stays(case, signed_in, data, field):
    answer = signed_in(case.reviewer).post(case.section_url, data)
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert data["reason"].strip() in answer.content.decode()
    assert not Disposition.objects.exists()


@pytest.mark.parametrize("who", ["staff", "head", "leader", "auditor", "viewer", "city_leader"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_others_cannot_say_it(case, signed_in, who, method):
    answer = getattr(signed_in(getattr(case, who)), method)(case.section_url, SAID)
    assert answer.status_code == 403
    assert not Disposition.objects.exists()


def test_words_that_are_no_measure_or_of_another_report_are_not_found(case, signed_in):
    client = signed_in(case.reviewer)
    arrangement = Section.objects.filter(part__report=case.report, part__kind="arrangements")[0]
    foreign = Section.objects.filter(part__report=case.foreign_task.plan.report, part__kind="measures")[0]
    for section in (arrangement.pk, foreign.pk, 10**6):
        assert client.post(reverse("dispose_section", args=[case.plan.pk, section]), SAID).status_code == 404
    assert signed_in(case.foreign_admin).get(case.section_url).status_code == 404


def test_a_closed_plan_is_left_as_it_is(case, signed_in):
    type(case.plan).objects.filter(pk=case.plan.pk).update(state="closed")
    assert signed_in(case.reviewer).post(case.section_url, SAID).status_code == 409
    assert not Disposition.objects.exists()


def test_a_draft_can_be_put_in_order_before_it_starts(case, signed_in):
    type(case.plan).objects.filter(pk=case.plan.pk).update(state="draft")
    assert signed_in(case.reviewer).post(case.section_url, SAID).status_code == 302
    assert signed_in(case.staff).get(case.section_url).status_code == 404


# ---------- Made and edited, from both ends ----------

SAYS = {"strength": "direct", "extent": "item", "rationale": "同一项工作"}


def test_a_task_picks_words_of_last_year(case, signed_in):
    client = signed_in(case.reviewer)
    task = case.tasks[1]
    url = reverse("link_task", args=[task.pk])
    page = client.get(f"{url}?target=shortcoming-{case.shortcoming.pk}")
    chosen = [row["name"] for group in page.context["options"] for row in group["rows"] if row["chosen"]]
    assert chosen == [f"shortcoming-{case.shortcoming.pk}"]
    answer = client.post(url, {"target": chosen[0], **SAYS})
    assert answer.headers["Location"] == f"{task.get_absolute_url()}#upstream"
    link = ShortcomingLink.objects.get(task=task)
    assert (link.state, link.rationale, link.confirmed_by) == ("confirmed", "同一项工作", case.reviewer)


@pytest.mark.parametrize(
    "sent", [{}, {"target": "measure-999999"}, {"target": "x"}, {"rationale": ""}, {"strength": ""}, {"strength": "x"}]
)
def test_what_is_missing_in_a_link_is_said_and_stays(case, signed_in, sent):
    measure = Measure.objects.of_report(case.report).order_by("start")[1]
    url = reverse("link_task", args=[case.tasks[1].pk])
    given = {"target": f"measure-{measure.pk}", **SAYS, **sent} if sent else {}
    answer = signed_in(case.reviewer).post(url, given)
    assert answer.status_code == 400
    assert given.get("rationale", "") in answer.content.decode()
    assert not MeasureLink.objects.filter(task=case.tasks[1]).exists()


def test_a_task_takes_up_several_words_at_once(case, signed_in):
    client, task = signed_in(case.reviewer), case.tasks[1]
    url = reverse("link_task", args=[task.pk])
    measure = Measure.objects.of_report(case.report).order_by("start")[1]
    names = [f"shortcoming-{case.shortcoming.pk}", f"measure-{measure.pk}"]
    assert 'type="checkbox" name="target"' in client.get(url).content.decode()
    page = client.post(url, {"target": names, **SAYS, "rationale": ""})
    chosen = {row["name"] for group in page.context["options"] for row in group["rows"] if row["chosen"]}
    assert (page.status_code, chosen) == (400, set(names))
    assert client.post(url, {"target": names, **SAYS}).status_code == 302
    for link in (MeasureLink.objects.get(task=task), ShortcomingLink.objects.get(task=task)):
        assert (link.state, link.strength, link.rationale) == ("confirmed", "direct", SAYS["rationale"])


def test_all_words_are_taken_up_or_none(case, signed_in):
    trace.confirm(case.answer, by=case.admin)
    measure = Measure.objects.of_report(case.report).order_by("start")[1]
    names = [f"measure-{measure.pk}", f"shortcoming-{case.shortcoming.pk}"]
    answer = signed_in(case.reviewer).post(reverse("link_task", args=[case.task.pk]), {"target": names, **SAYS})
    assert answer.status_code == 400
    assert case.shortcoming.text[:8] in answer.content.decode()
    assert not MeasureLink.objects.filter(measure=measure).exists()


def test_words_that_are_linked_cannot_be_chosen_again(case, signed_in):
    trace.confirm(case.up, by=case.admin)
    page = signed_in(case.reviewer).get(reverse("link_task", args=[case.task.pk]))
    taken = [row["name"] for group in page.context["options"] for row in group["rows"] if row["taken"]]
    assert taken == [f"measure-{case.up.measure_id}"]


@pytest.mark.parametrize("end", ["section", "shortcoming"])
def test_an_item_or_a_shortcoming_picks_tasks(case, signed_in, end):
    key = case.section.pk if end == "section" else case.shortcoming.pk
    url = reverse(f"link_{end}", args=[case.plan.pk, key])
    client = signed_in(case.reviewer)
    assert client.get(url).status_code == 200
    chosen = [task.pk for task in case.tasks[1:3]]
    answer = client.post(url, {"tasks": chosen, **SAYS})
    focus = f"measure-{key}" if end == "section" else f"shortcoming-{key}"
    assert answer.headers["Location"] == f"{reverse('trace', args=[case.plan.pk])}?focus={focus}"
    model = MeasureLink if end == "section" else ShortcomingLink
    assert list(model.objects.filter(state="confirmed").order_by("task").values_list("task", flat=True)) == chosen


def test_all_chosen_tasks_are_linked_or_none(case, signed_in):
    trace.confirm(case.answer, by=case.admin)
    url = reverse("link_shortcoming", args=[case.plan.pk, case.shortcoming.pk])
    answer = signed_in(case.reviewer).post(url, {"tasks": [case.tasks[1].pk, case.task.pk], **SAYS})
    assert answer.status_code == 400
    assert "1.1" in answer.content.decode()
    assert ShortcomingLink.objects.count() == 1


@pytest.mark.parametrize("tasks", [[], ["999999"], ["x"]])
def test_no_task_or_a_forged_one_is_refused(case, signed_in, tasks):
    url = reverse("link_shortcoming", args=[case.plan.pk, case.shortcoming.pk])
    assert signed_in(case.reviewer).post(url, {"tasks": tasks, **SAYS}).status_code == 400
    assert ShortcomingLink.objects.count() == 1


def test_the_sentence_is_one_of_the_item(case, signed_in):
    second = case.section.measures.order_by("position")[1]
    url = reverse("link_section", args=[case.plan.pk, case.section.pk])
    signed_in(case.reviewer).post(url, {"tasks": [case.tasks[1].pk], "sentence": second.pk, **SAYS})
    assert MeasureLink.objects.get(task=case.tasks[1]).measure == second


@pytest.mark.parametrize("sentence", ["x", "", "999999", "9" * 400])
def test_a_sentence_that_is_none_of_the_items_is_refused(case, signed_in, sentence):
    url = reverse("link_section", args=[case.plan.pk, case.section.pk])
    answer = signed_in(case.reviewer).post(url, {"tasks": [case.tasks[1].pk], "sentence": sentence, **SAYS})
    assert answer.status_code == 400
    assert "Choose one of the sentences of this item." in answer.content.decode()
    assert SAYS["rationale"] in answer.content.decode()
    assert not MeasureLink.objects.filter(task=case.tasks[1]).exists()


def test_the_shortcoming_shows_its_links_with_what_can_be_done(case, signed_in):
    page = reverse("shortcoming", args=[case.plan.pk, case.shortcoming.pk])
    addresses = [
        reverse("link_shortcoming", args=[case.plan.pk, case.shortcoming.pk]),
        reverse("edit_shortcoming_link", args=[case.answer.pk]),
        reverse("settle_shortcoming_link", args=[case.answer.pk, "confirm"]),
        reverse("settle_shortcoming_link", args=[case.answer.pk, "dismiss"]),
    ]
    body = signed_in(case.reviewer).get(page).content.decode()
    assert [address for address in addresses if address not in body] == []
    for who in ("staff", "leader", "auditor", "viewer"):
        body = signed_in(getattr(case, who)).get(page).content.decode()
        assert [address for address in addresses if address in body] == [], who


def test_the_living_report_leads_to_linking_and_back(case, signed_in):
    report = reverse("living_report", args=[case.plan.pk])
    client = signed_in(case.reviewer)
    body = client.get(report).content.decode()
    for view, key, anchor in (
        ("link_shortcoming", case.shortcoming.pk, f"shortcoming-{case.shortcoming.pk}"),
        ("link_section", case.section.pk, f"section-{case.section.pk}"),
    ):
        url = reverse(view, args=[case.plan.pk, key])
        assert f'"{url}?next=' in body
        sent = {"tasks": [case.tasks[1].pk], **SAYS, "next": f"{report}#{anchor}"}
        assert client.post(url, sent).headers["Location"] == f"{report}#{anchor}"
    assert "link_shortcoming" not in signed_in(case.viewer).get(report).content.decode()
    assert (
        reverse("link_section", args=[case.plan.pk, case.section.pk])
        not in signed_in(case.viewer).get(report).content.decode()
    )


@pytest.mark.parametrize("kind", ["measure", "shortcoming"])
def test_a_link_is_said_otherwise(case, signed_in, kind):
    link = case.up if kind == "measure" else case.answer
    url = reverse(f"edit_{kind}_link", args=[link.pk])
    client = signed_in(case.reviewer)
    assert "同一事项" in client.get(url).content.decode()
    assert client.post(url, {**SAYS, "strength": "indirect"}).status_code == 302
    after = type(link).objects.get(pk=link.pk)
    assert (after.strength, after.rationale, after.state) == ("indirect", "同一项工作", "confirmed")
    assert client.post(url, {"strength": "direct", "rationale": ""}).status_code == 400


def test_several_are_settled_from_the_trace_page(case, signed_in):
    client = signed_in(case.reviewer)
    url = reverse("settle_links", args=[case.plan.pk])
    assert client.post(url, {"verdict": "confirm"}).status_code == 302
    assert case.up.state == "proposed"
    names = [f"measure-{case.up.pk}", f"shortcoming-{case.answer.pk}"]
    body = client.get(reverse("trace", args=[case.plan.pk])).content.decode()
    assert all(f'value="{name}"' in body for name in names)
    client.post(url, {"verdict": "confirm", "links": names})
    assert [type(link).objects.get(pk=link.pk).state for link in (case.up, case.answer)] == ["confirmed", "confirmed"]


@pytest.mark.parametrize("who", ["staff", "head", "leader", "auditor", "viewer"])
def test_others_see_the_thread_and_no_way_to_change_it(case, signed_in, who):
    client = signed_in(getattr(case, who))
    body = client.get(f"{reverse('trace', args=[case.plan.pk])}?focus=task-{case.task.pk}").content.decode()
    assert 'name="verdict"' not in body
    assert reverse("link_task", args=[case.task.pk]) not in body
    assert client.get(reverse("link_task", args=[case.task.pk])).status_code == 403
