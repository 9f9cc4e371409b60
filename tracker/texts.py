"""What text may be stored."""

import re

# C0 controls but tab and newline, DEL, byte order mark, non-characters, lone surrogates.
UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")


def clean(text: str) -> str:
    """One kind of line end, and no characters that cannot be stored or exported."""
    return UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
