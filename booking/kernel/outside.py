"""Calling what somebody typed an address of, without being made to call where nobody may.

The name is resolved once; every address it has must be public, and the connection goes to the one
that was checked. Nothing follows redirects by itself. Time and size are bounded as a whole: a
server that drips is cut off.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from urllib.parse import SplitResult, urlsplit

CUT_S = 0.05
"""What ends so near to the end was cut off."""

LONGEST_URL = 1000
_TRANSLATED = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "2002::/16", "2001::/32")))
"""IPv6 that leads to an IPv4 address which says nothing of itself."""

_UNICAST, _EXAMPLES = map(ipaddress.IPv6Network, ("2000::/3", "3fff::/20"))
"""All of IPv6 that was ever given to anybody (RFC 4291), and what of it is for books (RFC 9637)."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class OutsideError(Exception):
    """Something outside cannot be had; `code` is stable and has at most 40 characters.

    bad_address, refused_address, unknown_host, unreachable, insecure, redirects, too_slow,
    too_large, http_NNN, or what the caller adds.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked: a method, headers, and a body where there is one."""

    method: str
    headers: Mapping[str, str]
    body: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What may be called: `also` are networks that are not public and allowed nevertheless."""

    also: tuple[Network, ...] = ()
    schemes: tuple[str, ...] = ("http", "https")
    ports: frozenset[int] | None = frozenset({80, 443})
    time_s: float = 10.0
    most_bytes: int = 5 * 1024 * 1024


PUBLIC = Limits()


def checked(url: str, limits: Limits = PUBLIC) -> SplitResult:
    """The parts of an address that may be called as far as it can be told by looking at it.

    Raises OutsideError.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise OutsideError("bad_address") from error
    odd = len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url
    if odd or parts.scheme not in limits.schemes or not parts.hostname or "@" in parts.netloc:
        raise OutsideError("bad_address")
    if limits.ports is not None and port not in limits.ports:
        raise OutsideError("refused_address")
    return parts


@contextmanager
def called(
    url: str, call: Call, limits: Limits, ends_at: float
) -> Iterator[http.client.HTTPResponse]:
    """The answer to one request; whatever happens, it is over at `ends_at` (monotonic, seconds).

    Raises OutsideError, also for what goes wrong while the answer is read.
    """
    parts = checked(url, limits)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _allowed_address(host, port, limits)
    connection = http.client.HTTPConnection(host, port)
    connection.auto_open = 0  # it would look the name up again
    cut = threading.Timer(max(0.0, ends_at - monotonic()), _cut, (connection,))
    cut.daemon = True
    cut.start()
    try:
        _connect(connection, address, ends_at, secure=parts.scheme == "https")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(call.method, path, call.body, dict(call.headers))
        yield connection.getresponse()
    except (OSError, http.client.HTTPException, AttributeError) as error:
        late = monotonic() > ends_at - CUT_S or isinstance(error, TimeoutError)
        raise OutsideError("too_slow" if late else "unreachable") from error
    finally:
        cut.cancel()
        connection.close()


def _connect(
    connection: http.client.HTTPConnection, address: Address, ends_at: float, *, secure: bool
) -> None:
    """Connect to the address that was checked, in the name of the host that was asked for.

    Each step is bounded by what is left; from the first on there is a socket that can be cut off.
    """
    place = (str(address), connection.port)
    connection.sock = socket.create_connection(place, timeout=_left(ends_at))
    if secure:
        connection.sock = ssl.create_default_context().wrap_socket(
            connection.sock, server_hostname=connection.host, do_handshake_on_connect=False
        )
    connection.sock.settimeout(_left(ends_at))
    if isinstance(connection.sock, ssl.SSLSocket):
        connection.sock.do_handshake()
        connection.sock.settimeout(_left(ends_at))


def _left(ends_at: float) -> float:
    """Seconds. Raises TimeoutError where none are left: what cuts off came too early then."""
    left = ends_at - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _cut(connection: http.client.HTTPConnection) -> None:
    """End what takes too long, even between two bytes of a header."""
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def _allowed_address(host: str, port: int, limits: Limits) -> Address:
    """An address of the host. Raises OutsideError unless every one it has may be looked at."""
    addresses = _written_out(host) or _resolved(host, port)
    if not addresses or not all(is_allowed(address, limits) for address in addresses):
        raise OutsideError("refused_address")
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
        raise OutsideError("unknown_host") from error
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


def is_allowed(address: Address, limits: Limits = PUBLIC) -> bool:
    """Whether an address is public, or in a network that is allowed nevertheless."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if any(address in network for network in limits.also if network.version == address.version):
        return True
    if any(address in network for network in _TRANSLATED if network.version == address.version):
        return False
    if isinstance(address, ipaddress.IPv6Address):
        given = address in _UNICAST and address not in _EXAMPLES
        return given and address.is_global
    return address.is_global and not address.is_multicast
