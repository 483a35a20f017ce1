"""The part of the booking form that repeats it: a rule or picked days, single dates repaired."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta

from wtforms import FieldList, Form, SelectMultipleField, StringField

from booking.core.scheduling.recurrence import Recurrence, rule_of
from booking.kernel.errors import FieldError, Invalid
from booking.reservations.actions import Reach
from booking.reservations.wish import ONCE, Repair

REPEATS = ("", "daily", "weekly", "monthly_day", "monthly_weekday", "dates")
REPAIR = "repair-"
SPARE_DATES = 2
MOST_DATES = 366


class SeriesFields(Form):
    """How often, until when, which days; whatever was typed is kept."""

    repeat = StringField()
    interval = StringField()
    weekdays = SelectMultipleField(validate_choice=False)
    ends = StringField()
    count = StringField()
    until = StringField()
    dates = FieldList(StringField(), max_entries=MOST_DATES)
    left_out = StringField()

    def repetition(self, first: date, errors: list[FieldError]) -> Recurrence:
        """The series that the fields mean, from its first day on."""
        repeat = self.repeat.data or ""
        if repeat not in REPEATS:
            errors.append(FieldError("repeat", "unknown_choice"))
        if repeat not in REPEATS or not repeat:
            return ONCE
        if repeat == "dates":
            return Recurrence(dates=(first, *self._picked(errors)))
        count, until = self._end(errors)
        every = _whole("interval", self.interval.data or "1", errors)
        if every is None or (count is None and until is None):
            return ONCE
        freq, _, monthly = repeat.partition("_")
        chosen = {int(day) for day in self.weekdays.data or () if day in set("0123456")}
        weekdays = (chosen or {first.weekday()}) if freq == "weekly" else set()
        return Recurrence(
            rule=rule_of(
                freq=freq,
                interval=every,
                weekdays=weekdays,
                monthly=monthly,
                start=first,
                count=count,
                until=until,
            )
        )

    def _end(self, errors: list[FieldError]) -> tuple[int | None, date | None]:
        if self.ends.data == "until":
            return None, _day("until", self.until.data, errors)
        return _whole("count", self.count.data, errors), None

    def _picked(self, errors: list[FieldError]) -> Iterator[date]:
        for text in self.dates.data:
            if (text or "").strip():
                found = _day("dates", text, errors)
                if found:
                    yield found


def repairs(typed: Mapping[str, str], errors: list[FieldError]) -> Iterator[Repair]:
    """What was chosen for single dates: fields `repair-2026-12-08` and, to move it, its times."""
    for name, how in typed.items():
        if not name.startswith(REPAIR) or not how:
            continue
        on = _day("repairs", name.removeprefix(REPAIR), errors)
        kind, _, rooms = how.partition(":")
        facility, _, replaces = rooms.partition(":")
        if on is None:
            continue
        if kind != "move":
            yield Repair(on=on, how=kind, facility=facility, replaces=replaces)
            continue
        starts, ends = (typed.get(f"{edge}-{on}", "") for edge in ("from", "to"))
        yield _moved(on, starts, ends, errors)


def left_out(typed: Mapping[str, str]) -> list[date]:
    """The dates that were chosen to be left out; those that are none are told elsewhere."""
    wrong: list[FieldError] = []
    chosen = (
        name.removeprefix(REPAIR)
        for name, how in typed.items()
        if name.startswith(REPAIR) and how == "skip"
    )
    return [day for text in chosen if (day := _day("repairs", text, wrong))]


def reach(typed: Mapping[str, str]) -> Reach:
    """Which dates of a booking a verb was meant for. Raises Invalid for days that are none."""
    errors: list[FieldError] = []
    edges = [_day(f, typed[f], errors) if typed.get(f) else None for f in ("first", "last")]
    if errors:
        raise Invalid(*errors)
    chosen = typed.get("occurrence", "")
    return Reach(
        scope=typed.get("scope", "all"),
        occurrence=int(chosen) if chosen.isdecimal() and len(chosen) < 10 else None,
        first=edges[0],
        last=edges[1],
    )


def _moved(on: date, starts: str, ends: str, errors: list[FieldError]) -> Repair:
    """An end at or before the start is meant for the day after."""
    try:
        start = datetime.combine(on, time.fromisoformat(starts))
        end = datetime.combine(on, time.fromisoformat(ends))
    except ValueError:
        errors.append(FieldError("repairs", "bad_time", {"value": f"{starts}–{ends}"}))
        return Repair(on=on, how="move")
    return Repair(on=on, how="move", start=start, end=end if end > start else end + timedelta(1))


def _whole(path: str, text: str | None, errors: list[FieldError]) -> int | None:
    given = (text or "").strip()
    if not given:
        errors.append(FieldError(path, "required"))
    elif not given.isdecimal() or not 0 < int(given[:9]) < 1000:
        errors.append(FieldError(path, "bad_number", {"value": given[:60]}))
    else:
        return int(given)
    return None


def _day(path: str, text: str | None, errors: list[FieldError]) -> date | None:
    given = (text or "").strip()
    if not given:
        errors.append(FieldError(path, "required"))
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        errors.append(FieldError(path, "bad_date", {"value": given[:60]}))
        return None
