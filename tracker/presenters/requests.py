"""Change requests as rows: what is asked, why, and what was decided."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tracker import permissions, wording
from tracker.enums import RequestState
from tracker.models import ChangeRequest, Unit, User
from tracker.wording import field_label, shown

NAMED: dict[str, Any] = {"lead_unit": Unit, "owner": User}


def rows(found: list[ChangeRequest], user: User) -> list[dict[str, Any]]:
    """One row a request. Names of units and people that were asked for are read together."""
    names = _names(found)
    return [_row(request, user, names) for request in found]


def _names(found: list[ChangeRequest]) -> dict[tuple[str, Any], str]:
    """{(field, key): label} of the units and people in the changes."""
    labels: dict[tuple[str, Any], str] = {}
    for field, model in NAMED.items():
        keys = {key for request in found for key in request.changes.get(field, ()) if key is not None}
        if keys:
            labels |= {(field, row.pk): str(row) for row in model.objects.filter(pk__in=keys)}
    return labels


def _row(request: ChangeRequest, user: User, names: dict[tuple[str, Any], str]) -> dict[str, Any]:
    is_open = request.state == RequestState.OPEN
    decidable = is_open and request.asked_by_id != user.pk
    decidable = decidable and permissions.answers(permissions.check_decide_request, user, request.task)
    return {
        "key": request.pk,
        "code": request.task.code,
        "title": request.task.title,
        "task_url": request.task.get_absolute_url(),
        "kind": request.get_kind_display(),
        "state": request.get_state_display(),
        "is_open": is_open,
        "reason": request.reason,
        "progress_note": request.progress_note,
        "asked": f"{request.asked_by}　{wording.moment(request.asked_at)}",
        "changes": [
            {"label": field_label(name), "old": _shown(name, old, names), "new": _shown(name, new, names)}
            for name, (old, new) in request.changes.items()
        ],
        "decided": _decided(request),
        "note": request.decision_note,
        "decide_url": reverse("decide_request", args=[request.pk]) if decidable else "",
        "withdraw_url": _withdraw_url(request, user) if is_open else "",
    }


def _withdraw_url(request: ChangeRequest, user: User) -> str:
    possible = permissions.answers(permissions.check_withdraw_request, user, request)
    return reverse("withdraw_request", args=[request.pk]) if possible else ""


def _shown(name: str, value: Any, names: dict[tuple[str, Any], str]) -> str:
    """As the timeline says it; units and people are asked for by key."""
    return shown(name, names.get((name, value)) if name in NAMED else value)


def _decided(request: ChangeRequest) -> str:
    if request.decided_at is None:
        return ""
    basis = "　".join(part for part in (request.approving_body, request.basis_document) if part)
    who = _("%(who)s on %(date)s") % {"who": request.decided_by, "date": wording.moment(request.decided_at)}
    return f"{who}　{basis}".strip()
