"""When somebody is reminded of what: the days of each occasion, its key, and how it is put into words.

An occasion is due from its day until the next one of the same thing, so that a run that was missed is made good;
its key names thing and occasion, so that nobody is reminded of it twice. Nothing here asks the database.
"""

import datetime
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker import wording
from tracker.lights import last_cutoff, missed_since
from tracker.models import Plan

DAYS_BEFORE = (30, 7, 1)
DAYS_AFTER = (1, 7)
AGAIN_EVERY = 30
CUTOFF_AHEAD = datetime.timedelta(days=3)
RETURNED_FOR = datetime.timedelta(days=2)
DAY = datetime.timedelta(days=1)


class Kind(TextChoices):
    """What an occasion is about, the most urgent first."""

    NOTICE = "notice", gettext_lazy("Supervision notices")
    OVERDUE = "overdue", gettext_lazy("Past the due date")
    RETURNED = "returned", gettext_lazy("Returned, to be resubmitted")
    DEMAND = "demand", gettext_lazy("Reports asked for")
    CUTOFF = "cutoff", gettext_lazy("Reports of the period")
    DUE = "due", gettext_lazy("Due soon")


KINDS = list(Kind)


@dataclass(frozen=True)
class Occasion:
    """One thing that somebody is reminded of. `about` is the day that it turns on, `words` say what is the matter.

    `words` are in the language that was active when they were made. What they hold everyone signed in to the
    government may see, but for notices and demands, which name number and day alone and go to their unit.
    """

    kind: Kind
    key: str
    about: datetime.date
    date: str
    path: str
    words: str
    code: str = ""
    title: str = ""

    @property
    def rank(self) -> tuple[int, datetime.date, str]:
        """Sort key: the most urgent first."""
        return KINDS.index(self.kind), self.about, self.key


@dataclass(frozen=True)
class Cutoff:
    """A cut-off that is reminded of: `since` is the first day of its period, `passed` whether it lies behind."""

    day: datetime.date
    since: datetime.date
    started_by: datetime.date
    passed: bool

    def words(self, codes: str) -> str:
        values = {"month": wording.month(self.day), "codes": codes}
        if self.passed:
            return _("reports for %(month)s have closed; not reported: %(codes)s") % values
        return _("reports for %(month)s close; not reported yet: %(codes)s") % values


def days_before(about: datetime.date, on: datetime.date) -> int | None:
    """The latest of 30, 7 and 1 days before the day that has come; None before the first and after the day."""
    left = (about - on).days
    come = [days for days in DAYS_BEFORE if 0 <= left <= days]
    return min(come, default=None)


def days_after(about: datetime.date, on: datetime.date) -> int | None:
    """The latest of 1, 7, 30 and every 30 days after the day that has come; None until then."""
    late = (on - about).days
    if late >= AGAIN_EVERY:
        return late - late % AGAIN_EVERY
    return max((days for days in DAYS_AFTER if days <= late), default=None)


def cutoff_of(plan: Plan, on: datetime.date) -> Cutoff | None:
    """The cut-off that is reminded of: the coming one from three days ahead, until then the one that has passed.

    None in the first period of a plan, until its cut-off comes near.
    """
    coming = plan.cutoff(on)
    if on >= coming - CUTOFF_AHEAD:
        return Cutoff(coming, plan.period_start(on), started_by=on, passed=False)
    since = missed_since(on, plan.reporting_period, plan.cutoff_day, plan.starts_on)
    if since is None:
        return None
    # As the light does: what began within the period had not all of it to report on.
    return Cutoff(last_cutoff(on, plan.reporting_period, plan.cutoff_day), since, started_by=since, passed=True)


def notice_step(issued: datetime.date, limit: datetime.date, on: datetime.date) -> str:
    """Where a notice stands: "issued", "half", "limit" on the day itself, then "1", "7", "30" … days after."""
    late = days_after(limit, on)
    if late is not None:
        return str(late)
    if on == limit:
        return "limit"
    half = issued + DAY * ((limit - issued).days // 2)
    return "half" if issued < half <= on else "issued"


def notice_words(step: str) -> str:
    sentences = {
        "issued": _("issued, to be answered by this day"),
        "half": _("half of the time has passed"),
        "limit": _("the limit is reached"),
    }
    return sentences.get(step) or _("the limit has passed")


def demand_step(wanted_by: datetime.date, on: datetime.date) -> str | None:
    """Where a demand stands: "before" from the day before on, "passed" after its day, None until then."""
    if on > wanted_by:
        return "passed"
    return "before" if on >= wanted_by - DAY else None


def demand_words(step: str) -> str:
    return _("a report was asked for by this day") if step == "passed" else _("a report is asked for by this day")
