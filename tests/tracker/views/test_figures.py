"""The register of figures, and indicators made from them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.unguarded import lifted
from tests.worlds import World
from tracker.models import Figure, Indicator, User
from tracker.services import indicators

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def shown(client: Client, world: World, **query: Any) -> list[dict[str, Any]]:
    answer = client.get(reverse("figures", args=[world.plan.pk]), query)
    assert answer.status_code == 200
    rows: list[dict[str, Any]] = answer.context["rows"]
    return rows


def test_figures_with_shares_computed_again(world: World, signed_in: SignIn) -> None:
    assert world.task
    rows = shown(signed_in(world.viewer), world)
    assert [(row["item"], row["label"], row["value"], row["unit"]) for row in rows] == [
        ("举措 1", "审核文件", "40", "件"),
        ("举措 1", "组织培训", "3", "次"),
        ("举措 2", "调解案件", "200", "件"),
        ("举措 2", "成功", "150", "件"),
        ("举措 2", "成功率", "75", "%"),
    ]
    assert (rows[4]["ratio"]["words"], rows[4]["ratio"]["agrees"]) == ("150 ÷ 200 = 75%", True)
    assert not any(row["make_url"] for row in rows)


def test_a_share_that_does_not_follow_says_so(world: World, signed_in: SignIn) -> None:
    assert world.task
    with lifted():
        Figure.objects.filter(report=world.report, label="成功").update(value=160)
    row = shown(signed_in(world.viewer), world)[4]
    assert (row["ratio"]["agrees"], row["ratio"]["stated"]) == (False, "75%")


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ({"q": "案件"}, ["调解案件"]),
        ({"sort": "share"}, ["成功率"]),
        ({"sort": "approximate"}, []),
        ({"sort": "indicator"}, ["组织培训"]),
        ({"sort": "x"}, 5),
        ({"section": "x"}, 5),
    ],
)
def test_narrowed(world: World, signed_in: SignIn, query: dict[str, str], labels: Any) -> None:
    figure = Figure.objects.get(report=world.report, label="组织培训")
    indicators.add(world.task.pk, by=world.admin, name="培训", direction="up", figure=figure)
    found = [row["label"] for row in shown(signed_in(world.viewer), world, **query)]
    assert (found if isinstance(labels, list) else len(found)) == labels


def test_the_same_figure_in_two_places_is_one_row(world: World, signed_in: SignIn) -> None:
    assert world.task
    one = Figure.objects.get(report=world.report, label="组织培训")
    Figure.objects.create(
        report=world.report,
        position=90,
        quote=one.quote,
        label=one.label,
        value=one.value,
        unit=one.unit,
        start=1,
        end=9,
    )
    rows = [row for row in shown(signed_in(world.viewer), world) if row["label"] == "组织培训"]
    assert [row["times"] for row in rows] == [2]
    narrow = [row for row in shown(signed_in(world.viewer), world, section=one.section_id) if row["label"] == one.label]
    assert [(row["times"], row["item"]) for row in narrow] == [(2, "举措 1")]


def test_an_indicator_is_made_in_one_step(world: World, signed_in: SignIn) -> None:
    figure = Figure.objects.get(report=world.report, label="审核文件")
    client = signed_in(world.reviewer)
    assert world.task
    url = next(row["make_url"] for row in shown(client, world) if row["label"] == "审核文件")
    assert "审核文件" in client.get(url).content.decode()
    answer = client.post(url, {"task": world.task.pk, "name": "审核文件", "direction": "up", "target": "1,200"})
    assert answer["Location"] == f"{world.task.get_absolute_url()}#indicators"
    made = Indicator.objects.get()
    assert (made.figure, made.baseline, made.unit, made.target) == (figure, figure.value, "件", 1200)
    assert shown(client, world)[0]["indicators"][0]["code"] == "1.1"


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"task": ""}, "task"), ({"task": "999999"}, "task"), ({"name": " "}, "name"), ({"target": "x"}, "target")],
)
def test_what_is_wrong_is_said_and_stays(world: World, signed_in: SignIn, changed: dict[str, str], field: str) -> None:
    figure = Figure.objects.get(report=world.report, label="审核文件")
    url = reverse("figure_indicator", args=[world.plan.pk, figure.pk])
    sent = {"task": world.task.pk, "name": "审核文件", "direction": "up", "target": "", **changed}
    answer = signed_in(world.reviewer).post(url, sent)
    assert answer.status_code == 400
    assert field in answer.context["form"].errors
    assert not Indicator.objects.exists()


def test_a_task_of_another_government_is_no_choice(world: World, signed_in: SignIn) -> None:
    figure = Figure.objects.get(report=world.report, label="审核文件")
    assert world.task
    url = reverse("figure_indicator", args=[world.plan.pk, figure.pk])
    sent = {"task": world.foreign_task.pk, "name": "审核文件", "direction": "up"}
    assert signed_in(world.reviewer).post(url, sent).status_code == 400
    foreign = Figure.objects.filter(report=world.foreign_task.plan.report).first()
    assert foreign is not None
    other = reverse("figure_indicator", args=[world.plan.pk, foreign.pk])
    assert signed_in(world.reviewer).get(other).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_statements_do_not_grow_with_the_figures(world: World, signed_in: SignIn, number: int) -> None:
    figures = list(Figure.objects.filter(report=world.report))[:number]
    for figure in figures:
        indicators.add(world.task.pk, by=world.admin, name=figure.label, direction="up", figure=figure)
    client = signed_in(world.viewer)
    shown(client, world)
    with CaptureQueriesContext(connection) as looking:
        shown(client, world)
    assert len(looking) == 8


def test_a_task_closed_meanwhile_is_refused_at_its_field(world: World, signed_in: SignIn) -> None:
    done = world.completed()
    address = reverse(
        "figure_indicator", args=[world.plan.pk, Figure.objects.get(report=world.report, label="组织培训").pk]
    )
    client = signed_in(world.reviewer)
    offered = [key for key, _name in client.get(address).context["form"].fields["task"].choices]
    assert str(done.pk) not in offered
    answer = client.post(address, {"task": done.pk, "name": "培训", "direction": "up", "target": "-3"})
    assert answer.status_code == 400 and list(answer.context["form"].errors) == ["task"]
    answer = client.post(address, {"task": world.tasks[1].pk, "name": "培训", "direction": "up", "target": "-3"})
    assert answer.status_code == 400 and list(answer.context["form"].errors) == ["target"]
    assert not Indicator.objects.exists()
