"""Signing in and out, and one's own account."""

from typing import Any

from django.conf import settings
from django.contrib.auth import views as auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy

from tracker.views.base import person_of


class SignInView(auth.LoginView):
    """Sign-in, with the notice that nothing classified may be entered."""

    redirect_authenticated_user = True


class PasswordChangeView(auth.PasswordChangeView):
    """Change of password; lifts the duty to change it. All other sessions of the person end with it."""

    success_url = reverse_lazy("password_change_done")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        user = person_of(self.request)
        if user.must_change_password:
            user.must_change_password = False
            user.save(update_fields=["must_change_password"])
        return response


def account(request: HttpRequest) -> HttpResponse:
    """One's own account: for now the change of password."""
    return redirect("password_change")


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """The page after too many failed sign-ins."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(request, "registration/lockout.html", {"minutes": minutes}, status=429)
