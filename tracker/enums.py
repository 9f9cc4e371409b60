"""The closed lists of the model. Values are stored, labels are shown."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class UnitKind(TextChoices):
    """What a unit is. Only CITY and DISTRICT are governments and can own plans."""

    CITY = "city", _("City government")
    DISTRICT = "district", _("District or county government")
    OFFICE = "office", _("Government office")
    DEPARTMENT = "department", _("Department")
    PARTY_BODY = "party_body", _("Party body")
    SUBDISTRICT = "subdistrict", _("Subdistrict or township")


GOVERNMENT_KINDS = (UnitKind.CITY, UnitKind.DISTRICT)


class Role(TextChoices):
    CONTRIBUTOR = "contributor", _("Contributor")
    UNIT_HEAD = "unit_head", _("Unit head")
    REVIEWER = "reviewer", _("Reviewer")
    LEADER = "leader", _("Leader")
    ADMINISTRATOR = "administrator", _("Administrator")
    AUDITOR = "auditor", _("Auditor")
    VIEWER = "viewer", _("Viewer")


class PartKind(TextChoices):
    """Kinds of a report's parts; the same words as the reader's."""

    MEASURES = "measures", _("Measures and results")
    SHORTCOMINGS = "shortcomings", _("Shortcomings and causes")
    LEADERSHIP = "leadership", _("Duties of the first responsible persons")
    ARRANGEMENTS = "arrangements", _("Arrangements for the coming year")
    OTHER = "other", _("Other part")


class PlanState(TextChoices):
    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")
    CLOSED = "closed", _("Closed")
    DISCARDED = "discarded", _("Discarded")


class ImportState(TextChoices):
    """A report being read in: a draft until its plan is created."""

    DRAFT = "draft", _("In preparation")
    CREATED = "created", _("Plan created")
    DISCARDED = "discarded", _("Discarded")


class ReportingPeriod(TextChoices):
    MONTHLY = "monthly", _("Monthly")
    QUARTERLY = "quarterly", _("Quarterly")


class Nature(TextChoices):
    """任务性质."""

    ONE_OFF = "one_off", _("One-off")
    PHASED = "phased", _("Phased")
    CONTINUOUS = "continuous", _("Continuous")


class Status(TextChoices):
    """Stored status of a task; only the gate in `services.tasks` writes it."""

    UNCONFIRMED = "unconfirmed", _("Unconfirmed")
    NOT_STARTED = "not_started", _("Not started")
    IN_PROGRESS = "in_progress", _("In progress")
    AWAITING_SIGN_OFF = "awaiting_sign_off", _("Awaiting sign-off")
    UNDER_REVIEW = "under_review", _("Under review")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")


OPEN_STATUSES = (
    Status.UNCONFIRMED,
    Status.NOT_STARTED,
    Status.IN_PROGRESS,
    Status.AWAITING_SIGN_OFF,
    Status.UNDER_REVIEW,
)


class Light(TextChoices):
    """Computed, never stored (but for a light that a reviewer has raised)."""

    RED = "red", _("Red")
    YELLOW = "yellow", _("Yellow")
    BLUE = "blue", _("Blue")
    GREEN = "green", _("Green")
    GREY = "grey", _("Grey")
    DONE = "done", pgettext_lazy("light", "Done")


class Move(TextChoices):
    """Moves of a task's status, in the order of its life."""

    CONFIRM = "confirm", _("Confirm task")
    REPORT = "report", _("Report progress")
    SUBMIT = "submit", _("Submit for close-out")
    SIGN = "sign", _("Sign off")
    WITHDRAW = "withdraw", _("Withdraw")
    RETURN = "return", _("Return")
    APPROVE = "approve", _("Close out")
    REOPEN = "reopen", _("Reopen")
    CANCEL = "cancel", _("Cancel task")


