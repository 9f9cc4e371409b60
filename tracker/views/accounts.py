"""Signing in and out, and one's own account."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker.exceptions import InvalidInput
from tracker.forms.people import AccountForm
from tracker.services import people
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


@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """One's own account: who one is here, how to be reached, how often to be reminded, and the password."""
    user = person_of(request)
    kept = {name: getattr(user, name) for name in people.OWN}
    form = AccountForm(request.POST if request.method == "POST" else None, initial=kept)
    if form.is_valid():
        try:
            people.set_own(by=user, **form.cleaned_data)
        except InvalidInput as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Your account is saved."))
            return redirect("account")
    return render(request, "tracker/account.html", {"form": form}, status=400 if form.is_bound else 200)


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """The page after too many failed sign-ins."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(request, "registration/lockout.html", {"minutes": minutes}, status=429)
