"""Links to the past year: settling them, and saying what becomes of what no task takes up."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from tracker import permissions
from tracker.enums import PartKind
from tracker.exceptions import InvalidInput
from tracker.forms.links import DispositionForm
from tracker.models import MeasureLink, Plan, Section, Shortcoming, ShortcomingLink
from tracker.presenters import links as shown
from tracker.services import trace
from tracker.views.base import person_of, plan_or_404

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
    """Settle the link and go back to `next` on this site, else to the task."""
    if verdict not in VERDICTS:
        raise Http404
    user = person_of(request)
    link = get_object_or_404(model.objects.visible_to(user).select_related("task__plan"), pk=pk)
    settle, done = VERDICTS[verdict]
    settle(link, by=user)
    messages.success(request, done % {"code": link.task.code})
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(back) if safe else redirect(link.task)