class EventKind(TextChoices):
    """What a line of history tells: a move, or an act that leaves the status as it is."""

    CREATE = "create", _("Created from the report")
    CONFIRM = Move.CONFIRM.value, Move.CONFIRM.label
    REPORT = Move.REPORT.value, Move.REPORT.label
    NO_CHANGE = "no_change", _("No change")
    SUBMIT = Move.SUBMIT.value, Move.SUBMIT.label
    SIGN = Move.SIGN.value, Move.SIGN.label
    WITHDRAW = Move.WITHDRAW.value, Move.WITHDRAW.label
    RETURN = Move.RETURN.value, Move.RETURN.label
    APPROVE = Move.APPROVE.value, Move.APPROVE.label
    REOPEN = Move.REOPEN.value, Move.REOPEN.label
    CANCEL = Move.CANCEL.value, Move.CANCEL.label
    EDIT = "edit", _("Edited")
    CONTRIBUTE = "contribute", _("Contribution")
    EVIDENCE_ADD = "evidence_add", _("Evidence added")
    EVIDENCE_JUDGE = "evidence_judge", _("Evidence judged")
    LINK = "link", _("Link changed")
    MILESTONE = "milestone", _("Milestone")
    INDICATOR = "indicator", _("Indicator")
    RAISE_LIGHT = "raise_light", _("Light raised")
    REQUEST = "request", _("Change requested")
    DECIDE = "decide", _("Change decided")
    REMARK = "remark", _("Remark of the reviewers")
    ASK = "ask", _("Contribution asked for")
    DEMAND = "demand", _("Urged or asked to report")
    NOTICE = "notice", _("Supervision notice")
    REVIEW = "review", _("Decided at a progress review")
    CARRY = "carry", _("Settled for the roll-over")


class Strength(TextChoices):
    DIRECT = "direct", _("Direct")
    INDIRECT = "indirect", _("Indirect")


class LinkExtent(TextChoices):
    """How much of the numbered item a link to one of its sentences continues."""

    ITEM = "item", _("The whole item")
    SENTENCE = "sentence", _("This sentence only")


class LinkState(TextChoices):
    PROPOSED = "proposed", _("Proposed, to be confirmed")
    CONFIRMED = "confirmed", _("Confirmed")
    DISMISSED = "dismissed", _("Dismissed")


class DispositionKind(TextChoices):
    CONTINUED = "continued", _("Continued elsewhere")
    FINISHED = "finished", _("Finished")
    ABSORBED = "absorbed", _("Absorbed")
    DROPPED = "dropped", _("Dropped")


class CarryOverKind(TextChoices):
    """What becomes of a task that is open when its plan is closed."""

    CARRIED = "carried", _("Carried into next year's plan")
    FINISHED = "finished", _("Finished without a close-out")
    ABSORBED = "absorbed", _("Absorbed by another task")
    DROPPED = "dropped", _("Not pursued further")


class IndicatorDirection(TextChoices):
    UP = "up", _("Rise")
    DOWN = "down", _("Fall")
    REACH = "reach", _("Reach")


class EvidenceKind(TextChoices):
    DOCUMENT = "document", _("Document")
    NOTICE = "notice", _("Notice")
    MINUTES = "minutes", _("Minutes")
    DATA_TABLE = "data_table", _("Data table")
    WEB_PAGE = "web_page", _("Web page")
    PUBLISHED_LIST = "published_list", _("Published list")
    ACCEPTANCE = "acceptance", _("Acceptance opinion")
    TRAINING = "training", _("Training record")
    PHOTO = "photo", _("Photo")
    OTHER = "other", _("Other")


class Disclosure(TextChoices):
    PUBLIC = "public", _("Public")
    ON_REQUEST = "on_request", _("On request")
    INTERNAL = "internal", _("Internal")


class Verdict(TextChoices):
    """State of one use of an evidence item."""

    PENDING = "pending", _("To be judged")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# Uses that still count: not withdrawn, not rejected.
