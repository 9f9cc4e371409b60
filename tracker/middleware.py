"""What happens around every view: refusals become pages, sessions stay awake, passwords get changed."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation

from tracker.exceptions import MoveRefused, NotPermitted, Refusal, Stale

GetResponse = Callable[[HttpRequest], HttpResponse]
STATUS_OF: tuple[tuple[type[Exception], int], ...] = (
    (NotPermitted, 403),
    (MoveRefused, 409),
    (Stale, 409),
    (Refusal, 409),
    (RequestDataTooBig, 413),
)
REFRESHED = "refreshed"


class LanguageMiddleware:
    """Chinese first: the language is the one switched to, whatever the browser prefers."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = dict(settings.LANGUAGES)
        with translation.override(wanted if wanted in known else settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language())
        return response


class RefusalMiddleware:
    """A refusal that no form has shown becomes a page with its sentence (403 for persons, 409 for states)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        for kind, status in STATUS_OF:
            if isinstance(exception, kind):
                sentence = str(exception) if isinstance(exception, Refusal) else ""
                return render(request, f"{status}.html", {"sentence": sentence}, status=status)
        return None


def mark_fresh(request: HttpRequest, **kwargs: Any) -> None:
    """A session is fresh at sign-in, so that the first page after it writes nothing."""
    request.session[REFRESHED] = int(time.time())


user_logged_in.connect(mark_fresh, dispatch_uid="tracker.middleware.mark_fresh")


class SessionRefreshMiddleware:
    """Idle log-out: the session's age counts from the last request, saved at most ten times in its age."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            if now - request.session.get(REFRESHED, 0) > settings.SESSION_COOKIE_AGE // 10:
                request.session[REFRESHED] = now
        return self.get_response(request)


class PasswordChangeMiddleware:
    """A person who must change the password gets to that page and to no other."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and user.must_change_password and request.path not in self._free():
            return redirect("password_change")
        return self.get_response(request)

    @staticmethod
    def _free() -> set[str]:
        return {reverse(name) for name in ("password_change", "logout", "set_language")}
