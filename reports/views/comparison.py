"""What changed in a plan between two reviews, or any two days: as a page and as a workbook."""

import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from reports import comparison
from reports.files import XLSX, attached
from reports.presenters import comparison as shown
from reports.workbook import rounding
from tracker import clock, wording
from tracker.models import Plan
from tracker.texts import clean
from tracker.views.base import person_of, plan_or_404

LONGEST_SEARCH, LONGEST_SIDE = 100, 30


@require_GET
def changes(request: HttpRequest, plan: int) -> HttpResponse:
    """`?since=` and `?until=` name a review ("review-3") or a day; without them since the last review, until today.

    `?q=` narrows by words, `?sort=` to one sort of change.
    """
    found = plan_or_404(request, plan)
    return render(request, "reports/changes.html", _contents(request, found))


@require_GET
def changes_workbook(request: HttpRequest, plan: int) -> HttpResponse:
    """The same as a workbook."""
    found = plan_or_404(request, plan)
    context = _contents(request, found)
    context["lines"] = shown.lines(context["rows"])
    facts = [
        (_("Plan"), str(found)),
        (_("Before"), context["old"].label),
        (_("After"), context["new"].label),
        (_("As of"), wording.full_date(clock.today())),
        (_("By"), str(person_of(request))),
        (_("Filter"), "；".join(part for part in (context["words"], context["sort_label"]) if part) or _("none")),
        rounding(),
    ]
    name = f"变化对照_{found.government}_{found.year}_{context['old'].on}_{context['new'].on}.xlsx"
    return attached(comparison.workbook(context, facts), XLSX, name, "changes.xlsx")


def _contents(request: HttpRequest, plan: Plan) -> dict[str, Any]:
    user = person_of(request)
    choices = shown.choices(plan, user)
    presets = {"since": _preset(plan, choices), "until": clock.today().isoformat()}
    sides = {}
    for name, preset in presets.items():
        typed = (request.GET.get(f"{name}_review") or request.GET.get(name, ""))[:LONGEST_SIDE]
        side = shown.side_of(plan, typed, user) if typed else None
        if typed and side is None:
            messages.error(request, _refusal(typed))
        sides[name] = side or shown.side_of(plan, preset, user)
    old, new = sides["since"], sides["until"]
    assert old is not None and new is not None
    if old.on > new.on:
        old, new = new, old
    words, sort = clean(request.GET.get("q", ""))[:LONGEST_SEARCH], request.GET.get("sort", "")
    labels = shown.sort_labels()
    sort = sort if sort in labels else ""
    found = shown.compare(plan, old, new, words, sort)
    query = request.GET.copy()
    query.pop("sort", None)
    return {
        "old": old,
        "new": new,
        "choices": choices,
        "words": words,
        "sort": sort,
        "sort_label": labels.get(sort, ""),
        "query": query.urlencode(),
        "full_query": urlencode({"since": old.value, "until": new.value, "q": words, "sort": sort}),
        **found,
    }


def _refusal(typed: str) -> str:
    if typed.startswith(shown.REVIEW_PREFIX):
        return _("This review is not closed, or not one of this plan; it is left out of the comparison.")
    return _("“%(day)s” is no past day and no closed review of this plan.") % {"day": typed}


def _preset(plan: Plan, choices: list[dict[str, str]]) -> str:
    """The last closed review, or the beginning of the reporting period."""
    if choices:
        return choices[0]["value"]
    today = clock.today()
    day: datetime.date = max(plan.starts_on, plan.period_start(today))
    return min(day, today).isoformat()
