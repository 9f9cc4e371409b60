"""The rectification ledger: every shortcoming with what puts it right, as page and workbook."""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from reports import permissions
from reports.documents.layout import official_date
from reports.files import XLSX, attached
from reports.forms.rectification import RectificationForm
from reports.models import Rectification
from reports.presenters import rectification as shown
from reports.services import rectification as service
from reports.workbook import Book
from tracker import clock, wording
from tracker.exceptions import InvalidInput, Stale
from tracker.models import Plan, Shortcoming
from tracker.presenters.report_notes import shortcoming_name
from tracker.views.base import person_of, plan_or_404


@require_GET
def rectification(request: HttpRequest, plan: int) -> HttpResponse:
    """Everyone who sees the plan reads it; those who set it up settle goal and way of checking."""
    found, user, on = plan_or_404(request, plan), person_of(request), clock.today()
    problems = shown.problems(found, user, on)
    context = {"plan": found, "sections": shown.page(found, problems, user), "on": wording.full_date(on)}
    return render(request, "reports/rectification.html", context)


@require_GET
def rectification_workbook(request: HttpRequest, plan: int) -> HttpResponse:
    """The twelve columns, with what this person may see."""
    found, user, on = plan_or_404(request, plan), person_of(request), clock.today()
    rows = list(shown.file_rows(shown.problems(found, user, on)))
    facts = [
        ("计划", found.title),
        ("政府", str(found.government)),
        ("截至", official_date(on)),
        ("导出人", str(user)),
        ("范围", "上年度报告的全部不足，及已确认回应它们的任务"),
        ("取整", "数字照单位填报原文，未作取整"),
    ]
    with Book() as book:
        book.cover("说明", f"{found.title}整改台账", facts)
        book.table("整改台账", shown.HEADS, rows)
    name = f"整改台账_{found.government}_{found.year}_{on.isoformat()}.xlsx"
    return attached(book.content(), XLSX, name, "rectification.xlsx")


@require_http_methods(["GET", "POST"])
def edit_rectification(request: HttpRequest, plan: int, shortcoming: int) -> HttpResponse:
    """The goal of one shortcoming, and how it is checked."""
    found, user = plan_or_404(request, plan), person_of(request)
    rows = Shortcoming.objects.visible_to(user).of_report(found.report_id).select_related("part")
    row = get_object_or_404(rows, pk=shortcoming)
    permissions.check_rectification(user, found)
    if request.method != "POST":
        state = service.state_of(Rectification.objects.visible_to(user).filter(shortcoming=row).first())
        return _form(request, found, row, RectificationForm(initial={**state, "seen": _written(state)}))
    form = RectificationForm(request.POST)
    if not form.is_valid():
        return _form(request, found, row, form, 400)
    values = {name: form.cleaned_data[name] for name in service.FIELDS}
    try:
        service.settle(found, row, by=user, seen=form.seen_state(), **values)
    except Stale as refusal:
        return _form(request, found, row, _again(form, refusal), 409, now=refusal.current)
    except InvalidInput as refusal:
        form.add_error(refusal.field, str(refusal))
        return _form(request, found, row, form, 400)
    messages.success(request, _("%(name)s: the rectification is settled.") % {"name": shortcoming_name(row.number)})
    return redirect("rectification", plan=found.pk)


def _written(state: Mapping[str, str]) -> str:
    return json.dumps(dict(state), ensure_ascii=False)


def _again(form: RectificationForm, refusal: Stale) -> RectificationForm:
    """The form with what was typed, now knowing what is there: sent again, it is meant so."""
    data = form.data.copy()
    data["seen"] = _written(refusal.current)
    fresh = RectificationForm(data)
    fresh.add_error(None, str(refusal))
    return fresh


def _form(
    request: HttpRequest, plan: Plan, row: Shortcoming, form: RectificationForm, status: int = 200, **extra: Any
) -> HttpResponse:
    context = {
        "plan": plan,
        "form": form,
        "name": shortcoming_name(row.number),
        "words": wording.full_width(row.text),
        **extra,
    }
    return render(request, "reports/rectification_form.html", context, status=status)
