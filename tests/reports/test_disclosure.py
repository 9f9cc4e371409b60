"""Disclosure review: who passes what, one by one and together; what changed since is looked at again."""

import re
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reports.models import PublicEdition, PublicEntry
from reports.services import disclosure, publishable
from tests.factories import set_plan
from tracker.exceptions import InvalidInput, MoveRefused, NotPermitted, SecrecyMark, Stale
from tracker.models import Task, Unit
from tracker.services import requests, tasks


@pytest.fixture
def review(world):
    """One task closed out, one in progress, one confirmed, one that nobody confirmed."""
    world.done = world.completed()
    world.running = world.started(world.tasks[1], unit=world.second)
    world.confirmed(world.tasks[2])
    world.address = reverse("disclosure", args=[world.plan.pk])
    return world


def line_of(world, task):
    return next(line for line in disclosure.lines(world.plan) if line.task.pk == task.pk)


def passed(world, task, words="全年完成培训"):
    """Passed, whatever it holds."""
    found = publishable.concerns(f"{task.title}\n{words}", publishable.names_of(world.plan))
    ruling = disclosure.Ruling(task.pk, words, "", line_of(world, task).seen, publishable.mark_of(found))
    disclosure.rule(world.plan, by=world.reviewer, state="passed", rulings=[ruling])
    return PublicEntry.objects.get(task=task.pk)


def row_of(page, task):
    return next(row for row in page.context["rows"] if row["pk"] == task.pk)


def form_of(client, address, **changed):
    """What a browser would send for the page as it stands."""
    page = client.get(address)
    sent = {}
    for row in page.context["rows"]:
        for field in row["form"]:
            sent[field.html_name] = field.value() or ""
    return {**sent, **changed}


def test_every_line_but_unconfirmed_and_cancelled_ones_stands_there(review, signed_in):
    rows = signed_in(review.reviewer).get(review.address).context["rows"]
    assert [row["code"] for row in rows] == ["1.1", "1.2", "2.1"]
    assert [row["state"] for row in rows] == ["open", "open", "open"]


def test_the_report_of_what_is_closed_out_is_proposed_and_nothing_else(review, signed_in):
    rows = signed_in(review.reviewer).get(review.address).context["rows"]
    assert [row["form"]["words"].value() for row in rows] == ["培训和考试都已完成", "", ""]
    assert rows[1]["reported"] == "已开展两期培训"


def test_a_line_passes_with_the_words_that_were_typed(review, signed_in):
    client = signed_in(review.reviewer)
    sent = form_of(client, review.address, act=f"pass-{review.done.pk}")
    sent[f"line-{review.done.pk}-words"] = "全员培训完成"
    assert client.post(review.address, sent).status_code == 302
    entry = PublicEntry.objects.get()
    assert (entry.task_id, entry.state, entry.words) == (review.done.pk, "passed", "全员培训完成")
    assert (entry.by, entry.history.count()) == (review.reviewer, 1)


def test_several_pass_and_are_withheld_together(review, signed_in):
    client = signed_in(review.admin)
    both = [review.done.pk, review.running.pk]
    sent = form_of(client, review.address, act="withhold", pick=both, reason="涉及内部安排")
    assert client.post(review.address, sent).status_code == 302
    assert set(PublicEntry.objects.values_list("task", "state", "reason")) == {
        (key, "withheld", "涉及内部安排") for key in both
    }
    sent = form_of(client, review.address, act="pass", pick=both)
    sent[f"line-{review.running.pk}-words"] = "正在推进"
    assert client.post(review.address, sent).status_code == 302
    assert set(PublicEntry.objects.values_list("state", flat=True)) == {"passed"}


def test_together_means_all_or_none(review, signed_in):
    client = signed_in(review.reviewer)
    sent = form_of(client, review.address, act="pass", pick=[review.done.pk, review.running.pk])
    page = client.post(review.address, sent)
    assert page.status_code == 400
    assert not PublicEntry.objects.exists()
    row = next(row for row in page.context["rows"] if row["pk"] == review.running.pk)
    assert row["form"].errors["words"]
    assert page.context["picked"] == [str(review.done.pk), str(review.running.pk)]


