"""Word documents: the supervision notice, the record of a review, and the bulletin as a draft."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from reports.documents import bulletin as bulletins
from reports.documents import notice as notices
from reports.documents import review_record as records
from reports.files import DOCX, attached
from reports.views.reviews import picture_or_404
from tracker import clock
from tracker.enums import EventKind
from tracker.models import SupervisionNotice, TaskEvent
from tracker.views.base import listed, person_of, plan_or_404, visible_tasks

REPORTS = (EventKind.REPORT, EventKind.SUBMIT)


@require_GET
def notice_sheet(request: HttpRequest, notice: int) -> HttpResponse:
    """督办单, for those who see the notice."""
    rows = SupervisionNotice.objects.visible_to(person_of(request))
    related = ("plan__government", "task__owner", "unit", "issued_by__unit", "previous__plan")
    found: SupervisionNotice = get_object_or_404(rows.select_related(*related), pk=notice)
    plan_or_404(request, found.plan_id)
    name = f"督办单_{found.plan.year}_{found.serial:03}_{found.task.code}.docx"
    return attached(notices.sheet(found), DOCX, name, f"notice-{found.serial}.docx")


@require_GET
def record_document(request: HttpRequest, review: int) -> HttpResponse:
    """The record of a closed review, of the version that the address asks for or the newest."""
    kept = picture_or_404(request, review)
    name = f"评审记录_{kept.review.plan.year}_{kept.review.number:02}_v{kept.version}.docx"
    return attached(records.record(kept.data, kept.digest), DOCX, name, f"review-{kept.review.number}.docx")


@require_GET
def bulletin(request: HttpRequest, plan: int) -> HttpResponse:
    """进展情况通报 as it would be written today: a draft for the hand that edits it."""
    found, user, on = plan_or_404(request, plan), person_of(request), clock.today()
    tasks = listed(visible_tasks(request).with_light(found, on).with_people().by_place(), found)
    # Everyone reads a bulletin: what only some may see does not stand in it.
    lines = TaskEvent.objects.visible_to(user).filter(task__plan=found, kind__in=REPORTS).signed().order_by("sequence")
    reported = {
        task: bulletins.Reported(summary, problems, next_steps)
        for task, summary, problems, next_steps in lines.values_list("task", "summary", "problems", "next_steps")
    }
    name = f"进展情况通报（草稿）_{found.government}_{found.year}_{on.isoformat()}.docx"
    return attached(bulletins.bulletin(found, tasks, reported, on, str(user)), DOCX, name, "bulletin.docx")
