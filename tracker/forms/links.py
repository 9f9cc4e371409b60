"""What is said of an item or a shortcoming that no task takes up."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.enums import DispositionKind, LinkExtent, Strength
from tracker.forms.fields import CleanTextField, LineField, StyledForm, paragraph
from tracker.models import Disposition, MeasureLink

REASON_LENGTH = Disposition._meta.get_field("reason").max_length


class DispositionForm(forms.Form):
    """What becomes of it, and why."""

    kind = forms.ChoiceField(
        label=_("What becomes of it"),
        choices=DispositionKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what becomes of it.")},
    )
    reason = CleanTextField(
        label=_("Reason"),
        help_text=_("Where it is continued, or why it is not; everyone who sees the plan reads it."),
        max_length=REASON_LENGTH,
        widget=paragraph(3, **{"data-count": ""}),
        error_messages={"required": _("Give the reason.")},
    )

    def __init__(self, *args: Any, known: Disposition | None = None, **kwargs: Any) -> None:
        """`known` is what was said before."""
        super().__init__(*args, **kwargs)
        if known:
            self.initial.update(kind=known.kind, reason=known.reason)


class LinkForm(StyledForm):
    """How a task is linked to words of last year's report, and why."""

    strength = forms.ChoiceField(
        label=_("Strength"),
        choices=Strength.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether the task takes it up directly or indirectly.")},
    )
    extent = forms.ChoiceField(
        label=_("Of a measure, it continues"),
        choices=LinkExtent.choices,
        initial=LinkExtent.ITEM,
        required=False,
        widget=forms.RadioSelect,
    )
    rationale = LineField(
        label=_("Why"),
        help_text=_("What the task and these words have in common, in one sentence."),
        max_length=MeasureLink._meta.get_field("rationale").max_length,
        error_messages={"required": _("Say why the task is linked to these words.")},
    )

    def clean_extent(self) -> str:
        return self.cleaned_data["extent"] or LinkExtent.ITEM
