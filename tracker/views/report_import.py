"""Reading a report in: put in the text, check the structure, assign units and dates, create the tasks."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tracker import permissions
from tracker.enums import ImportState
from tracker.exceptions import InvalidInput, Refusal, SecrecyMark, Stale
from tracker.forms.imports import LedgerPlanForm, ReportHeadForm, ReportTextForm
from tracker.models import AnnualReport, ReportImport
from tracker.presenters import import_units as units_shown
from tracker.presenters import report_import as shown
from tracker.services import ledger_imports, plans, report_imports
from tracker.views.base import person_of, plan_or_404

HEAD = -1  # the place of the head where other places are keys of pieces


def _import(request: HttpRequest, pk: int) -> ReportImport:
    """An import of one's own government. Raises Http404, or NotPermitted for those who only look."""
    rows = ReportImport.objects.visible_to(person_of(request)).select_related("government", "saved_by", "report__plan")
    row: ReportImport = get_object_or_404(rows, pk=pk)
    return row


@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Imports begun before, and a new one."""
    user = person_of(request)
    permissions.check_import(user)
    sent = request.method == "POST"
    form = ReportTextForm(request.POST if sent else None, request.FILES if sent else None)
    if sent and "from_ledger" in request.POST:
        return _begin_ledger(request)
    if sent and "sample" in request.POST:
        return _begin(request, form, text=report_imports.sample_text(), name=_("Sample report"))
    if sent and form.is_valid():
        return _begin(request, form, **form.given())
    return _list(request, form, 400 if form.errors else 200)


def _begin(request: HttpRequest, form: ReportTextForm, **given: Any) -> HttpResponse:
    try:
        start: Callable[..., ReportImport] = report_imports.start
        row = (report_imports.start_file if "content" in given else start)(by=person_of(request), **given)
    except InvalidInput as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return _list(request, form, 400)
    return redirect("import", row.pk)


def _begin_ledger(request: HttpRequest) -> HttpResponse:
    form = LedgerPlanForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, ReportTextForm(), 400, ledger_form=form)
    file, year = form.cleaned_data["ledger"], form.cleaned_data["plan_year"]
    try:
        sheet = ledger_imports.read(file.name, file.read())
        row = report_imports.start_ledger(sheet, by=person_of(request), name=file.name, year=year)
    except InvalidInput as refusal:
        form.add_error("ledger", str(refusal))
        return _list(request, ReportTextForm(), 400, ledger_form=form)
    return redirect("import", row.pk)


def _list(
    request: HttpRequest, form: ReportTextForm, status: int = 200, ledger_form: LedgerPlanForm | None = None
) -> HttpResponse:
    rows = ReportImport.objects.visible_to(person_of(request)).select_related("saved_by").defer("text", "draft")
    context = {
        "form": form,
        "ledger_form": ledger_form
        or LedgerPlanForm(initial={"plan_year": report_imports.next_year(person_of(request))}),
        "steps": shown.steps(None, 1),
        "rows": units_shown.begun(rows),
        "offers_sample": report_imports.offers_sample(),
        "reports": units_shown.reports(AnnualReport.objects.visible_to(person_of(request)), person_of(request)),
    }
    return render(request, "tracker/import_list.html", context, status=status)


# ---------- The structure ----------


@require_http_methods(["GET", "POST"])
def structure(request: HttpRequest, report_import: int) -> HttpResponse:
    """Look through what was understood, and correct it. `?at=KEY` chooses words, `?at=-1` the head."""
    row = _import(request, report_import)
    if row.state != ImportState.DRAFT:
        return redirect("import_create", row.pk)
    at = _number(request.GET.get("at"))
    if request.method == "POST":
        return _correct(request, row)
    return _structure(request, row, at or 0)


def _structure(request: HttpRequest, row: ReportImport, at: int, status: int = 200, **extra: Any) -> HttpResponse:
    context = shown.page(row, at)
    if at == HEAD:
        context["head_form"] = extra.pop("head_form", None) or ReportHeadForm(initial=vars(context["head"]))
    return render(request, "tracker/import_structure.html", context | extra, status=status)


def _correct(request: HttpRequest, row: ReportImport) -> HttpResponse:
    """One correction; the page comes back with the words that are chosen next."""
    act, version = request.POST.get("act", ""), _number(request.POST.get("version"))
    key = _number(request.POST.get("key")) or 0
    form = ReportHeadForm(request.POST) if act == "head" else None
    if form is not None and not form.is_valid():
        return _structure(request, row, HEAD, 400, head_form=form)
    values = form.cleaned_data if form is not None else {}
    try:
        row = _act(request, row, act, key, version, values)
    except Stale as refusal:
        row = _import(request, row.pk)
        return _structure(request, row, key, 409, refusal=str(refusal))
    except InvalidInput as refusal:
        return _structure(request, row, key, 400, refusal=str(refusal))
    return _again(request, row, 0 if act == "head" else key)


def _act(
    request: HttpRequest, row: ReportImport, act: str, key: int, version: int | None, values: dict[str, Any]
) -> ReportImport:
    """Do what the button said. Raises InvalidInput or Stale."""
    post = request.POST
    common: dict[str, Any] = {"by": person_of(request), "version": version}

    def number(name: str) -> int | None:
        return _number(post.get(name))

    acts: dict[str, Callable[[], ReportImport]] = {
        "head": lambda: report_imports.set_head(row.pk, **values, **common),
        "settle": lambda: report_imports.settle(row.pk, post.get("name", ""), post.get("choice", ""), **common),
        "settle_all": lambda: report_imports.settle_all(row.pk, **common),
        "describe": lambda: report_imports.describe(
            row.pk, key, title=post.get("title", ""), nature=post.get("nature", ""), **common
        ),
        "split": lambda: report_imports.correct(
            row.pk, "split", key=key, at=number("at"), words=post.get("words", "").strip(), **common
        ),
        "move": lambda: report_imports.correct(
            row.pk, "move", key=key, start=number("start") or 0, end=number("end") or 0, **common
        ),
        "join": lambda: report_imports.correct(row.pk, "join", key=key, **common),
        "drop": lambda: report_imports.correct(row.pk, "drop", key=key, **common),
        "pair": lambda: report_imports.correct(row.pk, "pair", key=key, shortcoming=number("shortcoming"), **common),
        "set_kind": lambda: report_imports.correct(row.pk, "set_kind", key=key, kind=post.get("kind", ""), **common),
        "set_role": lambda: report_imports.correct(row.pk, "set_role", key=key, role=post.get("role", ""), **common),
    }
    if act not in acts:
        raise InvalidInput(_("This correction is not known."))
    return acts[act]()


def _again(request: HttpRequest, row: ReportImport, at: int) -> HttpResponse:
    """Without script the page's address again; with it the page right away, saving a request."""
    if request.htmx:  # type: ignore[attr-defined]
        return _structure(request, row, at, moved=True)
    address = reverse("import", args=[row.pk])
    return redirect(f"{address}?at={at}#chosen" if at else f"{address}#unsure")


