"""The page of one task."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from tracker import permissions
from tracker.presenters import task as shown
from tracker.views.base import person_of, task_or_404, visible_tasks


@require_GET
def task(request: HttpRequest, task: int) -> HttpResponse:
    """Everything about one task, and what this person may do with it.

    `?history=all` shows the whole timeline, `?history=reports` what was reported only.
    """
    user = person_of(request)
    found = task_or_404(
        request,
        task,
        "proposed_lead_unit",
        "area__section__part",
        queryset=shown.readable(visible_tasks(request), user),
    )
    context = shown.present(found, user, show=request.GET.get("history", ""))
    if permissions.administers(user) and permissions.can_set_up(user, found.plan):
        context["admin_url"] = reverse("admin:tracker_task_change", args=[found.pk])
    return render(request, "tracker/task_detail.html", context)
