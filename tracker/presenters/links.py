"""The pages on which is said what becomes of an item or a shortcoming, and which tasks take it up."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tracker import clock, coverage, wording
from tracker.enums import LinkState, PartKind
from tracker.models import Disposition, Measure, MeasureLink, Plan, Section, Shortcoming, ShortcomingLink, Task
from tracker.presenters.report_notes import measure_name, shortcoming_name


def name_of(section: Section | None = None, shortcoming: Shortcoming | None = None) -> str:
    """举措 8, 不足一."""
    if section:
        return measure_name(section.number, section.position)
    assert shortcoming is not None
    return shortcoming_name(shortcoming.number)


def disposition_page(
    plan: Plan,
    known: Disposition | None,
    section: Section | None = None,
    shortcoming: Shortcoming | None = None,
) -> dict[str, Any]:
    """Its name, its published words (heading apart), the tasks linked to it, and who said what before."""
    heading, words = _words(plan, section) if section else ("", shortcoming.text if shortcoming else "")
    links = (
        MeasureLink.objects.filter(measure__section=section)
        if section
        else ShortcomingLink.objects.filter(shortcoming=shortcoming)
    )
    said = {"who": known.by, "date": wording.full_date(clock.local_date(known.at))} if known else {}
    return {
        "name": name_of(section, shortcoming),
        "heading": wording.full_width(heading),
        "words": wording.full_width(words),
        "tasks": [_task(link) for link in links.standing().filter(task__plan=plan).select_related("task")],
        "said": _("Said by %(who)s on %(date)s; what you record replaces it.") % said if said else "",
    }


def _words(plan: Plan, section: Section) -> tuple[str, str]:
    text = plan.report.text
    cut = coverage.heading_end(text, section.start, section.end, section.number, section.heading)
    return text[section.start : cut], text[cut : section.end].strip()


def _task(link: MeasureLink | ShortcomingLink) -> dict[str, Any]:
    kinds = [link.get_strength_display(), link.get_state_display()]
    if isinstance(link, MeasureLink):
        kinds.insert(1, link.get_extent_display())
    return {
        "code": link.task.code,
        "title": link.task.title,
        "url": link.task.get_absolute_url(),
        "kind": _(", ").join(kinds),
    }


# ---------- Links, from both ends ----------


def options_of(task: Task, chosen: set[str]) -> list[dict[str, Any]]:
    """Last year's items with their sentences, and the shortcomings, each to be chosen for this task.

    Those that are linked already say so and cannot be chosen.
    """
    taken = {f"measure-{key}" for key in _linked(MeasureLink, task, "measure_id")}
    taken |= {f"shortcoming-{key}" for key in _linked(ShortcomingLink, task, "shortcoming_id")}
    report = task.plan.report_id
    measures = Measure.objects.of_report(report).filter(section__part__kind=PartKind.MEASURES)
    groups: dict[int, dict[str, Any]] = {}
    for row in measures.select_related("section").order_by("start"):
        head = f"{measure_name(row.section.number, row.section.position)}　{row.section.heading}"
        group = groups.setdefault(row.section_id, {"head": wording.full_width(head), "rows": []})
        group["rows"].append(_option(f"measure-{row.pk}", row.text, taken, chosen))
    weak = Shortcoming.objects.of_report(report).order_by("part", "number")
    rows = [_option(f"shortcoming-{row.pk}", row.text, taken, chosen) for row in weak]
    found = list(groups.values())
    return [*found, {"head": _("Shortcomings"), "rows": rows}] if rows else found


def _linked(model: Any, task: Task, field: str) -> Iterable[int]:
    keys: Iterable[int] = model.objects.filter(task=task, state=LinkState.CONFIRMED).values_list(field, flat=True)
    return keys


def _option(name: str, words: str, taken: set[str], chosen: set[str]) -> dict[str, Any]:
    return {"name": name, "words": wording.full_width(words), "taken": name in taken, "chosen": name in chosen}


def task_end(task: Task) -> dict[str, Any]:
    """The page that starts from a task."""
    return {
        "heading": _("Link %(code)s to last year") % {"code": task.code},
        "name": f"{task.code} {task.title}",
        "words": wording.full_width(task.quote),
        "back": f"{task.get_absolute_url()}#upstream",
        "back_label": f"{task.code} {task.title}",
        "asks_extent": True,
    }


def section_end(section: Section, measures: Sequence[Measure], chosen: Measure | None) -> dict[str, Any]:
    """The page that starts from a numbered item; the link hangs on one of its sentences."""
    name = measure_name(section.number, section.position)
    return {
        "heading": _("Choose tasks for %(name)s") % {"name": name},
        "name": f"{name}　{wording.full_width(section.heading)}",
        "words": "",
        "sentences": [
            {"key": row.pk, "words": wording.full_width(row.text), "chosen": row == chosen} for row in measures
        ],
        "asks_extent": True,
    }


def shortcoming_end(row: Shortcoming) -> dict[str, Any]:
    """The page that starts from a shortcoming."""
    name = shortcoming_name(row.number)
    return {
        "heading": _("Choose tasks for %(name)s") % {"name": name},
        "name": name,
        "words": wording.full_width(row.text),
        "asks_extent": False,
    }


def tasks_to_choose(rows: Sequence[Task], chosen: set[str]) -> list[dict[str, Any]]:
    """The plan's tasks by work area, each to be chosen."""
    groups: dict[int, dict[str, Any]] = {}
    for task in rows:
        head = f"{task.area.number}　{wording.full_width(task.area.title)}"
        group = groups.setdefault(task.area_id, {"head": head, "rows": []})
        group["rows"].append({"key": task.pk, "words": f"{task.code}　{task.title}", "chosen": str(task.pk) in chosen})
    return list(groups.values())


def actions_on(what: str, pk: int) -> dict[str, str]:
    """The addresses at which a link to a "measure" or "shortcoming" is said otherwise, confirmed and dismissed."""
    return {
        "edit_url": reverse(f"edit_{what}_link", args=[pk]),
        "confirm_url": reverse(f"settle_{what}_link", args=[pk, "confirm"]),
        "dismiss_url": reverse(f"settle_{what}_link", args=[pk, "dismiss"]),
    }


def values_of(link: MeasureLink | ShortcomingLink) -> dict[str, str]:
    """What the form of a link shows at first."""
    extent = {"extent": link.extent} if isinstance(link, MeasureLink) else {}
    return {"strength": link.strength, "rationale": link.rationale, **extent}


def edit_page(link: MeasureLink | ShortcomingLink) -> dict[str, Any]:
    """The page on which a link is said otherwise."""
    if isinstance(link, MeasureLink):
        name, words = name_of(section=link.measure.section), link.measure.text
    else:
        name, words = name_of(shortcoming=link.shortcoming), link.shortcoming.text
    return {
        "heading": _("Link of %(code)s to %(name)s") % {"code": link.task.code, "name": name},
        "name": f"{link.task.code} {link.task.title} → {name}",
        "words": wording.full_width(words),
        "back": f"{reverse('task', args=[link.task_id])}#upstream",
        "back_label": f"{link.task.code} {link.task.title}",
        "asks_extent": isinstance(link, MeasureLink),
    }
