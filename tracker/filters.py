"""Filters of the ledger and of the evidence, declared once: address, form, chips and file all follow from here."""

from collections.abc import Callable, Iterable
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from tracker import clock
from tracker.enums import (
    OPEN_STATUSES,
    STANDING_VERDICTS,
    DemandKind,
    DemandState,
    Disclosure,
    EvidenceKind,
    Nature,
    NoticeLevel,
    NoticeState,
    Status,
    Verdict,
)
from tracker.forms.fields import CleanTextField
from tracker.models import (
    Demand,
    Evidence,
    EvidenceUse,
    Figure,
    MeasureLink,
    ShortcomingLink,
    SupervisionNotice,
    Task,
    User,
)
from tracker.presenters.as_of import Past, fitting
from tracker.querysets import CHANGED_ADDRESS, DEAD_ADDRESS, EvidenceQuerySet, SourceQuerySet, TaskQuerySet, expired
from tracker.services.evidence import normalised_document_number

NOT_SET = "none"
LONGEST_SEARCH = 100
SORTS = {
    "code": ("area__number", "serial"),
    "light": ("light_rank", "area__number", "serial"),
    "due": ("due_on", "area__number", "serial"),
    "progress": ("progress", "area__number", "serial"),
    "updated": ("last_report_on", "area__number", "serial"),
}


class CleanCharFilter(filters.CharFilter):
    field_class = CleanTextField


