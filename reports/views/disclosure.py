"""Disclosure review, its switch, and the public ledger as those inside see it beforehand."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from reports import permissions
from reports.enums import DisclosureState
from reports.files import CSV, XLSX, attached
from reports.forms.disclosure import RulingForm
from reports.presenters import disclosure as shown
from reports.presenters import public_files as files
from reports.services import disclosure as service
from reports.services import publishable
from tracker import clock, wording
from tracker.exceptions import InvalidInput, MoveRefused, Refusal, Stale
from tracker.forms.fields import KeysField
from tracker.models import Plan
from tracker.permissions import answers
from tracker.texts import clean
from tracker.views.base import page_of, person_of, plan_or_404, visible_tasks

PER_PAGE = 50
FRESH = "fresh"
STATES = {"pass": DisclosureState.PASSED, "withhold": DisclosureState.WITHHELD}


@require_http_methods(["GET", "POST"])
def disclosure(request: HttpRequest, plan: int) -> HttpResponse:
    """Every line that could be published; one or several are passed or withheld at once, or a report is taken."""
    found, user = plan_or_404(request, plan), person_of(request)
    permissions.check_disclose(user, found)
    lines = service.lines(found, visible_tasks(request))
    if request.method != "POST":
        return _page(request, found, lines, {})
    typed = {line.task.pk: RulingForm.of(line, request.POST) for line in lines if RulingForm.is_in(request.POST, line)}
    try:
        if request.POST.get("act", "").startswith(FRESH):
            return _fresh(request, found, lines, typed)
        number, state = _ruled(request, found, typed)
    except Refusal as refusal:
        return _refused(request, found, typed, refusal)
    _say(request, number, state)
    chosen = _chosen(request)[1]
    left = {key: form for key, form in typed.items() if form.has_changed() and key not in chosen}
    if not left:
        return redirect(request.get_full_path())
    return _page(request, found, service.lines(found, visible_tasks(request)), left)


def _ruled(request: HttpRequest, plan: Plan, forms: dict[int, RulingForm]) -> tuple[int, DisclosureState]:
    """Rule as the pressed button says. Raises the refusal of the first line that cannot be ruled so."""
    act, keys = _chosen(request)
    if not act:
        raise InvalidInput(
            _("Enter rules nothing: press the button of the line, or one of those below for the ticked.")
        )
    if act not in STATES:
        raise InvalidInput(_("Choose whether to pass or to withhold."))
    if not keys:
        raise InvalidInput(_("Tick the lines that you pass or withhold together."))
    if unknown := [key for key in keys if key not in forms]:
        raise InvalidInput(_("One of these tasks is not open to disclosure review."), field=str(unknown[0]))
    for key in keys:
        if not forms[key].is_valid():
            raise InvalidInput(_("Something typed cannot be kept; it is marked below."))
    reason = clean(request.POST.get("reason", "")).strip() if act == "withhold" else ""
    rulings = [forms[key].ruling(key, reason) for key in keys]
    together = "-" not in request.POST["act"]
    number = service.rule(plan, by=person_of(request), state=STATES[act], rulings=rulings, together=together)
    return number, STATES[act]


def _fresh(
    request: HttpRequest, plan: Plan, lines: Sequence[service.Line], forms: dict[int, RulingForm]
) -> HttpResponse:
    """The page with the last report in the place of a line's words: what is ruled waits for the buttons."""
    _act, keys = _chosen(request)
    line = next((line for line in lines if line.task.pk in keys), None)
    if line is None or line.task.pk not in forms:
        raise InvalidInput(_("One of these tasks is not open to disclosure review."))
    forms[line.task.pk].takes_report(line)
    kept: dict[str, Any] = {"picked": request.POST.getlist("pick"), "reason": request.POST.get("reason", "")}
    return _page(request, plan, lines, forms, taken=line.task.pk, **kept)


def _chosen(request: HttpRequest) -> tuple[str, list[int]]:
    """(pass or withhold, tasks): the line beside the button, or those that are ticked."""
    act, _dash, key = request.POST.get("act", "").partition("-")
    try:
        keys = KeysField(required=False).clean([key] if key else request.POST.getlist("pick"))
    except ValidationError as error:
        raise InvalidInput(error.messages[0]) from error
    return act, keys


