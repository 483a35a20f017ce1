"""The form of a facility's opening hours."""

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field
from wtforms.widgets import HiddenInput

from booking.facilities.values import ALWAYS_OPEN, Week
from booking.kernel.errors import BookingError, FieldError, Invalid
from booking.web.forms import Form, TextField, typed

DAYS = range(7)
EDGES = ("from", "to", "from2", "to2")


class HoursForm(Form):
    """Opening hours: up to two spans a day, as text; `hours_0` stands for Monday's errors."""

    revision = TextField(widget=HiddenInput())
    always = BooleanField(_l("Always open, day and night"))

    def week(self) -> Week:
        """The week that was typed. Raises Invalid with the days that cannot be read."""
        if self.always.data:
            return ALWAYS_OPEN
        wrong: list[FieldError] = []
        found = tuple(tuple(self._spans(day, wrong)) for day in DAYS)
        if wrong:
            raise Invalid(*wrong)
        return found

    def day(self, weekday: int) -> list[Field]:
        """The four fields of a day."""
        return [self[f"{edge}_{weekday}"] for edge in EDGES]

    def blame_days(self, error: BookingError) -> None:
        """Put the sentences at the first field of the day they are about, else above the form."""
        days = error.fields if isinstance(error, Invalid) else ()
        moved = [
            FieldError(wrong.path.replace("hours_", "from_"), wrong.code, wrong.params)
            for wrong in days
        ]
        self.blame(Invalid(*moved) if moved else error)

    def _spans(self, weekday: int, wrong: list[FieldError]) -> Iterator[tuple[int, int]]:
        path = f"hours_{weekday}"
        edges = [field.data.strip() for field in self.day(weekday)]
        for opens, closes in ((edges[0], edges[1]), (edges[2], edges[3])):
            if bool(opens) != bool(closes):
                wrong.append(FieldError(path, "hours_incomplete"))
            elif opens:
                span = [typed.clock_minutes(path, edge, wrong) for edge in (opens, closes)]
                if span[0] is not None and span[1] is not None:
                    yield span[0], span[1]


for _day in DAYS:
    for _edge in EDGES:
        setattr(HoursForm, f"{_edge}_{_day}", TextField())


def hours_form(week: Week, revision: int) -> HoursForm:
    """The form with the hours as they are."""
    values: dict[str, Any] = {"revision": str(revision), "always": week == ALWAYS_OPEN}
    for weekday, spans in enumerate(week if week != ALWAYS_OPEN else ()):
        edges = [edge for span in spans[:2] for edge in span]
        values |= {f"{name}_{weekday}": _clock(e) for name, e in zip(EDGES, edges, strict=False)}
    return HoursForm(data=values)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
