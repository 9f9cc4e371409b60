"""Signing in and out, lock-out, change of password."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from tests.worlds import PASSWORD
from tracker.models import User

NEW = "Another-horse-8"


@pytest.fixture
def locking(settings):
    settings.AXES_ENABLED = True


def sign_in(client, username, password, **extra):
    return client.post(reverse("login"), {"username": username, "password": password, **extra})


def test_signing_in_leads_to_the_start_page(world):
    assert sign_in(Client(), "staff", PASSWORD).headers["Location"] == reverse("start")


def test_the_sign_in_page_says_that_nothing_classified_may_be_entered(world):
    assert "不得录入、存放、传递国家秘密" in Client().get(reverse("login")).content.decode()


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_a_hostile_next_stays_here(world, target):
    assert sign_in(Client(), "staff", PASSWORD, next=target).headers["Location"] == reverse("start")


def test_five_failures_lock_out_with_our_own_page(world, locking):
    client = Client()
    for _attempt in range(5):
        answer = sign_in(client, "staff", "wrong")
    assert answer.status_code == 429
    assert "10" in answer.content.decode()
    assert sign_in(client, "staff", PASSWORD).status_code == 429
    assert sign_in(client, "head", PASSWORD).status_code == 302


def test_the_session_changes_its_key_on_sign_in(world):
    client = Client()
    client.get(reverse("login"))
    before = client.session.session_key
    sign_in(client, "staff", PASSWORD)
    assert client.session.session_key != before


def test_all_other_sessions_end_with_a_change_of_password(world):
    here, there = Client(), Client()
    sign_in(here, "staff", PASSWORD)
    sign_in(there, "staff", PASSWORD)
    data = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert here.post(reverse("password_change"), data).headers["Location"] == reverse("password_change_done")
    assert here.get(reverse("account")).headers["Location"] == reverse("password_change")
    assert there.get(reverse("account")).headers["Location"].startswith(reverse("login"))


@pytest.mark.parametrize("weak", ["short-1A", "alllowercase", "12345678901", "lower-and-other"])
def test_a_weak_password_is_refused(world, weak):
    client = Client()
    sign_in(client, "staff", PASSWORD)
    data = {"old_password": PASSWORD, "new_password1": weak, "new_password2": weak}
    assert client.post(reverse("password_change"), data).status_code == 200
    assert User.objects.get(username="staff").check_password(PASSWORD)


def test_who_must_change_the_password_gets_no_further_before(world):
    User.objects.filter(username="staff").update(must_change_password=True)
    client = Client()
    sign_in(client, "staff", PASSWORD)
    assert client.get(reverse("start")).headers["Location"] == reverse("password_change")
    client.post(reverse("password_change"), {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW})
    assert client.get(reverse("start")).status_code == 200


def test_signing_out_takes_a_post(world):
    client = Client()
    sign_in(client, "staff", PASSWORD)
    assert client.get(reverse("logout")).status_code == 405
    assert client.post(reverse("logout")).headers["Location"] == reverse("login")


def test_an_account_that_is_not_active_does_not_get_in(world):
    User.objects.filter(username="staff").update(is_active=False)
    assert sign_in(Client(), "staff", PASSWORD).status_code == 200


@pytest.mark.parametrize(("language", "shown"), [("en", "15 Sep 2025"), ("zh-hans", "2025年9月15日")])
def test_the_day_of_the_demonstration_is_written_as_all_days(db, settings, language, shown):
    settings.DEMONSTRATION, settings.DEMONSTRATION_DATE = True, datetime.date(2025, 9, 15)
    client = Client(headers={"accept-language": language})
    client.cookies["django_language"] = language
    assert shown in client.get(reverse("login")).content.decode()
