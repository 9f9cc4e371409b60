"""Preparing a review, deciding in it, opening it again."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.enums import AgendaOrder, DecisionKind, ReviewKind
from reports.models import Review
from tracker.forms.fields import CleanTextField, DayField, LineField, StyledForm, paragraph


class ReviewForm(StyledForm):
    """The head of a review."""

    use_required_attribute = False

    kind = forms.ChoiceField(label=_("Kind of review"), choices=ReviewKind.choices)
    on = DayField(label=_("Day of the meeting"))
    since = DayField(label=_("Period from"))
    until = DayField(label=_("Period until"))
    chair = LineField(label=_("Chair"), max_length=60, error_messages={"required": _("Name who takes the chair.")})
    participants = CleanTextField(
        label=_("Participants"),
        required=False,
        max_length=1000,
        widget=paragraph(2),
        help_text=_("units or names, as the record is to tell them"),
    )
    order = forms.ChoiceField(label=_("Order of the agenda"), choices=AgendaOrder.choices)


class VersionedForm(StyledForm):
    """A form that carries the version of the review that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def renew(self, review: int) -> None:
        """Keep what was typed and let it be sent again upon the review as it is now."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["version"] = str(Review.objects.values_list("version", flat=True).get(pk=review))  # type: ignore[index]


class EditForm(VersionedForm, ReviewForm):
    """The head of a review that is there."""

    @classmethod
    def of(cls, review: Review, data: Any = None) -> "EditForm":
        return cls(data, initial={name: getattr(review, name) for name in cls.base_fields})


class NotesForm(VersionedForm):
    """The notes of the meeting."""

    notes = CleanTextField(label=_("Notes of the meeting"), required=False, max_length=4000, widget=paragraph(4))


class DecisionForm(StyledForm):
    """What the meeting decides on a task; what each kind needs is said by the service."""

    use_required_attribute = False

    kind = forms.ChoiceField(
        label=_("Decision"),
        choices=DecisionKind.choices,
        error_messages={"required": _("Choose what is decided.")},
    )
    words = CleanTextField(label=_("Decision in words"), required=False, max_length=1000, widget=paragraph(2))
    by_date = DayField(label=_("Until"), required=False)
    request = forms.IntegerField(required=False, widget=forms.HiddenInput)


class AddItemForm(StyledForm):
    """A task that the chair puts on the agenda, by its number."""

    code = LineField(label=_("Number of the task"), max_length=12, error_messages={"required": _("Give its number.")})
    words = LineField(label=_("Why"), required=False, max_length=200)


class ReopenForm(StyledForm):
    """Why a closed review is opened again."""

    use_required_attribute = False

    reason = CleanTextField(
        label=_("Reason"),
        max_length=500,
        widget=paragraph(3),
        error_messages={"required": _("Say why the review is opened again.")},
    )
