"""Links to the past year: settling them, and saying what becomes of what no task takes up."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tracker import permissions
from tracker.enums import PartKind
from tracker.exceptions import InvalidInput
from tracker.forms.links import DispositionForm, LinkForm
from tracker.models import Measure, MeasureLink, Plan, Section, Shortcoming, ShortcomingLink, Task, User
from tracker.presenters import links as shown
from tracker.services import trace
from tracker.texts import enumeration, key_of
from tracker.views.base import came_from, person_of, plan_or_404, task_or_404, visible_tasks

# Verdict → (service, the line shown afterwards).
VERDICTS: dict[str, tuple[Callable[..., Any], Any]] = {
    "confirm": (trace.confirm, gettext_lazy("The link of %(code)s is confirmed.")),
    "dismiss": (trace.dismiss, gettext_lazy("The link of %(code)s does not count any more.")),
}


@require_http_methods(["GET", "POST"])
def dispose_section(request: HttpRequest, plan: int, section: int) -> HttpResponse:
    """Say what becomes of a numbered item of measures."""
    found = plan_or_404(request, plan)
    sections = Section.objects.visible_to(person_of(request)).of_report(found.report_id)
    row = get_object_or_404(sections.select_related("part").filter(part__kind=PartKind.MEASURES), pk=section)
    return _dispose(request, found, f"section-{row.pk}", section=row)


@require_http_methods(["GET", "POST"])
def dispose_shortcoming(request: HttpRequest, plan: int, shortcoming: int) -> HttpResponse:
    """Say what becomes of a shortcoming."""
    found = plan_or_404(request, plan)
    shortcomings = Shortcoming.objects.visible_to(person_of(request)).of_report(found.report_id)
    row = get_object_or_404(shortcomings.select_related("part"), pk=shortcoming)
    return _dispose(request, found, f"shortcoming-{row.pk}", shortcoming=row)


def _dispose(request: HttpRequest, plan: Plan, anchor: str, **target: Any) -> HttpResponse:
    """The form of one item or shortcoming, or the way back to its place in the report."""
    permissions.check_set_up(person_of(request), plan)
    known = plan.dispositions.filter(**target).select_related("by").first()
    form = DispositionForm(request.POST if request.method == "POST" else None, known=known)
    back = f"{reverse('living_report', args=[plan.pk])}#{anchor}"
    if form.is_valid():
        try:
            trace.dispose(plan, by=person_of(request), **form.cleaned_data, **target)
        except InvalidInput as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            name = shown.name_of(**target)
            messages.success(request, _("What becomes of %(name)s is recorded.") % {"name": name})
            return redirect(back)
    context = {"form": form, "back": back, **shown.disposition_page(plan, known, **target)}
    return render(request, "tracker/disposition.html", context, status=400 if form.is_bound else 200)


@require_POST
def settle_measure_link(request: HttpRequest, link: int, verdict: str) -> HttpResponse:
    """A link to a measure holds, or does not."""
    return _settle(request, MeasureLink, link, verdict)


@require_POST
def settle_shortcoming_link(request: HttpRequest, link: int, verdict: str) -> HttpResponse:
    """A link to a shortcoming holds, or does not."""
    return _settle(request, ShortcomingLink, link, verdict)


def _settle(request: HttpRequest, model: Any, pk: int, verdict: str) -> HttpResponse:
    """Settle the link and go back to where the person came from, else to the task."""
    if verdict not in VERDICTS:
        raise Http404
    user = person_of(request)
    link = get_object_or_404(model.objects.visible_to(user).select_related("task__plan"), pk=pk)
    settle, done = VERDICTS[verdict]
    settle(link, by=user)
    messages.success(request, done % {"code": link.task.code})
    return HttpResponseRedirect(came_from(request) or link.task.get_absolute_url())


# ---------- Made and edited, from both ends ----------


@require_http_methods(["GET", "POST"])
def link_task(request: HttpRequest, task: int) -> HttpResponse:
    """Pick the words of last year's report that a task takes up; `?target=measure-3` chooses some beforehand."""
    row, user = task_or_404(request, task), person_of(request)
    permissions.check_set_up(user, row.plan)
    form = LinkForm(request.POST if request.method == "POST" else None)
    names = set((request.POST if form.is_bound else request.GET).getlist("target"))
    upstream = [_upstream(row.plan, name) for name in sorted(names)] if form.is_bound else []
    if form.is_bound and (not upstream or None in upstream):
        form.add_error(None, _("Choose the words that the task takes up."))
    elif form.is_valid():
        try:
            _link_all([row], [words for words in upstream if words], user, form.cleaned_data)
        except InvalidInput as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("%(code)s is linked.") % {"code": row.code})
            return redirect(came_from(request) or f"{row.get_absolute_url()}#upstream")
    context = {"form": form, "options": shown.options_of(row, names), "next": came_from(request)}
    context |= shown.task_end(row)
    return render(request, "tracker/link_form.html", context, status=400 if form.errors else 200)


def _upstream(plan: Plan, name: str) -> Measure | Shortcoming | None:
    """The words that a name (measure-3, shortcoming-1) means in the plan's own report."""
    what, _dash, key = name.partition("-")
    models: dict[str, Any] = {"measure": Measure, "shortcoming": Shortcoming}
    if what not in models:
        return None
    found: Measure | Shortcoming | None = models[what].objects.of_report(plan.report_id).filter(pk=key_of(key)).first()
    return found


