"""The form that looks for a room: its address is all its state."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict
from wtforms import Field, SelectMultipleField

from booking.core.scheduling import wallclock
from booking.facilities.values import AttributeFacts, FacilityFacts, Span
from booking.kernel.errors import FieldError, Invalid
from booking.reservations.ground import Need
from booking.web.forms import Form, TextField, typed
from booking.web.forms.typed import Wrong
from booking.wording.search import UNITS

MINUTES_IN = {"minutes": 1, "hours": 60, "days": 24 * 60}
SHORTEST_MIN, LONGEST_DAYS, YEARS_AHEAD = 15, 62, 3
MOST_PEOPLE, MOST_AMOUNT = 100_000, 1_000_000
WORKING_DAY: Span = (9 * 60, 18 * 60)
NUMBER = re.compile(r"\d{1,5}(?:[.,]\d{1,2})?", re.ASCII)
OFFERED = frozenset({"boolean", "choice"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the fields say. `has` holds attributes as the address has them: "hdr", "screen:4k".

    Of pools `amount` must be left.
    """

    kind: str
    site: str
    facility: str
    people: int
    amount: int
    length: Decimal
    unit: str
    first: date
    last: date
    hours: Span | None
    has: tuple[str, ...]

    @property
    def days(self) -> int:
        """How many days in a row; 0 where a length of time was asked for."""
        return int(self.length) if self.unit == "days" else 0

    @property
    def seconds(self) -> int:
        """The length of time asked for."""
        return int(self.length * MINUTES_IN[self.unit]) * 60

    @property
    def between(self) -> str:
        """The hours that suit: "09:00–18:00"."""
        return "–".join(clock(edge) for edge in self.hours or ())

    @property
    def day_count(self) -> int:
        """How many days are searched."""
        return (self.last - self.first).days + 1

    def suits(self, facility: FacilityFacts) -> bool:
        """Whether it is among those that are searched."""
        return (
            self.kind in ("", facility.kind_code)
            and self.site in ("", facility.site_code)
            and self.facility in ("", facility.code)
        )

    def among(self, offered: Iterable[AttributeFacts], *, pools: bool) -> "Asked":
        """Without what was asked of the kind chosen before: attributes, people or an amount."""
        known = {one.code for one in offered}
        has = tuple(t for t in self.has if attribute(t)[0] in known)
        if pools:
            return replace(self, has=has, people=0)
        return replace(self, has=has, amount=1)

    def need(self, zone: str, most: int) -> Need:
        """The same for the search; days are those of the zone."""
        return Need(
            window=wallclock.days(self.first, self.day_count, zone),
            seconds=self.seconds,
            people=self.people,
            amount=self.amount,
            attributes=[attribute(text) for text in self.has],
            hours=self.hours,
            days=self.days,
            most=most,
        )

    def url(self, **changed: Any) -> str:
        """The address of this search with something changed."""
        after, before = (clock(edge) for edge in self.hours) if self.hours else ("", "")
        values: dict[str, Any] = {
            "kind": self.kind or None,
            "site": self.site or None,
            "facility": self.facility or None,
            "people": self.people or None,
            "amount": self.amount if self.amount > 1 else None,
            "length": f"{self.length.normalize():f}",
            "unit": self.unit,
            "first": self.first,
            "last": self.last,
            "after": after,
            "before": before,
            "has": list(self.has),
        }
        return url_for("find.index", _anchor="found", **{**values, **changed})


class FindForm(Form):
    """What somebody looks for, as typed; `problems` holds the errors by field."""

    class Meta:
        """Nothing is changed by it, and its address may be sent to a colleague."""

        csrf = False

    kind = TextField()
    site = TextField()
    facility = TextField()
    people = TextField()
    amount = TextField()
    length = TextField()
    unit = TextField()
    first = TextField()
    last = TextField()
    after = TextField()
    before = TextField()
    has = SelectMultipleField(validate_choice=False)

    def __init__(self, args: MultiDict[str, str], today: date) -> None:
        super().__init__(MultiDict([*_defaults(args, today), *args.items(multi=True)]))
        self.problems: dict[str, list[FieldError]] = {}

    def asked(self, every: Iterable[FacilityFacts], today: date) -> Asked:
        """What the fields say. Raises Invalid for those that cannot be read or meant."""
        wrong: Wrong = []
        self._check_codes(list(every), wrong)
        length = _length(self.length.data, self.unit.data, wrong)
        hours = self._hours(wrong)
        days = [_day(name, self[name].data, wrong) for name in ("first", "last")]
        people = _count(self.people, MOST_PEOPLE, wrong)
        amount = _count(self.amount, MOST_AMOUNT, wrong) or 1
        if wrong or length is None or days[0] is None or days[1] is None:
            raise Invalid(*wrong)
        found = Asked(
            kind=self.kind.data,
            site=self.site.data,
            facility=self.facility.data,
            people=people,
            amount=amount,
            length=length,
            unit=self.unit.data,
            first=days[0],
            last=days[1],
            hours=hours,
            has=tuple(value for value in self.has.data or () if value),
        )
        wrong += _misfits(found, today)
        if wrong:
            raise Invalid(*wrong)
        return found

    def blame_all(self, errors: Iterable[FieldError]) -> None:
        """Remember what is wrong, at the field where the person can mend it."""
        for error in errors:
            self.problems.setdefault(error.path, []).append(error)

    def _check_codes(self, every: list[FacilityFacts], wrong: Wrong) -> None:
        known = {
            "kind": {f.kind_code for f in every},
            "site": {f.site_code for f in every},
            "facility": {f.code for f in every},
            "unit": set(UNITS),
        }
        for name, codes in known.items():
            if self[name].data and self[name].data not in codes:
                wrong.append(FieldError(name, "unknown"))

    def _hours(self, wrong: Wrong) -> Span | None:
        """The hours that suit; whole days without any are working days, and the fields say so."""
        if self.unit.data == "days" and not self.after.data and not self.before.data:
            self.after.data, self.before.data = (clock(edge) for edge in WORKING_DAY)
        edges = (self.after.data.strip(), self.before.data.strip())
        if not any(edges):
            return None
        after = typed.clock_minutes("after", edges[0] or "00:00", wrong)
        before = typed.clock_minutes("before", edges[1] or typed.MIDNIGHT, wrong)
        if after is None or before is None:
            return None
        if after >= before:
            wrong.append(FieldError("before", "hours_end_first"))
        return after, before


