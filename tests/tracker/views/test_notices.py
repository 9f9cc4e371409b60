"""Supervision notices and demands on their pages, on the task, on both sides' homes, and out of others' sight."""

import datetime

import pytest
from django.urls import reverse

from tracker import clock
from tracker.models import Demand, EvidenceUse, NoticeReply, SupervisionNotice
from tracker.services import demands, notices, tasks

LIMIT = datetime.date(2025, 6, 20)
CANARY = "金丝雀"


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def desk(world):
    """A task in progress with evidence, led by the bureau."""
    world.open_task = world.started()
    world.use = world.proof(world.open_task)
    return world


def issue(desk, task=None, **changed):
    sheet = {"demand": f"请完成两期培训{CANARY}", "limit_on": LIMIT, "basis": f"常务会{CANARY}"}
    return notices.issue((task or desk.open_task).pk, by=desk.reviewer, **sheet | changed)


def urge(desk, task=None, **changed):
    given = {"kind": "urge", "words": f"请加快{CANARY}", "wanted_by": LIMIT}
    return demands.ask((task or desk.open_task).pk, by=desk.leader, **given | changed)


def page(client, name, *args, **query):
    return client.get(reverse(name, args=args), query)


def home(client, desk):
    return page(client, "home", desk.plan.pk)


def later(days):
    return clock.at(clock.now() + datetime.timedelta(days=days))


def typed(desk, **changed):
    given = {"demand": "请完成两期培训", "limit_on": "2025-06-20", "basis": "常务会纪要3号"}
    return {"version": desk.open_task.version, **given, **changed}


class TestTheFormsOfTheTask:
    def test_a_notice_is_issued_and_opens_as_a_sheet(self, desk, signed_in):
        client, address = signed_in(desk.reviewer), reverse("issue_notice", args=[desk.open_task.pk])
        assert address in page(client, "task", desk.open_task.pk).content.decode()
        assert client.get(address).status_code == 200
        answer = client.post(address, typed(desk))
        notice = SupervisionNotice.objects.get()
        assert (answer.status_code, answer.url) == (302, reverse("notice", args=[notice.pk]))
        assert (notice.demand, notice.limit_on, notice.basis) == ("请完成两期培训", LIMIT, "常务会纪要3号")

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"demand": " "}, "demand"),
            ({"demand": "长" * 1001}, "demand"),
            ({"limit_on": ""}, "limit_on"),
            ({"limit_on": "soon"}, "limit_on"),
            ({"limit_on": "2025-06-15"}, "limit_on"),
            ({"basis": ""}, "basis"),
            ({"demand": "绝密★1年"}, "demand"),
        ],
    )
    def test_what_is_wrong_is_named_and_kept(self, desk, signed_in, changed, field):
        address = reverse("issue_notice", args=[desk.open_task.pk])
        answer = signed_in(desk.reviewer).post(address, typed(desk, **changed))
        form = answer.context["form"]
        assert (answer.status_code, list(form.errors)) == (400, [field])
        kept = "basis" if field != "basis" else "demand"
        assert form[kept].value() == typed(desk)[kept]

    def test_a_second_sheet_gets_its_sentence_and_keeps_what_was_typed(self, desk, signed_in):
        issue(desk)
        client, address = signed_in(desk.leader), reverse("issue_notice", args=[desk.open_task.pk])
        assert "is open" in client.get(address).context["sentence"]
        answer = client.post(address, typed(desk))
        assert (answer.status_code, answer.context["form"]["demand"].value()) == (409, "请完成两期培训")

    @pytest.mark.parametrize("kind", ["urge", "report"])
    def test_a_demand_is_made(self, desk, signed_in, kind):
        client, address = signed_in(desk.leader), reverse("demand", args=[desk.open_task.pk, kind])
        assert address in page(client, "task", desk.open_task.pk).content.decode()
        assert client.get(address).status_code == 200
        sent = {"version": desk.open_task.version, "words": "请加快", "wanted_by": "2025-06-20"}
        assert client.post(address, sent).url == desk.open_task.get_absolute_url()
        assert Demand.objects.get().kind == kind
        assert "请加快" in page(client, "demand", desk.open_task.pk, kind).content.decode()

    def test_a_second_demand_of_a_kind_says_before_and_after_what_it_replaces(self, desk, signed_in):
        client, address = signed_in(desk.leader), reverse("demand", args=[desk.open_task.pk, "urge"])
        sent = {"version": desk.open_task.version, "words": "请再加快", "wanted_by": ""}
        assert "It replace" not in client.get(address).content.decode()
        first = client.post(address, sent, follow=True).content.decode()
        assert "It replaced" not in first
        with later(1):
            assert "It replaces the urging of 16 Jun" in client.get(address).content.decode()
            assert "It replaced the urging of 16 Jun." in client.post(address, sent, follow=True).content.decode()
        assert [row.state for row in Demand.objects.order_by("pk")] == ["replaced", "open"]

    @pytest.mark.parametrize(
        ("changed", "field"),
        [({"words": ""}, "words"), ({"wanted_by": ""}, "wanted_by"), ({"wanted_by": "2025-01-01"}, "wanted_by")],
    )
    def test_a_demand_without_what_it_needs_is_not_made(self, desk, signed_in, changed, field):
        sent = {"version": desk.open_task.version, "words": "请报告", "wanted_by": "2025-06-20"} | changed
        answer = signed_in(desk.leader).post(reverse("demand", args=[desk.open_task.pk, "report"]), sent)
        assert (answer.status_code, list(answer.context["form"].errors)) == (400, [field])

    def test_an_unknown_kind_is_not_found(self, desk, signed_in):
        assert page(signed_in(desk.leader), "demand", desk.open_task.pk, "shout").status_code == 404

    @pytest.mark.parametrize("who", ["staff", "head", "admin", "auditor", "viewer", "second_staff"])
    def test_nobody_else_gets_a_form(self, desk, signed_in, who):
        client = signed_in(getattr(desk, who))
        for address in ("issue_notice", "demand"):
            args = [desk.open_task.pk, "urge"] if address == "demand" else [desk.open_task.pk]
            assert client.post(reverse(address, args=args), typed(desk, words="x")).status_code == 403
        assert (
            reverse("issue_notice", args=[desk.open_task.pk])
            not in page(client, "task", desk.open_task.pk).content.decode()
        )


