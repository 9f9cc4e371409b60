"""What changed in a plan between two days."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tracker import clock, wording
from tracker.presenters.differences import differences
from tracker.texts import clean
from tracker.views.base import past_day, person_of, plan_or_404

LONGEST_SEARCH = 100


@require_GET
def changes(request: HttpRequest, plan: int) -> HttpResponse:
    """`?since=` and `?until=` are days of the plan; without them since the last cut-off, until today."""
    found, today = plan_or_404(request, plan), clock.today()
    days = {"since": max(found.starts_on, found.period_start(today)), "until": today}
    for name, preset in list(days.items()):
        typed = request.GET.get(name, "")
        day = past_day(typed, found) if typed else preset
        if day is None:
            messages.error(request, _("“%(day)s” is no past day of this plan.") % {"day": typed[:20]})
        else:
            days[name] = day
    since, until = sorted(days.values())
    words = clean(request.GET.get("q", ""))[:LONGEST_SEARCH]
    context = {
        "since": since,
        "until": until,
        "words": words,
        "since_words": wording.full_date(since),
        "until_words": wording.full_date(until),
        **differences(found, since, until, person_of(request), words),
    }
    return render(request, "tracker/changes.html", context)
