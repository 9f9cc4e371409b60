"""The goal of a rectification and how it is checked."""

import json

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.services.rectification import longest
from tracker.forms.fields import CleanTextField, LineField, StyledForm, paragraph


class RectificationForm(StyledForm):
    """Both are optional: what stays empty is shown as not settled. Carries what the person saw."""

    use_required_attribute = False

    goal = CleanTextField(
        label=_("Goal of the rectification"),
        required=False,
        max_length=longest("goal"),
        widget=paragraph(2, **{"data-count": ""}),
        help_text=_("What is different when it is put right, so that anyone can tell."),
    )
    check_method = LineField(
        label=_("How it is checked"),
        required=False,
        max_length=longest("check_method"),
        help_text=_("For example by looking at files, on the spot, or by figures."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=4000)

    def seen_state(self) -> dict[str, str]:
        """What the form showed when it was opened; what cannot be read matches nothing."""
        try:
            found = json.loads(self.cleaned_data["seen"])
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}
