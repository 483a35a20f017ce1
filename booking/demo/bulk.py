"""A large, believable load: as many years of bookings as it takes to fill rooms like this."""

import random
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

from sqlalchemy import select

from booking.core.access import Role
from booking.core.lifecycle import State
from booking.core.scheduling.expiry import option_expiry
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.wallclock import midnight
from booking.demo.desk import Desk, Draft
from booking.demo.load import managers
from booking.demo.register import Register, Say, silent
from booking.demo.rooms import HABIT_OF, Habit, add_rooms
from booking.demo.seed import seed as story
from booking.demo.works import ZONE
from booking.facilities.values import FacilityFacts
from booking.kernel.db import db
from booking.kernel.errors import BookingError
from booking.kernel.transaction import transaction
from booking.members.models import Company, RoleAssignment, User
from booking.reservations.wish import FIRST_YEAR

PER_ROOM_AND_DAY = 100_000 / (50 * 4 * 365)
"""So busy are rooms whatever the size of the load: who looks at a week sees as much in all of
them. 100,000 bookings in 50 rooms are four years; what is more lies further back."""

DAYS_AHEAD = 730
"""At most: nobody plans further. Smaller loads lie as far ahead of us as behind."""

FEWEST_DAYS = 28
FIRST_DAY = date(FIRST_YEAR, 1, 4)
"""None begins earlier; what does not fit since then makes the rooms busier, as long as it fits."""

HOUR = 3600
DAY = 24 * HOUR
TENTATIVE_SHARE = 0.06
"""Of the bookings ahead of us: options and requests together."""
ENDED_SHARE = 0.03
PAIR_SHARE = 0.04
QUEUE_SHARE = 0.5
LEADS_DAYS = (1, 2, 3, 7, 14, 21, 30, 60)
WEEKDAY_WEIGHTS = (10, 11, 12, 11, 9, 2, 0)
HOUR_WEIGHTS = {8: 2, 9: 9, 10: 8, 11: 4, 12: 1, 13: 4, 14: 8, 15: 5, 16: 4, 17: 2, 18: 1, 19: 1}
TRIES = 60
CHUNK = 25_000
"""So many bookings are written at once; memory holds no more of them."""


