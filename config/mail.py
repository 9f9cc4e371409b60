"""Settings of the mail server, and of the address under which the installation is reached.

Both are read from one line each. A refusal names the variable and what is wrong with it, never its value: the line
may hold a password.
"""

from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import URLValidator, validate_email

SMTP = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}
BESIDE_SMTP = ("consolemail", "memorymail", "dummymail")
EXAMPLE = "smtp+tls://name:password@mail.example.gov.cn:587"
TIMEOUT_SECONDS = 10


def mail_from(address: str) -> dict[str, Any]:
    """Django's settings of the mail server: `address` is a line such as EXAMPLE, or `consolemail://`.

    Raises ImproperlyConfigured for another scheme, a missing or odd host or port, and anything after the port.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        # Without its cause: that would quote a piece of the line.
        raise ImproperlyConfigured(f"EMAIL_URL cannot be read; write it like {EXAMPLE}.") from None
    if parts.scheme in BESIDE_SMTP:
        return {"EMAIL_BACKEND": environ.Env.EMAIL_SCHEMES[parts.scheme]}
    if parts.scheme not in SMTP:
        known = ", ".join(f"{scheme}://" for scheme in (*SMTP, *BESIDE_SMTP))
        raise ImproperlyConfigured(f"EMAIL_URL must begin with one of {known}.")
    if not host or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ImproperlyConfigured(f"EMAIL_URL must name a host and nothing behind its port, like {EXAMPLE}.")
    parsed: dict[str, Any] = environ.Env.email_url_config(address)
    return {
        "EMAIL_BACKEND": parsed["EMAIL_BACKEND"],
        "EMAIL_HOST": host,
        "EMAIL_PORT": port or SMTP[parts.scheme],
        "EMAIL_HOST_USER": parsed["EMAIL_HOST_USER"] or "",
        "EMAIL_HOST_PASSWORD": parsed["EMAIL_HOST_PASSWORD"] or "",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtp+ssl",
    }


def sender_from(address: str, *, needed: bool) -> str:
    """The address that messages come from. Raises ImproperlyConfigured when it is none, or missing and `needed`."""
    if not address:
        if needed:
            raise ImproperlyConfigured("EMAIL_FROM must be set when EMAIL_URL names a mail server.")
        return "plan-tracker@localhost"
    try:
        validate_email(address)
    except ValidationError as error:
        raise ImproperlyConfigured(
            f"EMAIL_FROM must be an e-mail address such as tracker@example.gov.cn, not {address!r}."
        ) from error
    return address


def site_address_from(address: str) -> str:
    """The address of the installation without a stroke at its end, or "". Raises ImproperlyConfigured."""
    if not address:
        return ""
    try:
        URLValidator(schemes=["http", "https"])(address)
        parts = urlsplit(address)
        odd = "@" in parts.netloc or parts.path not in ("", "/") or parts.query or parts.fragment
    except (ValidationError, ValueError):
        odd = True
    if odd:
        raise ImproperlyConfigured(
            f"SITE_ADDRESS must be an address such as https://tracker.example.gov.cn, not {address!r}."
        )
    return address.rstrip("/")
