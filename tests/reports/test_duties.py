"""Duties of leaders: read by everyone of the government, kept by reviewers and leaders, fed by closed reviews."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reports.models import LeaderDuty, Review
from reports.services import duties
from tests.factories import set_plan
from tracker import clock
from tracker.exceptions import InvalidInput, MoveRefused, NotPermitted, SecrecyMark, Stale

DAY = datetime.date(2025, 5, 20)


@pytest.fixture
def register(world, monkeypatch):
    """One duty added by hand, and a closed review that proves another."""
    monkeypatch.setattr(Review, "get_absolute_url", lambda review: f"/reviews/{review.pk}/")
    world.duty = duties.add(world.plan, by=world.reviewer, **typed(on=DAY))
    world.address = reverse("duties", args=[world.plan.pk])
    world.edit = reverse("duty", args=[world.duty.pk])
    return world


def typed(**changed):
    given = {"kind": "meeting", "on": "2025-05-20", "leader": "区长", "words": "主持召开常务会议", "number": ""}
    return {**given, **changed}


def review_of(world, **changed):
    given = {
        "number": 9,
        "kind": "monthly",
        "since": datetime.date(2025, 5, 1),
        "until": datetime.date(2025, 5, 31),
        "on": datetime.date(2025, 6, 3),
        "chair": "副区长",
        "prepared_by": world.reviewer,
        "prepared_at": clock.now(),
    }
    return Review.objects.create(plan=world.plan, **{**given, **changed})


def test_the_year_is_listed_in_order_of_date(register, signed_in):
    duties.add(register.plan, by=register.leader, **typed(on=datetime.date(2025, 2, 3), words="会前学法"))
    duties.of_review(review_of(register), by=register.reviewer)
    rows = signed_in(register.viewer).get(register.address).context["rows"]
    assert [row["words"] for row in rows] == ["会前学法", "主持召开常务会议", "主持召开2025年第9次进度评审"]
    assert [row["review_url"] != "" for row in rows] == [False, False, True]
    assert not any(row["edit_url"] for row in rows)


def test_reviewers_and_leaders_add(register, signed_in):
    for number, who in enumerate((register.reviewer, register.leader), 2):
        answer = signed_in(who).post(register.address, typed(words=f"会前学法{number}", kind="study"))
        assert answer.headers["Location"] == register.address
        assert LeaderDuty.objects.count() == number
    assert LeaderDuty.objects.last().added_by == register.leader


@pytest.mark.parametrize("who", ["admin", "auditor", "viewer", "staff", "head", "second_staff", "city_leader"])
def test_others_read_and_change_nothing(register, signed_in, who):
    client = signed_in(getattr(register, who))
    page = client.get(register.address)
    assert page.status_code == 200 and page.context["form"] is None
    assert client.post(register.address, typed()).status_code == 403
    assert client.post(register.edit, typed(leader="别人")).status_code == 403
    assert client.post(reverse("remove_duty", args=[register.duty.pk])).status_code == 403
    assert [duty.leader for duty in LeaderDuty.objects.all()] == ["区长"]


def test_another_government_does_not_find_it(register, signed_in):
    client = signed_in(register.foreign_admin)
    assert client.get(register.address).status_code == 404
    assert client.get(register.edit).status_code == 404
    assert client.post(reverse("remove_duty", args=[register.duty.pk])).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": ""}, "kind"),
        ({"kind": "holiday"}, "kind"),
        ({"on": ""}, "on"),
        ({"on": "上周"}, "on"),
        ({"on": "2024-12-31"}, "on"),
        ({"on": "2026-01-01"}, "on"),
        ({"on": "2025-06-17"}, "on"),
        ({"leader": "　"}, "leader"),
        ({"leader": "长" * 61}, "leader"),
        ({"words": ""}, "words"),
        ({"words": "字" * 301}, "words"),
        ({"words": "秘密★5年"}, "words"),
        ({"number": "机密★"}, "number"),
        ({"number": "号" * 61}, "number"),
    ],
)
def test_what_is_wrong_is_named_and_kept(register, signed_in, wrong, field):
    client = signed_in(register.reviewer)
    for address in (register.address, register.edit):
        page = client.post(address, typed(seen=client.get(register.edit).context["form"]["seen"].value(), **wrong))
        assert (page.status_code, list(page.context["form"].errors)) == (400, [field]), address
        assert page.context["form"][field].value() == wrong[field]
    assert LeaderDuty.objects.get().words == "主持召开常务会议"


def test_any_bracket_of_a_document_number_is_stored_alike(register):
    made = duties.add(register.plan, by=register.leader, **typed(on=DAY, number=" 西政会[2025]08号 "))
    assert made.number == "西政会〔2025〕8号"


def test_a_duty_is_changed_and_removed_by_hand(register, signed_in):
    client = signed_in(register.leader)
    seen = client.get(register.edit).context["form"]["seen"].value()
    answer = client.post(register.edit, typed(leader="常务副区长", number="纪要3号", seen=seen))
    assert answer.headers["Location"] == register.address
    register.duty.refresh_from_db()
    assert (register.duty.leader, register.duty.number) == ("常务副区长", "纪要3号")
    assert client.post(reverse("remove_duty", args=[register.duty.pk])).headers["Location"] == register.address
    assert not LeaderDuty.objects.exists()
    assert client.post(reverse("remove_duty", args=[register.duty.pk])).status_code == 404


def test_nobody_overwrites_unseen_what_somebody_else_changed(register, signed_in):
    client = signed_in(register.leader)
    seen = client.get(register.edit).context["form"]["seen"].value()
    duties.change(register.duty.pk, by=register.reviewer, words="主持召开专题会议")
    page = client.post(register.edit, typed(leader="书记", seen=seen))
    assert page.status_code == 409
    assert "主持召开专题会议" in page.content.decode()
    assert page.context["form"]["leader"].value() == "书记"
    again = client.post(register.edit, typed(leader="书记", seen=page.context["form"]["seen"].value()))
    assert again.status_code == 302
    register.duty.refresh_from_db()
    assert (register.duty.leader, register.duty.words) == ("书记", "主持召开常务会议")


@pytest.mark.parametrize("seen", ["", "x", "[]", "7", '{"kind": 1}', "9" * 5000])
def test_a_form_that_does_not_say_what_it_saw_changes_nothing(register, signed_in, seen):
    page = signed_in(register.leader).post(register.edit, typed(leader="书记", seen=seen))
    assert page.status_code in (400, 409)
    register.duty.refresh_from_db()
    assert register.duty.leader == "区长"


def test_what_a_review_proves_is_not_changed_by_hand(register, signed_in):
    fed = duties.of_review(review_of(register), by=register.leader)
    with pytest.raises(MoveRefused, match="进度评审"):
        duties.change(fed.pk, by=register.reviewer, leader="别人")
    with pytest.raises(MoveRefused):
        duties.remove(fed.pk, by=register.reviewer)
    client = signed_in(register.reviewer)
    assert client.get(reverse("duty", args=[fed.pk])).status_code == 409
    assert "随评审更新" in client.get(register.address).content.decode()


def test_a_review_closed_anew_brings_its_duty_up_to_date(register):
    review = review_of(register)
    first = duties.of_review(review, by=register.reviewer)
    review.on, review.chair = datetime.date(2025, 6, 5), "区长"
    second = duties.of_review(review, by=register.leader)
    assert (second.pk, second.on, second.leader) == (first.pk, review.on, "区长")
    assert second.words == "主持召开2025年第9次进度评审"
    second.refresh_from_db()
    assert second.added_by == register.reviewer


def test_a_review_after_the_end_of_the_year_counts_too(register):
    review = review_of(register, on=datetime.date(2026, 1, 8), kind="annual")
    assert duties.of_review(review, by=register.reviewer).on == review.on


def test_only_who_conducts_feeds_the_register(register):
    with pytest.raises(NotPermitted):
        duties.of_review(review_of(register), by=register.staff)


def test_in_a_closed_plan_nothing_is_added(register, signed_in):
    set_plan(register.plan, state="closed")
    client = signed_in(register.reviewer)
    assert client.get(register.address).context["form"] is None
    assert client.post(register.address, typed()).status_code == 409


def test_the_service_names_what_it_refuses(register):
    with pytest.raises(InvalidInput) as refused:
        duties.add(register.plan, by=register.leader, **typed(on="2025-05-20"))
    assert refused.value.field == "on"
    with pytest.raises(SecrecyMark):
        duties.change(register.duty.pk, by=register.leader, leader="绝密★")
    with pytest.raises(InvalidInput):
        duties.change(register.duty.pk, by=register.leader, plan=7)
    with pytest.raises(Stale):
        duties.change(register.duty.pk, by=register.leader, seen={}, leader="书记")
    with pytest.raises(MoveRefused):
        duties.remove(0, by=register.leader)


def test_the_list_costs_the_same_for_one_and_for_many(register, signed_in):
    client = signed_in(register.reviewer)

    def statements():
        with CaptureQueriesContext(connection) as looking:
            client.get(register.address)
        return len(looking)

    one = statements()
    for number in (1, 2):
        duties.of_review(review_of(register, number=number), by=register.reviewer)
        duties.add(register.plan, by=register.reviewer, **typed(on=DAY))
    assert len(client.get(register.address).context["rows"]) == 5
    assert statements() == one == 5


def test_the_admin_looks_and_does_not_touch(register, signed_in):
    duties.of_review(review_of(register), by=register.reviewer)
    client = signed_in(register.admin)
    listed = client.get(reverse("admin:reports_leaderduty_changelist")).content.decode()
    assert "主持召开常务会议" in listed and "2025年第9次进度评审" in listed
    address = reverse("admin:reports_leaderduty_change", args=[register.duty.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, typed(leader="别人")).status_code == 403
    assert client.get(reverse("admin:reports_leaderduty_add")).status_code == 403
    assert signed_in(register.foreign_admin).get(address).status_code == 302
    assert signed_in(register.reviewer).get(address).status_code == 302
