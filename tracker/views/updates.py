"""Reporting progress: the form, the one click, and the supporting unit's word."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker import clock, permissions, wording
from tracker.enums import Light, Move
from tracker.exceptions import Refusal, Stale
from tracker.forms.evidence import EvidenceForm
from tracker.forms.updates import DRAFTED, ContributionForm, ReasonForm, UpdateForm
from tracker.models import Draft, Task
from tracker.presenters import updates as shown
from tracker.services import tasks, updates
from tracker.views.base import person_of, task_or_404, visible_tasks


def _task(request: HttpRequest, pk: int) -> Task:
    queryset = visible_tasks(request).prefetch_related("milestones", "indicators__readings", "supporting_units")
    return task_or_404(request, pk, queryset=queryset)


@require_http_methods(["GET", "POST"])
def report_progress(request: HttpRequest, task: int) -> HttpResponse:
    """The update form; with `?forecast=NN` only the light that this progress would give."""
    found = _task(request, task)
    if "forecast" in request.GET:
        context = {"forecast": shown.forecast(found, request.GET.get("progress", request.GET["forecast"]))}
        return render(request, "tracker/_forecast.html", context)
    permissions.check_move(person_of(request), found, Move.REPORT)
    if request.method == "POST":
        return _send(request, found)
    draft = Draft.objects.filter(task=found, by=person_of(request)).first()
    initial = {"progress": found.progress, "version": found.version} | (draft.values if draft else {})
    items = shown.offered_items(found, person_of(request))
    form = UpdateForm(found, initial=initial, items=items)
    return _page(request, found, form, EvidenceForm(prefix="new"), draft=draft)


def _send(request: HttpRequest, task: Task) -> HttpResponse:
    user = person_of(request)
    if "save_draft" in request.POST:
        values = {name: request.POST.get(name, "")[:4000] for name in DRAFTED}
        tasks.save_draft(task, by=user, values=values)
        messages.success(request, _("The draft of %(code)s is kept; nobody else sees it.") % {"code": task.code})
        return redirect("report_progress", task=task.pk)
    items = shown.offered_items(task, user) if request.POST.getlist("existing") else []
    form = UpdateForm(task, _chosen(request), items=items)
    proof = EvidenceForm(request.POST, prefix="new") if _adds_evidence(request) else None
    if not form.is_valid() or (proof is not None and not proof.is_valid()):
        return _page(request, task, form, proof, status=400)
    data = form.cleaned_data
    try:
        sent = updates.send(
            task.pk,
            by=user,
            progress=data["progress"],
            summary=data["summary"],
            problems=data["problems"],
            next_steps=data["next_steps"],
            milestones_met=data["milestones_met"],
            readings=form.readings(),
            existing=data["existing"],
            new_evidence=proof.values() if proof else None,
            submit=data["submit"],
            version=data["version"],
        )
    except Stale as stale:
        return _conflict(request, task, form, proof, stale)
    except Refusal as refusal:
        place: Any = proof if proof is not None and refusal.field in proof.fields else form
        place.add_error(refusal.field if refusal.field in place.fields else None, str(refusal))
        return _page(request, task, form, proof, status=409)
    messages.success(request, _done_sentence(sent))
    return redirect("home", plan=task.plan_id)


def _chosen(request: HttpRequest) -> Any:
    """What was typed, with "theirs" put in for the fields where the other version was picked."""
    data = request.POST.copy()
    for name in DRAFTED:
        if data.get(f"pick_{name}") == "theirs":
            data[name] = data.get(f"theirs_{name}", "")
    return data


def _adds_evidence(request: HttpRequest) -> bool:
    """Has anything been typed into the new evidence item?"""
    typed = ("title", "address", "document_number", "issuer", "dated_on", "place", "claim", "not_classified")
    return any(request.POST.get(f"new-{name}", "").strip() for name in typed)


def _conflict(
    request: HttpRequest, task: Task, form: UpdateForm, proof: EvidenceForm | None, stale: Stale
) -> HttpResponse:
    data = form.data.copy()
    data["version"] = stale.current.get("version", task.version)
    again = UpdateForm(task, data, items=shown.offered_items(task, person_of(request)))
    return _page(
        request, task, again, proof, status=409, sentence=str(stale), conflict=shown.conflict(task, form, stale.current)
    )


def _done_sentence(task: Task) -> str:
    words = {"code": task.code, "progress": task.progress, "status": task.get_status_display()}
    if task.status == "in_progress":
        return _("%(code)s is reported at %(progress)d %%.") % words
    return _("%(code)s is reported and submitted; it is now “%(status)s”.") % words


def _page(
    request: HttpRequest, task: Task, form: UpdateForm, proof: EvidenceForm | None, status: int = 200, **extra: Any
) -> HttpResponse:
    user = person_of(request)
    if not form.is_bound or not form.fields["existing"].choices:  # type: ignore[attr-defined]
        form.fields["existing"].choices = [(i.pk, str(i)) for i in shown.offered_items(task, user)]  # type: ignore[attr-defined]
    context = {
        "task": task,
        "form": form,
        "proof": proof or EvidenceForm(prefix="new"),
        "proof_open": proof is not None and proof.is_bound,
        "month": wording.month(task.plan.cutoff(clock.today())),
        "readings": shown.reading_rows(task, form),
        "can_submit": permissions.RULE_OF[Move.SUBMIT] is not None,
        **shown.aside(task, user),
        **shown.progress_facts(task),
        **extra,
    }
    return render(request, "tracker/update_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
def no_change(request: HttpRequest, task: int) -> HttpResponse:
    """One click on a green or blue task; a yellow or red one is asked why in one line."""
    found = _task(request, task)
    permissions.check_move(person_of(request), found, Move.REPORT)
    form = ReasonForm(request.POST if request.method == "POST" else None, initial={"version": found.version})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            tasks.report_no_change(
                found.pk,
                by=person_of(request),
                reason=form.cleaned_data["reason"],
                version=form.cleaned_data["version"],
            )
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            status = 409
        else:
            messages.success(request, _("%(code)s is recorded as unchanged.") % {"code": found.code})
            return redirect(_next(request, reverse("home", args=[found.plan_id])))
    context = {"task": found, "form": form, "asks_why": tasks.light_of(found) in (Light.RED, Light.YELLOW)}
    return render(request, "tracker/no_change.html", context | shown.progress_facts(found), status=status)


def _next(request: HttpRequest, default: str) -> str:
    """Where to go afterwards: `next` if it stays on this site."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if wanted and safe else default


@require_http_methods(["GET", "POST"])
def contribute(request: HttpRequest, task: int) -> HttpResponse:
    """A supporting unit says what it did; the status stays."""
    found = _task(request, task)
    permissions.check_contribute(person_of(request), found)
    form = ContributionForm(request.POST if request.method == "POST" else None, initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        try:
            tasks.contribute(found.pk, by=person_of(request), summary=form.cleaned_data["summary"])
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Your contribution to %(code)s is recorded.") % {"code": found.code})
            return redirect(found)
    context = {"task": found, "form": form, **shown.aside(found, person_of(request))}
    return render(request, "tracker/contribute.html", context, status=400 if form.errors else 200)
