"""Times in JSON: read strictly, always written both ways, as the site's clock and as UTC."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from booking.core.scheduling.interval import Interval
from booking.core.scheduling.wallclock import local, zone_of

_LONGEST = 40
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6})\d*)?)?"
    r"(?:([Zz])|([+-])(\d\d):?(\d\d))?",
    re.ASCII,
)
_DURATION = re.compile(r"P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?)?", re.ASCII)


@lru_cache(maxsize=8192)  # a search and a planning say the same few instants again and again
def wall(instant: int, zone: str) -> str:
    """The site's clock with its offset: "2026-12-01T09:00:00+01:00"."""
    return local(instant, zone).isoformat()


@lru_cache(maxsize=8192)
def utc(instant: int) -> str:
    """The instant: "2026-12-01T08:00:00Z"."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_or_none(instant: int | None) -> str | None:
    """The same of what may not be."""
    return None if instant is None else utc(instant)


def span(starts: int, ends: int, zone: str) -> dict[str, str]:
    """[starts, ends) both ways."""
    return {
        "start": wall(starts, zone),
        "end": wall(ends, zone),
        "start_utc": utc(starts),
        "end_utc": utc(ends),
    }


def moment(value: Any) -> datetime:
    """A date and a time: aware where it came with an offset, else naive wall clock.

    Raises PydanticCustomError with a code of `texts.FIELDS`.
    """
    if not isinstance(value, str):
        raise _wrong("not_text")
    found = _MOMENT.fullmatch(value) if len(value) <= _LONGEST else None
    if found is None:
        raise _wrong("date_only" if _DATE.fullmatch(value[:_LONGEST]) else "not_a_moment")
    day = _day(found[1], found[2], found[3])
    fraction = int((found[7] or "0").ljust(6, "0"))
    clock = _clock(int(found[4]), int(found[5]), int(found[6] or 0), fraction)
    return datetime.combine(day, clock, _offset(found))


def moment_or_day(value: Any) -> datetime:
    """The same, and a date by itself as its midnight."""
    found = _DATE.fullmatch(value[:_LONGEST]) if isinstance(value, str) else None
    return datetime.combine(_day(*found.groups()), time()) if found else moment(value)


def day(value: Any) -> date:
    """A date by itself. Raises PydanticCustomError with a code of `texts.FIELDS`."""
    if not isinstance(value, str):
        raise _wrong("not_text")
    found = _DATE.fullmatch(value[:_LONGEST])
    if found is None:
        raise _wrong("not_a_day")
    return _day(*found.groups())


def duration(value: Any) -> int:
    """Seconds of an ISO 8601 duration of days, hours and minutes, one minute at least."""
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    days, hours, minutes = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    seconds = ((days * 24 + hours) * 60 + minutes) * 60
    if not seconds:
        raise _wrong("not_a_duration")
    return seconds


def window(start: datetime, end: datetime, zone: str) -> Interval:
    """Two moments as an interval; wall clock is that of `zone`, skipped times move on."""
    return Interval(_instant(start, zone), _instant(end, zone))


def instant(value: datetime, zone: str) -> datetime:
    """A moment as an aware instant in UTC; wall clock is that of `zone`."""
    return datetime.fromtimestamp(_instant(value, zone), UTC)


def _instant(value: datetime, zone: str) -> int:
    return int((value if value.tzinfo else value.replace(tzinfo=zone_of(zone))).timestamp())


def _day(year: str, month: str, day: str) -> date:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        raise _wrong("no_such_day") from None
    if not 1971 <= found.year <= 9000:
        raise PydanticCustomError("out_of_range", "out of range", {"min": 1971, "max": 9000})
    return found


def _clock(hour: int, minute: int, second: int, microsecond: int) -> time:
    try:
        return time(hour, minute, second, microsecond)
    except ValueError:
        raise _wrong("no_such_time") from None


def _offset(found: re.Match[str]) -> timezone | None:
    if found[8]:
        return UTC
    if not found[9]:
        return None
    hours, minutes = int(found[10]), int(found[11])
    if hours > 23 or minutes > 59:
        raise _wrong("no_such_offset")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if found[9] == "-" else offset)


def _wrong(code: str) -> PydanticCustomError:
    return PydanticCustomError(code, code)


def _schema(described: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "description": described, "examples": [example]})


Moment = Annotated[
    datetime,
    PlainValidator(moment),
    _schema(
        "ISO 8601 date and time in whole minutes. With an offset it is an instant, without one the"
        " wall clock of the facility's site.",
        "2026-12-01T09:00",
    ),
]
MomentOrDay = Annotated[
    datetime,
    PlainValidator(moment_or_day),
    _schema(
        "ISO 8601 date and time, or a date for its midnight. Without an offset: wall clock.",
        "2026-12-01",
    ),
]
Day = Annotated[
    date,
    PlainValidator(day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-12-01"]}),
]
Duration = Annotated[
    int, BeforeValidator(duration), _schema("ISO 8601 duration of days, hours, minutes.", "PT2H")
]
