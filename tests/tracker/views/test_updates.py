"""Reporting progress: one form, all of it or nothing, nothing typed is lost."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tracker import clock
from tracker.models import Draft, EvidenceUse, Reading, Task, TaskEvent
from tracker.services import indicators, tasks


@pytest.fixture
def desk(world, signed_in):
    """A task in progress and its contributor's browser."""
    world.open_task = world.started()
    world.client = signed_in(world.staff)
    world.address = reverse("report_progress", args=[world.open_task.pk])
    return world


def typed(desk, **changed):
    return {"version": desk.open_task.version, "progress": "60", "summary": "办了三期培训", **changed}


def proof(**changed):
    values = {
        "title": "第三期通知",
        "kind": "notice",
        "address": "https://www.example.gov.cn/3.html",
        "document_number": "区培发[2025]07号",
        "dated_on": "2025-06-01",
        "disclosure": "public",
        "claim": "第三期已办",
        "not_classified": "on",
    }
    return {f"new-{name}": value for name, value in {**values, **changed}.items()}


def now(desk):
    return Task.objects.get(pk=desk.open_task.pk)


def test_the_form_shows_sentence_criteria_and_the_last_report(desk):
    body = desk.client.get(desk.address).content.decode()
    for words in ("<mark>继续组织全员培训</mark>", "通过考试", "已开展两期培训"):
        assert words in body


def test_a_report_is_stored_and_leads_home(desk):
    answer = desk.client.post(desk.address, typed(desk, problems="缺教室", next_steps="借教室"))
    assert answer.headers["Location"] == reverse("home", args=[desk.plan.pk])
    event = TaskEvent.objects.filter(task=desk.open_task).latest("sequence")
    assert (now(desk).progress, event.summary, event.problems, event.next_steps) == (
        60,
        "办了三期培训",
        "缺教室",
        "借教室",
    )


@pytest.mark.parametrize("wrong", ["一百", "101", "-1", "5.5", "1e99999999", "", "9" * 6000])
def test_a_progress_that_is_none_is_named_and_everything_typed_stays(desk, wrong):
    answer = desk.client.post(desk.address, typed(desk, progress=wrong, problems="缺教室"))
    assert answer.status_code == 400
    body = answer.content.decode()
    assert "办了三期培训" in body
    assert "缺教室" in body
    assert now(desk).progress == 50


def test_evidence_comes_in_with_the_report(desk):
    desk.client.post(desk.address, typed(desk) | proof())
    use = EvidenceUse.objects.get(task=desk.open_task)
    assert (use.evidence.number, use.evidence.document_number, use.claim) == (
        "2025-1-1-01",
        "区培发〔2025〕7号",
        "第三期已办",
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"not_classified": ""},
        {"address": "", "document_number": ""},
        {"address": "javascript:alert(1)"},
        {"dated_on": "2025-02-30"},
        {"dated_on": "2031-01-01"},
        {"title": ""},
        {"claim": " "},
        {"title": "秘密★5年 通知"},
    ],
)
def test_wrong_evidence_stores_nothing_at_all(desk, wrong):
    before = TaskEvent.objects.count()
    answer = desk.client.post(desk.address, typed(desk) | proof(**wrong))
    assert answer.status_code in (400, 409)
    assert "办了三期培训" in answer.content.decode()
    assert (TaskEvent.objects.count(), EvidenceUse.objects.count(), now(desk).progress) == (before, 0, 50)


def test_an_item_that_is_there_already_is_ticked(desk):
    other = desk.started(desk.tasks[1])
    item = desk.proof(other).evidence
    assert item.title in desk.client.get(desk.address).content.decode()
    desk.client.post(desk.address, typed(desk, existing=[item.pk], **{f"claim_{item.pk}": " 三期都已通知 "}))
    assert EvidenceUse.objects.get(task=desk.open_task, evidence=item).claim == "三期都已通知"


