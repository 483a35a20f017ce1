"""Calendar feeds in words: their names, what they say of a booking, their addresses."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import quote

from babel.dates import format_timedelta
from flask import current_app, request
from flask_babel import LazyString, get_locale, gettext, ngettext
from flask_babel import lazy_gettext as _l

from booking.core.lifecycle import State
from booking.facilities.values import FacilityFacts, SiteFacts
from booking.members.values import FeedFacts
from booking.reservations.feed import BY_ID, Deadline, FeedRow, Scope
from booking.wording import dates, reservations

LONGEST_SLUG = 40

CLIENTS = (
    ("Thunderbird", "Thunderbird"),
    ("Google-Calendar", "Google Calendar"),
    ("Microsoft Office", "Outlook"),
    ("Microsoft Outlook", "Outlook"),
    ("Microsoft.Exchange", "Outlook (web)"),
    ("Microsoft Exchange", "Outlook (web)"),
    ("Evolution", "Evolution"),
    ("Nextcloud", "Nextcloud"),
    ("ICSx5", "ICSx⁵"),
    ("DAVx5", "DAVx⁵"),
    ("CalendarAgent", "Calendar (Mac)"),
    ("iOS/", "Calendar (iPhone, iPad)"),
    ("macOS/", "Calendar (Mac)"),
    ("Mac OS X/", "Calendar (Mac)"),
)
"""What calendar programs say of themselves, and what people call them; the first that is found."""

NAMES: dict[str, LazyString] = {
    "me": _l("My bookings"),
    "company": _l("Bookings of my company"),
    "production": _l("Production %(code)s"),
    "facility": _l("%(facility)s"),
    "freebusy": _l("%(facility)s: free or taken"),
    "kind": _l("All of the kind: %(kind)s"),
    "site": _l("All of %(site)s"),
    "approvals": _l("To be decided"),
}
"""The name a calendar program shows."""

CHOICES: dict[str, LazyString] = {
    "me": _l("My bookings"),
    "company": _l("All bookings of my company"),
    "production": _l("A production"),
    "facility": _l("A facility: what I may see on the planning"),
    "freebusy": _l("A facility: only whether it is taken"),
    "kind": _l("All facilities of a kind"),
    "site": _l("A whole site"),
    "approvals": _l("What waits for my decision"),
}

ENDED: dict[str, LazyString] = {
    State.CANCELLED: _l("CANCELLED – %(title)s"),
    State.DECLINED: _l("DECLINED – %(title)s"),
    State.WITHDRAWN: _l("WITHDRAWN – %(title)s"),
    State.RELEASED: _l("RELEASED – %(title)s"),
    State.EXPIRED: _l("EXPIRED – %(title)s"),
    State.NO_SHOW: _l("NO-SHOW – %(title)s"),
}

_OF_OTHERS = frozenset({"facility", "kind", "site", "approvals"})
"""Feeds of what many companies book: they say who."""

_OF_FACILITIES = frozenset({"kind", "site"})
"""Feeds over many facilities: even what is masked says which."""


class Speech:
    """What feeds say in one language, looked up once: a feed says it thousands of times."""

    def __init__(self, locale: str) -> None:
        self.locale = locale
        self.titled = gettext("%(title)s · %(other)s")
        self.option = gettext("(%(option)s) %(title)s")
        self.waiting = gettext("(waiting list, no. %(place)s) %(title)s")
        self.to_be_approved = gettext("(to be approved) %(title)s")
        self.some_option = gettext("Option %(rank)s")
        self.booking = gettext("Booking %(number)s")
        self.requester = gettext("Requested by %(who)s, %(company)s")
        self.production = gettext("Production %(code)s")
        self.ended = {state: str(said) for state, said in ENDED.items()}
        self._states: dict[tuple[str, int | None], str] = {}

    def state(self, name: str, rank: int | None) -> str:
        """A state in a word or two."""
        key = (name, rank)
        if key not in self._states:
            self._states[key] = reservations.state(name, rank)
        return self._states[key]

    def rooms(self, row: FeedRow) -> str:
        """The facilities of a row by name."""
        return self.rooms_of(row.facilities)

    def rooms_of(self, given: tuple[FacilityFacts, ...]) -> str:
        """Facilities by name, with commas between."""
        if len(given) == 1:
            return given[0].name_in(self.locale)
        return ", ".join(facility.name_in(self.locale) for facility in given)


@lru_cache(maxsize=8)
def _speech(locale: str) -> Speech:
    return Speech(locale)


def speech() -> Speech:
    """What feeds say in the language of the reader."""
    return _speech(str(get_locale()))


def name(scope: Scope) -> str:
    """What a feed is called, in the language of the reader."""
    return str(NAMES[scope.kind]) % _called(scope.facilities, scope.title)


def asked_as(text: str, productions: Mapping[int, str]) -> str:
    """A stored scope as one asks for it: a production by its code name, of those one sees."""
    kind, _, number = text.partition(f":{BY_ID}")
    known = productions.get(int(number)) if number else None
    return f"{kind}:{known}" if known else text


def name_of_text(text: str, every: Sequence[FacilityFacts], productions: Mapping[int, str]) -> str:
    """What a stored scope is called, even one that shows nothing any more."""
    kind, _, argument = asked_as(text, productions).partition(":")
    if kind not in NAMES:
        return text
    if argument.startswith(BY_ID):
        return gettext("A production that you do not see any more")
    codes = {"site": "site_code", "kind": "kind_code"}
    meant = [f for f in every if getattr(f, codes.get(kind, "code")) == argument]
    return str(NAMES[kind]) % _called(meant, argument)


def _called(facilities: Sequence[FacilityFacts], argument: str) -> dict[str, str]:
    """The names that a feed's own name may hold; the code where nothing has that code any more."""
    locale = str(get_locale())
    first = facilities[0] if facilities else None
    return {
        "code": argument,
        "facility": first.name_in(locale) if first else argument,
        "kind": first.kind_in(locale) if first else argument,
        "site": first.site_name if first else argument,
    }


