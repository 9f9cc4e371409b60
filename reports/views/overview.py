"""The overview for those who lead, and the same as a workbook."""

import datetime
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from reports import overview as books
from reports.files import XLSX, attached
from reports.models import Review
from reports.presenters import compared, standing
from reports.presenters import overview as shown
from reports.presenters.comparison import REVIEW_PREFIX
from reports.presenters.standing import Standing
from reports.workbook import Fact
from tracker import wording
from tracker.models import Plan
from tracker.views.base import asked_day, past_context, past_day, person_of, plan_or_404

LONGEST_SIDE = 30


@require_GET
def overview(request: HttpRequest, plan: int) -> HttpResponse:
    """`?as_of=` shows a past day; `?since=` compares it with a closed review ("review-3") or a day before it."""
    found = plan_or_404(request, plan)
    held = standing.standing(found, person_of(request), asked_day(request, found))
    asked = _asked_side(request, held)
    reviews, day = asked or (compared.reviews(found, held.user, held.on, ""), None)
    context = shown.page(held, compared.before(held, reviews, day), reviews)
    return render(request, "reports/overview.html", context | past_context(request, held.past))


def _asked_side(request: HttpRequest, held: Standing) -> tuple[Sequence[Review], datetime.date | None] | None:
    """The reviews, one with its picture, and the day that `since` asks for; None where it is neither, which is said."""
    wanted = request.GET.get("since", "")[:LONGEST_SIDE]
    reviews = compared.reviews(held.plan, held.user, held.on, wanted)
    day = _day(wanted, held.plan, held.on)
    if wanted and not _understood(wanted, reviews, day):
        messages.error(request, _("“%(day)s” is no day before and no closed review of this plan.") % {"day": wanted})
        return None
    return reviews, day


def _day(wanted: str, plan: Plan, on: datetime.date) -> datetime.date | None:
    """The day that `wanted` names, when it lies before `on`."""
    day = None if wanted.startswith(REVIEW_PREFIX) else past_day(wanted, plan)
    return day if day and day < on else None


def _understood(wanted: str, reviews: Sequence[Review], day: datetime.date | None) -> bool:
    return any(review.frozen for review in reviews) if wanted.startswith(REVIEW_PREFIX) else day is not None


@require_GET
def overview_workbook(request: HttpRequest, plan: int) -> HttpResponse:
    """The numbers of the page of the same address, with charts that Excel draws itself.

    What the address asks for and is not understood leads to the page, which says so.
    """
    found, user = plan_or_404(request, plan), person_of(request)
    past = asked_day(request, found)
    if request.GET.get("as_of") and past is None:
        return redirect("overview", plan=found.pk)
    held = standing.standing(found, user, past)
    asked = _asked_side(request, held)
    if asked is None:
        return redirect("overview", plan=found.pk)
    before = compared.before(held, *asked)
    facts: list[Fact] = [
        (_("Plan"), found.title),
        (_("Government"), str(found.government)),
        (_("As of"), wording.full_date(held.day)),
        (_("Compared with"), before.label if before else _("none")),
        (_("By"), str(user)),
        (_("Filter"), _("none")),
        (_("Tasks"), len(held.tasks)),
        (_("Rounding"), _("Means of whole points, rounded half up to whole points.")),
    ]
    name = f"总览_{found.government}_{found.year}_{held.on.isoformat()}.xlsx"
    return attached(books.workbook(shown.sheets(held, before), facts), XLSX, name, "overview.xlsx")
