"""The calendar of a plan, and the feed under a person's own secret address."""

import datetime
import re
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from reports.presenters import calendar as shown
from reports.presenters import calendar_file
from reports.services import calendar as service
from tracker import clock
from tracker.models import Plan, User
from tracker.views.base import person_of, plan_or_404, visible_tasks

MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
OWN = "unit"
LONGEST_SHOWN = 20
ICALENDAR = "text/calendar; charset=utf-8"


@require_GET
def calendar(request: HttpRequest, plan: int) -> HttpResponse:
    """One month: reviews, cut-offs, due dates, milestones, and what is demanded, as far as the person sees it."""
    found, user, today = plan_or_404(request, plan), person_of(request), clock.today()
    month, own = _asked_month(request, found, today), request.GET.get("show") == OWN
    span = service.Span(month, _after(month) - datetime.timedelta(days=1), user.unit if own else None)
    entries = service.entries(user, [found], visible_tasks(request).with_light(found, today), span)
    context = {
        **shown.month_page(entries, found, month, today),
        "own": own,
        "tabs": [
            {"label": _("All tasks"), "url": _query(month, own=False), "current": not own},
            {"label": _("My unit"), "url": _query(month, own=True), "current": own},
        ],
        "before": _step(found, _before(month), own),
        "after": _step(found, _after(month), own),
        "this_month": _query(today, own) if today.replace(day=1) != month and _in_reach(found, today.year) else "",
    }
    return render(request, "reports/calendar.html", context)


def _asked_month(request: HttpRequest, plan: Plan, today: datetime.date) -> datetime.date:
    """First day of the month asked for; for a wrong one this is said, and the present month of the plan shown."""
    present = min(max(today, plan.starts_on), plan.ends_on).replace(day=1)
    typed = request.GET.get("month", "")
    if not typed:
        return present
    match = MONTH.fullmatch(typed)
    if match is not None and _in_reach(plan, int(match[1])):
        return datetime.date(int(match[1]), int(match[2]), 1)
    messages.error(request, _("“%(month)s” is no month of this calendar.") % {"month": typed[:LONGEST_SHOWN]})
    return present


def _in_reach(plan: Plan, year: int) -> bool:
    """The plan year and one on either side: extensions reach into the next, preparations into the one before."""
    return plan.starts_on.year - 1 <= year <= plan.ends_on.year + 1


def _after(month: datetime.date) -> datetime.date:
    return (month + datetime.timedelta(days=31)).replace(day=1)


def _before(month: datetime.date) -> datetime.date:
    return (month - datetime.timedelta(days=1)).replace(day=1)


def _query(month: datetime.date, own: bool) -> str:
    query = {"month": f"{month:%Y-%m}", **({"show": OWN} if own else {})}
    return f"?{urlencode(query)}"


def _step(plan: Plan, month: datetime.date, own: bool) -> dict[str, str] | None:
    """The link to a neighbouring month, none beyond the calendar's ends."""
    if not _in_reach(plan, month.year):
        return None
    return {"url": _query(month, own), "words": shown.month_words(month)}


@never_cache
@require_http_methods(["GET", "POST"])
def address(request: HttpRequest) -> HttpResponse:
    """The person's own address: shown, made anew, taken back."""
    user = person_of(request)
    if request.method == "POST":
        return _change_address(request, user)
    kept = service.address_of(user)
    whole = request.build_absolute_uri(reverse("calendar_feed", args=[kept.token])) if kept else ""
    context = {"address": whole, "own_address": f"{whole}?show={OWN}" if kept else "", "kept": kept}
    return render(request, "reports/calendar_address.html", context)


def _change_address(request: HttpRequest, user: User) -> HttpResponse:
    act = request.POST.get("act")
    if act == "make":
        service.new_address(by=user)
        messages.success(request, _("Your address is made. One that was there before no longer works."))
    elif act == "take_back":
        service.take_back(by=user)
        messages.success(request, _("The address is taken back; nothing can be fetched under it any more."))
    else:
        messages.error(request, _("Nothing is changed: choose what to do with the address."))
    return redirect("calendar_address")


@login_not_required
@require_GET
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The dates for a calendar, with the rights that the person behind the address has now.

    Whoever has the same file already is told so (304). Raises Http404.
    """
    user = service.person_behind(token)
    if user is None:
        raise Http404
    entries = service.feed(user, own=request.GET.get("show") == OWN)
    name = _("Plan Tracker: %(unit)s") % {"unit": user.unit or ""}
    lines, root = calendar_file.lines(entries, clock.today()), request.build_absolute_uri("/").removesuffix("/")
    tag = quote_etag(calendar_file.digest(lines, name, root))
    answer = get_conditional_response(request, etag=tag)
    if answer is None:
        answer = HttpResponse(calendar_file.written(lines, name, root), content_type=ICALENDAR)
        answer["Content-Disposition"] = 'inline; filename="plan.ics"'
    answer["ETag"] = tag
    answer["X-Robots-Tag"] = "noindex, nofollow"
    patch_cache_control(answer, private=True, no_cache=True)
    return answer
