"""The demonstration shows what leaders did, played after the tasks have had their year."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from reports.models import LeaderDuty, Review, ReviewItem
from reports.services import demonstration as story
from tests.tracker.services.test_demonstration import DATA, DAY
from tracker.exceptions import DatasetError
from tracker.models import TaskEvent, User
from tracker.services import demonstration

ENTRY = """
[[duty]]
on = {on}
kind = "meeting"
leader = "区长"
words = "主持召开常务会议"
by = "reviewer"
added_at = 2025-06-10T10:00:00
"""


def played(folder, plan):
    for _moment, act in story.acts(folder, plan):
        act()


@pytest.fixture
def written(tmp_path):
    """A function that writes the story's file into a folder."""

    def write(on):
        (tmp_path / story.STORY).write_text(ENTRY.format(on=on), encoding="utf-8")
        return tmp_path

    return write


def test_the_sample_year_has_duties_of_several_kinds(db, signed_in, settings):
    plan = demonstration.load(DATA).plan
    demonstration.play(DATA, plan, password="Demo-2025-pass", until=DAY)
    duties = LeaderDuty.objects.all()
    assert {"meeting", "study"} <= {duty.kind for duty in duties}
    assert max(duty.on for duty in duties) < DAY
    assert all(duty.added_at.date() >= duty.on for duty in duties)
    settings.DEMONSTRATION_DATE = DAY
    page = signed_in(User.objects.get(username="viewer")).get(reverse("duties", args=[plan.pk]))
    assert len(page.context["rows"]) == len(duties)
    assert_every_page_of_the_reviews_opens(plan, signed_in)
    assert_the_ledgers_show_something(plan, signed_in)
    demonstration.play(DATA, plan, password="Demo-2025-pass", until=DAY)
    assert LeaderDuty.objects.count() == len(duties)


def assert_every_page_of_the_reviews_opens(plan, signed_in):
    leader = signed_in(User.objects.get(username="leader"))
    states = [review.state for review in Review.objects.order_by("number")]
    assert states == ["closed", "closed", "open"]
    open_items = ReviewItem.objects.filter(review__state="open")
    assert len(open_items) > 10
    for item in open_items:
        assert leader.get(reverse("meeting", args=[item.review_id, item.pk])).status_code == 200, item
    for review in Review.objects.filter(state="closed"):
        for name in ("review_record", "review_picture", "record_document"):
            assert leader.get(reverse(name, args=[review.pk])).status_code == 200, name
    for name in (
        "progress_reviews",
        "changes",
        "changes_workbook",
        "bulletin",
        "ledger_workbook",
        "calendar",
        "notices",
    ):
        assert leader.get(reverse(name, args=[plan.pk])).status_code == 200, name


def assert_the_ledgers_show_something(plan, signed_in):
    reviewer = signed_in(User.objects.get(username="reviewer"))
    rows = reviewer.get(reverse("disclosure", args=[plan.pk])).context["rows"]
    states = {row["code"]: row["state"] for row in rows if row["state"] != "open"}
    assert states == {"2.2": "changed", "2.5": "withheld", "2.6": "passed", "6.1": "passed"}
    sections = reviewer.get(reverse("rectification", args=[plan.pk])).context["sections"]
    assert [bool(section["goal"]) for section in sections] == [False, True, True]
    page = Client().get(reverse("public_ledger", args=[plan.pk])).content.decode()
    assert "迎检" in page and "权力清单" not in page


def test_a_folder_without_such_a_file_is_left_alone(world, tmp_path):
    played(tmp_path, world.plan)
    assert not LeaderDuty.objects.exists()


def test_an_entry_is_played_at_its_moment(world, written):
    played(written("2025-06-09"), world.plan)
    duty = LeaderDuty.objects.get()
    assert (duty.on, duty.added_at.date(), duty.added_by) == (
        datetime.date(2025, 6, 9),
        datetime.date(2025, 6, 10),
        world.reviewer,
    )


def test_a_refused_entry_is_named(world, written):
    with pytest.raises(DatasetError, match="2025-06-10 10:00"):
        played(written("2024-12-31"), world.plan)


def test_a_demonstration_of_an_earlier_day_is_played_until_that_day(db, quick_passwords):
    plan = demonstration.load(DATA).plan
    spring = datetime.date(2025, 4, 18)
    people = demonstration.play(DATA, plan, password="Demo-2025-pass", until=spring)
    assert max(TaskEvent.objects.values_list("on", flat=True)) == datetime.date(2025, 4, 16)
    assert {duty.on.month for duty in LeaderDuty.objects.all()} == {2, 3, 4}
    assert len(people) == User.objects.exclude(username__startswith="importer").count()


def test_a_review_of_one_file_goes_on_in_the_next(world, tmp_path):
    held = 'kind = "monthly"\non = 2025-06-09\nchair = "区长"\nby = "reviewer"\nprepared_at = 2025-06-09T09:00:00\n'
    (tmp_path / story.STORIES[0]).write_text("[[review]]\n" + held, encoding="utf-8")
    closed = 'number = 1\nby = "reviewer"\nclosed_at = [2025-06-10T09:00:00]\n'
    (tmp_path / story.STORIES[1]).write_text(f"[[continued]]\n{closed}[[review]]\n{held}", encoding="utf-8")
    for _moment, act in sorted(story.acts(tmp_path, world.plan), key=lambda act: act[0]):
        act()
    assert [(review.number, review.state) for review in Review.objects.order_by("number")] == [
        (1, "closed"),
        (2, "prepared"),
    ]
