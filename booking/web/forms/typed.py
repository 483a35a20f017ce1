"""What was typed into text fields, as values; what cannot be read is told, not guessed."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from booking.kernel.errors import FieldError

T = TypeVar("T")
Wrong = list[FieldError]

MIDNIGHT = "24:00"


def moment(path: str, date_path: str, day: str, clock: str, wrong: Wrong) -> datetime | None:
    """A wall-clock moment from a date and "HH:MM"; 24:00 is the midnight after the day."""
    found_day = _read(date_path, "bad_date", date.fromisoformat, day, wrong)
    minutes = clock_minutes(path, clock, wrong)
    if found_day is None or minutes is None:
        return None
    try:
        return datetime.combine(found_day, time()) + timedelta(minutes=minutes)
    except OverflowError:
        wrong.append(FieldError(date_path, "bad_date", {"value": day}))
        return None


def clock_minutes(path: str, clock: str, wrong: Wrong) -> int | None:
    """Minutes from midnight of "HH:MM", 24:00 included."""
    return _read(path, "bad_time", _minutes, clock, wrong)


def fold(chosen: str | None) -> int | None:
    """Which of the two instants of a time that comes twice; None where nobody chose."""
    return int(chosen) if chosen in ("0", "1") else None


def _minutes(text: str) -> int:
    if text == MIDNIGHT:
        return 24 * 60
    if len(text) == len("9:00"):
        text = f"0{text}"
    if len(text) != len("09:00"):
        raise ValueError(text)
    found = time.fromisoformat(text)
    return found.hour * 60 + found.minute


def _read(path: str, code: str, parse: Callable[[str], T], text: str, wrong: Wrong) -> T | None:
    given = text.strip()
    if not given:
        wrong.append(FieldError(path, "required"))
        return None
    try:
        return parse(given)
    except (ValueError, OverflowError):
        wrong.append(FieldError(path, code, {"value": given}))
        return None