def test_what_was_typed_in_other_lines_stays(review, signed_in):
    client = signed_in(review.reviewer)
    sent = form_of(client, review.address, act=f"pass-{review.done.pk}")
    sent[f"line-{review.running.pk}-words"] = "还没写完"
    page = client.post(review.address, sent)
    assert page.status_code == 200 and PublicEntry.objects.count() == 1
    row = next(row for row in page.context["rows"] if row["pk"] == review.running.pk)
    assert row["form"]["words"].value() == "还没写完"


@pytest.mark.parametrize(
    ("act", "field", "text"),
    [
        ("pass", "words", ""),
        ("pass", "words", "　"),
        ("pass", "words", "字" * 1001),
        ("pass", "words", "秘密★5年"),
        ("withhold", "reason", ""),
        ("withhold", "reason", "因" * 301),
        ("withhold", "reason", "机密★"),
    ],
)
def test_what_is_wrong_is_named_at_its_line_and_kept(review, signed_in, act, field, text):
    client = signed_in(review.reviewer)
    name = f"line-{review.done.pk}-{field}"
    page = client.post(review.address, {**form_of(client, review.address, act=f"{act}-{review.done.pk}"), name: text})
    assert page.status_code == 400
    form = next(row["form"] for row in page.context["rows"] if row["pk"] == review.done.pk)
    assert list(form.errors) == [field] and form[field].value() == text
    assert not PublicEntry.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        {"act": "publish"},
        {"act": "pass"},
        {"act": "pass", "pick": "x"},
        {"act": "pass-9999999999999999999999"},
        {"act": "pass-0"},
        {"act": "withhold", "pick": "-1", "reason": "a"},
        {"act": "pass-1-2"},
        {"act": "fresh"},
        {"act": "fresh-0"},
        {"act": "fresh-x"},
    ],
)
def test_bad_input_is_answered(review, signed_in, sent):
    assert signed_in(review.reviewer).post(review.address, sent).status_code == 400
    assert not PublicEntry.objects.exists()


@pytest.mark.parametrize("query", [{"show": "x"}, {"page": "1000000"}, {"page": "-1", "show": "passed"}])
def test_odd_addresses_are_answered(review, signed_in, query):
    assert signed_in(review.reviewer).get(review.address, query).status_code == 200


@pytest.mark.parametrize("who", ["leader", "auditor", "viewer", "staff", "head", "city_leader"])
def test_others_pass_nothing(review, signed_in, who):
    client = signed_in(getattr(review, who))
    assert client.get(review.address).status_code == 403
    assert client.post(review.address, {"act": f"pass-{review.done.pk}"}).status_code == 403


def test_the_service_refuses_on_its_own(review):
    seen = line_of(review, review.done).seen
    ruling = disclosure.Ruling(review.done.pk, "词", "", seen)
    with pytest.raises(NotPermitted):
        disclosure.rule(review.plan, by=review.leader, state="passed", rulings=[ruling])
    with pytest.raises(NotPermitted):
        disclosure.rule(review.plan, by=review.foreign_admin, state="passed", rulings=[ruling])
    with pytest.raises(InvalidInput):
        disclosure.rule(review.plan, by=review.reviewer, state="open", rulings=[ruling])
    with pytest.raises(SecrecyMark):
        marked = disclosure.Ruling(review.done.pk, "绝密★", "", seen)
        disclosure.rule(review.plan, by=review.reviewer, state="passed", rulings=[marked])
    unconfirmed = disclosure.Ruling(review.tasks[3].pk, "词", "", seen)
    with pytest.raises(InvalidInput):
        disclosure.rule(review.plan, by=review.reviewer, state="passed", rulings=[unconfirmed])


def test_a_task_that_changed_while_the_page_was_open_is_looked_at_again(review, signed_in):
    client = signed_in(review.reviewer)
    sent = form_of(client, review.address, act=f"pass-{review.running.pk}")
    sent[f"line-{review.running.pk}-words"] = "正在推进"
    tasks.edit(review.running.pk, by=review.admin, title="完成年度考试和复核")
    page = client.post(review.address, sent)
    assert page.status_code == 409 and not PublicEntry.objects.exists()
    form = next(row["form"] for row in page.context["rows"] if row["pk"] == review.running.pk)
    assert form["words"].value() == "正在推进"
    again = {**sent, form["seen"].html_name: form["seen"].value()}
    assert client.post(review.address, again).status_code == 302
    assert PublicEntry.objects.get().words == "正在推进"


