"""The published report with the plan's state beside it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tracker import clock
from tracker.presenters.as_of import restored
from tracker.presenters.living_report import Flags, present
from tracker.presenters.past_text import past_text
from tracker.views.base import asked_day, listed, past_context, person_of, plan_or_404, visible_tasks


@require_GET
def living_report(request: HttpRequest, plan: int) -> HttpResponse:
    """The report in reading order. `?raw=1` keeps the punctuation as stored, `?plain=1` shows the text alone."""
    found = plan_or_404(request, plan)
    user, past = person_of(request), asked_day(request, found)
    text = past_text(found, past) if past else None
    if past and text:
        tasks = restored(found, past, user, text.places)
    else:
        tasks = listed(visible_tasks(request).with_light(found, clock.today()).with_people().by_place(), found)
    flags = Flags(raw=request.GET.get("raw") == "1", plain=request.GET.get("plain") == "1")
    shown = present(found, tasks, user, flags, past, text)
    shown |= past_context(request, past, "raw", "plain")
    return render(request, "tracker/living_report.html", shown)
