"""The pages on which a ledger comes back in; the exported file comes back without a difference."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.worlds import World
from tracker.models import LedgerImport, Task, User
from tracker.services import ledger_imports, tasks
from tracker.views import ledger_import as views

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def send(client: Client, world: World, text: str | bytes, name: str = "台账.csv") -> Any:
    content = text.encode() if isinstance(text, str) else text
    return client.post(reverse("ledger_upload", args=[world.plan.pk]), {"file": SimpleUploadedFile(name, content)})


def exported(client: Client, world: World) -> bytes:
    answer: Any = client.get(reverse("ledger_csv", args=[world.plan.pk]))
    return b"".join(answer.streaming_content)


def test_the_exported_ledger_comes_back_without_a_difference(world: World, signed_in: SignIn):
    world.completed()
    started = world.started(world.tasks[1], unit=world.second)
    tasks.edit(
        started.pk, by=world.admin, title="=1+1", remarks="－甲\n乙", supporting_units=[world.bureau, world.office]
    )
    client = signed_in(world.admin)
    answer = send(client, world, exported(client, world))
    page = client.get(answer["Location"])
    assert page.context["counts"] == {"new": 0, "changed": 0, "unchanged": len(world.tasks), "refused": 0}
    assert not page.context["may_write"]


def test_changed_and_brought_back_it_is_written(world: World, signed_in: SignIn):
    assert world.tasks
    client = signed_in(world.admin)
    text = exported(client, world).decode().replace("继续组织全员培训,", "全员培训,", 1)
    address = send(client, world, text)["Location"]
    page = client.get(address).content.decode()
    assert "<del" in page and "全员培训" in page
    assert not Task.objects.filter(title="全员培训").exists()
    assert client.post(address).status_code == 302
    assert Task.objects.filter(title="全员培训").exists()
    assert client.get(address).context["finished"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x,y\n1,2\n",
        b"%PDF-1.7",
        b"PK\x03\x04broken",
        "序号,重点任务\n".encode(),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    ],
)
def test_what_is_no_ledger_is_refused_at_the_file(world: World, signed_in: SignIn, content: bytes):
    answer = send(signed_in(world.admin), world, content)
    assert answer.status_code == 400 and answer.context["form"].errors["file"]
    assert not LedgerImport.objects.exists()


def test_limits_are_told_before_they_are_met(world: World, signed_in: SignIn):
    page = signed_in(world.admin).get(reverse("ledger_upload", args=[world.plan.pk])).content.decode()
    assert "10 MB" in page and "10000" in page


def test_while_a_large_file_is_read_the_page_tells_how_far(
    world: World, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
):
    assert world.tasks
    monkeypatch.setattr(views, "TOLD_FROM", 1)
    rows = "".join(f"9.{number},任务{number}\n" for number in range(1200))
    answer = send(signed_in(world.admin), world, f"序号,重点任务\n{rows}")
    page = b"".join(answer.streaming_content).decode()
    assert "500" in page and "1000" in page and "http-equiv" in page and page.rstrip().endswith("</html>")
    row = LedgerImport.objects.get()
    assert reverse("ledger_import", args=[row.pk]) in page and len(row.rows) == 1200
    answer = send(signed_in(world.admin), world, b"x,y\n1,2\n")
    page = b"".join(answer.streaming_content).decode()
    assert reverse("ledger_upload", args=[world.plan.pk]) in page and "http-equiv" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_statements_do_not_grow_with_the_rows(world: World, signed_in: SignIn, count: int):
    assert world.tasks
    rows = "".join(f"1.{number},任务{number}\n" for number in range(1, count + 1))
    client = signed_in(world.admin)
    with CaptureQueriesContext(connection) as sending:
        address = send(client, world, f"序号,重点任务\n{rows}")["Location"]
    assert len(sending) == 12  # read at once: the next request starts the log afresh
    with CaptureQueriesContext(connection) as looking:
        client.get(address)
    assert len(looking) == 5


def test_a_plan_that_moved_on_shows_the_preview_again(world: World, signed_in: SignIn):
    assert world.tasks
    client = signed_in(world.admin)
    address = send(client, world, "序号,重点任务\n1.1,甲\n")["Location"]
    tasks.edit(world.task.pk, by=world.admin, title="乙")
    answer = client.post(address)
    assert answer.status_code == 409 and answer.context["refusal"]
    assert answer.context["lines"][0]["changes"][0]["old"] == "乙"
    assert client.post(address).status_code == 302


def test_verdicts_are_filtered_and_given_up(world: World, signed_in: SignIn):
    assert world.tasks
    client = signed_in(world.admin)
    address = send(client, world, "序号,重点任务,完成时限\n1.1,甲,\n1.2,,明天\n")["Location"]
    page = client.get(address, {"show": "refused", "page": "99"})
    assert [line["code"] for line in page.context["lines"]] == ["1.2"]
    assert client.get(address, {"show": "nonsense"}).status_code == 200
    assert client.post(address, {"discard": "1"}).status_code == 302
    assert ledger_imports.counts(LedgerImport.objects.get())["changed"] == 1
    assert not Task.objects.filter(title="甲").exists()


def test_others_do_not_bring_ledgers_in(world: World, signed_in: SignIn):
    address = reverse("ledger_upload", args=[world.plan.pk])
    for person in (world.reviewer, world.staff, world.leader, world.auditor):
        assert signed_in(person).get(address).status_code == 403
    row = LedgerImport.objects.get(
        pk=send(signed_in(world.admin), world, "序号,重点任务\n1.1,甲\n")["Location"].strip("/").split("/")[-1]
    )
    page = reverse("ledger_import", args=[row.pk])
    assert signed_in(world.auditor).get(page).status_code == 200
    assert signed_in(world.auditor).post(page).status_code == 403
    assert signed_in(world.foreign_admin).get(page).status_code == 404
    assert "ledger/import" not in signed_in(world.staff).get(reverse("ledger", args=[world.plan.pk])).content.decode()
