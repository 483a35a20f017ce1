"""Reading single bookings, masked for whoever asks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, bindparam, select, type_coerce

from booking.core.access import Actor, Subject, allowed
from booking.core.lifecycle import TENTATIVE, State, Verb
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.kernel.errors import Forbidden, NotFound
from booking.kernel.prepared import Prepared
from booking.members.models import Company, User
from booking.members.queries import names_of
from booking.productions.models import Production
from booking.reservations import challenges, choosing, judgement, offers, participants, targets
from booking.reservations.actions import permitting
from booking.reservations.models import FIRST_REVISION, Booking
from booking.reservations.targets import Given, Target
from booking.reservations.values import (
    AllocationView,
    Assessment,
    BookingView,
    ChallengeView,
    OccurrenceView,
    OfferView,
)
from booking.reservations.wish import BookingRequest, understand

_BOOKING = Prepared(
    select(
        Booking.id,
        Booking.number,
        Booking.title,
        Booking.note,
        Booking.attendees,
        Booking.company_id,
        Company.code.label("company_code"),
        Company.name.label("company_name"),
        Booking.requester_id,
        User.name.label("requester_name"),
        Booking.production_id,
        Production.code_name.label("production_code"),
        Production.title.label("production_title"),
        Production.company_id.label("production_company"),
        Booking.rule,
        type_coerce(Booking.created_at, BigInteger).label("created"),
        Booking.revision,
        participants.JOINED,
    )
    .join_from(Booking, Company, Company.id == Booking.company_id)
    .join(User, User.id == Booking.requester_id)
    .outerjoin(Production, Production.id == Booking.production_id)
    .where(Booking.number == bindparam("number"))
)

_REVISION = Prepared(select(Booking.revision).where(Booking.number == bindparam("number")))


def preview(actor: Actor, wish: BookingRequest, now: int) -> Assessment:
    """What `actions.request` would answer at `now` (UTC epoch seconds), with nothing stored.

    Raises Invalid and Forbidden as it would.
    """
    plans = understand(actor, choosing.settled(actor, wish, now))
    if not allowed(actor, "booking:request", Subject(company_id=actor.company_id)):
        raise Forbidden
    said = judgement.assess(actor, judgement.weigh(actor, plans, now), now)
    return replace(said, facilities=tuple(f.code for f in plans[0].facilities))


def booking(actor: Actor, number: str, now: int) -> BookingView:
    """A booking in full, as it stands at `now` (UTC epoch seconds). A fixed number of statements.

    Raises NotFound for a number that does not exist or that the caller may not see.
    """
    if not targets.may_be(number):
        raise NotFound(number=number)
    facilities.expect()
    asked = _BOOKING.ask(number=number)
    found = targets.as_it_stands(number, now)
    if not any(allowed(actor, "booking:see", target.subject) for target in found):
        raise NotFound(number=number)
    [told] = asked.mappings()
    row = _without_secrets(actor, told)
    deciders = {g.decided_by for one in found for g in one.given if g.decided_by}
    around = _Around(
        rooms=facilities.by_ids(given.facility_id for one in found for given in one.given),
        names=names_of(deciders) if deciders else {},
        challenges=open_challenges(found, now),
        offers=_offers(found, now),
    )
    views = tuple(_occurrence(actor, target, around, now) for target in found)
    invited = participants.split(row.pop("participants"))
    return BookingView(**row, participants=invited, occurrences=views)


def _without_secrets(actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row, with the title of its production for those only who may see that."""
    told = dict(row)
    subject = Subject(told.pop("production_company"), production_id=told["production_id"])
    if told["production_id"] is None or not allowed(actor, "production:see", subject):
        told["production_title"] = None
    return told


def revision(number: str) -> int:
    """The revision of a booking that exists: what an edit must name. One statement."""
    [found] = _REVISION.column(number=number)
    return int(found)


def open_challenges(found: Sequence[Target], now: int) -> dict[int, ChallengeView]:
    """Those that nobody has answered and whose deadline is ahead, by occurrence.

    One statement, none where all are confirmed or first in line with a firm request.
    """
    involved = [
        one.id
        for one in found
        if one.state in TENTATIVE and (one.state == State.OPTION or (one.rank or 1) > 1)
    ]
    views = {}
    for one in challenges.open_of(involved) if involved else ():
        if one.due > now:
            for key, made in ((one.challenger_id, True), (one.challenged_id, False)):
                views[key] = ChallengeView(made=made, due=one.due, moved_by=one.moved_by)
    return views


def _offers(found: Sequence[Target], now: int) -> dict[int, OfferView]:
    """Those that were made to what has not begun; what they offered themselves is left out.

    An offer raises the revision of the booking that it is made to: to a new one there is none.
    """
    if found[0].revision == FIRST_REVISION:
        return {}
    ahead = {target.id: target for target in found if target.rank and target.starts > now}
    made = [one for one in offers.open_of(ahead) if one.occurrence_id in ahead]
    off = offers.off(made, ahead, now)
    return {
        one.occurrence_id: OfferView(
            is_swap=one.is_swap,
            starts=one.starts,
            ends=one.ends,
            codes=tuple(f.code for f in facilities.by_ids(one.facility_ids).values()),
            message=one.message,
            amounts=one.amounts,
            is_off=one.id in off,
        )
        for one in made
    }


class _Around(NamedTuple):
    """What is told with the dates of a booking, for all of them."""

    rooms: Mapping[int, FacilityFacts]
    """In planning order, by id."""
    names: Mapping[int, str]
    """Of those who decided, by id."""
    challenges: Mapping[int, ChallengeView]
    """By occurrence, as are the offers."""
    offers: Mapping[int, OfferView]


def _occurrence(actor: Actor, target: Target, around: _Around, now: int) -> OccurrenceView:
    state = targets.state_of(target, now)
    given = {g.facility_id: g for g in target.given}
    named = [room for room in around.rooms.values() if room.id in given]
    challenge = around.challenges.get(target.id)
    return OccurrenceView(
        id=target.id,
        uid=target.uid,
        starts=target.starts,
        ends=target.ends,
        zone=named[0].time_zone,
        state=state.value,
        expires=target.expires if state == target.state else None,
        allocations=tuple(_allocation(target, given[f.id], f, around.names) for f in named),
        verbs=possible(actor, target, challenge, now),
        challenge=challenge,
        offer=around.offers.get(target.id),
    )


def _allocation(
    target: Target, given: Given, facility: FacilityFacts, names: Mapping[int, str]
) -> AllocationView:
    ranks = (claim.rank for claim in target.claims if claim.space_id in facility.space_ids)
    return AllocationView(
        facility_id=facility.id,
        code=facility.code,
        name=facility.name,
        site_id=facility.site_id,
        decision=given.decision,
        decided_by=names.get(given.decided_by or 0),
        decided_at=given.decided if given.decided_by else None,
        rank=max(ranks, default=None),
        amount=given.amount,
    )


def possible(
    actor: Actor, target: Target, challenge: ChallengeView | None, now: int
) -> tuple[Verb, ...]:
    """The verbs the caller could do now, in the order of the lifecycle."""
    bound = {Verb.MOVE} if challenge else set()
    if challenge and challenge.made:
        bound |= {Verb.WITHDRAW, Verb.CHALLENGE}
    return tuple(verb for verb in permitting.verbs(actor, target, now) if verb not in bound)
