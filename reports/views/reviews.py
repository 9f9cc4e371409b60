"""Progress reviews: the list, preparing one, its agenda, the meeting, closing, and the record."""

import datetime
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from reports import permissions
from reports.enums import ReviewKind, ReviewState
from reports.forms.reviews import AddItemForm, DecisionForm, EditForm, NotesForm, ReopenForm, ReviewForm
from reports.models import Review, ReviewItem, ReviewPicture
from reports.presenters import meeting as meeting_shown
from reports.presenters import record as record_shown
from reports.presenters import reviews as shown
from reports.services import reviews as service
from tracker import clock, wording
from tracker.enums import RequestKind, Role
from tracker.exceptions import InvalidInput, NotPermitted, Refusal, Stale
from tracker.forms.moves import RequestForm
from tracker.models import Task, User
from tracker.permissions import answers
from tracker.presenters.task import readable
from tracker.texts import key_of
from tracker.views.base import page_of, person_of, plan_or_404, task_or_404, visible_tasks

RECORD_ROWS = 300
AGENDA_ROWS = 200
DIGITS = 4
ONE_DAY = datetime.timedelta(days=1)


def review_or_404(request: HttpRequest, pk: int) -> Review:
    """A visible review with its plan (shared with the page's plan). Raises Http404."""
    review: Review = get_object_or_404(Review.objects.visible_to(person_of(request)), pk=pk)
    review.plan = plan_or_404(request, review.plan_id)
    return review


@require_GET
def progress_reviews(request: HttpRequest, plan: int) -> HttpResponse:
    """The reviews of a plan, the newest first."""
    found, user = plan_or_404(request, plan), person_of(request)
    context = {
        "reviews": shown.reviews_of(found, user),
        "may_prepare": answers(permissions.check_prepare, user, found),
    }
    return render(request, "reports/review_list.html", context)


@require_http_methods(["GET", "POST"])
def prepare_review(request: HttpRequest, plan: int) -> HttpResponse:
    """Prepare the next review: its agenda builds itself."""
    found, user = plan_or_404(request, plan), person_of(request)
    permissions.check_prepare(user, found)
    form = ReviewForm(request.POST or None, initial=_presets(found, user))
    if request.method == "POST" and form.is_valid():
        made = _served(form, lambda: service.prepare(found, by=user, **form.cleaned_data))
        if made is not None:
            messages.success(
                request,
                _("%(review)s is prepared: %(number)d tasks on the agenda.")
                % {"review": made, "number": made.items.count()},
            )
            return redirect(made)
    return _form_page(request, form, _("Prepare a review"), "progress_reviews", found.pk)


def _presets(plan: Any, user: User) -> dict[str, Any]:
    """What is most likely: today, since the last review, the leader whose account there is."""
    today = clock.today()
    last = Review.objects.visible_to(user).filter(plan=plan).order_by("-number").first()
    leaders = User.objects.visible_to(user).filter(role=Role.LEADER, unit__government=plan.government_id)
    chair = last.chair if last else str(leaders.first() or "")
    since = min(last.until + ONE_DAY, today) if last and last.until < today else plan.starts_on
    return {"kind": ReviewKind.MONTHLY, "on": today, "since": since, "until": today, "chair": chair, "order": "light"}


@require_http_methods(["GET", "POST"])
def edit_review(request: HttpRequest, review: int) -> HttpResponse:
    """The head of a review that is not closed."""
    found, user = review_or_404(request, review), person_of(request)
    permissions.check_conduct(user, found)
    form = EditForm.of(found, request.POST or None)
    sent = request.method == "POST" and form.is_valid()
    if sent and _served(form, lambda: service.edit(found.pk, by=user, **form.cleaned_data)) is not None:
        messages.success(request, _("The review is changed."))
        return redirect(found)
    if sent:
        form.renew(found.pk)
    return _form_page(request, form, _("Edit the review"), "progress_review", found.pk)


def _served(form: Any, serve: Callable[[], Any]) -> Any:
    """What the service returned, or None with its refusal in the form."""
    try:
        return serve()
    except NotPermitted:
        raise
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return None


