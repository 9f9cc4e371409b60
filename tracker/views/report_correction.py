"""A corrected text of a report that is here already: put it in, see what it changes, put it in force."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker.enums import ImportState
from tracker.exceptions import InvalidInput, MoveRefused, Refusal
from tracker.forms.imports import CorrectedTextForm
from tracker.models import AnnualReport, ReportCorrection
from tracker.presenters import report_correction as shown
from tracker.services import plans, report_corrections
from tracker.views.base import person_of

FIELD = "words-"


@require_http_methods(["GET", "POST"])
def correct_report(request: HttpRequest, report: int) -> HttpResponse:
    """The form for the corrected text, and corrections made before."""
    user = person_of(request)
    rows = AnnualReport.objects.visible_to(user).select_related("government", "plan")
    found: AnnualReport = get_object_or_404(rows, pk=report)
    plans.check_founder(user, found.government)
    sent = request.method == "POST"
    form = CorrectedTextForm(request.POST if sent else None, request.FILES if sent else None)
    if sent and form.is_valid():
        try:
            start: Any = report_corrections.start_file if form.cleaned_data["file"] else report_corrections.start
            row = start(found, by=user, **form.given())
        except InvalidInput as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            return redirect("report_correction", row.pk)
    before = ReportCorrection.objects.visible_to(user).filter(report=found).select_related("begun_by")
    context = {"report": found, "form": form, "rows": shown.before(before)}
    return render(request, "tracker/report_correct.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def correction(request: HttpRequest, correction: int) -> HttpResponse:
    """What the corrected text changes, piece by piece, and the button that puts it in force."""
    rows = ReportCorrection.objects.visible_to(person_of(request))
    row: ReportCorrection = get_object_or_404(
        rows.select_related("report__government", "report__plan", "begun_by", "applied_by"), pk=correction
    )
    if request.method == "POST":
        return _act(request, row)
    return _page(request, row)


def _act(request: HttpRequest, row: ReportCorrection) -> HttpResponse:
    user = person_of(request)
    if "discard" in request.POST:
        report_corrections.discard(row.pk, by=user)
        messages.success(request, _("The correction is discarded; the report is as it was."))
        return redirect("correct_report", row.report_id)
    typed = {name.removeprefix(FIELD): str(words) for name, words in request.POST.items() if name.startswith(FIELD)}
    try:
        if typed:
            row = report_corrections.point(row.pk, typed, by=user)
        if "apply" in request.POST:
            row = report_corrections.apply(row.pk, by=user)
            messages.success(request, _("The corrected text is in force."))
    except (InvalidInput, MoveRefused) as refusal:
        return _page(request, row, 409, refusal, typed)
    return redirect("report_correction", row.pk)


def _page(
    request: HttpRequest,
    row: ReportCorrection,
    status: int = 200,
    refusal: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> HttpResponse:
    row.refresh_from_db(fields=["state", "typed"])
    context = shown.finished(row) if row.state != ImportState.DRAFT else shown.page(row, typed or {})
    refused = {"refusal": str(refusal), "refused": refusal.field} if refusal else {}
    return render(request, "tracker/report_correction.html", context | refused, status=status)
