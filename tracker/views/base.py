"""What every view starts from: the plans and tasks that this person may see."""

import datetime
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.forms import BaseForm
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from tracker import clock, permissions
from tracker.exceptions import Refusal
from tracker.models import Plan, Task, User
from tracker.querysets import TaskQuerySet

LONGEST_PAGE = 6
LONGEST_KEPT = 100


def page_of(request: HttpRequest, pages: Paginator) -> Page:  # type: ignore[type-arg]
    """The page that the address asks for: the first for what is no number, the last for one beyond the end."""
    number = request.GET.get("page", "1")
    return pages.get_page(number if len(number) <= LONGEST_PAGE else 1)


def person_of(request: HttpRequest) -> User:
    """The signed-in person; every page but sign-in requires one."""
    user = request.user
    assert isinstance(user, User)
    return user


def in_this_language(lines: Iterable[str]) -> Iterator[str]:
    """The lines of a streamed answer, each made in the language of the page: the answer is drawn after it is left."""
    language, left = get_language(), iter(lines)

    def drawn() -> Iterator[str]:
        while True:
            with override(language):
                line = next(left, None)
            if line is None:
                return
            yield line

    return drawn()


def plans_of(request: HttpRequest) -> list[Plan]:
    """The plans this person sees, the current one first; read once a request."""
    if not hasattr(request, "_plans"):
        found = Plan.objects.visible_to(person_of(request)).select_related("government").defer("report__text")
        request._plans = list(found.current_first())  # type: ignore[attr-defined]
    plans: list[Plan] = request._plans  # type: ignore[attr-defined]
    return plans


def plan_or_404(request: HttpRequest, pk: int | None = None) -> Plan:
    """The plan of that key, or the current one; remembered as the plan of this page. Raises Http404."""
    plan = next((plan for plan in plans_of(request) if pk is None or plan.pk == pk), None)
    if plan is None:
        raise Http404
    request.plan = plan  # type: ignore[attr-defined]
    return plan


def visible_tasks(request: HttpRequest) -> TaskQuerySet:
    tasks: TaskQuerySet = Task.objects.visible_to(person_of(request))
    return tasks


def listed(tasks: TaskQuerySet, plan: Plan) -> list[Task]:
    """The tasks of one plan as a list, each sharing the page's plan instead of fetching its own."""
    found = list(tasks)
    for task in found:
        task.plan = plan
    return found


def task_or_404(request: HttpRequest, pk: int, *related: str, queryset: Any = None) -> Task:
    """A visible task with its plan (shared with the page's plan) and `related` rows. Raises Http404."""
    tasks = visible_tasks(request) if queryset is None else queryset
    task: Task = get_object_or_404(tasks.select_related("area", "lead_unit", "owner", *related), pk=pk)
    task.plan = plan_or_404(request, task.plan_id)
    return task


def shut(plan: Plan, *forms: BaseForm) -> bool:
    """Whether the plan takes nothing any more: the first form says so then, and no form what else is wrong in it."""
    try:
        permissions.check_open_plan(plan)
    except Refusal as refusal:
        for form in forms:
            form.errors.clear()
        forms[0].add_error(None, str(refusal))
        return True
    return False


def came_from(request: HttpRequest) -> str:
    """`next` of the form or of the address, when it is on this site; else ""."""
    back = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return back if safe else ""


def past_day(typed: str, plan: Plan) -> datetime.date | None:
    """The day, when it lies between the plan's first day and today."""
    try:
        day = datetime.date.fromisoformat(typed)
    except ValueError:
        return None
    return day if min(plan.starts_on, clock.today()) <= day <= clock.today() else None


def asked_day(request: HttpRequest, plan: Plan) -> datetime.date | None:
    """The past day that the address asks for with `as_of`; one that is none of the plan's is said, and today shown."""
    typed = request.GET.get("as_of", "")
    if not typed:
        return None
    day = past_day(typed, plan)
    if day is None:
        messages.error(request, _("“%(day)s” is no past day of this plan.") % {"day": typed[:20]})
    return day


def past_context(request: HttpRequest, past: datetime.date | None, *names: str) -> dict[str, Any]:
    """What the form for another day and the way back to today need: the day, and what else of the address is kept."""
    kept = [(name, request.GET[name][:LONGEST_KEPT]) for name in names if request.GET.get(name)]
    query = urlencode(kept)
    return {"past": past, "past_keeps": kept, "today_url": f"{request.path}?{query}" if kept else request.path}
