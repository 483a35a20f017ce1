"""Dates and times in words, in the language of the request."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from babel.dates import (
    format_date,
    format_skeleton,
    format_timedelta,
    get_day_names,
    get_timezone_location,
)
from babel.numbers import format_percent
from flask_babel import get_locale, gettext

from booking.core.scheduling import wallclock
from booking.kernel import clock as house_clock
from booking.kernel import dates

BRITISH = {"en": "en_GB"}
"""Days before months, as everywhere around here."""
HOUSE_ZONE = "Europe/Brussels"
"""For what belongs to no site, such as when somebody signed in."""


def today(zone: str = HOUSE_ZONE) -> date:
    """The day that it is now in a zone."""
    return wallclock.local(int(house_clock.now().timestamp()), zone).date()


def day(value: date | datetime | int, zone: str = HOUSE_ZONE) -> str:
    """A date, or the day in `zone` of an instant: "mardi 17 novembre 2026"."""
    return dates.day(_local(value, zone), locale())


def clock(value: datetime | int, zone: str = HOUSE_ZONE) -> str:
    """The wall clock in `zone` of an instant: "09:00"."""
    local = _local(value, zone)
    assert isinstance(local, datetime)
    return dates.clock(local)


def within(instant: int, window: tuple[int, int], zone: str) -> str:
    """The wall clock of an instant as a day shows it: 00:00 or 24:00 where that goes on."""
    starts, ends = window
    if instant >= ends:
        return "24:00"
    return "00:00" if instant <= starts else clock(instant, zone)


def moment(value: datetime | int, zone: str = HOUSE_ZONE) -> str:
    """An instant in words: "mardi 17 novembre 2026, 09:00"."""
    local = _local(value, zone)
    assert isinstance(local, datetime)
    return dates.moment(local, zone, locale())


def span(starts: int, ends: int, zone: str) -> str:
    """[starts, ends), epoch seconds: "mardi 17 novembre 2026, 09:00–13:00"; "du … au …"."""
    return dates.span(starts, ends, zone, locale())


def iso_day(text: str) -> str:
    """A date of the journal, "2026-11-17", as "17 nov. 2026"."""
    return format_date(date.fromisoformat(text), "medium", locale=BRITISH.get(locale(), locale()))


def weekday(number: int) -> str:
    """The short name of a weekday, 0 is Monday: "lun."."""
    names = get_day_names("abbreviated", "stand-alone", locale())
    return str(names[number])


def period(first: date, last: date) -> str:
    """Days from `first` to `last`: "16–22 novembre 2026", "30 novembre – 6 décembre 2026"."""
    written = BRITISH.get(locale(), locale())
    end = format_date(last, "long", locale=written)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}{'.' if locale() == 'de' else ''}–{end}"
    if first.year == last.year:
        return f"{format_skeleton('MMMMd', first, locale=written)} – {end}"
    return f"{format_date(first, 'long', locale=written)} – {end}"


def month(first: date) -> str:
    """The month of a day: "novembre 2026"."""
    return format_skeleton("yMMMM", first, locale=BRITISH.get(locale(), locale()))


def percent(value: Decimal) -> str:
    """A share as people write it: "12,5 %"."""
    pattern = "#,##0.##%" if locale() == "en" else "#,##0.##\u00a0%"
    return format_percent(value / 100, pattern, locale())


def zone_label(zone: str, starts: int, ends: int) -> str:
    """Whose clock a page shows for [starts, ends), epoch seconds: "Heure de Bruxelles (UTC+1)".

    "(UTC+1 → UTC+2)" where it changes; scripts find what is between the brackets.
    """
    city = get_timezone_location(zone, locale(), return_city=True)
    offsets = dict.fromkeys(dates.ahead(dates.wall(at, zone)) for at in (starts, ends - 1))
    return gettext("%(city)s time (UTC%(offset)s)", city=city, offset=" → UTC".join(offsets))


def duration(seconds: int) -> str:
    """A length of time, rounded to be read: "12 minutes"."""
    return format_timedelta(timedelta(seconds=seconds), threshold=1.5, locale=locale())


def _local(value: date | datetime | int, zone: str) -> date:
    """Instants go to the zone; naive datetimes and dates already are wall clock."""
    if isinstance(value, int):
        return dates.wall(value, zone)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return dates.wall(int(value.timestamp()), zone)
    return value


def locale() -> str:
    """The language of the request."""
    return str(get_locale() or "fr")