def _number(typed: str | None) -> int | None:
    """A key or place as typed, None when it is none."""
    text = (typed or "").strip()
    digits = text.removeprefix("-")
    known = digits.isascii() and digits.isdecimal() and len(digits) < 10
    return int(text) if known else None


# ---------- Units, dates and links ----------


@require_http_methods(["GET", "POST"])
def units(request: HttpRequest, report_import: int) -> HttpResponse:
    """Who leads, until when, and what last year's words a task goes back to: one work area at a time (`?area=`)."""
    row = _import(request, report_import)
    if row.state != ImportState.DRAFT:
        return redirect("import_create", row.pk)
    area = _number(request.GET.get("area")) or 1
    if request.method == "GET":
        return render(request, "tracker/import_units.html", units_shown.page(row, area))
    try:
        typed = units_shown.typed(row, area, request.POST)
        row = report_imports.assign(
            row.pk, by=person_of(request), version=_number(request.POST.get("version")), **typed
        )
    except Refusal as refusal:
        if isinstance(refusal, Stale):
            row = _import(request, row.pk)
        context = units_shown.page(row, area, request.POST) | {"refusal": str(refusal), "refused": refusal.field}
        return render(request, "tracker/import_units.html", context, status=409 if isinstance(refusal, Stale) else 400)
    if "next" in request.POST:
        return redirect(units_shown.after(row, area))
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "tracker/import_units.html", units_shown.page(row, area) | {"moved": True})
    return redirect(f"{reverse('import_units', args=[row.pk])}?area={area}")


# ---------- The end ----------


@require_http_methods(["GET", "POST"])
def create(request: HttpRequest, report_import: int) -> HttpResponse:
    """What would be created, and the button that creates it; afterwards, what came of it."""
    row = _import(request, report_import)
    context = units_shown.summary(row)
    if request.method == "POST":
        version, title = _number(request.POST.get("version")), request.POST.get("plan_title", "")
        try:
            plan = report_imports.create(row.pk, by=person_of(request), version=version, plan_title=title)
        except Refusal as refusal:
            kept = {} if isinstance(refusal, SecrecyMark) else {"plan_title": title}
            context |= {"refusal": str(refusal), "head_wanted": refusal.field in ("title", "issuer", "year"), **kept}
            return render(request, "tracker/import_create.html", context, status=409)
        count = plan.tasks.count()
        words = ngettext("%(count)d task is created.", "%(count)d tasks are created.", count) % {"count": count}
        link = format_html('<a href="{}">{}</a>', reverse("living_report", args=[plan.pk]), _("See them in the report"))
        messages.success(request, format_html("{} {}", words, link))
        return redirect("import_create", row.pk)
    return render(request, "tracker/import_create.html", context)


@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, report_import: int) -> HttpResponse:
    """Give an import up, after a question."""
    row = _import(request, report_import)
    if request.method == "POST":
        report_imports.discard(row.pk, by=person_of(request))
        messages.success(request, _("The import is discarded; its year is free again."))
        return redirect("imports")
    return render(request, "tracker/import_discard.html", {"row": row, "steps": shown.steps(None, 0)})


@require_POST
def activate(request: HttpRequest, plan: int) -> HttpResponse:
    """Put a draft plan in force."""
    found = plan_or_404(request, plan)
    plans.activate(found, by=person_of(request))
    messages.success(request, _("The plan of %(year)d is in force; everyone sees it now.") % {"year": found.year})
    return redirect("home", found.pk)
