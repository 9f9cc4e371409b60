"""Contributions of supporting units: asked for, answered, taken into the lead unit's report."""

import datetime

import pytest
from django.urls import reverse

from tracker import clock
from tracker.enums import ContributionState
from tracker.exceptions import InvalidInput, MoveRefused, NotPermitted, SecrecyMark
from tracker.models import ContributionRequest, TaskEvent
from tracker.services import contributions, tasks

TOMORROW = datetime.date(2025, 6, 17)


@pytest.fixture
def desk(world):
    """A task in progress that the second unit supports."""
    task = world.started()
    tasks.edit(task.pk, by=world.admin, supporting_units=[world.second_staff.unit])
    task.refresh_from_db()
    world.open_task = task
    return world


def ask(desk, **changed):
    given = {"by": desk.staff, "unit": desk.second_staff.unit, "words": "提供考试数据", "wanted_by": TOMORROW}
    return contributions.ask(desk.open_task.pk, **given | changed)


class TestAsking:
    def test_it_stands_in_the_history(self, desk):
        ask(desk)
        line = TaskEvent.objects.latest("sequence")
        assert (line.kind, line.reason) == ("ask", "提供考试数据")
        assert str(desk.second_staff.unit) in line.detail
        assert ContributionRequest.objects.get().state == ContributionState.ASKED

    def test_a_second_one_replaces_the_first_and_says_so(self, desk):
        ask(desk)
        ask(desk, words="提供考试与培训数据")
        assert [row.state for row in ContributionRequest.objects.order_by("pk")] == ["replaced", "asked"]
        assert TaskEvent.objects.latest("sequence").detail != str(desk.second_staff.unit)

    def test_the_next_contribution_answers_it(self, desk):
        ask(desk)
        tasks.contribute(desk.open_task.pk, by=desk.second_staff, summary="已提供")
        row = ContributionRequest.objects.get()
        assert (row.state, row.answer.summary) == ("answered", "已提供")

    @pytest.mark.parametrize(
        ("changed", "kind"),
        [
            ({"unit": None}, InvalidInput),
            ({"words": " "}, InvalidInput),
            ({"words": "长" * 501}, InvalidInput),
            ({"wanted_by": datetime.date(2025, 6, 15)}, InvalidInput),
            ({"words": "绝密"}, SecrecyMark),
        ],
    )
    def test_bad_input(self, desk, changed, kind):
        with pytest.raises(kind):
            ask(desk, **changed)
        assert not ContributionRequest.objects.exists()

    def test_a_unit_that_does_not_support_is_not_asked(self, desk):
        with pytest.raises(InvalidInput):
            ask(desk, unit=desk.staff.unit)

    def test_who_may(self, desk):
        for name in ("second_staff", "reviewer", "admin", "leader", "auditor", "viewer", "foreign_staff"):
            with pytest.raises(NotPermitted):
                ask(desk, by=getattr(desk, name))

    def test_not_without_supporting_units_nor_on_closed_tasks(self, desk):
        tasks.edit(desk.open_task.pk, by=desk.admin, supporting_units=[])
        with pytest.raises(MoveRefused):
            ask(desk)


