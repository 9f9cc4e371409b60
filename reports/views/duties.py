"""The register of leaders' duties: read by everyone of the government, kept by those who conduct reviews."""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reports import permissions
from reports.forms.duties import DutyChangeForm, DutyForm
from reports.models import LeaderDuty
from reports.presenters import duties as shown
from reports.services import duties as service
from tracker.exceptions import InvalidInput, Refusal, Stale
from tracker.models import Plan
from tracker.permissions import answers
from tracker.views.base import person_of, plan_or_404


@require_http_methods(["GET", "POST"])
def duties(request: HttpRequest, plan: int) -> HttpResponse:
    """The duties of the plan year by date; who may add one finds the form below."""
    found, user = plan_or_404(request, plan), person_of(request)
    if request.method != "POST":
        return _register(request, found, DutyForm())
    permissions.check_duties(user, found)
    form = DutyForm(request.POST)
    if not form.is_valid():
        return _register(request, found, form, 400)
    try:
        made = service.add(found, by=user, **form.cleaned_data)
    except InvalidInput as refusal:
        _put(form, refusal)
        return _register(request, found, form, 400)
    messages.success(request, _("“%(words)s” is in the register.") % {"words": made.words})
    return redirect("duties", plan=found.pk)


@require_http_methods(["GET", "POST"])
def duty(request: HttpRequest, duty: int) -> HttpResponse:
    """Change one duty that was added by hand."""
    row, user = _duty_or_404(request, duty), person_of(request)
    permissions.check_change_duty(user, row)
    state = service.state_of(row)
    if request.method != "POST":
        return _page(request, row, DutyChangeForm(initial={**state, "seen": _written(state)}))
    form = DutyChangeForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form, 400)
    values = {name: form.cleaned_data[name] for name in service.FIELDS}
    try:
        changed = service.change(row.pk, by=user, seen=form.seen_state(), **values)
    except Stale as refusal:
        return _page(request, row, _again(form, refusal), 409, now=shown.state(row))
    except Refusal as refusal:
        _put(form, refusal)
        return _page(request, row, form, 400 if isinstance(refusal, InvalidInput) else 409)
    messages.success(request, _("“%(words)s” is changed.") % {"words": changed.words})
    return redirect("duties", plan=row.plan_id)


@require_POST
def remove_duty(request: HttpRequest, duty: int) -> HttpResponse:
    """Take back one duty that was added by hand."""
    row = _duty_or_404(request, duty)
    service.remove(row.pk, by=person_of(request))
    messages.success(request, _("“%(words)s” is removed from the register.") % {"words": row.words})
    return redirect("duties", plan=row.plan_id)


def _duty_or_404(request: HttpRequest, pk: int) -> LeaderDuty:
    rows = LeaderDuty.objects.visible_to(person_of(request)).select_related("plan")
    row: LeaderDuty = get_object_or_404(rows, pk=pk)
    row.plan = plan_or_404(request, row.plan_id)
    return row


def _put(form: DutyForm, refusal: Refusal) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


def _written(state: Mapping[str, Any]) -> str:
    """A state as the hidden field carries it."""
    return json.dumps(dict(state), ensure_ascii=False)


def _again(form: DutyChangeForm, refusal: Stale) -> DutyChangeForm:
    """The form with what was typed, now knowing what the row has become: sent again, it is meant so."""
    data = form.data.copy()
    data["seen"] = _written(refusal.current)
    fresh = DutyChangeForm(data)
    fresh.add_error(None, str(refusal))
    return fresh


def _register(request: HttpRequest, plan: Plan, form: DutyForm, status: int = 200) -> HttpResponse:
    user = person_of(request)
    may_change = answers(permissions.check_duties, user, plan)
    rows = LeaderDuty.objects.visible_to(user).filter(plan=plan).select_related("review__plan")
    context: dict[str, Any] = {
        "rows": shown.rows(rows.order_by("on", "pk"), plan, may_change=may_change),
        "form": form if may_change else None,
        "next_year": plan.year + 1,
    }
    return render(request, "reports/duties.html", context, status=status)


def _page(
    request: HttpRequest, duty: LeaderDuty, form: DutyForm, status: int = 200, now: list[dict[str, str]] | None = None
) -> HttpResponse:
    return render(request, "reports/duty.html", {"duty": duty, "form": form, "now": now}, status=status)
