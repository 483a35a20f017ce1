"""What a feed tells about its occurrences: words and names, for as many of them as are asked."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, select, type_coerce

from booking.core.access import Actor
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.kernel.db import listed
from booking.kernel.prepared import Prepared
from booking.members.models import Company, User
from booking.productions.models import Production
from booking.reservations.feed.finding import marks
from booking.reservations.feed.values import FeedRow, Mark, Scope
from booking.reservations.models import Booking

_DETAILS = (
    select(
        Booking.id,
        type_coerce(Booking.created_at, BigInteger).label("created"),
        Booking.number,
        Booking.title,
        Company.name.label("company"),
        User.name.label("requester"),
        Production.code_name.label("production"),
        Booking.rule,
    )
    .join_from(Booking, Company, Company.id == Booking.company_id)
    .join(User, User.id == Booking.requester_id)
    .outerjoin(Production, Production.id == Booking.production_id)
)


_DETAILS_OF = Prepared(lambda dialect: _DETAILS.where(listed(Booking.id, "ids", dialect)))


def rows(actor: Actor, shown: Scope, now: int) -> list[FeedRow]:
    """Everything a feed shows at `now`, by start; costs what `marks` and `told` do."""
    return told(shown, marks(actor, shown, now))


def told(shown: Scope, found: Sequence[Mark]) -> list[FeedRow]:
    """What the reader may know of each mark, in their order. One statement, or none for none."""
    every = {facility.id: facility for facility in facilities.catalogue()}
    details = _details({mark.booking_id for mark in found if not mark.is_masked})
    given: dict[str, tuple[FacilityFacts, ...]] = {}
    for places in {mark.places for mark in found}:
        chosen = {int(number) for number in places.split()}
        given[places] = tuple(every[key] for key in every if key in chosen)
    return [
        _masked(shown, mark, every[mark.facility_id])
        if mark.is_masked
        else _known(mark, given[mark.places], details[mark.booking_id])
        for mark in found
    ]


def _details(ids: set[int]) -> dict[int, Any]:
    """What bookings have in common with all their dates, by id: a FeedRow from `created` on."""
    if not ids:
        return {}
    return {row[0]: row[1:] for row in _DETAILS_OF.all(ids=sorted(ids))}


def _masked(shown: Scope, mark: Mark, place: FacilityFacts) -> FeedRow:
    """One UID for each feed and place, none of which leads to another."""
    name = shown.text if shown.facility else f"{shown.text} {place.code}"
    return FeedRow(
        uid=str(uuid.uuid5(uuid.UUID(mark.uid), name)),
        starts=mark.starts,
        ends=mark.ends,
        state=mark.state,
        rank=mark.rank,
        changed=mark.changed,
        sequence=mark.sequence,
        facilities=(place,),
    )


def _known(mark: Mark, given: tuple[FacilityFacts, ...], details: tuple[Any, ...]) -> FeedRow:
    return FeedRow(
        mark.uid,
        mark.starts,
        mark.ends,
        mark.state,
        mark.rank,
        mark.changed,
        mark.sequence,
        given,
        mark.revision,
        *details,
    )
