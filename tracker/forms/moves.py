"""What is typed with a move, a request for a change, or a raised light."""

import datetime
from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.enums import Light, Nature, RequestKind
from tracker.forms.fields import CleanTextField, DayField, LineField, RowsField
from tracker.forms.milestones import MilestoneRows
from tracker.models import Task, Unit, User
from tracker.services.contributions import MOST_WORDS
from tracker.services.requests import CHANGEABLE
from tracker.services.task_values import PROMISED

LONG = 2000
PROMISES = (*PROMISED, "accountable_leader", "starts_on")


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """People by name, with the unit they belong to."""

    def label_from_instance(self, person: User) -> str:
        return f"{person}　{person.unit}"


class MoveForm(forms.Form):
    """What every form on a task carries: the version that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.task = task
        self.fields["version"].initial = task.version
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def values(self) -> dict[str, Any]:
        """What was typed, as the service takes it; after `is_valid()`."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    def field_of(self, field: str) -> str:
        """The form's own name of a field that a refusal names."""
        return field

    def reopen(self, version: int) -> None:
        """Keep what was typed and let it be sent again upon `version` of the task."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["version"] = str(version)  # type: ignore[index]


class ReasonForm(MoveForm):
    """One text; its name, label and whether it may be empty come from the move."""

    def __init__(self, *args: Any, field: str, label: Any, optional: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[field] = CleanTextField(
            label=label, required=False, max_length=LONG, widget=forms.Textarea(attrs={"rows": 4})
        )
        self.fields[field].help_text = _("optional") if optional else ""


def units_of(task: Task) -> Any:
    return Unit.objects.active().filter(government=task.plan.government_id).order_by("order", "pk")


def people_of(task: Task) -> Any:
    people = User.objects.filter(unit__government=task.plan.government_id, is_active=True)
    return people.select_related("unit").order_by("unit__order", "pk")


class PromiseForm(MoveForm):
    """What a confirmed task promises. What is missing is named by the service, all of it at once."""

    lead_unit = forms.ModelChoiceField(
        label=gettext_lazy("Lead unit"), queryset=Unit.objects.none(), required=False, empty_label="—"
    )
    owner = PersonField(
        label=gettext_lazy("Owner"),
        queryset=User.objects.none(),
        required=False,
        empty_label="—",
        help_text=gettext_lazy("a person of the lead unit"),
    )
    due_on = DayField(label=gettext_lazy("Due date"), required=False)
    due_basis = LineField(
        label=gettext_lazy("Deadline basis"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("the document or meeting that sets the date"),
    )
    criteria = CleanTextField(
        label=gettext_lazy("Completion criteria"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("what will count as done; one per line"),
    )
    nature = forms.ChoiceField(label=gettext_lazy("Nature"), choices=[("", "—"), *Nature.choices], required=False)

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        kwargs["initial"] = promises_of(task) | (kwargs.get("initial") or {})
        super().__init__(*args, task=task, **kwargs)
        self.fields["lead_unit"].queryset = units_of(task)  # type: ignore[attr-defined]
        self.fields["owner"].queryset = people_of(task)  # type: ignore[attr-defined]

    def clean_criteria(self) -> str:
        lines = (line.strip() for line in self.cleaned_data["criteria"].splitlines())
        return "\n".join(line for line in lines if line)

    def clean(self) -> dict[str, Any]:
        """Where two people changed the same field, take the one that was picked."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in PROMISES:
            if name in self.fields and self.data.get(f"take-{name}") == "theirs":
                cleaned[name] = getattr(self.task, name)
        return cleaned


def promises_of(task: Task) -> dict[str, Any]:
    """The present values of what a task promises; the proposed lead unit where none is set."""
    values = {name: getattr(task, name) for name in PROMISES}
    return values | {"lead_unit": task.lead_unit or task.proposed_lead_unit}


