"""A new evidence item."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.enums import Disclosure, EvidenceKind
from tracker.forms.fields import AddressField, DayField, LineField, StyledForm

PREFIX = "new"
# What shows that somebody began an item; kind and disclosure are always chosen.
TYPED = ("title", "address", "document_number", "issuer", "dated_on", "place", "claim", "not_classified")


class EvidenceForm(StyledForm):
    """What is asked of a new item; the service normalises the document number and has the last word."""

    use_required_attribute = False

    address = AddressField(label=_("Web address"), required=False, max_length=1000)
    title = LineField(
        label=_("Title of the material"), max_length=200, error_messages={"required": _("Give the title.")}
    )
    document_number = LineField(
        label=_("Document number"), required=False, max_length=60, help_text=_("any bracket; it is stored as 〔〕")
    )
    dated_on = DayField(
        label=_("Date of the document"), error_messages={"required": _("Give the date of the document.")}
    )
    disclosure = forms.ChoiceField(label=_("Disclosure"), choices=Disclosure.choices, initial=Disclosure.PUBLIC)
    kind = forms.ChoiceField(label=_("Kind of material"), choices=EvidenceKind.choices, initial=EvidenceKind.WEB_PAGE)
    issuer = LineField(label=_("Issuer"), required=False, max_length=100)
    place = LineField(label=_("Page or place"), required=False, max_length=100)
    claim = LineField(label=_("What it proves"), required=False, max_length=300)
    not_classified = forms.BooleanField(
        label=_("This material contains no state secrets, work secrets or sensitive personal data"),
        error_messages={"required": _("State that the material contains nothing classified.")},
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        sought = {"address", "document_number"}
        if not sought & set(self.errors) and not any(cleaned.get(name) for name in sought):
            self.add_error("address", _("Give a web address or a document number."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """What `services.evidence.deposit` takes; after `is_valid()`."""
        return dict(self.cleaned_data)


def begun(data: Any) -> bool:
    """Has anything been typed into the new item that is part of a larger form?"""
    return any(data.get(f"{PREFIX}-{name}", "").strip() for name in TYPED)
