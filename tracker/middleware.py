"""What happens around every view: refusals become pages, sessions stay awake, passwords get changed."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation

from tracker.exceptions import NotPermitted, Refusal

GetResponse = Callable[[HttpRequest], HttpResponse]
TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
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


class NulCharacterMiddleware:
    """No address of ours holds a NUL character, and PostgreSQL takes none: such an address does not exist."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise Http404
        return self.get_response(request)


class RefusalMiddleware:
    """A refusal that no form has shown becomes a page with its sentence (403 for persons, 409 for states).

    Stands before the CSRF middleware, which is the first to read what was posted: a body beyond the limits is
    answered by 413 here.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        try:
            request.POST  # noqa: B018 - reading it is what may fail
        except TOO_LARGE:
            return self._page(request, 413)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        return self._page(request, 403 if isinstance(exception, NotPermitted) else 409, str(exception))

    @staticmethod
    def _page(request: HttpRequest, status: int, sentence: str = "") -> HttpResponse:
        return render(request, f"{status}.html", {"sentence": sentence}, status=status)


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
