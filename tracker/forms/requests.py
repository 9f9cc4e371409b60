"""Deciding a change request."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.enums import RequestState
from tracker.forms.fields import CleanTextField, LineField, StyledForm, paragraph

DECISIONS = [(RequestState.APPROVED.value, _("Approve")), (RequestState.REFUSED.value, _("Refuse"))]


class DecisionForm(StyledForm):
    """Approve or refuse; what each needs is said by the service."""

    use_required_attribute = False

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=DECISIONS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether the request is approved or refused.")},
    )
    approving_body = LineField(
        label=_("Approving body"), required=False, max_length=100, help_text=_("needed for an approval")
    )
    basis_document = LineField(
        label=_("Basis document"), required=False, max_length=200, help_text=_("needed for an approval")
    )
    note = CleanTextField(
        label=_("Decision in words"),
        required=False,
        max_length=2000,
        widget=paragraph(3),
        help_text=_("needed for a refusal"),
    )

    def values(self) -> dict[str, Any]:
        """What `services.requests.decide` takes; after `is_valid()`."""
        values = dict(self.cleaned_data)
        approved = values.pop("decision") == RequestState.APPROVED
        return {**values, "approved": approved}
