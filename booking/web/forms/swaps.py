"""The form that proposes a swap: where and when the other booking is."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from booking.core.scheduling.wallclock import AmbiguousTime, NonexistentTime, resolve
from booking.kernel.errors import FieldError, Invalid


def moment(typed: Mapping[str, str], zone: str) -> datetime:
    """The instant that the fields `date` and `start` mean on the clock of a site.

    Raises Invalid for what is no date or no time of that day.
    """
    try:
        day = date.fromisoformat(typed.get("date", ""))
    except ValueError:
        raise Invalid(FieldError("date", "bad_date", {"value": typed.get("date", "")})) from None
    try:
        local = datetime.combine(day, time.fromisoformat(typed.get("start", "")))
        return datetime.fromtimestamp(resolve(local, zone), UTC)
    except (ValueError, NonexistentTime, AmbiguousTime):
        wrong = {"value": typed.get("start", "")}
        raise Invalid(FieldError("start", "bad_time", wrong)) from None
