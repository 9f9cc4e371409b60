"""Who has an address for the own calendar; the address itself is for its person alone."""

from django.contrib import admin

from reports.models import CalendarAddress
from tracker.admin.base import ReadOnlyAdmin


@admin.register(CalendarAddress)
class CalendarAddressAdmin(ReadOnlyAdmin):
    fields = ["person", "made_at"]
    list_display = ["person", "made_at"]
    list_select_related = ["person"]
    search_fields = ["person__display_name"]
