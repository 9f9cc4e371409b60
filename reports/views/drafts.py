"""The draft of the next annual report: its editor, the check before it is handed out, and the Word file."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from reports import permissions
from reports.annual.check import findings
from reports.annual.rows import Drafted
from reports.documents import annual_report
from reports.files import DOCX, attached
from reports.models import DraftEdit
from reports.presenters import drafts as shown
from reports.services import drafts as service
from reports.services.draft_words import tidy
from tracker import clock, wording
from tracker.exceptions import InvalidInput, SecrecyMark, Stale
from tracker.models import Plan, User
from tracker.permissions import answers, oversees
from tracker.texts import key_of
from tracker.views.base import person_of, plan_or_404, visible_tasks

SHOWN_OF_REMOVED = 60
TYPED = ("text", "cause", "own_cause", "task")
SAVED = gettext_lazy("The words are saved.")
DONE = {
    "rewrite": SAVED,
    "follow": SAVED,
    "keep": SAVED,
    "cause": gettext_lazy("The cause is saved."),
    "take": gettext_lazy("It stands in the report now."),
    "leave": gettext_lazy("It is left out of the report."),
    "up": gettext_lazy("The order is changed."),
    "down": gettext_lazy("The order is changed."),
    "add": gettext_lazy("The sentence is added."),
    "add_item": gettext_lazy("The item is added."),
    "restore": gettext_lazy("It stands in the draft again."),
}


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
        return _editor(request, found, 409, key=key, refusal=refusal)
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
    """Do what the button says, and say so; the key of the piece to come back to."""
    if act == "remove":
        return _remove(request, plan, user, key)
    acts = _acts(request.POST, plan, user, key)
    if act not in acts:
        raise InvalidInput(_("Choose what is to be done with the sentence."))
    added = acts[act]()
    messages.success(request, DONE[act])
    return added.key if isinstance(added, DraftEdit) else key


def _acts(post: Any, plan: Plan, user: User, key: str) -> dict[str, Callable[[], object]]:
    """What the buttons do but for the one that takes away."""
    given: dict[str, Any] = {"by": user, "key": key}
    before = {**given, "seen": post.get("seen", "")}
    text = post.get("text", "")
    told: dict[str, Any] = {"task": _task_key(post)} if "task" in post else {}
    return {
        "rewrite": lambda: service.rewrite(plan, **before, text=text, **told),
        "follow": lambda: service.follow(plan, **before),
        "keep": lambda: service.keep(plan, **before),
        "take": lambda: service.include(plan, **before, included=True),
        "leave": lambda: service.include(plan, **before, included=False),
        "up": lambda: service.move(plan, **given, up=True),
        "down": lambda: service.move(plan, **given, up=False),
        "cause": lambda: service.give_cause(plan, **before, cause=_cause(post)),
        "restore": lambda: service.restore(plan, **given),
        "add": lambda: service.add_sentence(plan, by=user, item=key, text=text, **told),
        "add_item": lambda: service.add_item(plan, by=user, kind=key, heading=text),
    }


def _remove(request: HttpRequest, plan: Plan, user: User, key: str) -> str:
    """Take the piece away and offer to bring it again; where it stood."""
    removed = service.remove(plan, by=user, key=key, seen=request.POST.get("seen", ""))
    said = _("Removed: “%(words)s”") % {"words": Truncator(removed.text or "").chars(SHOWN_OF_REMOVED)}
    undo = '{}<button type="submit" form="draft-undo" name="key" value="{}" data-then="{}">{}</button>'
    messages.success(request, format_html(undo, said, key, shown.anchor(key), _("Undo")))
    return shown.place_of(removed)


def _cause(post: Any) -> str:
    """The cause written by hand where there is one, else the chosen one."""
    written: str = post.get("own_cause", "")
    return written if tidy(written) else post.get("cause", "")


def _task_key(post: Any) -> int | None:
    """The key of the chosen task, None for none; 0, which no task has, for what is no key."""
    typed = post.get("task", "")
    if not typed:
        return None
    return key_of(typed)


def _editor(request: HttpRequest, plan: Plan, status: int = 200, **refused: Any) -> HttpResponse:
    """The page; with what was refused, why, and what was typed, at the piece it belongs to."""
    user = person_of(request)
    draft: Drafted = service.drafted(plan, by=user)
    may_edit = answers(permissions.check_draft, user, plan)
    found = findings(draft)
    head, parts = shown.head(draft), shown.parts(draft, may_edit=may_edit)
    refusal = _refused(request, **refused) if refused else None
    context = {
        "head": head,
        "parts": parts,
        "may_edit": may_edit,
        "groups": shown.wanted(found),
        "wanted": len(found),
        "summary": shown.summary(draft),
        "tasks": shown.task_choices(visible_tasks(request).of_plan(plan).by_place()) if may_edit else [],
        "on": wording.full_date(clock.today()),
        "report_year": plan.year,
        "refused": refusal,
        "refused_in_place": refusal is not None and shown.placed(refusal, head, parts),
    }
    return render(request, "reports/annual_draft.html", context, status=status)


def _refused(request: HttpRequest, *, key: str, refusal: InvalidInput | Stale) -> dict[str, Any]:
    """What is shown of a refusal; of a text with a mark of secrecy nothing that was typed."""
    shows = () if isinstance(refusal, SecrecyMark) else TYPED
    act = request.POST.get("act", "")
    typed = {name: request.POST.get(name, "") if name in shows else "" for name in TYPED}
    current = refusal.current if isinstance(refusal, Stale) else {}
    return {
        "key": key,
        "act": act,
        "sentence": str(refusal),
        "field": refusal.field or "",
        "now": current.get("cause" if act == "cause" else "text", ""),
        "by": current.get("by", ""),
        "keeps": bool(shows),
        "said": typed["own_cause"] or typed["cause"] if act == "cause" else typed["text"],
        **typed,
    }
