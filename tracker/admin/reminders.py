"""What people were reminded of."""

from django.contrib import admin

from tracker.admin.base import ReadOnlyAdmin
from tracker.models import Reminder, ReminderMessage


@admin.register(ReminderMessage)
class ReminderMessageAdmin(ReadOnlyAdmin):
    list_display = ["on", "person", "state", "subject", "sent_at", "failure"]
    list_filter = ["state"]
    list_select_related = ["person"]
    search_fields = ["person__display_name"]
    date_hierarchy = "on"


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin):
    list_display = ["key", "person", "message"]
    list_select_related = ["person", "message__person"]
    search_fields = ["key", "person__display_name"]
