"""What the frame around every page shows: plan, navigation with counts, demonstration notice."""

from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tracker import clock, permissions
from tracker.enums import PlanState, RequestState, Role
from tracker.models import ChangeRequest, Plan, Task, User
from tracker.querysets import OVERSIGHT_ROLES, demanded_conditions, waiting_conditions
from tracker.views.base import plans_of

# Beside the groups of `waiting_conditions`: tasks for which something was asked that the person may see.
ASKED = "asked"


def page(request: HttpRequest) -> dict[str, Any]:
    """Context of the frame; empty but for the demonstration notice where nobody is signed in."""
    frame: dict[str, Any] = {"demonstration": demonstration()}
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_authenticated or request.path.startswith("/admin/"):
        return frame
    plans = plans_of(request)
    plan = getattr(request, "plan", plans[0] if plans else None)
    frame |= {"plans": plans, "plan": plan, "imports": permissions.answers(permissions.check_import, user)}
    if plan is not None:
        frame["search_url"] = reverse("ledger", args=[plan.pk])
        if permissions.answers(permissions.check_see_burden, user, plan):
            frame["burden_url"] = reverse("burden", args=[plan.pk])
        if permissions.oversees(user, plan):
            frame["draft_url"] = reverse("annual_draft", args=[plan.pk])
        frame |= _year_end(plans, plan, user)
        frame["navigation"] = SimpleLazyObject(lambda: navigation(request, user, plan))
    return frame


def _year_end(plans: list[Plan], plan: Plan, user: User) -> dict[str, Any]:
    """Whether the plan is closed, and ways to the roll-over (to be done or read) and to the year before."""
    found: dict[str, Any] = {"is_closed": plan.state == PlanState.CLOSED}
    if found["is_closed"] or permissions.answers(permissions.check_roll_over, user, plan):
        found["roll_over_url"] = reverse("roll_over", args=[plan.pk])
    if any(row.government_id == plan.government_id and row.year == plan.year - 1 for row in plans):
        found["predecessors_url"] = reverse("predecessors", args=[plan.pk])
    return found


def demonstration() -> dict[str, Any] | None:
    return {"today": clock.today()} if settings.DEMONSTRATION else None


def navigation(request: HttpRequest, user: User, plan: Plan) -> list[dict[str, Any]]:
    """Entries {label, url, count, current}; one query for all counts."""
    counts = waiting_counts(request, user, plan)
    sees_requests = permissions.oversees(user, plan) or counts.get(ASKED)
    entries = [
        ("home", _("To do"), sum(number for name, number in counts.items() if name != ASKED)),
        ("ledger", _("Ledger"), None),
        ("review_queue", _("Review"), counts.get("review", 0)) if user.role == Role.REVIEWER else None,
        ("notices", _("Supervision"), counts.get("notice", 0)) if user.role in SUPERVISING else None,
        ("living_report", _("Living report"), None),
        ("trace", _("Trace"), None),
        ("evidence_library", _("Evidence"), None),
        ("progress_reviews", _("Reviews"), None),
        ("overview", pgettext("page", "Overview"), None),
        ("requests", _("Requests"), counts.get("decide", 0)) if sees_requests else None,
    ]
    name = request.resolver_match.url_name if request.resolver_match else ""
    return [
        {
            "url": reverse(entry[0], args=[plan.pk]),
            "label": entry[1],
            "count": entry[2] or None,
            "current": entry[0] == name or name in BELOW.get(entry[0], ()),
        }
        for entry in entries
        if entry is not None
    ]


SUPERVISING = (Role.REVIEWER, Role.LEADER, Role.ADMINISTRATOR)
# Pages that stand below an entry of the navigation.
BELOW = {
    "home": ("report_progress", "no_change", "sign_off", "calendar", "calendar_address"),
    "ledger": (
        "task",
        "move",
        "request_change",
        "raise_light",
        "ask_contribution",
        "demand",
        "issue_notice",
        "evidence",
        "evidence_new",
        "contribute",
        "disclosure",
        "public_preview",
        "rectification",
        "edit_rectification",
        "roll_over",
        "reopen_plan",
        "carry_over",
    ),
    "review_queue": ("review",),
    "notices": ("notice", "escalate_notice"),
    "requests": ("decide_request", "withdraw_request"),
    "evidence_library": ("evidence_preview", "look_again"),
    "progress_reviews": (
        "prepare_review",
        "progress_review",
        "edit_review",
        "close_review",
        "reopen_review",
        "review_record",
        "changes",
    ),
    "living_report": ("dispose_section", "dispose_shortcoming", "figures", "figure_indicator"),
    "trace": (
        "link_section",
        "link_shortcoming",
        "shortcoming",
        "predecessors",
        "link_task_predecessor",
        "link_measure_predecessor",
    ),
}


def waiting_counts(request: HttpRequest, user: User, plan: Plan) -> dict[str, int]:
    """Number of tasks per group of `waiting_conditions`, of those with a demand or notice, and ASKED for units.

    One task has one open request at most, so that "decide" counts requests.

    Read once a request.
    """
    if not hasattr(request, "_waiting"):
        conditions = waiting_conditions(user, plan, clock.today())
        conditions |= demanded_conditions(user, plan, clock.today(), conditions)
        if permissions.answers(permissions.check_decide_requests, user, plan):
            to_decide = ChangeRequest.objects.visible_to(user).filter(task__plan=plan, state=RequestState.OPEN)
            conditions["decide"] = Q(pk__in=to_decide.exclude(asked_by=user).values("task"))
        if user.role not in OVERSIGHT_ROLES:
            asked = ChangeRequest.objects.visible_to(user).filter(task__plan=plan)
            conditions[ASKED] = Q(pk__in=asked.values("task"))
        # The names carry a prefix: "returned" is a column of the task too.
        counts = {f"of_{name}": Count("pk", filter=condition) for name, condition in conditions.items()}
        found = Task.objects.visible_to(user).order_by().aggregate(**counts) if counts else {}
        request._waiting = {  # type: ignore[attr-defined]
            name.removeprefix("of_"): number for name, number in found.items()
        }
    waiting: dict[str, int] = request._waiting  # type: ignore[attr-defined]
    return waiting