@pytest.mark.parametrize("claim", ["", "  \n", "长" * 301, "机密★1年"])
def test_an_item_that_is_ticked_without_a_fitting_claim_is_asked_for_it(desk, claim):
    item = desk.proof(desk.started(desk.tasks[1])).evidence
    name, before = f"claim_{item.pk}", TaskEvent.objects.count()
    answer = desk.client.post(desk.address, typed(desk, existing=[item.pk], **{name: claim}))
    assert answer.status_code == 400
    assert name in answer.context["form"].errors or answer.context["refused"]["field"].html_name == name
    (row,) = answer.context["materials"]["free"]
    assert (row["ticked"], row["claim"].strip()) == (True, claim.strip())
    assert (TaskEvent.objects.count(), now(desk).progress) == (before, 50)


def test_a_claim_beside_an_item_that_is_not_ticked_stays_on_the_page_and_offers_nothing(desk):
    item = desk.proof(desk.started(desk.tasks[1])).evidence
    given = typed(desk, **{f"claim_{item.pk}": "三期都已通知"})
    answer = desk.client.post(desk.address, given | {"summary": ""})
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, ["summary"])
    (row,) = answer.context["materials"]["free"]
    assert (row["ticked"], row["claim"]) == (False, "三期都已通知")
    assert desk.client.post(desk.address, given).status_code == 302
    assert not EvidenceUse.objects.filter(task=desk.open_task).exists()


@pytest.mark.parametrize("name", ["claim_x", "claim_", "claim_99999999999999999999", "claim_-1"])
def test_forged_claims_are_left_alone(desk, name):
    assert desk.client.post(desk.address, typed(desk, **{name: "x"})).status_code == 302


def test_an_item_of_another_government_cannot_be_ticked(desk):
    before = TaskEvent.objects.count()
    answer = desk.client.post(desk.address, typed(desk, existing=["9999"]))
    assert answer.status_code == 400
    assert TaskEvent.objects.count() == before


def test_a_reading_comes_in_with_the_report(desk):
    indicator = indicators.add(desk.open_task.pk, by=desk.admin, name="人数", direction="up", unit="人")
    desk.client.post(desk.address, typed(desk, **{f"reading_{indicator.pk}": "120"}))
    assert Reading.objects.get(indicator=indicator).value == 120


def test_a_milestone_is_marked_as_met(desk):
    step = {"title": "第二期", "due_on": datetime.date(2025, 7, 1), "share": 60}
    tasks.set_milestones(desk.open_task.pk, by=desk.admin, steps=[step])
    milestone = now(desk).milestones.get()
    desk.client.post(desk.address, typed(desk, version=now(desk).version, milestones_met=[milestone.pk]))
    milestone.refresh_from_db()
    assert milestone.met_on == clock.today()


def test_report_and_submission_in_one(desk):
    desk.client.post(desk.address, typed(desk, submit="on") | proof())
    assert now(desk).status == "awaiting_sign_off"


def test_a_submission_without_evidence_takes_the_report_back_too(desk):
    answer = desk.client.post(desk.address, typed(desk, submit="on"))
    assert answer.status_code == 409
    assert now(desk).progress == 50


def test_a_stale_form_shows_both_versions_and_goes_through_the_second_time(desk):
    tasks.report(desk.open_task.pk, by=desk.head, progress=55, summary="主任先报了")
    answer = desk.client.post(desk.address, typed(desk))
    assert answer.status_code == 409
    body = answer.content.decode()
    assert "主任先报了" in body
    assert "办了三期培训" in body
    assert now(desk).progress == 55
    again = typed(desk, version=now(desk).version, pick_progress="theirs", theirs_progress="55", pick_summary="mine")
    assert desk.client.post(desk.address, again).status_code == 302
    event = TaskEvent.objects.filter(task=desk.open_task).latest("sequence")
    assert (event.progress, event.summary) == (55, "办了三期培训")