class TestThePages:
    def test_asked_on_the_task_found_at_home_answered(self, desk, signed_in):
        client, other = signed_in(desk.staff), signed_in(desk.second_staff)
        address = reverse("ask_contribution", args=[desk.open_task.pk])
        assert address in client.get(reverse("task", args=[desk.open_task.pk])).content.decode()
        typed = {
            "unit": desk.second_staff.unit_id,
            "words": "提供考试数据",
            "wanted_by": TOMORROW.isoformat(),
            "version": desk.open_task.version,
        }
        assert client.post(address, typed).status_code == 302
        home = reverse("home", args=[desk.plan.pk])
        assert [asked["words"] for asked in self.waiting(other, home)] == ["提供考试数据"]
        assert self.waiting(client, home) == []
        page = other.get(reverse("contribute", args=[desk.open_task.pk])).content.decode()
        assert "提供考试数据" in page
        version = desk.open_task.version
        sent = {"summary": "考试通过率98%", "version": version}
        assert other.post(reverse("contribute", args=[desk.open_task.pk]), sent).status_code == 302
        assert self.waiting(other, home) == []

    def waiting(self, client, home):
        groups = client.get(home).context["groups"]
        return [row.extra["asked"] for group in groups if group["name"] == "contribution" for row in group["rows"]]

    @pytest.mark.parametrize("who", ["second_staff", "second_head", "staff", "head", "viewer"])
    def test_what_is_asked_of_the_unit_is_counted_alike_above_in_the_navigation_and_in_rows(self, desk, signed_in, who):
        ask(desk)
        tasks.edit(desk.started(desk.tasks[1]).pk, by=desk.admin, supporting_units=[desk.second])
        contributions.ask(desk.tasks[1].pk, by=desk.staff, unit=desk.second, words="提供名单")
        person = getattr(desk, who)
        shown = signed_in(person).get(reverse("home", args=[desk.plan.pk])).context
        rows = [row.code for group in shown["groups"] for row in group["rows"]]
        assert rows == (["1.1", "1.2"] if who.startswith("second") else [])
        assert (shown["navigation"][0]["count"] or 0) == len(rows)
        assert ("有2件事等您办" in shown["greeting"].replace(" ", "")) is bool(rows)

    def test_what_cannot_be_answered_now_does_not_wait(self, desk, signed_in):
        ask(desk)
        other, home = signed_in(desk.second_staff), reverse("home", args=[desk.plan.pk])
        assert len(self.waiting(other, home)) == 1
        desk.proof(desk.open_task)
        tasks.submit(desk.open_task.pk, by=desk.staff, summary="都已完成")
        shown = other.get(home).context
        assert (shown["groups"], shown["navigation"][0]["count"]) == ([], None)

    def test_the_row_says_who_asks_for_what_by_when_and_leads_to_the_form(self, desk, signed_in):
        ask(desk, wanted_by=datetime.date(2026, 1, 15))
        page = signed_in(desk.second_staff).get(reverse("home", args=[desk.plan.pk])).content.decode()
        address = reverse("contribute", args=[desk.open_task.pk])
        for words in ("配合事项", "提供情况", "区培训局", "提供考试数据", "2026年1月15日", address):
            assert words in page

    @pytest.mark.parametrize("number", [1, 3])
    def test_home_costs_the_same_for_one_and_for_three(self, desk, signed_in, number, django_assert_num_queries):
        for task in desk.tasks[:number]:
            running = desk.open_task if task == desk.tasks[0] else desk.started(task)
            tasks.edit(running.pk, by=desk.admin, supporting_units=[desk.second])
            contributions.ask(running.pk, by=desk.staff, unit=desk.second, words="提供数据")
        client, home = signed_in(desk.second_staff), reverse("home", args=[desk.plan.pk])
        client.get(home)
        with django_assert_num_queries(14):
            assert len(self.waiting(client, home)) == number

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"unit": ""}, "unit"),
            ({"unit": "999999"}, "unit"),
            ({"words": ""}, "words"),
            ({"wanted_by": "x"}, "wanted_by"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field(self, desk, signed_in, changed, field):
        typed = {"unit": desk.second_staff.unit_id, "words": "提供数据", "version": desk.open_task.version} | changed
        page = signed_in(desk.staff).post(reverse("ask_contribution", args=[desk.open_task.pk]), typed)
        assert (page.status_code, list(page.context["form"].errors)) == (400, [field])


class TestTakingOver:
    def given(self, desk):
        with clock.at(clock.now() + datetime.timedelta(hours=1)):
            tasks.contribute(desk.open_task.pk, by=desk.second_staff, summary="考试通过率98%")
        desk.open_task.refresh_from_db()
        return TaskEvent.objects.filter(kind="contribute").latest("sequence")

    def test_one_click_puts_it_below_what_was_typed_with_its_author(self, desk, signed_in):
        event, client = self.given(desk), signed_in(desk.staff)
        address = reverse("report_progress", args=[desk.open_task.pk])
        assert "考试通过率98%" in client.get(address).content.decode()
        typed = {"progress": "六十", "summary": "培训三期", "problems": "缺教室", "version": desk.open_task.version}
        page = client.post(address, typed | {"take": event.pk})
        summary = page.context["form"]["summary"].value()
        assert page.status_code == 200
        assert summary.startswith("培训三期\n") and summary.endswith("考试通过率98%")
        assert str(desk.second_staff) in summary and str(desk.second_staff.unit) in summary
        assert page.context["form"]["problems"].value() == "缺教室"
        assert 'value="六十"' in page.content.decode()
        assert TaskEvent.objects.latest("sequence").kind == "contribute"

    def test_what_was_reported_since_is_not_offered_again(self, desk, signed_in):
        self.given(desk)
        with clock.at(clock.now() + datetime.timedelta(hours=2)):
            tasks.report(desk.open_task.pk, by=desk.staff, progress=70, summary="含配合单位情况")
        page = signed_in(desk.staff).get(reverse("report_progress", args=[desk.open_task.pk]))
        assert page.context["contributions"] == []

    @pytest.mark.parametrize("key", ["0", "x", "1e9", ""])
    def test_a_contribution_that_is_not_there_changes_nothing(self, desk, signed_in, key):
        typed = {"progress": "60", "summary": "培训三期", "version": desk.open_task.version, "take": key}
        page = signed_in(desk.staff).post(reverse("report_progress", args=[desk.open_task.pk]), typed)
        assert (page.status_code, page.context["form"]["summary"].value()) == (200, "培训三期")
