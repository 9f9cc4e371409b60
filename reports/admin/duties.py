"""Duties of leaders: kept on their page, looked at here."""

from django.contrib import admin

from reports.models import LeaderDuty
from tracker.admin.base import ReadOnlyAdmin


@admin.register(LeaderDuty)
class LeaderDutyAdmin(ReadOnlyAdmin):
    list_display = ["on", "kind", "leader", "words", "number", "review", "added_by"]
    list_filter = ["kind"]
    list_select_related = ["plan__government", "review__plan", "added_by"]
    search_fields = ["leader", "words", "number"]
    date_hierarchy = "on"