def summary(row: FeedRow, kind: str, says: Speech) -> str:
    """The title with the state in front: many clients show no other sign of it."""
    if row.title is None:
        return _masked(row, kind, says)
    if kind in _OF_OTHERS:
        other = row.company if kind == "facility" else f"{says.rooms(row)} · {row.company}"
    else:
        other = says.rooms(row)
    return _with_state(row, says.titled % {"title": row.title, "other": other}, says)


def _with_state(row: FeedRow, title: str, says: Speech) -> str:
    if row.state in says.ended:
        return says.ended[row.state] % {"title": title}
    if row.state == State.OPTION:
        option = says.state(row.state, row.rank)
        return says.option % {"option": option, "title": title}
    if row.state == State.REQUESTED and row.rank and row.rank > 1:
        return says.waiting % {"place": row.rank - 1, "title": title}
    if row.state == State.REQUESTED:
        return says.to_be_approved % {"title": title}
    return title


def _masked(row: FeedRow, kind: str, says: Speech) -> str:
    if row.state == State.OPTION:
        said = says.some_option % {"rank": row.rank}
    else:
        said = says.state("occupied", None)
    if kind in _OF_FACILITIES:
        return says.titled % {"title": said, "other": says.rooms(row)}
    return said


def description(row: FeedRow, says: Speech) -> str:
    """The lines below the title; empty where the reader may know nothing more."""
    if row.number is None:
        return ""
    lines = [
        says.booking % {"number": row.number},
        says.state(row.state, row.rank),
        says.requester % {"who": row.requester, "company": row.company},
    ]
    if row.production:
        lines.append(says.production % {"code": row.production})
    return "\n".join(lines)


def categories(row: FeedRow, says: Speech) -> tuple[str, ...]:
    """State and kinds of facilities, for clients that colour by category."""
    if row.number is None:
        return ()
    kinds = dict.fromkeys(f.kind_in(says.locale) for f in row.facilities)
    return (says.state(row.state, row.rank), *kinds)


def location(
    given: tuple[FacilityFacts, ...], houses: Mapping[int, SiteFacts], says: Speech
) -> str:
    """Rooms, house and postal address; `houses` by id."""
    return houses[given[0].site_id].place(says.rooms_of(given)) if given else ""


def deadline_summary(deadline: Deadline, says: Speech) -> str:
    """What a deadline in the holder's calendar is called."""
    about = says.titled % {"title": deadline.row.title, "other": says.rooms(deadline.row)}
    if deadline.challenged:
        return gettext("Confirm or release now: %(booking)s", booking=about)
    return gettext("The option runs out: %(booking)s", booking=about)


def deadline_description(deadline: Deadline, says: Speech) -> str:
    """What happens then, and to how many dates."""
    zone = deadline.row.facilities[0].time_zone if deadline.row.facilities else dates.HOUSE_ZONE
    at = dates.moment(deadline.at, zone)
    if deadline.challenged:
        said = gettext("Somebody else wants this slot. Without an answer by %(at)s you lose it.")
    else:
        said = gettext("Confirm by %(at)s, else the option lapses.")
    lines = [said % {"at": at}, says.booking % {"number": deadline.row.number}]
    if deadline.dates > 1:
        lines.append(ngettext("%(num)s date", "%(num)s dates", deadline.dates))
    return "\n".join(lines)


def client(user_agent: str) -> str:
    """The program that reads a calendar as people call it; its own first word where unknown."""
    known = next((name for mark, name in CLIENTS if mark in user_agent), None)
    return known or user_agent.partition("/")[0].partition(" ")[0] or "–"


def last_use(facts: FeedFacts, now: datetime) -> str:
    """Who read an address last, and when: "Thunderbird, il y a 2 heures"."""
    if facts.used_at is None:
        return gettext("Not read by any program yet")
    ago = format_timedelta(facts.used_at - now, add_direction=True, locale=dates.locale())
    if now - facts.used_at < timedelta(minutes=1):
        ago = gettext("just now")
    return gettext("%(program)s, %(ago)s", program=client(facts.user_agent or ""), ago=ago)


def address(secret: str, scope_name: str, ending: str = "ics") -> str:
    """Where a calendar program fetches a feed: the secret, then a name that people can read.

    Clients name the calendar after the last part; Google takes 256 characters at most.
    """
    return f"{site_url()}/feeds/{secret}/{slug(scope_name)}.{ending}"


def links(url: str, name: str = "") -> dict[str, str]:
    """An address as it is copied, and as each kind of calendar program opens it.

    `webcal` is what Apple's programs and Outlook on a computer open; the others are web pages.
    """
    webcal = "webcal://" + url.partition("://")[2]
    add = f"addfromweb?url={quote(url, safe='')}&name={quote(name, safe='')}"
    return {
        "url": url,
        "webcal": webcal,
        "google": f"https://calendar.google.com/calendar/r?cid={quote(webcal, safe='')}",
        "outlook": f"https://outlook.office.com/calendar/0/{add}",
        "outlook_com": f"https://outlook.live.com/calendar/0/{add}",
    }


def site_url() -> str:
    """Where this site is: as configured, else as the caller reached it."""
    configured: str = current_app.config["PUBLIC_URL"]
    return configured or request.url_root.rstrip("/")


def slug(words: str) -> str:
    """Words as a file name: "Étalonnage 1" is "etalonnage-1"."""
    ascii_only = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", ascii_only)[:LONGEST_SLUG].strip("-") or "calendar"
