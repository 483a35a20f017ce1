"""What reservations write into the journal."""

from collections.abc import Iterable
from typing import Any

from booking.facilities.queries import catalogue
from booking.journal.events import Event

BOOKING_EVENTS = tuple(
    f"booking:{name}"
    for name in (
        "requested",
        "approved",
        "declined",
        "confirmed",
        "withdrawn",
        "released",
        "cancelled",
        "expired",
        "promoted",
        "rule_overridden",
        "challenged",
        "challenge_made",
        "extended",
        "imported",
        "moved",
        "reworded",
        "checked_in",
        "no_show",
        "prolonged",
        "ended_early",
        "offered",
        "swap_proposed",
        "offer_accepted",
        "offer_refused",
    )
)
"""Everything that happens to bookings, by the names it has in the journal."""

CALENDAR = "calendar"
"""The revision that every change to the planning moves."""


def scopes_of(
    *, company_id: int, requester_id: int, production_id: int | None, facility_ids: Iterable[int]
) -> frozenset[str]:
    """The revisions a booking moves: its people's and every facility's over the same spaces."""
    booked, every = set(facility_ids), catalogue()
    spaces = {space for facility in every if facility.id in booked for space in facility.space_ids}
    touched = (f for f in every if spaces.intersection(f.space_ids))
    scopes = {CALENDAR, f"company:{company_id}", f"user:{requester_id}"}
    scopes |= {f"facility:{facility.id}" for facility in touched}
    if production_id is not None:
        scopes.add(f"production:{production_id}")
    return frozenset(scopes)


def booking_event(
    name: str,
    booking_id: int,
    scopes: frozenset[str],
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
    by_clock: bool = False,
) -> Event:
    """An event of a booking; `name` as in the table of transitions."""
    return Event(
        name=name,
        subject=f"booking:{booking_id}",
        booking_id=booking_id,
        before=before,
        after=after,
        reason=reason,
        scopes=scopes,
        by_clock=by_clock,
    )
