"""The model of the plan. Import from here."""

from tracker.models.evidence import AddressCheck, AddressTurn, Evidence, EvidenceUse
from tracker.models.history import Draft, TaskEvent
from tracker.models.imports import LedgerImport, ReportCorrection, ReportImport
from tracker.models.notices import Demand, NoticeReply, SupervisionNotice
from tracker.models.people import Unit, User
from tracker.models.plan import Plan, WorkArea
from tracker.models.reminders import Reminder, ReminderMessage
from tracker.models.requests import ChangeRequest, ContributionRequest
from tracker.models.rollover import CarryOver, Succession
from tracker.models.runs import JobRun
from tracker.models.source import (
    AnnualReport,
    Cause,
    Duty,
    Figure,
    Measure,
    Part,
    Section,
    Shortcoming,
)
from tracker.models.task import Indicator, Milestone, Reading, Task
from tracker.models.trace import Disposition, MeasureLink, ShortcomingJudgement, ShortcomingLink

__all__ = [
    "AddressCheck",
    "AddressTurn",
    "AnnualReport",
    "CarryOver",
    "Cause",
    "ChangeRequest",
    "ContributionRequest",
    "Demand",
    "Disposition",
    "Draft",
    "Duty",
    "Evidence",
    "EvidenceUse",
    "Figure",
    "Indicator",
    "JobRun",
    "LedgerImport",
    "Measure",
    "MeasureLink",
    "Milestone",
    "NoticeReply",
    "Part",
    "Plan",
    "Reading",
    "Reminder",
    "ReminderMessage",
    "ReportCorrection",
    "ReportImport",
    "Section",
    "Shortcoming",
    "ShortcomingJudgement",
    "ShortcomingLink",
    "Succession",
    "SupervisionNotice",
    "Task",
    "TaskEvent",
    "Unit",
    "User",
    "WorkArea",
]
