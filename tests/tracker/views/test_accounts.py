"""Signing in and out, lock-out, change of password."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from tests.worlds import PASSWORD
from tracker.exceptions import InvalidInput
from tracker.models import User
from tracker.services import people

NEW = "Another-horse-8"
OWN = {"email": "wang@qzwj.example", "office_phone": "6600 1234", "reminders": "weekly"}


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
    assert here.get(reverse("account")).status_code == 200
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


class TestOwnAccount:
    def test_shows_who_one_is_here(self, world, signed_in):
        body = signed_in(world.staff).get(reverse("account")).content.decode()
        for words in ("人-staff", "区培训局", "填报人", reverse("password_change")):
            assert words in body

    @pytest.mark.parametrize("who", ["staff", "viewer", "admin", "city_leader"])
    def test_everyone_sets_address_phone_and_reminders(self, world, signed_in, who):
        person = getattr(world, who)
        answer = signed_in(person).post(reverse("account"), OWN)
        assert answer.headers["Location"] == reverse("account")
        kept = User.objects.get(pk=person.pk)
        assert {name: getattr(kept, name) for name in OWN} == OWN

    def test_nothing_else_can_be_set(self, world, signed_in):
        sent = {**OWN, "role": "administrator", "is_staff": "on", "display_name": "x", "unit": world.second.pk}
        signed_in(world.staff).post(reverse("account"), sent)
        kept = User.objects.get(pk=world.staff.pk)
        assert (kept.role, kept.is_staff, kept.display_name, kept.unit) == (
            "contributor",
            False,
            "人-staff",
            world.bureau,
        )

    def test_what_was_and_who_changed_it_is_kept(self, world, signed_in):
        client = signed_in(world.staff)
        before = world.staff.history.count()
        client.post(reverse("account"), OWN)
        client.post(reverse("account"), OWN)
        assert world.staff.history.count() == before + 1
        latest = world.staff.history.first()
        assert (latest.email, latest.history_user) == ("wang@qzwj.example", world.staff)

    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("email", "wang@", "“wang@”不是电子邮箱地址"),
            ("email", "a@example.cn, b@example.cn", "不是电子邮箱地址"),
            ("email", "a@example.cn\nBcc: b@example.cn", "不是电子邮箱地址"),
            ("email", "x" * 250 + "@example.cn", "254"),
            ("office_phone", "1" * 41, "40"),
            ("office_phone", "秘密★5年", "秘密★5年"),
            ("reminders", "hourly", "请选择多久收一次邮件"),
            ("reminders", "", "请选择多久收一次邮件"),
        ],
    )
    def test_bad_input_is_answered_at_its_field_and_stays_typed(self, world, signed_in, field, value, sentence):
        answer = signed_in(world.staff).post(reverse("account"), {**OWN, field: value})
        assert answer.status_code == 400
        assert sentence in str(answer.context["form"].errors[field])
        assert answer.context["form"]["email"].value() == {**OWN, field: value}["email"]
        assert User.objects.get(pk=world.staff.pk).reminders == "daily"

    def test_the_service_refuses_by_itself(self, world):
        for name, value in (("email", "wang@"), ("reminders", "hourly"), ("office_phone", "1" * 41)):
            with pytest.raises(InvalidInput) as refusal:
                people.set_own(by=world.staff, **{**OWN, name: value})
            assert refusal.value.field == name

    def test_an_address_may_be_taken_away(self, world, signed_in):
        client = signed_in(world.staff)
        client.post(reverse("account"), OWN)
        client.post(reverse("account"), {**OWN, "email": ""})
        assert User.objects.get(pk=world.staff.pk).email == ""
