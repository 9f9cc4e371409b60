"""A shortcoming with its whole thread, and the judgement on it at the end of the year."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker import permissions
from tracker.exceptions import InvalidInput
from tracker.forms.links import JudgementOfShortcomingForm
from tracker.models import Shortcoming
from tracker.presenters import shortcoming as shown
from tracker.services import trace
from tracker.views.base import person_of, plan_or_404


@require_http_methods(["GET", "POST"])
def shortcoming(request: HttpRequest, plan: int, shortcoming: int) -> HttpResponse:
    """Everyone who sees the plan reads it; those who set the plan up judge."""
    found, user = plan_or_404(request, plan), person_of(request)
    rows = Shortcoming.objects.visible_to(user).of_report(found.report_id)
    rows = rows.select_related("part__report").defer("part__report__text").prefetch_related("causes")
    row = get_object_or_404(rows, pk=shortcoming)
    if request.method == "POST":
        permissions.check_set_up(user, found)
    known = found.judgements.filter(shortcoming=row).first()
    data = request.POST if request.method == "POST" else None
    form = JudgementOfShortcomingForm(data, known=known, options=shown.options(found, row, user))
    if form.is_valid():
        try:
            trace.judge(found, row, by=user, **form.cleaned_data)
        except InvalidInput as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            name = shown.shortcoming_name(row.number)
            messages.success(request, _("The judgement on %(name)s is recorded.") % {"name": name})
            return redirect("shortcoming", plan=found.pk, shortcoming=row.pk)
    context = {"form": form, **shown.page(found, row, user)}
    return render(request, "tracker/shortcoming.html", context, status=400 if form.is_bound else 200)
