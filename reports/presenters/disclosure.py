"""The lines of the public ledger as those who pass them see them, and as everyone reads them."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from reports.enums import DisclosureState
from reports.services.disclosure import Line
from tracker import wording
from tracker.models import Plan, User
from tracker.presenters.ledger import Tab
from tracker.texts import enumeration

TELEPHONE = re.compile(
    r"(?<!\d)1[3-9]\d(?:[\s-]?\d{4}){2}(?!\d)"
    r"|(?<!\d)0\d{2,3}[\s)）－—-]{0,2}\d{7,8}(?!\d)"
    r"|(?:电话|热线|联系方式|手机)\D{0,6}\d{7,8}(?!\d)"
)
SAMPLE = re.compile("示例|样例|样本数据|测试|待核|待定|待补|[×xX]{2,}|某某")
SHORTEST_NAME = 2


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


def names_of(plan: Plan) -> list[str]:
    """Names of the persons who have an account in the plan's government; one statement."""
    people = User.objects.filter(unit__government=plan.government_id).values_list("display_name", flat=True)
    return [name for name in people if len(name) >= SHORTEST_NAME]


def row(line: Line, form: Any, names: Iterable[str]) -> dict[str, Any]:
    """One line with its form, what was ruled, and what to look at twice."""
    task, entry, words = line.task, line.entry, str(form["words"].value() or "")
    ruled = {"who": entry.by, "date": wording.moment(entry.at)} if entry else {}
    return {
        "pk": task.pk,
        "code": task.code,
        "title": task.title,
        "url": task.get_absolute_url(),
        "area": task.area.title,
        "unit": task.lead_unit.name if task.lead_unit else _("not yet set"),
        "status": task.get_status_display(),
        "reported": line.reported if line.reported != words else "",
        "state": state_of(line),
        "state_words": _state_words(line),
        "ruled": _("%(who)s on %(date)s") % ruled if entry else "",
        "warnings": warnings(f"{task.title}\n{words}", names),
        "form": form,
    }


def _state_words(line: Line) -> str:
    if line.entry is None:
        return _("Not looked at yet")
    state = line.entry.get_state_display()
    return _("Changed since, look again (was: %(state)s)") % {"state": state} if line.is_stale else state


def warnings(text: str, names: Iterable[str]) -> list[str]:
    """What a published text should rather not hold; whoever passes it decides."""
    found = []
    if telephone := TELEPHONE.search(text):
        found.append(_("a telephone number: %(words)s") % {"words": telephone.group()})
    if persons := [name for name in names if name in text]:
        found.append(_("names of persons: %(words)s") % {"words": enumeration(persons)})
    if sample := SAMPLE.search(text):
        found.append(_("words of a draft: %(words)s") % {"words": sample.group()})
    return found


def groups(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """The public rows under their work areas."""
    found: list[dict[str, Any]] = []
    for line in lines:
        area, code, title, unit, words = line.cells
        if not found or found[-1]["area"] != area:
            found.append({"area": area, "rows": []})
        found[-1]["rows"].append({"area": area, "code": code, "title": title, "unit": unit, "words": words})
    return found
