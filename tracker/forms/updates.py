"""A progress update, in one form: words, progress, milestones, readings, evidence."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.forms.evidence import CLAIM_LENGTH
from tracker.forms.fields import (
    CleanTextField,
    DayField,
    KeysField,
    LineField,
    PointsField,
    ReadingField,
    StyledForm,
    clean,
    paragraph,
)
from tracker.models import Indicator, Milestone
from tracker.services.indicators import NOTE_LENGTH
from tracker.services.tasks import Met

TEXT_LENGTH = 4000
DRAFT_LENGTH = 20_000
READING, NOTE, MET_ON, MET_WORDS, CLAIM = "reading_", "note_", "met_on_", "met_words_", "claim_"
CLAIM_NAME = re.compile(rf"{CLAIM}([0-9]{{1,19}})")
MET_LENGTH = Milestone._meta.get_field("met_words").max_length
# What two people may have written differently.
SHARED = ("progress", "summary", "problems", "next_steps")


class ProofForm(StyledForm):
    """What a report and a contribution share: words, and evidence that is stored already, each with its claim."""

    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    summary = CleanTextField(
        label=_("Summary"),
        max_length=TEXT_LENGTH,
        help_text=_("What has been achieved, in figures; not meetings held."),
        widget=paragraph(5, **{"data-count": ""}),
        error_messages={"required": _("Say what has been done.")},
    )
    existing = KeysField(label=_("Evidence"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ticked = [f"{CLAIM}{key}" for key in self["existing"].value() or ()]
        for match in map(CLAIM_NAME.fullmatch, [*ticked, *self.data, *self.initial]):
            if match:
                field = LineField(label=_("What it proves"), required=False, max_length=CLAIM_LENGTH)
                self.fields[f"{CLAIM}{int(match[1])}"] = field

    def clean(self) -> dict[str, Any]:
        """What is ticked is to prove something."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in (f"{CLAIM}{key}" for key in cleaned.get("existing") or ()):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("Say which claim the item is to prove."))
        return cleaned

    def show_again(self, data: Any, version: int | None = None) -> None:
        """Show what was typed in `data`; with `version` it can be sent again upon that version of the task."""
        self.data = data.copy()
        if version is not None:
            self.data["version"] = str(version)  # type: ignore[index]

    def values(self) -> dict[str, Any]:
        """What the service takes, the claims as {evidence id: claim}; after `is_valid()`."""
        values = {name: value for name, value in self.cleaned_data.items() if not name.startswith(CLAIM)}
        return {**values, "existing": {key: self.cleaned_data[f"{CLAIM}{key}"] for key in values["existing"]}}


class UpdateForm(ProofForm):
    """The update of one task, which has these `indicators`."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    progress = PointsField(
        label=_("Total progress"), error_messages={"required": _("Enter a whole number from 0 to 100.")}
    )
    problems = CleanTextField(label=_("Problems"), required=False, max_length=TEXT_LENGTH, widget=paragraph(3))
    next_steps = CleanTextField(label=_("Next steps"), required=False, max_length=TEXT_LENGTH, widget=paragraph(3))
    milestones_met = KeysField(label=_("Milestones met"), required=False)
    submit = forms.BooleanField(
        label=_("Submit for close-out as well"),
        required=False,
        # It stands in the bar at the foot, outside the form's own element.
        widget=forms.CheckboxInput(attrs={"form": "update"}),
    )

    field_order = ("version", *SHARED, "milestones_met", "existing", "submit")

    def __init__(
        self, *args: Any, indicators: Iterable[Indicator] = (), steps: Iterable[Milestone] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.steps = list(steps)
        for indicator in indicators:
            self.fields[f"{READING}{indicator.pk}"] = ReadingField(label=indicator.name, required=False)
            note = LineField(label=_("Word of explanation"), required=False, max_length=NOTE_LENGTH)
            self.fields[f"{NOTE}{indicator.pk}"] = note
        for step in self.steps:
            # They stand beside the form's own element.
            day = forms.DateInput(attrs={"type": "date", "form": "update"}, format="%Y-%m-%d")
            line = forms.TextInput(attrs={"form": "update"})
            self.fields[f"{MET_ON}{step.pk}"] = DayField(label=_("Met on"), required=False, widget=day)
            self.fields[f"{MET_WORDS}{step.pk}"] = LineField(
                label=_("How it was met"), required=False, max_length=MET_LENGTH, widget=line
            )

    def clean(self) -> dict[str, Any]:
        """A reading typed for an indicator that is no longer there is not dropped in silence."""
        cleaned = super().clean()
        if set(readings_in(self.data)) - set(self.fields):
            self.add_error(None, _("An indicator on this page does not belong to the task; look again."))
        ticked = set(cleaned.get("milestones_met") or ())
        for step in self.steps:
            if step.pk not in ticked and any(cleaned.get(f"{name}{step.pk}") for name in (MET_ON, MET_WORDS)):
                words = _("Tick “%(title)s” if it is met, or clear what is written beside it.")
                self.add_error("milestones_met", words % {"title": step.title})
        return cleaned

    def values(self) -> dict[str, Any]:
        """As `services.updates.send` takes it, the readings as {indicator id: value}."""
        of_rows = (READING, NOTE, MET_ON, MET_WORDS)
        values = {name: value for name, value in super().values().items() if not name.startswith(of_rows)}
        values["readings"] = {key: value for key, value in self._of_rows(READING).items() if value is not None}
        values["reading_notes"] = self._of_rows(NOTE)
        days, words = self._of_rows(MET_ON), self._of_rows(MET_WORDS)
        values["milestones_met"] = {
            key: Met(days.get(key), words.get(key, "")) for key in self.cleaned_data["milestones_met"]
        }
        return values

    def _of_rows(self, stem: str) -> dict[int, Any]:
        """{key of the row: value} of the fields that begin with `stem`."""
        return {
            int(name.removeprefix(stem)): value for name, value in self.cleaned_data.items() if name.startswith(stem)
        }


def readings_in(data: Any) -> list[str]:
    """The names of the readings that were typed."""
    return [name for name in data if name.startswith(READING) and data[name].strip()]


class ReasonForm(StyledForm):
    """One line why nothing has changed."""

    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = LineField(label=_("Why has nothing changed?"), required=False, max_length=300)


class ContributionForm(ProofForm):
    """What a supporting unit did."""

    field_order = ("version", "summary", "existing")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["summary"].label = _("What my unit has done")


def drafted(data: Any, *shown: forms.BaseForm) -> dict[str, Any]:
    """What was typed into these forms, right or wrong, as a draft keeps it: {name: text, or list of texts}."""
    kept: dict[str, Any] = {}
    for form in shown:
        for name, field in form.fields.items():
            texts = [clean(text) for text in data.getlist(form.add_prefix(name)) if text.strip()]
            if texts:
                kept[form.add_prefix(name)] = texts if isinstance(field, KeysField) else texts[-1]
    return kept


class Together:
    """Several forms as one, for the summary of their errors."""

    def __init__(self, *forms_shown: forms.BaseForm) -> None:
        self.forms = [form for form in forms_shown if form.is_bound]

    @property
    def errors(self) -> list[Any]:
        return [error for form in self.forms for found in form.errors.values() for error in found]

    def non_field_errors(self) -> list[Any]:
        return [error for form in self.forms for error in form.non_field_errors()]

    def hidden_fields(self) -> list[forms.BoundField]:
        return [field for form in self.forms for field in form.hidden_fields()]

    def visible_fields(self) -> list[forms.BoundField]:
        return [field for form in self.forms for field in form.visible_fields()]