class ConfirmForm(PromiseForm):
    """明确: everything that a task needs to start its life."""

    supporting_units = RowsField(
        label=gettext_lazy("Supporting units"),
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    accountable_leader = LineField(label=gettext_lazy("Accountable leader"), required=False, max_length=60)
    starts_on = DayField(
        label=gettext_lazy("Planned start"),
        required=False,
        help_text=gettext_lazy("optional; today when left empty"),
    )

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        kwargs["initial"] = {"supporting_units": task.supporting_units.all()}
        super().__init__(*args, task=task, **kwargs)
        # The government itself leads through its units and supports through them.
        units = units_of(task).exclude(pk=task.plan.government_id)
        self.fields["supporting_units"].queryset = units  # type: ignore[attr-defined]
        self.rows = MilestoneRows(self, task)
        self.helper.layout = Layout(
            "version",
            Div("lead_unit", "owner", css_class="field-pair"),
            Div("due_on", "starts_on", css_class="field-pair"),
            "due_basis",
            "criteria",
            Div("nature", "accountable_leader", css_class="field-pair"),
            Field("supporting_units", css_class="unit-choice"),
            self.rows.layout(),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.rows.check()
        return cleaned

    def values(self) -> dict[str, Any]:
        return self.rows.values(super().values())

    def field_of(self, field: str) -> str:
        return self.rows.field_of(field)


class MilestonesForm(MoveForm):
    """The milestones of a task that is confirmed already, or will be."""

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, task=task, **kwargs)
        self.rows = MilestoneRows(self, task)
        self.helper.layout = Layout("version", self.rows.layout())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.rows.check()
        return cleaned

    def values(self) -> dict[str, Any]:
        """As `services.tasks.set_milestones` takes them."""
        return {"steps": self.rows.steps()}

    def field_of(self, field: str) -> str:
        return self.rows.field_of(field)


class RequestForm(PromiseForm):
    """延期 / 调整 / 取消: the fields that the kind may change, and why."""

    progress_note = CleanTextField(
        label=gettext_lazy("Progress so far"),
        required=False,
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reason = CleanTextField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, task: Task, kind: RequestKind, **kwargs: Any) -> None:
        super().__init__(*args, task=task, **kwargs)
        self.kind = kind
        kept = {"version", "reason", *CHANGEABLE[kind]}
        if kind == RequestKind.EXTENSION:
            kept.add("progress_note")
            self.fields["due_on"].label = _("New due date")
        for name in set(self.fields) - kept:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """What a confirmed task has, a request replaces and does not empty."""
        cleaned = super().clean()
        for name in CHANGEABLE[self.kind]:
            emptied = name in cleaned and not cleaned[name] and getattr(self.task, name)
            if emptied:
                self.add_error(name, _("This cannot be left empty."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """As `services.requests.ask` takes it; `changes` has stored values, and only what differs."""
        data, task = self.cleaned_data, self.task
        changes = {name: data[name] for name in CHANGEABLE[self.kind] if data[name] != getattr(task, name)}
        if self.kind == RequestKind.EXTENSION and data["due_on"]:
            changes["due_on"] = data["due_on"]
        return {
            "reason": data["reason"],
            "progress_note": data.get("progress_note", ""),
            "changes": {name: stored(value) for name, value in changes.items()},
        }


def stored(value: Any) -> Any:
    """Dates as ISO text, units and people as ids."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value.pk if isinstance(value, Unit | User) else value


class LightForm(MoveForm):
    """A reviewer raises a light, or takes the raise back."""

    light = forms.ChoiceField(label=gettext_lazy("Light"), required=False, widget=forms.RadioSelect)
    reason = CleanTextField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, worse: Iterable[Light], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, Any]] = [(light.value, light.label) for light in worse]
        if self.task.raised_light:
            choices.append(("", _("Take the raised light back")))
        self.fields["light"].choices = choices  # type: ignore[attr-defined]
        self.fields["light"].initial = choices[0][0] if choices else ""


class AskContributionForm(MoveForm):
    """What a supporting unit is to contribute, and by when."""

    unit = forms.ModelChoiceField(
        label=gettext_lazy("Supporting unit"),
        queryset=Unit.objects.none(),
        error_messages={"required": gettext_lazy("Choose a supporting unit of this task.")},
    )
    words = CleanTextField(
        label=gettext_lazy("What it is to contribute"),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say what the unit is to contribute.")},
    )
    wanted_by = DayField(label=gettext_lazy("Wanted by"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = self.task.supporting_units.all()
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        if len(units) == 1:
            self.fields["unit"].initial = units[0].pk


def show_refusal(form: MoveForm, field: str | None, sentence: str) -> None:
    """The sentence at its field, or above all fields where it has none."""
    name = form.field_of(field) if field else None
    form.add_error(name if name in form.fields else None, sentence)


def differences(form: forms.Form) -> list[dict[str, Any]]:
    """Fields of the task that somebody has set and that this form would set otherwise, with both values."""
    if not isinstance(form, PromiseForm):
        return []
    rows = []
    for name in (name for name in PROMISES if name in form.fields):
        theirs, mine = getattr(form.task, name), form.cleaned_data.get(name)
        if theirs and theirs != mine:
            rows.append({"name": name, "label": form.fields[name].label, "theirs": theirs, "mine": mine})
    return rows
