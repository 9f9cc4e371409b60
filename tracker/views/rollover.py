"""From one year to the next: settling open tasks, closing the plan, and the predecessors of a new plan's tasks."""

from typing import Any

from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tracker import clock, permissions, wording
from tracker.enums import OPEN_STATUSES, PlanState
from tracker.exceptions import InvalidInput, Refusal, Stale
from tracker.forms.rollover import CarryOverForm, ManyCarryOversForm, PredecessorForm, ReopeningForm
from tracker.models import Plan, Succession, Task, TaskEvent
from tracker.presenters import rollover as shown
from tracker.querysets import TaskQuerySet
from tracker.services import rollover, successions
from tracker.texts import key_of
from tracker.views.base import came_from, listed, person_of, plan_or_404, plans_of, task_or_404, visible_tasks

# Forms of single tasks may stand beside this one.
OF_MANY = "id_many_%s"


@require_http_methods(["GET", "POST"])
def roll_over(request: HttpRequest, plan: int) -> HttpResponse:
    """The wizard for those who set the plan up; of a closed plan the record, for everyone who sees it.

    `?show=` narrows the list, `?choose=` ticks the tasks for which that kind is proposed. A post settles the ticked.
    """
    found, user = plan_or_404(request, plan), person_of(request)
    if found.state == PlanState.CLOSED:
        if request.method == "POST":
            permissions.check_roll_over(user, found)
        return _record(request, found, ReopeningForm())
    permissions.check_roll_over(user, found)
    return _settle_many(request, found) if request.method == "POST" else _wizard(request, found)


def _read(request: HttpRequest, plan: Plan) -> TaskQuerySet:
    """The tasks of the plan with what was said of them, in the order of the report."""
    rows: TaskQuerySet = visible_tasks(request).with_light(plan, clock.today()).with_people()
    return rows.select_related("carry_over__into").by_place()


def _wizard(
    request: HttpRequest, plan: Plan, form: ManyCarryOversForm | None = None, status: int = 200
) -> HttpResponse:
    everything = listed(_read(request, plan), plan)
    tasks = [task for task in everything if task.status in OPEN_STATUSES]
    choose, show = request.GET.get("choose", ""), shown.tab_of(request.GET.get("show", ""), tasks)
    ticked = set(request.POST.getlist("tasks"))
    targets = shown.targets_of(everything)
    context = shown.wizard(plan, person_of(request), tasks, clock.today(), show=show, choose=choose, ticked=ticked)
    context["form"] = form or ManyCarryOversForm(initial={"kind": choose}, targets=targets, auto_id=OF_MANY)
    return render(request, "tracker/roll_over.html", context, status=status)


def _settle_many(request: HttpRequest, plan: Plan) -> HttpResponse:
    form = ManyCarryOversForm(request.POST, targets=shown.targets_of(_read(request, plan)), auto_id=OF_MANY)
    if not form.is_valid():
        return _wizard(request, plan, form, 400)
    values = dict(form.cleaned_data)
    try:
        done = rollover.decide_many(plan, values.pop("tasks"), by=person_of(request), **values)
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return _wizard(request, plan, form, 400 if isinstance(refusal, InvalidInput) else 409)
    messages.success(request, shown.settled_sentence(done))
    return redirect(f"{request.get_full_path()}#settle")


