"""Calendar feeds in words: their names, what they say of a booking, their addresses."""

import re
import unicodedata
from urllib.parse import quote

from flask import current_app, request
from flask_babel import LazyString, get_locale, gettext
from flask_babel import lazy_gettext as _l

from booking.core.lifecycle import State
from booking.facilities.values import FacilityFacts
from booking.reservations.feed import FeedRow, Scope
from booking.wording import reservations

LONGEST_SLUG = 40

NAMES: dict[str, LazyString] = {
    "me": _l("My bookings"),
    "company": _l("Bookings of my company"),
    "facility": _l("%(facility)s"),
    "freebusy": _l("%(facility)s: free or taken"),
}
"""The name a calendar program shows."""

CHOICES: dict[str, LazyString] = {
    "me": _l("My bookings"),
    "company": _l("All bookings of my company"),
    "facility": _l("A facility: what I may see on the planning"),
    "freebusy": _l("A facility: only whether it is taken"),
}

ENDED: dict[str, LazyString] = {
    State.CANCELLED: _l("CANCELLED – %(title)s"),
    State.DECLINED: _l("DECLINED – %(title)s"),
    State.WITHDRAWN: _l("WITHDRAWN – %(title)s"),
    State.RELEASED: _l("RELEASED – %(title)s"),
    State.EXPIRED: _l("EXPIRED – %(title)s"),
    State.NO_SHOW: _l("NO-SHOW – %(title)s"),
}


def name(scope: Scope) -> str:
    """What a feed is called, in the language of the reader."""
    return str(NAMES[scope.kind]) % {"facility": _named(scope.facility)}


def name_of_text(text: str, known: dict[str, FacilityFacts]) -> str:
    """What a stored scope is called, even one that shows nothing any more."""
    kind, _, argument = text.partition(":")
    facility = known.get(argument)
    called = _named(facility) if facility else argument
    return str(NAMES[kind]) % {"facility": called} if kind in NAMES else text


def summary(row: FeedRow, kind: str) -> str:
    """The title with the state in front: many clients show no other sign of it."""
    if row.title is None:
        return _masked(row)
    other = row.company if kind == "facility" else _rooms(row)
    return _with_state(row, gettext("%(title)s · %(other)s", title=row.title, other=other))


def _with_state(row: FeedRow, title: str) -> str:
    if row.state in ENDED:
        return str(ENDED[row.state]) % {"title": title}
    if row.state == State.OPTION:
        option = reservations.state(row.state, row.rank)
        return gettext("(%(option)s) %(title)s", option=option, title=title)
    if row.state == State.REQUESTED and row.rank and row.rank > 1:
        place = row.rank - 1
        return gettext("(waiting list, no. %(place)s) %(title)s", place=place, title=title)
    if row.state == State.REQUESTED:
        return gettext("(to be approved) %(title)s", title=title)
    return title


def _masked(row: FeedRow) -> str:
    if row.state == State.OPTION:
        return gettext("Option %(rank)s", rank=row.rank)
    return str(reservations.STATES["occupied"])


def description(row: FeedRow) -> str:
    """The lines below the title; empty where the reader may know nothing more."""
    if row.number is None:
        return ""
    lines = [
        gettext("Booking %(number)s", number=row.number),
        reservations.state(row.state, row.rank),
        gettext("Requested by %(who)s, %(company)s", who=row.requester, company=row.company),
    ]
    if row.production:
        lines.append(gettext("Production %(code)s", code=row.production))
    return "\n".join(lines)


def categories(row: FeedRow) -> tuple[str, ...]:
    """State and kinds of facilities, for clients that colour by category."""
    if row.number is None:
        return ()
    kinds = dict.fromkeys(f.kind_in(str(get_locale())) for f in row.facilities)
    return (reservations.state(row.state, row.rank), *kinds)


def location(row: FeedRow, addresses: dict[int, str]) -> str:
    """Rooms, house and postal address; `addresses` by site id."""
    if not row.facilities:
        return ""
    first = row.facilities[0]
    parts = (_rooms(row), first.site_name, addresses.get(first.site_id, ""))
    return ", ".join(" ".join(part.split()) for part in parts if part)


def address(secret: str, scope_name: str, ending: str = "ics") -> str:
    """Where a calendar program fetches a feed: the secret, then a name that people can read.

    Clients name the calendar after the last part; Google takes 256 characters at most.
    """
    return f"{site_url()}/feeds/{secret}/{slug(scope_name)}.{ending}"


def links(url: str) -> dict[str, str]:
    """An address as it is copied, as Apple and Outlook open it, as Google adds it."""
    webcal = "webcal://" + url.partition("://")[2]
    google = f"https://calendar.google.com/calendar/r?cid={quote(webcal, safe='')}"
    return {"url": url, "webcal": webcal, "google": google}


def site_url() -> str:
    """Where this site is: as configured, else as the caller reached it."""
    configured: str = current_app.config["PUBLIC_URL"]
    return configured or request.url_root.rstrip("/")


def slug(words: str) -> str:
    """Words as a file name: "Étalonnage 1" is "etalonnage-1"."""
    ascii_only = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", ascii_only)[:LONGEST_SLUG].strip("-") or "calendar"


def _rooms(row: FeedRow) -> str:
    return ", ".join(_named(facility) for facility in row.facilities)


def _named(facility: FacilityFacts | None) -> str:
    return facility.name_in(str(get_locale())) if facility else ""
