"""Supervision notices and demands: the list of a plan, each notice as a sheet, and the forms that make them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms as django_forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from tracker import clock, permissions
from tracker.enums import NEXT_LEVEL, OPEN_NOTICES, UNANSWERED_NOTICES, DemandKind, DemandState, NoticeLevel
from tracker.exceptions import InvalidInput, NotPermitted, Refusal
from tracker.filters import DemandFilter, NoticeFilter
from tracker.forms import notices as forms
from tracker.models import Demand, SupervisionNotice, User
from tracker.presenters import ledger as ledger_shown
from tracker.presenters import notices as shown
from tracker.services import demands as demand_service
from tracker.services import notices as service
from tracker.views.base import page_of, person_of, plan_or_404, shut, task_or_404, visible_tasks
from tracker.views.moves import Act, answer

PER_PAGE = 50
LONGEST_KEY = 19
DEMANDS = "demands"


# ---------- The list ----------


@require_GET
def notices(request: HttpRequest, plan: int) -> HttpResponse:
    """Notices of a plan as far as the person may see them, open ones first; with `?what=demands` the demands."""
    found, user = plan_or_404(request, plan), person_of(request)
    on = clock.today()
    if request.GET.get("what") == DEMANDS:
        asked = Demand.objects.visible_to(user).filter(task__plan=found)
        is_open = Q(state=DemandState.OPEN)
        rows, context = _narrowed(request, asked, DemandFilter, is_open, is_open & Q(wanted_by__lt=on))
        fetched = rows.select_related("task", "unit", "asked_by", "answer")
        page = page_of(request, Paginator(fetched, PER_PAGE))
        context["demands"] = shown.demand_rows(page.object_list, found, on)
    else:
        sent = SupervisionNotice.objects.visible_to(user).filter(plan=found)
        late = Q(state__in=UNANSWERED_NOTICES, limit_on__lt=on)
        rows, context = _narrowed(request, sent, NoticeFilter, Q(state__in=OPEN_NOTICES), late)
        page = page_of(request, Paginator(rows.select_related("task", "unit"), PER_PAGE))
        context["rows"] = shown.rows(page.object_list, found, on)
    context["groups"] = shown.by_state(context.get("demands") or context.get("rows") or [])
    context |= {"page_obj": page, "total": page.paginator.count, "tabs": _tabs(request)}
    return render(request, "tracker/notice_list.html", context)


def _narrowed(
    request: HttpRequest, start: Any, narrowing: Any, is_open: Q, late: Q
) -> tuple["QuerySet[Any]", dict[str, Any]]:
    """Rows as the address asks for them, with the filter's form and chips.

    Open ones come first, of these what is overdue, and the newest on top.
    """
    units = start.order_by("unit__order").values_list("unit", "unit__short_name").distinct()
    narrowed = narrowing(request.GET, start, units=[(str(pk), name) for pk, name in units])
    form, rows = narrowed.form, start
    form.is_valid()
    for name, value in form.cleaned_data.items():
        rows = narrowed.filters[name].filter(rows, value)
    ranks = (When(late, then=Value(0)), When(is_open, then=Value(1)))
    rank = Case(*ranks, default=Value(2), output_field=IntegerField())
    newest = "-issued_at" if start.model is SupervisionNotice else "-asked_at"
    context = {
        "form": form,
        "chips": ledger_shown.chips(form, request.GET),
        "query": ledger_shown.without(request.GET, "page").lstrip("?"),
    }
    return rows.order_by(rank, newest, "-pk"), context


def _tabs(request: HttpRequest) -> list[dict[str, Any]]:
    chosen = request.GET.get("what") == DEMANDS
    return [
        {"label": _("Supervision notices"), "query": "?", "current": not chosen},
        {"label": _("Urged and asked to report"), "query": f"?what={DEMANDS}", "current": chosen},
    ]


# ---------- The sheet ----------


@dataclass(frozen=True)
class Step:
    """One answer to a notice: the form that is filled in for it, its check, its service, the line shown afterwards."""

    form: str
    check: Callable[[User, SupervisionNotice], None]
    send: Callable[..., Any]
    done: Any


FORMS: dict[str, type[django_forms.Form]] = {
    "acknowledge": forms.AcknowledgeForm,
    "reply": forms.ReplyForm,
    "judge": forms.JudgeForm,
    "withdraw": forms.WithdrawForm,
}


def _accept(notice_id: int, *, by: User, reason: str) -> SupervisionNotice:
    return service.accept(notice_id, by=by, words=reason)


STEPS: dict[str, Step] = {
    "acknowledge": Step(
        "acknowledge",
        permissions.check_acknowledge,
        service.acknowledge,
        gettext_lazy("%(number)s is acknowledged."),
    ),
    "reply": Step(
        "reply",
        permissions.check_reply,
        service.reply,
        gettext_lazy("The reply to %(number)s is sent. Next: it is judged."),
    ),
    "accept": Step(
        "judge",
        permissions.check_judge_notice,
        _accept,
        gettext_lazy("The reply to %(number)s is accepted; the notice has ended."),
    ),
    "refuse": Step(
        "judge",
        permissions.check_judge_notice,
        service.refuse,
        gettext_lazy("The reply to %(number)s is not accepted; the unit finds your words on its home page."),
    ),
    "withdraw": Step(
        "withdraw",
        permissions.check_withdraw_notice,
        service.withdraw,
        gettext_lazy("%(number)s is withdrawn."),
    ),
}


@require_http_methods(["GET", "POST"])
def notice(request: HttpRequest, notice: int) -> HttpResponse:
    """One notice as a sheet, with what this person can do about it now."""
    found = _notice(request, notice)
    if request.method != "POST":
        return _sheet(request, found, {})
    if request.POST.get("act") == "keep":
        return _keep(request, found)
    step = STEPS.get(request.POST.get("act", ""))
    if step is None:
        raise Http404
    try:
        step.check(person_of(request), found)
    except NotPermitted:
        raise
    except Refusal:
        pass  # left to the service, so that what was typed is kept
    form = FORMS[step.form](request.POST)
    if shut(found.plan, form):
        return _sheet(request, found, {step.form: form}, 409)
    if not form.is_valid():
        return _sheet(request, found, {step.form: form}, 400)
    try:
        step.send(found.pk, by=person_of(request), **form.cleaned_data)
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        status = 400 if isinstance(refusal, InvalidInput) else 409
        return _sheet(request, _notice(request, notice), {step.form: form}, status)
    if step.form == "reply":
        request.session.pop(_kept_name(found), None)
    messages.success(request, step.done % {"number": found.number})
    return redirect(found)


def _kept_name(notice: SupervisionNotice) -> str:
    return f"reply-to-notice-{notice.pk}"


def _keep(request: HttpRequest, notice: SupervisionNotice) -> HttpResponse:
    """Put a reply aside in the person's session and go to the form for evidence, which leads back to the notice."""
    form = forms.KeptReplyForm(request.POST)
    if not form.is_valid():
        return _sheet(request, notice, {"reply": form}, 400)
    words, ticked = form.cleaned_data["words"], form.cleaned_data["evidence"]
    try:
        service.check_kept_reply(notice, by=person_of(request), words=words)
    except NotPermitted:
        raise
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return _sheet(request, notice, {"reply": form}, 400 if isinstance(refusal, InvalidInput) else 409)
    request.session[_kept_name(notice)] = {"words": words, "evidence": ticked}
    back = urlencode({"next": f"{notice.get_absolute_url()}#reply"})
    return redirect(f"{reverse('evidence_new', args=[notice.task_id])}?{back}")


