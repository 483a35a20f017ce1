"""Series of dates: what a rule of RFC 5545 means on the clock of a site."""

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import MAXYEAR, UTC, date, datetime, time
from itertools import takewhile
from typing import Any, Literal

from dateutil.relativedelta import relativedelta
from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule, weekday

from booking.core.scheduling.wallclock import zone_of

MOST_OCCURRENCES = 366
YEARS_AHEAD = 3

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQUENCIES: dict[str, Literal[1, 2, 3]] = {"DAILY": DAILY, "WEEKLY": WEEKLY, "MONTHLY": MONTHLY}
_OTHER_FREQUENCIES = ("SECONDLY", "MINUTELY", "HOURLY", "YEARLY")
_OTHER_PARTS = (
    *("BYSECOND", "BYMINUTE", "BYHOUR", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS"),
    *("RSCALE", "SKIP"),  # RFC 7529
)
_BY_PARTS = {DAILY: (), WEEKLY: ("BYDAY",), MONTHLY: ("BYDAY", "BYMONTHDAY")}
_PARTS = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", *_BY_PARTS[MONTHLY])
_NUMBER = re.compile(r"0{0,9}[1-9][0-9]{0,17}")
_MONTH_DAY = re.compile(r"[+-]?(0?[1-9]|[12][0-9]|3[01])")
_ORDINAL_DAY = re.compile(r"([+-]?0?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = re.compile(r"[0-9]{8}(T[0-9]{6}Z?)?")


class RecurrenceError(ValueError):
    """A series that cannot be had; `code` is stable, `params` feed its sentence.

    rrule_syntax (value), rrule_unsupported (part), rrule_endless, count_and_until,
    too_many_occurrences (max), too_far (years), first_date_not_in_rule (date, next or None),
    exdate_not_in_series (value), empty_series. Dates in params are ISO 8601 texts.
    """

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params: dict[str, Any] = params
        super().__init__(code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """How one date becomes a series; without anything it stays that date.

    `rule` is an RRULE value (RFC 5545 3.3.10), `exdates` are left out of it (they win over all
    else), `dates` come to it, at the start's time of day.
    """

    rule: str = ""
    exdates: tuple[date, ...] = ()
    dates: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """An RRULE taken apart; `until` is naive for the clock of the site, aware for an instant."""

    frequency: Literal[1, 2, 3]
    interval: int = 1
    count: int | None = None
    until: datetime | None = None
    weekdays: tuple[weekday, ...] = ()
    month_days: tuple[int, ...] = ()
    week_start: int = 0


def expand(start: datetime, recurrence: Recurrence, zone: str) -> tuple[datetime, ...]:
    """The starts of a series, ascending, each date once; naive, on the clock of the site.

    `start` (naive) gives the time of day of all: 09:00 stays 09:00 across clock changes, and a
    time that the clock skips or repeats on some date is left for the caller to resolve. The rule
    counts from `start`, which must be one of its dates; `dates` may lie before it. Months without
    the day are passed over (RFC 5545 3.3.10). An UNTIL that is a date includes that day, one in
    UTC is compared with the instants of the starts in `zone`; otherwise `zone` is not used.
    Limits hold before EXDATEs are taken away: MOST_OCCURRENCES in all, the last no more than
    YEARS_AHEAD calendar years after the first, same day included.
    Raises RecurrenceError, which lists its codes. Never lists more than the limits allow.
    """
    limit = _limit(min((start.date(), *recurrence.dates)))
    days = set(recurrence.dates) | _by_rule(start, recurrence.rule, limit, zone)
    if len(days) > MOST_OCCURRENCES:
        raise _too_many()
    if max(days) > limit:
        raise _too_far()
    for day in sorted(recurrence.exdates):
        if day not in days:
            raise RecurrenceError("exdate_not_in_series", value=day.isoformat())
    left = days.difference(recurrence.exdates)
    if not left:
        raise RecurrenceError("empty_series")
    return tuple(datetime.combine(day, start.time().replace(fold=0)) for day in sorted(left))


def rule_of(
    *,
    freq: str,
    interval: int = 1,
    weekdays: Collection[int] = (),
    monthly: str = "",
    start: date,
    count: int | None = None,
    until: date | None = None,
) -> str:
    """The RRULE value that a form means; `expand` judges it.

    `freq` is daily, weekly or monthly; `weekdays` (0 is Monday) go with weekly; `monthly` is
    "day" for the start's day of the month, "weekday" for, say, its second Tuesday, a fifth one
    being the last. Raises RecurrenceError rrule_unsupported for another `freq` or `monthly`.
    """
    parts = [f"FREQ={_listed(freq, ('daily', 'weekly', 'monthly')).upper()}"]
    if interval != 1:
        parts.append(f"INTERVAL={interval}")
    if freq == "weekly" and weekdays:
        parts.append("BYDAY=" + ",".join(WEEKDAYS[day] for day in sorted(set(weekdays))))
    if freq == "monthly" and _listed(monthly, ("", "day", "weekday")):
        parts.append(_monthly(monthly, start))
    if count is not None:
        parts.append(f"COUNT={count}")
    if until is not None:
        parts.append("UNTIL=" + until.isoformat().replace("-", ""))
    return ";".join(parts)


def _listed(word: str, words: Collection[str]) -> str:
    if word not in words:
        raise _unsupported(word.upper())
    return word


def _monthly(by: str, start: date) -> str:
    if by == "day":
        return f"BYMONTHDAY={start.day}"
    nth = (start.day - 1) // 7 + 1
    return f"BYDAY={-1 if nth == 5 else nth}{WEEKDAYS[start.weekday()]}"


def _limit(first: date) -> date:
    """The last day a series may reach that begins on `first`: 28 February after a 29th."""
    if first.year > MAXYEAR - YEARS_AHEAD:
        return date.max
    return first + relativedelta(years=YEARS_AHEAD)


# ---- The dates of a rule --------------------------------------------------------------------


def _by_rule(start: datetime, text: str, limit: date, zone: str) -> set[date]:
    """The dates of a rule; without one the start's own."""
    if not text.strip():
        return {start.date()}
    rule = _parsed(text)
    over = _over(rule, start.time(), zone)
    _require_start(rule, start.date(), limit, over)
    days: set[date] = set()
    for day in _endless(rule, start.date()):
        if len(days) == rule.count or over(day):
            return days
        if day > limit:
            raise _too_far()
        if len(days) == MOST_OCCURRENCES:
            raise _too_many()
        days.add(day)
    if rule.count in (None, len(days)):  # the calendar is at its end
        return days
    raise _too_far()


def _require_start(rule: _Rule, start: date, limit: date, over: Callable[[date], bool]) -> None:
    """Raise where a rule does not begin with the start; never walks past `limit`.

    Looks at every period rather than each `interval`-th: 31 February, yearly, never comes.
    """
    every = replace(rule, interval=1)
    dates = takewhile(lambda day: day == start or day <= limit, _endless(every, start))
    first = next((day for day in dates if _in_turn(rule, start, day)), None)
    if first != start:
        following = first.isoformat() if first and not over(first) else None
        raise RecurrenceError("first_date_not_in_rule", date=start.isoformat(), next=following)
    if over(start):
        raise RecurrenceError("empty_series")


def _endless(rule: _Rule, start: date) -> Iterator[date]:
    """The dates of a rule from `start` on, whatever its end; lazily, to the end of the calendar."""
    dates = rrule(
        rule.frequency,
        dtstart=datetime.combine(start, time()),
        interval=rule.interval,
        wkst=rule.week_start,
        byweekday=rule.weekdays or None,
        bymonthday=rule.month_days or None,
    )
    with suppress(ValueError):  # dateutil stumbles over the last week of the year 9999
        for moment in dates:
            yield moment.date()


def _in_turn(rule: _Rule, start: date, day: date) -> bool:
    """Whether a day lies in a week or month that `interval` does not pass over."""
    if rule.frequency == MONTHLY:
        periods = (day.year - start.year) * 12 + day.month - start.month
    elif rule.frequency == WEEKLY:
        periods = _week(day, rule.week_start) - _week(start, rule.week_start)
    else:
        periods = (day - start).days
    return periods % rule.interval == 0


def _week(day: date, week_start: int) -> int:
    return (day.toordinal() - 1 - week_start) // 7  # day 1 of the calendar is a Monday


def _over(rule: _Rule, at: time, zone: str) -> Callable[[date], bool]:
    """Whether a start on a day would come after the rule's UNTIL.

    A start that the clock change repeats or skips counts as RFC 5545 3.3.5 reads it: the first
    of the two, or by the clock before the change.
    """
    until = rule.until
    if until is None:
        return lambda day: False
    if until.tzinfo is None:
        return lambda day: datetime.combine(day, at) > until
    instant, site = until.timestamp(), zone_of(zone)
    return lambda day: datetime.combine(day, at.replace(fold=0), site).timestamp() > instant


# ---- Reading a rule -------------------------------------------------------------------------


def _parsed(text: str) -> _Rule:
    """An RRULE value, with or without its name, in any case."""
    parts = _parts(text.strip().upper())
    frequency = _frequency(parts["FREQ"])
    _refuse_others(parts, frequency)
    rule = _Rule(
        frequency=frequency,
        interval=_number(parts, "INTERVAL") or 1,
        count=_number(parts, "COUNT"),
        until=_until(parts.get("UNTIL")),
        weekdays=tuple(_weekdays(parts.get("BYDAY"), frequency)),
        month_days=tuple(_month_days(parts.get("BYMONTHDAY"))),
        week_start=_week_start(parts.get("WKST", "MO")),
    )
    _require_one_end(rule)
    return rule


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for pair in text.removeprefix("RRULE:").split(";"):
        name, _, value = pair.partition("=")
        if not value or name in parts:
            raise _syntax(pair or text)
        parts[name] = value
    if "FREQ" not in parts:
        raise _syntax(text)
    return parts


def _frequency(name: str) -> Literal[1, 2, 3]:
    if name in _OTHER_FREQUENCIES:
        raise _unsupported(name)
    if name not in _FREQUENCIES:
        raise _syntax(f"FREQ={name}")
    return _FREQUENCIES[name]


def _refuse_others(parts: dict[str, str], frequency: Literal[1, 2, 3]) -> None:
    for name, value in parts.items():
        if name in _OTHER_PARTS or (
            name in _BY_PARTS[MONTHLY] and name not in _BY_PARTS[frequency]
        ):
            raise _unsupported(name)
        if name not in _PARTS:
            raise _syntax(f"{name}={value}")
    if all(name in parts for name in _BY_PARTS[MONTHLY]):
        raise _unsupported("+".join(_BY_PARTS[MONTHLY]))


def _require_one_end(rule: _Rule) -> None:
    if rule.count and rule.until:
        raise RecurrenceError("count_and_until")
    if not rule.count and not rule.until:
        raise RecurrenceError("rrule_endless")
    if rule.count and rule.count > MOST_OCCURRENCES:
        raise _too_many()


def _number(parts: dict[str, str], name: str) -> int | None:
    if name not in parts:
        return None
    if not _NUMBER.fullmatch(parts[name]):
        raise _syntax(f"{name}={parts[name]}")
    return int(parts[name])


def _until(value: str | None) -> datetime | None:
    """The last moment at which an occurrence may start: of a date, the end of that day."""
    if value is None:
        return None
    if not _UNTIL.fullmatch(value):
        raise _syntax(f"UNTIL={value}")
    try:
        if len(value) == len("20261231"):
            return datetime.combine(datetime.strptime(value, "%Y%m%d"), time.max)
        moment = datetime.strptime(value.rstrip("Z"), "%Y%m%dT%H%M%S")
    except ValueError as error:
        raise _syntax(f"UNTIL={value}") from error
    return moment.replace(tzinfo=UTC) if value.endswith("Z") else moment


def _weekdays(value: str | None, frequency: Literal[1, 2, 3]) -> Iterator[weekday]:
    for item in value.split(",") if value else ():
        match = _ORDINAL_DAY.fullmatch(item)
        if not match or (match[1] and frequency == WEEKLY):
            raise _syntax(f"BYDAY={value}")
        if not match[1] and frequency == MONTHLY:
            raise _unsupported(f"BYDAY={value}")
        yield weekday(WEEKDAYS.index(match[2]), int(match[1]) if match[1] else None)


def _month_days(value: str | None) -> Iterator[int]:
    for item in value.split(",") if value else ():
        if not _MONTH_DAY.fullmatch(item):
            raise _syntax(f"BYMONTHDAY={value}")
        yield int(item)


def _week_start(value: str) -> int:
    if value not in WEEKDAYS:
        raise _syntax(f"WKST={value}")
    return WEEKDAYS.index(value)


def _syntax(value: str) -> RecurrenceError:
    return RecurrenceError("rrule_syntax", value=value)


def _unsupported(part: str) -> RecurrenceError:
    return RecurrenceError("rrule_unsupported", part=part)


def _too_many() -> RecurrenceError:
    return RecurrenceError("too_many_occurrences", max=MOST_OCCURRENCES)


def _too_far() -> RecurrenceError:
    return RecurrenceError("too_far", years=YEARS_AHEAD)
