"""Milestones in rows, inside a larger form or on a page of their own."""

import re
from collections.abc import Iterator
from typing import Any

from crispy_forms.layout import HTML, Div, Fieldset
from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _

from tracker.forms.fields import DayField, LineField, PointsField
from tracker.models import Milestone, Task
from tracker.services.task_values import STEP_FIELDS

SPARE = 5
MOST_ROWS = 100
NAMES = ("title", "due_on", "share")
ROW = re.compile(r"milestones_([0-9]{1,3})_title")


class MilestoneRows:
    """The open milestones of a task and a few empty rows, as fields of `form`; met ones stay as they are.

    A row that is emptied leaves its milestone out. Row 2 has the fields "milestones_2_title", "…_due_on", "…_share".
    """

    def __init__(self, form: forms.Form, task: Task) -> None:
        self.form = form
        self.stored = list(task.milestones.all())
        self.met = [step for step in self.stored if step.met_on is not None]
        waiting = [step for step in self.stored if step.met_on is None]
        self.number = max(len(waiting) + SPARE, self._sent())
        self.places: list[int] = []
        for place in range(self.number):
            for name, field in self._fields(place).items():
                field.initial = getattr(waiting[place], name) if place < len(waiting) else None
                form.fields[f"milestones_{place}_{name}"] = field

    def _sent(self) -> int:
        """How many rows the page had that was sent."""
        found = [int(match[1]) + 1 for match in map(ROW.fullmatch, self.form.data) if match]
        return max((number for number in found if number <= MOST_ROWS), default=0)

    def _fields(self, place: int) -> dict[str, forms.Field]:
        words = {"number": place + 1}
        longest = Milestone._meta.get_field("title").max_length
        return {
            "title": LineField(label=_("Milestone %(number)d") % words, required=False, max_length=longest),
            "due_on": DayField(label=_("Date, milestone %(number)d") % words, required=False),
            "share": PointsField(label=_("Share in %%, milestone %(number)d") % words, required=False),
            "note": LineField(required=False, widget=forms.HiddenInput),
        }

    def layout(self) -> Fieldset:
        """The rows with their heading, as they stand on the page."""
        hint = _("Optional. The schedule runs through their shares, which rise to 100% at the due date.")
        rows = [
            Div(*(f"milestones_{place}_{name}" for name in (*NAMES, "note")), css_class="milestone-row")
            for place in range(self.number)
        ]
        lines = HTML(format_html('<p class="field__hint">{}</p>', hint))
        return Fieldset(_("Milestones"), lines, *rows, css_class="milestone-rows")

    def _typed(self) -> Iterator[tuple[int, dict[str, Any]]]:
        for place in range(self.number):
            row = {name: self.form.cleaned_data.get(f"milestones_{place}_{name}") for name in (*NAMES, "note")}
            if any(row[name] not in (None, "") for name in NAMES):
                yield place, row

    def check(self) -> None:
        """A row that was begun needs its title and its date; what is wrong in itself is named already."""
        sentences = {"title": _("Name the milestone."), "due_on": _("Give the date of the milestone.")}
        for place, row in self._typed():
            for name, sentence in sentences.items():
                field = f"milestones_{place}_{name}"
                if not row[name] and field not in self.form.errors:
                    self.form.add_error(field, sentence)

    def values(self, values: dict[str, Any]) -> dict[str, Any]:
        """`values` with all rows as `milestones`, as the services take them; without any where no row was sent."""
        kept = {name: value for name, value in values.items() if not name.startswith("milestones_")}
        return {**kept, "milestones": self.steps()} if self._sent() else kept

    def steps(self) -> list[dict[str, Any]]:
        """What is typed, then what is met; a row that was met after the page was opened is not doubled.

        Where no row was sent at all, the milestones as they are stored.
        """
        kept = self.met if self._sent() else self.stored
        met = {(step.title, step.due_on) for step in self.met}
        typed = [(place, row) for place, row in self._typed() if (row["title"], row["due_on"]) not in met]
        self.places = [place for place, _row in typed]
        return [row for _place, row in typed] + [{name: getattr(step, name) for name in STEP_FIELDS} for step in kept]

    def field_of(self, field: str) -> str:
        """The form's name of a field that the service names by its place among the steps."""
        match = re.fullmatch(r"milestones_([0-9]+)_(\w+)", field)
        if match is None or int(match[1]) >= len(self.places):
            return field
        return f"milestones_{self.places[int(match[1])]}_{match[2]}"
