"""Dates and times in words, in a language and a zone that the caller names."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from booking.kernel.catalog import translations

PATTERNS = {"de": "EEEE, d. MMMM y"}
USUAL_PATTERN = "EEEE d MMMM y"
FIRST_OF_MONTH_IN_FRENCH = "EEEE '1er' MMMM y"


def day(value: date, locale: str) -> str:
    """A date in words: "mardi 17 novembre 2026"."""
    if locale == "fr" and value.day == 1:
        return format_date(value, FIRST_OF_MONTH_IN_FRENCH, locale)
    return format_date(value, PATTERNS.get(locale, USUAL_PATTERN), locale)


def clock(value: datetime) -> str:
    """The wall clock on 24 hours, as all four languages write it: "09:00".

    In the hour that comes twice when summer time ends it says which: "02:30 (UTC+2)".
    """
    first, second = (value.replace(fold=fold).utcoffset() for fold in (0, 1))
    return f"{value:%H:%M}" if first == second else f"{value:%H:%M} (UTC{ahead(value)})"


def ahead(value: datetime) -> str:
    """How far the clock of an aware instant is before UTC: "+1", "-3:30"."""
    minutes = (value.utcoffset() or timedelta()) // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def wall(seconds: int, zone: str) -> datetime:
    """Epoch seconds as the wall clock of a zone, aware."""
    return datetime.fromtimestamp(seconds, ZoneInfo(zone))


def moment(value: datetime, zone: str, locale: str) -> str:
    """An aware instant in words: "mardi 17 novembre 2026, 09:00"."""
    local = value.astimezone(ZoneInfo(zone))
    return f"{day(local, locale)}, {clock(local)}"


def span(starts: int, ends: int, zone: str, locale: str) -> str:
    """The interval [starts, ends), epoch seconds, in words.

    "mardi 17 novembre 2026, 09:00–13:00"; across days "du mardi 17 novembre 2026, 20:00 au …".
    An end at midnight is 24:00 of the day before.
    """
    first, last = wall(starts, zone), wall(ends, zone)
    if first.date() == last.date():
        return f"{day(first, locale)}, {clock(first)}–{clock(last)}"
    last_day, last_clock = _end(last)
    if first.date() == last_day:
        return f"{day(first, locale)}, {clock(first)}–{last_clock}"
    pattern = translations(locale).gettext("from {start} to {end}")
    start = f"{day(first, locale)}, {clock(first)}"
    return pattern.format(start=start, end=f"{day(last_day, locale)}, {last_clock}")


def _end(last: datetime) -> tuple[date, str]:
    if (last.hour, last.minute) == (0, 0):
        return last.date() - timedelta(days=1), "24:00"
    return last.date(), clock(last)
