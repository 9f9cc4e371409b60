"""The reviewer's queue and screen, and the unit head's signing screen."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tracker import clock, permissions, wording
from tracker.enums import Move, PlanState, Role, Status
from tracker.exceptions import NotPermitted, Refusal, Stale
from tracker.forms.review import DecisionForm, JudgementForm
from tracker.models import EvidenceUse, Plan, Task, User
from tracker.presenters import review as shown
from tracker.presenters.rows import task_row
from tracker.querysets import waiting_conditions
from tracker.services import evidence, tasks
from tracker.views.base import listed, person_of, plan_or_404, shut, task_or_404, visible_tasks


def _queue(request: HttpRequest, plan: Plan) -> list[Task]:
    """Tasks under review that this reviewer may close, the earliest due first; none once the plan is closed."""
    user, on = person_of(request), clock.today()
    waiting = waiting_conditions(user, plan, on).get("review")
    if waiting is None:
        if plan.state == PlanState.CLOSED and user.role == Role.REVIEWER:
            return []
        raise NotPermitted(_("Only reviewers have a review queue."))
    found = visible_tasks(request).with_light(plan, on).with_people().filter(waiting)
    return listed(found.order_by("due_on", "area__number", "serial"), plan)


@require_GET
def queue(request: HttpRequest, plan: int) -> HttpResponse:
    """The queue, and what is under review but for another unit's reviewer."""
    shown_plan, on, user = plan_or_404(request, plan), clock.today(), person_of(request)
    mine = _queue(request, shown_plan)
    others = visible_tasks(request).with_light(shown_plan, on).with_people()
    rest = listed(others.filter(status=Status.UNDER_REVIEW, lead_unit=user.unit_id).by_place(), shown_plan)
    context = {
        "rows": [
            task_row(task, on, due=shown.due_sentence(task), url=reverse("review", args=[task.pk])) for task in mine
        ],
        "others": [task_row(task, on, due=shown.due_sentence(task)) for task in rest],
        "unit": user.unit,
        "empty_fact": _empty_fact(shown_plan),
    }
    return render(request, "tracker/review_list.html", context)


def _empty_fact(plan: Plan) -> str:
    if plan.state == PlanState.CLOSED:
        return _("The plan is closed; nothing is reviewed in it any more")
    return _("Nothing waits for your review")


@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, task: int) -> HttpResponse:
    """Claim, sentence and evidence side by side; approve or return."""
    found = _task(request, task)
    permissions.check_role(person_of(request), (Role.REVIEWER,))
    form = DecisionForm(request.POST if request.method == "POST" else None, initial={"version": found.version})
    if request.method == "POST" and not shut(found.plan, form) and form.is_valid():
        done = _decide(request, found, form)
        if done is not None:
            return done
    return _review_page(request, found, form)


def _review_page(
    request: HttpRequest, task: Task, form: DecisionForm, judged: JudgementForm | None = None, use: int | None = None
) -> HttpResponse:
    """The screen; `judged` is a judgement that was refused, shown again at its item `use`."""
    user = person_of(request)
    rows = [task_row(item, clock.today()) for item in _queue(request, task.plan)]
    context = _screen(task, user)
    for row in context["evidence"]:
        if judged is not None:
            row["open"] = row["pk"] == use
        if row["pk"] == use:
            row["form"] = judged
    context |= {
        "form": form,
        "queue": rows,
        "position": next((place for place, row in enumerate(rows, 1) if row.pk == task.pk), None),
        "next": _after(rows, task.pk),
        "approve_refusal": shown.refusal_sentence(user, task, Move.APPROVE),
        "return_refusal": shown.refusal_sentence(user, task, Move.RETURN),
        "approve_label": Move.APPROVE.label,
        "return_label": Move.RETURN.label,
    }
    refused = bool(form.errors) or judged is not None
    return render(request, "tracker/review_detail.html", context, status=409 if refused else 200)


def _after(rows: list[Any], pk: int) -> Any:
    """The next task of the queue, the first again after the last; None when there is no other."""
    others = [row for row in rows if row.pk != pk]
    place = next((place for place, row in enumerate(rows) if row.pk == pk), 0)
    return (others[place:] + others)[0] if others else None


