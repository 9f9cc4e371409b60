"""How much the units were asked for: for administrators, so that it does not become too much."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tracker import clock, permissions
from tracker.presenters import burden as shown
from tracker.views.base import person_of, plan_or_404


@require_GET
def burden(request: HttpRequest, plan: int) -> HttpResponse:
    """Requests, demands, notices, reminders and returns for each unit and month."""
    found, user = plan_or_404(request, plan), person_of(request)
    permissions.check_see_burden(user, found)
    return render(request, "tracker/burden.html", shown.table(found, user, clock.today()))
