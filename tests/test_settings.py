"""Settings of mail and of quiet days: what is accepted, and that a wrong value stops the start with a sentence."""

import datetime
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.mail import mail_from, sender_from, site_address_from
from config.quiet_days import days_from, weekdays_from

ROOT = Path(__file__).resolve().parents[1]
SECRET = "canary-password"
NATIONAL_DAY = (datetime.date(2025, 10, 1), datetime.date(2025, 10, 8))
LABOUR_DAY = (datetime.date(2025, 5, 1), datetime.date(2025, 5, 1))


class TestMailServer:
    def test_the_console_takes_no_more(self):
        assert mail_from("consolemail://") == {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}

    @pytest.mark.parametrize(
        ("scheme", "port", "tls", "ssl"),
        [("smtp", 25, False, False), ("smtp+tls", 587, True, False), ("smtp+ssl", 465, False, True)],
    )
    def test_a_server_with_the_usual_port_of_its_scheme(self, scheme, port, tls, ssl):
        found = mail_from(f"{scheme}://name:p%40ss@mail.example")
        assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.example", port)
        assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("name", "p@ss")
        assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (tls, ssl)

    def test_a_server_that_asks_for_no_name(self):
        found = mail_from("smtp://10.1.2.3:2525")
        assert (found["EMAIL_PORT"], found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == (2525, "", "")

    @pytest.mark.parametrize(
        "line",
        [
            "",
            "mail.example",
            f"http://name:{SECRET}@mail.example",
            f"smtp://name:{SECRET}@",
            f"smtp://name:{SECRET}@mail.example:port",
            f"smtp://name:{SECRET}@mail.example:70000",
            f"smtp://name:{SECRET}@mail.example/inbox",
            f"smtp://name:{SECRET}@mail.example?timeout=1",
            f"smtp://name:{SECRET}@[mail.example",
        ],
    )
    def test_anything_else_is_refused_without_showing_the_password(self, line):
        with pytest.raises(ImproperlyConfigured, match="EMAIL_URL") as refusal:
            mail_from(line)
        assert SECRET not in str(refusal.value)

    def test_a_server_needs_a_sender(self):
        assert sender_from("tracker@example.gov.cn", needed=True) == "tracker@example.gov.cn"
        assert sender_from("", needed=False)
        with pytest.raises(ImproperlyConfigured, match="EMAIL_FROM"):
            sender_from("", needed=True)

    @pytest.mark.parametrize("address", ["tracker", "a@b@c", "a@example.gov.cn\nBcc: b@example.gov.cn"])
    def test_a_sender_is_one_address(self, address):
        with pytest.raises(ImproperlyConfigured, match="EMAIL_FROM"):
            sender_from(address, needed=False)


class TestSiteAddress:
    @pytest.mark.parametrize("address", ["https://tracker.example.gov.cn", "http://10.1.2.3:8000", "http://localhost"])
    def test_scheme_host_and_port(self, address):
        assert site_address_from(address) == address
        assert site_address_from(address + "/") == address

    def test_it_may_be_left_out(self):
        assert site_address_from("") == ""

    @pytest.mark.parametrize(
        "address",
        [
            "tracker.example.gov.cn",
            "ftp://tracker.example.gov.cn",
            "https://name:word@tracker.example.gov.cn",
            "https://tracker.example.gov.cn/plans/",
            "https://tracker.example.gov.cn?x=1",
            "https://tracker example",
            "https://[",
        ],
    )
    def test_anything_else_is_refused(self, address):
        with pytest.raises(ImproperlyConfigured, match="SITE_ADDRESS"):
            site_address_from(address)


class TestQuietDays:
    def test_weekdays_by_number(self):
        assert weekdays_from(" 6, 7") == {6, 7}
        assert weekdays_from("") == set()

    @pytest.mark.parametrize("raw", ["0", "8", "67", "Sunday", "6;7", "-1", "1.5", "六", "1,2,3,4,5,6,7"])
    def test_other_weekdays_are_refused(self, raw):
        with pytest.raises(ImproperlyConfigured, match="QUIET_WEEKDAYS"):
            weekdays_from(raw)

    def test_dates_and_ranges(self):
        assert days_from("2025-05-01, 2025-10-01..2025-10-08") == (LABOUR_DAY, NATIONAL_DAY)
        assert days_from("") == ()

    @pytest.mark.parametrize("raw", ["10-01", "2025-02-30", "2025-10-08..2025-10-01", "2025-10-01..", "2025-10-01-08"])
    def test_other_days_are_refused(self, raw):
        with pytest.raises(ImproperlyConfigured, match="QUIET_DAYS"):
            days_from(raw)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("QUIET_WEEKDAYS", "8"),
        ("QUIET_DAYS", "tomorrow"),
        ("SITE_ADDRESS", "tracker"),
        ("EMAIL_FROM", "tracker"),
        ("EMAIL_URL", f"pop3://name:{SECRET}@mail.example"),
        ("EMAIL_URL", f"smtp://name:{SECRET}/more@mail.example"),
    ],
)
def test_a_wrong_value_stops_the_start(name, value):
    start = [sys.executable, "manage.py", "check"]
    ended = subprocess.run(
        start, cwd=ROOT, env={**os.environ, name: value}, capture_output=True, text=True, check=False
    )
    assert ended.returncode != 0
    assert name in ended.stderr.strip().splitlines()[-1]
    assert SECRET not in ended.stderr
