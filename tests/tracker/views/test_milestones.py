"""Milestones set with the confirmation, and later on a page of their own."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.tracker.views.test_moves import promises, send, url
from tests.worlds import World
from tracker.enums import Status
from tracker.models import Milestone, Task, TaskEvent, User
from tracker.services import tasks

SignIn = Callable[[User], Client]
DAY = datetime.date


@pytest.fixture(autouse=True)
def english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


def rows(*typed: tuple[str, str, str]) -> dict[str, str]:
    """The rows as the page sends them, those left empty included."""
    names = ("title", "due_on", "share")
    filled = [*typed, *[("", "", "")] * 5]
    return {
        f"milestones_{place}_{name}": value
        for place, row in enumerate(filled)
        for name, value in zip(names, row, strict=True)
    }


def stored(task: Task) -> list[Any]:
    return list(Milestone.objects.filter(task=task).values_list("title", "due_on", "share", "note"))


def page(task: Task) -> str:
    return reverse("set_milestones", args=[task.pk])


FIRST, SECOND = ("第一期", "2025-08-01", "30"), ("第二期", "2025-10-01", "")


class TestAtConfirmation:
    def test_a_handful_of_empty_rows_is_offered(self, world: World, signed_in: SignIn) -> None:
        html = signed_in(world.reviewer).get(url(world.task, "confirm")).content.decode()
        assert [html.count(f'name="milestones_{place}_title"') for place in range(6)] == [1, 1, 1, 1, 1, 0]

    def test_they_are_stored_with_it(self, world: World, signed_in: SignIn) -> None:
        task, client = world.task, signed_in(world.reviewer)
        given = promises(world) | rows(("", "", ""), FIRST, SECOND)
        assert send(client, url(task, "confirm"), task, **given).status_code == 302
        assert stored(task) == [("第一期", DAY(2025, 8, 1), 30, ""), ("第二期", DAY(2025, 10, 1), None, "")]
        assert "第一期" in client.get(task.get_absolute_url()).content.decode()

    @pytest.mark.parametrize(
        ("row", "field", "sentence"),
        [
            (("", "2025-08-01", ""), "title", "Name the milestone."),
            (("第一期", "", "30"), "due_on", "Give the date of the milestone."),
            (("", "", "30"), "title", "Name the milestone."),
            (("第一期", "八月", ""), "due_on", "“八月” is not a date; write it like 2025-09-30."),
            (("第一期", "2025-08-01", "101"), "share", "Enter a whole number from 0 to 100; it is “101”."),
            (("第一期", "2026-01-01", ""), "due_on", "Milestone “第一期” lies after the due date."),
            (("第一期", "2025-06-19", ""), "due_on", "Milestone “第一期” lies before the planned start."),
        ],
    )
    def test_a_refusal_stands_at_its_field_and_nothing_typed_is_lost(
        self, world: World, signed_in: SignIn, row: tuple[str, str, str], field: str, sentence: str
    ) -> None:
        task, client = world.task, signed_in(world.reviewer)
        given = promises(world) | rows(SECOND, ("", "", ""), row)
        response = send(client, url(task, "confirm"), task, **given)
        assert response.status_code == 400
        form = response.context["form"]
        assert form.errors[f"milestones_2_{field}"] == [sentence]
        assert {name: form[name].value() for name in given if name.startswith("milestones")} == rows(
            SECOND, ("", "", ""), row
        )
        assert Task.objects.get(pk=task.pk).status == Status.UNCONFIRMED
        assert not Milestone.objects.exists()

    def test_shares_that_fall_are_named_where_they_fall(self, world: World, signed_in: SignIn) -> None:
        task, client = world.task, signed_in(world.reviewer)
        given = promises(world) | rows(("第二期", "2025-10-01", "20"), ("", "", ""), FIRST)
        response = send(client, url(task, "confirm"), task, **given)
        assert response.context["form"].errors == {
            "milestones_0_share": ["The shares of milestones must rise with their dates."]
        }

    def test_a_conflict_keeps_the_rows(self, world: World, signed_in: SignIn) -> None:
        task, client = world.task, signed_in(world.reviewer)
        given = {"version": task.version, **promises(world), **rows(FIRST)}
        tasks.edit(task.pk, by=world.admin, title="改名")
        response = client.post(url(task, "confirm"), given)
        assert response.status_code == 409
        assert response.context["form"]["milestones_0_title"].value() == "第一期"
        given["version"] = response.context["form"]["version"].value()
        assert client.post(url(task, "confirm"), given).status_code == 302
        assert [row[0] for row in stored(task)] == ["第一期"]

    def test_those_set_before_are_in_the_rows_and_stay_where_no_row_is_sent(
        self, world: World, signed_in: SignIn
    ) -> None:
        task, client = world.task, signed_in(world.reviewer)
        step = {"title": "第一期", "due_on": DAY(2025, 8, 1), "share": 30, "note": "区委党校"}
        tasks.set_milestones(task.pk, by=world.admin, steps=[step])
        form = client.get(url(task, "confirm")).context["form"]
        assert (form["milestones_0_title"].value(), form["milestones_0_share"].value()) == ("第一期", 30)
        assert send(client, url(task, "confirm"), task, **promises(world)).status_code == 302
        assert stored(task) == [("第一期", DAY(2025, 8, 1), 30, "区委党校")]


class TestLater:
    def test_they_are_changed_added_and_left_out(self, world: World, signed_in: SignIn) -> None:
        task, client = world.started(), signed_in(world.reviewer)
        steps = [
            {"title": "第一期", "due_on": DAY(2025, 8, 1), "share": 30, "note": "区委党校"},
            {"title": "多余", "due_on": DAY(2025, 9, 1), "share": None},
        ]
        tasks.set_milestones(task.pk, by=world.admin, steps=steps)
        form = client.get(page(task)).context["form"]
        shown = {name: form[name].value() or "" for name in form.fields if name != "version"}
        shown |= rows(("第一期办结", "2025-08-02", "40%"), ("", "", ""), SECOND)
        assert send(client, page(task), task, **shown).url == task.get_absolute_url()
        assert stored(task) == [("第一期办结", DAY(2025, 8, 2), 40, "区委党校"), ("第二期", DAY(2025, 10, 1), None, "")]

    def test_what_is_met_stays_and_is_shown(self, world: World, signed_in: SignIn) -> None:
        task, client = world.started(), signed_in(world.reviewer)
        met = {
            "title": "筹备",
            "due_on": DAY(2025, 3, 1),
            "share": 10,
            "met_on": DAY(2025, 3, 1),
            "met_words": "名单已定",
        }
        tasks.set_milestones(task.pk, by=world.admin, steps=[met])
        response = client.get(page(task))
        assert "筹备" in response.content.decode() and response.context["form"]["milestones_0_title"].value() is None
        assert send(client, page(task), task, **rows(FIRST)).status_code == 302
        assert [row[0] for row in stored(task)] == ["筹备", "第一期"]
        assert Milestone.objects.get(task=task, title="筹备").met_words == "名单已定"

    def test_one_met_meanwhile_is_not_doubled(self, world: World, signed_in: SignIn) -> None:
        task, client = world.started(), signed_in(world.reviewer)
        task = tasks.set_milestones(
            task.pk, by=world.admin, steps=[{"title": "第一期", "due_on": DAY(2025, 8, 1), "share": 30}]
        )
        given = {"version": task.version, **rows(FIRST, SECOND)}
        step = Milestone.objects.get(task=task)
        tasks.report(task.pk, by=world.staff, progress=60, summary="办了", milestones_met=[step.pk])
        response = client.post(page(task), given)
        assert response.status_code == 409
        given["version"] = response.context["form"]["version"].value()
        assert client.post(page(task), given).status_code == 302
        assert [row[0] for row in stored(task)] == ["第一期", "第二期"]
        assert Milestone.objects.filter(task=task, met_on__isnull=False).count() == 1

    def test_nothing_changed_leaves_no_line(self, world: World, signed_in: SignIn) -> None:
        task, client = world.started(), signed_in(world.reviewer)
        tasks.set_milestones(
            task.pk, by=world.admin, steps=[{"title": "第一期", "due_on": DAY(2025, 8, 1), "share": 30}]
        )
        before = TaskEvent.objects.count()
        assert send(client, page(task), task, **rows(FIRST)).status_code == 302
        assert TaskEvent.objects.count() == before

    @pytest.mark.parametrize("count", [1, 3])
    def test_there_is_always_room_for_a_handful_more(self, world: World, signed_in: SignIn, count: int) -> None:
        task = world.started()
        steps = [
            {"title": f"第{place}期", "due_on": DAY(2025, 8, place), "share": None} for place in range(1, count + 1)
        ]
        tasks.set_milestones(task.pk, by=world.admin, steps=steps)
        form = signed_in(world.admin).get(page(task)).context["form"]
        assert len([name for name in form.fields if name.endswith("_title")]) == count + 5

    @pytest.mark.parametrize("person", ["staff", "head", "second_staff", "leader", "auditor", "viewer", "city_leader"])
    def test_others_are_refused_with_a_sentence(self, world: World, signed_in: SignIn, person: str) -> None:
        task, client = world.started(), signed_in(getattr(world, person))
        assert client.get(page(task)).status_code == 403
        assert send(client, page(task), task, **rows(FIRST)).status_code == 403
        assert not Milestone.objects.exists()

    def test_a_closed_task_is_refused_with_a_sentence(self, world: World, signed_in: SignIn) -> None:
        response = signed_in(world.reviewer).get(page(world.completed()))
        assert (response.status_code, response.context["sentence"]) == (
            409,
            "The task is closed; reopen it before editing.",
        )

    def test_it_stands_among_the_other_moves_of_those_who_set_up(self, world: World, signed_in: SignIn) -> None:
        task = world.started()
        for person, listed in (
            (world.reviewer, True),
            (world.admin, True),
            (world.staff, False),
            (world.leader, False),
        ):
            html = signed_in(person).get(task.get_absolute_url()).content.decode()
            assert (page(task) in html) is listed

    @pytest.mark.parametrize("name", ["milestones_99999999999_title", "milestones_x_title", "milestones_-1_title"])
    def test_forged_rows_are_answered(self, world: World, signed_in: SignIn, name: str) -> None:
        task, client = world.started(), signed_in(world.reviewer)
        tasks.set_milestones(
            task.pk, by=world.admin, steps=[{"title": "第一期", "due_on": DAY(2025, 8, 1), "share": 30}]
        )
        assert send(client, page(task), task, **{name: "x"}).status_code == 302
        assert stored(task) == [("第一期", DAY(2025, 8, 1), 30, "")]
