"""A new evidence item."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.enums import Disclosure, EvidenceKind
from tracker.forms.fields import CleanTextField, StyledForm, paragraph


class EvidenceForm(StyledForm):
    """What is asked of a new item; the service checks it and normalises the document number."""

    kind = forms.ChoiceField(label=_("Kind of material"), choices=EvidenceKind.choices, initial=EvidenceKind.WEB_PAGE)
    title = CleanTextField(label=_("Title of the material"), max_length=200)
    address = forms.URLField(
        label=_("Web address"),
        required=False,
        max_length=1000,
        assume_scheme="https",
        help_text=_("An address or a document number is needed."),
        error_messages={"invalid": _("This is not a web address; it begins with https:// or http://.")},
    )
    document_number = CleanTextField(
        label=_("Document number"), required=False, max_length=60, help_text=_("any bracket; it is stored as 〔〕")
    )
    issuer = CleanTextField(label=_("Issuer"), required=False, max_length=100)
    dated_on = forms.DateField(
        label=_("Date of the document"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": _("This is not a date; write it like 2025-09-30.")},
    )
    place = CleanTextField(label=_("Page or place"), required=False, max_length=100)
    disclosure = forms.ChoiceField(label=_("Disclosure"), choices=Disclosure.choices, initial=Disclosure.PUBLIC)
    claim = CleanTextField(label=_("What it proves"), required=False, max_length=300, widget=paragraph(2))
    not_classified = forms.BooleanField(
        label=_("This material contains no state secrets, work secrets or sensitive personal data"),
        error_messages={"required": _("State that the material contains nothing classified.")},
    )

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        if address and not address.startswith(("https://", "http://")):
            raise forms.ValidationError(_("This is not a web address; it begins with https:// or http://."))
        return address

    def values(self) -> dict[str, Any]:
        """What `services.evidence.deposit` takes; after `is_valid()`."""
        return dict(self.cleaned_data)
