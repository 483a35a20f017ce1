"""The booking form: text fields that keep whatever was typed, and the wish they make."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import chain, repeat
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import SelectMultipleField, StringField

from booking.core.scheduling.wallclock import local
from booking.facilities import queries as facilities
from booking.facilities.bundles import BundleFacts
from booking.kernel.errors import FieldError, Invalid
from booking.reservations.wish import MOST_FACILITIES, ONCE, BookingRequest
from booking.web.forms.series import SeriesFields, repairs

FIELD_OF = {"facilities": "facility", "rrule": "repeat", "exdates": "repeat"}
"""Where an error of the wish is shown, if not at the field of its own name."""

BETWEEN = re.compile(r"[,;]")
"""What stands between addresses besides blanks and lines, where people paste them."""

AMOUNT = "amount-"
"""Begins the names of the fields beside pools and rows: `amount-M-FIB`."""


class BookingForm(SeriesFields, FlaskForm):
    """One booking, as typed; `problems` holds the errors by field."""

    facility = StringField()
    also = SelectMultipleField(validate_choice=False)
    title = StringField()
    date = StringField()
    start = StringField()
    start_fold = StringField()
    end_date = StringField()
    end = StringField()
    end_fold = StringField()
    hold = StringField(default="firm")
    on_clash = StringField()
    production = StringField()
    attendees = StringField()
    note = StringField()
    participants = StringField()
    """E-mail addresses, with blanks, commas, semicolons or lines between."""
    amount = StringField()
    """How much of the main facility, where that is a pool; how many, where it is a row."""
    bundle = StringField()
    instead = StringField()
    override = StringField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.problems: dict[str, list[FieldError]] = {}
        self.beside: dict[str, str] = {
            name.removeprefix(AMOUNT): typed
            for name, typed in request.form.items()
            if name.startswith(AMOUNT)
        }
        """What was typed beside pools and rows, by their codes."""

    def wish(self) -> BookingRequest:
        """What the fields say. Raises Invalid for those that cannot be read."""
        errors: list[FieldError] = []
        start = _moment("start", "date", self.date.data, self.start.data, errors)
        end = _moment("end", "end_date", self.end_date.data, self.end.data, errors)
        attendees = _number("attendees", self.attendees.data, errors)
        facilities, amounts = self._wanted(errors)
        recurrence = self.repetition(start.date(), errors) if start else ONCE
        repaired = tuple(repairs(request.form, errors)) if recurrence != ONCE else ()
        if errors or start is None or end is None:
            raise Invalid(*errors)
        return BookingRequest(
            facilities=facilities,
            title=self.title.data or "",
            start=start,
            end=end,
            start_fold=_fold(self.start_fold.data),
            end_fold=_fold(self.end_fold.data),
            hold=self.hold.data or "firm",
            on_clash=self.on_clash.data or self._left_out(),
            production=self.production.data or None,
            attendees=attendees,
            note=self.note.data or "",
            participants=tuple(BETWEEN.sub(" ", self.participants.data or "").split()),
            recurrence=recurrence,
            repairs=repaired,
            override=self.override.data or "",
            amounts=amounts,
        )

    def _wanted(self, errors: list[FieldError]) -> tuple[tuple[str, ...], dict[str, int]]:
        """The facilities, rows of like units as often as was typed, and the amounts of pools.

        What is typed beside others waits until they are chosen.
        """
        read = {
            code: _number(f"amounts/{code}", self._typed(code), errors) for code in self.codes()
        }
        said = {code: number for code, number in read.items() if number is not None}
        times = {code: said.pop(code) for code in rows() & said.keys()}
        for code, number in times.items():
            if not 1 <= number <= MOST_FACILITIES:
                most = {"min": 1, "max": MOST_FACILITIES}
                errors.append(FieldError(f"amounts/{code}", "out_of_range", most))
        wanted = (repeat(code, times.get(code, 1)) for code in self.codes())
        return tuple(chain.from_iterable(wanted)) if not errors else self.codes(), said

    def _typed(self, code: str) -> str:
        """How much or how many of a facility that is chosen."""
        of_main = self.amount.data if code == self.codes()[0] else ""
        return of_main or self.beside.get(code, "")

    def _left_out(self) -> str:
        """What becomes of dates of a series that cannot be had; one date alone is never skipped."""
        return self.left_out.data or "reject" if self.repeat.data else "reject"

    def codes(self) -> tuple[str, ...]:
        """The facilities wanted, the main one first, each once."""
        chosen = [self.facility.data or "", *(self.also.data or [])]
        return tuple(dict.fromkeys(code for code in chosen if code))

    def blame(self, errors: Iterable[FieldError]) -> None:
        """Remember what is wrong, at the field where the person can mend it."""
        for error in errors:
            self.problems.setdefault(self._field_of(error.path), []).append(error)

    def _field_of(self, path: str) -> str:
        name, _, rest = path.partition("/")
        if name == "amounts":
            return "amount" if rest == self.facility.data else AMOUNT + rest
        return FIELD_OF.get(name, name)

    def take(self, alternative: str, zone: str, row: str = "") -> None:
        """Put an offered way out into the fields: "room:NEW:OLD" or "time:STARTS:ENDS".

        `row` is the code of the group that OLD was chosen from, where the form says that.
        """
        kind, _, rest = alternative.partition(":")
        first, _, second = rest.partition(":")
        if kind == "room":
            self._take_room(first, second if second in self.codes() else row)
        elif kind == "time" and first.isdecimal() and second.isdecimal():
            self._put("date", "start", "start_fold", local(int(first), zone))
            self._put("end_date", "end", "end_fold", local(int(second), zone))

    def _take_room(self, code: str, given_up: str) -> None:
        """One room for another; of several of a row the others stay."""
        typed = self._typed(given_up) if given_up in self.codes() else ""
        if given_up in rows() and typed.isdecimal() and int(typed) > 1:
            self.choose([*self.codes(), code], {**self._amounts(), given_up: str(int(typed) - 1)})
            return
        amounts = self._amounts()
        if given_up in amounts:
            amounts[code] = amounts.pop(given_up)
        self.choose([code if c == given_up else c for c in self.codes()], amounts)

    def _amounts(self) -> dict[str, str]:
        """All that was typed, by the code of the facility."""
        typed = {code: self._typed(code) for code in self.codes()}
        return {**self.beside, **{code: text for code, text in typed.items() if text}}

    def fill(self, bundle: BundleFacts) -> None:
        """Put a bundle into the fields, in place of the facilities that were chosen."""
        often = {code: str(n) for code, n in Counter(bundle.codes).items() if n > 1}
        amounts = {code: str(amount) for code, amount in bundle.amounts.items()}
        self.choose(list(dict.fromkeys(bundle.codes)), {**often, **amounts})

    def choose(self, codes: Sequence[str], amounts: Mapping[str, str]) -> None:
        """Put facilities into the fields, the main one first, with what is typed beside them."""
        self.facility.data, *others = codes
        self.also.data = others
        self.beside = dict(amounts)
        self.amount.data = self.beside.pop(codes[0], "")

    def _put(self, day: str, clock: str, fold: str, moment: datetime) -> None:
        self[day].data = moment.date().isoformat()
        self[clock].data = f"{moment:%H:%M}"
        self[fold].data = str(moment.fold)


def rows() -> set[str]:
    """The codes of the rows of like units, of which one may want several."""
    every = facilities.catalogue()
    return {f.group_code for f in every if f.group_code} - {f.code for f in every}


def prefilled(asked: MultiDict[str, str], today: date, now: time) -> dict[str, Any]:
    """First values of the form from an address; odd ones are kept and will be asked about."""
    day = asked.get("date") or _next_day(today, now).isoformat()
    start = asked.get("start") or "09:00"
    end = asked.get("end") or _two_hours_after(start)
    return {
        "facility": asked.get("facility", ""),
        "also": asked.getlist("also"),
        "date": day,
        "start": start,
        "end_date": asked.get("end_date") or day,
        "end": end,
        "amount": asked.get("amount", ""),
        "production": asked.get("production", ""),
        "hold": asked.get("hold", "firm"),
    }


def _next_day(today: date, now: time) -> date:
    """Today until nine, then the next working day."""
    day = today if now < time(9) else today + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


def _two_hours_after(start: str) -> str:
    try:
        found = datetime.combine(date.min, time.fromisoformat(start)) + timedelta(hours=2)
    except ValueError:
        return start
    return f"{found:%H:%M}"


def _moment(
    path: str, date_path: str, day: str | None, clock: str | None, errors: list[FieldError]
) -> datetime | None:
    found_day = _parsed(date_path, "bad_date", date.fromisoformat, day, errors)
    found_time = _parsed(path, "bad_time", _clock, clock, errors)
    if found_day is None or found_time is None:
        return None
    if found_time == "24:00":
        return datetime.combine(found_day, time()) + timedelta(days=1)
    return datetime.combine(found_day, found_time)


def _parsed(path: str, code: str, parse: Any, text: str | None, errors: list[FieldError]) -> Any:
    if not (text or "").strip():
        errors.append(FieldError(path, "required"))
        return None
    try:
        return parse(str(text).strip())
    except (ValueError, OverflowError):
        errors.append(FieldError(path, code, {"value": text}))
        return None


def _clock(text: str) -> time | str:
    if text == "24:00":
        return text
    if len(text) != len("09:00"):
        raise ValueError(text)
    return time.fromisoformat(text)


def _number(path: str, text: str | None, errors: list[FieldError]) -> int | None:
    given = (text or "").strip()
    if not given:
        return None
    if not given.removeprefix("-").isdecimal() or len(given) > 9:
        errors.append(FieldError(path, "bad_number", {"value": given}))
        return None
    return int(given)


def _fold(text: str | None) -> int | None:
    return int(text) if text in ("0", "1") else None
