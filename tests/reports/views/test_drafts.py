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


def row_of(world, key):
    found = drafts.drafted(world.plan, by=world.reviewer)
    heads = [division.heading for part in found.parts for division in part.divisions if division.heading]
    return next(row for row in [found.title, *found.sentences(), *heads] if row.key == key)


def seen(world, key=None):
    return row_of(world, key or world.key).fingerprint


def post(client, world, act, **values):
    return client.post(world.address, {"act": act, "key": world.key, "seen": seen(world), **values})


def shown(page, key):
    """What the page hands over of one sentence."""
    items = [item for part in page.context["parts"] for item in part["items"]]
    return next(piece for item in items for piece in [*item["standing"], *item["offered"]] if piece["key"] == key)


def weak_key(world):
    part = drafts.drafted(world.plan, by=world.reviewer).part("shortcomings")
    return part.divisions[0].sentences[0].key


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
    piece = page[page.index(f'id="p-{told.key.replace(":", "-")}"') :]
    notice = piece[piece.index('role="alert"') : piece.index("</div>")]
    assert "甲的文字。" in notice
    assert "乙的文字。" in notice
    assert "人-admin" in notice
    assert ">乙的文字。</textarea>" in piece
    assert page.index('href="#errors"') < page.index('id="errors"')
    assert page.count('id="errors"') == 1


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
    assert client.post(told.address, {"act": "remove", "key": "own:1", "seen": "x"}).status_code == 409
    answer = client.post(told.address, {"act": "remove", "key": "own:1", "seen": seen(told, "own:1")})
    assert answer.headers["Location"] == f"{told.address}#p-item-measures-2"
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
    with django_assert_num_queries(24):
        client.get(address)


@pytest.mark.parametrize("number", [1, 3])
def test_edits_take_no_statements_of_their_own(world, signed_in, django_assert_num_queries, number):
    for task in world.tasks[:number]:
        drafts.add_sentence(world.plan, by=world.reviewer, item="measures:1", text="甲。", task=task.pk)
    client, address = signed_in(world.reviewer), reverse("annual_draft", args=[world.plan.pk])
    client.get(address)
    with django_assert_num_queries(24):
        client.get(address)


def test_an_error_stands_at_its_sentence_and_names_the_field(told, signed_in):
    answer = post(signed_in(told.reviewer), told, "rewrite", text="——")
    page = answer.content.decode()
    assert shown(answer, told.key)["refused"]["said"] == "——"
    assert 'aria-invalid="true" aria-describedby="errors-why">——</textarea>' in page
    assert f'id="edit-p-{told.key.replace(":", "-")}" data-form data-keep open' in page


def test_an_error_of_what_is_not_on_the_page_stands_at_its_head(told, signed_in):
    answer = post(signed_in(told.reviewer), told, "rewrite", key="own:9", text="甲。")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#errors"' not in page
    assert "甲。" in page[page.index('role="alert"') : page.index('id="draft-parts"')]


@pytest.mark.parametrize(("act", "name"), [("rewrite", "text"), ("cause", "own_cause"), ("add", "text")])
def test_nothing_of_a_text_with_a_mark_of_secrecy_is_shown_again(told, signed_in, act, name):
    keys = {"rewrite": told.key, "cause": weak_key(told), "add": "measures:1"}
    values = {"key": keys[act], "seen": seen(told, keys[act]) if act != "add" else "", name: "某方案秘密★5年"}
    answer = post(signed_in(told.reviewer), told, act, **values)
    assert answer.status_code == 422
    assert "某方案" not in answer.content.decode()


@pytest.mark.parametrize(("act", "key"), [("add", "measures:1"), ("add_item", "measures")])
def test_what_was_to_be_added_stays_in_its_form(told, signed_in, act, key):
    values = {"key": key, "text": "——", "task": str(told.tasks[1].pk) if act == "add" else ""}
    page = post(signed_in(told.reviewer), told, act, **values).content.decode()
    form = page[page.index('id="errors"') :]
    assert "——" in form[: form.index("</form>")]
    if act == "add":
        assert f'value="{told.tasks[1].pk}" lang="zh-CN" selected' in form[: form.index("</form>")]


def test_a_removed_sentence_is_brought_back_from_the_notice(told, signed_in):
    client = signed_in(told.reviewer)
    client.post(told.address, {"act": "add", "key": "measures:2", "text": "另有<9次>观摩。", "task": ""})
    answer = client.post(told.address, {"act": "remove", "key": "own:1", "seen": seen(told, "own:1")}, follow=True)
    page = answer.content.decode()
    notice = page[page.index('id="toasts"') : page.index("<main")]
    assert "另有&lt;9次&gt;观摩。" in notice
    assert 'form="draft-undo" name="key" value="own:1"' in notice
    answer = client.post(told.address, {"act": "restore", "key": "own:1"})
    assert answer.headers["Location"] == f"{told.address}#p-own-1"
    assert row_of(told, "own:1").text == "另有<9次>观摩。"


