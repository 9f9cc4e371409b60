"""Depositing evidence, one item's page, taking an item back."""

import logging
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tracker import permissions, wording
from tracker.exceptions import Refusal
from tracker.forms.evidence import EvidenceForm
from tracker.models import Evidence, EvidenceUse
from tracker.presenters.review import source_of
from tracker.services import evidence as service
from tracker.views.base import person_of, plan_or_404, task_or_404, visible_tasks

secrecy = logging.getLogger("tracker.secrecy")


@require_http_methods(["GET", "POST"])
def evidence_new(request: HttpRequest, task: int) -> HttpResponse:
    """A new item for a task."""
    found = task_or_404(request, task, queryset=visible_tasks(request).prefetch_related("supporting_units"))
    user = person_of(request)
    permissions.check_add_evidence(user, found)
    form = EvidenceForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            use = service.deposit(found.pk, by=user, **form.values())
        except Refusal as refusal:
            status = 409
            if refusal.field is None:
                secrecy.warning("refused: %s, task %s", user.username, found.code)
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("%(number)s is added.") % {"number": use.evidence.number})
            return redirect(found)
    elif request.method == "POST":
        status = 400
    context = {"task": found, "proof": form, "source": source_of(found), "criteria": found.criteria.splitlines()}
    return render(request, "tracker/evidence_form.html", context, status=status)


@require_GET
def evidence(request: HttpRequest, evidence: int) -> HttpResponse:
    """One item: what it is, where it is used, how it was judged."""
    items = Evidence.objects.visible_to(person_of(request)).select_related("unit", "deposited_by", "replaces", "task")
    item = get_object_or_404(items, pk=evidence)
    plan_or_404(request, item.plan_id)
    newer = Evidence.objects.visible_to(person_of(request)).filter(replaces=item).first()
    context = {"item": item, "facts": _facts(item), "uses": _uses(request, item), "newer": newer}
    return render(request, "tracker/evidence_detail.html", context)


def _facts(item: Evidence) -> list[tuple[str, str]]:
    facts = [
        (_("Kind of material"), item.get_kind_display()),
        (_("Document number"), item.document_number),
        (_("Issuer"), item.issuer),
        (_("Date of the document"), wording.full_date(item.dated_on)),
        (_("Page or place"), item.place),
        (_("Disclosure"), item.get_disclosure_display()),
        (_("Deposited"), f"{item.unit} {item.deposited_by}　{wording.moment(item.deposited_at)}"),
        (_("Statement"), _("stated to contain nothing classified")),
    ]
    return [(name, str(value)) for name, value in facts if value]


def _uses(request: HttpRequest, item: Evidence) -> list[dict[str, Any]]:
    user = person_of(request)
    uses = EvidenceUse.objects.visible_to(user).filter(evidence=item, task__in=visible_tasks(request))
    rows = []
    for use in uses.select_related("task__plan__government", "evidence", "judged_by").order_by("task__code"):
        rows.append(
            {
                "task": str(use.task),
                "url": use.task.get_absolute_url(),
                "claim": use.claim,
                "verdict": use.verdict,
                "verdict_label": use.get_verdict_display(),
                "reason": use.reason,
                "judged": f"{use.judged_by}　{wording.moment(use.judged_at)}" if use.judged_at else "",
                "withdraw_url": _withdraw_url(user, use),
            }
        )
    return rows


def _withdraw_url(user: Any, use: EvidenceUse) -> str:
    allowed = permissions.answers(permissions.check_withdraw_evidence, user, use)
    return reverse("evidence_withdraw", args=[use.pk]) if allowed else ""


@require_POST
def withdraw(request: HttpRequest, use: int) -> HttpResponse:
    """Take an unjudged item back from a task."""
    found = get_object_or_404(EvidenceUse.objects.visible_to(person_of(request)).select_related("task"), pk=use)
    plan_or_404(request, found.task.plan_id)
    taken = service.withdraw(found.pk, by=person_of(request))
    messages.success(request, _("%(number)s is withdrawn.") % {"number": taken.evidence.number})
    return redirect(found.task)
