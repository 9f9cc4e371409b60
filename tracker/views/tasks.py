"""The page of one task."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tracker import permissions, wording
from tracker.presenters import task as shown
from tracker.presenters.task_as_of import past_page
from tracker.views.base import asked_day, person_of, task_or_404, visible_tasks


@require_GET
def task(request: HttpRequest, task: int) -> HttpResponse:
    """Everything about one task, and what this person may do with it.

    `?history=all` shows the whole timeline, `?history=reports` what was reported only, `?as_of=` a past day.
    """
    user = person_of(request)
    if request.GET.get("as_of"):
        return _past(request, task)
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


def _past(request: HttpRequest, pk: int) -> HttpResponse:
    """The task at the end of a past day, from history alone; the way to today where it did not exist then."""
    user = person_of(request)
    found = task_or_404(request, pk)
    day = asked_day(request, found.plan)
    context = past_page(found, day, user) if day else None
    if context is None:
        if day:
            messages.error(request, _("The task did not exist on %(day)s yet.") % {"day": wording.full_date(day)})
        return redirect(found)
    return render(request, "tracker/task_as_of.html", context)
