"""The ledger as a workbook: the same rows as the page of the same address."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from reports import ledger
from reports.files import XLSX, attached
from tracker import wording
from tracker.presenters.ledger import csv_head
from tracker.views.base import person_of, plan_or_404
from tracker.views.ledger import contents


@require_GET
def ledger_workbook(request: HttpRequest, plan: int) -> HttpResponseBase:
    """All that the ledger shows for this address, as of the day it asks for."""
    found = plan_or_404(request, plan)
    held = contents(request, found)
    if held is None:
        return redirect("ledger", plan=found.pk)
    facts = [
        (_("Plan"), found.title),
        (_("Government"), str(found.government)),
        (_("As of"), wording.full_date(held.on)),
        (_("By"), str(person_of(request))),
        (_("Filter"), held.filter_words),
        (_("Tasks"), str(len(held.rows))),
        (_("Rounding"), _("Scheduled progress is linear between two days, rounded half up to whole points.")),
    ]
    address = request.build_absolute_uri(reverse("task", args=[0])).replace("/0/", "/{}/#evidence")
    content = ledger.workbook(csv_head(found), held.rows, held.on, held.extras, facts, address)
    name = f"台账_{found.government}_{found.year}_{held.on.isoformat()}.xlsx"
    return attached(content, XLSX, name, "ledger.xlsx")
