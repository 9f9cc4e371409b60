"""Depositing evidence, one item's page, taking an item back."""

import logging
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tracker import permissions
from tracker.documents import KIND_OF_MEDIA_TYPE
from tracker.exceptions import InvalidInput, NotPermitted, Refusal, SecrecyMark
from tracker.filters import EvidenceFilter
from tracker.forms.evidence import EvidenceForm
from tracker.forms.review import LookAgainForm
from tracker.models import Evidence, EvidenceUse, Task
from tracker.presenters import evidence as shown
from tracker.presenters import ledger as ledger_shown
from tracker.presenters.source import source_of
from tracker.services import evidence as service
from tracker.services import files, link_checks
from tracker.texts import key_of
from tracker.views.base import came_from, page_of, person_of, plan_or_404, shut, task_or_404, visible_tasks

logger = logging.getLogger("tracker.evidence")
PER_PAGE = 50
LONGEST_PREVIEW = 20_000


@require_http_methods(["GET", "POST"])
def evidence_new(request: HttpRequest, task: int) -> HttpResponse:
    """A new item for a task; with `?replaces=` the new version of one that is stored."""
    queryset = visible_tasks(request).with_surroundings(person_of(request))
    found = task_or_404(request, task, "area__section__part", queryset=queryset)
    replaces = _replaced(request, found)
    try:
        permissions.check_add_evidence(person_of(request), found)
    except NotPermitted:
        raise
    except Refusal:
        if request.method != "POST":
            raise
    if request.method == "POST":
        return _deposit(request, found, replaces)
    form = EvidenceForm(initial=shown.initial_of(replaces, found), by=person_of(request), task=found)
    return _form_page(request, found, form, replaces=replaces)


def _replaced(request: HttpRequest, task: Task) -> Evidence | None:
    """The item that a new version is made of. Raises Http404 for one that is not seen in this plan."""
    key = request.GET.get("replaces", "")
    if not key:
        return None
    items = Evidence.objects.visible_to(person_of(request)).filter(plan=task.plan)
    found: Evidence = get_object_or_404(items, pk=key_of(key))
    permissions.check_new_version(person_of(request), found)
    return found


def _deposit(request: HttpRequest, task: Task, replaces: Evidence | None) -> HttpResponse:
    form = EvidenceForm(request.POST, request.FILES, by=person_of(request), task=task)
    if shut(task.plan, form):
        return _form_page(request, task, form, 409, replaces=replaces)
    if not form.is_valid():
        return _form_page(request, task, form, 400, replaces=replaces)
    try:
        use = service.deposit(task.pk, by=person_of(request), replaces=replaces, **form.values())
    except SecrecyMark as refusal:
        marked = form[refusal.field] if refusal.field in form.fields else None
        return _form_page(
            request, task, form, 400, replaces=replaces, refused={"sentence": str(refusal), "field": marked}
        )
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return _form_page(request, task, form, 400 if isinstance(refusal, InvalidInput) else 409, replaces=replaces)
    sentence = _("%(number)s is added.") % {"number": use.evidence.number}
    back = came_from(request)
    again = reverse("evidence_new", args=[task.pk]) + (f"?{urlencode({'next': back})}" if back else "")
    link = format_html('<a href="{}">{}</a>', again, _("Add another"))
    messages.success(request, format_html("{} {}", sentence, link))
    return redirect(_with_added(back, use) if back else task)


def _with_added(address: str, use: EvidenceUse) -> str:
    """The address of a page that ticks what was added for it."""
    parts = urlsplit(address)
    kept = [pair for pair in parse_qsl(parts.query) if pair[0] != "added"]
    return parts._replace(query=urlencode([*kept, ("added", str(use.pk))])).geturl()


def _form_page(request: HttpRequest, task: Task, form: EvidenceForm, status: int = 200, **extra: Any) -> HttpResponse:
    context = {
        "task": task,
        "proof": form,
        "mistakes": form,
        "source": source_of(task),
        "criteria": [line.strip() for line in task.criteria.splitlines() if line.strip()],
        "next_number": service.next_number(task),
        "back": {"url": came_from(request), "label": _("Back without adding anything")},
        **extra,
    }
    return render(request, "tracker/evidence_form.html", context, status=status)


@require_GET
def library(request: HttpRequest, plan: int) -> HttpResponse:
    """The evidence of a plan as far as the person may see it, narrowed by the address."""
    found, user = plan_or_404(request, plan), person_of(request)
    start = Evidence.objects.visible_to(user).filter(plan=found)
    units = start.order_by("unit__order").values_list("unit", "unit__short_name").distinct()
    narrowed = EvidenceFilter(request.GET, start, units=[(str(pk), name) for pk, name in units])
    form, items = narrowed.form, start
    form.is_valid()
    for name, value in form.cleaned_data.items():
        items = narrowed.filters[name].filter(items, value)
    pages = Paginator(items.select_related("unit", "replaced_by", "address_check").order_by("number", "pk"), PER_PAGE)
    shown_page = page_of(request, pages)
    context = {
        "form": form,
        "chips": ledger_shown.chips(form, request.GET),
        "rows": shown.rows(list(shown_page.object_list), user),
        "page_obj": shown_page,
        "total": pages.count,
        "query": ledger_shown.without(request.GET, "page").lstrip("?"),
    }
    return render(request, "tracker/evidence_list.html", context)


