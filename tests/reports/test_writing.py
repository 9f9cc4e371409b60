"""Long files: a page that grows, a file that waits a short while for its person, and nothing left behind."""

import os
import re
import time
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.urls import reverse

from reports import writing
from tracker.models import User


@pytest.fixture
def long(world, monkeypatch, settings, tmp_path):
    """A ledger that counts as long, and a folder of the test's own."""
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(writing, "LONG", 2)
    monkeypatch.setattr(writing, "_forget_later", lambda place: None)
    assert world.tasks
    world.address = reverse("ledger_workbook", args=[world.plan.pk])
    world.kept = lambda: sorted(Path(tmp_path, "written").iterdir())
    return world


def page_of(client, world, **query):
    answer = client.get(world.address, query)
    assert answer.streaming
    return b"".join(answer.streaming_content).decode()


def way_of(page):
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page)
    assert found and f'href="{found[1]}"' in page
    return found[1]


def test_the_page_tells_how_far_it_is_and_ends_with_the_file(long, signed_in):
    client = signed_in(long.viewer)
    page = page_of(client, long)
    assert "已写 4 行，共 4 行" in page and page.rstrip().endswith("</html>")
    answer = client.get(way_of(page))
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="ledger.xlsx"')
    assert "no-store" in answer.headers["Cache-Control"]
    book = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))
    assert book.worksheets[1].max_row == 5


def test_it_is_the_same_file_as_the_one_sent_at_once(long, signed_in, monkeypatch):
    client = signed_in(long.viewer)
    waited = b"".join(client.get(way_of(page_of(client, long))).streaming_content)
    monkeypatch.setattr(writing, "LONG", 2000)
    at_once = client.get(long.address).content

    def cells(content):
        return [[cell.value for cell in row] for row in openpyxl.load_workbook(BytesIO(content)).worksheets[1]]

    assert cells(waited) == cells(at_once)


def test_a_filter_that_leaves_few_rows_sends_the_file_at_once(long, signed_in):
    answer = signed_in(long.viewer).get(long.address, {"q": "考试"})
    assert not answer.streaming and answer.status_code == 200


def test_it_opens_for_nobody_else(long, signed_in):
    way = way_of(page_of(signed_in(long.viewer), long))
    assert signed_in(long.reviewer).get(way).status_code == 302
    assert signed_in(long.foreign_admin).get(way).status_code == 404
    answer = signed_in(long.viewer).get(way)
    assert answer.status_code == 200 and b"".join(answer.streaming_content)


def test_it_closes_when_the_person_is_moved(long, signed_in):
    client = signed_in(long.auditor)
    way = way_of(page_of(client, long))
    User.objects.filter(pk=long.auditor.pk).update(role="viewer")
    assert client.get(way).headers["Location"] == reverse("ledger", args=[long.plan.pk])


@pytest.mark.parametrize("ticket", ["x", "x:y:z", "..%2F..%2Fsecret_key", "长", "a" * 3000])
def test_a_made_up_ticket_opens_nothing(long, signed_in, ticket):
    answer = signed_in(long.viewer).get(f"/plans/{long.plan.pk}/written/{ticket}/")
    assert answer.status_code in (302, 404)


def test_it_is_kept_a_short_while_only(long, signed_in):
    client = signed_in(long.viewer)
    way = way_of(page_of(client, long))
    (place,) = long.kept()
    assert place.stat().st_mode & 0o777 == 0o600
    then = time.time() - writing.KEPT_SECONDS - 1
    os.utime(place, (then, then))
    answer = client.get(way, follow=True)
    assert "重新导出" in answer.content.decode()
    assert long.kept() == []


def test_nothing_remains_when_the_browser_goes_away(long, signed_in):
    answer = signed_in(long.viewer).get(long.address)
    pieces = iter(answer.streaming_content)
    next(pieces)
    next(pieces)
    assert len(long.kept()) == 1
    answer.close()
    assert long.kept() == []


def test_nothing_remains_of_a_file_that_cannot_be_written(long, signed_in, monkeypatch):
    def failing(*_args, **_kwargs):
        yield 1
        raise ValueError("full")

    monkeypatch.setattr("reports.ledger.write", failing)
    with pytest.raises(ValueError, match="full"):
        page_of(signed_in(long.viewer), long)
    assert long.kept() == []


def test_time_runs_out_by_itself(long, monkeypatch, tmp_path):
    monkeypatch.undo()
    monkeypatch.setattr(writing, "KEPT_SECONDS", 0.01)
    place = tmp_path / "file"
    place.write_bytes(b"x")
    writing._forget_later(place)
    end = time.monotonic() + 5
    while place.exists() and time.monotonic() < end:
        time.sleep(0.01)
    assert not place.exists()