def test_a_draft_is_kept_for_its_author_and_gone_after_sending(desk, signed_in):
    desk.client.post(desk.address, typed(desk, save_draft="1", summary="写了一半"))
    assert now(desk).progress == 50
    assert "写了一半" in desk.client.get(desk.address).content.decode()
    assert "写了一半" not in signed_in(desk.head).get(desk.address).content.decode()
    desk.client.post(desk.address, typed(desk))
    assert not Draft.objects.exists()


@pytest.mark.parametrize("who", ["second_staff", "reviewer", "admin", "leader", "viewer", "auditor"])
def test_nobody_else_reports(desk, signed_in, who):
    client = signed_in(getattr(desk, who))
    assert client.get(desk.address).status_code in (403, 409)
    assert client.post(desk.address, typed(desk)).status_code in (403, 409)
    assert now(desk).progress == 50


def test_control_characters_are_taken_out(desk):
    desk.client.post(desk.address, typed(desk, summary="办了\x0b三期\ufeff培训"))
    assert TaskEvent.objects.filter(task=desk.open_task).latest("sequence").summary == "办了三期培训"


def test_very_long_words_are_refused_with_a_sentence(desk):
    assert desk.client.post(desk.address, typed(desk, summary="长" * 10_000)).status_code == 400


def test_the_forecast_says_what_the_light_would_be(desk):
    page = desk.client.get(desk.address, {"forecast": "30"})
    assert (page.context["forecast"].light.value, page.context["forecast"].bar["progress"]) == ("yellow", 30)
    assert "<html" not in page.content.decode()
    page = desk.client.get(desk.address, {"forecast": "", "progress": "40"})
    assert page.context["forecast"].light.value == "green"


@pytest.mark.parametrize("wrong", ["x", "一百", "101", "1e99", "", "9" * 5000])
def test_the_forecast_of_what_is_no_progress_is_the_light_as_it_is(desk, wrong):
    page = desk.client.get(desk.address, {"forecast": wrong})
    assert (page.status_code, page.context["forecast"].light.value) == (200, "green")


def test_the_forecast_counts_the_milestones_that_are_ticked(desk):
    with clock.at(clock.now() - datetime.timedelta(days=10)):
        step = {"title": "第一期", "due_on": datetime.date(2025, 6, 10)}
        tasks.set_milestones(desk.open_task.pk, by=desk.admin, steps=[step])
    missed = now(desk).milestones.get()
    light = desk.client.get(desk.address, {"forecast": "50"}).context["forecast"].light.value
    ticked = desk.client.get(desk.address, {"forecast": "50", "milestones_met": missed.pk}).context["forecast"]
    assert (light, ticked.light.value) == ("yellow", "green")


def test_one_update_costs_at_most_twelve_reads_and_five_writes(desk):
    desk.client.get(desk.address)  # Django asks once what the database can do
    with CaptureQueriesContext(connection) as captured:
        assert desk.client.post(desk.address, typed(desk)).status_code == 302
    statements = [query["sql"].split(maxsplit=1)[0].upper() for query in captured.captured_queries]
    reads = statements.count("SELECT")
    writes = sum(statements.count(verb) for verb in ("INSERT", "UPDATE", "DELETE"))
    assert reads == (9 if connection.vendor == "sqlite" else 11)  # PostgreSQL locks task and chain with one more each
    assert writes == 4


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_for_one_row_and_for_three(desk, django_assert_num_queries, number):
    rows = [{"title": f"节点{n}", "due_on": datetime.date(2025, 7, n), "share": 60 + n} for n in range(1, number + 1)]
    tasks.set_milestones(desk.open_task.pk, by=desk.admin, steps=rows)
    for place in range(number):
        indicator = indicators.add(desk.open_task.pk, by=desk.admin, name=f"指标{place}", direction="up")
        indicators.read(indicator.pk, by=desk.staff, value=place)
        desk.proof(desk.open_task)
        desk.proof(desk.tasks[1] if place else desk.started(desk.tasks[1]))
    tasks.save_draft(now(desk), by=desk.staff, values={"summary": "写了一半"})
    with django_assert_num_queries(12):
        page = desk.client.get(desk.address)
    shown = page.context
    assert [len(shown[name]) for name in ("milestones", "readings")] == [number, number]
    assert [len(shown["materials"][name]) for name in ("used", "free")] == [number, number]


