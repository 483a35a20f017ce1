"""Changing a facility without breaking what is booked: how large a pool must stay."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from booking.core.access import Actor
from booking.core.scheduling.interval import Interval
from booking.facilities import actions as facility_actions
from booking.facilities.actions.facilities import FacilityChange, editable
from booking.facilities.values import FacilityFacts
from booking.journal.actions import record
from booking.kernel.errors import FieldError, Invalid
from booking.kernel.transaction import memo, transaction
from booking.reservations import claims, pools
from booking.reservations.actions import clocks
from booking.reservations.wish import LAST_YEAR

_FOR_EVER = (LAST_YEAR - 1970) * 366 * 24 * 3600


@transaction
def edit_facility(
    actor: Actor,
    facility_id: int,
    revision: int,
    change: FacilityChange,
    attributes: Mapping[str, Any],
    now: datetime,
) -> None:
    """`facilities.actions.edit_facility`, for a quantity that what is booked from now on allows.

    Raises what that raises, and Invalid `below_booked` at `quantity` for a pool that would be too
    small, `booked_whole` or `booked_in_parts` where it would turn from or into a pool.
    """
    facility = editable(actor, facility_id)
    if change.quantity != facility.quantity:
        _end_lapsed(facility, now)
        memo().clear()  # somebody may have changed it while we waited
        facility = editable(actor, facility_id)
    wrong = list(_objections(facility, change.quantity, int(now.timestamp())))
    if wrong:
        raise Invalid(*wrong)
    facility_actions.edit_facility(actor, facility_id, revision, change, attributes, now)


def _end_lapsed(facility: FacilityFacts, now: datetime) -> None:
    """Be alone with what is booked of it, and write down whose clock has run out."""
    at = int(now.timestamp())
    events, _ = clocks.end_lapsed(clocks.be_alone(facility.space_ids, at), at)
    record(events, actor_id=None, at=now)


def _objections(facility: FacilityFacts, quantity: int, now: int) -> Iterator[FieldError]:
    if quantity == facility.quantity or quantity < 1:
        return
    if not facility.is_pool:
        if _claimed(facility, now):
            yield FieldError("quantity", "booked_whole")
        return
    most = pools.most_ahead(facility.id, now)
    if most and quantity == 1:
        yield FieldError("quantity", "booked_in_parts")
    elif quantity < most:
        yield FieldError("quantity", "below_booked", {"most": most})


def _claimed(facility: FacilityFacts, now: int) -> bool:
    held = claims.standing(facility.space_ids, Interval(now, _FOR_EVER), now)
    return any(hold.facility_id == facility.id for hold in held)