@require_http_methods(["GET", "POST"])
def carry_over(request: HttpRequest, task: int) -> HttpResponse:
    """Say what becomes of one task; `undo` takes it back. For htmx the form alone, to stand in the list."""
    user = person_of(request)
    plan = plan_or_404(request, task_or_404(request, task).plan_id)
    found = _with_last_report(request, plan, task)
    permissions.check_carry_over(user, found)
    if request.method == "POST" and "undo" in request.POST:
        rollover.undo(found.pk, by=user, seen=request.POST.get("seen"))
        messages.success(request, _("What was settled for %(code)s is taken back.") % {"code": found.code})
        return HttpResponseRedirect(_back(request, found))
    targets = shown.targets_of(visible_tasks(request).of_plan(plan).select_related("carry_over").by_place(), found.pk)
    data = request.POST if request.method == "POST" else None
    values = shown.values_of(found, plan)
    form = CarryOverForm(data, initial=values, targets=targets, auto_id=f"id_{found.pk}_%s")
    if form.is_valid():
        try:
            said = rollover.decide(found.pk, by=user, seen=request.POST.get("seen"), **form.cleaned_data)
        except (InvalidInput, Stale) as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("What becomes of %(name)s is recorded.") % {"name": found.code})
            if form.cleaned_data["words"] and not said.words and "words" in form.changed_data:
                words = _("The words for next year are not kept: only a task that is carried has them.")
                messages.warning(request, words)
            return HttpResponseRedirect(_back(request, found))
    context = {"form": form, "next": came_from(request), "back": _back(request, found)}
    context |= shown.settle_page(found, plan, clock.today())
    alone = context["alone"] = bool(getattr(request, "htmx", False))
    template = "tracker/_carry_over_form.html" if alone else "tracker/carry_over.html"
    stale = form.is_bound and request.POST.get("seen", context["seen"]) != context["seen"]
    return render(request, template, context, status=(409 if stale else 400) if form.is_bound else 200)


def _with_last_report(request: HttpRequest, plan: Plan, pk: int) -> Task:
    """The task with what was said of it and the last summary that its unit stands by."""
    reports = TaskEvent.objects.filter(task=OuterRef("pk")).reports()
    latest = Subquery(reports.order_by("-sequence").values("summary")[:1])
    rows = _read(request, plan).annotate(last_summary=latest).select_related("carry_over__by")
    task: Task = get_object_or_404(rows, pk=pk)
    task.plan = plan
    return task


def _back(request: HttpRequest, task: Task) -> str:
    return came_from(request) or f"{reverse('roll_over', args=[task.plan_id])}#task-{task.pk}"


