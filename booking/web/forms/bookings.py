"""The booking form: text fields that keep whatever was typed, and the wish they make."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField

from booking.core.scheduling.wallclock import local
from booking.facilities.bundles import BundleFacts
from booking.kernel.errors import FieldError, Invalid
from booking.reservations.wish import ONCE, BookingRequest
from booking.web.forms.series import SeriesFields, repairs

FIELD_OF = {"facilities": "facility", "rrule": "repeat", "exdates": "repeat"}
"""Where an error of the wish is shown, if not at the field of its own name."""

AMOUNT = "amount-"
"""Begins the names of the fields beside pools: `amount-M-FIB`."""


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
    amount = StringField()
    """How much of the main facility, where that is a pool."""
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
        """What was typed beside pools, by their codes."""

    def wish(self) -> BookingRequest:
        """What the fields say. Raises Invalid for those that cannot be read."""
        errors: list[FieldError] = []
        start = _moment("start", "date", self.date.data, self.start.data, errors)
        end = _moment("end", "end_date", self.end_date.data, self.end.data, errors)
        attendees = _number("attendees", self.attendees.data, errors)
        amounts = self._amounts(errors)
        recurrence = self.repetition(start.date(), errors) if start else ONCE
        repaired = tuple(repairs(request.form, errors)) if recurrence != ONCE else ()
        if errors or start is None or end is None:
            raise Invalid(*errors)
        return BookingRequest(
            facilities=self.codes(),
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
            recurrence=recurrence,
            repairs=repaired,
            override=self.override.data or "",
            amounts=amounts,
        )

    def _amounts(self, errors: list[FieldError]) -> dict[str, int]:
        """Of the pools that are chosen; what is typed beside others waits until they are."""
        main, *others = self.codes() or ("",)
        typed = {code: self.beside.get(code) for code in others}
        if main:
            typed[main] = self.amount.data or self.beside.get(main)
        read = {code: _number(f"amounts/{code}", text, errors) for code, text in typed.items()}
        return {code: amount for code, amount in read.items() if amount is not None}

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
            given_up = second if second in self.codes() else row
            codes = [first if code == given_up else code for code in self.codes()]
            self.facility.data, self.also.data = codes[0], codes[1:]
            if second in self.beside:
                self.beside[first] = self.beside.pop(second)
        elif kind == "time" and first.isdecimal() and second.isdecimal():
            self._put("date", "start", "start_fold", local(int(first), zone))
            self._put("end_date", "end", "end_fold", local(int(second), zone))

    def fill(self, bundle: BundleFacts) -> None:
        """Put a bundle into the fields, in place of the facilities that were chosen."""
        self.facility.data, *others = bundle.codes
        self.also.data = others
        amounts = {code: str(amount) for code, amount in bundle.amounts.items()}
        self.amount.data = amounts.pop(self.facility.data, "")
        self.beside = amounts

    def _put(self, day: str, clock: str, fold: str, moment: datetime) -> None:
        self[day].data = moment.date().isoformat()
        self[clock].data = f"{moment:%H:%M}"
        self[fold].data = str(moment.fold)


def prefilled(asked: Mapping[str, str], today: date, now: time) -> dict[str, Any]:
    """First values of the form from an address; odd ones are kept and will be asked about."""
    day = asked.get("date") or _next_day(today, now).isoformat()
    start = asked.get("start") or "09:00"
    end = asked.get("end") or _two_hours_after(start)
    return {
        "facility": asked.get("facility", ""),
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
