"""Fetching calendars from addresses that somebody typed.

Redirects are followed by hand, each checked as the first address was (`kernel.outside`).
"""

import http.client
from dataclasses import dataclass
from time import monotonic
from urllib.parse import urljoin

from booking.kernel.outside import CUT_S, PUBLIC, Call, Limits, OutsideError, called, checked

AGENT = "MediaciteBooking/1 (calendar)"
MOST_REDIRECTS = 3
CHUNK = 64 * 1024
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer; `body` is None where nothing changed."""

    body: bytes | None
    etag: str
    last_modified: str


def checked_url(typed: str, limits: Limits = PUBLIC) -> str:
    """An address as it is fetched: webcal as https. Raises OutsideError for what none may be."""
    url = typed.strip()
    if url.lower().startswith(("webcal://", "webcals://")):
        url = "https://" + url.partition("://")[2]
    checked(url, limits)
    return url


def fetch(url: str, etag: str, last_modified: str, limits: Limits = PUBLIC) -> Fetched:
    """The calendar behind an address, unless it is as known. Raises OutsideError.

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
        with called(url, Call("GET", asked), limits, ends_at) as answer:
            target = answer.getheader("Location")
            if answer.status not in _REDIRECTS or not target:
                return _taken(answer, limits, ends_at)
        before, url = url, urljoin(url, target)
        if before.startswith("https:") and not url.startswith("https:"):
            raise OutsideError("insecure")
    raise OutsideError("redirects")


def _taken(answer: http.client.HTTPResponse, limits: Limits, ends_at: float) -> Fetched:
    tags = (answer.getheader("ETag") or "")[:200], (answer.getheader("Last-Modified") or "")[:60]
    if answer.status == 304:
        return Fetched(None, *tags)
    if answer.status != 200:
        raise OutsideError(f"http_{answer.status}")
    pieces, size = [], 0
    while piece := answer.read1(CHUNK):
        size += len(piece)
        if size > limits.most_bytes:
            raise OutsideError("too_large")
        if monotonic() > ends_at:
            raise OutsideError("too_slow")
        pieces.append(piece)
    if monotonic() > ends_at - CUT_S:
        raise OutsideError("too_slow")
    if answer.length:
        raise OutsideError("unreachable")
    return Fetched(b"".join(pieces), *tags)
