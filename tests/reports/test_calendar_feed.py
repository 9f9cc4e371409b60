"""The feed under a personal address: parsed back, with the rights of now, dead once it is taken back."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from reports.models import CalendarAddress, Review
from reports.services import calendar as service
from tests.factories import set_plan
from tests.reports.test_calendar import day, demand_of, notice_of, review_of
from tracker import clock
from tracker.models import Demand, Milestone, SupervisionNotice
from tracker.services import tasks

OWN = reverse("calendar_address")


@pytest.fixture
def subscribed(world, monkeypatch):
    """A task with everything dated, and the address of a contributor of its unit."""
    monkeypatch.setattr(Review, "get_absolute_url", lambda review: f"/reviews/{review.pk}/")
    monkeypatch.setattr(SupervisionNotice, "get_absolute_url", lambda row: f"/notices/{row.pk}/", raising=False)
    world.due = world.started(due_on=day(27))
    Milestone.objects.create(task=world.due, title="培训过半", due_on=day(10), met_on=day(9))
    notice_of(world, world.due, day(24))
    demand_of(world, world.due, day(23))
    review_of(world, 1, day(30))
    world.key = service.new_address(by=world.staff)
    return world


def feed(user, **query):
    """The calendar that the person's address gives, read by a client that is not signed in."""
    token = CalendarAddress.objects.get(person=user).token
    answer = Client().get(reverse("calendar_feed", args=[token]), query)
    assert answer.status_code == 200
    return Calendar.from_ical(answer.content)


def events(calendar):
    return {str(event["uid"]).split("@")[0]: event for event in calendar.walk("VEVENT")}


def summaries(calendar):
    return {str(event["summary"]) for event in calendar.walk("VEVENT")}


def test_the_dates_are_whole_days_with_words_and_addresses(subscribed):
    found = events(feed(subscribed.staff))
    due = found[f"due-{subscribed.due.pk}"]
    assert due["summary"] == f"完成时限：{subscribed.due}"
    assert due.decoded("dtstart") == day(27)
    assert (due["dtstart"].params["VALUE"], due["transp"]) == ("DATE", "TRANSPARENT")
    assert due["url"] == f"http://testserver{subscribed.due.get_absolute_url()}"
    milestone = Milestone.objects.get()
    assert found[f"milestone-{milestone.pk}"]["summary"] == f"阶段节点：{subscribed.due.code} 培训过半（已完成）"
    notice = SupervisionNotice.objects.get()
    assert found[f"notice-{notice.pk}"]["summary"].startswith("督办时限：督办〔2025〕1号")
    assert f"demand-{Demand.objects.get().pk}" in found
    assert len([name for name in found if name.startswith("cutoff-")]) == 12
    assert found["cutoff-2025-202506"]["summary"] == "6月填报截止"


def test_the_answer_is_private_never_indexed_and_fetched_again(subscribed):
    answer = Client().get(reverse("calendar_feed", args=[subscribed.key.token]))
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "private" in answer.headers["Cache-Control"]
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT6H" in answer.content
    assert not answer.cookies


def test_what_a_calendar_was_given_is_not_given_as_new(subscribed):
    """The same data give the same file, whenever it is fetched; a date that moves keeps its identity."""
    before = feed(subscribed.staff)
    with clock.at(clock.now() + datetime.timedelta(hours=5)):
        assert feed(subscribed.staff).to_ical() == before.to_ical()
        tasks.edit(subscribed.due.pk, by=subscribed.admin, title="改名")
        after = feed(subscribed.staff)
    name = f"due-{subscribed.due.pk}"
    assert events(before)[name]["uid"] == events(after)[name]["uid"]
    assert events(before)[name].decoded("dtstamp") < events(after)[name].decoded("dtstamp")


def test_a_calendar_that_has_the_same_file_is_told_so(subscribed):
    address = reverse("calendar_feed", args=[subscribed.key.token])
    tag = Client().get(address).headers["ETag"]
    again = Client().get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert "private" in again.headers["Cache-Control"]
    tasks.edit(subscribed.due.pk, by=subscribed.admin, title="改名")
    assert Client().get(address, headers={"If-None-Match": tag}).status_code == 200


def test_demands_and_names_stay_out_of_the_file(subscribed):
    text = feed(subscribed.staff).to_ical().decode()
    for word in ("补齐材料", "书面说明", str(subscribed.staff), str(subscribed.reviewer)):
        assert word not in text


def test_nothing_in_it_is_markup_and_long_titles_are_folded(subscribed):
    title = "<b>x</b>,;\\" + "长" * 150 + "\nBEGIN:VEVENT"
    type(subscribed.due).objects.filter(pk=subscribed.due.pk).update(title=title)
    answer = Client().get(reverse("calendar_feed", args=[subscribed.key.token]))
    lines = answer.content.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    for line in lines:
        line.decode()
    assert lines.count(b"BEGIN:VEVENT") == lines.count(b"END:VEVENT") == len(events(feed(subscribed.staff)))
    assert events(feed(subscribed.staff))[f"due-{subscribed.due.pk}"]["summary"].endswith(f"{title}")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_each_sees_what_the_person_sees_on_the_page(subscribed):
    for who in (subscribed.second_staff, subscribed.reviewer, subscribed.viewer):
        service.new_address(by=who)
    kinds = {
        who: {name.split("-")[0] for name in events(feed(getattr(subscribed, who)))}
        for who in ("staff", "second_staff", "viewer", "reviewer")
    }
    assert kinds["second_staff"] == kinds["viewer"] == {"cutoff", "due", "milestone"}
    assert kinds["staff"] == {"cutoff", "due", "milestone", "notice", "demand"}
    assert kinds["reviewer"] == {*kinds["staff"], "review"}