def test_a_removed_item_leads_back_to_its_part(told, signed_in):
    client = signed_in(told.reviewer)
    answer = client.post(told.address, {"act": "add_item", "key": "measures", "text": "完善应急机制"})
    key = "item:own:measures:1"
    assert answer.headers["Location"] == f"{told.address}#p-item-own-measures-1"
    answer = client.post(told.address, {"act": "remove", "key": key, "seen": seen(told, key)})
    assert answer.headers["Location"] == f"{told.address}#p-part-measures"


@pytest.mark.parametrize(("act", "words"), [("leave", "已移出报告。"), ("take", "已写入报告。")])
def test_each_act_says_what_it_did(told, signed_in, act, words):
    page = signed_in(told.reviewer).post(told.address, {"act": act, "key": told.key, "seen": seen(told)}, follow=True)
    assert [str(message) for message in page.context["messages"]] == [words]


def test_a_chosen_cause_is_taken_where_the_other_field_holds_only_blanks(told, signed_in):
    key = weak_key(told)
    values = {"key": key, "seen": seen(told, key), "cause": "力量不够集中", "own_cause": " \u3000\u200b\n"}
    assert post(signed_in(told.reviewer), told, "cause", **values).status_code == 302
    assert row_of(told, key).cause == "力量不够集中"


def test_the_first_is_not_put_further_up_nor_the_last_further_down(told, signed_in):
    client = signed_in(told.reviewer)
    for text in ("甲。", "乙。", "丙。"):
        drafts.add_sentence(told.plan, by=told.reviewer, item="measures:1", text=text)
    drafts.include(told.plan, by=told.reviewer, key="own:3", included=False, seen=seen(told, "own:3"))
    page = client.get(told.address)
    ways = {key: (shown(page, key)["up"], shown(page, key)["down"]) for key in (told.key, "own:1", "own:2")}
    assert ways == {told.key: (False, True), "own:1": (True, True), "own:2": (True, False)}
    text = page.content.decode()
    assert 'id="up-p-own-1"' in text
    assert 'id="up-p-own-3"' not in text
    heads = [(item["heading"]["up"], item["heading"]["down"]) for item in page.context["parts"][0]["items"]]
    assert heads == [(False, True), (True, False)]


def test_what_stands_in_an_item_that_is_left_out_has_no_buttons(told, signed_in):
    key = "item:measures:1"
    drafts.include(told.plan, by=told.reviewer, key=key, included=False, seen=seen(told, key))
    page = signed_in(told.reviewer).get(told.address).content.decode()
    item = page[page.index('id="p-item-measures-1"') : page.index('id="p-item-measures-2"')]
    assert 'value="take"' in item[: item.index("draft-piece__words")]
    assert 'name="act"' not in item[item.index("draft-piece__words") :]


def test_who_changed_a_piece_last_is_shown(told, signed_in):
    drafts.rewrite(told.plan, by=told.admin, key=told.key, text="甲的文字。", seen=seen(told))
    assert "人-admin" in shown(signed_in(told.reviewer).get(told.address), told.key)["changed"]


def test_the_task_of_a_sentence_of_ones_own_is_changed_with_its_words(told, signed_in):
    client = signed_in(told.reviewer)
    drafts.add_sentence(told.plan, by=told.reviewer, item="measures:1", text="甲。")
    values = {"key": "own:1", "seen": seen(told, "own:1"), "text": "乙。", "task": str(told.tasks[1].pk)}
    assert post(client, told, "rewrite", **values).status_code == 302
    assert (row_of(told, "own:1").text, row_of(told, "own:1").task.code) == ("乙。", "1.2")
    values |= {"seen": seen(told, "own:1"), "task": "x"}
    answer = post(client, told, "rewrite", **values)
    assert shown(answer, "own:1")["refused"]["field"] == "task"


def test_every_remove_button_names_its_sentence(told, signed_in):
    drafts.add_sentence(told.plan, by=told.reviewer, item="measures:1", text="还组织了观摩。")
    page = signed_in(told.reviewer).get(told.address).content.decode()
    button = page[page.index('value="remove"') :]
    assert "还组织了观摩。" in button[: button.index("</button>")]


def test_the_living_report_leads_those_who_oversee_to_the_draft(told, signed_in):
    page = reverse("living_report", args=[told.plan.pk])
    bar = {}
    for who in ("leader", "staff"):
        text = signed_in(getattr(told, who)).get(page).content.decode()
        bar[who] = told.address in text[text.index('class="report-bar__end"') :]
    assert bar == {"leader": True, "staff": False}