@require_GET
def evidence(request: HttpRequest, evidence: int) -> HttpResponse:
    """One item: what it is, where it is used, how it was judged, which versions there are."""
    return _evidence_page(request, evidence)


def _evidence_page(request: HttpRequest, pk: int, status: int = 200, **extra: Any) -> HttpResponse:
    user = person_of(request)
    fetched = ("unit__government", "deposited_by", "task", "address_check")
    item = get_object_or_404(Evidence.objects.visible_to(user).select_related(*fetched), pk=pk)
    item.plan = plan_or_404(request, item.plan_id)
    context = {"form": LookAgainForm(), **shown.page(item, user), **extra}
    return render(request, "tracker/evidence_detail.html", context, status=status)


@require_POST
def look_again(request: HttpRequest, evidence: int) -> HttpResponse:
    """A reviewer has read a page that changed after its acceptance."""
    user = person_of(request)
    items = Evidence.objects.visible_to(user).filter(address_check__isnull=False)
    item = get_object_or_404(items.select_related("plan"), pk=evidence)
    plan_or_404(request, item.plan_id)
    permissions.check_look_again(user, item)
    form = LookAgainForm(request.POST)
    if not form.is_valid():
        return _evidence_page(request, item.pk, 400, form=form)
    try:
        link_checks.look_again(item.pk, by=user, **form.cleaned_data)
    except InvalidInput as refusal:
        form.add_error("reason", str(refusal))
        return _evidence_page(request, item.pk, 400, form=form)
    messages.success(request, _("%(number)s: what the page says now is what was accepted.") % {"number": item.number})
    return redirect(item)


def _item(request: HttpRequest, pk: int) -> Evidence:
    """An item with a file, as far as the person may see it. Raises Http404."""
    items = Evidence.objects.visible_to(person_of(request)).exclude(file_digest="")
    found: Evidence = get_object_or_404(items, pk=pk)
    plan_or_404(request, found.plan_id)
    return found


@require_GET
def evidence_file(request: HttpRequest, evidence: int) -> HttpResponseBase:
    """The file itself, to be saved: never shown by the browser, and inert if it were."""
    item = _item(request, evidence)
    return _handed_out(item, as_attachment=True)


@require_GET
def evidence_picture(request: HttpRequest, evidence: int) -> HttpResponseBase:
    """A photo inside the page of its preview; any other kind of file is not shown."""
    item = _item(request, evidence)
    if not KIND_OF_MEDIA_TYPE[item.file_type].is_picture:
        raise Http404
    return _handed_out(item, as_attachment=False)


def _handed_out(item: Evidence, *, as_attachment: bool) -> HttpResponseBase:
    try:
        # Read whole: a file is small by the limit on uploads, and no handle outlives a broken connection.
        stream = BytesIO(files.path_of(item.file_digest).read_bytes())
    except FileNotFoundError as missing:
        logger.error("the file of %s is missing: %s", item.number, item.file_digest)
        raise Http404 from missing
    answer = FileResponse(stream, as_attachment=as_attachment, filename=item.file_name, content_type=item.file_type)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@require_GET
def evidence_preview(request: HttpRequest, evidence: int) -> HttpResponse:
    """What can be shown without opening the file: its words, or the picture that it is."""
    item = _item(request, evidence)
    kind = KIND_OF_MEDIA_TYPE[item.file_type]
    try:
        words = files.preview(item)
    except FileNotFoundError as missing:
        raise Http404 from missing
    context = {
        "item": item,
        "words": words[:LONGEST_PREVIEW],
        "is_cut": len(words) > LONGEST_PREVIEW,
        "picture_url": reverse("evidence_picture", args=[item.pk]) if kind.is_picture else "",
        "file_url": reverse("evidence_file", args=[item.pk]),
    }
    return render(request, "tracker/evidence_preview.html", context)


@require_POST
def withdraw(request: HttpRequest, use: int) -> HttpResponse:
    """Take an unjudged item back from a task."""
    found = get_object_or_404(
        EvidenceUse.objects.visible_to(person_of(request)).select_related("task", "evidence"), pk=use
    )
    plan_or_404(request, found.task.plan_id)
    taken = service.withdraw(found.pk, by=person_of(request))
    words = {"number": taken.evidence.number, "code": taken.task.code}
    messages.success(request, _("%(number)s is taken back from %(code)s; it can be given again.") % words)
    return redirect(taken.task)


@require_POST
def take_newer(request: HttpRequest, use: int) -> HttpResponse:
    """The newest version of an item in the place of an older one, on one task."""
    found = get_object_or_404(
        EvidenceUse.objects.visible_to(person_of(request)).select_related("task", "evidence"), pk=use
    )
    plan_or_404(request, found.task.plan_id)
    taken = service.take_newer(found.pk, by=person_of(request))
    words = {"newer": taken.evidence.number, "older": found.evidence.number}
    messages.success(request, _("%(newer)s takes the place of %(older)s and awaits its verdict.") % words)
    return redirect(f"{taken.task.get_absolute_url()}#evidence")