class DoesNotFit(BookingError):
    """So many bookings do not fit into so few rooms; params: `placed`, `bookings`, `rooms`."""

    code = "does_not_fit"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One booking to be placed: what kind of state, asked for when, for about which day."""

    created: int
    day: date
    state: State


@transaction
def load_bulk(rooms: int, bookings: int, seed: int, now: datetime, say: Say = silent) -> None:
    """Add rooms of their own and bookings in them, over as many days as `spread` tells.

    The same seed and the same `now` give the same load. Needs people, as the demonstration has
    them. Everything or nothing; about 20 seconds for each 100,000 bookings, and 300 MB of memory
    for a million. Raises DoesNotFit.
    """
    rng = random.Random(seed)
    chosen = add_rooms(story(), rooms, rng)
    hand = _Hand(chosen, _people(), int(now.timestamp()), rng)
    desk, register = Desk(), Register(managers(), rng)
    asked = wishes(bookings, now, spread(bookings, rooms, now.date()), rng)
    for placed, wanted in enumerate(sorted(asked, key=lambda w: w.created), start=1):
        if not any(desk.take(draft) for draft in hand.attempts(wanted)):
            raise DoesNotFit(placed=placed - 1, bookings=bookings, rooms=rooms)
        if placed % CHUNK == 0:
            register.enter(desk.hand_over())
            register.store(until=wanted.created)
            say(f"  {placed:,} of {bookings:,}")
    register.enter(desk.hand_over())
    register.write(now, say)


def spread(bookings: int, rooms: int, today: date) -> tuple[int, int]:
    """How many days behind us and ahead of us so many bookings lie."""
    days = int(bookings / (rooms * PER_ROOM_AND_DAY))
    ahead = min(DAYS_AHEAD, max(FEWEST_DAYS, days // 2))
    return min(max(days - ahead, FEWEST_DAYS), (today - FIRST_DAY).days), ahead


def wishes(
    count: int, now: datetime, around: tuple[int, int], rng: random.Random
) -> Iterator[Wanted]:
    """So many wishes from days behind us to days ahead, mostly for the middle of the week."""
    today = now.date()
    behind, ahead = around
    days = [today + timedelta(days=n) for n in range(-behind, ahead)]
    weights = [WEEKDAY_WEIGHTS[day.weekday()] for day in days]
    for day in rng.choices(days, weights, k=count):
        yield _wish(day, today, int(now.timestamp()), rng)


def _wish(day: date, today: date, now: int, rng: random.Random) -> Wanted:
    chance = rng.random()
    if day > today + timedelta(days=3) and chance < TENTATIVE_SHARE:
        state = State.REQUESTED if chance < TENTATIVE_SHARE / 3 else State.OPTION
        return Wanted(now - rng.randrange(HOUR, 3 * DAY, 60), day, state)
    starts = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
    asked = starts - rng.choice(LEADS_DAYS) * DAY - rng.randrange(0, DAY, 60)
    created = min(asked, now - rng.randrange(4 * DAY, 400 * DAY, 60) if day > today else asked)
    ended = chance > 1 - ENDED_SHARE
    return Wanted(created, day, _ended(rng) if ended else State.CONFIRMED)


def _ended(rng: random.Random) -> State:
    return rng.choice((State.CANCELLED, State.RELEASED, State.DECLINED))


class _Hand:
    """Proposes drafts for a wish, in the order in which a person would try."""

    def __init__(
        self,
        rooms: Sequence[FacilityFacts],
        people: Sequence[tuple[int, int]],
        now: int,
        rng: random.Random,
    ) -> None:
        self._rooms = rooms
        self._weights = list(accumulate(HABIT_OF[room.kind_code].per_day for room in rooms))
        self._people = people
        self._now = now
        self._rng = rng
        self._ends: dict[date, int] = {}

    def attempts(self, wanted: Wanted) -> Iterator[Draft]:
        """The wish itself, then other rooms and hours, later and later days."""
        queue = wanted.state is State.OPTION and self._rng.random() < QUEUE_SHARE
        for turn in range(TRIES):
            day = wanted.day + timedelta(days=self._rng.randint(0, turn))
            draft = self._draft(replace(wanted, day=day))
            if draft is not None:
                yield replace(draft, queue=True) if queue else draft

    def _draft(self, wanted: Wanted) -> Draft | None:
        room = self._room()
        span = self._span(room, wanted.day)
        if span is None or span.starts <= wanted.created:
            return None
        company_id, user_id = self._rng.choice(self._people)
        expires = self._expiry(room, wanted, span)
        if wanted.state is State.OPTION and (expires is None or expires <= self._now):
            return None
        return Draft(
            facilities=self._with_another(room, wanted),
            title=f"Session {self._rng.randrange(10_000):04d}",
            company_id=company_id,
            requester_id=user_id,
            attendees=self._rng.randint(1, room.capacity or 1),
            span=span,
            state=self._state(room, wanted),
            created=wanted.created,
            expires=expires,
        )

    def _room(self) -> FacilityFacts:
        point = self._rng.random() * self._weights[-1]
        return self._rooms[bisect(self._weights, point)]

    def _with_another(self, room: FacilityFacts, wanted: Wanted) -> tuple[FacilityFacts, ...]:
        if wanted.state is not State.CONFIRMED or self._rng.random() > PAIR_SHARE:
            return (room,)
        other = self._rng.choice(self._rooms)
        return (room, other) if other.site_id == room.site_id and other is not room else (room,)

    def _state(self, room: FacilityFacts, wanted: Wanted) -> State:
        """Where nobody has to approve, a firm wish is confirmed at once and never declined."""
        firm = wanted.state in (State.REQUESTED, State.DECLINED)
        return State.CONFIRMED if firm and room.approval == "automatic" else wanted.state

    def _expiry(self, room: FacilityFacts, wanted: Wanted, span: Interval) -> int | None:
        if wanted.state is State.OPTION:
            return option_expiry(wanted.created, span.starts, room.option_days)
        return span.starts if self._state(room, wanted) is State.REQUESTED else None

    def _span(self, room: FacilityFacts, day: date) -> Interval | None:
        """A stretch that begins and ends in opening hours; None where the day is closed."""
        hours = room.opening[day.weekday()]
        if not hours:
            return None
        habit = HABIT_OF[room.kind_code]
        if self._rng.random() < habit.long_share:
            return self._days(room, day, self._rng.choice(habit.days))
        return self._hours(habit, day, *hours[0])

    def _hours(self, habit: Habit, day: date, opens: int, closes: int) -> Interval | None:
        hour = self._rng.choices(tuple(HOUR_WEIGHTS), tuple(HOUR_WEIGHTS.values()))[0]
        starts = max(opens, hour * 60 + self._rng.choice((0, 0, 0, 30)))
        ends = starts + self._rng.choice(habit.minutes)
        return Interval(self._at(day, starts), self._at(day, ends)) if ends <= closes else None

    def _days(self, room: FacilityFacts, day: date, count: int) -> Interval | None:
        last = day + timedelta(days=count - 1)
        first_hours, last_hours = room.opening[day.weekday()], room.opening[last.weekday()]
        if not last_hours:
            return None
        return Interval(self._at(day, first_hours[0][0]), self._at(last, last_hours[0][1]))

    def _at(self, day: date, minutes: int) -> int:
        """Wall clock of the site, counted back from midnight: clocks change before we open."""
        end = self._ends.get(day)
        if end is None:
            end = self._ends[day] = midnight(day + timedelta(days=1), ZONE)
        return end - (24 * 60 - minutes) * 60


def _people() -> list[tuple[int, int]]:
    """Company and person of all members who may ask for facilities."""
    rows = db.session.execute(
        select(User.company_id, User.id)
        .join_from(User, Company, Company.id == User.company_id)
        .join(RoleAssignment, RoleAssignment.user_id == User.id)
        .where(Company.kind == "member", RoleAssignment.role == Role.REQUESTER)
        .order_by(User.id)
    )
    return [(company_id, user_id) for company_id, user_id in rows]
