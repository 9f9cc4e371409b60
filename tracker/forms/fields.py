"""Form fields that keep out what no file and no database takes."""

import re
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# C0 controls but tab and newline, DEL, byte order mark, non-characters, lone surrogates.
UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")


class CleanTextField(forms.CharField):
    """Text with one kind of line end and without characters that cannot be stored or exported."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        return UNWANTED.sub("", (text or "").replace("\r\n", "\n").replace("\r", "\n"))


class PointsField(forms.CharField):
    """Progress in points: a whole number from 0 to 100; a wrong value is named in the error and stays typed."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "6"})

    def to_python(self, value: Any) -> Any:
        text = (super().to_python(value) or "").strip().rstrip("%％")
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) <= 3 and int(text) <= 100):
            raise ValidationError(_("Enter a whole number from 0 to 100; it is “%(value)s”.") % {"value": value})
        return int(text)


class StyledForm(forms.Form):
    """A form whose widgets carry the house's classes, so that templates can place them by hand."""

    CLASSES: ClassVar[dict[type[forms.Widget], str]] = {
        forms.CheckboxInput: "form-check-input",
        forms.CheckboxSelectMultiple: "",
        forms.RadioSelect: "",
        forms.Select: "form-select",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            self.style(field)

    def style(self, field: forms.Field) -> None:
        """Give the field's widget its class; what is hidden needs none."""
        if not field.widget.is_hidden:
            field.widget.attrs.setdefault("class", self.CLASSES.get(type(field.widget), "form-control"))


def paragraph(rows: int, **attrs: Any) -> forms.Textarea:
    """A text area of that many rows."""
    return forms.Textarea(attrs={"rows": rows, **attrs})
