"""Fetching what somebody typed an address of, without being made to look where nobody may.

The name is resolved once; every address it has must be public, and the connection goes to the one
that was checked. Redirects are followed by hand and checked in the same way. Time and size are
bounded as a whole: a server that drips is cut off.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from urllib.parse import SplitResult, urljoin, urlsplit

from booking.facilities.external.values import FetchError

AGENT = "MediaciteBooking/1 (calendar)"
MOST_REDIRECTS = 3
CHUNK = 64 * 1024
_CUT_S = 0.05
"""What ends so near to the end was cut off."""

LONGEST_URL = 1000
_REDIRECTS = (301, 302, 303, 307, 308)
_TRANSLATED = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "2002::/16", "2001::/32")))
"""IPv6 that leads to an IPv4 address which says nothing of itself."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What may be fetched: `also` are networks that are not public and allowed nevertheless."""

    also: tuple[Network, ...] = ()
    ports: frozenset[int] | None = frozenset({80, 443})
    time_s: float = 10.0
    most_bytes: int = 5 * 1024 * 1024


PUBLIC = Limits()


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer; `body` is None where nothing changed."""

    body: bytes | None
    etag: str
    last_modified: str


def checked_url(typed: str, limits: Limits = PUBLIC) -> str:
    """An address as it is fetched: webcal as https. Raises FetchError for what none may be."""
    url = typed.strip()
    if url.lower().startswith(("webcal://", "webcals://")):
        url = "https://" + url.partition("://")[2]
    _parts(url, limits)
    return url


def fetch(url: str, etag: str, last_modified: str, limits: Limits = PUBLIC) -> Fetched:
    """The calendar behind an address, unless it is as known. Raises FetchError.

    Takes `limits.time_s` at most, name resolution aside.
    """
    asked = {
        "User-Agent": AGENT,
        "Accept": "text/calendar, */*;q=0.5",
        "Accept-Encoding": "identity",
    }
    if etag:
        asked["If-None-Match"] = etag
    elif last_modified:
        asked["If-Modified-Since"] = last_modified
    ends_at = monotonic() + limits.time_s
    for _ in range(MOST_REDIRECTS + 1):
        with _opened(url, asked, limits, ends_at) as answer:
            target = answer.getheader("Location")
            if answer.status not in _REDIRECTS or not target:
                return _taken(answer, limits, ends_at)
        before, url = url, urljoin(url, target)
        if before.startswith("https:") and not url.startswith("https:"):
            raise FetchError("insecure")
    raise FetchError("redirects")


def _taken(answer: http.client.HTTPResponse, limits: Limits, ends_at: float) -> Fetched:
    tags = (answer.getheader("ETag") or "")[:200], (answer.getheader("Last-Modified") or "")[:60]
    if answer.status == 304:
        return Fetched(None, *tags)
    if answer.status != 200:
        raise FetchError(f"http_{answer.status}")
    pieces, size = [], 0
    while piece := answer.read1(CHUNK):
        size += len(piece)
        if size > limits.most_bytes:
            raise FetchError("too_large")
        if monotonic() > ends_at:
            raise FetchError("too_slow")
        pieces.append(piece)
    if monotonic() > ends_at - _CUT_S:
        raise FetchError("too_slow")
    if answer.length:
        raise FetchError("unreachable")
    return Fetched(b"".join(pieces), *tags)


def _parts(url: str, limits: Limits) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise FetchError("bad_address") from error
    odd = len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url
    if odd or parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise FetchError("bad_address")
    if limits.ports is not None and port not in limits.ports:
        raise FetchError("refused_address")
    return parts


@contextmanager
def _opened(
    url: str, asked: dict[str, str], limits: Limits, ends_at: float
) -> Iterator[http.client.HTTPResponse]:
    """The answer to one request; whatever happens, it is over at `ends_at`."""
    parts = _parts(url, limits)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _allowed_address(host, port, limits)
    left = ends_at - monotonic()
    if left <= 0:
        raise FetchError("too_slow")
    connection = http.client.HTTPConnection(host, port, timeout=left)
    cut = threading.Timer(left, _cut, (connection,))
    cut.daemon = True
    cut.start()
    try:
        connection.sock = _connected(address, port, host, left, secure=parts.scheme == "https")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path, headers=asked)
        yield connection.getresponse()
    except (OSError, http.client.HTTPException, AttributeError) as error:
        late = monotonic() > ends_at - _CUT_S or isinstance(error, TimeoutError)
        raise FetchError("too_slow" if late else "unreachable") from error
    finally:
        cut.cancel()
        connection.close()


def _connected(
    address: Address, port: int, host: str, timeout: float, *, secure: bool
) -> socket.socket:
    """A connection to the address that was checked, in the name of the host that was asked for."""
    plain = socket.create_connection((str(address), port), timeout=timeout)
    if not secure:
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


def _cut(connection: http.client.HTTPConnection) -> None:
    """End what takes too long, even between two bytes of a header."""
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def _allowed_address(host: str, port: int, limits: Limits) -> Address:
    """An address of the host. Raises FetchError unless every one it has may be looked at."""
    addresses = _written_out(host) or _resolved(host, port)
    if not addresses or not all(is_allowed(address, limits) for address in addresses):
        raise FetchError("refused_address")
    return addresses[0]


def _written_out(host: str) -> list[Address]:
    """The address that a host is without any name, in the old ways of writing one, too."""
    try:
        return [ipaddress.ip_address(host)]
    except ValueError:
        pass
    try:
        return [ipaddress.IPv4Address(socket.inet_aton(host))]
    except (OSError, UnicodeError):
        return []


def _resolved(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError("unknown_host") from error
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


def is_allowed(address: Address, limits: Limits = PUBLIC) -> bool:
    """Whether an address is public, or in a network that is allowed nevertheless."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if any(address in network for network in limits.also if network.version == address.version):
        return True
    if any(address in network for network in _TRANSLATED if network.version == address.version):
        return False
    return address.is_global and not address.is_multicast
