"""Reporting progress: the form, the one click, and the supporting unit's word."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker import clock, permissions, wording
from tracker.enums import Light, Move, Status
from tracker.exceptions import InvalidInput, NotPermitted, Refusal, SecrecyMark, Stale
from tracker.forms.evidence import PREFIX, EvidenceForm, begun
from tracker.forms.fields import PointsField
from tracker.forms.updates import (
    DRAFT_LENGTH,
    SHARED,
    ContributionForm,
    ProofForm,
    ReasonForm,
    Together,
    UpdateForm,
    drafted,
    readings_in,
)
from tracker.models import Draft, Task
from tracker.presenters import updates as shown
from tracker.services import tasks, updates
from tracker.views.base import person_of, shut, task_or_404, visible_tasks

# Where the sentence about a need of the services stands on the form.
PLACES = {"evidence": "existing"}
SHORT = 10


def _task(request: HttpRequest, pk: int) -> Task:
    queryset = visible_tasks(request).with_surroundings(person_of(request))
    return task_or_404(request, pk, "area__section__part", queryset=queryset)


def _allow(request: HttpRequest, check: Callable[..., None], *args: Any) -> None:
    """Refuse the wrong person at once.

    What else stands against it is left to the service when something was sent, so that what was typed is kept.
    """
    try:
        check(*args)
    except NotPermitted:
        raise
    except Refusal:
        if request.method != "POST":
            raise


# ---------- The report ----------


@require_http_methods(["GET", "POST"])
def report_progress(request: HttpRequest, task: int) -> HttpResponse:
    """The update form; with `?forecast=NN` only the light that this progress would give."""
    found = _task(request, task)
    if "forecast" in request.GET:
        return _forecast(request, found)
    _allow(request, permissions.check_move, person_of(request), found, Move.REPORT)
    if request.method != "POST":
        return _open(request, found)
    if "save_draft" in request.POST:
        return _keep(request, found)
    if "take" in request.POST:
        return _take(request, found)
    return _send(request, found)


def _forecast(request: HttpRequest, task: Task) -> HttpResponse:
    typed = request.GET.get("progress") or request.GET["forecast"]
    context = {"forecast": shown.forecast(task, _points(typed), request.GET.getlist("milestones_met"))}
    return render(request, "tracker/_forecast.html", context | {"fragment": True})


def _points(typed: Any) -> int | None:
    """The progress in what was typed, None when it is none."""
    try:
        found: int | None = PointsField(required=False).clean(typed)
    except ValidationError:
        return None
    return found


def _open(request: HttpRequest, task: Task) -> HttpResponse:
    """The form as it was left: with the draft, and with what others did since the draft was begun."""
    draft = Draft.objects.filter(task=task, by=person_of(request)).first() if task.draft_saved_at else None
    values: dict[str, Any] = draft.values if draft else {}
    return _filled(request, task, values, draft_saved=wording.moment(draft.saved_at) if draft else "")


def _filled(request: HttpRequest, task: Task, values: dict[str, Any], **extra: Any) -> HttpResponse:
    """The form with `values` as a draft keeps them, and what others did since it was begun."""
    begun_at = _version(values, task)
    form = UpdateForm(
        initial={"progress": task.progress, **values, "version": task.version},
        indicators=shown.indicators_of(task),
        steps=shown.open_steps(task),
    )
    stem = f"{PREFIX}-"
    typed = {name.removeprefix(stem): text for name, text in values.items() if name.startswith(stem)}
    proof = EvidenceForm(prefix=PREFIX, initial=typed, by=person_of(request), task=task)
    extra["drafted"] = values
    if begun_at != task.version:
        extra["conflict"] = _conflict(request, task, begun_at, form)
    return _page(request, task, form, proof, **extra)


def _keep(request: HttpRequest, task: Task) -> HttpResponse:
    """Keep the draft of one person; right or wrong, it is looked at when it is sent."""
    form = UpdateForm(request.POST, indicators=shown.indicators_of(task), steps=shown.open_steps(task))
    proof = _proof(request, task)
    if shut(task.plan, form, proof):
        return _page(request, task, form, proof, status=409)
    values = drafted(request.POST, form, proof)
    if proof.is_bound and not proof.is_valid() and "file" in proof.errors:
        return _page(request, task, form, proof, status=400)
    if proof.stored:
        values[proof.add_prefix("kept")] = proof.ticket
    long = [name for name, text in values.items() if len(text) > DRAFT_LENGTH]
    try:
        if long:
            raise InvalidInput(_("This is too long to be kept: at most %(most)d characters.") % {"most": DRAFT_LENGTH})
        tasks.save_draft(task, by=person_of(request), values=values | {"version": _version(values, task)})
    except Refusal as refusal:
        return _refused(request, task, form, proof, refusal)
    words = _("The draft of %(code)s is kept for you. It is not sent yet.") % {"code": task.code}
    messages.success(request, words)
    return redirect("report_progress", task=task.pk)


def _take(request: HttpRequest, task: Task) -> HttpResponse:
    """The form again, with the words of a contribution below what was typed; nothing is sent or checked yet."""
    given = next(
        (row for row in shown.contributions(task, person_of(request)) if row["pk"] == request.POST["take"]), None
    )
    form = UpdateForm(request.POST, indicators=shown.indicators_of(task), steps=shown.open_steps(task))
    proof = _proof(request, task)
    values = drafted(request.POST, form, proof)
    if proof.is_bound and not proof.is_valid() and "file" in proof.errors:
        return _page(request, task, form, proof, status=400)
    if proof.stored:
        values[proof.add_prefix("kept")] = proof.ticket
    if given is not None:
        values["summary"] = "\n".join(part for part in (values.get("summary", ""), given["taken"]) if part)
    return _filled(request, task, values, taken=given is not None)


def _version(values: dict[str, Any], task: Task) -> int:
    """The version on which a draft was begun."""
    typed = str(values.get("version", ""))
    known = typed.isascii() and typed.isdecimal() and len(typed) < SHORT
    return min(int(typed), task.version) if known else task.version


def _send(request: HttpRequest, task: Task) -> HttpResponse:
    data = _chosen(request)
    indicators = shown.indicators_of(task) if readings_in(data) else ()
    form = UpdateForm(data, indicators=indicators, steps=shown.open_steps(task))
    proof = _proof(request, task)
    if shut(task.plan, form, proof):
        return _page(request, task, form, proof, status=409)
    if not all([form.is_valid(), not proof.is_bound or proof.is_valid()]):
        return _page(request, task, form, proof, status=400)
    try:
        sent = updates.send(
            task.pk, by=person_of(request), new_evidence=proof.values() if proof.is_bound else None, **form.values()
        )
    except Refusal as refusal:
        return _refused(request, task, form, proof, refusal)
    messages.success(request, _done_sentence(request, sent))
    return redirect("home", plan=task.plan_id)


def _chosen(request: HttpRequest) -> Any:
    """What was typed, with "theirs" put in for the fields where the other version was picked."""
    data = request.POST.copy()
    for name in SHARED:
        if data.get(f"pick_{name}") == "theirs":
            data[name] = data.get(f"theirs_{name}", "")
    return data


def _proof(request: HttpRequest, task: Task) -> EvidenceForm:
    """The part for a new item, bound only when something was typed into it or chosen for it."""
    sent = (request.POST, request.FILES) if begun(request.POST, request.FILES) else ()
    return EvidenceForm(*sent, prefix=PREFIX, by=person_of(request), task=task)


def _done_sentence(request: HttpRequest, task: Task) -> Any:
    words = {"code": task.code, "month": wording.month(task.plan.cutoff(clock.today())), "progress": task.progress}
    if task.status != Status.IN_PROGRESS:
        return _("%(code)s is reported and submitted; it is now “%(status)s”.") % {
            **words,
            "status": task.get_status_display(),
        }
    sentence = _("The report of %(code)s for %(month)s is sent, at %(progress)d %%.") % words
    return format_html('{} <a href="{}">{}</a>', sentence, task.get_absolute_url(), _("See the task"))


# ---------- What both forms show ----------


def _page(
    request: HttpRequest, task: Task, form: ProofForm, proof: EvidenceForm, status: int = 200, **extra: Any
) -> HttpResponse:
    """The form with what stands beside it; what was picked from another version stays picked."""
    user = person_of(request)
    if form.is_bound and "conflict" not in extra:
        form.show_again(request.POST)
        extra["conflict"] = _picked(request, task, form)
    values = extra.get("drafted") or request.POST
    context = shown.page(task, user) | {
        "form": form,
        "proof": proof,
        "proof_open": proof.is_bound or begun(values),
        "mistakes": Together(form, proof),
        "materials": shown.materials(task, user, form, _ticked(form, "existing")),
    }
    if isinstance(form, UpdateForm):
        met = _ticked(form, "milestones_met")
        context |= {
            "hint": shown.hint(task),
            "forecast": shown.forecast(task, _points(form["progress"].value()), met),
            "milestones": shown.milestones(task, form, met),
            "readings": shown.readings(task, form),
            "contributions": shown.contributions(task, user),
        }
    else:
        context["asked_of_us"] = shown.asked_of(task, user)
    template = "tracker/update_form.html" if isinstance(form, UpdateForm) else "tracker/contribute.html"
    return render(request, template, context | extra, status=status)


def _ticked(form: ProofForm, name: str) -> set[str]:
    return {str(key) for key in form[name].value() or ()}


def _refused(request: HttpRequest, task: Task, form: ProofForm, proof: EvidenceForm, refusal: Refusal) -> HttpResponse:
    """The page again: two versions to choose from, a notice about secrecy, or the sentence at its field."""
    if isinstance(refusal, Stale):
        return _conflicting(request, _task(request, task.pk), form, proof)
    field = PLACES.get(refusal.field or "", refusal.field or "").removeprefix(f"{PREFIX}-")
    place: Any = proof if field in proof.fields else form
    if isinstance(refusal, SecrecyMark):
        marked = place[field] if field in place.fields else None
        return _page(request, task, form, proof, 400, refused={"sentence": str(refusal), "field": marked})
    place.add_error(field if field in place.fields else None, str(refusal))
    return _page(request, task, form, proof, 400 if isinstance(refusal, InvalidInput) else 409)


# ---------- Two versions ----------


def _conflicting(request: HttpRequest, task: Task, form: ProofForm, proof: EvidenceForm) -> HttpResponse:
    """Both versions side by side; what was typed is kept, and sending again goes through."""
    seen = form.cleaned_data.get("version") or 0
    form.show_again(request.POST, task.version)
    return _page(request, task, form, proof, 409, conflict=_conflict(request, task, seen, form))


def _conflict(request: HttpRequest, task: Task, seen: int, form: ProofForm) -> shown.Conflict:
    """What happened since version `seen`. A contribution stands beside other words and needs no choice."""
    events = shown.events_since(task, person_of(request), seen)
    return shown.conflict(task, events, _mine(form) if isinstance(form, UpdateForm) else {})


def _mine(form: ProofForm) -> dict[str, tuple[Any, str]]:
    """{field: (label, what was typed)} of what two people may have written differently."""
    values = {name: form[name].value() for name in SHARED}
    return {name: (form[name].label, "" if value is None else str(value)) for name, value in values.items()}


def _picked(request: HttpRequest, task: Task, form: ProofForm) -> shown.Conflict | None:
    """The choice as it was made, to be shown again when something else is wrong."""
    theirs = {name: request.POST[f"theirs_{name}"] for name in SHARED if f"theirs_{name}" in request.POST}
    if not theirs:
        return None
    picked = {name for name in theirs if request.POST.get(f"pick_{name}") == "theirs"}
    mine = {name: words for name, words in _mine(form).items() if name in theirs}
    return shown.chosen(task, theirs, mine, picked)


# ---------- The supporting unit's word ----------


@require_http_methods(["GET", "POST"])
def contribute(request: HttpRequest, task: int) -> HttpResponse:
    """A supporting unit says what it did, with evidence; the status stays."""
    found, user = _task(request, task), person_of(request)
    _allow(request, permissions.check_contribute, user, found)
    if request.method != "POST":
        proof = EvidenceForm(prefix=PREFIX, by=user, task=found)
        form = ContributionForm(initial={"version": found.version})
        return _page(request, found, form, proof)
    form, proof = ContributionForm(request.POST), _proof(request, found)
    if shut(found.plan, form, proof):
        return _page(request, found, form, proof, status=409)
    if not all([form.is_valid(), not proof.is_bound or proof.is_valid()]):
        return _page(request, found, form, proof, status=400)
    try:
        new_evidence = proof.values() if proof.is_bound else None
        updates.contribute(found.pk, by=user, new_evidence=new_evidence, **form.values())
    except Refusal as refusal:
        return _refused(request, found, form, proof, refusal)
    messages.success(request, _("Your contribution to %(code)s is recorded.") % {"code": found.code})
    return redirect(found)


# ---------- No change ----------


@require_http_methods(["GET", "POST"])
def no_change(request: HttpRequest, task: int) -> HttpResponse:
    """One click on a green or blue task; a yellow or red one is asked why in one line."""
    found = _task(request, task)
    _allow(request, permissions.check_no_change, person_of(request), found)
    form = ReasonForm(request.POST if request.method == "POST" else None, auto_id=f"%s-{found.pk}")
    if request.method != "POST":
        return _asked(request, found, form)
    if shut(found.plan, form) or not form.is_valid():
        return _asked(request, found, form, status=409)
    try:
        sent = tasks.report_no_change(found.pk, by=person_of(request), **form.cleaned_data)
    except Stale:
        found = _task(request, found.pk)
        events = shown.events_since(found, person_of(request), form.cleaned_data["version"] or 0)
        return _asked(request, found, form, status=409, conflict=shown.conflict(found, events, {}))
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return _asked(request, found, form, status=409)
    if request.htmx:
        return _asked(request, sent, form, done=wording.moment(clock.now()))
    link = format_html('<a href="{}">{}</a>', reverse("report_progress", args=[sent.pk]), _("Report instead"))
    sentence = _("%(code)s is recorded as unchanged.") % {"code": sent.code}
    messages.success(request, format_html("{} {}", sentence, link))
    return HttpResponseRedirect(_next(request, reverse("home", args=[found.plan_id])))


def _asked(request: HttpRequest, task: Task, form: ReasonForm, status: int = 200, **extra: Any) -> HttpResponse:
    """The question on a page of its own, or in its row of the home page."""
    row = shown.unchanged_row(task)
    context = {
        "task": task,
        "form": form,
        "row": row,
        "asks_why": row.light.value in (Light.RED, Light.YELLOW),
        "next": _next(request, ""),
        **extra,
    }
    template = "tracker/_no_change_row.html" if request.htmx else "tracker/no_change.html"
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _next(request: HttpRequest, default: str) -> str:
    """Where to go afterwards: `next` if it stays on this site."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if wanted and safe else default
