"""The register of a report's figures: what each counts, how shares follow from counts, and what came of it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tracker import wording
from tracker.models import Figure, Indicator, Plan, Task, User
from tracker.presenters.report_notes import measure_name, ratio


def rows(plan: Plan, figures: Sequence[Figure], user: User, *, may_settle: bool) -> list[dict[str, Any]]:
    """The figures in the order of the text; one that stands in several places is one row that says so.

    Two figures are the same when label, value and unit are; what has no label is never merged. The other places of a
    figure are found in the whole report, also where `figures` are narrowed to some of its items.
    """
    known = {figure.pk: figure for figure in Figure.objects.of_report(plan.report_id).order_by("position")}
    made = _indicators(plan, user)
    merged: dict[tuple[Any, ...], list[Figure]] = defaultdict(list)
    for figure in known.values():
        merged[_sameness(figure)].append(figure)
    firsts: dict[tuple[Any, ...], Figure] = {}
    for figure in figures:
        firsts.setdefault(_sameness(figure), figure)
    return [_row(plan, figure, merged[key], known, made, may_settle) for key, figure in firsts.items()]


def _sameness(figure: Figure) -> tuple[Any, ...]:
    return (figure.label, figure.value, figure.unit) if figure.label else (figure.pk,)


def _indicators(plan: Plan, user: User) -> dict[int, list[dict[str, str]]]:
    """{figure: the indicators that start from it}, of tasks that the person sees."""
    found: dict[int, list[dict[str, str]]] = defaultdict(list)
    tasks = Task.objects.visible_to(user).of_plan(plan)
    taken = Indicator.objects.filter(task__in=tasks, figure__isnull=False).order_by(
        "task__area__number", "task__serial"
    )
    for figure, task, code, name in taken.values_list("figure_id", "task_id", "task__code", "name"):
        found[figure].append({"code": code, "name": name, "url": f"{reverse('task', args=[task])}#indicators"})
    return found


def _row(
    plan: Plan,
    figure: Figure,
    group: Sequence[Figure],
    known: dict[int, Figure],
    made: dict[int, list[dict[str, str]]],
    may_settle: bool,
) -> dict[str, Any]:
    top, bottom = known.get(figure.numerator_id or 0), known.get(figure.denominator_id or 0)
    return {
        "item": _item(figure),
        "url": f"{reverse('living_report', args=[plan.pk])}#section-{figure.section_id}" if figure.section_id else "",
        "words": wording.full_width(figure.quote),
        "label": wording.full_width(figure.label),
        "value": f"{figure.value.normalize():,f}",
        "unit": figure.unit,
        "approximate": figure.approximate,
        "ratio": ratio(figure, top, bottom) if top and bottom and bottom.value else None,
        "times": len(group) if len(group) > 1 else 0,
        "indicators": [row for one in group for row in made.get(one.pk, ())],
        "make_url": reverse("figure_indicator", args=[plan.pk, figure.pk]) if may_settle else "",
    }


def _item(figure: Figure) -> str:
    return measure_name(figure.section.number, figure.section.position) if figure.section else "—"


def sections(figures: Iterable[Figure]) -> list[tuple[str, str]]:
    """Choices of the filter: the items that have figures."""
    found = {str(figure.section_id): _item(figure) for figure in figures if figure.section_id}
    return list(found.items())


def indicator_page(plan: Plan, figure: Figure) -> dict[str, Any]:
    """The page on which a figure becomes the baseline of an indicator."""
    return {
        "figure": figure,
        "words": wording.full_width(figure.quote),
        "baseline": f"{figure.value.normalize():,f} {figure.unit}".strip(),
        "about": _("about") if figure.approximate else "",
        "back": reverse("figures", args=[plan.pk]),
        "year": plan.report.year,
    }
