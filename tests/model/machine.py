"""Histories: people ask, decide and leave while time passes; engine and model must agree.

After every step they are compared: the answer itself, the planning (as the manager and a competitor
see it, by turns), and the tables: what no state of them may show and, once every clock that ran out
is written down, every state, clock and claim. While some are not, and at the end, bookings' pages:
they must show what would be written. In half of the histories a worker comes by, in the others
nobody ever writes down that a clock ran out.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from booking.kernel.errors import BookingError
from tests.model.clocks import DAY, HOUR, MINUTE
from tests.model.engine import Engine
from tests.model.house import PEOPLE, Date, Refusal
from tests.model.model import Model

MONDAY_NINE = 1_794_816_000  # 16 November 2026, 09:00 in Brussels
STEPS = 7
WORDS = ("M-PLA1", "M-PLA2", "M-PLA", "M-MI1", "M-PLA1 M-MI1")
WHO = ("producer", "post", "guest", "manager")
CLASHES = ("reject", "queue", "queue", "skip")
HOLDS = {"f": "firm", "o": "option"}
VERBS = (
    "approve",
    "decline",
    "confirm",
    "withdraw",
    "release",
    "cancel",
    "check-in",
    "challenge",
    "extend",
)
OPEN_FOR = 13 * HOUR
"""From nine to ten in the evening."""
GRACE = 45 * MINUTE
EARLY, BESIDE = -142 * HOUR, -1

days = st.sampled_from((1, 1, 3, 7))
clocks = st.sampled_from((0, 2 * HOUR, 2 * HOUR + 15 * MINUTE))
lengths = st.sampled_from((2 * HOUR, 4 * HOUR))
holds = st.sampled_from(("firm", "option", "option"))


class Histories(RuleBasedStateMachine):
    """One history; a class for each engine and seed, see `tell`."""

    engine: ClassVar[Engine]
    told: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.model = Model(MONDAY_NINE)
        self.worker, self.agreed = False, True
        self.steps = 0

    @initialize(
        worker=st.booleans(),
        rooms=st.sampled_from(("M-PLA1", "M-PLA", "M-MI1")),
        day=st.sampled_from((1, 7)),
        line=st.sampled_from(("", "", "oo", "foo", "of", "ofo")),
    )
    def some_stand_in_line(self, worker: bool, rooms: str, day: int, line: str) -> None:
        """Most histories begin in the middle; the engine plays each beginning once."""
        self.worker = worker
        known = self.engine.restore((rooms, day, line))
        starts = MONDAY_NINE + day * DAY
        span = (starts, starts + 4 * HOUR)
        for who, hold in zip(WHO, line, strict=False):
            words = HOLDS[hold]
            self.model.request(who, [rooms], [span], option=words == "option", on_clash="queue")
            if not known:
                how = {"hold": words, "on_clash": "queue"}
                self.engine.request(who, [rooms], span, 1, MONDAY_NINE, **how)
        if not known:
            self.engine.keep((rooms, day, line))

    # ---- asking -----------------------------------------------------------------------------

    @rule(
        who=st.sampled_from(WHO),
        rooms=st.sampled_from(WORDS),
        day=days,
        clock=clocks,
        length=lengths,
        hold=holds,
        on_clash=st.sampled_from(CLASHES),
    )
    def ask(
        self, who: str, rooms: str, day: int, clock: int, length: int, hold: str, on_clash: str
    ) -> None:
        self._ask(who, rooms, day, clock, length, 1, hold, on_clash)

    @rule(
        who=st.sampled_from(WHO),
        rooms=st.sampled_from(("M-PLA1", "M-PLA")),
        day=days,
        clock=clocks,
        hours=st.sampled_from((28, 52)),
        hold=holds,
    )
    def ask_for_days_on_end(
        self, who: str, rooms: str, day: int, clock: int, hours: int, hold: str
    ) -> None:
        self._ask(who, rooms, day, clock, hours * HOUR, 1, hold, "queue")

    @rule(
        who=st.sampled_from(WHO),
        rooms=st.sampled_from(WORDS),
        clock=clocks,
        length=lengths,
        dates=st.integers(2, 3),
        hold=holds,
        on_clash=st.sampled_from(CLASHES),
    )
    def ask_for_a_series(
        self, who: str, rooms: str, clock: int, length: int, dates: int, hold: str, on_clash: str
    ) -> None:
        self._ask(who, rooms, 1, clock, length, dates, hold, on_clash)

    @precondition(lambda self: self.model.live())
    @rule(
        who=st.sampled_from(WHO),
        which=st.integers(0, 7),
        hold=holds,
        later=st.sampled_from((0, 0, HOUR, BESIDE, BESIDE, EARLY)),
    )
    def ask_for_what_somebody_has(self, who: str, which: int, hold: str, later: int) -> None:
        live = self.model.live()
        wanted = live[which % len(live)]
        if later != BESIDE and any(room.automatic for room in wanted.rooms):
            later = 0  # such rooms close at night
        rooms = " ".join(room.code for room in wanted.rooms)
        length = wanted.ends - wanted.starts
        if later == BESIDE:
            later = length
        evening = (wanted.starts + later - MONDAY_NINE) % DAY + length
        if evening > OPEN_FOR and any(room.automatic for room in wanted.rooms):
            return
        since = wanted.starts + later - MONDAY_NINE
        length -= min(later, 0)
        self._ask(who, rooms, since // DAY, since % DAY, length, 1, hold, "queue")

    def _ask(
        self,
        who: str,
        rooms: str,
        day: int,
        clock: int,
        length: int,
        dates: int,
        hold: str,
        on_clash: str,
    ) -> None:
        codes, now = rooms.split(), self.model.now
        starts = MONDAY_NINE + day * DAY + clock
        spans = [(starts + n * DAY, starts + n * DAY + length) for n in range(dates)]
        how: dict[str, Any] = {"hold": hold, "on_clash": on_clash}
        self._both(
            "request" if dates == 1 else "series",
            lambda: self.model.request(
                who, codes, spans, option=hold == "option", on_clash=on_clash
            ),
            lambda: self.engine.request(who, codes, spans[0], dates, now, **how),
        )

    # ---- deciding, leaving ------------------------------------------------------------------

    @precondition(lambda self: self.model.live())
    @rule(which=st.integers(0, 255))
    def do_what_is_possible(self, which: int) -> None:
        self._do(which)

    @precondition(lambda self: self.model.live())
    @rule(which=st.integers(0, 255))
    def do_something_else_that_is_possible(self, which: int) -> None:
        self._do(which)

    @precondition(lambda self: self.model.live())
    @rule(which=st.integers(0, 255))
    def challenge(self, which: int) -> None:
        self._do(which, "challenge")

    def _do(self, which: int, *verbs: str) -> None:
        found = self.model.possible(verbs or VERBS) or self.model.possible(VERBS)
        if found:
            self._act(*found[which % len(found)])

    @precondition(lambda self: self.model.numbers)
    @rule(who=st.sampled_from(tuple(PEOPLE)), which=st.integers(0, 7), verb=st.sampled_from(VERBS))
    def try_anything(self, who: str, which: int, verb: str) -> None:
        self._act(who, self.model.numbers[which % len(self.model.numbers)], verb)

    def _act(self, who: str, number: str, verb: str) -> None:
        now = self.model.now
        self._both(
            verb,
            lambda: self.model.act(who, number, verb),
            lambda: self.engine.act(who, number, verb, now),
            number,
        )

    @precondition(lambda self: self.model.movable())
    @rule(
        which=st.integers(0, 15),
        by=st.sampled_from((DAY, DAY, 0, HOUR, 2 * HOUR, -2 * HOUR)),
        longer=st.sampled_from((0, 0, -HOUR, HOUR)),
        on_clash=st.sampled_from(("reject", "queue")),
        myself=st.booleans(),
    )
    def move(self, which: int, by: int, longer: int, on_clash: str, myself: bool) -> None:
        dates = self.model.movable()
        date, now = dates[which % len(dates)], self.model.now
        if any(room.automatic for room in date.rooms):
            by, longer = by if by == DAY else 0, 0  # such rooms close at night
        starts, ends = date.starts + by, date.ends + by + longer
        who, number = date.owner.name if myself else "manager", date.number
        self._both(
            "move",
            lambda: self.model.move(who, number, starts, ends, on_clash),
            lambda: self.engine.move(who, number, starts, ends, on_clash, now),
            number,
        )

    # ---- time -------------------------------------------------------------------------------

    @precondition(lambda self: self.model.clocked())
    @rule(by=st.sampled_from((-1, 0, 0, 0, 1)), which=st.integers(0, 3))
    def a_clock_runs_out_or_nearly(self, by: int, which: int) -> None:
        ends = sorted({d.expires for d in self.model.clocked() if d.expires})
        if ends:
            self._advance(ends[min(which, len(ends) - 1)] + by)

    @precondition(lambda self: self.model.confirmed())
    @rule(which=st.integers(0, 15), late=st.sampled_from((-HOUR, 0, GRACE - 1, GRACE)))
    def somebody_comes(self, which: int, late: int) -> None:
        dates = self.model.confirmed()
        date = dates[which % len(dates)]
        self._advance(date.starts + late)
        self._act(date.owner.name, date.number, "check-in")

    @precondition(lambda self: self.model.numbers)
    @rule(by=st.sampled_from((1, HOUR, 5 * HOUR, DAY)))
    def time_passes(self, by: int) -> None:
        self._advance(self.model.now + by)

    def _advance(self, to: int) -> None:
        states = [date.state for date in self.model.dates]
        self.model.advance(max(to, self.model.now))
        after = [date.state for date in self.model.dates]
        changes = list(zip(states, after, strict=True))
        for end in ("expired", "no_show"):
            self.told[end] += sum(old != new == end for old, new in changes)
        self._compare()

    @precondition(lambda self: self.worker and self.model.numbers)
    @rule()
    def the_worker_comes_by(self) -> None:
        self.engine.work(self.model.now)
        assert self.engine.unwritten(self.model.now) == 0
        self._compare()

    # ---- comparing --------------------------------------------------------------------------

    def _both(
        self, what: str, model: Callable[[], Any], engine: Callable[[], Any], number: str = ""
    ) -> None:
        """Do the same to both; they answer the same."""
        self.agreed = False
        expected, answer = _outcome(model), _outcome(engine)
        assert answer == expected, (what, number)
        refused = isinstance(expected, tuple)
        self.told[f"{what} refused" if refused else what] += 1
        self._compare(number or (str(expected) if not refused else ""))

    def _compare(self, number: str = "") -> None:
        """The planning, one booking, and the tables: as they stand at this moment."""
        self.agreed = False
        self.steps += 1
        self.told["steps"] += 1
        now, numbers = self.model.now, self.model.numbers
        who = ("manager", "post")[self.steps % 2]
        assert self.engine.bars(who, now) == self.model.bars(who)
        assert self.engine.broken() == []
        assert self.model.in_each_others_way() == []
        if self.engine.unwritten(now):
            self._page(number or numbers[self.steps % len(numbers)])
            self.told["looked at with clocks that nobody wrote down"] += 1
        else:
            assert self.engine.claims() == self.model.claims()
            assert self.engine.written() == [(d.state, d.expires) for d in self.model.dates]
        self.agreed = True

    def _page(self, number: str) -> None:
        shown = self.engine.view(number, self.model.now).occurrences
        dates = sorted(self.model.of(number), key=lambda date: (date.starts, date.age))
        assert [(o.starts, o.ends, o.state, o.rank, o.expires) for o in shown] == [
            (d.starts, d.ends, d.state, _rank(d), d.expires) for d in dates
        ]

    def teardown(self) -> None:
        self.told["histories"] += bool(self.steps)
        if self.agreed and self.model.numbers:
            self._page(self.model.numbers[-1])


def _rank(date: Date) -> int | None:
    return date.worst if date.ranks else None


def _outcome(work: Callable[[], Any]) -> Any:
    """An answer, or ("refused", why)."""
    try:
        return work()
    except (Refusal, BookingError) as refusal:
        return "refused", refusal.code


def tell(
    engine: Engine, turn: int, histories: int, *, shrink: bool = True, steps: int = STEPS
) -> Counter[str]:
    """Go through histories, always the same for a `turn`; what was in them.

    Raises AssertionError with the shortest history in which engine and model differ.
    """
    told: Counter[str] = Counter()
    of_this_turn = type("Histories", (Histories,), {"engine": engine, "told": told})
    phases = [Phase.generate, *([Phase.shrink] if shrink else [])]
    how = settings(
        max_examples=histories,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=phases,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(turn)(of_this_turn), settings=how)
    return told