class TestNothingTypedIsLost:
    def everything(self, desk):
        """Every field of the form, with what a browser would send."""
        indicator = indicators.add(desk.open_task.pk, by=desk.admin, name="人数", direction="up", unit="人")
        step = {"title": "第二期", "due_on": datetime.date(2025, 7, 1), "share": 60}
        desk.open_task = tasks.set_milestones(desk.open_task.pk, by=desk.admin, steps=[step])
        other = desk.proof(desk.started(desk.tasks[1])).evidence
        desk.reading = f"reading_{indicator.pk}"
        return typed(
            desk,
            problems="缺教室",
            next_steps="借教室",
            milestones_met=[str(now(desk).milestones.get().pk)],
            existing=[str(other.pk)],
            submit="on",
            **{desk.reading: "2,214", f"claim_{other.pk}": "三期都已通知"},
            **proof(issuer="区培训局", place="第3页", valid_until="2026-12-31"),
        )

    def assert_all_there(self, page, data):
        form, item = page.context["form"], page.context["proof"]
        for name in ("progress", "summary", "problems", "next_steps"):
            assert str(form[name].value()) == data[name]
        assert [row["value"] for row in page.context["readings"]] == ["2,214"]
        assert [row["ticked"] for row in page.context["milestones"]] == [True]
        free = page.context["materials"]["free"]
        assert [(row["ticked"], row["claim"]) for row in free] == [(True, "三期都已通知")]
        assert form["submit"].value() in (True, "on")
        for name in set(item.fields) - {"file", "kept"}:
            assert item[name].value() == data[f"new-{name}"], name
        assert page.context["proof_open"]

    def test_a_draft_gives_every_field_back(self, desk):
        data = self.everything(desk)
        before = TaskEvent.objects.count()
        assert desk.client.post(desk.address, data | {"save_draft": "1"}).status_code == 302
        assert TaskEvent.objects.count() == before
        data["new-not_classified"] = "on"
        self.assert_all_there(desk.client.get(desk.address), data)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"progress": "一百"},
            {"summary": "  "},
            {"new-dated_on": "2031-01-01"},
            {"new-title": "机密★1年"},
            {"problems": "绝密"},
        ],
    )
    def test_a_mistake_leaves_every_field_as_it_was_typed(self, desk, wrong):
        data = self.everything(desk) | wrong
        page = desk.client.post(desk.address, data)
        assert page.status_code == 400
        data["new-not_classified"] = True
        self.assert_all_there(page, data)

    def test_a_wrong_draft_is_kept_as_it_is(self, desk):
        desk.client.post(desk.address, typed(desk, save_draft="1", progress="一百", summary="长" * 10_000))
        form = desk.client.get(desk.address).context["form"]
        assert (form["progress"].value(), len(form["summary"].value())) == ("一百", 10_000)

    def test_a_draft_beyond_all_bounds_is_refused_with_a_sentence(self, desk):
        page = desk.client.post(desk.address, typed(desk, save_draft="1", summary="长" * 20_001))
        assert (page.status_code, len(page.context["form"]["summary"].value())) == (400, 20_001)
        assert not Draft.objects.exists()

    def test_a_draft_with_a_secrecy_mark_is_not_kept(self, desk, caplog):
        page = desk.client.post(desk.address, typed(desk, save_draft="1", summary="附：\n机　密\n正文"))
        assert (page.status_code, page.context["refused"]["field"].name) == (400, "summary")
        assert not Draft.objects.exists()
        assert "正文" not in caplog.text

    def test_a_draft_of_an_older_version_says_what_happened_since(self, desk):
        desk.client.post(desk.address, typed(desk, save_draft="1", summary="我的草稿"))
        tasks.report(desk.open_task.pk, by=desk.head, progress=55, summary="主任先报了")
        page = desk.client.get(desk.address)
        choices = {choice.name: (choice.theirs, choice.mine) for choice in page.context["conflict"].choices}
        assert choices == {"progress": ("55", "60"), "summary": ("主任先报了", "我的草稿")}
        assert desk.client.post(desk.address, typed(desk, version=now(desk).version)).status_code == 302

    def test_a_task_that_was_submitted_meanwhile_keeps_the_words(self, desk):
        desk.proof(desk.open_task)
        tasks.submit(desk.open_task.pk, by=desk.head, summary="全部办完")
        page = desk.client.post(desk.address, typed(desk, problems="缺教室"))
        assert page.status_code == 409
        assert page.context["form"]["problems"].value() == "缺教室"
        page = desk.client.post(desk.address, typed(desk, version=now(desk).version, problems="缺教室"))
        assert (page.status_code, page.context["form"]["problems"].value()) == (409, "缺教室")
        assert page.context["form"].non_field_errors()