def _kept(request: HttpRequest, notice: SupervisionNotice) -> dict[str, Any]:
    """The reply that was put aside: {words, evidence}, with the items that were `added` since; {} for none."""
    kept: dict[str, Any] = request.session.get(_kept_name(notice), {})
    added = request.GET.get("added", "")
    if (
        kept
        and added.isascii()
        and added.isdecimal()
        and len(added) < LONGEST_KEY
        and int(added) not in kept["evidence"]
    ):
        kept = {**kept, "evidence": [*kept["evidence"], int(added)]}
        request.session[_kept_name(notice)] = kept
    return kept


def _notice(request: HttpRequest, pk: int, *, whole: bool = True) -> SupervisionNotice:
    """A visible notice with its task and plan. Raises Http404."""
    user = person_of(request)
    found: SupervisionNotice = get_object_or_404(shown.readable(user), pk=pk)
    queryset = visible_tasks(request).with_surroundings(user) if whole else None
    found.task = task_or_404(request, found.task_id, "area__section__part", queryset=queryset)
    found.plan = found.task.plan
    return found


def _sheet(
    request: HttpRequest, notice: SupervisionNotice, sent: Mapping[str, django_forms.Form], status: int = 200
) -> HttpResponse:
    """The sheet; `sent` holds the form that was sent and not taken, by its name."""
    user = person_of(request)
    context = shown.page(notice, user)
    acts = context["acts"]
    offered = {**{name: form() for name, form in FORMS.items() if not acts[name].refusal}, **sent}
    if "reply" in offered:
        kept = _kept(request, notice)
        if "reply" in sent:
            ticked = offered["reply"].data.getlist("evidence")  # type: ignore[attr-defined]
        else:
            offered["reply"], ticked = forms.ReplyForm(initial=kept), kept.get("evidence", [])
        context["materials"] = shown.materials(notice, user, ticked)
        context["can_add_evidence"] = permissions.can_add_evidence(user, notice.task)
    context |= {
        "forms": offered,
        "mistakes": next(iter(sent.values()), None),
        "escalates": not acts["escalate"].refusal,
        "refused": [act for act in acts.values() if act.refusal],
        "primary": next((name for name, act in acts.items() if not act.refusal), ""),
    }
    return render(request, "tracker/notice_detail.html", context, status=status)


