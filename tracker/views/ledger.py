"""The ledger: all tasks of a plan, filtered by the address, as page, fragment and file."""

import csv
import datetime
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

from django.contrib import messages
from django.core.cache import cache
from django.core.paginator import Page, Paginator
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tracker import clock, lights, wording
from tracker.enums import Light, PartKind
from tracker.filters import NOT_SET, PAST_FILTERS, SORTS, TaskFilter, narrowed_past, past_form
from tracker.models import (
    EvidenceUse,
    MeasureLink,
    Milestone,
    Plan,
    Section,
    Shortcoming,
    ShortcomingLink,
    Task,
    TaskEvent,
)
from tracker.presenters import as_of as replay
from tracker.presenters import ledger as shown
from tracker.presenters.ledger_extras import past_extras, told
from tracker.querysets import TaskQuerySet
from tracker.views.base import (
    in_this_language,
    listed,
    page_of,
    past_context,
    past_day,
    person_of,
    plan_or_404,
    visible_tasks,
)

PER_PAGE = (50, 100, 200)
DEFAULT_PER_PAGE = 100
PANEL_SECONDS = 3600
# Rows of a file that are held at once: memory stays bounded however long the ledger is.
PIECE = 2000


class CountedPaginator(Paginator):  # type: ignore[type-arg]
    """A paginator that knows the number of rows beforehand (the counts per light say it)."""

    def __init__(self, *args: Any, total: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.total = total

    @cached_property
    def count(self) -> int:
        return self.total


@require_GET
def ledger(request: HttpRequest, plan: int) -> HttpResponse:
    """The page; an htmx request gets the same view with the smaller template. `?as_of=` shows a past day."""
    found = plan_or_404(request, plan)
    if request.GET.get("as_of"):
        return _ledger_as_of(request, found)
    tasks, form, counts = _filtered(request, found)
    on, sort = clock.today(), _sort(request)
    page = _page(request, _sorted(tasks, sort), counts)
    rows = listed(page.object_list, found)  # type: ignore[arg-type]
    by_place = sort == "code"
    context = {
        "groups": shown.grouped(rows, on) if by_place else None,
        "rows": None if by_place else shown.ledger_rows(rows, on),
        "tabs": shown.tabs(counts, request.GET),
        "chips": shown.chips(form, request.GET),
        "heads": shown.heads(request.GET, sort),
        "form": form,
        "page_obj": page,
        "total": sum(counts.values()),
        "query": shown.without(request.GET).lstrip("?"),
        "on": wording.full_date(on),
        "panel": _panel(form),
        **past_context(request, None, *PAST_FILTERS, "light"),
        "empty_fact": _("No task fits this filter"),
        "clear_link": _("Show all tasks"),
    }
    fragment = getattr(request, "htmx", False)
    template = "tracker/_ledger_fragment.html" if fragment else "tracker/ledger_list.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _ledger_as_of(request: HttpRequest, plan: Plan) -> HttpResponse:
    """The ledger of a past day, from history; narrowed by what history answers, which it says."""
    day = past_day(request.GET["as_of"], plan)
    if day is None:
        messages.error(request, _("“%(day)s” is no past day of this plan.") % {"day": request.GET["as_of"][:20]})
        return redirect(request.path)
    past, counts, form, query = _filtered_as_of(request, plan, day)
    page = page_of(request, Paginator(past, DEFAULT_PER_PAGE))
    context = {
        "groups": shown.grouped([replay.build(plan, row, day) for row in page.object_list], day),
        "tabs": shown.tabs(counts, query),
        "chips": shown.chips(form, query),
        "heads": {},
        "form": form,
        "page_obj": page,
        "total": sum(counts.values()),
        "query": shown.without(query).lstrip("?"),
        "on": wording.full_date(day),
        "as_of": day,
        "panel": _panel(form),
        **past_context(request, day, *PAST_FILTERS, "light"),
        "empty_fact": _("No task fits this filter"),
        "clear_link": _("Show all tasks"),
    }
    fragment = getattr(request, "htmx", False)
    response = render(request, "tracker/_ledger_fragment.html" if fragment else "tracker/ledger_list.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _filtered_as_of(
    request: HttpRequest, plan: Plan, day: datetime.date
) -> tuple[list[replay.Past], dict[str, int], Any, QueryDict]:
    """The tasks of that day that fit the address, the counts per light without the light's own filter, form, address.

    Filters that history does not answer are left out of the address.
    """
    past = replay.past_tasks(plan, day, person_of(request))
    form = past_form(request.GET, past, person_of(request))
    past = narrowed_past(past, form.cleaned_data)
    counts, light = replay.counts(past), request.GET.get("light", "")
    if light in Light.values:
        past = [row for row in past if row.light == light]
    query = request.GET.copy()
    for name in set(query) - {"as_of", "light", *PAST_FILTERS}:
        del query[name]
    return past, counts, form, query


def _filtered(request: HttpRequest, plan: Plan) -> tuple[TaskQuerySet, Any, dict[str, int]]:
    """The visible tasks that fit the address, the form, and the counts per light without the light's own filter."""
    user = person_of(request)
    start = visible_tasks(request).with_light(plan, clock.today())
    narrowed = TaskFilter(request.GET, start, choices=_choices(request, plan), user=user)
    form = narrowed.form
    form.is_valid()
    tasks = start
    for name, value in form.cleaned_data.items():
        tasks = narrowed.filters[name].filter(tasks, value)
    counts = tasks.count_by_light()
    light = request.GET.get("light", "")
    if light in Light.values:
        tasks = tasks.filter_light(light)
    return tasks.with_people(), form, counts


def _panel(form: Any) -> str:
    """The filter fields, drawn by crispy; the same choices and values are drawn once and kept."""
    drawn = [(name, str(form[name].value() or "")[:80], _options(field)) for name, field in form.fields.items()]
    errors = {name: list(messages) for name, messages in form.errors.items()}
    key = hashlib.sha256(repr((get_language(), drawn, errors)).encode()).hexdigest()
    panel = cache.get(f"ledger-panel-{key}")
    if panel is None:
        panel = render_to_string("tracker/_ledger_filters.html", {"form": form})
        cache.set(f"ledger-panel-{key}", panel, PANEL_SECONDS)
    return mark_safe(panel)  # rendered by a template a moment ago


def _options(field: Any) -> list[tuple[str, str]]:
    choices = getattr(field, "choices", None) or getattr(field.widget, "choices", None) or ()
    return [(str(value), str(label)) for value, label in choices]


def _choices(request: HttpRequest, plan: Plan) -> dict[str, list[tuple[Any, Any]]]:
    """Choices of the filters: one query for areas, units and owners, one for measures and shortcomings."""
    pairs = visible_tasks(request).of_plan(plan).order_by("lead_unit__order", "area__number")
    names = pairs.values_list(
        "area__number", "area__title", "lead_unit", "lead_unit__short_name", "owner", "owner__display_name"
    ).distinct()
    areas, units, owners = {}, {}, {}
    for number, title, unit, unit_name, owner, owner_name in names:
        areas[number] = f"{number} {title}"
        units[unit or NOT_SET] = unit_name or _("not yet set")
        owners[owner or NOT_SET] = owner_name or _("not yet set")
    sources = _sources(plan)
    return {
        "area": sorted(areas.items()),
        "lead_unit": list(units.items()),
        "owner": list(owners.items()),
        "measure": sources["measure"],
        "shortcoming": sources["shortcoming"],
    }


def _sources(plan: Plan) -> dict[str, list[tuple[Any, Any]]]:
    sections = (
        Section.objects.of_report(plan.report_id)
        .filter(part__kind=PartKind.MEASURES)
        .annotate(sort=Value("measure"), place=F("start"), words=Concat("number", "heading"))
    )
    shortcomings = Shortcoming.objects.of_report(plan.report_id).annotate(
        sort=Value("shortcoming"),
        place=F("start"),
        words=Concat(Cast("number", CharField()), Value(" "), "text", output_field=CharField()),
    )
    found: dict[str, list[tuple[Any, Any]]] = {"measure": [], "shortcoming": []}
    columns = ("sort", "pk", "place", "words")
    union = sections.order_by().values_list(*columns).union(shortcomings.order_by().values_list(*columns))
    for sort, pk, _place, words in union.order_by("place"):
        found[sort].append((pk, words[:40]))
    return found


def _sort(request: HttpRequest) -> str:
    sort = request.GET.get("sort", "")
    return sort if sort.removeprefix("-") in SORTS else "code"


def _sorted(tasks: TaskQuerySet, sort: str) -> TaskQuerySet:
    names = SORTS[sort.removeprefix("-")]
    if names[0] == "light_rank":
        tasks = tasks.annotate(light_rank=lights.light_rank_case())
    if sort == "-code":
        return tasks.order_by(*(f"-{name}" for name in names))
    first = F(names[0]).desc(nulls_last=True) if sort.startswith("-") else F(names[0]).asc(nulls_last=True)
    return tasks.order_by(first, *names[1:])


def _page(request: HttpRequest, tasks: TaskQuerySet, counts: dict[str, int]) -> Page:  # type: ignore[type-arg]
    wanted = request.GET.get("per_page", "")
    size = int(wanted) if wanted in {str(number) for number in PER_PAGE} else DEFAULT_PER_PAGE
    return page_of(request, CountedPaginator(tasks, size, total=_total(request, counts)))


def _total(request: HttpRequest, counts: dict[str, int]) -> int:
    light = request.GET.get("light", "")
    return counts[light] if light in Light.values else sum(counts.values())


Extras = dict[int, dict[str, str]]
Row = TypeVar("Row")


@dataclass(frozen=True)
class Contents:
    """What a file of the ledger holds: the page's rows of all pages, as of `on`, with what other tables say of them.

    `pieces()` fetches them, PIECE rows at a time at the most; `whole()` counts the tasks of the plan without a filter.
    """

    on: datetime.date
    total: int
    chips: list[shown.Chip]
    pieces: Callable[[], Iterator[tuple[list[Task], Extras]]]
    whole: Callable[[], int]

    @property
    def filter_words(self) -> str:
        return "；".join(chip.words for chip in self.chips) or _("none")


def contents(request: HttpRequest, plan: Plan) -> Contents | None:
    """Exactly what the ledger shows for this address, on all its pages; None where it asks for no day of the plan."""
    if request.GET.get("as_of"):
        return _contents_as_of(request, plan)
    tasks, form, counts = _filtered(request, plan)

    def pieces() -> Iterator[tuple[list[Task], Extras]]:
        # The rows that many tasks share are fetched once, not joined to each.
        shared = tasks.select_related(None).prefetch_related("area", "lead_unit", "owner")
        for keys in _cut(list(_sorted(tasks, _sort(request)).values_list("pk", flat=True))):
            place = {key: number for number, key in enumerate(keys)}
            rows = sorted(listed(shared.filter(pk__in=keys), plan), key=lambda task: place[task.pk])
            yield rows, _extras(request, rows)

    whole = visible_tasks(request).of_plan(plan).count
    return Contents(clock.today(), _total(request, counts), shown.chips(form, request.GET), pieces, whole)


def _contents_as_of(request: HttpRequest, plan: Plan) -> Contents | None:
    """The same of a past day, from history alone."""
    day = past_day(request.GET["as_of"], plan)
    if day is None:
        messages.error(request, _("“%(day)s” is no past day of this plan.") % {"day": request.GET["as_of"][:20]})
        return None
    past, _counts, form, query = _filtered_as_of(request, plan, day)

    def pieces() -> Iterator[tuple[list[Task], Extras]]:
        extras = past_extras(plan, past, day, person_of(request))
        for some in _cut(past):
            yield [replay.build(plan, row, day) for row in some], extras

    def whole() -> int:
        return replay.number(plan, day, person_of(request))

    return Contents(day, len(past), shown.chips(form, query), pieces, whole)


def _cut(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    return (rows[start : start + PIECE] for start in range(0, len(rows), PIECE))


@require_GET
def ledger_csv(request: HttpRequest, plan: int) -> HttpResponseBase:
    """The ledger as UTF-8 CSV with the 21 internal columns."""
    found = plan_or_404(request, plan)
    held = contents(request, found)
    if held is None:
        return redirect("ledger", plan=found.pk)
    foot = _("As of %(date)s, by %(who)s, filter: %(filter)s") % {
        "date": wording.full_date(held.on),
        "who": person_of(request),
        "filter": held.filter_words,
    }

    def lines() -> Iterator[str]:
        writer = csv.writer(Echo())
        yield "\ufeff" + writer.writerow(shown.csv_head(found))
        for rows, extras in held.pieces():
            yield "".join(writer.writerow(shown.csv_row(task, held.on, extras[task.pk])) for task in rows)
        yield writer.writerow([shown.inert(foot)])

    response = StreamingHttpResponse(in_this_language(lines()), content_type="text/csv; charset=utf-8")
    name = f"台账_{found.government}_{found.year}_{held.on.isoformat()}.csv"
    response["Content-Disposition"] = f"attachment; filename=\"ledger.csv\"; filename*=UTF-8''{quote(name)}"
    return response


class Echo:
    """A file that hands every line straight back, so that the answer can be streamed."""

    def write(self, line: str) -> str:
        return line


def _extras(request: HttpRequest, rows: list[Task]) -> Extras:
    """What other tables say about the tasks, one query per table, only what this person may see."""
    user, pks = person_of(request), [task.pk for task in rows]
    extras: Extras = defaultdict(dict)

    def add(pk: int, name: str, words: str) -> None:
        extras[pk][name] = "；".join(part for part in (extras[pk].get(name, ""), words) if part)

    within = {"task__in": pks}
    measures = MeasureLink.objects.standing().filter(**within)
    for pk, number in measures.values_list("task_id", "measure__section__number"):
        add(pk, "links", _("measure %(number)s") % {"number": number.rstrip(".、．")})
    answers = ShortcomingLink.objects.standing().filter(**within)
    for pk, place in answers.values_list("task_id", "shortcoming__number"):
        add(pk, "links", _("shortcoming %(number)s") % {"number": place})
    for pk, due_on, title, met_on in Milestone.objects.filter(**within).values_list(
        "task_id", "due_on", "title", "met_on"
    ):
        add(pk, "milestones", f"{due_on} {title}{'✓' if met_on else ''}")
    units = Task.supporting_units.through.objects.filter(task__in=pks).order_by("unit__order")
    for pk, name in units.values_list("task_id", "unit__short_name"):
        add(pk, "supporting", name)
    uses = EvidenceUse.objects.visible_to(user).standing(clock.today()).filter(**within)
    for pk, number in uses.values_list("task_id", "evidence__number"):
        add(pk, "evidence", number)
    for pk, name, words in told(TaskEvent.objects.visible_to(user).filter(**within)):
        extras[pk][name] = words
    return extras
