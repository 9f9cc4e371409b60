"""What is written beside milestones and readings on the update form."""

import datetime

import pytest
from django.urls import reverse

from tracker import clock
from tracker.exceptions import InvalidInput, SecrecyMark
from tracker.models import Milestone, Reading, TaskEvent
from tracker.services import indicators, tasks
from tracker.services.tasks import Met

DAY = datetime.timedelta(days=1)


@pytest.fixture
def desk(world, signed_in):
    world.task_in_hand = world.started()
    step = {"title": "第二期开班", "due_on": datetime.date(2025, 7, 1), "share": 60}
    tasks.set_milestones(world.task_in_hand.pk, by=world.admin, steps=[step])
    world.step = Milestone.objects.get()
    world.number = indicators.add(world.task_in_hand.pk, by=world.admin, name="培训人次", direction="up", unit="人次")
    world.client_of_staff = signed_in(world.staff)
    world.form = reverse("report_progress", args=[world.task_in_hand.pk])
    return world


def send(desk, **changed):
    desk.task_in_hand.refresh_from_db()
    typed = {"progress": "60", "summary": "第二期已开班", "version": str(desk.task_in_hand.version)}
    return desk.client_of_staff.post(desk.form, typed | changed)


class TestMilestones:
    def test_met_on_a_day_and_with_a_word(self, desk):
        key = desk.step.pk
        said = {"milestones_met": [key], f"met_on_{key}": "2025-06-10", f"met_words_{key}": "四十人报到"}
        assert send(desk, **said).status_code == 302
        step = Milestone.objects.get()
        assert (step.met_on, step.met_words) == (datetime.date(2025, 6, 10), "四十人报到")
        line = TaskEvent.objects.filter(kind="report").latest("sequence")
        assert "第二期开班（四十人报到）" in line.detail
        assert line.state["milestones"][0]["met_words"] == "四十人报到"
        page = desk.client_of_staff.get(reverse("task", args=[desk.task_in_hand.pk])).content.decode()
        assert "四十人报到" in page

    def test_without_either_it_is_met_today(self, desk):
        assert send(desk, milestones_met=[desk.step.pk]).status_code == 302
        step = Milestone.objects.get()
        assert (step.met_on, step.met_words) == (clock.today(), "")

    def test_not_tomorrow(self, desk):
        day = clock.today() + DAY
        key = desk.step.pk
        page = send(desk, **{"milestones_met": [key], f"met_on_{key}": day.isoformat(), f"met_words_{key}": "开班"})
        assert (page.status_code, list(page.context["form"].errors)) == (400, ["milestones_met"])
        body = page.content.decode()
        assert day.isoformat() in body and 'value="开班"' in body
        assert Milestone.objects.get().met_on is None

    def test_words_without_the_tick_are_asked_about(self, desk):
        page = send(desk, **{f"met_words_{desk.step.pk}": "四十人报到"})
        assert (page.status_code, list(page.context["form"].errors)) == (400, ["milestones_met"])
        assert 'value="四十人报到"' in page.content.decode()

    def test_a_draft_keeps_them(self, desk):
        key = desk.step.pk
        send(desk, save_draft="1", **{f"met_words_{key}": "四十人报到", f"met_on_{key}": "2025-06-10"})
        body = desk.client_of_staff.get(desk.form).content.decode()
        assert 'value="四十人报到"' in body and 'value="2025-06-10"' in body

    def test_the_services_last_word(self, desk):
        task = desk.task_in_hand.pk
        said = {"by": desk.staff, "progress": 60, "summary": "开班"}
        for met, kind in (
            (Met(desk.plan.starts_on - DAY), InvalidInput),
            (Met(clock.today() + DAY), InvalidInput),
            (Met(words="长" * 201), InvalidInput),
            (Met(words="机密"), SecrecyMark),
        ):
            with pytest.raises(kind):
                tasks.report(task, milestones_met={desk.step.pk: met}, **said)
        assert Milestone.objects.get().met_on is None


class TestReadings:
    def read(self, desk, value, **options):
        return indicators.read(desk.number.pk, by=desk.staff, value=value, **options)

    def test_a_fall_of_what_is_to_rise_asks_why(self, desk):
        self.read(desk, 210, on=clock.today() - DAY)
        name = f"reading_{desk.number.pk}"
        page = send(desk, **{name: "180"})
        assert (page.status_code, list(page.context["form"].errors)) == (400, [name])
        assert f'name="note_{desk.number.pk}"' in page.content.decode()
        assert Reading.objects.count() == 1
        assert send(desk, **{name: "180", f"note_{desk.number.pk}": "上月重复计数"}).status_code == 302
        reading = Reading.objects.latest("on")
        assert (reading.value, reading.note) == (180, "上月重复计数")
        assert TaskEvent.objects.filter(kind="indicator").latest("sequence").reason == "上月重复计数"

    def test_the_word_is_not_asked_for_before(self, desk):
        assert f'name="note_{desk.number.pk}"' not in desk.client_of_staff.get(desk.form).content.decode()

    @pytest.mark.parametrize(
        ("direction", "then", "now", "asks"),
        [
            ("up", 10, 9, True),
            ("up", 10, 10, False),
            ("up", 10, 11, False),
            ("down", 10, 11, True),
            ("down", 10, 9, False),
            ("reach", 10, 9, False),
            ("reach", 10, 11, False),
        ],
    )
    def test_which_way_contradicts(self, desk, direction, then, now, asks):
        desk.number.direction = direction
        desk.number.save()
        self.read(desk, then, on=clock.today() - DAY)
        if not asks:
            self.read(desk, now)
            return
        with pytest.raises(InvalidInput):
            self.read(desk, now)
        self.read(desk, now, note="订正")

    def test_another_value_for_the_same_day(self, desk):
        self.read(desk, 10)
        self.read(desk, 10)
        with pytest.raises(InvalidInput):
            self.read(desk, 11)
        assert self.read(desk, 11, note="补报").note == "补报"

    def test_only_what_lies_before_counts(self, desk):
        self.read(desk, 10)
        self.read(desk, 9, on=clock.today() - DAY)

    def test_bad_words(self, desk):
        for note, kind in (("长" * 301, InvalidInput), ("机密", SecrecyMark)):
            with pytest.raises(kind):
                self.read(desk, 10, note=note)
        assert not Reading.objects.exists()
