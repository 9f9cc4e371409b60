"""One look at an address: bounded in time and size, and never into the internal network."""

import socket
import time

import pytest

from tests.tracker.fetching.site import Site, site
from tracker.fetching import Look, Outcome, look, network


@pytest.fixture(scope="module")
def pages():
    with site() as server:
        yield server


def seen(pages: Site, path: str, **options) -> Look:
    return look(pages.address(path), allowed={pages.host}, **options)


@pytest.mark.parametrize(
    ("path", "outcome", "status"),
    [
        ("/fine", Outcome.ALIVE, 200),
        ("/moved", Outcome.ALIVE, 200),
        ("/missing", Outcome.GONE, 404),
        ("/people", Outcome.REFUSED, 403),
        ("/broken", Outcome.FAULTY, 500),
        ("/loop", Outcome.ASTRAY, None),
        ("/nowhere", Outcome.ASTRAY, None),
        ("/odd", Outcome.ASTRAY, None),
        ("/file", Outcome.FORBIDDEN, None),
        ("/inward", Outcome.FORBIDDEN, None),
    ],
)
def test_what_comes_of_a_look(pages, path, outcome, status):
    found = seen(pages, path)
    assert (found.outcome, found.status) == (outcome, status)


def test_the_address_arrived_at_is_told(pages):
    assert seen(pages, "/moved").address == pages.address("/fine")


def test_scripts_do_not_change_the_words(pages):
    before = seen(pages, "/fine").digest
    assert before == seen(pages, "/fine").digest
    pages.words = "四期培训已完成"
    assert before != seen(pages, "/fine").digest


@pytest.mark.parametrize("path", ["/drip", "/heads"])
def test_a_dripping_answer_is_cut(pages, path):
    began = time.monotonic()
    assert seen(pages, path, seconds=0.4).outcome == Outcome.SLOW
    assert time.monotonic() - began < 3


def test_no_more_than_a_megabyte_is_read(pages):
    assert seen(pages, "/endless").outcome == Outcome.ALIVE


def test_nobody_there(pages):
    assert look("http://127.0.0.1:9/", allowed={"127.0.0.1"}).outcome == Outcome.UNREACHABLE


@pytest.mark.parametrize(
    "spelling",
    [
        "http://127.0.0.1:{port}/fine",
        "http://localhost:{port}/fine",
        "http://LOCALHOST./fine",
        "http://2130706433/fine",
        "http://0x7f000001/fine",
        "http://0177.0.0.1/fine",
        "http://127.1/fine",
        "http://0/fine",
        "http://[::1]/fine",
        "http://[::ffff:127.0.0.1]/fine",
        "http://[::ffff:7f00:1]/fine",
        "http://[fe80::1%25lo]/fine",
        "http://user@127.0.0.1/fine",
        "http://www.example.gov.cn@127.0.0.1/fine",
        "http://www.example.gov.cn\\@127.0.0.1/fine",
        "http://127.0.0.1\t/fine",
        "http://１２７.０.０.１/fine",
        "http://①②⑦.⓪.⓪.①/fine",
        "http://8.8.8.8:{port}/fine",
        "ftp://127.0.0.1/fine",
        "file:///etc/passwd",
        "gopher://127.0.0.1/fine",
        "//127.0.0.1/fine",
        "javascript:alert(1)",
        "http:///fine",
        "http://[/fine",
        "http://127.0.0.1:99999/",
        "",
    ],
)
def test_no_spelling_leads_inside(pages, spelling):
    before = len(pages.asked)
    found = look(spelling.format(port=pages.server_port))
    assert found.outcome in (Outcome.FORBIDDEN, Outcome.UNREACHABLE)
    assert len(pages.asked) == before


@pytest.mark.parametrize(
    "number",
    [
        *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.0.0.1"),
        *("192.0.0.9", "192.0.0.170", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1"),
        *("203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:8.8.8.8"),
        *("::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:2::1"),
        *("2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "fc00::1", "fd00::1", "fe80::1"),
        *("fec0::1", "ff02::1", "5f00::1", "no number"),
    ],
)
def test_no_inner_number_is_public(number):
    assert not network.is_public(number)


@pytest.mark.parametrize("number", ["8.8.8.8", "114.114.114.114", "2400:3200::1", "2606:4700:4700::1111"])
def test_the_open_internet_is(number):
    assert network.is_public(number)


def refuse():
    raise OSError


def test_the_number_that_was_judged_is_the_one_called(pages, monkeypatch):
    """A name that answers with an outer number first and an inner one afterwards leads nowhere inside."""
    answers = iter([[(2, 1, 6, "", ("203.0.114.1", 80))], [(2, 1, 6, "", ("127.0.0.1", 80))]])
    called = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: next(answers))
    monkeypatch.setattr(socket, "create_connection", lambda place, timeout: called.append(place) or refuse())
    assert look("http://rebinding.example/").outcome == Outcome.UNREACHABLE
    assert called == [("203.0.114.1", 80)]


def test_one_inner_number_among_outer_ones_forbids_the_name(monkeypatch):
    answers = [(2, 1, 6, "", (number, 80)) for number in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: answers)
    assert look("http://both.example/").outcome == Outcome.FORBIDDEN


def test_chinese_letters_are_asked_for_as_the_wire_wants_them(pages):
    seen(pages, "/fine/通知.html?年=2025")
    assert pages.asked[-1] == "/fine/%E9%80%9A%E7%9F%A5.html?%E5%B9%B4=2025"