def test_nobody_overrules_unseen(review):
    seen = line_of(review, review.done).seen
    passed(review, review.done)
    with pytest.raises(Stale):
        ruling = disclosure.Ruling(review.done.pk, "", "不宜", seen)
        disclosure.rule(review.plan, by=review.admin, state="withheld", rulings=[ruling])


@pytest.mark.parametrize(
    "change",
    [
        lambda w: tasks.edit(w.running.pk, by=w.admin, title="另一个名字"),
        lambda w: tasks.report(w.running.pk, by=w.second_staff, progress=70, summary="又办一期"),
        lambda w: Unit.objects.filter(pk=w.second.pk).update(name="改名的局"),
        lambda w: w.plan.areas.filter(number=1).update(title="改名的板块"),
    ],
)
def test_what_changed_since_is_not_published_until_it_passes_anew(review, signed_in, change):
    passed(review, review.running, "正在推进")
    assert [line.task.pk for line in disclosure.published(review.plan)] == [review.running.pk]
    change(review)
    assert disclosure.published(review.plan) == []
    page = signed_in(review.reviewer).get(review.address, {"show": "changed"})
    assert [row["pk"] for row in page.context["rows"]] == [review.running.pk]
    assert page.context["rows"][0]["form"]["words"].value() == "正在推进"
    passed(review, review.running, "正在推进")
    assert len(disclosure.published(review.plan)) == 1


def test_what_does_not_concern_the_line_leaves_it_published(review):
    passed(review, review.running)
    tasks.edit(review.running.pk, by=review.admin, remarks="内部备注")
    tasks.report_no_change(review.running.pk, by=review.second_staff)
    assert len(disclosure.published(review.plan)) == 1


def test_an_update_that_the_head_has_not_signed_changes_nothing(review):
    passed(review, review.running)
    review.proof(Task.objects.get(pk=review.running.pk), by=review.second_staff)
    before = line_of(review, review.running).reported
    tasks.submit(review.running.pk, by=review.second_staff, summary="还没签字")
    assert line_of(review, review.running).reported == before


HELD = [
    ("请联系13812345678", "13812345678"),
    ("请联系１３８１２３４５６７８", "13812345678"),
    ("电话：66001234", "66001234"),
    ("电话010-66001234", "010-66001234"),
    ("当事人110101199003078515", "110101199003078515"),
    ("当事人11010119900307851x", "11010119900307851x"),
    ("由人-staff办理", "人-staff"),
    ("此为示例", "示例"),
    ("完成××项", "××"),
]


@pytest.mark.parametrize(("words", "held"), HELD)
def test_what_should_rather_not_be_published_is_pointed_out_where_it_passed(review, signed_in, words, held):
    passed(review, review.done, words)
    rows = signed_in(review.reviewer).get(review.address).context["rows"]
    assert held in rows[0]["warnings"][0]
    assert rows[0]["state"] == "passed"


@pytest.mark.parametrize(("words", "held"), HELD)
def test_it_is_held_back_before_it_is_published(review, signed_in, words, held):
    client = signed_in(review.reviewer)
    sent = form_of(client, review.address, act=f"pass-{review.done.pk}")
    sent[f"line-{review.done.pk}-words"] = words
    page = client.post(review.address, sent)
    assert page.status_code == 422 and not PublicEntry.objects.exists()
    row = row_of(page, review.done)
    assert row["form"]["words"].value() == words and held in row["warnings"][0]
    assert "仍然公开" in page.content.decode()


def test_the_service_holds_it_back_too(review):
    ruling = disclosure.Ruling(review.done.pk, "请联系13812345678", "", line_of(review, review.done).seen)
    with pytest.raises(disclosure.HeldBack):
        disclosure.rule(review.plan, by=review.reviewer, state="passed", rulings=[ruling])
    assert not PublicEntry.objects.exists()