@require_http_methods(["GET", "POST"])
def link_section(request: HttpRequest, plan: int, section: int) -> HttpResponse:
    """Pick the tasks that take up a numbered item of measures."""
    found = plan_or_404(request, plan)
    sections = Section.objects.visible_to(person_of(request)).of_report(found.report_id)
    row = get_object_or_404(sections.select_related("part").filter(part__kind=PartKind.MEASURES), pk=section)
    measures = list(row.measures.order_by("position"))
    if not measures:
        raise Http404
    chosen = request.POST.get("sentence", str(measures[0].pk))
    measure = next((measure for measure in measures if str(measure.pk) == chosen), None)
    return _link(request, found, measure, f"measure-{row.pk}", shown.section_end(row, measures, measure))


@require_http_methods(["GET", "POST"])
def link_shortcoming(request: HttpRequest, plan: int, shortcoming: int) -> HttpResponse:
    """Pick the tasks that answer a shortcoming."""
    found = plan_or_404(request, plan)
    rows = Shortcoming.objects.visible_to(person_of(request)).of_report(found.report_id)
    row = get_object_or_404(rows.select_related("part"), pk=shortcoming)
    return _link(request, found, row, f"shortcoming-{row.pk}", shown.shortcoming_end(row))


def _link(
    request: HttpRequest, plan: Plan, upstream: Measure | Shortcoming | None, focus: str, end: dict[str, Any]
) -> HttpResponse:
    """The form of one end, or the way back to its thread; all chosen tasks are linked, or none.

    `upstream` is None where the sentence that was sent is none of the item's.
    """
    user = person_of(request)
    permissions.check_set_up(user, plan)
    rows = list(visible_tasks(request).of_plan(plan).select_related("area").by_place())
    form = LinkForm(request.POST if request.method == "POST" else None)
    wanted = set(request.POST.getlist("tasks"))
    chosen = [task for task in rows if str(task.pk) in wanted]
    if form.is_bound and (not chosen or len(chosen) != len(wanted)):
        form.add_error(None, _("Choose the tasks that take it up."))
    elif form.is_bound and upstream is None:
        form.add_error(None, _("Choose one of the sentences of this item."))
    elif upstream is not None and form.is_valid():
        try:
            _link_all(chosen, [upstream], user, form.cleaned_data)
        except InvalidInput as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Linked: %(codes)s.") % {"codes": enumeration(task.code for task in chosen)})
            return redirect(came_from(request) or _thread(plan, focus))
    back = came_from(request)
    context = {"form": form, "tasks": shown.tasks_to_choose(rows, wanted), "next": back, **end}
    context["back"] = back or _thread(plan, focus)
    context["back_label"] = _("Go back") if back else ""
    return render(request, "tracker/link_form.html", context, status=400 if form.errors else 200)


def _thread(plan: Plan, focus: str) -> str:
    return f"{reverse('trace', args=[plan.pk])}?focus={focus}"


@transaction.atomic
def _link_all(rows: list[Task], upstream: list[Measure | Shortcoming], user: User, values: dict[str, Any]) -> None:
    for task in rows:
        for words in upstream:
            try:
                trace.link(task.pk, words, by=user, **values)
            except InvalidInput as refusal:
                named = f"{task.code} {refusal}" if len(upstream) == 1 else f"{words.text[:20]}… {refusal}"
                raise InvalidInput(named, field=refusal.field) from refusal


@require_http_methods(["GET", "POST"])
def edit_measure_link(request: HttpRequest, link: int) -> HttpResponse:
    """Say otherwise how and why a task continues a measure."""
    return _edit(request, MeasureLink, link, "measure__section")


@require_http_methods(["GET", "POST"])
def edit_shortcoming_link(request: HttpRequest, link: int) -> HttpResponse:
    """Say otherwise how and why a task answers a shortcoming."""
    return _edit(request, ShortcomingLink, link, "shortcoming")


def _edit(request: HttpRequest, model: Any, pk: int, upstream: str) -> HttpResponse:
    user = person_of(request)
    rows = model.objects.visible_to(user).select_related("task__plan", upstream)
    link = get_object_or_404(rows, pk=pk)
    plan_or_404(request, link.task.plan_id)
    permissions.check_set_up(user, link.task.plan)
    form = LinkForm(request.POST if request.method == "POST" else None, initial=shown.values_of(link))
    if form.is_valid():
        try:
            trace.edit(link, by=user, **form.cleaned_data)
        except InvalidInput as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The link of %(code)s is confirmed.") % {"code": link.task.code})
            return redirect(came_from(request) or f"{link.task.get_absolute_url()}#upstream")
    context = {"form": form, "next": came_from(request), **shown.edit_page(link)}
    return render(request, "tracker/link_form.html", context, status=400 if form.errors else 200)


@require_POST
def settle_links(request: HttpRequest, plan: int) -> HttpResponse:
    """Confirm or dismiss the chosen links of the trace page together."""
    found = plan_or_404(request, plan)
    verdict = request.POST.get("verdict", "")
    try:
        count = trace.settle_all(found, request.POST.getlist("links"), by=person_of(request), verdict=verdict)
    except InvalidInput as refusal:
        messages.error(request, str(refusal))
    else:
        words = ngettext("%(count)d link is settled.", "%(count)d links are settled.", count)
        messages.success(request, words % {"count": count})
    return redirect(reverse("trace", args=[found.pk]))