@require_POST
def close_plan(request: HttpRequest, plan: int) -> HttpResponse:
    """Close the plan, once the person has said to be sure."""
    found, user = plan_or_404(request, plan), person_of(request)
    permissions.check_close_plan(user, found)
    back = reverse("roll_over", args=[found.pk])
    if not request.POST.get("sure"):
        messages.error(request, _("Tick that the plan is to be closed, then close it."))
        return redirect(f"{back}#close")
    try:
        rollover.close(found.pk, by=user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{back}#check")
    messages.success(request, _("The plan of %(year)d is closed.") % {"year": found.year})
    return redirect(back)


@require_POST
def reopen_plan(request: HttpRequest, plan: int) -> HttpResponse:
    """Take the closing back, with a reason."""
    found, user = plan_or_404(request, plan), person_of(request)
    permissions.check_reopen_plan(user, found)
    form = ReopeningForm(request.POST)
    status = 400
    if form.is_valid():
        try:
            rollover.reopen_plan(found.pk, by=user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            status = 400 if isinstance(refusal, InvalidInput) else 409
        else:
            messages.success(request, _("The plan of %(year)d is open again.") % {"year": found.year})
            return redirect("roll_over", plan=found.pk)
    return _record(request, found, form, status)


def _record(request: HttpRequest, plan: Plan, form: ReopeningForm, status: int = 200) -> HttpResponse:
    tasks = listed(
        visible_tasks(request).of_plan(plan).with_people().select_related("carry_over__into").by_place(), plan
    )
    context = {"form": form, **shown.record(plan, person_of(request), tasks, _beside(request, plan, 1))}
    context["shows_form"] = context["may_reopen"] and (form.is_bound or not context["reopen_refusal"])
    return render(request, "tracker/roll_over_record.html", context, status=status)


def _beside(request: HttpRequest, plan: Plan, years: int) -> Plan | None:
    """The plan that many years later, as far as this person sees it."""
    same = (row for row in plans_of(request) if row.government_id == plan.government_id)
    return next((row for row in same if row.year == plan.year + years), None)


# ---------- Predecessors ----------


@require_GET
def predecessors(request: HttpRequest, plan: int) -> HttpResponse:
    """Where each task of the plan, and each measure of its report, goes back to."""
    found = plan_or_404(request, plan)
    tasks = listed(visible_tasks(request).of_plan(found).select_related("area").by_place(), found)
    context = shown.predecessors(found, _beside(request, found, -1), person_of(request), tasks)
    return render(request, "tracker/predecessors.html", context)


@require_POST
def propose_successions(request: HttpRequest, plan: int) -> HttpResponse:
    """Compare the words of both years and store what is alike, as proposals."""
    found = plan_or_404(request, plan)
    try:
        count = successions.propose(found, by=person_of(request))
    except InvalidInput as refusal:
        messages.error(request, str(refusal))
    else:
        words = ngettext("%(count)d new proposal.", "%(count)d new proposals.", count)
        messages.success(request, words % {"count": count} if count else _("The words give no new proposal."))
    return redirect("predecessors", plan=found.pk)


@require_POST
def settle_succession(request: HttpRequest, succession: int, verdict: str) -> HttpResponse:
    """One predecessor holds, does not, or is a proposal again."""
    if verdict not in successions.VERDICTS:
        raise Http404
    user = person_of(request)
    ends = Succession.objects.visible_to(user).select_related("task__plan", "measure__section__part__report__plan")
    row = get_object_or_404(ends, pk=succession)
    plan = plan_or_404(request, successions.plan_of(row).pk)
    try:
        successions.settle(row.pk, by=user, verdict=verdict)
    except InvalidInput as refusal:
        messages.error(request, str(refusal))
    anchor = f"task-{row.task_id}" if row.task_id else f"measure-{row.measure_id}"
    return redirect(f"{reverse('predecessors', args=[plan.pk])}#{anchor}")


@require_POST
def settle_successions(request: HttpRequest, plan: int) -> HttpResponse:
    """The ticked proposals hold, or do not; the ticked confirmations are withdrawn. Each act has ticks of its own."""
    found, user = plan_or_404(request, plan), person_of(request)
    permissions.check_set_up(user, found)
    verdict = request.POST.get("verdict", "")
    keys = [key_of(typed) for typed in request.POST.getlist("confirmed" if verdict == "withdraw" else "rows")]
    try:
        count = successions.settle_many(found, keys, by=user, verdict=verdict)
    except InvalidInput as refusal:
        messages.error(request, str(refusal))
    else:
        words = ngettext("%(count)d predecessor is settled.", "%(count)d predecessors are settled.", count)
        messages.success(request, words % {"count": count})
    return redirect("predecessors", plan=found.pk)


@require_http_methods(["GET", "POST"])
def link_task_predecessor(request: HttpRequest, plan: int, task: int) -> HttpResponse:
    """Name the predecessor of a task by hand."""
    found = plan_or_404(request, plan)
    row = get_object_or_404(visible_tasks(request).of_plan(found), pk=task)
    return _link(request, found, str(row), row.quote, f"task-{row.pk}", task_id=row.pk)


@require_http_methods(["GET", "POST"])
def link_measure_predecessor(request: HttpRequest, plan: int, measure: int) -> HttpResponse:
    """Name by hand the task that a measure tells of."""
    found = plan_or_404(request, plan)
    row = get_object_or_404(successions.measures_of(found), pk=measure)
    return _link(request, found, _("a measure of the report"), row.text, f"measure-{row.pk}", measure_id=row.pk)


def _link(request: HttpRequest, plan: Plan, name: str, words: str, anchor: str, **end: Any) -> HttpResponse:
    user, earlier = person_of(request), _beside(request, plan, -1)
    permissions.check_set_up(user, plan)
    if earlier is None:
        raise Http404
    tasks = visible_tasks(request).of_plan(earlier).select_related("carry_over").by_place()
    data = request.POST if request.method == "POST" else None
    form = PredecessorForm(data, choices=shown.earlier_choices(tasks))
    back = f"{reverse('predecessors', args=[plan.pk])}#{anchor}"
    if form.is_valid():
        try:
            successions.link(plan, form.cleaned_data["predecessor"], by=user, **end)
        except InvalidInput as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The predecessor is confirmed."))
            return redirect(back)
    context = {"form": form, "back": back, "name": name, "words": wording.full_width(words)}
    return render(request, "tracker/predecessor_form.html", context, status=400 if form.is_bound else 200)