def test_it_passes_once_its_line_says_to_publish_it_all_the_same(review, signed_in):
    client = signed_in(review.reviewer)
    words = f"line-{review.done.pk}-words"
    sent = {**form_of(client, review.address, act=f"pass-{review.done.pk}"), words: "请联系13812345678"}
    mark = row_of(client.post(review.address, sent), review.done)["mark"]
    ticked = {**sent, f"line-{review.done.pk}-anyway": mark}
    other = client.post(review.address, {**ticked, words: "请联系13987654321"})
    assert other.status_code == 422 and not row_of(other, review.done)["ticked"]
    assert client.post(review.address, ticked).status_code == 302
    assert PublicEntry.objects.get().words == "请联系13812345678"


def test_several_are_held_back_by_name_and_none_passes(review, signed_in):
    client = signed_in(review.reviewer)
    sent = form_of(client, review.address, act="pass", pick=[review.done.pk, review.running.pk, review.tasks[2].pk])
    sent[f"line-{review.running.pk}-words"] = "请联系13812345678"
    sent[f"line-{review.tasks[2].pk}-words"] = "此为示例"
    page = client.post(review.address, sent)
    assert page.status_code == 422 and not PublicEntry.objects.exists()
    assert "1.2、2.1" in page.context["refusal"] and "1.1" not in page.context["refusal"]
    assert page.context["picked"] == [str(key) for key in sent["pick"]]


def test_what_is_withheld_may_hold_anything(review, signed_in):
    client = signed_in(review.reviewer)
    sent = form_of(client, review.address, act=f"withhold-{review.done.pk}")
    sent[f"line-{review.done.pk}-words"] = "请联系13812345678"
    sent[f"line-{review.done.pk}-reason"] = "含个人信息"
    assert client.post(review.address, sent).status_code == 302


class Buttons(HTMLParser):
    """Per form the values of the submit buttons in their order, and the checkboxes of rows that are ticked at once."""

    def __init__(self, page):
        super().__init__()
        self.forms, self.names, self.depth = [], [], 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.forms.append([])
        if tag == "button" and given.get("type", "submit") == "submit" and self.forms:
            self.forms[-1].append((given.get("name"), given.get("value")))
        if tag == "div":
            self.depth += 1 if self.depth or "data-row" in given else 0
        if tag == "input" and given.get("type") == "checkbox" and self.depth:
            self.names.append(given["name"])

    def handle_endtag(self, tag):
        self.depth -= 1 if tag == "div" and self.depth else 0


def test_enter_in_a_field_presses_a_button_that_does_nothing(review, signed_in):
    page = signed_in(review.reviewer).get(review.address).content.decode()
    page = page[page.index("<main") :]
    forms = Buttons(page).forms
    assert [buttons[0] for buttons in forms] == [("act", "")]
    assert " form=" not in page


def test_ticking_all_ticks_lines_and_never_that_something_is_published_all_the_same(review, signed_in):
    passed(review, review.done, "此为示例")
    page = signed_in(review.reviewer).get(review.address).content.decode()
    assert f'name="line-{review.done.pk}-anyway"' in page
    assert Buttons(page).names == ["pick"] * 3


@pytest.mark.parametrize("act", [{"act": ""}, {}])
def test_enter_rules_nothing_and_keeps_everything_typed(review, signed_in, act):
    client = signed_in(review.reviewer)
    reason, words = f"line-{review.running.pk}-reason", f"line-{review.done.pk}-words"
    sent = {**form_of(client, review.address), reason: "涉及内部安排", words: "还没写完", "reason": "一并", **act}
    page = client.post(review.address, {**sent, "pick": [review.done.pk]})
    assert page.status_code == 422 and not PublicEntry.objects.exists()
    assert row_of(page, review.running)["form"]["reason"].value() == "涉及内部安排"
    assert row_of(page, review.done)["form"]["words"].value() == "还没写完"
    assert (page.context["reason"], page.context["picked"]) == ("一并", [str(review.done.pk)])
    assert "请按" in page.context["refusal"]


@pytest.fixture
def changed(review):
    """Two lines that passed; one of them was reported on since."""
    passed(review, review.done, "全员培训完成")
    passed(review, review.running, "正在推进")
    tasks.report(review.running.pk, by=review.second_staff, progress=70, summary="又办一期")
    return review