class TestTheSheet:
    def act(self, client, notice, act, **values):
        return client.post(reverse("notice", args=[notice.pk]), {"act": act, **values})

    def test_it_shows_demand_limit_basis_words_of_the_report_and_what_can_be_done(self, desk, signed_in):
        answer = page(signed_in(desk.staff), "notice", issue(desk).pk)
        html = answer.content.decode()
        for words in (
            "督办〔2025〕1号",
            "请完成两期培训",
            f"常务会{CANARY}",
            "区培训局",
            "4 days left",
            "继续组织全员培训",
        ):
            assert words in html
        assert list(answer.context["forms"]) == ["acknowledge", "reply"]
        assert [act.name for act in answer.context["refused"]] == ["judge", "escalate", "withdraw"]
        assert all(act.refusal for act in answer.context["refused"])
        assert html.count("btn-primary") == 1

    def test_from_the_issue_to_an_accepted_reply(self, desk, signed_in):
        unit, reviewer, notice = signed_in(desk.staff), signed_in(desk.reviewer), issue(desk)
        assert self.act(unit, notice, "acknowledge").status_code == 302
        sent = self.act(unit, notice, "reply", words="已完成两期", evidence=[desk.use.pk])
        assert sent.status_code == 302
        shown = page(reviewer, "notice", notice.pk)
        assert shown.context["replies"][0]["evidence"][0]["number"] == desk.use.evidence.number
        assert list(shown.context["forms"]) == ["judge"]
        assert self.act(reviewer, notice, "accept", reason="属实").status_code == 302
        after = page(unit, "notice", notice.pk)
        assert "属实" in after.content.decode() and after.context["forms"] == {}

    def test_a_reply_that_is_not_accepted_can_be_given_again(self, desk, signed_in):
        unit, notice = signed_in(desk.head), issue(desk)
        self.act(unit, notice, "reply", words="已完成一期")
        missing = self.act(signed_in(desk.leader), notice, "refuse", reason="")
        assert (missing.status_code, list(missing.context["forms"]["judge"].errors)) == (400, ["reason"])
        assert self.act(signed_in(desk.leader), notice, "refuse", reason="缺第二期").status_code == 302
        assert list(page(unit, "notice", notice.pk).context["forms"]) == ["reply"]

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"words": " "}, "words"),
            ({"words": "长" * 2001}, "words"),
            ({"words": "秘密★1年"}, "words"),
            ({"words": "已完成", "evidence": ["x"]}, "evidence"),
            ({"words": "已完成", "evidence": ["999999"]}, "evidence"),
            ({"words": "已完成", "evidence": [str(2**70)]}, "evidence"),
        ],
    )
    def test_a_bad_reply_is_shown_again_as_it_was_typed(self, desk, signed_in, values, field):
        answer = self.act(signed_in(desk.staff), issue(desk), "reply", **values)
        form = answer.context["forms"]["reply"]
        assert (answer.status_code, list(form.errors)) == (400, [field])
        assert form["words"].value() == values["words"]
        assert not NoticeReply.objects.exists()

    def test_a_reply_is_kept_while_evidence_is_added_and_the_new_item_is_ticked(self, desk, signed_in):
        notice, client = issue(desk), signed_in(desk.staff)
        left = self.act(client, notice, "keep", words="已完成两期", evidence=[desk.use.pk])
        assert left.url.startswith(reverse("evidence_new", args=[desk.open_task.pk]) + "?next=")
        assert f'href="{notice.get_absolute_url()}#reply"' in client.get(left.url).content.decode()
        item = {
            "kind": "notice",
            "title": "二期通知",
            "dated_on": "2025-03-01",
            "address": "https://www.example.gov.cn/2.html",
            "disclosure": "public",
            "not_classified": "on",
            "claim": "已开二期",
        }
        back = client.post(left.url, item)
        use = EvidenceUse.objects.latest("pk")
        assert back.url == f"{notice.get_absolute_url()}?added={use.pk}#reply"
        shown = client.get(back.url)
        assert shown.context["forms"]["reply"]["words"].value() == "已完成两期"
        assert [item["ticked"] for item in shown.context["materials"]] == [True, True]
        assert page(signed_in(desk.head), "notice", notice.pk).context["forms"]["reply"]["words"].value() is None
        self.act(client, notice, "reply", words="已完成两期", evidence=[desk.use.pk, use.pk])
        notices.refuse(notice.pk, by=desk.leader, reason="仍缺")
        assert page(client, "notice", notice.pk).context["forms"]["reply"]["words"].value() is None

    @pytest.mark.parametrize("added", ["x", "", "9" * 30, "²"])
    def test_an_item_that_is_not_there_is_not_ticked(self, desk, signed_in, added):
        notice, client = issue(desk), signed_in(desk.staff)
        self.act(client, notice, "keep", words="", evidence=[])
        shown = page(client, "notice", notice.pk, added=added)
        assert [item["ticked"] for item in shown.context["materials"]] == [False]

    @pytest.mark.parametrize(("words", "status"), [("绝密★1年", 400), ("长" * 2001, 400), ("", 302)])
    def test_what_may_not_be_stored_is_not_kept(self, desk, signed_in, words, status):
        notice, client = issue(desk), signed_in(desk.staff)
        assert self.act(client, notice, "keep", words=words).status_code == status
        assert page(client, "notice", notice.pk).context["forms"]["reply"]["words"].value() in (None, "")

    def test_nobody_else_keeps_a_reply(self, desk, signed_in):
        assert self.act(signed_in(desk.leader), issue(desk), "keep", words="已完成").status_code == 403

    def test_evidence_leads_nowhere_off_this_site(self, desk, signed_in):
        answer = page(signed_in(desk.staff), "evidence_new", desk.open_task.pk, next="https://example.com/")
        assert "example.com/" not in answer.content.decode().split("action-bar")[1]

    def test_what_was_typed_stays_when_the_state_has_moved_on(self, desk, signed_in):
        notice = issue(desk)
        notices.reply(notice.pk, by=desk.head, words="先报")
        answer = self.act(signed_in(desk.staff), notice, "reply", words="后报", evidence=[desk.use.pk])
        assert (answer.status_code, answer.context["forms"]["reply"]["words"].value()) == (409, "后报")
        assert answer.context["materials"][0]["ticked"]

    @pytest.mark.parametrize("act", ["", "sign", "escalate"])
    def test_an_unknown_act_is_not_found(self, desk, signed_in, act):
        assert self.act(signed_in(desk.staff), issue(desk), act).status_code == 404

    @pytest.mark.parametrize(
        ("who", "act"),
        [
            ("reviewer", "acknowledge"),
            ("leader", "reply"),
            ("staff", "accept"),
            ("head", "withdraw"),
            ("admin", "refuse"),
        ],
    )
    def test_the_wrong_person_is_refused(self, desk, signed_in, who, act):
        notice = issue(desk)
        if act in ("accept", "refuse"):
            notices.reply(notice.pk, by=desk.staff, words="已完成")
        answer = self.act(signed_in(getattr(desk, who)), notice, act, words="x", reason="x")
        assert answer.status_code == 403

    def test_withdrawing_needs_its_reason(self, desk, signed_in):
        notice = issue(desk)
        assert self.act(signed_in(desk.reviewer), notice, "withdraw", reason="").status_code == 400
        assert self.act(signed_in(desk.reviewer), notice, "withdraw", reason="发错").status_code == 302
        notice.refresh_from_db()
        assert notice.state == "withdrawn"

    def test_escalating_through_its_form_shows_the_chain_on_both_sheets(self, desk, signed_in):
        notice, client = issue(desk), signed_in(desk.leader)
        address = reverse("escalate_notice", args=[notice.pk])
        refused = client.get(address)
        assert refused.status_code == 409 and "has not passed" in refused.context["sentence"]
        with later(5):
            shown = client.get(address)
            form = shown.context["form"]
            assert form["demand"].value() == notice.demand
            assert shown.context["back"] == {"url": notice.get_absolute_url(), "label": "Back to the notice"}
            sent = typed(desk, limit_on="2025-07-01")
            answer = client.post(address, sent)
        higher = SupervisionNotice.objects.latest("serial")
        assert answer.url == reverse("notice", args=[higher.pk])
        for sheet in (notice, higher):
            chain = page(client, "notice", sheet.pk).context["chain"]
            assert [(step["level"].value, step["current"]) for step in chain] == [
                ("blue", sheet == notice),
                ("orange", sheet == higher),
            ]
        again = client.post(address, sent)
        assert again.status_code == 409

    @pytest.mark.parametrize("number", [1, 3])
    def test_costs_the_same_for_one_reply_and_for_three(self, desk, signed_in, number, django_assert_num_queries):
        notice = issue(desk)
        for place in range(number):
            use = desk.proof(desk.open_task, title=f"材料{place}")
            notices.reply(notice.pk, by=desk.staff, words="已完成", evidence=[use.pk])
            notices.refuse(notice.pk, by=desk.leader, reason="仍缺")
        client = signed_in(desk.staff)
        page(client, "notice", notice.pk)
        with django_assert_num_queries(10):
            assert page(client, "notice", notice.pk).status_code == 200