class TestTwoEditors:
    def test_a_light_that_was_raised_is_told_and_needs_no_choice(self, desk):
        tasks.raise_light(desk.open_task.pk, by=desk.reviewer, light="red", reason="现场不符")
        page = desk.client.post(desk.address, typed(desk))
        conflict = page.context["conflict"]
        assert (page.status_code, conflict.choices, len(conflict.lines)) == (409, (), 1)
        assert str(desk.reviewer) in conflict.lines[0]
        assert desk.client.post(desk.address, typed(desk, version=now(desk).version)).status_code == 302

    def test_a_pick_survives_another_mistake(self, desk):
        picked = {"pick_summary": "theirs", "theirs_summary": "主任先报了"}
        page = desk.client.post(desk.address, typed(desk, progress="一百", **picked))
        choices = [(choice.name, choice.theirs_picked) for choice in page.context["conflict"].choices]
        assert (page.status_code, choices) == (400, [("summary", True)])
        assert page.context["form"]["summary"].value() == "办了三期培训"

    def test_a_third_version_is_shown_again(self, desk):
        tasks.report(desk.open_task.pk, by=desk.head, progress=55, summary="先报了")
        seen = now(desk).version
        tasks.report(desk.open_task.pk, by=desk.head, progress=56, summary="又报了")
        page = desk.client.post(desk.address, typed(desk, version=seen))
        assert (page.status_code, page.context["form"]["version"].value()) == (409, str(seen + 1))
        assert page.context["conflict"].choices[0].theirs == "56"

    @pytest.mark.parametrize("version", ["", "x", "-5", "9" * 40, "9" * 6000])
    def test_an_odd_version_never_gets_through(self, desk, version):
        page = desk.client.post(desk.address, typed(desk, version=version))
        assert page.status_code in (400, 409)
        assert now(desk).progress == 50


