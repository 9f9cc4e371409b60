"""What is said of an item or a shortcoming that no task takes up."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.enums import DispositionKind
from tracker.forms.fields import CleanTextField, paragraph
from tracker.models import Disposition

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
