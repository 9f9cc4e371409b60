"""The draft of the next annual report: its editor, the check before it is handed out, and the Word file."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from reports import permissions
from reports.annual.check import findings
from reports.annual.rows import Drafted
from reports.documents import annual_report
from reports.files import DOCX, attached
from reports.presenters import drafts as shown
from reports.services import drafts as service
from tracker import clock, wording
from tracker.exceptions import InvalidInput, Stale
from tracker.models import Plan, User
from tracker.permissions import answers, oversees
from tracker.views.base import person_of, plan_or_404, visible_tasks

KEY_DIGITS = 18


@require_http_methods(["GET", "POST"])
def annual_draft(request: HttpRequest, plan: int) -> HttpResponse:
    """The editor; every change goes to the same address and comes back to the piece it concerns."""
    found, user = _plan_or_404(request, plan), person_of(request)
    if request.method != "POST":
        return _editor(request, found)
    permissions.check_draft(user, found)
    act, key = request.POST.get("act", ""), request.POST.get("key", "")[:80]
    try:
        place = _serve(request, found, user, act, key)
    except Stale as refusal:
        return _editor(request, found, 409, key=key, refusal=refusal, now=str(refusal.current["text"]))
    except InvalidInput as refusal:
        return _editor(request, found, 422, key=key, refusal=refusal)
    return redirect(f"{reverse('annual_draft', args=[found.pk])}#{shown.anchor(place)}")


@require_GET
def draft_check(request: HttpRequest, plan: int) -> HttpResponse:
    """What is still unproved or unsettled, before the draft is handed out."""
    found = _plan_or_404(request, plan)
    draft = service.drafted(found, by=person_of(request))
    context = {
        "groups": shown.wanted(findings(draft)),
        "summary": shown.summary(draft),
        "title": draft.title.text,
        "on": wording.full_date(clock.today()),
    }
    return render(request, "reports/draft_check.html", context)


@require_GET
def draft_document(request: HttpRequest, plan: int) -> HttpResponse:
    """The draft as a Word file; with `?comments=no` without the comments that name task and evidence."""
    found, user, on = _plan_or_404(request, plan), person_of(request), clock.today()
    draft = service.drafted(found, by=user)
    commented = request.GET.get("comments") != "no"
    content = annual_report.report(draft, issuer=found.government.name, on=on, by=str(user), commented=commented)
    kind = "草稿" if commented else "草稿，无批注"
    name = f"年度报告（{kind}）_{found.government}_{found.year}_{on.isoformat()}.docx"
    return attached(content, DOCX, name, "annual-report.docx")


def _plan_or_404(request: HttpRequest, plan: int) -> Plan:
    """The plan, for those who oversee it; for others the draft does not exist. Raises Http404."""
    found = plan_or_404(request, plan)
    if not oversees(person_of(request), found):
        raise Http404
    return found


def _serve(request: HttpRequest, plan: Plan, user: User, act: str, key: str) -> str:
    """Do what the button says; the key of the piece to come back to."""
    post = request.POST
    given: dict[str, Any] = {"by": user, "key": key}
    words = {**given, "seen": post.get("seen", "")}
    acts: dict[str, Callable[[], object]] = {
        "rewrite": lambda: service.rewrite(plan, **words, text=post.get("text", "")),
        "follow": lambda: service.follow(plan, **words),
        "keep": lambda: service.keep(plan, **words),
        "take": lambda: service.include(plan, **given, included=True),
        "leave": lambda: service.include(plan, **given, included=False),
        "up": lambda: service.move(plan, **given, up=True),
        "down": lambda: service.move(plan, **given, up=False),
        "cause": lambda: service.give_cause(plan, **given, cause=post.get("own_cause") or post.get("cause", "")),
        "remove": lambda: service.remove(plan, **given),
    }
    if act == "add":
        added = service.add_sentence(plan, by=user, item=key, text=post.get("text", ""), task=_task_key(post))
        return added.key
    if act == "add_item":
        return service.add_item(plan, by=user, kind=key, heading=post.get("text", "")).key
    if act not in acts:
        raise InvalidInput(_("Choose what is to be done with the sentence."))
    acts[act]()
    if act == "remove":
        messages.success(request, _("The sentence is taken back; what it said stays in the history."))
        return key.rpartition(":")[0]
    return key


def _task_key(post: Any) -> int | None:
    """The key of the chosen task, None for none; 0, which no task has, for what is no key."""
    typed = post.get("task", "")
    if not typed:
        return None
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < KEY_DIGITS else 0


def _editor(request: HttpRequest, plan: Plan, status: int = 200, **refused: Any) -> HttpResponse:
    """The page; with what was refused, why, and what was typed, at the piece it belongs to."""
    user = person_of(request)
    draft: Drafted = service.drafted(plan, by=user)
    may_edit = answers(permissions.check_draft, user, plan)
    found = findings(draft)
    context = {
        "head": shown.head(draft),
        "parts": shown.parts(draft, may_edit=may_edit),
        "may_edit": may_edit,
        "groups": shown.wanted(found),
        "wanted": len(found),
        "summary": shown.summary(draft),
        "tasks": shown.task_choices(visible_tasks(request).of_plan(plan).by_place()) if may_edit else [],
        "on": wording.full_date(clock.today()),
        "report_year": plan.year,
        "refused": _refused(request, **refused) if refused else None,
    }
    return render(request, "reports/annual_draft.html", context, status=status)


def _refused(request: HttpRequest, *, key: str, refusal: InvalidInput | Stale, now: str = "") -> dict[str, str]:
    typed = {name: request.POST.get(name, "") for name in ("text", "own_cause", "task", "act")}
    return {"key": key, "sentence": str(refusal), "now": now, **typed}