def attribute(text: str) -> tuple[str, str | None]:
    """An attribute of the address: its code and the value it must have, None for any true one."""
    code, _, value = text.partition(":")
    return code, value or None


def text(code: str, value: str | None) -> str:
    """The same as the address has it."""
    return code if value is None else f"{code}:{value}"


def offered(known: Iterable[AttributeFacts]) -> list[AttributeFacts]:
    """The attributes that the form can ask for."""
    return [one for one in known if one.value_type in OFFERED]


def clock(minutes: int) -> str:
    """ "09:00"; the end of the day is 24:00."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _defaults(args: MultiDict[str, str], today: date) -> Iterator[tuple[str, str]]:
    """This week and the next, two hours of a working day: for what the address does not name."""
    sunday = today + timedelta(days=13 - today.weekday())
    usual = {
        "length": "2",
        "unit": "hours",
        "first": today.isoformat(),
        "last": sunday.isoformat(),
        "after": clock(WORKING_DAY[0]),
        "before": clock(WORKING_DAY[1]),
    }
    return ((name, value) for name, value in usual.items() if name not in args)


def _day(name: str, text: str, wrong: Wrong) -> date | None:
    found = typed.moment(name, name, text, "00:00", wrong)
    return found.date() if found else None


def _count(field: Field, most: int, wrong: Wrong) -> int:
    """A whole number from 1 on, 0 where nothing is typed."""
    text = field.data.strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) <= 7):
        wrong.append(FieldError(field.short_name, "bad_number", {"value": text[:60]}))
        return 0
    if not 1 <= int(text) <= most:
        wrong.append(FieldError(field.short_name, "out_of_range", {"min": 1, "max": most}))
    return int(text)


def _length(text: str, unit: str, wrong: Wrong) -> Decimal | None:
    text = text.strip()
    if not text:
        wrong.append(FieldError("length", "required"))
    if not text or unit not in MINUTES_IN:
        return None
    if not NUMBER.fullmatch(text):
        wrong.append(FieldError("length", "bad_length", {"value": text[:60]}))
        return None
    length = Decimal(text.replace(",", "."))
    wrong += [FieldError("length", *said) for said in _length_faults(length, unit)]
    return length


def _length_faults(length: Decimal, unit: str) -> Iterator[tuple[str, dict[str, Any]]]:
    minutes = length * MINUTES_IN[unit]
    if minutes < SHORTEST_MIN:
        yield "length_too_short", {"min": SHORTEST_MIN}
    elif minutes > LONGEST_DAYS * 24 * 60:
        yield "too_many_days", {"max": LONGEST_DAYS}
    elif minutes != int(minutes):
        yield "whole_minutes", {}
    elif unit == "days" and length != int(length):
        yield "whole_days", {}


def _misfits(asked: Asked, today: date) -> Iterator[FieldError]:
    """The first of what each field may say by itself, but not together."""
    rules: tuple[tuple[str, str, Callable[[], bool]], ...] = (
        ("last", "last_before_first", lambda: asked.last < asked.first),
        ("last", "days_over", lambda: asked.last < today),
        ("last", "too_many_days", lambda: asked.day_count > LONGEST_DAYS),
        ("first", "too_far_ahead", lambda: asked.first > _far(today)),
        ("length", "longer_than_days", lambda: _exceeds_days(asked)),
        ("length", "longer_than_hours", lambda: _exceeds_hours(asked)),
    )
    params = {"max": LONGEST_DAYS, "years": YEARS_AHEAD}
    found = (FieldError(path, code, params) for path, code, holds in rules if holds())
    return islice(found, 1)


def _exceeds_days(asked: Asked) -> bool:
    return max(asked.days, asked.seconds / 86400) > asked.day_count


def _exceeds_hours(asked: Asked) -> bool:
    if asked.hours is None or asked.days:
        return False
    return asked.seconds > (asked.hours[1] - asked.hours[0]) * 60


def _far(today: date) -> date:
    return today + timedelta(days=365 * YEARS_AHEAD)
