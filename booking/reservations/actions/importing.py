"""Bookings out of a file: asked for in the name of whoever needs them, all of them or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from booking.core.access import Actor, allowed
from booking.core.lifecycle import State, Verb
from booking.facilities import queries as facilities
from booking.journal.actions import record
from booking.kernel.errors import BookingError, FieldError, Forbidden, Invalid
from booking.kernel.rehearsal import all_or_nothing
from booking.members.queries import actor_by_email
from booking.productions.queries import with_productions
from booking.reservations import changes, targets
from booking.reservations.actions.deciding import act
from booking.reservations.actions.requesting import request
from booking.reservations.events import booking_event
from booking.reservations.wish import BookingRequest


@dataclass(frozen=True, slots=True)
class Brought:
    """A wish from a file; `requester` is an e-mail address, empty for who brings the file."""

    wish: BookingRequest
    requester: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of it."""

    number: str
    state: str
    rank: int


def import_bookings(
    actor: Actor,
    brought: Sequence[Brought | BookingError],
    now: datetime,
    *,
    approve: bool,
    rehearse: bool,
) -> tuple[list[Imported | BookingError], bool]:
    """What became of each, in the order given, and whether it stands; see `all_or_nothing`.

    The rules look at the requester, as if they had asked themselves; with `approve` the caller
    says yes where their word is enough. What could not be read stays the error that it is, and
    keeps the others from standing. Refusals are those of `request` and `act`; Forbidden for
    facilities that the caller does not manage, Invalid at `requester` for nobody.
    """
    deeds = [partial(_bring, actor, one, now, approve=approve) for one in brought]
    return all_or_nothing(deeds, rehearse=rehearse)


def _bring(
    actor: Actor, brought: Brought | BookingError, now: datetime, *, approve: bool
) -> Imported:
    if isinstance(brought, BookingError):
        raise brought
    number = request(_requester(actor, brought), brought.wish, now)
    (target,) = targets.by_number(number)
    for room in facilities.by_ids(given.facility_id for given in target.given).values():
        if not allowed(actor, "booking:request_for", room.subject):
            raise Forbidden
    told = booking_event("booking:imported", target.booking_id, changes.scopes(target))
    record([told], actor_id=actor.user_id, at=now)
    if approve and target.state == State.REQUESTED and target.rank == 1:
        act(actor, number, Verb.APPROVE, now)
        (target,) = targets.by_number(number)
    return Imported(number, target.state, target.rank or 1)


def _requester(actor: Actor, brought: Brought) -> Actor:
    if not brought.requester:
        return actor
    found = actor_by_email(brought.requester)
    if found is None:
        value = {"value": brought.requester[:60]}
        raise Invalid(FieldError("requester", "unknown_person", value))
    return with_productions(found)
