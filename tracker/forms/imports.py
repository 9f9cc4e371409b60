"""A report on its way in: its text, and what it says of itself."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.documents import MOST_BYTES
from tracker.forms.fields import AddressField, CleanTextField, DayField, LineField, StyledForm, paragraph
from tracker.models import AnnualReport, ReportCorrection
from tracker.services.report_imports import MOST_CHARACTERS, MOST_TASKS
from tracker.spreadsheets.limits import MOST_BYTES as SHEET_BYTES
from tracker.spreadsheets.limits import MOST_ROWS

MEGABYTE = 1024 * 1024
FILE_KINDS = ".txt,.docx,.html,.htm,.pdf"


class ReportTextForm(StyledForm):
    """The report as a file or as pasted text, one of the two."""

    file = forms.FileField(
        label=gettext_lazy("File of the report"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": FILE_KINDS}),
    )
    text = CleanTextField(
        label=gettext_lazy("or its text"),
        required=False,
        help_text=gettext_lazy("The whole page may be pasted as it is; what is no part of the report is left out."),
        widget=paragraph(10, **{"data-count": ""}),
    )
    address = AddressField(
        label=gettext_lazy("Web address where it was published"),
        required=False,
        max_length=AnnualReport._meta.get_field("address").max_length,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limits = {"most_mb": MOST_BYTES // MEGABYTE, "most": MOST_CHARACTERS}
        self.fields["file"].help_text = (
            _("Text, Word (.docx), web page or PDF with a text layer; at most %(most_mb)d MB and %(most)d characters.")
            % limits
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        file, text = values.get("file"), values.get("text")
        if "file" in self.errors:
            return values
        if not file and not text:
            raise ValidationError({"file": _("Choose a file, or paste the text below.")})
        if file and text:
            raise ValidationError({"text": _("Give either a file or a text, not both.")})
        if file and file.size > MOST_BYTES:
            raise ValidationError(
                {"file": _("The file has more than %(most_mb)d MB.") % {"most_mb": MOST_BYTES // MEGABYTE}}
            )
        return values

    def given(self) -> dict[str, Any]:
        """What `report_imports.start` or `start_file` takes."""
        file, data = self.cleaned_data["file"], self.cleaned_data
        if file:
            return {"content": file.read(), "name": file.name, "address": data["address"]}
        return {"text": data["text"], "address": data["address"]}


class CorrectedTextForm(ReportTextForm):
    """The corrected text of a report that is here already, and why it is corrected."""

    reason = LineField(
        label=gettext_lazy("Why, and where the correction was published"),
        max_length=ReportCorrection._meta.get_field("reason").max_length,
        error_messages={"required": gettext_lazy("Say why the text is corrected.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["address"]

    def given(self) -> dict[str, Any]:
        """What `report_corrections.start` or `start_file` takes."""
        file, data = self.cleaned_data["file"], self.cleaned_data
        if file:
            return {"content": file.read(), "name": file.name, "reason": data["reason"]}
        return {"text": data["text"], "reason": data["reason"]}


class LedgerPlanForm(StyledForm):
    """A ledger that a plan is begun from, and the year of that plan."""

    ledger = forms.FileField(
        label=gettext_lazy("or a ledger that you keep already"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={
            "required": gettext_lazy("Choose the file of the ledger."),
            "empty": gettext_lazy("The file is empty."),
        },
    )
    plan_year = forms.IntegerField(
        label=gettext_lazy("Year of the plan"),
        min_value=1991,
        max_value=2200,
        error_messages={"required": gettext_lazy("Give the year of the plan, as four digits.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limits = {"most_mb": SHEET_BYTES // MEGABYTE, "most": MOST_TASKS}
        self.fields["ledger"].help_text = (
            _("Excel (.xlsx) or CSV; at most %(most_mb)d MB and %(most)d tasks. Its rows become the words of the plan.")
            % limits
        )

    def clean_ledger(self) -> Any:
        file = self.cleaned_data["ledger"]
        if file.size > SHEET_BYTES:
            raise ValidationError(_("The file has more than %(most_mb)d MB.") % {"most_mb": SHEET_BYTES // MEGABYTE})
        return file


class LedgerFileForm(StyledForm):
    """A ledger as a spreadsheet."""

    file = forms.FileField(
        label=gettext_lazy("Ledger file"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={
            "required": gettext_lazy("Choose the file of the ledger."),
            "empty": gettext_lazy("The file is empty."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limits = {"most_mb": SHEET_BYTES // MEGABYTE, "most": MOST_ROWS}
        self.fields["file"].help_text = _("Excel (.xlsx) or CSV; at most %(most_mb)d MB and %(most)d rows.") % limits

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > SHEET_BYTES:
            raise ValidationError(_("The file has more than %(most_mb)d MB.") % {"most_mb": SHEET_BYTES // MEGABYTE})
        return file


class ReportHeadForm(StyledForm):
    """What the report says of itself, as it was read or as it is corrected."""

    title = LineField(label=gettext_lazy("Title"), max_length=AnnualReport._meta.get_field("title").max_length)
    issuer = LineField(label=gettext_lazy("Issuer"), max_length=AnnualReport._meta.get_field("issuer").max_length)
    year = forms.IntegerField(
        label=gettext_lazy("Year reported on"),
        min_value=1990,
        max_value=2200,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": "4", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Give the year as four digits.")},
    )
    published_on = DayField(label=gettext_lazy("Published on"), required=False)
    signed_on = DayField(label=gettext_lazy("Signed on"), required=False)
    source = LineField(
        label=gettext_lazy("Named source"),
        required=False,
        max_length=AnnualReport._meta.get_field("source").max_length,
    )