# ---------- Forms of their own ----------


@require_http_methods(["GET", "POST"])
def issue(request: HttpRequest, task: int) -> HttpResponse:
    """Send a notice to the task's lead unit."""
    found, user = task_or_404(request, task), person_of(request)
    act = Act(
        check=partial(permissions.check_issue_notice, user, found),
        form=forms.NoticeForm,
        send=partial(service.issue, found.pk, by=user),
        done=gettext_lazy("The notice on %(code)s is issued; the unit finds it on its home page."),
        context=shown.issue_page(found),
        opens=True,
    )
    return answer(request, found, act)


@require_http_methods(["GET", "POST"])
def escalate(request: HttpRequest, notice: int) -> HttpResponse:
    """Send the next level upon a notice that was not answered, or not well."""
    found, user = _notice(request, notice, whole=False), person_of(request)
    level = NEXT_LEVEL.get(NoticeLevel(found.level))
    act = Act(
        check=partial(permissions.check_escalate, user, found),
        form=partial(forms.NoticeForm, initial={"demand": found.demand, "basis": found.basis}),
        send=partial(_escalated, found.pk, user),
        done=gettext_lazy("The notice on %(code)s is escalated; the unit finds the new one on its home page."),
        context=shown.escalation_page(found, level, clock.today()),
        opens=True,
    )
    return answer(request, found.task, act)


def _escalated(notice_id: int, by: User, *, version: int, **values: Any) -> SupervisionNotice:
    """A notice has no version: it is escalated once, whatever happened to its task."""
    return service.escalate(notice_id, by=by, **values)


@require_http_methods(["GET", "POST"])
def demand(request: HttpRequest, task: int, kind: str) -> HttpResponse:
    """Urge the task's lead unit, or ask it to report by a date."""
    found, user = task_or_404(request, task), person_of(request)
    if kind not in DemandKind.values:
        raise Http404
    wanted = DemandKind(kind)
    standing = Demand.objects.visible_to(user).open().filter(task=found, kind=wanted).select_related("asked_by")
    act = Act(
        check=partial(permissions.check_demand, user, found),
        form=partial(forms.DemandForm, kind=wanted),
        send=partial(demand_service.ask, found.pk, by=user, kind=kind),
        done=_demanded_line,
        context=shown.demand_page(found, wanted, standing.first()),
    )
    return answer(request, found, act)


def _demanded_line(made: Demand) -> str:
    """With what it replaced, which may be another demand than the one that the form named."""
    line = _("Demanded of the lead unit of %(code)s; its next report answers.") % {"code": made.task.code}
    return " ".join(part for part in (line, demand_service.replaced_line(made)) if part)
