"""History: looked at, never touched; the database itself refuses changes."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from tracker.admin.base import ReadOnlyAdmin
from tracker.models import Draft, Task, TaskEvent
from tracker.querysets import oversees


@admin.register(TaskEvent)
class TaskEventAdmin(ReadOnlyAdmin):
    list_display = ["sequence", "at", "task", "by_label", "kind", "from_status", "to_status", "progress"]
    list_filter = ["kind"]
    list_select_related = ["task"]
    search_fields = ["task__code", "by_label", "summary", "reason"]
    date_hierarchy = "on"
    ordering = ["-sequence"]


@admin.register(Draft)
class DraftAdmin(ReadOnlyAdmin):
    list_display = ["task", "by", "saved_at"]
    list_select_related = ["task", "by"]

    def get_queryset(self, request: HttpRequest) -> Any:
        """What one's own people have not sent yet."""
        own = oversees(request.user, "task__plan__government")  # type: ignore[arg-type]
        return Draft.objects.filter(own, task__in=Task.objects.visible_to(request.user))  # type: ignore[arg-type]
