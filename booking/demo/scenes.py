"""Six weeks of bookings around today: scenes that tell a story, and everyday life between them."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from booking.core.lifecycle import State
from booking.core.scheduling.expiry import option_expiry
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.wallclock import local, midnight
from booking.demo import challenges
from booking.demo.desk import Desk, Draft
from booking.demo.rows import ids
from booking.demo.seed import Seed
from booking.demo.works import ZONE, instant, monday_of
from booking.facilities.queries import catalogue, closures
from booking.facilities.values import ClosureFacts, FacilityFacts
from booking.kernel.db import db
from booking.members.models import Company, User
from booking.members.values import GUEST_KINDS
from booking.productions.models import Production

FIRST_WEEK, LAST_WEEK = -2, 4
HOUR = 3600
DAY = 24 * HOUR
LEAD_DAYS = (2, 24)
TRIES = 6
QUEUEING = 0.3
"""The share of everyday options that would also wait behind others."""
SCENES_BEGAN_H = 60
"""When the option of the first scene was taken; each later scene's is an hour younger."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Everything that scenes name by code, looked up once."""

    seed: Seed
    now: int
    rng: random.Random
    facilities: Mapping[str, FacilityFacts]
    closures: tuple[ClosureFacts, ...]
    companies: Mapping[str, int]
    guests: frozenset[int]
    people: Mapping[str, int]
    staff: Mapping[int, list[int]]
    productions: Mapping[str, int]

    @property
    def monday(self) -> date:
        """The first day of this week."""
        return monday_of(local(self.now, ZONE).date())

    def is_shut(self, facilities: Iterable[FacilityFacts], span: Interval) -> bool:
        """Whether a closure of any of the facilities touches the span."""
        return any(
            closure.concerns(facility) and Interval(closure.starts, closure.ends).overlaps(span)
            for facility in facilities
            for closure in self.closures
        )


def play(seed: Seed, desk: Desk, now: datetime, rng: random.Random) -> None:
    """Take the scenes first, in the order of the file, then what fills the weeks."""
    cast = _cast(seed, int(now.timestamp()), rng)
    for place, scene in enumerate(seed["scenes"]):
        draft = _scene(cast, scene, SCENES_BEGAN_H - place)
        if draft is not None:
            desk.take(draft)
    for entry in seed["fill"]:
        _fill(cast, desk, entry)


def _cast(seed: Seed, now: int, rng: random.Random) -> Cast:
    everything = catalogue()
    guests = select(Company.id).where(Company.kind.in_(sorted(GUEST_KINDS)))
    staff: dict[int, list[int]] = {}
    for company, user in db.session.execute(select(User.company_id, User.id).order_by(User.id)):
        staff.setdefault(company, []).append(user)
    return Cast(
        seed=seed,
        now=now,
        rng=rng,
        facilities={facility.code: facility for facility in everything},
        closures=tuple(closures([f.id for f in everything], now - 30 * DAY, now + 60 * DAY)),
        companies=ids(Company),
        guests=frozenset(db.session.scalars(guests)),
        people=ids(User, "email"),
        staff=staff,
        productions=ids(Production, "code_name"),
    )


def _scene(cast: Cast, scene: Mapping[str, Any], began: int) -> Draft | None:
    last_day = scene.get("end_day", scene["day"])
    span = Interval(
        instant(cast.monday, scene["week"], scene["day"], scene["start"]),
        instant(cast.monday, scene["week"], last_day, scene["end"]),
    )
    company = cast.companies[scene["company"]]
    rooms = tuple(cast.facilities[code] for code in scene["facilities"])
    return _draft(
        cast,
        rooms,
        span,
        State(scene["state"]),
        title=scene["title"],
        company_id=company,
        requester_id=cast.people.get(scene.get("by", ""), cast.staff[company][0]),
        production_id=cast.productions.get(scene.get("production", "")),
        attendees=scene.get("attendees"),
        amounts=scene.get("amounts", {}),
        note=scene.get("note", ""),
        hours_ago=_to_answer(cast, rooms, span) if scene.get("challenged") else began,
        queue=True,
        tonight=scene.get("expires") == "tonight",
    )


