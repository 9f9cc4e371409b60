"""Demands, supervision notices and their replies: made and answered on the pages of the task, looked at here."""

from django.contrib import admin

from tracker.admin.base import ReadOnlyAdmin
from tracker.models import Demand, NoticeReply, SupervisionNotice


@admin.register(Demand)
class DemandAdmin(ReadOnlyAdmin):
    list_display = ["task", "kind", "unit", "words", "wanted_by", "state", "asked_by", "asked_at"]
    list_filter = ["kind", "state"]
    list_select_related = ["task", "unit", "asked_by"]
    search_fields = ["task__code", "words"]


@admin.register(SupervisionNotice)
class SupervisionNoticeAdmin(ReadOnlyAdmin):
    list_display = ["number", "level", "task", "unit", "limit_on", "state", "issued_by", "issued_at"]
    list_filter = ["level", "state"]
    list_select_related = ["plan", "task", "unit", "issued_by"]
    search_fields = ["task__code", "demand"]


@admin.register(NoticeReply)
class NoticeReplyAdmin(ReadOnlyAdmin):
    list_display = ["notice", "by", "at", "verdict", "judged_by", "judged_at"]
    list_filter = ["verdict"]
    list_select_related = ["notice__plan", "by", "judged_by"]
    search_fields = ["notice__task__code", "words"]