class TestForgedIds:
    def assert_nothing(self, desk, data):
        before = (TaskEvent.objects.count(), EvidenceUse.objects.count(), now(desk).version)
        page = desk.client.post(desk.address, typed(desk, **data))
        assert page.status_code == 400
        assert page.context["mistakes"].errors
        assert (TaskEvent.objects.count(), EvidenceUse.objects.count(), now(desk).version) == before

    def test_evidence_of_another_government(self, desk):
        promised = {"criteria": "完成", "nature": "phased", "due_on": datetime.date(2025, 12, 31), "due_basis": "纪要"}
        people = {"lead_unit": desk.foreign_bureau, "owner": desk.foreign_staff}
        tasks.confirm(desk.foreign_task.pk, by=desk.foreign_admin, **promised, **people)
        theirs = desk.proof(desk.foreign_task, by=desk.foreign_staff)
        self.assert_nothing(desk, {"existing": [theirs.evidence_id]})

    def test_internal_evidence_of_another_unit(self, desk):
        hidden = desk.proof(desk.started(desk.tasks[2], unit=desk.second), by=desk.second_staff, disclosure="internal")
        self.assert_nothing(desk, {"existing": [hidden.evidence_id]})

    @pytest.mark.parametrize("key", ["x", "-1", "1.5", str(2**63), "9" * 6000, "１"])
    def test_what_is_no_key(self, desk, key):
        self.assert_nothing(desk, {"existing": [key]})
        self.assert_nothing(desk, {"milestones_met": [key]})

    def test_a_milestone_of_another_task(self, desk):
        step = {"title": "别的", "due_on": datetime.date(2025, 7, 1)}
        other = tasks.set_milestones(desk.started(desk.tasks[1]).pk, by=desk.admin, steps=[step])
        self.assert_nothing(desk, {"milestones_met": [other.milestones.get().pk]})

    def test_an_indicator_of_another_task(self, desk):
        other = indicators.add(desk.started(desk.tasks[1]).pk, by=desk.admin, name="人数", direction="up")
        self.assert_nothing(desk, {f"reading_{other.pk}": "5"})
        assert not Reading.objects.exists()

    @pytest.mark.parametrize("value", ["很多", "1e99999999", "NaN", "Infinity", "1.1234567", "9" * 30])
    def test_a_reading_that_is_no_number(self, desk, value):
        own = indicators.add(desk.open_task.pk, by=desk.admin, name="人数", direction="up")
        self.assert_nothing(desk, {f"reading_{own.pk}": value})


@pytest.mark.parametrize("value", ["2,214", "2，214", "２２１４", " 2214 ", "2214.0"])
def test_a_reading_is_taken_as_people_write_it(desk, value):
    indicator = indicators.add(desk.open_task.pk, by=desk.admin, name="条数", direction="up")
    assert desk.client.post(desk.address, typed(desk, **{f"reading_{indicator.pk}": value})).status_code == 302
    assert Reading.objects.get(indicator=indicator).value == 2214


@pytest.mark.parametrize("value", ["60", "60%", "６０％", " 60 ", "060"])
def test_a_progress_is_taken_as_people_write_it(desk, value):
    assert desk.client.post(desk.address, typed(desk, progress=value)).status_code == 302
    assert now(desk).progress == 60


def test_all_mistakes_are_named_at_once_with_what_was_typed(desk, settings):
    settings.LANGUAGE_CODE = "en"
    data = typed(desk, progress="一百", summary="") | proof(dated_on="昨天", not_classified="")
    body = desk.client.post(desk.address, data).content.decode()
    for words in ("it is “一百”", "“昨天” is not a date", "Say what has been done", "State that the material"):
        assert words in body
    for anchor in ("#id_progress", "#id_summary", "#id_new-dated_on", "#id_new-not_classified"):
        assert f'href="{anchor}"' in body


def test_a_secrecy_mark_is_refused_and_logged_without_the_text(desk, caplog):
    before = TaskEvent.objects.count()
    page = desk.client.post(desk.address, typed(desk, summary="关于某事的报告\n秘密★5年"))
    assert (page.status_code, page.context["refused"]["field"].name) == (400, "summary")
    assert TaskEvent.objects.count() == before
    record = next(record for record in caplog.records if record.name == "tracker.secrecy")
    line = record.getMessage()
    assert desk.staff.username in line
    assert desk.open_task.code in line
    assert "某事" not in line


@pytest.mark.parametrize(
    "odd", ["办\x00了", "办\x08了", "办\x0c了", "办\x1f了", "办\ufffe了", "办\uffff了", "办\x7f了"]
)
def test_what_cannot_be_stored_or_exported_is_taken_out(desk, odd):
    assert desk.client.post(desk.address, typed(desk, summary=odd, problems=odd) | proof(title=odd)).status_code == 302
    event = TaskEvent.objects.filter(task=desk.open_task, kind="report").latest("sequence")
    assert (event.summary, event.problems) == ("办了", "办了")
    assert EvidenceUse.objects.get().evidence.title == "办了"


