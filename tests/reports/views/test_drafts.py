"""The editor of the draft, its check and its file."""

import pytest
from django.urls import reverse

from reports.models import DraftEdit
from reports.services import drafts
from tracker.services import tasks

PERSONS_WHO_READ = {"admin", "reviewer", "reviewer_office", "leader", "auditor"}
PERSONS_WHO_WRITE = {"admin", "reviewer", "reviewer_office"}
PERSONS = PERSONS_WHO_READ | {"viewer", "staff", "head", "second_staff", "second_head", "city_leader"}


@pytest.fixture
def told(world):
    """One task told in the first part, with a number that nothing proves."""
    started = world.started()
    world.proof(started)
    world.accept_all(started)
    tasks.report(started.pk, by=world.staff, progress=60, summary="培训覆盖120人次")
    world.key = f"task:{started.pk}"
    world.address = reverse("annual_draft", args=[world.plan.pk])
    return world


def seen(world):
    found = drafts.drafted(world.plan, by=world.reviewer)
    return next(row for row in found.sentences() if row.key == world.key).fingerprint


def post(client, world, act, **values):
    return client.post(world.address, {"act": act, "key": world.key, "seen": seen(world), **values})


def test_the_page_marks_what_is_unproved_and_names_task_and_evidence(told, signed_in):
    page = signed_in(told.reviewer).get(told.address).content.decode()
    assert '120人次<span class="draft-mark">［待核］</span>' in page
    assert "2025-1-1-01" in page
    assert f'href="/tasks/{told.tasks[0].pk}/"' in page


def test_each_act_comes_back_to_its_sentence(told, signed_in):
    client = signed_in(told.reviewer)
    answer = post(client, told, "rewrite", text="全员培训覆盖120人次。")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{told.address}#p-{told.key.replace(':', '-')}"
    assert "全员培训覆盖" in client.get(told.address).content.decode()


@pytest.mark.parametrize("act", ["take", "leave", "up", "down", "keep"])
def test_every_button_of_a_sentence_works(told, signed_in, act):
    assert post(signed_in(told.reviewer), told, act).status_code == 302


def test_what_was_typed_stays_when_somebody_else_was_first(told, signed_in):
    before = seen(told)
    drafts.rewrite(told.plan, by=told.admin, key=told.key, text="甲的文字。", seen=before)
    values = {"act": "rewrite", "key": told.key, "seen": before, "text": "乙的文字。"}
    answer = signed_in(told.reviewer).post(told.address, values)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "甲的文字。" in page
    assert ">乙的文字。</textarea>" in page


@pytest.mark.parametrize(
    ("act", "values"),
    [
        ("rewrite", {"text": ""}),
        ("rewrite", {"text": "字" * 2001}),
        ("add", {"text": "甲。", "task": "x" * 40}),
        ("add", {"text": "甲。", "task": "99999999999999999"}),
        ("add_item", {"text": "甲"}),
        ("cause", {"cause": "x"}),
        ("remove", {}),
        ("nothing", {}),
        ("", {}),
    ],
)
def test_bad_input_is_answered_with_a_sentence(told, signed_in, act, values):
    answer = post(signed_in(told.reviewer), told, act, **values)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not DraftEdit.objects.exists()


def test_an_added_sentence_is_found_again(told, signed_in):
    client = signed_in(told.reviewer)
    values = {"act": "add", "key": "measures:2", "text": "另有9次观摩。", "task": ""}
    assert client.post(told.address, values).status_code == 302
    page = client.get(told.address).content.decode()
    assert "另有" in page
    answer = client.post(told.address, {"act": "remove", "key": "own:1", "seen": "x"})
    assert answer.status_code == 302
    assert not DraftEdit.objects.exists()


def test_the_check_lists_what_is_unproved_and_unsettled(told, signed_in):
    page = signed_in(told.leader).get(reverse("draft_check", args=[told.plan.pk]))
    found = {group["want"]: [row["words"] for row in group["rows"]] for group in page.context["groups"]}
    assert found["number"] == ["120人次"]
    assert len(found["unsettled"]) == 4


@pytest.mark.parametrize("name", ["annual_draft", "draft_check", "draft_document"])
def test_the_draft_is_for_those_who_oversee_the_plan(told, signed_in, name):
    address = reverse(name, args=[told.plan.pk])
    reading = {who for who in PERSONS if signed_in(getattr(told, who)).get(address).status_code == 200}
    assert reading == PERSONS_WHO_READ


def test_who_reads_only_finds_no_form_and_is_refused(told, signed_in):
    for who in PERSONS_WHO_READ - PERSONS_WHO_WRITE:
        client = signed_in(getattr(told, who))
        assert 'name="act"' not in client.get(told.address).content.decode()
        assert post(client, told, "leave").status_code == 403
    assert not DraftEdit.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_the_editor_takes_the_same_number_of_statements(world, signed_in, django_assert_num_queries, number):
    for task in world.tasks[:number]:
        world.accept_all(world.submitted(task))
    client, address = signed_in(world.reviewer), reverse("annual_draft", args=[world.plan.pk])
    client.get(address)
    with django_assert_num_queries(23):
        client.get(address)
