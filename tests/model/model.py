"""What bookings ought to do, written from the specification without a look at the engine.

Slow and obvious on purpose: a claim is a set of quarters of an hour, "do they overlap" is "have
they a quarter in common", and whoever may move up is found by asking everybody again and again.
The clock is watched: moving it on ends whatever runs out on the way, instant by instant. All times
are whole minutes in November 2026, when Brussels is one hour ahead of UTC and nobody has a holiday
after the 15th.

It imports nothing of the engine, on purpose.
"""

from collections.abc import Iterable, Mapping, Sequence

from tests.model.clocks import HOUR, MINUTE, QUARTER, answer_due, early, must_come, option_ends
from tests.model.house import (
    CLOCKED,
    LIVE,
    PEOPLE,
    ROOMS,
    Asked,
    Bar,
    Date,
    Person,
    Refusal,
    Room,
)


class Model:
    """The house as it should stand."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.dates: list[Date] = []
        self.asked: list[Asked] = []
        self.numbers: list[str] = []

    # ---- what people do ---------------------------------------------------------------------

    def request(
        self,
        who: str,
        codes: Sequence[str],
        spans: Sequence[tuple[int, int]],
        *,
        option: bool,
        on_clash: str,
    ) -> str:
        owner, rooms = PEOPLE[who], tuple(ROOMS[code] for code in codes)
        number = f"PIL-2026-{len(self.numbers) + 1:05d}"
        kept: list[Date] = []
        lost: list[str] = []
        for starts, ends in spans:
            date = self._wanted(owner, rooms, starts, ends, option=option)
            places = self._places(date)
            if self._too_late(date, option=option):
                lost.append("refused")
            elif max(places.values()) > (3 if on_clash == "queue" else 1):
                lost.append("clash")
            else:
                date.ranks = places
                kept.append(date)
        if not kept or (lost and on_clash != "skip"):
            raise Refusal("refused" if set(lost) == {"refused"} else "clash")
        for date in kept:
            date.number, date.age = number, len(self.dates)
            self._begin(date, option=option)
            self.dates.append(date)
        self.numbers.append(number)
        self.advance(self.now)  # who waits for a turn that begins now has waited in vain
        return number

    def _too_late(self, wanted: Date, *, option: bool) -> bool:
        """Who must be approved cannot be so in the second in which it begins."""
        if option:
            return wanted.starts - 2 * HOUR <= self.now
        return wanted.starts < self.now + bool(wanted.undecided)

    def act(self, who: str, number: str, verb: str) -> int:
        """Do a verb to all dates of a booking that it applies to; answers to how many."""
        person = PEOPLE[who]
        dates = sorted(self.of(number), key=lambda date: (date.starts, date.age))
        if person.company != dates[0].owner.company and not person.manager:
            raise Refusal("not_found")
        against = [self._against(person, date, verb) for date in dates]
        if all(against):
            raise Refusal(against[0] or "")
        called_off = ("cancel", "withdraw", "release") if verb == "cancel" else (verb,)
        parts = [(v, [d for d in dates if self._against(person, d, v) is None]) for v in called_off]
        withdrawn = [date for each, those in parts if each == "withdraw" for date in those]
        if any(asked.challenger in withdrawn for asked in self.asked):
            raise Refusal("bound")
        for each, those in parts:
            for date in those:
                date.left = None
            getattr(self, f"_{each.replace('-', '_')}")(person, those)
        return sum(len(those) for _, those in parts)

    def move(self, who: str, number: str, starts: int, ends: int, on_clash: str) -> None:
        """Give the one date of a booking another time."""
        person, (date,) = PEOPLE[who], self.of(number)
        if person.company != date.owner.company and not person.manager:
            raise Refusal("not_found")
        if code := self._against(person, date, "move"):
            raise Refusal(code)
        if ends <= starts:
            raise Refusal("invalid")
        if date.starts <= self.now and starts != date.starts:
            raise Refusal("already_begun")
        for asked in self.asked if (starts, ends) != (date.starts, date.ends) else ():
            if date in (asked.challenger, asked.holder):
                raise Refusal("bound" if date is asked.challenger else "answer_first")
        option, begins_as_before = date.state == "option", starts == date.starts
        new = self._wanted(person, date.rooms, starts, ends, option=option)
        if self._too_late(new, option=option) and not (begins_as_before and ends > self.now):
            raise Refusal("refused")
        gives_up = all(new.quarters[space] <= date.quarters[space] for space in new.quarters)
        ranks = self._turns(new, date, date.ranks) if gives_up else self._places(new, date)
        waited, begun = date.worst > 1, date.starts <= self.now  # who waits may wait elsewhere, too
        if max(ranks.values()) > (3 if not begun and (waited or on_clash == "queue") else 1):
            raise Refusal("clash")
        if (starts, ends) == (date.starts, date.ends):
            date.left = None
            return  # only words changed, no clock begins anew
        left = (date.starts, date.ends) if date.approved else None
        if not begun and not (date.starts <= starts and ends <= date.ends):
            date.approved = date.left == (starts, ends)
            date.undecided = set() if date.approved else new.undecided
        date.left = left
        date.starts, date.ends, date.quarters = starts, ends, new.quarters
        date.ranks = ranks
        if option:
            fresh = option_ends(self.now, starts)
            date.expires = min(at for at in (fresh, date.expires) if at is not None)
        else:
            waits = date.worst > 1 or date.undecided
            date.state = "requested" if waits else "confirmed"
            if not begun:
                date.expires = starts if waits else must_come(date, self.now)
        self._move_up()
        self.advance(self.now)

    def advance(self, to: int) -> None:
        """Let time pass: clocks run out one instant after the other."""
        while clocks := [d.expires for d in self.clocked() if d.expires and d.expires <= to]:
            instant = min(clocks)
            self._leave([d for d in self.clocked() if d.expires == instant])
        self.now = to

    # ---- what one sees ----------------------------------------------------------------------

    def of(self, number: str) -> list[Date]:
        return [date for date in self.dates if date.number == number]

    def movable(self) -> list[Date]:
        """Live dates that are all of their booking; where others wait behind some, only those."""
        found = [date for date in self.live() if len(self.of(date.number)) == 1]
        ahead = {id(other) for date in self.live() for other in self._ahead_of(date)}
        return [date for date in found if id(date) in ahead] or found

    def live(self) -> list[Date]:
        return [date for date in self.dates if date.state in LIVE]

    def confirmed(self) -> list[Date]:
        return [date for date in self.dates if date.state == "confirmed"]

    def in_each_others_way(self) -> list[Date]:
        """Who would wait for ever, were nobody else there: each for one who waits for them."""
        waiting = self._waiting()
        while free := [d for d in waiting if not any(o in waiting for o in self._ahead_of(d))]:
            waiting = [date for date in waiting if date not in free]
        return waiting

    def clocked(self) -> list[Date]:
        return [date for date in self.dates if date.state in CLOCKED]

    def possible(self, verbs: Sequence[str]) -> list[tuple[str, str, str]]:
        """Who may do what to which booking: (who, number, verb)."""
        return [
            (who, number, verb)
            for number in self.numbers
            for who in dict.fromkeys((self.of(number)[0].owner.name, "manager"))
            for verb in verbs
            if any(self._against(PEOPLE[who], date, verb) is None for date in self.of(number))
        ]

    def bars(self, who: str) -> set[Bar]:
        """The planning of all rooms; what is not theirs has no number and no state to tell."""
        viewer, found = PEOPLE[who], set()
        for date in self.live():
            for room in ROOMS.values():
                shared = [space for space in room.spaces if space in date.quarters]
                if shared:
                    worst = max(shared, key=lambda space: date.ranks[space])
                    known = viewer.manager or viewer.company == date.owner.company
                    hidden = "option" if date.state == "option" else "occupied"
                    bar = Bar(
                        room.code,
                        date.number if known else "",
                        date.starts,
                        date.ends,
                        QUARTER * (max(date.quarters[worst]) + 1),
                        date.state if known else hidden,
                        date.ranks[worst],
                    )
                    found.add(bar)
        return found

    def claims(self) -> set[tuple[str, int, int, int, str]]:
        """The claims: space, rank, from, until, number."""
        return {
            (space, date.ranks[space], QUARTER * min(q), QUARTER * (max(q) + 1), date.number)
            for date in self.live()
            for space, q in date.quarters.items()
        }

    # ---- asking -----------------------------------------------------------------------------

    def _wanted(
        self, owner: Person, rooms: tuple[Room, ...], starts: int, ends: int, *, option: bool
    ) -> Date:
        quarters = {
            space: frozenset(range(starts // QUARTER, ends // QUARTER + room.turnaround // 15))
            for room in rooms
            for space in room.spaces
        }
        undecided = {
            room.code for room in rooms if not owner.manager and (owner.guest or not room.automatic)
        }
        state = "option" if option else "requested"
        return Date(0, "", owner, rooms, starts, ends, state, {}, None, undecided, False, quarters)

    def _begin(self, date: Date, *, option: bool) -> None:
        if option:
            date.expires = option_ends(self.now, date.starts)
        elif date.worst == 1 and not date.undecided:
            date.state, date.expires = "confirmed", must_come(date, self.now)
        else:
            date.expires = date.starts

    def _places(self, date: Date, besides: Date | None = None) -> dict[str, int]:
        """The lowest that is free, else after everybody: where two would wait for each other."""
        there = self._ranks_there(date, besides)
        date.ranks = {space: min({1, 2, 3, 4} - set(ranks)) for space, ranks in there.items()}
        if date.worst < 4:
            honest, self.dates = self.dates, [d for d in self.dates if d is not besides] + [date]
            knotted = self.in_each_others_way()
            self.dates = honest
            if knotted:
                return self._turns(date, besides, dict.fromkeys(there, 4))
        return date.ranks

    def _ranks_there(self, date: Date, besides: Date | None) -> dict[str, list[int]]:
        return {
            space: [
                other.ranks[space]
                for other in self.live()
                if other not in (date, besides) and other.in_the_way_of(date, space)
            ]
            for space in date.quarters
        }

    def _turns(self, date: Date, besides: Date | None, had: Mapping[str, int]) -> dict[str, int]:
        """The first everywhere, or after those who stand before it."""
        there = self._ranks_there(date, besides)
        if all(1 not in ranks for ranks in there.values()):
            return dict.fromkeys(there, 1)
        return {
            space: 1 + max([0, *(rank for rank in ranks if rank < had[space])])
            for space, ranks in there.items()
        }

    # ---- verbs ------------------------------------------------------------------------------

    def _against(self, person: Person, date: Date, verb: str) -> str | None:
        """Why a verb does not apply to a date, None where it does."""
        applies = {
            "approve": ("requested",),
            "decline": ("requested", "option"),
            "confirm": ("option",),
            "withdraw": ("requested",),
            "release": ("option",),
            "cancel": ("confirmed",),
            "check-in": ("confirmed",),
            "challenge": ("requested", "option"),
            "extend": ("option",),
            "move": CLOCKED,
        }
        mine, manages = person is date.owner, person.manager
        may = {"challenge": mine, "approve": manages, "decline": manages, "extend": manages}
        if date.state not in applies[verb]:
            return "wrong_state"
        colleague = verb == "check-in" and person.company == date.owner.company
        if not may.get(verb, mine or manages or colleague):
            return "forbidden"
        if verb == "check-in" and self.now < date.starts - early(date):
            return "too_early"
        if verb == "check-in" and max(-(-self.now // MINUTE), date.starts // MINUTE + 1) >= (
            date.ends // MINUTE
        ):
            return "has_ended"
        if verb in ("cancel", "move") and date.ends <= self.now:
            return "already_over"
        if verb == "cancel" and date.starts <= self.now:
            return "already_begun"
        if verb in ("approve", "confirm") and date.worst > 1:
            return "not_first"
        if verb == "approve" and not date.undecided:
            return "undecidable"
        if verb == "extend" and date.extended:
            return "already_extended"
        if verb == "challenge":
            if date.worst != 2:
                return "nothing_ahead" if date.worst == 1 else "not_next"
            if any(other.state != "option" for other in self._ahead_of(date)):
                return "not_challengeable"
        return None

    def _ahead_of(self, date: Date) -> list[Date]:
        return [
            other
            for other in self.live()
            if any(
                other.in_the_way_of(date, space) and other.ranks[space] < date.ranks[space]
                for space in date.quarters
            )
        ]

    def _approve(self, person: Person, meant: list[Date]) -> None:
        for date in meant:
            if person.manager:
                date.approved = date.approved or bool(date.undecided)
                date.undecided.clear()
            date.state = "requested" if date.undecided else "confirmed"
            date.expires = date.starts if date.undecided else must_come(date, self.now)
        self._answer(meant)

    _confirm = _approve

    def _decline(self, _person: Person, meant: list[Date]) -> None:
        self._leave(meant, "declined")

    def _withdraw(self, _person: Person, meant: list[Date]) -> None:
        self._leave(meant, "withdrawn")

    def _release(self, _person: Person, meant: list[Date]) -> None:
        self._leave(meant, "released")

    def _cancel(self, _person: Person, meant: list[Date]) -> None:
        self._leave(meant, "cancelled")

    def _check_in(self, _person: Person, meant: list[Date]) -> None:
        for date in meant:
            date.state, date.expires = "checked_in", None

    def _challenge(self, _person: Person, meant: list[Date]) -> None:
        pairs = [(date, holder) for date in meant for holder in self._ahead_of(date)]
        if any(asked.holder is holder for asked in self.asked for _, holder in pairs):
            raise Refusal("already_challenged")
        made = []
        for date, holder in pairs:  # the soonest first: the answer comes before any of them begins
            begins = min(d.starts for d, other in pairs if other is holder)
            due = answer_due(self.now, min(holder.starts, begins))
            if due is None:
                raise Refusal("too_late")
            if holder.expires is not None:
                due = min(due, holder.expires)
            if not any(asked.holder is holder for asked in made):  # one open challenge per holder
                made.append(Asked(date, holder, due, holder.expires))
        for asked in made:
            asked.holder.expires, asked.holder.left = asked.due, None
        for date in meant:
            date.state, date.expires = "requested", date.starts
        self.asked += made

    def _extend(self, _person: Person, meant: list[Date]) -> None:
        until = []
        for date in meant:
            asked = next((a for a in self.asked if a.holder is date), None)
            longest = (
                answer_due(asked.due, min(date.starts, asked.challenger.starts))
                if asked
                else option_ends(max(self.now, date.expires or 0), date.starts)
            )
            if longest is None or longest <= (date.expires or 0):
                raise Refusal("too_late")
            until.append((date, asked, longest))
        for date, asked, longest in until:
            date.expires, date.extended = longest, True
            if asked:
                asked.due = longest

    # ---- leaving and moving up --------------------------------------------------------------

    def _leave(self, left: Iterable[Date], state: str = "") -> None:
        """Without a state: the clock ran out, nobody decided or nobody came."""
        left = list(left)
        for date in left:
            by_clock = "no_show" if date.state == "confirmed" else "expired"
            date.state, date.expires = state or by_clock, None
            date.ranks, date.quarters = {}, {}
        self._answer(left)
        self._move_up()

    def _move_up(self) -> None:
        while sum(map(self._moves_up, self._waiting())):  # everybody is asked in every round
            pass
        for date in self.live():
            if date.state == "requested" and date.worst == 1 and not date.undecided:
                date.state, date.expires = "confirmed", must_come(date, date.starts)

    def _waiting(self) -> list[Date]:
        """The next in line first."""
        found = [date for date in self.live() if date.worst > 1]
        return sorted(found, key=lambda date: (date.worst, date.age))

    def _moves_up(self, date: Date) -> bool:
        before = date.ranks
        date.ranks = self._turns(date, None, before)
        return date.ranks != before

    def _answer(self, settled: Sequence[Date]) -> None:
        """End the challenges of dates that were confirmed or left.

        A holder whose challenger left has the clock back that was theirs; never an earlier one.
        """
        for asked in [a for a in self.asked if a.holder in settled or a.challenger in settled]:
            self.asked.remove(asked)
            if asked.holder not in settled and asked.holder.state == "option":
                own = asked.own_clock
                asked.holder.expires = None if own is None else max(own, asked.due)
