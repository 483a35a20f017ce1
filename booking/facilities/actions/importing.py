"""Facilities out of a file: all of them or none."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from booking.core.access import Actor
from booking.facilities.actions.facilities import FacilityChange, NewFacility, create_facility
from booking.kernel.errors import BookingError
from booking.kernel.rehearsal import all_or_nothing


def import_facilities(
    actor: Actor,
    brought: Sequence[tuple[NewFacility, FacilityChange] | BookingError],
    now: datetime,
    *,
    rehearse: bool,
) -> tuple[list[str | BookingError], bool]:
    """The codes that were made, in the order given, and whether they stand; see `all_or_nothing`.

    What could not be read stays the error that it is, and keeps the others from standing.
    """
    deeds = [partial(_bring, actor, one, now) for one in brought]
    return all_or_nothing(deeds, rehearse=rehearse)


def _bring(
    actor: Actor, brought: tuple[NewFacility, FacilityChange] | BookingError, now: datetime
) -> str:
    if isinstance(brought, BookingError):
        raise brought
    new, change = brought
    create_facility(actor, new, change, now)
    return new.code
