"""Plans and the tasks they are made of, up to the moment the gate takes over."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from tracker import permissions, wording
from tracker.enums import EventKind, PartKind, PlanState, Role
from tracker.exceptions import InvalidInput, MoveRefused, NotPermitted
from tracker.models import AnnualReport, Part, Plan, Section, Task, Unit, User, WorkArea
from tracker.services import history
from tracker.services.secrecy import refuse_marks
from tracker.texts import clean

SETTINGS = (
    "title",
    "starts_on",
    "ends_on",
    "red_points",
    "yellow_points",
    "near_days",
    "reporting_period",
    "cutoff_day",
)

TITLE_LENGTH = Plan._meta.get_field("title").max_length or 0

# A plan of a year, with room for one that begins early or ends late.
MOST_DAYS = 1100


def refuse_length(starts_on: datetime.date, ends_on: datetime.date) -> None:
    """Raise InvalidInput for a last day that is not after the first, or years after it: a slip of the pen."""
    if ends_on <= starts_on:
        raise InvalidInput(_("The last day must lie after the first."), field="ends_on")
    if (ends_on - starts_on).days > MOST_DAYS:
        raise InvalidInput(_("A plan lasts three years at the most."), field="ends_on")


def check_founder(by: User, government: Unit) -> None:
    """A government's administrator sets up its plans. Raises NotPermitted."""
    own = by.is_active and by.unit is not None and by.unit.government_id == government.pk
    if not own or by.role != Role.ADMINISTRATOR:
        raise NotPermitted(_("Only an administrator of %(government)s sets up its plans.") % {"government": government})


def suggested_title(headings: Iterable[str], report_title: str, government: Unit, year: int) -> str:
    """What the plan of the year may be called: as its part of the report is, when that names the year.

    Else as the report, when that names it (a ledger that plans were begun from), else by government and year.
    """
    for words in (*headings, report_title):
        if str(year) in words:
            return wording.full_width(words).strip("。：: ")[:TITLE_LENGTH]
    return f"{government}{year}年工作安排"


def hold(plan: Plan) -> None:
    """Lock the plan until the transaction ends, and read its state anew.

    For writes that hang on the plan as a whole: who waited while somebody closed it sees that, and two that write the
    same for the first time come one after the other.
    """
    rows = Plan.objects.select_for_update(of=("self",), no_key=True).filter(pk=plan.pk)
    plan.state, plan.closed_on = rows.values_list("state", "closed_on").get()


@transaction.atomic
def create_plan(report: AnnualReport, *, by: User, year: int, **settings: Any) -> Plan:
    """A draft plan with one work area per numbered item of the report's arrangements part.

    `settings` may hold any of SETTINGS; first and last day default to the calendar year, the title to
    `suggested_title`.
    """
    check_founder(by, report.government)
    unknown = set(settings) - set(SETTINGS)
    if unknown:
        raise InvalidInput(_("These fields cannot be edited: %(fields)s.") % {"fields": ", ".join(sorted(unknown))})
    settings.setdefault("starts_on", datetime.date(year, 1, 1))
    settings.setdefault("ends_on", datetime.date(year, 12, 31))
    refuse_length(settings["starts_on"], settings["ends_on"])
    if not settings.get("title"):
        parts = Part.objects.of_report(report).filter(kind=PartKind.ARRANGEMENTS).order_by("position")
        headings = parts.values_list("heading", flat=True)
        settings["title"] = suggested_title(headings, report.title, report.government, year)
    refuse_marks({"title": settings["title"]}, by=by)
    settings["title"] = clean(settings["title"]).strip()
    if len(settings["title"]) > TITLE_LENGTH:
        raise InvalidInput(
            _("The title is too long: at most %(most)d characters.") % {"most": TITLE_LENGTH}, field="plan"
        )
    plan = Plan.objects.create(government=report.government, report=report, year=year, **settings)
    sections = Section.objects.of_report(report).filter(part__kind=PartKind.ARRANGEMENTS)
    for number, section in enumerate(sections.order_by("part__position", "position"), 1):
        WorkArea.objects.create(
            plan=plan, section=section, number=number, title=section.heading, start=section.start, end=section.end
        )
    return plan


def add_area(plan: Plan, section: Section) -> WorkArea:
    """A work area for an item that a corrected text adds; those that are there keep their numbers."""
    number = (WorkArea.objects.filter(plan=plan).aggregate(last=Max("number"))["last"] or 0) + 1
    area: WorkArea = WorkArea.objects.create(
        plan=plan, section=section, number=number, title=section.heading, start=section.start, end=section.end
    )
    return area


@transaction.atomic
def create_task(area: WorkArea, *, by: User, serial: int, quote: str, start: int, title: str, **fields: Any) -> Task:
    """One commitment: `quote` must stand at `start` of the report's text, inside the area.

    `fields` may hold nature, deliverable and proposed_lead_unit; `supporting_units` are proposals too.
    Raises InvalidInput when the words are not there or another task covers them.
    """
    plan = area.plan
    permissions.check_set_up(by, plan)
    end = start + len(quote)
    if not quote or plan.report.text[start:end] != quote or not area.start <= start < end <= area.end:
        raise InvalidInput(_("These words do not stand at this place of the report."), field="quote")
    if Task.objects.filter(plan=plan, start__lt=end, end__gt=start).exists():
        raise InvalidInput(_("Another task covers these words already."), field="quote")
    texts = {"title": title, "deliverable": fields.get("deliverable", "")}
    refuse_marks(texts, by=by)
    title = clean(title).strip()
    supporting = fields.pop("supporting_units", [])
    for unit in supporting:
        if unit.government_id != plan.government_id:
            raise InvalidInput(
                _("%(value)s does not belong to the plan's government.") % {"value": unit}, field="supporting_units"
            )
    task = Task(plan=plan, area=area, serial=serial, quote=quote, start=start, end=end, title=title, **fields)
    task.save()
    task.supporting_units.set(supporting)
    history.append(task, EventKind.CREATE, by=by)
    return task


@transaction.atomic
def activate(plan: Plan, *, by: User) -> Plan:
    """Make a draft plan the government's plan: from now on everyone sees it."""
    check_founder(by, plan.government)
    if plan.state != PlanState.DRAFT:
        raise MoveRefused(_("Only a draft plan can be activated."))
    plan.state = PlanState.ACTIVE
    plan.save(update_fields=["state"])
    return plan


@transaction.atomic
def configure(plan_id: int, *, by: User, **settings: Any) -> Plan:
    """Change settings of a plan: thresholds, reporting rhythm, title, first and last day."""
    plan: Plan = Plan.objects.select_for_update(of=("self",)).select_related("government").get(pk=plan_id)
    check_founder(by, plan.government)
    permissions.check_open_plan(plan)
    unknown = set(settings) - set(SETTINGS)
    if unknown:
        raise InvalidInput(_("These fields cannot be edited: %(fields)s.") % {"fields": ", ".join(sorted(unknown))})
    for name, value in settings.items():
        setattr(plan, name, value)
    if plan.red_points < plan.yellow_points:
        raise InvalidInput(_("Red must not begin before yellow."), field="red_points")
    refuse_length(plan.starts_on, plan.ends_on)
    plan.save(update_fields=list(settings))
    return plan
