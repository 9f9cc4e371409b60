"""The lines of the public ledger as those who pass them see them, and as everyone reads them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports import permissions
from reports.enums import DisclosureState
from reports.services import publishable
from reports.services.disclosure import NEVER, Line, changed
from tracker import wording
from tracker.models import Plan, User
from tracker.permissions import answers
from tracker.presenters.ledger import Tab
from tracker.texts import enumeration


def heads() -> list[str]:
    """The five columns in the reader's language."""
    return [
        _("Category"),
        _("No."),
        _("Key matter supervised"),
        _("Lead unit"),
        _("Completion in the year"),
    ]


def state_of(line: Line) -> str:
    """Under which tab a line stands."""
    if line.entry is None:
        return "open"
    return "changed" if line.is_stale else line.entry.state


def tabs(lines: Sequence[Line], wanted: str) -> list[Tab]:
    """All lines, and those of each state, with their numbers."""
    labels = {
        "": _("All lines"),
        "open": _("Not looked at yet"),
        "changed": _("Changed since"),
        DisclosureState.PASSED.value: DisclosureState.PASSED.label,
        DisclosureState.WITHHELD.value: DisclosureState.WITHHELD.label,
    }
    states = [state_of(line) for line in lines]
    counts = {name: states.count(name) if name else len(states) for name in labels}
    return [
        Tab(name, str(label), counts[name], f"?show={name}" if name else "?", name == wanted)
        for name, label in labels.items()
    ]


def row(line: Line, form: Any, names: Iterable[str]) -> dict[str, Any]:
    """One line with its form, what was ruled, and what to look at twice.

    Of a line that changed since, the words of before stand beside the last report, which is offered in their place.
    """
    task, entry, words = line.task, line.entry, str(form["words"].value() or "")
    ruled = {"who": entry.by, "date": wording.moment(entry.at)} if entry else {}
    found = line.concerns(words, names)
    mark = publishable.mark_of(found)
    return {
        "pk": task.pk,
        "code": task.code,
        "title": task.title,
        "url": task.get_absolute_url(),
        "area": task.area.title,
        "unit": task.lead_unit.name if task.lead_unit else _("not yet set"),
        "status": task.get_status_display(),
        "before": entry.words if entry and line.is_stale else "",
        "reported": line.reported if line.is_stale or line.reported != words else "",
        "offers": line.is_stale and line.reported not in ("", words),
        "state": state_of(line),
        "state_words": _state_words(line),
        "ruled": _("%(who)s on %(date)s") % ruled if entry else "",
        "warnings": publishable.told(found),
        "mark": mark,
        "ticked": bool(mark) and form["anyway"].value() == mark,
        "form": form,
    }


def _state_words(line: Line) -> str:
    if line.entry is None:
        return _("Not looked at yet")
    state = line.entry.get_state_display()
    return _("Changed since, look again (was: %(state)s)") % {"state": state} if line.is_stale else state


def not_here(numbers: Mapping[str, int]) -> str:
    """Which tasks of the plan are no lines, in words; `numbers` is how many there are of each status."""
    unconfirmed, cancelled = (numbers.get(status, 0) for status in NEVER)
    told = [
        ngettext("%(number)d unconfirmed task", "%(number)d unconfirmed tasks", unconfirmed) % {"number": unconfirmed},
        ngettext("%(number)d cancelled task", "%(number)d cancelled tasks", cancelled) % {"number": cancelled},
    ]
    found = [words for words, number in zip(told, (unconfirmed, cancelled), strict=True) if number]
    return _("Not among these lines: %(what)s.") % {"what": enumeration(found)} if found else ""


def home_line(plan: Plan, user: User) -> dict[str, str] | None:
    """Lines that changed since, for those who may pass them anew; one statement for them, none for others."""
    number = changed(plan) if answers(permissions.check_disclose, user, plan) else 0
    if not number:
        return None
    words = ngettext(
        "%(number)d line of the public ledger changed after its review and is not published until it passes again.",
        "%(number)d lines of the public ledger changed after review and are not published until they pass again.",
        number,
    )
    return {
        "words": words % {"number": number},
        "url": f"{reverse('disclosure', args=[plan.pk])}?show=changed",
        "action": _("Look at what changed"),
    }


def groups(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """The public rows under their work areas."""
    found: list[dict[str, Any]] = []
    for line in lines:
        area, code, title, unit, words = line.cells
        if not found or found[-1]["area"] != area:
            found.append({"area": area, "rows": []})
        found[-1]["rows"].append({"area": area, "code": code, "title": title, "unit": unit, "words": words})
    return found
