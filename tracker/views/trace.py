"""From last year's measures and shortcomings to this year's tasks and their evidence."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tracker import clock, permissions
from tracker.forms.links import MatrixForm
from tracker.presenters import trace as shown
from tracker.presenters.as_of import restored
from tracker.presenters.past_text import past_text
from tracker.views.base import asked_day, listed, past_context, person_of, plan_or_404, visible_tasks

VIEWS = ("", "table", "matrix")


@require_GET
def trace(request: HttpRequest, plan: int) -> HttpResponse:
    """Three columns with lines between; `?focus=` one thread, `?as=table` or `?as=matrix` without lines."""
    context = contents(request, plan)
    wanted = request.GET.get("as", "")
    context["as"] = wanted if wanted in VIEWS else ""
    context["workbook_query"] = request.GET.urlencode()
    return render(request, "tracker/trace.html", context)


def contents(request: HttpRequest, plan: int) -> dict[str, Any]:
    """All that the page and the workbook show for this address, as far as the person may see it."""
    found = plan_or_404(request, plan)
    user, on = person_of(request), clock.today()
    focus, past = request.GET.get("focus", "")[:40], asked_day(request, found)
    if past:
        text = past_text(found, past)
        tasks = restored(found, past, user, text.places)
        context = shown.present_past(found, tasks, user, past, focus, text)
    else:
        rows = visible_tasks(request).with_light(found, on).with_support_of(user).with_predecessors(user)
        tasks = listed(rows.with_people().by_place(), found)
        may_settle = permissions.can_set_up(user, found)
        context = shown.present(found, tasks, user, on, focus, may_settle=may_settle)
    context |= past_context(request, past, "as", "focus", *MatrixForm.base_fields)
    context["kept"] = f"&as_of={past.isoformat()}" if past else ""
    form = MatrixForm(request.GET, choices=shown.matrix_choices(tasks))
    form.is_valid()
    context["matrix"] = shown.narrowed(context["matrix"], **form.cleaned_data)
    context["form"] = form
    return context
