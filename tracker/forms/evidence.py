"""A new evidence item."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from tracker.documents import UPLOAD_KINDS
from tracker.enums import Disclosure, EvidenceKind
from tracker.exceptions import InvalidInput
from tracker.forms.fields import AddressField, DayField, LineField, StyledForm
from tracker.models import EvidenceUse, Task, User
from tracker.services import files
from tracker.services.files import StoredFile

PREFIX = "new"
CLAIM_LENGTH = EvidenceUse._meta.get_field("claim").max_length
# What shows that somebody began an item; kind and disclosure are always chosen.
TYPED = ("title", "address", "document_number", "issuer", "dated_on", "place", "claim", "not_classified", "kept")


class EvidenceForm(StyledForm):
    """What is asked of a new item; the service normalises the document number and has the last word."""

    use_required_attribute = False

    address = AddressField(label=_("Web address"), required=False, max_length=1000)
    file = forms.FileField(
        label=_("File"),
        required=False,
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ",".join(kind.ending for kind in UPLOAD_KINDS)}),
    )
    # The signed word for a file that was sent already, while something else on the form was wrong.
    kept = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)
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
    valid_until = DayField(label=_("Valid until"), required=False, help_text=_("only for what runs out"))
    claim = LineField(
        label=_("What it proves"),
        max_length=CLAIM_LENGTH,
        error_messages={"required": _("Say which claim the item is to prove.")},
    )
    not_classified = forms.BooleanField(
        label=_("This material contains no state secrets, work secrets or sensitive personal data"),
        error_messages={"required": _("State that the material contains nothing classified.")},
    )

    def __init__(self, *args: Any, by: User, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by, self.task = by, task
        kept = "" if self.is_bound else self.initial.get("kept", "")
        self.stored: StoredFile | None = files.redeem(kept, by=by) if kept else None
        self.fields["file"].help_text = _(
            "PDF, OFD, Word, Excel, PowerPoint, PNG, JPEG or text, at most %(most)d MB"
        ) % {"most": settings.EVIDENCE_MOST_MB}

    def clean(self) -> dict[str, Any]:
        """The file is kept at once, so that it need not be sent again when something else is wrong."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        upload = cleaned.pop("file", None)
        if upload is not None:
            self._keep(upload)
        elif "file" not in self.errors and cleaned.get("kept"):
            self._take_up(cleaned["kept"])
        sought = {"address", "document_number", "file"}
        found = self.stored is not None or any(cleaned.get(name) for name in sought)
        if not sought & set(self.errors) and not found:
            self.add_error("address", _("Give a web address, a document number or a file."))
        return cleaned

    def _keep(self, upload: Any) -> None:
        try:
            files.refuse_size(upload.size)
            self.stored = files.keep(upload.name, upload.read(), by=self.by, task=self.task)
        except InvalidInput as refusal:
            self.add_error("file", str(refusal))

    def _take_up(self, ticket: str) -> None:
        self.stored = files.redeem(ticket, by=self.by)
        if self.stored is None:
            self.add_error("file", _("The file that was sent before is no longer here; choose it again."))

    @cached_property
    def ticket(self) -> str:
        """What the page holds instead of the file it was sent."""
        return files.ticket(self.stored, by=self.by) if self.stored else ""

    def values(self) -> dict[str, Any]:
        """What `services.evidence.deposit` takes; after `is_valid()`."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "kept"}
        return {**values, "file": self.stored}


def begun(data: Any, uploads: Any = ()) -> bool:
    """Has anything been typed or chosen for the new item that is part of a larger form?"""
    typed = any(data.get(f"{PREFIX}-{name}", "").strip() for name in TYPED)
    return typed or f"{PREFIX}-file" in uploads
