"""Challenges of the demonstration: the product itself makes them, as of some hours ago."""

from datetime import UTC, datetime

from sqlalchemy import exists, select

from booking.core.lifecycle import State, Verb
from booking.core.scheduling.deadline import ANSWER_S, challenge_deadline
from booking.core.scheduling.ranks import RANK_OF_RIGHT
from booking.demo.seed import Seed
from booking.facilities.values import FacilityFacts
from booking.kernel.db import db
from booking.members.queries import actor
from booking.reservations.actions import act
from booking.reservations.models import Booking, Claim, Occurrence

MADE = "booking:challenged"
"""The event that each of them is."""

HOUR = 3600
LEFT_S = 5 * HOUR
"""So long there is to answer, as far as the deadline's rules let it be."""


def made_at(now: int) -> int:
    """When they were made; instants in UTC epoch seconds."""
    return now - ANSWER_S + LEFT_S


def due_by_rule(facility: FacilityFacts, starts: int, now: int) -> bool:
    """Whether the answer about an option is due in that time by the clock of the challenge alone.

    Else the next working day would move it, unless the option lapses by itself then.
    """
    due = challenge_deadline(made_at(now), starts, facility.time_zone, facility.country)
    return due is not None and due.at == now + LEFT_S


def challenge(seed: Seed, now: int) -> None:
    """Let those scenes that challenge do so, as far as they came to stand behind an option."""
    titles = [scene["title"] for scene in seed["scenes"] if scene.get("challenges")]
    behind = exists().where(Claim.occurrence_id == Occurrence.id, Claim.rank > RANK_OF_RIGHT)
    found = (
        select(Booking.number, Booking.requester_id)
        .join_from(Booking, Occurrence, Occurrence.booking_id == Booking.id)
        .where(Booking.title.in_(titles), Occurrence.state == State.OPTION.value, behind)
    )
    at = datetime.fromtimestamp(made_at(now), UTC)
    for number, requester in db.session.execute(found).all():
        if challenger := actor(requester):
            act(challenger, number, Verb.CHALLENGE, at)