class TestTheTask:
    def test_open_notice_and_demands_stand_on_top(self, desk, signed_in):
        notice = issue(desk)
        urge(desk)
        shown = page(signed_in(desk.staff), "task", desk.open_task.pk)
        assert shown.context["notice"]["url"] == reverse("notice", args=[notice.pk])
        assert [row["kind"] for row in shown.context["demands"]] == ["Urged"]
        tasks.report(desk.open_task.pk, by=desk.staff, progress=60, summary="已推进")
        notices.withdraw(notice.pk, by=desk.reviewer, reason="发错")
        after = page(signed_in(desk.staff), "task", desk.open_task.pk)
        assert (after.context["notice"], after.context["demands"]) == (None, [])

    def test_the_form_for_reporting_says_what_is_demanded(self, desk, signed_in):
        urge(desk)
        shown = page(signed_in(desk.staff), "report_progress", desk.open_task.pk)
        assert shown.context["demanded"][0]["words"] == f"请加快{CANARY}"

    def test_the_timeline_tells_level_number_and_what(self, desk, signed_in):
        notice = issue(desk)
        notices.reply(notice.pk, by=desk.staff, words="已完成")
        entries = page(signed_in(desk.reviewer), "task", desk.open_task.pk).context["timeline"].entries
        told = {entry.move: " ".join(entry.lines) for entry in entries}
        assert "Blue notice 督办〔2025〕1号: replied 已完成" in told.values()
        assert any("sent to 区培训局" in line for line in told.values())
        moves = [move for move, line in told.items() if "督办〔2025〕1号" in line]
        assert len(set(moves)) == 2


