"""Evidence that can no longer be opened or has changed: told wherever it stands, looked at again in its place."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tracker import clock
from tracker.models import AddressCheck, TaskEvent
from tracker.services import evidence

DAY = datetime.timedelta(days=1)


@pytest.fixture
def item(world):
    use = world.proof(world.started(), document_number="西司发〔2025〕3号")
    evidence.judge(use.pk, by=world.reviewer, authentic=True, timely=True, relevant=True)
    return use.evidence


def check(item, **values) -> AddressCheck:
    facts = {"checked_at": clock.now(), "outcome": "alive", "status_code": 200, "digest": "b" * 64}
    return AddressCheck.objects.create(evidence=item, **facts | values)


def dead(item) -> AddressCheck:
    since = clock.now() - DAY
    return check(item, outcome="gone", status_code=404, failed_since=since, dead_since=since + DAY / 2)


def changed(item) -> AddressCheck:
    return check(item, accepted_digest="a" * 64, changed_at=clock.now() - DAY)


class TestWhereItIsTold:
    @pytest.mark.parametrize(("spoil", "words"), [(dead, "已失效"), (changed, "采信后内容有变")])
    def test_on_task_item_library_and_trace(self, world, signed_in, item, spoil, words):
        client = signed_in(world.staff)
        places = [
            reverse("task", args=[item.task_id]),
            reverse("evidence_library", args=[item.plan_id]),
            reverse("trace", args=[item.plan_id]),
        ]
        before = [client.get(place).content.decode().count(words) for place in places]
        spoil(item)
        after = [client.get(place).content.decode().count(words) for place in places]
        assert all(now > then for then, now in zip(before, after, strict=True))
        assert client.get(item.get_absolute_url()).context["notice"]

    def test_the_library_finds_them(self, world, signed_in, item):
        other = world.proof(item.task).evidence
        dead(item)
        changed(other)
        address = reverse("evidence_library", args=[item.plan_id])
        for state, found in (("dead", item), ("changed", other)):
            rows = signed_in(world.staff).get(address, {"state": state}).context["rows"]
            assert [row["number"] for row in rows] == [found.number]

    def test_home_tells_the_depositing_unit_and_reviewers(self, world, signed_in, item):
        check_row = dead(item)
        home = reverse("home", args=[item.plan_id])
        care = {name: signed_in(getattr(world, name)).get(home).context["care"] for name in ("staff", "reviewer")}
        assert [row["number"] for row in care["staff"]] == [item.number]
        assert care["reviewer"] == []
        check_row.delete()
        changed(item)
        for name, told in (("staff", 1), ("reviewer", 1), ("second_staff", 0), ("leader", 0), ("viewer", 0)):
            assert len(signed_in(getattr(world, name)).get(home).context["care"]) == told

    def test_what_has_expired_is_told_too(self, world, signed_in):
        item = world.proof(world.started(), valid_until=clock.today() + DAY).evidence
        home = reverse("home", args=[item.plan_id])
        assert signed_in(world.staff).get(home).context["care"] == []
        with clock.at(clock.now() + 2 * DAY):
            assert len(signed_in(world.staff).get(home).context["care"]) == 1

    @pytest.mark.parametrize("number", [1, 3])
    def test_home_costs_the_same(self, world, signed_in, number):
        task = world.started()
        for _item in range(number):
            dead(world.proof(task).evidence)
        client, home = signed_in(world.staff), reverse("home", args=[world.plan.pk])
        client.get(home)
        with CaptureQueriesContext(connection) as looking:
            answer = client.get(home)
        assert (len(looking), len(answer.context["care"])) == (14, number)


class TestLookingAgain:
    def test_a_reviewer_clears_it_in_its_place(self, world, signed_in, item):
        changed(item)
        client = signed_in(world.reviewer)
        address = reverse("look_again", args=[item.pk])
        assert address in client.get(item.get_absolute_url()).content.decode()
        answer = client.post(address, {"reason": "只改了版式"})
        assert (answer.status_code, answer.headers["Location"]) == (302, item.get_absolute_url())
        assert TaskEvent.objects.latest("sequence").reason == "只改了版式"
        page = client.get(item.get_absolute_url())
        assert (page.context["notice"], page.context["may_look_again"]) == ("", False)

    def test_what_is_wrong_is_said_at_the_field(self, world, signed_in, item):
        changed(item)
        client, address = signed_in(world.reviewer), reverse("look_again", args=[item.pk])
        for words in ("", "长" * 501):
            page = client.post(address, {"reason": words})
            assert (page.status_code, list(page.context["form"].errors)) == (400, ["reason"])
            assert words in page.content.decode()
        assert client.post(address, {"reason": "机密"}).status_code == 400
        assert AddressCheck.objects.get().changed_at is not None

    def test_nothing_to_look_at(self, world, signed_in, item):
        client, address = signed_in(world.reviewer), reverse("look_again", args=[item.pk])
        assert client.post(address, {"reason": "已看"}).status_code == 404
        check(item)
        assert client.post(address, {"reason": "已看"}).status_code == 409

    def test_nobody_else_is_offered_it(self, world, signed_in, item):
        changed(item)
        for name in ("staff", "head", "admin", "leader", "auditor", "viewer"):
            client = signed_in(getattr(world, name))
            assert not client.get(item.get_absolute_url()).context["may_look_again"]
            assert client.post(reverse("look_again", args=[item.pk]), {"reason": "已看"}).status_code == 403


def test_the_thread_in_focus_names_the_evidence_and_who_accepted_it(world, signed_in, item):
    page = (
        signed_in(world.auditor)
        .get(reverse("trace", args=[item.plan_id]), {"focus": f"task-{item.task_id}"})
        .content.decode()
    )
    assert "西司发〔2025〕3号" in page
    assert str(world.reviewer) in page
    assert (
        "西司发〔2025〕3号" not in signed_in(world.auditor).get(reverse("trace", args=[item.plan_id])).content.decode()
    )