class TaskFilter(filters.FilterSet):
    """What the ledger can be narrowed by. The light is applied by the view, so that its counts stay whole."""

    q = CleanCharFilter(method="filter_text", label=_("Number, task, unit, owner"), max_length=LONGEST_SEARCH)
    area = filters.NumberFilter(
        field_name="area__number", label=_("Work area"), min_value=0, max_value=9999, widget=forms.Select
    )
    lead_unit = filters.ChoiceFilter(method="filter_row", label=_("Lead unit"), empty_label=_("all"))
    owner = filters.ChoiceFilter(method="filter_row", label=_("Owner"), empty_label=_("all"))
    status = filters.ChoiceFilter(choices=Status.choices, label=_("Status"), empty_label=_("all"))
    nature = filters.ChoiceFilter(choices=Nature.choices, label=_("Nature"), empty_label=_("all"))
    due_from = filters.DateFilter(
        field_name="due_on", lookup_expr="gte", label=_("Due from"), widget=forms.DateInput(attrs={"type": "date"})
    )
    due_to = filters.DateFilter(
        field_name="due_on", lookup_expr="lte", label=_("Due to"), widget=forms.DateInput(attrs={"type": "date"})
    )
    still_open = filters.BooleanFilter(method="filter_open", label=_("still open"), widget=forms.CheckboxInput)
    dated = filters.BooleanFilter(
        method="filter_dated", label=_("with start and due date, not cancelled"), widget=forms.CheckboxInput
    )
    measure = filters.ChoiceFilter(method="filter_measure", label=_("Continues measure"), empty_label=_("all"))
    shortcoming = filters.ChoiceFilter(
        method="filter_shortcoming", label=_("Answers shortcoming"), empty_label=_("all")
    )
    no_evidence = filters.BooleanFilter(
        method="filter_no_evidence", label=_("has no evidence"), widget=forms.CheckboxInput
    )
    mine = filters.BooleanFilter(method="filter_mine", label=_("mine"), widget=forms.CheckboxInput)

    class Meta:
        model = Task
        fields: list[str] = []

    def __init__(self, *args: Any, choices: dict[str, list[tuple[Any, Any]]], user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        for name, rows in choices.items():
            if name == "area":
                self.filters[name].extra["widget"] = forms.Select(choices=[("", _("all")), *rows])
            else:
                self.filters[name].extra["choices"] = rows

    def filter_text(self, queryset: TaskQuerySet, name: str, value: str) -> TaskQuerySet:
        """Every word must stand somewhere in number, title, unit or owner."""
        for word in value.split()[:8]:
            queryset = queryset.filter(
                Q(code__startswith=word)
                | Q(title__contains=word)
                | Q(lead_unit__short_name__contains=word)
                | Q(owner__display_name__contains=word)
            )
        return queryset

    def filter_row(self, queryset: TaskQuerySet, name: str, value: str) -> TaskQuerySet:
        if value == NOT_SET:
            return queryset.filter(**{f"{name}__isnull": True})
        return queryset.filter(**{name: int(value)})

    def filter_open(self, queryset: TaskQuerySet, name: str, value: bool) -> TaskQuerySet:
        return queryset.open() if value else queryset

    def filter_dated(self, queryset: TaskQuerySet, name: str, value: bool) -> TaskQuerySet:
        return queryset.dated() if value else queryset

    def filter_measure(self, queryset: TaskQuerySet, name: str, value: str) -> TaskQuerySet:
        links = MeasureLink.objects.standing().filter(task=OuterRef("pk"), measure__section=int(value))
        return queryset.filter(Exists(links))

    def filter_shortcoming(self, queryset: TaskQuerySet, name: str, value: str) -> TaskQuerySet:
        links = ShortcomingLink.objects.standing().filter(task=OuterRef("pk"), shortcoming=int(value))
        return queryset.filter(Exists(links))

    def filter_no_evidence(self, queryset: TaskQuerySet, name: str, value: bool) -> TaskQuerySet:
        return queryset.without_evidence(clock.today()) if value else queryset

    def filter_mine(self, queryset: TaskQuerySet, name: str, value: bool) -> TaskQuerySet:
        mine = Q(owner=self.user) | Q(lead_unit=self.user.unit_id)
        return queryset.filter(mine) if value else queryset


# The filters that history answers, each with the twin of its condition for a task as it was kept.
PAST_CONDITIONS: dict[str, Callable[[Past, Any], bool]] = {
    "area": lambda past, value: past.place[0] == value,
    "lead_unit": lambda past, value: value == (str(past.kept.lead_unit.id) if past.kept.lead_unit else NOT_SET),
    "status": lambda past, value: past.kept.status == value,
    "due_from": lambda past, value: past.kept.due_on is not None and past.kept.due_on >= value,
    "due_to": lambda past, value: past.kept.due_on is not None and past.kept.due_on <= value,
    "still_open": lambda past, value: past.kept.status in OPEN_STATUSES,
    "dated": lambda past, value: past.kept.is_dated,
}
PAST_FILTERS = ("q", *PAST_CONDITIONS)


def past_form(query: Any, rows: Iterable[Past], user: User) -> Any:
    """The form of `TaskFilter` with the filters of a past day alone; `rows`, that day's tasks, give the choices."""
    areas = {past.place[0]: past.kept.area.label for past in rows}
    units = {past.kept.lead_unit.id: past.kept.lead_unit.label for past in rows if past.kept.lead_unit}
    choices: dict[str, list[tuple[Any, Any]]] = {
        "area": sorted(areas.items()),
        "lead_unit": [*sorted(units.items()), (NOT_SET, _("not yet set"))],
    }
    form = TaskFilter(query, Task.objects.none(), choices=choices, user=user).form
    for name in set(form.fields) - set(PAST_FILTERS):
        del form.fields[name]
    form.is_valid()
    return form


def narrowed_past(rows: Iterable[Past], values: dict[str, Any]) -> list[Past]:
    """The tasks of a past day that fit the cleaned values of `past_form`."""
    wanted = [(PAST_CONDITIONS[name], value) for name, value in values.items() if name != "q" and value]
    found = fitting(rows, values.get("q", ""))
    return [past for past in found if all(fits(past, value) for fits, value in wanted)]


BRACKETS = str.maketrans("[]【】［］", "〔〕〔〕〔〕")
UNUSED, REPLACED, EXPIRED, DEAD, CHANGED = "unused", "replaced", "expired", "dead", "changed"
EVIDENCE_STATES = [
    *Verdict.choices,
    (UNUSED, _("used by no task")),
    (REPLACED, _("replaced by a newer version")),
    (EXPIRED, _("expired")),
    (DEAD, _("address dead")),
    (CHANGED, _("changed since acceptance")),
]


class EvidenceFilter(filters.FilterSet):
    """What the evidence of a plan can be narrowed by."""

    q = CleanCharFilter(
        method="filter_text", label=_("Number, title, document number, issuer"), max_length=LONGEST_SEARCH
    )
    unit = filters.ChoiceFilter(method="filter_unit", label=_("Depositing unit"), empty_label=_("all"))
    kind = filters.ChoiceFilter(choices=EvidenceKind.choices, label=_("Kind of material"), empty_label=_("all"))
    state = filters.ChoiceFilter(method="filter_state", choices=EVIDENCE_STATES, label=_("State"), empty_label=_("all"))
    disclosure = filters.ChoiceFilter(choices=Disclosure.choices, label=_("Disclosure"), empty_label=_("all"))
    dated_from = filters.DateFilter(
        field_name="dated_on", lookup_expr="gte", label=_("Dated from"), widget=forms.DateInput(attrs={"type": "date"})
    )
    dated_to = filters.DateFilter(
        field_name="dated_on", lookup_expr="lte", label=_("Dated to"), widget=forms.DateInput(attrs={"type": "date"})
    )

    class Meta:
        model = Evidence
        fields: list[str] = []

    def __init__(self, *args: Any, units: list[tuple[Any, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["unit"].extra["choices"] = units

    def filter_text(self, queryset: EvidenceQuerySet, name: str, value: str) -> EvidenceQuerySet:
        """Every word must stand somewhere; any bracket finds a document number."""
        for word in value.split()[:8]:
            queryset = queryset.filter(
                Q(number__startswith=word)
                | Q(title__contains=word)
                | Q(issuer__contains=word)
                | Q(document_number__contains=normalised_document_number(word).translate(BRACKETS))
            )
        return queryset

    def filter_unit(self, queryset: EvidenceQuerySet, name: str, value: str) -> EvidenceQuerySet:
        return queryset.filter(unit=int(value))

    def filter_state(self, queryset: EvidenceQuerySet, name: str, value: str) -> EvidenceQuerySet:
        uses = EvidenceUse.objects.filter(evidence=OuterRef("pk"))
        if value == REPLACED:
            return queryset.filter(replaced_by__isnull=False)
        if value == EXPIRED:
            return queryset.filter(expired(clock.today()))
        if value in (DEAD, CHANGED):
            return queryset.filter(DEAD_ADDRESS if value == DEAD else CHANGED_ADDRESS)
        if value == UNUSED:
            return queryset.filter(~Exists(uses.filter(verdict__in=STANDING_VERDICTS)))
        return queryset.filter(Exists(uses.filter(verdict=value)))


class SentFilter(filters.FilterSet):
    """What is narrowed by the unit it was sent to; the unit's choices come with the rows."""

    unit = filters.ChoiceFilter(method="filter_unit", label=_("Sent to"), empty_label=_("all"))

    def __init__(self, *args: Any, units: list[tuple[Any, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["unit"].extra["choices"] = units

    def filter_unit(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(unit=int(value))


class NoticeFilter(SentFilter):
    """What the supervision notices of a plan can be narrowed by."""

    level = filters.ChoiceFilter(choices=NoticeLevel.choices, label=_("Level"), empty_label=_("all"))
    state = filters.ChoiceFilter(choices=NoticeState.choices, label=_("State"), empty_label=_("all"))

    class Meta:
        model = SupervisionNotice
        fields: list[str] = []


class DemandFilter(SentFilter):
    """What the demands of a plan can be narrowed by."""

    kind = filters.ChoiceFilter(choices=DemandKind.choices, label=_("Kind"), empty_label=_("all"))
    state = filters.ChoiceFilter(choices=DemandState.choices, label=_("State"), empty_label=_("all"))

    class Meta:
        model = Demand
        fields: list[str] = []


FIGURE_SORTS = [("share", _("shares")), ("approximate", _("approximate")), ("indicator", _("with an indicator"))]


class FigureFilter(filters.FilterSet):
    """What the figures of a report can be narrowed by."""

    q = CleanCharFilter(method="filter_text", label=_("What is counted"), max_length=LONGEST_SEARCH)
    section = filters.ChoiceFilter(method="filter_section", label=_("Item"), empty_label=_("all"))
    sort = filters.ChoiceFilter(
        method="filter_sort", choices=FIGURE_SORTS, label=_("Sort of figure"), empty_label=_("all")
    )

    class Meta:
        model = Figure
        fields: list[str] = []

    def __init__(self, *args: Any, sections: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["section"].extra["choices"] = sections

    def filter_text(self, queryset: SourceQuerySet, name: str, value: str) -> SourceQuerySet:
        """Every word must stand in the figure's own words."""
        for word in value.split()[:8]:
            queryset = queryset.filter(quote__contains=word)
        return queryset

    def filter_section(self, queryset: SourceQuerySet, name: str, value: str) -> SourceQuerySet:
        return queryset.filter(section=int(value))

    def filter_sort(self, queryset: SourceQuerySet, name: str, value: str) -> SourceQuerySet:
        conditions = {
            "share": Q(unit__in=["%", "％"]),
            "approximate": Q(approximate=True),
            "indicator": Q(indicators__isnull=False),
        }
        return queryset.filter(conditions[value]).distinct()
