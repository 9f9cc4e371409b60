"""The closed lists of what is written from the plan. Values are stored, labels are shown."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ReviewKind(TextChoices):
    MONTHLY = "monthly", _("Monthly review")
    QUARTERLY = "quarterly", _("Quarterly review")
    HALF_YEAR = "half_year", _("Half-year review")
    ANNUAL = "annual", _("Year-end review")


class ReviewState(TextChoices):
    PREPARED = "prepared", _("Prepared")
    OPEN = "open", _("Under way")
    CLOSED = "closed", _("Closed")


class AgendaOrder(TextChoices):
    LIGHT = "light", _("by light")
    AREA = "area", _("by work area")
    UNIT = "unit", _("by lead unit")


class AgendaReason(TextChoices):
    """Why a task stands on the agenda, in the order in which a meeting takes them."""

    RED = "red", _("red")
    YELLOW = "yellow", _("yellow")
    YELLOW_AGAIN = "yellow_again", _("yellow at the last review too")
    REQUEST = "request", _("change request pending")
    AWAITING = "awaiting", _("awaiting a decision")
    UNCONFIRMED = "unconfirmed", _("unconfirmed")
    NO_OWNER = "no_owner", _("no owner or due date")
    SUSPECT = "suspect", _("suspect link")
    DEAD_EVIDENCE = "dead_evidence", _("dead evidence")
    NOTICE = "notice", _("open supervision notice")
    ADDED = "added", _("added by the chair")


class DecisionKind(TextChoices):
    NOTE = "note", _("Take note")
    URGE = "urge", _("Urge")
    SUPERVISE = "supervise", _("Supervise")
    APPROVE = "approve", _("Approve the request")
    REFUSE = "refuse", _("Refuse the request")
    ADJUST = "adjust", _("Adjust")
    REPORT = "report", _("Ask for a report")


class DutyKind(TextChoices):
    """Acts of the first responsible persons, as the third part of an annual report tells them."""

    REVIEW = "review", _("Chaired a progress review")
    MEETING = "meeting", _("Chaired a meeting")
    STUDY = "study", _("Study session")
    ARTICLE = "article", _("Signed article")
    OTHER = "other", _("Other act")


class DateKind(TextChoices):
    """What stands in a calendar, in the order of one day."""

    REVIEW = "review", _("Progress review")
    CUTOFF = "cutoff", _("Reporting cut-off")
    NOTICE = "notice", _("Limit of a supervision notice")
    DEMAND = "demand", _("Answer wanted by this day")
    DUE = "due", _("Due date")
    MILESTONE = "milestone", _("Milestone")


class DisclosureState(TextChoices):
    """What the disclosure review said of a task's line of the public ledger."""

    PASSED = "passed", _("May be published")
    WITHHELD = "withheld", _("Not to be published")
