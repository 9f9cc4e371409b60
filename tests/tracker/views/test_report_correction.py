"""Correcting the text of a report on the screen."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.worlds import REPORT, World
from tracker.models import AnnualReport, ReportCorrection, Task, User

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
WHY = "4月1日更正"


def address(world: World) -> str:
    return reverse("correct_report", args=[world.report.pk])


def begun(client: Client, world: World, *pairs: tuple[str, str]) -> str:
    text = REPORT
    for before, after in pairs:
        text = text.replace(before, after, 1)
    answer = client.post(address(world), {"text": text, "reason": WHY})
    assert answer.status_code == 302, answer.context["form"].errors
    return str(answer["Location"])


def test_from_the_list_to_the_new_text(world: World, signed_in: SignIn) -> None:
    assert world.tasks
    client = signed_in(world.admin)
    assert address(world) in client.get(reverse("imports")).content.decode()
    page = begun(client, world, ("审核文件40件", "审核文件41件"))
    body = client.get(page).content.decode()
    assert "<del>40</del>" in body or "<del>0</del>" in body
    assert AnnualReport.objects.get(pk=world.report.pk).text == REPORT
    answer = client.post(page, {"apply": "1"}, follow=True)
    assert answer.status_code == 200
    assert "审核文件41件" in AnnualReport.objects.get(pk=world.report.pk).text
    assert 'name="apply"' not in answer.content.decode()
    assert WHY in client.get(address(world)).content.decode()


def test_a_file_is_read_as_when_reading_in(world: World, signed_in: SignIn) -> None:
    assert world.plan
    file = SimpleUploadedFile("报告.txt", REPORT.replace("40件", "41件").encode("gb18030"))
    answer = signed_in(world.admin).post(address(world), {"file": file, "reason": WHY})
    assert answer.status_code == 302
    assert "审核文件41件" in ReportCorrection.objects.get().text


@pytest.mark.parametrize("sent", [{}, {"text": REPORT}, {"reason": WHY}, {"text": REPORT, "reason": WHY}])
def test_what_is_missing_is_said_and_what_was_typed_stays(world: World, signed_in: SignIn, sent: dict) -> None:
    assert world.plan
    answer = signed_in(world.admin).post(address(world), sent)
    assert answer.status_code == 400
    assert answer.context["form"].errors
    assert sent.get("reason", "") in answer.content.decode()
    assert not ReportCorrection.objects.exists()


def test_lost_words_are_found_by_hand(world: World, signed_in: SignIn) -> None:
    assert world.tasks
    client = signed_in(world.admin)
    task = world.tasks[2]
    page = begun(client, world, ("开展执法评查,", "推行首席法律咨询专家制度,"))
    body = client.get(page)
    assert [row["name"] for row in body.context["lost"]] == [f"task-{task.pk}"]
    assert 'name="apply"' not in body.content.decode()
    field = f"words-task-{task.pk}"
    wrong = client.post(page, {field: "没有这句话"})
    assert wrong.status_code == 409
    assert "没有这句话" in wrong.content.decode()
    assert client.post(page, {field: "推行首席法律咨询专家制度"}).status_code == 302
    assert client.post(page, {"apply": "1", field: "推行首席法律咨询专家制度"}).status_code == 302
    assert Task.objects.get(pk=task.pk).quote == "推行首席法律咨询专家制度"


def test_it_can_be_given_up(world: World, signed_in: SignIn) -> None:
    assert world.tasks
    client = signed_in(world.admin)
    page = begun(client, world, ("审核文件40件", "审核文件41件"))
    assert client.post(page, {"discard": "1"}).status_code == 302
    assert client.get(page).status_code == 200
    assert client.post(page, {"apply": "1"}).status_code == 409
    assert AnnualReport.objects.get(pk=world.report.pk).text == REPORT


def test_what_becomes_of_tasks_and_links_is_said_beforehand(world: World, signed_in: SignIn) -> None:
    world.confirmed()
    client = signed_in(world.admin)
    page = begun(client, world, ("继续组织全员培训", "继续组织全体人员培训"))
    (row,) = client.get(page).context["tasks"]
    assert (row["code"], row["old"], row["new"]) == ("1.1", "继续组织全员培训", "继续组织全体人员培训")
    body = client.post(page, {"apply": "1"}, follow=True)
    assert body.status_code == 200
    assert Task.objects.get(pk=world.task.pk).quote == "继续组织全员培训"


@pytest.mark.parametrize("number", [1, 3])
def test_statements_do_not_grow_with_the_tasks(world: World, signed_in: SignIn, number: int) -> None:
    for task in world.tasks[:number]:
        world.confirmed(task)
    client = signed_in(world.admin)
    page = begun(client, world, ("审核文件40件", "审核文件41件"))
    with CaptureQueriesContext(connection) as looking:
        client.get(page)
    assert len(looking) == 23