def test_a_line_that_changed_does_not_pass_among_others_with_its_old_words(changed, signed_in):
    client = signed_in(changed.reviewer)
    sent = form_of(client, changed.address, act="pass", pick=[changed.done.pk, changed.running.pk])
    page = client.post(changed.address, sent)
    assert page.status_code == 422
    assert "1.2" in page.context["refusal"] and "1.1" not in page.context["refusal"]
    assert row_of(page, changed.running)["form"].errors["words"]
    assert [line.task.pk for line in disclosure.published(changed.plan)] == [changed.done.pk]
    assert PublicEntry.history.count() == 2


def test_it_passes_among_others_when_its_words_were_edited_in_this_form(changed, signed_in):
    client = signed_in(changed.reviewer)
    sent = form_of(client, changed.address, act="pass", pick=[changed.done.pk, changed.running.pk])
    sent[f"line-{changed.running.pk}-words"] = "又办一期培训"
    assert client.post(changed.address, sent).status_code == 302
    assert len(disclosure.published(changed.plan)) == 2


def test_it_passes_by_its_own_button_and_is_withheld_among_others(changed, signed_in):
    client = signed_in(changed.reviewer)
    sent = form_of(client, changed.address, act="withhold", pick=[changed.running.pk], reason="待核实")
    assert client.post(changed.address, sent).status_code == 302
    assert client.post(changed.address, form_of(client, changed.address, act=f"pass-{changed.running.pk}"))
    assert len(disclosure.published(changed.plan)) == 2


def test_the_old_words_stand_beside_the_last_report_which_is_offered(changed, signed_in):
    client = signed_in(changed.reviewer)
    row = row_of(client.get(changed.address), changed.running)
    assert (row["before"], row["reported"], row["offers"]) == ("正在推进", "又办一期", True)
    assert not row_of(client.get(changed.address), changed.done)["offers"]
    sent = form_of(client, changed.address, act=f"fresh-{changed.running.pk}", pick=[changed.done.pk], reason="一并")
    sent[f"line-{changed.done.pk}-words"] = "还没写完"
    page = client.post(changed.address, sent)
    row = row_of(page, changed.running)
    assert (page.status_code, row["form"]["words"].value(), row["before"]) == (200, "又办一期", "正在推进")
    assert "已填入最近一次填报的文字，尚未通过" in page.content.decode()
    assert not row["offers"] and row_of(page, changed.done)["form"]["words"].value() == "还没写完"
    assert (page.context["picked"], page.context["reason"]) == ([str(changed.done.pk)], "一并")
    assert len(disclosure.published(changed.plan)) == 1


def test_characters_that_nobody_sees_are_not_published(review, signed_in):
    client = signed_in(review.reviewer)
    sent = form_of(client, review.address, act=f"pass-{review.done.pk}")
    sent[f"line-{review.done.pk}-words"] = "全员\u200b培训\u202e完成"
    client.post(review.address, sent)
    assert PublicEntry.objects.get().words == "全员培训完成"
    ruling = disclosure.Ruling(review.running.pk, "秘\u200b密★", "", line_of(review, review.running).seen)
    with pytest.raises(SecrecyMark):
        disclosure.rule(review.plan, by=review.reviewer, state="passed", rulings=[ruling])


@pytest.mark.parametrize("words", ["统一社会信用代码91110102MA01B2C3D4", "编号123456789012345678"])
def test_other_long_numbers_name_no_person(review, words):
    assert publishable.concerns(words, []) == []


def test_the_page_says_in_words_which_tasks_are_no_lines(review, signed_in):
    client = signed_in(review.reviewer)
    assert "1 项待明确的任务" in client.get(review.address).content.decode()
    asked = requests.ask(review.tasks[2].pk, by=review.staff, kind="cancellation", reason="职能划转")
    given = {"approved": True, "approving_body": "区政府", "basis_document": "纪要3号"}
    requests.decide(asked.pk, by=review.admin, **given)
    tasks.cancel(review.tasks[2].pk, by=review.admin)
    page = client.get(review.address)
    assert page.context["not_here"] == "另有 1 项待明确的任务、1 项已取消的任务，不在其列。"
    review.confirmed(review.tasks[3])
    assert client.get(review.address).context["not_here"] == "另有 1 项已取消的任务，不在其列。"


@pytest.mark.parametrize("words", ["审查文件1986件，办理案件20250315件", "培训12期，覆盖率98.5%"])
def test_figures_are_no_telephone_numbers(review, signed_in, words):
    passed(review, review.done, words)
    assert signed_in(review.reviewer).get(review.address).context["rows"][0]["warnings"] == []


