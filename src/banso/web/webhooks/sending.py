"""Sending a request to an address that an administrator named, and nowhere else."""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Timer
from typing import Final
from urllib.parse import urlsplit

from banso.kernel.errors import BansoError

SECONDS: Final = 10.0
KEPT_BYTES: Final = 500
NOT_SENT: Final = "address_refused"  # instead of an answer; pages have words for it
# addresses within which another address stands: they would lead anywhere
_WRAPPING: Final = tuple(
    ipaddress.ip_network(each)
    for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")
)


class AddressRefused(BansoError):
    """Refuse an address to which nothing may be sent."""

    code = "webhook_address_refused"


@dataclass(frozen=True)
class Answer:
    """What the other side said; status None: it could not be asked."""

    status: int | None
    text: str

    @property
    def is_good(self) -> bool:
        """Whether the event was heard."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True)
class Place:
    """The parts of an address."""

    is_tls: bool
    host: str
    port: int
    target: str


def place_of(url: str, *, allowed: Collection[str]) -> Place:
    """Return the parts of an address that may be named; the network is not asked.

    Raises
    ------
    AddressRefused
        It is no https address, or holds a name or password.

    """
    if not url.isprintable() or " " in url:  # urlsplit would drop some of it
        raise AddressRefused("It holds what no address may.", reason="address")
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii").lower()
        port = parts.port
    except ValueError:  # of encodings too
        raise AddressRefused("It is no address.", reason="address") from None
    is_tls = parts.scheme == "https"
    if not host or not (is_tls or (parts.scheme == "http" and host in allowed)):
        raise AddressRefused("It is no https address.", reason="https")
    if host not in allowed and _is_private(host):
        raise AddressRefused("It is an address of a private network.", reason="net")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if "@" in parts.netloc or not target.isascii():
        raise AddressRefused("It holds what no address may.", reason="address")
    return Place(is_tls, host, port or (443 if is_tls else 80), target)


def _is_private(host: str) -> bool:
    """Return whether a host is an IP address that nobody else can mean."""
    try:
        return not is_public(host)
    except ValueError:
        return False  # a name; it is asked for when it is sent to


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the public internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip.is_site_local or any(ip in net for net in _WRAPPING):
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, allowed: Collection[str]
) -> Answer:
    """Send a body once; follow no redirect; give up after ten seconds.

    Parameters
    ----------
    url, body, headers
        What to send.
    allowed
        Hosts that may be in a private network and be reached without TLS.

    """
    try:
        place = place_of(url, allowed=allowed)
        address = _resolved(place, is_allowed=place.host in allowed)
        return _exchange(place, address, body, headers)
    except AddressRefused:
        return Answer(None, NOT_SENT)
    except (OSError, http.client.HTTPException, ValueError) as fault:
        return Answer(None, f"{type(fault).__name__}: {fault}"[:KEPT_BYTES])


def _resolved(place: Place, *, is_allowed: bool) -> str:
    """Return the address to connect to; each that the name has must be public."""
    found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    addresses = [str(each[4][0]) for each in found]
    if not is_allowed and not all(is_public(each) for each in addresses):
        raise AddressRefused("The name leads into a private network.", reason="net")
    return addresses[0]


def _exchange(
    place: Place, address: str, body: bytes, headers: Mapping[str, str]
) -> Answer:
    raw = socket.create_connection((address, place.port), timeout=SECONDS)
    held = [raw]
    timer = Timer(SECONDS, _cut, [held])  # a drop each second is too slow, too
    timer.daemon = True
    timer.start()
    try:
        if place.is_tls:
            context = ssl.create_default_context()
            held[0] = context.wrap_socket(
                raw, server_hostname=place.host, do_handshake_on_connect=False
            )
            held[0].do_handshake()  # type: ignore[attr-defined] # an SSL socket now
        asking = http.client.HTTPConnection(place.host, place.port, timeout=SECONDS)
        if place.is_tls:
            asking.default_port = 443  # the port is not named in Host
        asking.sock = held[0]
        asking.request("POST", place.target, body, dict(headers))
        answer = asking.getresponse()
        text = answer.read(KEPT_BYTES).decode("utf-8", "replace")
        return Answer(answer.status, text.replace("\0", ""))
    finally:
        timer.cancel()
        held[0].close()


def _cut(held: list[socket.socket]) -> None:
    with suppress(OSError):
        held[0].shutdown(socket.SHUT_RDWR)
