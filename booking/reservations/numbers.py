"""Numbers that people can read out: PIL-2026-00042."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from booking.kernel.db import table_of
from booking.kernel.prepared import Prepared
from booking.reservations.models import BookingCounter

PREFIX = "PIL"


def next_number(year: int) -> str:
    """The next number of a year; no two transactions get the same. One statement."""
    last: int = _NEXT.value(year=year, last=1)
    return f"{PREFIX}-{year}-{last:05d}"


def _counted_up(dialect: str) -> Any:
    statement = (postgresql if dialect == "postgresql" else sqlite).insert(table_of(BookingCounter))
    return statement.on_conflict_do_update(
        index_elements=[BookingCounter.year], set_={"last": BookingCounter.last + 1}
    ).returning(BookingCounter.last)


_NEXT = Prepared(_counted_up)