class TestTheHomes:
    def acts(self, client, desk):
        return [(row["code"], [act["label"] for act in row["acts"]]) for row in home(client, desk).context["notices"]]

    def test_the_unit_acknowledges_and_replies(self, desk, signed_in):
        notice, client = issue(desk), signed_in(desk.staff)
        assert self.acts(client, desk) == [("1.1", ["Acknowledge", "Reply"])]
        notices.acknowledge(notice.pk, by=desk.head)
        assert self.acts(client, desk) == [("1.1", ["Reply"])]
        notices.reply(notice.pk, by=desk.head, words="已完成")
        assert self.acts(client, desk) == []
        notices.refuse(notice.pk, by=desk.leader, reason="缺")
        assert self.acts(client, desk) == [("1.1", ["Reply"])]

    @pytest.mark.parametrize("who", ["reviewer", "reviewer_office", "leader"])
    def test_the_other_side_judges_replies_and_escalates_what_ran_out(self, desk, signed_in, who):
        notice, client = issue(desk), signed_in(getattr(desk, who))
        other = issue(desk, desk.started(desk.tasks[1]))
        assert self.acts(client, desk) == []
        notices.reply(notice.pk, by=desk.head, words="已完成")
        with later(5):
            assert self.acts(client, desk) == [("1.1", ["Judge the reply"]), ("1.2", ["Escalate"])]
        assert other.level == "blue"

    def test_a_reviewer_of_the_unit_itself_has_no_reply_to_judge(self, desk, signed_in):
        notices.reply(issue(desk).pk, by=desk.head, words="已完成")
        colleague = desk.person("colleague", "reviewer", desk.bureau)
        assert self.acts(signed_in(colleague), desk) == []

    def test_the_highest_level_comes_first(self, desk, signed_in):
        first, second = issue(desk), issue(desk, desk.started(desk.tasks[1]))
        for step in ("reply", "refuse"):
            words = {"words": "已办"} if step == "reply" else {"reason": "缺"}
            getattr(notices, step)(second.pk, by=desk.staff if step == "reply" else desk.leader, **words)
        notices.escalate(second.pk, by=desk.leader, demand="请办结", limit_on=LIMIT, basis="常务会")
        assert [row["level"].value for row in home(signed_in(desk.staff), desk).context["notices"]] == [
            "orange",
            "blue",
        ]
        assert first.level == "blue"

    @pytest.mark.parametrize("who", ["admin", "auditor", "viewer", "second_staff", "second_head"])
    def test_nothing_waits_for_the_others(self, desk, signed_in, who):
        issue(desk)
        urge(desk)
        with later(5):
            shown = home(signed_in(getattr(desk, who)), desk)
        assert shown.context["notices"] == []
        assert CANARY not in shown.content.decode()

    def test_a_demand_stands_with_its_task_or_in_a_group_of_its_own(self, desk, signed_in):
        urge(desk)
        client = signed_in(desk.staff)
        groups = home(client, desk).context["groups"]
        assert [(group["name"], [row.code for row in group["rows"]]) for group in groups] == [("demand", ["1.1"])]
        assert groups[0]["rows"][0].extra["demands"][0]["words"] == f"请加快{CANARY}"
        with later(15):  # the next period: the task waits for its report anyway
            groups = home(client, desk).context["groups"]
            assert [group["name"] for group in groups] == ["report"]
            assert groups[0]["rows"][0].extra["demands"][0]["days"] == "11 days overdue"

    @pytest.mark.parametrize("who", ["staff", "head"])
    @pytest.mark.parametrize("kind", ["urge", "report"])
    @pytest.mark.parametrize("status", ["submitted", "under_review"])
    def test_a_demand_is_found_once_while_the_task_is_in_other_hands(self, desk, signed_in, who, kind, status):
        task = getattr(desk, status)(desk.tasks[1])
        urge(desk, task, kind=kind, wanted_by=datetime.date(2026, 1, 15))
        answer = home(signed_in(getattr(desk, who)), desk)
        rows = [(group["name"], row) for group in answer.context["groups"] for row in group["rows"]]
        signs = who == "head" and status == "submitted"
        assert [(name, row.code) for name, row in rows] == [("sign" if signs else "demand", "1.2")]
        html = answer.content.decode()
        assert html.count(f"请加快{CANARY}") == 1 and "15 Jan 2026" in html
        assert answer.context["navigation"][0]["count"] == 1
        if not signs:
            assert rows[0][1].extra["action_url"] == task.get_absolute_url()

    def test_near_dates_name_answers_to_demands_and_limits_that_no_reminder_names(self, desk, signed_in):
        urge(desk, wanted_by=datetime.date(2025, 6, 27))
        urge(desk, kind="report", wanted_by=datetime.date(2025, 6, 27))
        issue(desk)
        told = home(signed_in(desk.head), desk).context
        assert [one.kind for one in told["reminders"]] == ["notice"]
        dates = [date["words"] for date in told["dates"]]
        assert dates[1] == "1.1: to report as demanded" and not any("notice" in words for words in dates)
        other = desk.person("colleague", "contributor", desk.bureau)
        dates = home(signed_in(other), desk).context["dates"]
        assert dates[0]["words"] == "1.1: to reply to the notice"

    def test_returned_tasks_come_first_only_where_no_notice_stands_above_them(self, desk, signed_in):
        tasks.send_back(desk.under_review(desk.tasks[1]).pk, by=desk.reviewer, reason="缺名单")
        client = signed_in(desk.staff)
        assert home(client, desk).context["groups"][0]["note"] == "first"
        issue(desk)
        assert home(client, desk).context["groups"][0]["note"] == ""

    @pytest.mark.parametrize("who", ["staff", "head", "reviewer", "leader", "admin", "viewer"])
    @pytest.mark.parametrize("days", [0, 5, 15])
    def test_the_number_in_the_navigation_is_the_number_on_the_page(self, desk, signed_in, who, days):
        notice, client = issue(desk), signed_in(getattr(desk, who))
        issue(desk, desk.started(desk.tasks[1]))
        urge(desk)
        urge(desk, desk.tasks[1], kind="report")
        notices.reply(notice.pk, by=desk.staff, words="已完成")
        with later(days):
            shown = home(client, desk).context
        rows = len(shown["notices"]) + sum(len(group["rows"]) for group in shown["groups"])
        assert (shown["navigation"][0]["count"] or 0) == rows

    @pytest.mark.parametrize("who", ["staff", "leader"])
    def test_only_one_filled_button(self, desk, signed_in, who):
        notices.reply(issue(desk, desk.started(desk.tasks[1])).pk, by=desk.staff, words="已完成")
        issue(desk)
        urge(desk)
        with later(15):
            assert home(signed_in(getattr(desk, who)), desk).content.decode().count("btn-primary") == 1

    @pytest.mark.parametrize("number", [1, 3])
    @pytest.mark.parametrize(("who", "price"), [("staff", 14), ("leader", 12)])
    def test_costs_the_same_for_one_and_for_three(self, desk, signed_in, number, who, price, django_assert_num_queries):
        for task in desk.tasks[:number]:
            running = task if task == desk.tasks[0] else desk.started(task)
            issue(desk, running)
            urge(desk, running)
        client = signed_in(getattr(desk, who))
        home(client, desk)
        with later(5), django_assert_num_queries(price):
            assert len(home(client, desk).context["notices"]) == number