def _form_page(request: HttpRequest, form: Any, heading: str, back: str, key: int) -> HttpResponse:
    context = {"form": form, "heading": heading, "back": back, "key": key}
    return render(request, "reports/review_form.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def progress_review(request: HttpRequest, review: int) -> HttpResponse:
    """The agenda of a review as a list; a closed review shows its record."""
    found, user = review_or_404(request, review), person_of(request)
    if request.method == "POST":
        return _act(request, found, user)
    if found.state == ReviewState.CLOSED:
        return redirect("review_record", review=found.pk)
    return _agenda(request, found, user)


def _agenda(request: HttpRequest, review: Review, user: User, status: int = 200, **forms: Any) -> HttpResponse:
    notes = NotesForm(initial={"notes": review.notes, "version": review.version})
    context = {**_agenda_page(request, review, user), "add_form": AddItemForm(), "notes_form": notes, **forms}
    return render(request, "reports/review_detail.html", context, status=status)


def _agenda_page(request: HttpRequest, review: Review, user: User) -> dict[str, Any]:
    keys = shown.order_of(review, user, clock.today())
    return shown.agenda_page(review, user, page_of(request, Paginator(keys, AGENDA_ROWS)))


def _act(request: HttpRequest, review: Review, user: User) -> HttpResponse:
    """One of the small acts on a review, by the button that was pressed."""
    acts = {"refresh": _refresh, "open": _open, "add": _add, "remove": _remove, "order": _order, "notes": _notes}
    act = acts.get(request.POST.get("act", ""))
    if act is None:
        return _agenda(request, review, user, 400)
    return act(request, review, user)


def _refresh(request: HttpRequest, review: Review, user: User) -> HttpResponse:
    service.refresh(review.pk, by=user)
    messages.success(request, _("The agenda is as the plan stands now."))
    return redirect(review)


def _open(request: HttpRequest, review: Review, user: User) -> HttpResponse:
    service.open_review(review.pk, by=user)
    review.refresh_from_db(fields=["state"])
    address = _agenda_page(request, review, user)["enter_url"]
    return redirect(address or review.get_absolute_url())


def _order(request: HttpRequest, review: Review, user: User) -> HttpResponse:
    service.edit(review.pk, by=user, order=request.POST.get("order", ""))
    return redirect(review)


def _notes(request: HttpRequest, review: Review, user: User) -> HttpResponse:
    form = NotesForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        if _served(form, lambda: service.edit(review.pk, by=user, notes=data["notes"], version=data["version"])):
            messages.success(request, _("The notes are kept."))
            return redirect(review)
        form.renew(review.pk)
    return _agenda(request, review, user, 400, notes_form=form)


def _add(request: HttpRequest, review: Review, user: User) -> HttpResponse:
    form = AddItemForm(request.POST)
    if form.is_valid():
        code = form.cleaned_data["code"]
        task = visible_tasks(request).filter(plan=review.plan, code=code).first()
        if task is None:
            form.add_error("code", _("The plan has no task “%(code)s”.") % {"code": code})
        elif _served(
            form, lambda: service.add_item(review.pk, by=user, task_id=task.pk, words=form.cleaned_data["words"])
        ):
            messages.success(request, _("%(code)s is on the agenda.") % {"code": code})
            return redirect(review)
    return _agenda(request, review, user, 400, add_form=form)


def _remove(request: HttpRequest, review: Review, user: User) -> HttpResponse:
    key = request.POST.get("item", "")
    rows = ReviewItem.objects.visible_to(user).filter(review=review)
    found = rows.filter(pk=key_of(key)).first()
    if found is None:
        raise Http404
    service.remove_item(found.pk, by=user)
    return redirect(review)


def _item_or_404(request: HttpRequest, review: Review, pk: int) -> ReviewItem:
    item: ReviewItem = get_object_or_404(ReviewItem.objects.visible_to(person_of(request)), pk=pk, review=review)
    return item


@require_http_methods(["GET", "POST"])
def meeting(request: HttpRequest, review: int, item: int) -> HttpResponse:
    """One task of the agenda on the screen; what is decided is recorded on the spot."""
    found, user = review_or_404(request, review), person_of(request)
    row = _item_or_404(request, found, item)
    if request.method != "POST":
        if found.state == ReviewState.CLOSED:
            return redirect("review_record", review=found.pk)
        return _screen(request, found, row, user)
    return _decide(request, found, row, user)


def _task(request: HttpRequest, pk: int, user: User) -> Task:
    related = ("proposed_lead_unit", "area__section__part")
    return task_or_404(request, pk, *related, queryset=readable(visible_tasks(request), user))


def _screen(
    request: HttpRequest,
    review: Review,
    item: ReviewItem,
    user: User,
    form: DecisionForm | None = None,
    changes: RequestForm | None = None,
    status: int = 200,
) -> HttpResponse:
    task = _task(request, item.task_id, user)
    form = form or DecisionForm(initial=item.draft.get(str(user.pk), {}))
    values = {name: form[name].value() or "" for name in ("kind", "words", "by_date")}
    context = meeting_shown.page(review, item, task, user, values)
    context["form"] = form
    context["drafted"] = str(user.pk) in item.draft
    context["changes"] = changes or RequestForm(task=task, kind=RequestKind.ADJUSTMENT)
    return render(request, "reports/meeting.html", context, status=status)


def _decide(request: HttpRequest, review: Review, item: ReviewItem, user: User) -> HttpResponse:
    permissions.check_conduct(user, review)
    form = DecisionForm(request.POST)
    wants_changes = request.POST.get("kind") == "adjust"
    task = _task(request, item.task_id, user)
    changes = RequestForm(request.POST if wants_changes else None, task=task, kind=RequestKind.ADJUSTMENT)
    if not form.is_valid() or (wants_changes and not changes.is_valid()):
        return _screen(request, review, item, user, form, changes, 400)
    given: dict[str, Any] = {}
    if wants_changes:
        given = {"changes": changes.values()["changes"], "version": changes.cleaned_data["version"]}
    try:
        decision = service.decide(item.pk, by=user, **given, **form.cleaned_data)
    except NotPermitted:
        raise
    except Refusal as refusal:
        target = changes if wants_changes and refusal.field in changes.fields else form
        target.add_error(refusal.field if refusal.field in target.fields else None, str(refusal))
        if isinstance(refusal, Stale):
            changes.reopen(refusal.current.get("version", task.version))
        status = 400 if isinstance(refusal, InvalidInput) else 409
        return _screen(request, review, item, user, form, changes, status)
    messages.success(
        request,
        _("%(code)s: %(what)s recorded.") % {"code": task.code, "what": decision.get_kind_display()},
    )
    return redirect(_after(request, review, item, user))


def _after(request: HttpRequest, review: Review, item: ReviewItem, user: User) -> str:
    """The next task of the agenda, or the agenda after the last."""
    keys = shown.order_of(review, user, clock.today())
    following = keys[keys.index(item.pk) + 1 :] if item.pk in keys else []
    return shown.address_of(review, following[0]) if following else review.get_absolute_url()


@require_POST
def meeting_draft(request: HttpRequest, review: int, item: int) -> HttpResponse:
    """Keep what is typed on an item and not recorded yet; answers with nothing but that it is kept."""
    found, user = review_or_404(request, review), person_of(request)
    row = _item_or_404(request, found, item)
    values = {name: request.POST.get(name, "") for name in ("kind", "words", "by_date")}
    service.keep_draft(row.pk, by=user, values=values)
    said = _("Kept at %(time)s; not recorded yet.") % {"time": wording.moment(clock.now())}
    kept = values["words"].strip() or values["by_date"]
    return HttpResponse(said if kept else "", content_type="text/plain; charset=utf-8")


@require_http_methods(["GET", "POST"])
def close_review(request: HttpRequest, review: int) -> HttpResponse:
    """End the review: what is still open stands on the page before it is frozen."""
    found, user = review_or_404(request, review), person_of(request)
    permissions.check_conduct(user, found)
    context: dict[str, Any] = {}
    if request.method == "POST":
        try:
            service.close(found.pk, by=user, drop_drafts=request.POST.get("drop") == "yes")
        except NotPermitted:
            raise
        except Refusal as refusal:
            context["refusal"] = str(refusal)
        else:
            messages.success(request, _("%(review)s is closed and its picture frozen.") % {"review": found})
            return redirect("review_record", review=found.pk)
    page = _agenda_page(request, found, user)
    return render(request, "reports/review_close.html", {**page, **context}, status=409 if context else 200)


@require_http_methods(["GET", "POST"])
def reopen_review(request: HttpRequest, review: int) -> HttpResponse:
    """Open a closed review again, with a word why; its picture stays."""
    found, user = review_or_404(request, review), person_of(request)
    permissions.check_reopen(user, found)
    form = ReopenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if _served(form, lambda: service.reopen(found.pk, by=user, reason=reason)) is not None:
            return redirect(found)
    return _form_page(request, form, _("Open the review again"), "review_record", found.pk)


def picture_or_404(request: HttpRequest, review: int) -> ReviewPicture:
    """The picture of the version that the address asks for, or the newest; readable also while its review is open."""
    pictures = ReviewPicture.objects.visible_to(person_of(request)).filter(review=review)
    typed = request.GET.get("version", "")
    if typed:
        if not (typed.isascii() and typed.isdecimal() and len(typed) <= DIGITS):
            raise Http404
        pictures = pictures.filter(version=int(typed))
    found = pictures.select_related("review", "taken_by__unit").order_by("-version").first()
    if found is None:
        raise Http404
    found.review.plan = plan_or_404(request, found.review.plan_id)
    picture: ReviewPicture = found
    return picture


@require_GET
def review_record(request: HttpRequest, review: int) -> HttpResponse:
    """Who met, what was decided, and the plan as it stood then; `?version=` for an earlier closing."""
    kept = picture_or_404(request, review)
    user = person_of(request)
    context = record_shown.page(kept.review, kept)
    page = page_of(request, Paginator(context["tasks"], RECORD_ROWS))
    context |= {
        "plan": kept.review.plan,
        "page_obj": page,
        "tasks": record_shown.task_rows(page.object_list),
        "query": f"version={kept.version}",
        "versions": record_shown.versions(kept.review, kept.version),
        "is_open": kept.review.state != ReviewState.CLOSED,
        "may_reopen": answers(permissions.check_reopen, user, kept.review),
    }
    return render(request, "reports/review_record.html", context)


@require_GET
def review_picture(request: HttpRequest, review: int) -> HttpResponse:
    """The frozen picture itself, byte for byte, with its digest in the head of the answer."""
    kept = picture_or_404(request, review)
    answer = HttpResponse(kept.data, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="review-{kept.review.number}-v{kept.version}.json"'
    answer["X-Digest"] = kept.digest
    answer["X-Previous-Digest"] = kept.previous_digest
    return answer
