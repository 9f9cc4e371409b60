"""History: looked at, never touched; the database itself refuses changes."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _

from tracker.admin.base import ReadOnlyAdmin
from tracker.exceptions import BrokenChain
from tracker.models import Draft, Task, TaskEvent
from tracker.querysets import oversees
from tracker.services import history


@admin.register(TaskEvent)
class TaskEventAdmin(ReadOnlyAdmin):
    list_display = ["sequence", "at", "task", "by_label", "kind", "from_status", "to_status", "progress"]
    list_filter = ["kind"]
    list_select_related = ["task"]
    search_fields = ["task__code", "by_label", "summary", "reason"]
    date_hierarchy = "on"
    ordering = ["-sequence"]
    change_list_template = "admin/tracker/taskevent/change_list.html"

    def get_urls(self) -> Any:
        verify = path("verify/", self.admin_site.admin_view(self.verify), name="tracker_taskevent_verify")
        return [verify, *super().get_urls()]

    def verify(self, request: HttpRequest) -> HttpResponse:
        """Walk the whole chain and say how many lines are in order, or which is the first that is not."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            number = history.verify()
        except BrokenChain as broken:
            messages.error(request, _("The history is broken: %(where)s.") % {"where": broken})
        else:
            messages.success(request, _("%(number)d lines of history, all in order.") % {"number": number})
        return redirect("admin:tracker_taskevent_changelist")


@admin.register(Draft)
class DraftAdmin(ReadOnlyAdmin):
    list_display = ["task", "by", "saved_at"]
    list_select_related = ["task", "by"]

    def get_queryset(self, request: HttpRequest) -> Any:
        """What one's own people have not sent yet."""
        own = oversees(request.user, "task__plan__government")  # type: ignore[arg-type]
        return Draft.objects.filter(own, task__in=Task.objects.visible_to(request.user))  # type: ignore[arg-type]
