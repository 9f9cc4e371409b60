"""Where this server may go: public addresses, and the hosts that the installation names.

A name is judged by what it resolves to at that moment, and the connection goes to exactly that number, so that a
name which resolves otherwise a moment later leads nowhere else.
"""

import ipaddress
import re
import socket
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

PORTS = {"http": 80, "https": 443}
ODD = re.compile(r"[\\\s\x00-\x1f\x7f]")
# Networks that the standard library calls global, or that carry an IPv4 address inside.
NOT_PUBLIC = tuple(
    ipaddress.ip_network(block)
    for block in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.175.48.0/24",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
UNICAST = ipaddress.ip_network("2000::/3")


class Forbidden(Exception):
    """An address to which this server does not go."""


@dataclass(frozen=True)
class Place:
    """Where to connect for an address: scheme, host as written, port, path with query, and the number to call."""

    scheme: str
    host: str
    port: int
    path: str
    number: str


def host_of(address: str) -> str:
    """The host and port of an address in lower case, "" where there is none; for grouping only."""
    try:
        parts = urlsplit(address)
        return f"{(parts.hostname or '').lower()}:{parts.port or PORTS.get(parts.scheme, 0)}"
    except ValueError:
        return ""


def place_of(address: str, allowed: Collection[str] = ()) -> Place:
    """Judge an address. `allowed` names hosts ("oa.example.gov.cn", "10.1.2.3", "host:8080") inside the network.

    Raises Forbidden for anything but http and https to a public number, and for spellings that programs read
    differently; OSError when the name cannot be resolved.
    """
    if ODD.search(address) or not address.isascii():
        address = _ascii(address)
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise Forbidden from error
    if parts.scheme not in PORTS or not host or "@" in parts.netloc or "%" in host:
        raise Forbidden
    opened = host.lower() in allowed or f"{host.lower()}:{port}" in allowed
    if not opened and port != PORTS[parts.scheme]:
        raise Forbidden
    numbers = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not opened and not all(is_public(number) for number in numbers):
        raise Forbidden
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.scheme, host, port, path, numbers[0])


def _ascii(address: str) -> str:
    """Chinese letters as the wire wants them. Raises Forbidden for blanks, backslashes and control characters."""
    if ODD.search(address):
        raise Forbidden
    try:
        parts = urlsplit(address)
        host = parts.netloc.encode("idna").decode() if not parts.netloc.isascii() else parts.netloc
    except (ValueError, UnicodeError) as error:
        raise Forbidden from error
    kept = "/%:@!$&'()*+,;=~-._?"
    return urlunsplit((parts.scheme, host, quote(parts.path, safe=kept), quote(parts.query, safe=kept), ""))


def is_public(number: str) -> bool:
    """Whether an IP address belongs to the open internet, whatever the way it is written in."""
    try:
        found = ipaddress.ip_address(number)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found not in UNICAST:
        return False
    if found.is_multicast or found.is_reserved or not found.is_global:
        return False
    return not any(found in block for block in NOT_PUBLIC if block.version == found.version)
