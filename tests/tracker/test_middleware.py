"""What stands around every view: refusals as pages, bodies too large, NUL, idle log-out."""

import time
from types import SimpleNamespace

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path, reverse

from tracker.exceptions import InvalidInput, MoveRefused, NotPermitted, Refusal, Stale
from tracker.models import User

SENTENCE = "任务已被撤回，请先重新打开。"
RAISED = {
    "person": (NotPermitted(SENTENCE), 403),
    "state": (MoveRefused(SENTENCE), 409),
    "stale": (Stale(SENTENCE, {}), 409),
    "input": (InvalidInput(SENTENCE), 409),
    "other": (Refusal(SENTENCE), 409),
}


def refuse(request: HttpRequest, name: str) -> HttpResponse:
    raise RAISED[name][0]


@login_not_required
def echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.POST.get("text", ""))


urlpatterns = [
    path("refuse/<slug:name>/", refuse),
    path("echo/", echo),
    path("", include("config.urls")),
]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("name", RAISED)
def test_a_refusal_becomes_a_page_with_its_sentence(world, signed_in, name):
    answer = signed_in(world.staff).get(f"/refuse/{name}/")
    assert answer.status_code == RAISED[name][1]
    assert SENTENCE in answer.content.decode()


@pytest.mark.urls(__name__)
def test_any_other_exception_is_not_ours(world, signed_in, monkeypatch):
    monkeypatch.setitem(RAISED, "other", (ZeroDivisionError(), 500))
    with pytest.raises(ZeroDivisionError):
        signed_in(world.staff).get("/refuse/other/")


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("checked", [True, False])
def test_a_body_beyond_the_limit_is_answered_by_413(world, settings, checked):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    body = "text=" + "x" * 1000
    answer = Client(enforce_csrf_checks=checked).post("/echo/", body, "application/x-www-form-urlencoded")
    assert answer.status_code == 413
    assert "太大" in answer.content.decode() or "过大" in answer.content.decode()


@pytest.mark.urls(__name__)
def test_too_many_fields_are_answered_by_413(world, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10
    assert Client().post("/echo/", {f"f{number}": "" for number in range(11)}).status_code == 413


@pytest.mark.urls(__name__)
def test_a_body_within_the_limit_is_read(world, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert Client().post("/echo/", {"text": "培训"}).content.decode() == "培训"


@pytest.mark.parametrize("address", ["/plans/\0/", "/%00", "/accounts/login/?next=%00", "/?q=a%00b"])
def test_an_address_with_a_nul_character_does_not_exist(world, signed_in, address):
    assert signed_in(world.staff).get(address).status_code == 404


@pytest.fixture
def later(monkeypatch):
    """Move the clock of sessions by some seconds."""
    moved = {"by": 0.0}
    real = time.time
    monkeypatch.setattr("tracker.middleware.time", SimpleNamespace(time=lambda: real() + moved["by"]))
    return lambda seconds: moved.update(by=moved["by"] + seconds)


def test_the_session_is_saved_at_most_once_in_a_tenth_of_its_age(world, signed_in, settings, later):
    settings.SESSION_COOKIE_AGE = 600
    client, cookie = signed_in(world.staff), settings.SESSION_COOKIE_NAME
    page = reverse("account")
    client.get(page)
    assert cookie not in client.get(page).cookies
    later(61)
    assert cookie in client.get(page).cookies
    assert cookie not in client.get(page).cookies


def test_who_must_change_the_password_may_still_leave_and_switch_language(world, signed_in):
    User.objects.filter(pk=world.staff.pk).update(must_change_password=True)
    client = signed_in(world.staff)
    assert client.get(reverse("account")).headers["Location"] == reverse("password_change")
    assert client.get(reverse("password_change")).status_code == 200
    assert client.post(reverse("set_language"), {"language": "en"}).status_code == 302
    assert client.post(reverse("logout")).headers["Location"] == reverse("login")


@pytest.mark.parametrize(
    ("wanted", "language"), [("", "zh-hans"), ("en", "en"), ("fr", "zh-hans"), ("../x", "zh-hans")]
)
def test_chinese_first_whatever_the_browser_prefers(world, settings, wanted, language):
    client = Client(headers={"accept-language": "en"})
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = wanted
    assert client.get(reverse("login")).headers["Content-Language"] == language