def _to_answer(cast: Cast, rooms: Sequence[FacilityFacts], span: Interval) -> int:
    """How many hours ago an option was taken whose challenge is to be answered soon.

    Long enough to lapse by itself then, where the challenge alone would leave more time.
    """
    if challenges.due_by_rule(rooms[0], span.starts, cast.now):
        return SCENES_BEGAN_H
    lives = min(room.option_days for room in rooms) * DAY
    return (lives - challenges.LEFT_S) // HOUR


def _draft(
    cast: Cast,
    facilities: tuple[FacilityFacts, ...],
    span: Interval,
    state: State,
    *,
    company_id: int,
    hours_ago: int,
    tonight: bool = False,
    **fields: Any,
) -> Draft | None:
    """A draft that the rules would let pass; None where a closure or the clock forbids it.

    `hours_ago` says when an option was taken; other bookings were made some days ahead.
    """
    if cast.is_shut(facilities, span) or (span.starts <= cast.now and state is State.REQUESTED):
        return None
    created = min(span.starts, cast.now) - cast.rng.randint(*LEAD_DAYS) * DAY
    if state is State.OPTION:
        created = cast.now - hours_ago * HOUR
    expires = _expiry(cast, facilities, span, state, created, tonight=tonight)
    if state is State.OPTION and (expires is None or expires <= cast.now):
        return None
    return Draft(
        facilities=facilities,
        span=span,
        state=state,
        created=created,
        expires=expires,
        company_id=company_id,
        guest=company_id in cast.guests,
        **fields,
    )


def _expiry(
    cast: Cast,
    facilities: tuple[FacilityFacts, ...],
    span: Interval,
    state: State,
    created: int,
    *,
    tonight: bool,
) -> int | None:
    if state is State.REQUESTED:
        return span.starts
    if state is not State.OPTION:
        return None
    if tonight:
        return _tonight(cast.now)
    days = min(facility.option_days for facility in facilities)
    return option_expiry(created, span.starts, days)


def _tonight(now: int) -> int:
    """The midnight after now, the next one when that is less than two hours away."""
    today = local(now + 2 * HOUR, ZONE).date()
    return midnight(date.fromordinal(today.toordinal() + 1), ZONE)


def _fill(cast: Cast, desk: Desk, entry: Mapping[str, Any]) -> None:
    rooms = [f for f in cast.facilities.values() if f.kind_code == entry["kind"] and f.bookable]
    for room in rooms:
        for week in range(FIRST_WEEK, LAST_WEEK + 1):
            for _ in range(entry["per_week"]):
                _fill_once(cast, desk, entry, room, week)


def _fill_once(
    cast: Cast, desk: Desk, entry: Mapping[str, Any], room: FacilityFacts, week: int
) -> None:
    for _ in range(TRIES):
        draft = _everyday(cast, entry, room, week)
        if draft is not None and desk.take(draft):
            return


def _everyday(cast: Cast, entry: Mapping[str, Any], room: FacilityFacts, week: int) -> Draft | None:
    rng = cast.rng
    start, end, more_days = rng.choice(entry["slots"])
    day = rng.randrange(5 - more_days)
    span = Interval(
        instant(cast.monday, week, day, start), instant(cast.monday, week, day + more_days, end)
    )
    company = cast.companies[rng.choice(entry["companies"])]
    state = _everyday_state(cast, room, span)
    return _draft(
        cast,
        (room,),
        span,
        state,
        queue=state is State.OPTION and rng.random() < QUEUEING,
        title=rng.choice(entry["titles"]),
        company_id=company,
        requester_id=rng.choice(cast.staff[company]),
        attendees=rng.randint(1, min(room.capacity, 12)) if room.capacity else None,
        hours_ago=rng.randint(1, 12),
    )


def _everyday_state(cast: Cast, room: FacilityFacts, span: Interval) -> State:
    """Mostly settled; ahead of us some options, and requests where a manager has to answer."""
    if span.starts < cast.now + 3 * DAY:
        return State.CONFIRMED
    chance = cast.rng.random()
    if chance < 0.06:
        return State.OPTION
    return State.REQUESTED if chance < 0.15 and room.approval == "manager" else State.CONFIRMED