def test_the_rights_are_those_of_now(subscribed):
    subscribed.staff.unit = subscribed.second
    subscribed.staff.save()
    assert {name.split("-")[0] for name in events(feed(subscribed.staff))} == {"cutoff", "due", "milestone"}
    subscribed.staff.unit = subscribed.foreign_bureau
    subscribed.staff.save()
    assert subscribed.foreign_task
    assert not any(subscribed.due.title in words for words in summaries(feed(subscribed.staff)) if "甲区" in words)
    assert f"due-{subscribed.due.pk}" not in events(feed(subscribed.staff))
    subscribed.staff.unit = None
    subscribed.staff.save()
    assert events(feed(subscribed.staff)) == {}


def test_an_inactive_person_has_no_feed(subscribed):
    subscribed.staff.is_active = False
    subscribed.staff.save()
    assert Client().get(reverse("calendar_feed", args=[subscribed.key.token])).status_code == 404


def test_only_plans_in_use_are_in_it(subscribed):
    set_plan(subscribed.plan, state="closed")
    assert events(feed(subscribed.staff)) == {}


def test_a_unit_above_reads_all_its_governments_apart(subscribed):
    assert subscribed.foreign_task
    service.new_address(by=subscribed.city_leader)
    found = summaries(feed(subscribed.city_leader))
    assert any(words.startswith("甲区 2025 ") for words in found)
    assert any(words.startswith("乙区 2025 ") for words in found)
    identities = [str(event["uid"]) for event in feed(subscribed.city_leader).walk("VEVENT")]
    assert len(identities) == len(set(identities))


def test_my_unit_alone(subscribed):
    subscribed.started(subscribed.tasks[2], unit=subscribed.second, due_on=day(26))
    assert f"due-{subscribed.tasks[2].pk}" in events(feed(subscribed.staff))
    own = events(feed(subscribed.staff, show="unit"))
    assert f"due-{subscribed.tasks[2].pk}" not in own and f"due-{subscribed.due.pk}" in own


@pytest.mark.parametrize("token", ["x", "a" * 43, "-", "_" * 64, "a" * 3000])
def test_an_unknown_address_does_not_exist(subscribed, token):
    assert Client().get(reverse("calendar_feed", args=[token])).status_code == 404


def test_the_feed_is_only_read(subscribed):
    assert Client().post(reverse("calendar_feed", args=[subscribed.key.token])).status_code == 405


def test_a_person_makes_renews_and_takes_back_the_address(subscribed, signed_in):
    client = signed_in(subscribed.viewer)
    assert client.get(OWN).context["address"] == ""
    assert client.post(OWN, {"act": "make"}).headers["Location"] == OWN
    page = client.get(OWN)
    first = page.context["address"]
    assert first in page.content.decode() and "谁有这个地址" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert Client().get(first).status_code == 200
    client.post(OWN, {"act": "make"})
    second = client.get(OWN).context["address"]
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    client.post(OWN, {"act": "take_back"})
    assert Client().get(second).status_code == 404
    assert client.get(OWN).context["address"] == ""


def test_the_address_cannot_be_guessed(subscribed):
    tokens = {service.new_address(by=subscribed.staff).token for _time in range(5)}
    assert len(tokens) == 5 and all(len(token) == 43 for token in tokens)


@pytest.mark.parametrize("act", ["", "x", "MAKE"])
def test_an_unknown_wish_changes_nothing(subscribed, signed_in, act):
    signed_in(subscribed.staff).post(OWN, {"act": act})
    assert CalendarAddress.objects.get().token == subscribed.key.token


def test_nobody_sees_anothers_address(subscribed, signed_in):
    assert Client().get(OWN).status_code == 302
    for who in (subscribed.head, subscribed.admin):
        assert subscribed.key.token not in signed_in(who).get(OWN).content.decode()
    for name in ("changelist", "change"):
        args = [subscribed.key.pk] if name == "change" else []
        page = signed_in(subscribed.admin).get(reverse(f"admin:reports_calendaraddress_{name}", args=args))
        assert page.status_code == 200
        assert subscribed.key.token not in page.content.decode()


def test_the_feed_costs_the_same_for_one_and_for_many(subscribed):
    address = reverse("calendar_feed", args=[subscribed.key.token])

    def statements():
        with CaptureQueriesContext(connection) as looking:
            Client().get(address)
        return len(looking)

    one = statements()
    for task in subscribed.tasks[1:4]:
        started = subscribed.started(task, due_on=day(26))
        Milestone.objects.create(task=started, title="节点", due_on=day(20))
        notice_of(subscribed, started, day(24))
        demand_of(subscribed, started, day(23))
    assert statements() == one == 7