def _task(request: HttpRequest, pk: int) -> Task:
    tasks_with_light = visible_tasks(request)
    found = task_or_404(request, pk, "submitted_by", queryset=tasks_with_light)
    lit = visible_tasks(request).with_light(found.plan, clock.today()).get(pk=pk)
    for name in ("light_reason", "scheduled", "behind", "milestone_missed"):
        setattr(found, name, getattr(lit, name))
    return found


def _screen(task: Task, user: User) -> dict[str, Any]:
    claim = shown.claim_of(task, user)
    rows = shown.evidence_rows(task, user)
    pending = [row for row in rows if row["waits"]]
    for row in rows:
        row["form"] = JudgementForm(prefix=str(row["pk"]))
        row["open"] = bool(pending) and row["pk"] == pending[0]["pk"]
    return {
        "task": task,
        "row": task_row(task, clock.today()),
        "claim": claim.summary if claim else "",
        "claimed": f"{claim.unit_label} {claim.by_label}" if claim else "",
        "claimed_at": wording.moment(claim.at) if claim else "",
        "criteria": task.criteria.splitlines(),
        "source": shown.source_of(task),
        "upstream": shown.upstream_rows(task),
        "evidence": rows,
        "judged": len(rows) - len(pending),
        "due": shown.due_sentence(task),
    }


def _decide(request: HttpRequest, task: Task, form: DecisionForm) -> HttpResponse | None:
    """Carry the decision out; None with the sentence on the form when it is refused."""
    data, user = form.cleaned_data, person_of(request)
    acts: dict[str, tuple[Callable[..., Task], dict[str, str], str]] = {
        "approve": (tasks.approve, {"remark": data["reason"]}, _("%(code)s is closed out.")),
        "return": (tasks.send_back, {"reason": data["reason"]}, _("%(code)s goes back to the unit.")),
        "sign": (tasks.sign, {}, _("%(code)s is signed and goes to review.")),
    }
    act, words, sentence = acts[data["decision"]]
    try:
        act(task.pk, by=user, version=data["version"], **words)
    except Refusal as refusal:
        if isinstance(refusal, Stale):
            # What was typed is sent again against the task as it is now.
            sent: Any = form.data.copy()  # type: ignore[attr-defined]
            sent[form.add_prefix("version")] = str(refusal.current.get("version", ""))
            form.data = sent
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return None
    messages.success(request, sentence % {"code": task.code})
    if data["decision"] == "sign":
        return redirect("home", plan=task.plan_id)
    return redirect("review_queue", plan=task.plan_id) if user.role == Role.REVIEWER else redirect(task)


@require_POST
def judge(request: HttpRequest, use: int) -> HttpResponse:
    """The verdict on one evidence item; back to the review screen, with what was typed where it is refused."""
    found = get_object_or_404(
        EvidenceUse.objects.visible_to(person_of(request)).select_related("task__plan", "evidence"), pk=use
    )
    plan_or_404(request, found.task.plan_id)
    form = JudgementForm(request.POST, prefix=str(use))
    if not shut(found.task.plan, form) and form.is_valid():
        try:
            judged = evidence.judge(use, by=person_of(request), **form.answers())
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            words = {"number": judged.evidence.number, "verdict": judged.get_verdict_display()}
            messages.success(request, _("%(number)s: %(verdict)s.") % words)
            return redirect("review", task=found.task_id)
    task = _task(request, found.task_id)
    return _review_page(request, task, DecisionForm(initial={"version": task.version}), form, use)


@require_http_methods(["GET", "POST"])
def sign_off(request: HttpRequest, task: int) -> HttpResponse:
    """The unit head signs the unit's submission or returns it."""
    found = _task(request, task)
    user = person_of(request)
    form = DecisionForm(request.POST if request.method == "POST" else None, initial={"version": found.version})
    if request.method == "POST" and not shut(found.plan, form) and form.is_valid():
        done = _decide(request, found, form)
        if done is not None:
            return done
    permissions.check_move(user, found, Move.SIGN)
    context = _screen(found, user) | {"form": form}
    return render(request, "tracker/sign_off.html", context, status=409 if form.errors else 200)
