"""Runs of the jobs that a timer starts."""

from django.contrib import admin

from tracker.admin.base import ReadOnlyAdmin
from tracker.models import JobRun


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyAdmin):
    list_display = ["name", "started_at", "ended_at", "counts"]
    list_filter = ["name"]
