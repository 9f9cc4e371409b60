"""What became of open tasks, and what goes back to tasks of the year before: said on their pages, looked at here."""

from django.contrib import admin

from tracker.admin.base import KeptAdmin, ReadOnlyAdmin
from tracker.models import CarryOver, Succession


class KeptReadOnlyAdmin(ReadOnlyAdmin, KeptAdmin):
    """Looked at with its history of changes."""


@admin.register(CarryOver)
class CarryOverAdmin(KeptReadOnlyAdmin):
    list_display = ["task", "kind", "reason", "into", "by", "at"]
    list_filter = ["kind", "task__plan"]
    list_select_related = ["task", "into", "by"]
    search_fields = ["task__code", "reason", "words"]


@admin.register(Succession)
class SuccessionAdmin(KeptReadOnlyAdmin):
    list_display = ["predecessor", "task", "measure", "state", "confirmed_by", "confirmed_at"]
    list_filter = ["state", "predecessor__plan"]
    list_select_related = ["predecessor", "task", "measure", "confirmed_by"]
    search_fields = ["predecessor__code", "task__code", "measure__text"]
