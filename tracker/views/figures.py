"""The register of the report's figures, and an indicator made from one of them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tracker import permissions
from tracker.exceptions import Refusal
from tracker.filters import FigureFilter
from tracker.forms.figures import IndicatorForm
from tracker.models import Figure
from tracker.presenters import figures as shown
from tracker.presenters import ledger as ledger_shown
from tracker.services import indicators
from tracker.views.base import person_of, plan_or_404, visible_tasks


@require_GET
def figures(request: HttpRequest, plan: int) -> HttpResponse:
    """All figures of the report, narrowed by the address, with shares computed again."""
    found, user = plan_or_404(request, plan), person_of(request)
    start = Figure.objects.visible_to(user).of_report(found.report_id).select_related("section").order_by("position")
    everything = list(start)
    narrowed = FigureFilter(request.GET, start, sections=shown.sections(everything))
    form, rows = narrowed.form, start
    form.is_valid()
    for name, value in form.cleaned_data.items():
        rows = narrowed.filters[name].filter(rows, value)
    kept = list(rows) if any(form.cleaned_data.values()) else everything
    context = {
        "form": form,
        "chips": ledger_shown.chips(form, request.GET),
        "rows": shown.rows(found, kept, user, may_settle=permissions.can_set_up(user, found)),
        "year": found.report.year,
    }
    return render(request, "tracker/figure_list.html", context)


@require_http_methods(["GET", "POST"])
def figure_indicator(request: HttpRequest, plan: int, figure: int) -> HttpResponse:
    """Make a figure the baseline of an indicator of a task, in one step."""
    found, user = plan_or_404(request, plan), person_of(request)
    permissions.check_set_up(user, found)
    rows = Figure.objects.visible_to(user).of_report(found.report_id)
    row = get_object_or_404(rows.select_related("section"), pk=figure)
    tasks = visible_tasks(request).of_plan(found).open().by_place()
    sent = request.method == "POST"
    form = IndicatorForm(request.POST if sent else None, tasks=list(tasks), initial={"name": row.label})
    if form.is_valid():
        values = form.cleaned_data
        try:
            made = indicators.add(int(values.pop("task")), by=user, figure=row, **values)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("%(name)s is an indicator now.") % {"name": made.name})
            return redirect(f"{made.task.get_absolute_url()}#indicators")
    context = {"form": form, **shown.indicator_page(found, row)}
    return render(request, "tracker/figure_indicator.html", context, status=400 if form.errors else 200)