class TestTheList:
    def codes(self, answer, name="rows"):
        return [row["code"] for row in answer.context[name]]

    def test_open_ones_first(self, desk, signed_in):
        old = issue(desk)
        with later(1):
            notices.withdraw(issue(desk, desk.started(desk.tasks[1])).pk, by=desk.reviewer, reason="发错")
        assert self.codes(page(signed_in(desk.leader), "notices", desk.plan.pk)) == ["1.1", "1.2"]
        assert old.state == "issued"

    @pytest.mark.parametrize("what", ["", "demands"])
    def test_open_and_ended_ones_stand_under_headings_and_what_is_overdue_first(self, desk, signed_in, what):
        issue(desk)
        urge(desk)
        late = datetime.date(2025, 6, 30)
        with later(1):
            second, third = desk.started(desk.tasks[1]), desk.started(desk.tasks[2])
            for task in (second, third):
                issue(desk, task, limit_on=late)
                urge(desk, task, wanted_by=late)
            notices.withdraw(SupervisionNotice.objects.get(task=third).pk, by=desk.reviewer, reason="发错")
            tasks.report(third.pk, by=desk.staff, progress=60, summary="已推进")
        with later(6):
            groups = page(signed_in(desk.leader), "notices", desk.plan.pk, what=what).context["groups"]
        assert [(group["title"], [row["code"] for row in group["rows"]]) for group in groups] == [
            ("Not ended yet", ["1.1", "1.2"]),
            ("Ended already", ["2.1"]),
        ]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"level": "blue"}, ["1.1"]),
            ({"level": "red"}, []),
            ({"state": "issued"}, ["1.1"]),
            ({"state": "accepted"}, []),
            ({"level": "purple"}, ["1.1"]),
            ({"unit": "999999"}, ["1.1"]),
            ({"unit": "x' --"}, ["1.1"]),
            ({"page": "9" * 30}, ["1.1"]),
        ],
    )
    def test_it_is_narrowed_by_the_address(self, desk, signed_in, query, found):
        issue(desk)
        answer = page(signed_in(desk.leader), "notices", desk.plan.pk, **query)
        assert [row["code"] for row in answer.context["rows"]] == found

    def test_demands_on_their_tab(self, desk, signed_in):
        urge(desk)
        client = signed_in(desk.staff)
        answer = page(client, "notices", desk.plan.pk, what="demands")
        assert self.codes(answer, "demands") == ["1.1"]
        assert page(client, "notices", desk.plan.pk, what="demands", kind="report").context["demands"] == []
        unit = {"what": "demands", "unit": str(desk.bureau.pk)}
        assert self.codes(page(client, "notices", desk.plan.pk, **unit), "demands") == ["1.1"]

    @pytest.mark.parametrize("what", ["", "demands"])
    @pytest.mark.parametrize("number", [1, 3])
    def test_costs_the_same_for_one_and_for_three(self, desk, signed_in, number, what, django_assert_num_queries):
        for task in desk.tasks[:number]:
            running = task if task == desk.tasks[0] else desk.started(task)
            issue(desk, running)
            urge(desk, running)
        client = signed_in(desk.leader)
        page(client, "notices", desk.plan.pk, what=what)
        with django_assert_num_queries(7):
            page(client, "notices", desk.plan.pk, what=what)

    @pytest.mark.parametrize(
        ("who", "shown"), [("reviewer", True), ("leader", True), ("admin", True), ("staff", False)]
    )
    def test_the_navigation_leads_there_for_those_who_supervise(self, desk, signed_in, who, shown):
        links = home(signed_in(getattr(desk, who)), desk).context["navigation"]
        assert (reverse("notices", args=[desk.plan.pk]) in [link["url"] for link in links]) is shown


