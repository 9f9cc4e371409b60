"""What text may be stored."""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import pgettext

# C0 controls but tab and newline, DEL, byte order mark, non-characters, lone surrogates.
UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")


def clean(text: str) -> str:
    """One kind of line end, and no characters that cannot be stored or exported."""
    return UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def enumeration(names: Iterable[Any]) -> str:
    """Names in a row, parted as the reader's language parts them: 甲、乙 or A, B."""
    return pgettext("between names", ", ").join(str(name) for name in names)
