"""Word documents: the supervision notice, the record of a review, and the bulletin as a draft."""

import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET

from reports.documents import bulletin as bulletins
from reports.documents import notice as notices
from reports.documents import review_record as records
from reports.files import DOCX, attached
from reports.picture import LANGUAGE
from reports.views.reviews import picture_or_404
from tracker.models import CarryOver, Plan, SupervisionNotice, TaskEvent, User
from tracker.views.base import asked_day, person_of, plan_or_404
from tracker.views.ledger import Contents, contents


@require_GET
def notice_sheet(request: HttpRequest, notice: int) -> HttpResponse:
    """督办单, for those who see the notice."""
    rows = SupervisionNotice.objects.visible_to(person_of(request))
    related = ("plan__government", "task__owner", "unit", "issued_by__unit", "previous__plan")
    found: SupervisionNotice = get_object_or_404(rows.select_related(*related), pk=notice)
    plan_or_404(request, found.plan_id)
    name = f"督办单_{found.plan.year}_{found.serial:03}_{found.task.code}.docx"
    with override(LANGUAGE):
        content = notices.sheet(found)
    return attached(content, DOCX, name, f"notice-{found.serial}.docx")


@require_GET
def record_document(request: HttpRequest, review: int) -> HttpResponse:
    """The record of a closed review, of the version that the address asks for or the newest."""
    kept = picture_or_404(request, review)
    name = f"评审记录_{kept.review.plan.year}_{kept.review.number:02}_v{kept.version}.docx"
    return attached(records.record(kept.data, kept.digest), DOCX, name, f"review-{kept.review.number}.docx")


@require_GET
def bulletin(request: HttpRequest, plan: int) -> HttpResponse:
    """进展情况通报 as a draft for the hand that edits it: the tasks that the ledger shows for the same query."""
    found, user = plan_or_404(request, plan), person_of(request)
    if request.GET.get("as_of") and asked_day(request, found) is None:
        return redirect("ledger", plan=found.pk)
    # Documents are in Chinese, the words of the filter too.
    with override(LANGUAGE):
        held = contents(request, found)
        content = _bulletin(found, user, held) if held and held.total else b""
    if held is None or not content:
        messages.error(request, _("No task fits this filter: a bulletin would have nothing to tell."))
        return redirect(f"{reverse('ledger', args=[found.pk])}?{request.GET.urlencode()}".rstrip("?"))
    name = f"进展情况通报（草稿）_{found.government}_{found.year}_{held.on.isoformat()}.docx"
    return attached(content, DOCX, name, "bulletin.docx")


def _bulletin(plan: Plan, user: User, held: Contents) -> bytes:
    tasks = [task for rows, _beside in held.pieces() for task in rows]
    settled = _settled(plan, user) if bulletins.ended_by(plan, held.on) else {}
    return bulletins.bulletin(plan, tasks, _reported(plan, held.on, user), settled, _stamp(held, user))


def _settled(plan: Plan, user: User) -> dict[int, str]:
    """{task: what became of it} for the tasks that were open when the plan was closed."""
    rows = CarryOver.objects.visible_to(user).filter(task__plan=plan)
    return dict(rows.values_list("task_id", "kind"))


def _reported(plan: Plan, on: datetime.date, user: User) -> dict[int, bulletins.Reported]:
    """The last report of each task by that day. Everyone reads a bulletin: what only some may see is not in it."""
    lines = TaskEvent.objects.visible_to(user).filter(task__plan=plan, on__lte=on).reports()
    columns = ("task", "summary", "problems", "next_steps")
    return {task: bulletins.Reported(*words) for task, *words in lines.order_by("sequence").values_list(*columns)}


def _stamp(held: Contents, user: User) -> bulletins.Stamp:
    """As of when, by whom, from which filter. What was not understood is named in the scope, but narrows nothing."""
    scope = held.filter_words if held.chips else "全部任务"
    narrowing = [chip for chip in held.chips if not chip.ignored]
    part = "、".join(bulletins.sentence_of(chip.name, chip.value, chip.words) for chip in narrowing)
    return bulletins.Stamp(held.on, str(user), scope, part, held.whole() if part else 0)
