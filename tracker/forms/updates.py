"""A progress update, in one form: words, progress, milestones, readings, evidence."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.forms.fields import CleanTextField, PointsField, StyledForm, paragraph
from tracker.models import Task

TEXT_LENGTH = 4000
DRAFTED = ("progress", "summary", "problems", "next_steps")


class UpdateForm(StyledForm):
    """The update of one task; `indicators` and `uses` are what the page offers."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    progress = PointsField(label=_("Total progress"))
    summary = CleanTextField(
        label=_("Summary"),
        max_length=TEXT_LENGTH,
        widget=paragraph(5, **{"data-count": ""}),
        error_messages={"required": _("Say what has been done.")},
    )
    problems = CleanTextField(label=_("Problems"), required=False, max_length=TEXT_LENGTH, widget=paragraph(3))
    next_steps = CleanTextField(label=_("Next steps"), required=False, max_length=TEXT_LENGTH, widget=paragraph(3))
    milestones_met = forms.TypedMultipleChoiceField(
        label=_("Milestones met"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    existing = forms.TypedMultipleChoiceField(
        label=_("Material that is there already"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    submit = forms.BooleanField(label=_("Submit for close-out as well"), required=False)

    def __init__(self, task: Task, *args: Any, items: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = [(step.pk, step.title) for step in task.milestones.all() if step.met_on is None]
        self.fields["milestones_met"].choices = steps  # type: ignore[attr-defined]
        self.fields["existing"].choices = [(item.pk, str(item)) for item in items]  # type: ignore[attr-defined]
        self.indicators = list(task.indicators.all())
        for indicator in self.indicators:
            self.fields[f"reading_{indicator.pk}"] = forms.DecimalField(
                label=indicator.name,
                required=False,
                max_digits=16,
                decimal_places=4,
                localize=False,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            )
            self.style(self.fields[f"reading_{indicator.pk}"])

    def readings(self) -> dict[int, Any]:
        """{indicator id: value} of the readings that were typed; after `is_valid()`."""
        values = {indicator.pk: self.cleaned_data[f"reading_{indicator.pk}"] for indicator in self.indicators}
        return {pk: value for pk, value in values.items() if value is not None}


class ReasonForm(StyledForm):
    """One line why nothing has changed."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = CleanTextField(label=_("Why nothing has changed"), required=False, max_length=500)


class ContributionForm(StyledForm):
    """What a supporting unit did."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    summary = CleanTextField(
        label=_("What my unit has done"),
        max_length=TEXT_LENGTH,
        widget=paragraph(5),
        error_messages={"required": _("Say what has been done.")},
    )