def test_lines_and_tabs_stay_in_texts_and_become_blanks_in_lines(desk):
    desk.client.post(desk.address, typed(desk, summary="一\r\n二\t三") | proof(title="甲\n乙"))
    assert TaskEvent.objects.filter(kind="report").latest("sequence").summary == "一\n二\t三"
    assert EvidenceUse.objects.get().evidence.title == "甲 乙"


@pytest.mark.parametrize(
    "name", ["summary", "problems", "next_steps", "new-title", "new-claim", "new-issuer", "new-place"]
)
def test_ten_kilobytes_are_answered_with_a_sentence(desk, name):
    page = desk.client.post(desk.address, typed(desk) | proof() | {name: "x" * 10_000})
    assert (page.status_code, len(page.context["mistakes"].errors)) == (400, 1)
    assert now(desk).progress == 50


def test_looking_changes_nothing(desk):
    before = (TaskEvent.objects.count(), now(desk).version)
    for query in ("", "?forecast=70", "?forecast&progress=70"):
        assert desk.client.get(desk.address + query).status_code == 200
    assert desk.client.put(desk.address).status_code == 405
    assert (TaskEvent.objects.count(), now(desk).version, Draft.objects.count()) == (*before, 0)


def test_a_returned_task_shows_why(desk):
    desk.proof(desk.open_task)
    tasks.submit(desk.open_task.pk, by=desk.staff, summary="办完了")
    tasks.send_back(desk.open_task.pk, by=desk.head, reason="缺考试名单")
    assert desk.client.get(desk.address).context["returned"]["reason"] == "缺考试名单"


def test_the_button_names_the_month_of_the_next_cut_off(desk, settings):
    settings.LANGUAGE_CODE = "en"
    assert "Send the report for June" in desk.client.get(desk.address).content.decode()
    with clock.at(clock.now() + datetime.timedelta(days=10)):
        assert "Send the report for July" in desk.client.get(desk.address).content.decode()


def test_one_filled_button_and_no_inline_style_or_script(desk):
    body = desk.client.get(desk.address).content.decode()
    assert body.count("btn-primary") == 1
    for banned in (" style=", "<script>", " onclick=", " onchange="):
        assert banned not in body