STANDING_VERDICTS = (Verdict.PENDING, Verdict.ACCEPTED)


class LookOutcome(TextChoices):
    """What came of one look at a web address; the same words as the looking's."""

    ALIVE = "alive", _("Reached")
    GONE = "gone", _("Answered that it is not there")
    FAULTY = "faulty", _("Answered with a fault of its own")
    UNREACHABLE = "unreachable", _("Not reached")
    SLOW = "slow", _("Took too long")
    ASTRAY = "astray", _("Sent on too often, or to no address")
    REFUSED = "refused", _("Shown to people only")
    UNTRUSTED = "untrusted", _("Its certificate is not trusted by this server")
    FORBIDDEN = "forbidden", _("Leads where this server does not go")


class LinkHealth(TextChoices):
    """What is said of an item's web address."""

    UNCHECKED = "unchecked", _("not checked yet")
    ALIVE = "alive", _("can be opened")
    UNTOLD = "untold", _("cannot be checked from this server")
    FAILING = "failing", _("last look failed")
    DEAD = "dead", _("dead")
    CHANGED = "changed", _("changed since acceptance")


class JudgementVerdict(TextChoices):
    """What became of a shortcoming at the end of the year."""

    EASED = "eased", _("Eased")
    PARTLY = "partly", _("Partly eased")
    NOT_EASED = "not_eased", _("Not eased")


class RequestKind(TextChoices):
    EXTENSION = "extension", _("Extension")
    ADJUSTMENT = "adjustment", _("Adjustment")
    CANCELLATION = "cancellation", _("Cancellation")


class ContributionState(TextChoices):
    ASKED = "asked", _("Asked for")
    ANSWERED = "answered", _("Answered")
    REPLACED = "replaced", _("Replaced")


class DemandKind(TextChoices):
    URGE = "urge", _("Urged")
    REPORT = "report", _("Report asked for")


class DemandState(TextChoices):
    OPEN = "open", _("Awaiting an answer")
    ANSWERED = "answered", _("Answered")
    REPLACED = "replaced", _("Replaced")


class NoticeLevel(TextChoices):
    """督办单 rise blue → orange → red, the next only when the last ran out or its reply was refused (Sanming 2017)."""

    BLUE = "blue", _("Blue notice")
    ORANGE = "orange", _("Orange notice")
    RED = "red", _("Red notice")


class NoticeState(TextChoices):
    ISSUED = "issued", _("Issued")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    REPLIED = "replied", _("Replied, to be judged")
    REFUSED = "refused", _("Reply refused")
    ACCEPTED = "accepted", _("Reply accepted")
    ESCALATED = "escalated", _("Escalated")
    WITHDRAWN = "withdrawn", _("Withdrawn")


OPEN_NOTICES = (NoticeState.ISSUED, NoticeState.ACKNOWLEDGED, NoticeState.REPLIED, NoticeState.REFUSED)
# The unit has not replied, or its reply did not hold.
UNANSWERED_NOTICES = (NoticeState.ISSUED, NoticeState.ACKNOWLEDGED, NoticeState.REFUSED)
# The level that follows upon each; nothing follows upon red.
NEXT_LEVEL = {NoticeLevel.BLUE: NoticeLevel.ORANGE, NoticeLevel.ORANGE: NoticeLevel.RED}


class ReplyVerdict(TextChoices):
    PENDING = "pending", _("To be judged")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Not accepted")


class ReminderChoice(TextChoices):
    """How often a person wants to be reminded; notices are told of at once whatever the choice."""

    DAILY = "daily", _("At most one message a day")
    WEEKLY = "weekly", _("One message a week")
    NONE = "none", _("None but supervision notices")


class MessageState(TextChoices):
    CLAIMED = "claimed", _("Begun")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class RequestState(TextChoices):
    OPEN = "open", _("Awaiting decision")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    REPLACED = "replaced", _("Replaced")
    WITHDRAWN = "withdrawn", _("Withdrawn")