def test_nobody_beside_the_units_and_those_who_oversee_reads_a_word_of_it(desk, signed_in):
    tasks.edit(desk.open_task.pk, by=desk.admin, supporting_units=[desk.office])
    notice = issue(desk)
    urge(desk)
    notices.reply(notice.pk, by=desk.staff, words=f"已完成{CANARY}")
    notices.refuse(notice.pk, by=desk.leader, reason=f"仍缺{CANARY}")
    notices.escalate(notice.pk, by=desk.leader, demand=f"请办结{CANARY}", limit_on=LIMIT, basis=f"常务会{CANARY}")
    tasks.report(desk.open_task.pk, by=desk.staff, progress=60, summary="已推进")
    addresses = [
        *(reverse(name, args=[desk.plan.pk]) for name in ("home", "ledger", "notices", "changes", "living_report")),
        f"{reverse('notices', args=[desk.plan.pk])}?what=demands",
        f"{reverse('task', args=[desk.open_task.pk])}?history=all",
        f"{reverse('task', args=[desk.open_task.pk])}?as_of=2025-06-16",
        reverse("notice", args=[notice.pk]),
        reverse("escalate_notice", args=[notice.pk]),
        reverse("contribute", args=[desk.open_task.pk]),
    ]
    for who in ("second_staff", "second_head", "viewer", "city_leader", "foreign_staff", "foreign_admin"):
        client = signed_in(getattr(desk, who))
        for address in addresses:
            assert CANARY not in client.get(address).content.decode(), (who, address)
    supporting = desk.person("office-staff", "contributor", desk.office)
    for who in (desk.staff, desk.reviewer_office, desk.auditor, desk.admin, supporting):
        assert CANARY in signed_in(who).get(addresses[6]).content.decode()
        assert signed_in(who).get(addresses[8]).status_code == 200
