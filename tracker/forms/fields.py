"""Form fields that keep out what no file and no database takes, and whose errors name what was typed."""

import datetime
import re
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from tracker.texts import clean

FULL_WIDTH = str.maketrans("０１２３４５６７８９．，％－", "0123456789.,%-")
NUMBER = re.compile(r"-?\d{1,14}(?:\.\d{1,6})?")
WEB_ADDRESS = URLValidator(schemes=["http", "https"])
HIGHEST_KEY = 2**63 - 1
SHOWN = 20


def named(value: Any) -> dict[str, str]:
    """What was typed, for the sentence of an error: its beginning when it is long."""
    text = clean(str(value))
    return {"value": text if len(text) <= SHOWN else f"{text[:SHOWN]}…"}


class CleanTextField(forms.CharField):
    """Text without characters that cannot be stored or exported."""

    def to_python(self, value: Any) -> str:
        return super().to_python(None if value is None else clean(str(value))) or ""


class LineField(CleanTextField):
    """One line: a line end or tab becomes a blank."""

    def to_python(self, value: Any) -> str:
        return re.sub(r"[\n\t]+", " ", super().to_python(value)).strip()


class PointsField(LineField):
    """Progress in points: a whole number from 0 to 100; a wrong value is named in the error and stays typed."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "6"})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        number = text.translate(FULL_WIDTH).removesuffix("%").strip()
        if not (number.isascii() and number.isdecimal() and len(number) <= 3 and int(number) <= 100):
            raise ValidationError(_("Enter a whole number from 0 to 100; it is “%(value)s”.") % named(text))
        return int(number)


class ReadingField(LineField):
    """A number as people write it: 2,214 or 43.2."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        number = text.translate(FULL_WIDTH).replace(",", "")
        if not (number.isascii() and NUMBER.fullmatch(number)):
            raise ValidationError(_("“%(value)s” is not a number; write it like 2,214 or 43.2.") % named(text))
        return Decimal(number)


class DayField(forms.DateField):
    """A date whose error names what was typed."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    input_formats = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日")

    def to_python(self, value: Any) -> datetime.date | None:
        try:
            return super().to_python(value)
        except ValidationError as error:
            raise ValidationError(
                _("“%(value)s” is not a date; write it like 2025-09-30."), "invalid", named(value)
            ) from error


class AddressField(LineField):
    """A web address, http or https, without a user name in it; https is taken where none is typed."""

    widget = forms.URLInput

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if not text:
            return ""
        address = text if "://" in text else f"https://{text}"
        try:
            WEB_ADDRESS(address)
            refused = "@" in urlsplit(address).netloc or "\\" in address
        except (ValidationError, ValueError):
            refused = True
        if refused:
            raise ValidationError(
                _("“%(value)s” is not a web address; it begins with https:// or http://.") % named(text), "invalid"
            )
        return address


class KeysField(forms.Field):
    """Ticked rows by their keys; whether they exist is for the service to say."""

    widget = forms.SelectMultiple

    def to_python(self, value: Any) -> list[int]:
        keys = [str(key) for key in value or []]
        for key in keys:
            if not (key.isascii() and key.isdecimal() and len(key) <= 19 and int(key) <= HIGHEST_KEY):
                raise ValidationError(_("“%(value)s” is not one of the rows on this page.") % named(key))
        return list(dict.fromkeys(int(key) for key in keys))


class RowsField(forms.ModelMultipleChoiceField):
    """Ticked rows of a queryset; a key that no database holds is an unknown choice like any other."""

    def _check_values(self, value: Any) -> Any:
        large = [key for key in value if str(key).isdecimal() and int(key) > HIGHEST_KEY]
        if large:
            raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", named(large[0]))
        return super()._check_values(value)  # type: ignore[misc]


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