def _refused(request: HttpRequest, plan: Plan, forms: dict[int, RulingForm], refusal: Refusal) -> HttpResponse:
    """The page with what was typed, the refusal at its line."""
    lines = service.lines(plan, visible_tasks(request))
    name, _dash, key = (refusal.field or "").partition("-")
    form = forms.get(int(key)) if key.isdecimal() else None
    if form is not None:
        form.is_valid()
        form.add_error(name, str(refusal))
    if isinstance(refusal, Stale):
        current = next((line for line in lines if line.task.pk == refusal.current["task"]), None)
        if current is not None and current.task.pk in forms:
            forms[current.task.pk].shows_anew(current)
    if isinstance(refusal, service.HeldBack):
        for task, sentence in refusal.lines.items():
            forms[task].add_error("words", sentence)
    status = 400
    if isinstance(refusal, Stale | MoveRefused):
        status = 409
    elif isinstance(refusal, service.HeldBack) or not request.POST.get("act"):
        status = 422
    return _page(request, plan, lines, forms, status, refusal=str(refusal), picked=request.POST.getlist("pick"))


def _say(request: HttpRequest, number: int, state: DisclosureState) -> None:
    if state == DisclosureState.PASSED:
        words = ngettext("%(number)d line may be published.", "%(number)d lines may be published.", number)
    else:
        words = ngettext("%(number)d line is withheld.", "%(number)d lines are withheld.", number)
    messages.success(request, words % {"number": number})


def _page(
    request: HttpRequest,
    plan: Plan,
    lines: Sequence[service.Line],
    typed: dict[int, RulingForm],
    status: int = 200,
    **extra: Any,
) -> HttpResponse:
    wanted = request.GET.get("show", "")
    tabs = shown.tabs(lines, wanted)
    if wanted not in {tab.value for tab in tabs}:
        wanted, tabs = "", shown.tabs(lines, "")
    # A line with something typed or refused stays, under whatever tab it belongs now.
    kept = [line for line in lines if not wanted or shown.state_of(line) == wanted or line.task.pk in typed]
    pages = Paginator(kept, PER_PAGE)
    page, names = page_of(request, pages), publishable.names_of(plan)
    never = visible_tasks(request).of_plan(plan).filter(status__in=service.NEVER).order_by()
    context = {
        "plan": plan,
        "tabs": tabs,
        "rows": [shown.row(line, typed.get(line.task.pk) or RulingForm.of(line), names) for line in page.object_list],
        "page_obj": page,
        "query": f"show={wanted}" if wanted else "",
        "not_here": shown.not_here(Counter(never.values_list("status", flat=True))),
        "reason": request.POST.get("reason", "") if status != 200 else "",
        **extra,
    }
    return render(request, "reports/disclosure.html", context, status=status)


@require_POST
def switch_public(request: HttpRequest, plan: int) -> HttpResponse:
    """Open the public edition to anyone, or close it."""
    found, user = plan_or_404(request, plan), person_of(request)
    permissions.check_switch_public(user, found)
    act = request.POST.get("act", "")
    if act not in ("open", "close"):
        raise InvalidInput(_("Choose whether the public edition is opened or closed."))
    on = act == "open"
    service.switch(found, by=user, on=on)
    words = _("The public edition is open: anyone can read it.") if on else _("The public edition is closed.")
    messages.success(request, words)
    return redirect("public_preview", plan=found.pk)


@require_GET
def public_preview(request: HttpRequest, plan: int) -> HttpResponse:
    """The public ledger as anyone would read it, for those who see the plan, open or not."""
    found, user = plan_or_404(request, plan), person_of(request)
    lines, edition = service.published(found), service.edition_of(found)
    said = {"who": edition.by, "date": wording.moment(edition.at)} if edition else {}
    address = reverse("public_ledger", args=[found.pk])
    context = {
        "plan": found,
        "groups": shown.groups(lines),
        "heads": shown.heads(),
        "number": len(lines),
        "is_open": bool(edition and edition.is_on),
        "said": _("set by %(who)s on %(date)s") % said if edition else "",
        "address": request.build_absolute_uri(address),
        "may_rule": answers(permissions.check_disclose, user, found),
        "may_switch": answers(permissions.check_switch_public, user, found),
    }
    return render(request, "reports/public_preview.html", context)


@require_GET
def public_ledger_csv(request: HttpRequest, plan: int) -> HttpResponse:
    """The same as a file, for those who see the plan."""
    return sent(plan_or_404(request, plan), "csv")


@require_GET
def public_ledger_workbook(request: HttpRequest, plan: int) -> HttpResponse:
    """The same as a workbook, for those who see the plan."""
    return sent(plan_or_404(request, plan), "xlsx")


def sent(plan: Plan, ending: str) -> HttpResponse:
    """What anyone may read of the plan, as a file; name and head say as of when."""
    on, rows = clock.today(), [line.cells for line in service.published(plan)]
    as_csv = ending == "csv"
    content = files.as_csv(rows) if as_csv else files.as_workbook(plan, rows, on)
    name = files.name_of(plan, on, ending)
    answer = attached(content, CSV if as_csv else XLSX, name, f"public-ledger-{on.isoformat()}.{ending}")
    answer["As-Of"] = on.isoformat()
    return answer