class TestNoChange:
    def address(self, desk):
        return reverse("no_change", args=[desk.open_task.pk])

    def test_one_click_on_a_green_task(self, desk):
        with clock.at(clock.now() + datetime.timedelta(days=3)):
            answer = desk.client.post(self.address(desk), {"version": desk.open_task.version})
        assert answer.status_code == 302
        assert TaskEvent.objects.latest("sequence").kind == "no_change"

    def test_a_yellow_task_is_asked_why(self, desk):
        tasks.report(desk.open_task.pk, by=desk.staff, progress=30, summary="慢了")
        assert desk.client.post(self.address(desk), {}).status_code == 409
        assert desk.client.post(self.address(desk), {"reason": "等教室"}).status_code == 302
        assert TaskEvent.objects.latest("sequence").reason == "等教室"

    def test_a_safe_next_is_followed(self, desk):
        target = reverse("task", args=[desk.open_task.pk])
        assert desk.client.post(self.address(desk), {"next": target}).headers["Location"] == target

    def test_the_question_is_asked_on_a_page_of_its_own(self, desk):
        tasks.report(desk.open_task.pk, by=desk.staff, progress=10, summary="慢了")
        before = TaskEvent.objects.count()
        page = desk.client.get(self.address(desk))
        assert (page.status_code, page.context["asks_why"]) == (200, True)
        assert TaskEvent.objects.count() == before

    def test_a_second_editor_is_told_and_the_second_click_goes_through(self, desk):
        tasks.report(desk.open_task.pk, by=desk.head, progress=55, summary="主任先报了")
        page = desk.client.post(self.address(desk), {"version": desk.open_task.version})
        assert page.status_code == 409
        assert str(desk.head) in page.context["conflict"].title
        assert TaskEvent.objects.latest("sequence").kind == "report"
        assert desk.client.post(self.address(desk), {"version": page.context["task"].version}).status_code == 302

    def test_in_the_row_it_answers_in_place(self, desk):
        page = desk.client.post(self.address(desk), {"version": desk.open_task.version}, headers={"HX-Request": "true"})
        body = page.content.decode().strip()
        assert (page.status_code, page.headers["Vary"].count("HX-Request")) == (200, 1)
        assert body.startswith("<li")
        assert page.context["done"]
        assert TaskEvent.objects.latest("sequence").kind == "no_change"

    def test_in_the_row_of_a_red_task_it_asks_why(self, desk):
        tasks.report(desk.open_task.pk, by=desk.staff, progress=10, summary="慢了")
        htmx = {"HX-Request": "true"}
        asked = desk.client.get(self.address(desk), headers=htmx).content.decode()
        assert asked.strip().startswith("<li")
        assert 'name="reason"' in asked
        data = {"version": str(now(desk).version)}
        assert desk.client.post(self.address(desk), data, headers=htmx).status_code == 409
        done = desk.client.post(self.address(desk), data | {"reason": "等\x00教室"}, headers=htmx)
        assert done.context["done"]
        assert TaskEvent.objects.latest("sequence").reason == "等教室"

    @pytest.mark.parametrize("who", ["second_staff", "reviewer", "admin", "viewer"])
    def test_nobody_else_does(self, desk, signed_in, who):
        before = TaskEvent.objects.count()
        assert signed_in(getattr(desk, who)).post(self.address(desk), {}).status_code == 403
        assert TaskEvent.objects.count() == before

    @pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/"])
    def test_a_hostile_next_stays_here(self, desk, target):
        answer = desk.client.post(self.address(desk), {"next": target})
        assert answer.headers["Location"] == reverse("home", args=[desk.plan.pk])


class TestContribution:
    def test_a_supporting_unit_adds_its_word(self, world, signed_in):
        task = world.started(supporting_units=[world.second])
        address = reverse("contribute", args=[task.pk])
        client = signed_in(world.second_staff)
        assert client.get(address).status_code == 200
        assert client.post(address, {"summary": ""}).status_code == 400
        assert client.post(address, {"summary": "提供场地"}).status_code == 302
        assert TaskEvent.objects.latest("sequence").summary == "提供场地"

    def test_another_unit_does_not(self, desk, signed_in):
        address = reverse("contribute", args=[desk.open_task.pk])
        assert signed_in(desk.second_staff).post(address, {"summary": "x"}).status_code == 403

    def test_its_evidence_comes_with_it_or_not_at_all(self, world, signed_in):
        task = world.started(supporting_units=[world.second])
        address, client = reverse("contribute", args=[task.pk]), signed_in(world.second_staff)
        words = {"summary": "提供场地", "version": task.version}
        assert client.post(address, words | proof(address="", document_number="")).status_code == 400
        assert client.post(address, words | proof(title="秘密★3年")).status_code == 400
        assert TaskEvent.objects.latest("sequence").kind == "report"
        assert client.post(address, words | proof()).status_code == 302
        use = EvidenceUse.objects.get(task=task)
        assert (use.evidence.unit, Task.objects.get(pk=task.pk).status) == (world.second, "in_progress")

    def test_two_units_at_once_lose_nothing(self, world, signed_in):
        task = world.started(supporting_units=[world.second])
        address, client = reverse("contribute", args=[task.pk]), signed_in(world.second_staff)
        tasks.report(task.pk, by=world.staff, progress=60, summary="先报了")
        page = client.post(address, {"summary": "提供场地", "version": task.version})
        assert (page.status_code, page.context["form"]["summary"].value()) == (409, "提供场地")
        assert page.context["conflict"].choices == ()
        again = {"summary": "提供场地", "version": page.context["form"]["version"].value()}
        assert client.post(address, again).status_code == 302
