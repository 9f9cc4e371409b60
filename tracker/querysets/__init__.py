"""Reads live here, and every one starts from `visible_to(user)`.

Who sees what: people see the plans of their own government and, read-only, of governments below their unit;
other governments' rows do not exist for them. Evidence marked internal is for the units of the task,
reviewers, leaders, administrators and auditors."""

from tracker.querysets.evidence import (
    CHANGED_ADDRESS,
    DEAD_ADDRESS,
    VERSIONS_BACK,
    AddressCheckQuerySet,
    AddressTurnQuerySet,
    EvidenceQuerySet,
    EvidenceUseQuerySet,
    MarkSeen,
    expired,
    versions_before,
)
from tracker.querysets.expressions import DayNumber, JsonList, day_number
from tracker.querysets.history import JobRunQuerySet, OwnQuerySet, TaskEventQuerySet
from tracker.querysets.people import PeopleManager, UnitQuerySet, UserQuerySet
from tracker.querysets.plans import PlanPartQuerySet, PlanQuerySet, WorkAreaQuerySet
from tracker.querysets.requests import (
    AmongUnitsQuerySet,
    ChangeRequestQuerySet,
    ContributionRequestQuerySet,
    DemandQuerySet,
    NoticeQuerySet,
    NoticeReplyQuerySet,
)
from tracker.querysets.source import (
    AnnualReportQuerySet,
    LedgerImportQuerySet,
    ReportCorrectionQuerySet,
    ReportImportQuerySet,
    SourceQuerySet,
)
from tracker.querysets.tasks import (
    CARRY,
    DEMAND,
    GATED_FIELDS,
    LONGEST_SENTENCE,
    NOTICE,
    PLACE,
    PREDECESSOR,
    SUCCESSOR,
    TELLING,
    SuccessionQuerySet,
    TaskPartQuerySet,
    TaskQuerySet,
)
from tracker.querysets.visibility import OVERSIGHT_ROLES, government_visible, hidden_plans, oversees
from tracker.querysets.waiting import RETURNED, demanded_conditions, unreported, waiting_conditions

__all__ = [
    "CARRY",
    "CHANGED_ADDRESS",
    "DEAD_ADDRESS",
    "DEMAND",
    "GATED_FIELDS",
    "LONGEST_SENTENCE",
    "NOTICE",
    "OVERSIGHT_ROLES",
    "PLACE",
    "PREDECESSOR",
    "RETURNED",
    "SUCCESSOR",
    "TELLING",
    "VERSIONS_BACK",
    "AddressCheckQuerySet",
    "AddressTurnQuerySet",
    "AmongUnitsQuerySet",
    "AnnualReportQuerySet",
    "ChangeRequestQuerySet",
    "ContributionRequestQuerySet",
    "DayNumber",
    "DemandQuerySet",
    "EvidenceQuerySet",
    "EvidenceUseQuerySet",
    "JobRunQuerySet",
    "JsonList",
    "LedgerImportQuerySet",
    "MarkSeen",
    "NoticeQuerySet",
    "NoticeReplyQuerySet",
    "OwnQuerySet",
    "PeopleManager",
    "PlanPartQuerySet",
    "PlanQuerySet",
    "ReportCorrectionQuerySet",
    "ReportImportQuerySet",
    "SourceQuerySet",
    "SuccessionQuerySet",
    "TaskEventQuerySet",
    "TaskPartQuerySet",
    "TaskQuerySet",
    "UnitQuerySet",
    "UserQuerySet",
    "WorkAreaQuerySet",
    "day_number",
    "demanded_conditions",
    "expired",
    "government_visible",
    "hidden_plans",
    "oversees",
    "unreported",
    "versions_before",
    "waiting_conditions",
]
