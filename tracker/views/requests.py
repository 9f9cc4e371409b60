"""The queue of change requests, and the decision on one."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tracker import permissions
from tracker.enums import RequestState
from tracker.exceptions import InvalidInput, NotPermitted, Refusal
from tracker.forms.requests import DecisionForm
from tracker.models import ChangeRequest
from tracker.presenters import requests as shown
from tracker.services import requests as service
from tracker.views.base import page_of, person_of, plan_or_404

PER_PAGE = 50


@require_GET
def requests(request: HttpRequest, plan: int) -> HttpResponse:
    """What is asked for in a plan, as far as the person may see it: open ones first, the oldest of them on top."""
    found, user = plan_or_404(request, plan), person_of(request)
    rows = ChangeRequest.objects.visible_to(user).filter(task__plan=found)
    waiting = rows.filter(state=RequestState.OPEN).order_by("asked_at", "pk")
    settled = rows.exclude(state=RequestState.OPEN).order_by("-asked_at", "-pk")
    fetched = ("task__plan__government", "task__lead_unit", "asked_by", "decided_by")
    shown_page = page_of(request, Paginator(settled.select_related(*fetched), PER_PAGE))
    context = {
        "waiting": shown.rows(list(waiting.select_related(*fetched)), user),
        "settled": shown.rows(list(shown_page.object_list), user),
        "page_obj": shown_page,
        "query": "",
    }
    return render(request, "tracker/request_list.html", context)


@require_http_methods(["GET", "POST"])
def decide_request(request: HttpRequest, change: int) -> HttpResponse:
    """Approve or refuse one request; what was asked stands beside the form."""
    user = person_of(request)
    rows = ChangeRequest.objects.visible_to(user).select_related("task__plan__government", "asked_by", "decided_by")
    found: ChangeRequest = get_object_or_404(rows, pk=change)
    plan_or_404(request, found.task.plan_id)
    permissions.check_decide_request(user, found.task)
    if found.asked_by_id == user.pk:
        raise NotPermitted(_("You asked for this yourself; somebody else must decide it."))
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, found, form)
    if not form.is_valid():
        return _page(request, found, form, 400)
    try:
        decided = service.decide(found.pk, by=user, **form.values())
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return _page(request, found, form, 400 if isinstance(refusal, InvalidInput) else 409)
    words = {"kind": decided.get_kind_display(), "code": decided.task.code, "state": decided.get_state_display()}
    messages.success(request, _("%(kind)s of %(code)s: %(state)s.") % words)
    return redirect("requests", plan=found.task.plan_id)


def _page(request: HttpRequest, change: ChangeRequest, form: DecisionForm, status: int = 200) -> HttpResponse:
    row = shown.rows([change], person_of(request))[0]
    return render(request, "tracker/request_decide.html", {"row": row, "form": form, "change": change}, status=status)
