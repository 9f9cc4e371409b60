"""The admin's front page in the order a person thinks, not in the order of the alphabet."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

ORDER = (
    "Unit",
    "User",
    "AnnualReport",
    "ReportImport",
    "ReportCorrection",
    "Part",
    "Section",
    "Measure",
    "Figure",
    "Shortcoming",
    "Cause",
    "Duty",
    "Plan",
    "LedgerImport",
    "WorkArea",
    "Task",
    "Milestone",
    "Indicator",
    "Reading",
    "MeasureLink",
    "ShortcomingLink",
    "Disposition",
    "ShortcomingJudgement",
    "Evidence",
    "EvidenceUse",
    "AddressCheck",
    "AddressTurn",
    "ChangeRequest",
    "ContributionRequest",
    "Draft",
    "TaskEvent",
    "Demand",
    "SupervisionNotice",
    "NoticeReply",
    "CarryOver",
    "Succession",
    "ReminderMessage",
    "Reminder",
    "JobRun",
)


class TrackerAdminSite(AdminSite):
    site_header = _("Plan tracker: administration")
    site_title = _("Plan tracker")
    index_title = _("Set up and correct")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """The tracker first; its models from people over the source to the plan, its proof and its history."""
        found = super().get_app_list(request, app_label)
        place = {name: number for number, name in enumerate(ORDER)}
        for app in found:
            app["models"].sort(key=lambda model: place.get(model["object_name"], len(ORDER)))
        return sorted(found, key=lambda app: app["app_label"] != "tracker")
