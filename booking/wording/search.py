"""Finding a room in words: errors of the form, slots, lengths."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from babel.dates import format_date
from flask_babel import LazyString, format_decimal, ngettext
from flask_babel import lazy_gettext as _l

from booking.kernel import clock
from booking.kernel.dates import wall
from booking.wording import dates

ERRORS: dict[str, LazyString] = {
    "last_before_first": _l("The last day is before the first."),
    "days_over": _l("These days are over: choose a later one."),
    "too_many_days": _l("At most %(max)s days at once."),
    "too_far_ahead": _l("Bookings end at most %(years)s years ahead."),
    "bad_length": _l("“%(value)s” is not a length: write a number, as in 4 or 1.5."),
    "length_too_short": _l("At least %(min)s minutes."),
    "whole_days": _l("Whole days only."),
    "longer_than_days": _l("It does not fit between the first and the last day."),
    "longer_than_hours": _l(
        "It does not fit between these hours: make it shorter, or ask for days."
    ),
    "hours_end_first": _l("These hours end before they begin."),
}

UNITS: dict[str, LazyString] = {
    "hours": _l("hours"),
    "minutes": _l("minutes"),
    "days": _l("days"),
}


def slot(starts: int, ends: int, zone: str) -> str:
    """[starts, ends) as a button says it: "mar. 24 nov., 09:00–13:00"."""
    first, last = wall(starts, zone), wall(ends, zone)
    begins = f"{_day(first)}, {dates.clock(first)}"
    if first.date() == last.date():
        return f"{begins}–{dates.clock(last)}"
    if last.time() == time() and first.date() == last.date() - timedelta(days=1):
        return f"{begins}–24:00"
    return f"{begins} – {_day(last)}, {dates.clock(last)}"


def length(amount: Decimal, unit: str) -> str:
    """How long: "4 heures", "1,5 heure", "3 jours"."""
    number = format_decimal(amount)
    if unit == "days":
        return ngettext("%(number)s day", "%(number)s days", _counted(amount), number=number)
    if unit == "minutes":
        return ngettext("%(number)s minute", "%(number)s minutes", _counted(amount), number=number)
    return ngettext("%(number)s hour", "%(number)s hours", _counted(amount), number=number)


def habit(count: int) -> str:
    """How often the company booked it of late."""
    return ngettext(
        "Your company booked it %(num)d time in 90 days",
        "Your company booked it %(num)d times in 90 days",
        count,
    )


def days(first: date, last: date) -> str:
    """The days searched: "16–29 novembre 2026", or the one day."""
    return dates.day(first) if first == last else dates.period(first, last)


def _counted(amount: Decimal) -> int:
    """Every language here says "1.5 hours" as it says two, French as it says one."""
    return int(amount) if amount == int(amount) or dates.locale() == "fr" else 2


def _day(value: datetime) -> str:
    this_year = clock.now().year
    pattern = "EEE d MMM" if dates.locale() != "de" else "EEE, d. MMM"
    pattern += "" if value.year == this_year else " y"
    return format_date(value, pattern, dates.BRITISH.get(dates.locale(), dates.locale()))
