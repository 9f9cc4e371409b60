"""The page on which is said what becomes of an item or a shortcoming."""

from typing import Any

from django.utils.translation import gettext as _

from tracker import clock, coverage, wording
from tracker.models import Disposition, MeasureLink, Plan, Section, Shortcoming, ShortcomingLink
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