def test_a_closed_plan_is_still_published_a_draft_is_not(review, signed_in):
    set_plan(review.plan, state="closed")
    assert passed(review, review.done)
    assert signed_in(review.reviewer).get(review.address).status_code == 200
    set_plan(review.plan, state="draft")
    with pytest.raises(MoveRefused):
        passed(review, review.done)


def test_only_administrators_open_the_public_edition(review, signed_in):
    address = reverse("switch_public", args=[review.plan.pk])
    for who in (review.reviewer, review.leader, review.staff):
        assert signed_in(who).post(address, {"act": "open"}).status_code == 403
    assert not PublicEdition.objects.exists()
    client = signed_in(review.admin)
    assert client.post(address, {"act": "open"}).headers["Location"] == reverse("public_preview", args=[review.plan.pk])
    assert PublicEdition.objects.get().is_on
    client.post(address, {"act": "close"})
    edition = PublicEdition.objects.get()
    assert (edition.is_on, edition.by, edition.history.count()) == (False, review.admin, 2)


@pytest.mark.parametrize("sent", [{}, {"act": ""}, {"act": "Open"}, {"act": "on"}])
def test_the_switch_takes_open_and_close_and_nothing_else(review, signed_in, sent):
    disclosure.switch(review.plan, by=review.admin, on=True)
    address = reverse("switch_public", args=[review.plan.pk])
    answer = signed_in(review.admin).post(address, sent)
    assert answer.status_code == 409 and "请选择" in answer.content.decode()
    assert PublicEdition.objects.get().is_on
    assert signed_in(review.reviewer).post(address, sent).status_code == 403


def test_the_form_works_without_script(review, signed_in):
    page = signed_in(review.reviewer).get(review.address).content.decode()
    assert len(re.findall(r'name="act" value="pass-\d+"', page)) == 3
    assert 'name="act" value="withhold"' in page


@pytest.mark.parametrize("number", [1, 3])
def test_statements_do_not_grow(world, signed_in, number):
    for task in world.tasks[:number]:
        world.started(task)
        passed(world, task)
    client = signed_in(world.reviewer)
    address = reverse("disclosure", args=[world.plan.pk])
    with CaptureQueriesContext(connection) as looking:
        page = client.get(address)
    assert len(page.context["rows"]) == number
    assert len(looking) == 7


def waiting(world, client):
    """What the home page says of the public ledger."""
    also = client.get(reverse("home", args=[world.plan.pk])).context["also"]
    return [(line["words"], line["url"]) for line in also]


def test_home_tells_who_may_pass_lines_that_some_changed_while_the_edition_is_on(changed, signed_in):
    told = [("1 条公开台账在审查后有变化，未重新审查前不公开。", f"{changed.address}?show=changed")]
    assert waiting(changed, signed_in(changed.reviewer)) == []
    disclosure.switch(changed.plan, by=changed.admin, on=True)
    for who in ("reviewer", "admin"):
        assert waiting(changed, signed_in(getattr(changed, who))) == told, who
    for who in ("leader", "viewer", "second_staff", "city_leader"):
        assert waiting(changed, signed_in(getattr(changed, who))) == [], who
    passed(changed, changed.running, "又办一期")
    assert waiting(changed, signed_in(changed.reviewer)) == []


@pytest.mark.parametrize("number", [1, 3])
def test_home_asks_one_statement_for_it(world, signed_in, number):
    for task in world.tasks[:number]:
        world.started(task)
        passed(world, task)
    disclosure.switch(world.plan, by=world.admin, on=True)
    client = signed_in(world.reviewer)
    for task in world.tasks[:number]:
        tasks.report(task.pk, by=world.staff, progress=70, summary="又办一期")
    with CaptureQueriesContext(connection) as looking:
        assert waiting(world, client)[0][0].startswith(f"{number} 条")
    told = [query["sql"] for query in looking if "reports_public" in query["sql"]]
    assert (len(told), len(looking)) == (1, 15)


def test_the_name_of_an_accountable_leader_is_held_back_too(review):
    Task.objects.filter(pk=review.done.pk).update(accountable_leader="张建国")
    assert "张建国" in publishable.names_of(review.plan)
