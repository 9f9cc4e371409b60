"""Supervision notices and demands on their pages, on the task, on both sides' homes, and out of others' sight."""

import datetime

import pytest
from django.urls import reverse

from tracker import clock
from tracker.models import Demand, NoticeReply, SupervisionNotice
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
            form = client.get(address).context["form"]
            assert form["demand"].value() == notice.demand
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
        lines = [" ".join(entry.lines) for entry in entries if entry.move == "dealt with a supervision notice"]
        assert "Blue notice 督办〔2025〕1号: replied 已完成" in lines
        assert any("sent to 区培训局" in line for line in lines)


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
    @pytest.mark.parametrize(("who", "price"), [("staff", 10), ("leader", 6)])
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
