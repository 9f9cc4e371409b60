"""A duty of a leader, added or changed by hand."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.enums import DutyKind
from reports.services.duties import longest
from tracker.forms.fields import DayField, LineField, StyledForm


class DutyForm(StyledForm):
    """What a leader did, when, and the document that proves it."""

    use_required_attribute = False

    kind = forms.ChoiceField(
        label=_("Kind of act"),
        choices=DutyKind.choices,
        initial=DutyKind.MEETING,
        error_messages={"required": _("Choose the kind of act.")},
    )
    on = DayField(label=_("Date"), error_messages={"required": _("Give the date of the act.")})
    leader = LineField(
        label=_("Leader concerned"), max_length=longest("leader"), error_messages={"required": _("Name the leader.")}
    )
    words = LineField(
        label=_("What the leader did"),
        max_length=longest("words"),
        help_text=_("as it is to stand in the report"),
        error_messages={"required": _("Say what the leader did.")},
    )
    number = LineField(
        label=_("Document number"),
        required=False,
        max_length=longest("number"),
        help_text=_("of the minutes or notice that proves it"),
    )


class DutyChangeForm(DutyForm):
    """The same with what the person saw, so that nobody's change is overwritten unseen."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=4000)

    def seen_state(self) -> dict[str, Any]:
        """What the form showed when it was opened; what cannot be read matches nothing."""
        try:
            found = json.loads(self.cleaned_data["seen"])
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}
