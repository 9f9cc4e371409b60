"""A ledger comes back in: upload, preview with a verdict on every row, and one transaction."""

import queue
import threading
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker.exceptions import InvalidInput, MoveRefused
from tracker.forms.imports import LedgerFileForm
from tracker.models import LedgerImport, Plan
from tracker.presenters import ledger_import as shown
from tracker.services import ledger_imports
from tracker.spreadsheets import Sheet
from tracker.texts import enumeration
from tracker.views.base import page_of, person_of, plan_or_404

PER_PAGE = 100
# From this size on reading takes long enough for a person to wonder: what is read so far is told meanwhile.
TOLD_FROM = 400 * 1024
HERE = "<!--here-->"


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, plan: int) -> HttpResponseBase:
    """The form for the file; a large one is answered by a page that tells how far the reading is."""
    found = plan_or_404(request, plan)
    ledger_imports.check(person_of(request), found)
    sent = request.method == "POST"
    form = LedgerFileForm(request.POST if sent else None, request.FILES if sent else None)
    if not sent or not form.is_valid():
        return _form(request, found, form)
    file = form.cleaned_data["file"]
    if file.size >= TOLD_FROM:
        return StreamingHttpResponse(_telling(request, found, file.name, file.read()))
    try:
        row = _keep(request, found, file.name, ledger_imports.read(file.name, file.read()))
    except InvalidInput as refusal:
        form.add_error("file", str(refusal))
        return _form(request, found, form)
    return redirect("ledger_import", row.pk)


def _form(request: HttpRequest, plan: Plan, form: LedgerFileForm) -> HttpResponse:
    rows = LedgerImport.objects.visible_to(person_of(request)).filter(plan=plan).select_related("begun_by")
    context = {"form": form, "plan": plan, "rows": shown.begun(rows.defer("rows", "verdicts")[:20])}
    return render(request, "tracker/ledger_upload.html", context, status=400 if form.errors else 200)


def _keep(request: HttpRequest, plan: Plan, name: str, sheet: Sheet) -> LedgerImport:
    return ledger_imports.start(plan, sheet, by=person_of(request), name=name)


def _telling(request: HttpRequest, plan: Plan, name: str, content: bytes) -> Iterator[str]:
    """A page that grows while the file is read, and leads on at its end; works without script.

    The reading runs beside it in a thread that touches no database.
    """
    told: queue.Queue[int | Sheet | Exception] = queue.Queue()
    language = get_language()

    def reading() -> None:
        with override(language):
            try:
                told.put(ledger_imports.read(name, content, told.put))
            except Exception as error:  # handed over to the page, which says it or lets it through
                told.put(error)

    threading.Thread(target=reading, daemon=True).start()
    with override(language):
        page = render_to_string(
            "tracker/ledger_reading.html", {"plan": plan, "name": name, "here": mark_safe(HERE)}, request
        )
        before, _here, after = page.partition(HERE)
        yield before
        while isinstance(news := told.get(), int):
            yield format_html("<li>{}</li>\n", _("%(count)d rows read") % {"count": news})
        yield _end(request, plan, name, news)
        yield after


def _end(request: HttpRequest, plan: Plan, name: str, news: Sheet | Exception) -> str:
    """The last line: the way to the preview, or why there is none."""
    try:
        if isinstance(news, Exception):
            raise news
        row = _keep(request, plan, name, news)
    except InvalidInput as refusal:
        back = reverse("ledger_upload", args=[plan.pk])
        return format_html('<li><b>{}</b> <a href="{}">{}</a></li>', str(refusal), back, _("Choose another file"))
    url = reverse("ledger_import", args=[row.pk])
    line = '<li><a href="{0}">{1}</a></li><meta http-equiv="refresh" content="0; url={0}">'
    return format_html(line, url, _("See the preview"))


@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest, ledger_import: int) -> HttpResponse:
    """The verdict on every row (`?show=refused` only those), and the button that writes."""
    rows = LedgerImport.objects.visible_to(person_of(request)).select_related("plan__government", "begun_by")
    row = get_object_or_404(rows, pk=ledger_import)
    plan = plan_or_404(request, row.plan_id)
    if request.method == "POST":
        return _act(request, row, plan)
    return _preview(request, row, plan)


def _act(request: HttpRequest, row: LedgerImport, plan: Plan) -> HttpResponse:
    user = person_of(request)
    if "discard" in request.POST:
        ledger_imports.discard(row.pk, by=user)
        messages.success(request, _("The preview is discarded; the plan is as it was."))
        return redirect("ledger_upload", plan.pk)
    try:
        written = ledger_imports.apply(row.pk, by=user)
    except (InvalidInput, MoveRefused) as refusal:
        if row.state == "draft":
            row = ledger_imports.renew(row.pk, by=user)
        return _preview(request, row, plan, 409, refusal=str(refusal))
    found = ledger_imports.counts(written)
    messages.success(request, _("Written: %(new)d new tasks, %(changed)d changed.") % found)
    return redirect("ledger", plan.pk)


def _preview(request: HttpRequest, row: LedgerImport, plan: Plan, status: int = 200, **extra: Any) -> HttpResponse:
    wanted = request.GET.get("show", "")
    wanted = wanted if wanted in shown.LABELS else ""
    pages = Paginator(list(ledger_imports.shown(row, wanted)), PER_PAGE)
    page = page_of(request, pages)
    context = {
        "row": row,
        "plan": plan,
        "tabs": shown.tabs(row, wanted),
        "lines": [shown.line(verdict) for verdict in page.object_list],
        "page_obj": page,
        "query": f"show={wanted}" if wanted else "",
        "not_taken": enumeration(ledger_imports.not_taken(row.columns)),
        "unknown": enumeration(row.unknown),
        "may_write": ledger_imports.may_write(row),
        "counts": ledger_imports.counts(row),
        "finished": row.state != "draft",
    }
    return render(request, "tracker/ledger_import.html", context | extra, status=status)
