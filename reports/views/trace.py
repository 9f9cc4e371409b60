"""Handing out what is written from the plan: the same rows as the page of the same address."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from reports import trace
from reports.files import XLSX, attached
from reports.workbook import rounding
from tracker import clock, wording
from tracker.views.base import person_of
from tracker.views.trace import contents


@require_GET
def trace_workbook(request: HttpRequest, plan: int) -> HttpResponse:
    """Threads, matrix and gaps as far as the person may see them; the matrix as the address narrows it."""
    context = contents(request, plan)
    found, form, on = context["plan"], context["form"], context["past"] or clock.today()
    chosen = [
        f"{field.label}：{dict(field.field.choices)[form.cleaned_data[field.name]]}"
        for field in form
        if form.cleaned_data.get(field.name)
    ]
    facts = [
        (_("Plan"), str(found)),
        (_("As of"), wording.full_date(on)),
        (_("By"), str(person_of(request))),
        (_("Filter of the matrix"), "；".join(chosen) or _("none")),
        (_("Signs"), _("● direct　○ indirect　？ proposed, to be confirmed")),
        rounding(),
    ]
    name = f"脉络_{found.government}_{found.year}_{on.isoformat()}.xlsx"
    return attached(trace.workbook(context, facts), XLSX, name, "trace.xlsx")
