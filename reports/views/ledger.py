"""The ledger as a workbook: the same rows as the page of the same address; a long one tells how far it is."""

from collections.abc import Iterator
from typing import IO

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from reports import ledger, writing
from reports.files import XLSX
from reports.workbook import Fact, rounding
from tracker import wording
from tracker.models import Plan
from tracker.presenters.ledger import csv_head
from tracker.views.base import person_of, plan_or_404
from tracker.views.ledger import Contents, contents


@require_GET
def ledger_workbook(request: HttpRequest, plan: int) -> HttpResponseBase:
    """All that the ledger shows for this address, as of the day it asks for."""
    found = plan_or_404(request, plan)
    held = contents(request, found)
    if held is None:
        return redirect("ledger", plan=found.pk)
    facts = _facts(request, found, held)
    address = request.build_absolute_uri(reverse("task", args=[0])).replace("/0/", "/{}/#evidence")

    def steps(stream: IO[bytes]) -> Iterator[str]:
        for rows in ledger.write(stream, csv_head(found), held.pieces(), held.on, facts, address):
            yield _("%(rows)d of %(total)d rows written") % {"rows": rows, "total": held.total}

    name = f"台账_{found.government}_{found.year}_{held.on.isoformat()}.xlsx"
    named = writing.Named(name, "ledger.xlsx", XLSX)
    if held.total < writing.LONG:
        return writing.sent(named, steps)
    back = f"{reverse('ledger', args=[found.pk])}?{request.GET.urlencode()}"
    return writing.told(request, found, person_of(request), named, steps, back=back)


def _facts(request: HttpRequest, plan: Plan, held: Contents) -> list[Fact]:
    return [
        (_("Plan"), plan.title),
        (_("Government"), str(plan.government)),
        (_("As of"), wording.full_date(held.on)),
        (_("By"), str(person_of(request))),
        (_("Filter"), held.filter_words),
        (_("Tasks"), held.total),
        rounding(),
    ]


@require_GET
def written_file(request: HttpRequest, plan: int, ticket: str) -> HttpResponseBase:
    """A finished file that waited for its browser; for whom it was written, while that person sees the plan."""
    found = plan_or_404(request, plan)
    answer = writing.handed_out(found, person_of(request), ticket)
    if answer is None:
        kept = writing.KEPT_SECONDS // 60
        words = ngettext(
            "This file is not there: files are kept for %(minutes)d minute. Export it again.",
            "This file is not there: files are kept for %(minutes)d minutes. Export it again.",
            kept,
        )
        messages.error(request, words % {"minutes": kept})
        return redirect("ledger", plan=found.pk)
    return answer
