"""The engine over a database in memory that is as new within half a millisecond."""

import sqlite3
from collections.abc import Hashable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from booking.core.lifecycle import Verb
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.recurrence import Recurrence
from booking.facilities import queries as facilities
from booking.kernel.db import db
from booking.reservations import actions, calendar, queries
from booking.reservations.actions.replanning import Change
from booking.reservations.values import BookingView
from booking.reservations.wish import BookingRequest
from tests.model.house import ROOMS, Bar
from tests.support import houses
from tests.support.houses import House
from tests.support.world import USERS

AS_IN_THE_MODEL = "UPDATE facility SET turnaround_min = ? WHERE code = ?"
ASKED_FOR = """
    INSERT INTO rule_setting (rule, facility_id, value, revision)
    SELECT 'check_in', id, ?, 1 FROM facility WHERE code = ?
"""
CLAIMS = """
    SELECT space.code, claim.rank, claim.starts, claim.ends, booking.number
    FROM claim JOIN space ON space.id = claim.space_id
    JOIN occurrence ON occurrence.id = claim.occurrence_id
    JOIN booking ON booking.id = occurrence.booking_id
"""
OVERLAPS = """
    SELECT count(*) FROM claim AS one JOIN claim AS other
    ON one.space_id = other.space_id AND one.rank = other.rank AND one.starts < other.ends
    AND other.starts < one.ends AND one.occurrence_id < other.occurrence_id
"""
LIVE_WITHOUT_CLAIMS = """
    SELECT count(*) FROM allocation
    JOIN occurrence ON occurrence.id = allocation.occurrence_id
    JOIN facility_space ON facility_space.facility_id = allocation.facility_id
    LEFT JOIN claim ON claim.occurrence_id = occurrence.id
        AND claim.space_id = facility_space.space_id
    WHERE (occurrence.state IN ('requested', 'option', 'confirmed', 'checked_in'))
        <> (claim.rank IS NOT NULL)
"""
WRITTEN = """
    SELECT occurrence.id, occurrence.state, occurrence.expires_at FROM occurrence
    ORDER BY occurrence.id
"""
LAPSED = """
    SELECT count(*) FROM occurrence
    WHERE expires_at <= ? AND state IN ('requested', 'option', 'confirmed')
"""
GUARDS = ("claim_before_insert", "claim_before_update")
WINDOW = Interval(
    int(datetime(2026, 11, 16, tzinfo=UTC).timestamp()),
    int(datetime(2026, 12, 16, tzinfo=UTC).timestamp()),
)


class Engine:
    """Everything that a history does and looks at."""

    def __init__(self, house: House, folder: Path) -> None:
        assert house.template is not None
        self._pattern = sqlite3.connect(":memory:")
        with sqlite3.connect(house.template) as template:
            template.backup(self._pattern)
        template.close()
        for room in ROOMS.values():
            self._pattern.execute(AS_IN_THE_MODEL, (room.turnaround, room.code))
            if room.check_in:
                self._pattern.execute(ASKED_FOR, (str(room.check_in), room.code))
        self._pattern.commit()
        self._scenes: dict[Hashable, sqlite3.Connection] = {}
        self._world = house.world
        self._app = houses.make_app("sqlite://", folder)
        with self.context():
            self._live: Any = db.session.connection().connection.driver_connection
            db.session.remove()
            self.restore()
            self._actors = {e.partition("@")[0]: self._world.actor(e) for e in USERS}
            self._shown = [facilities.by_codes([code])[code] for code in ROOMS]
            db.session.remove()

    def context(self) -> AbstractContextManager[Any]:
        """Where it works."""
        return self._app.app_context()

    def restore(self, scene: Hashable = None) -> bool:
        """Be as in the beginning, or as when a scene was kept; whether that was known."""
        db.session.remove()
        self._scenes.get(scene, self._pattern).backup(self._live)
        calendar._remembered.forget()  # the rest stays true: revisions of rooms never move
        return scene in self._scenes

    def keep(self, scene: Hashable) -> None:
        """Remember everything as it is now."""
        db.session.remove()
        self._scenes[scene] = sqlite3.connect(":memory:")
        self._live.backup(self._scenes[scene])

    def without_guards(self) -> None:
        """From now on the database lets claims of one rank overlap."""
        for name in GUARDS:
            self._pattern.execute(f"DROP TRIGGER {name}")
        self._pattern.commit()

    def close(self) -> None:
        """Let go of both databases."""
        with self.context():
            db.session.remove()
            db.engine.dispose()
        for connection in (self._live, self._pattern, *self._scenes.values()):
            connection.close()

    # ---- what people do ---------------------------------------------------------------------

    def request(
        self,
        who: str,
        codes: Sequence[str],
        first: tuple[int, int],
        dates: int,
        now: int,
        **how: Any,
    ) -> str:
        """Ask for rooms, on as many days in a row as said."""
        start, end = (datetime.fromtimestamp(at, UTC) for at in first)
        series = Recurrence(rule=f"FREQ=DAILY;COUNT={dates}") if dates > 1 else Recurrence()
        wish = BookingRequest(
            facilities=tuple(codes),
            title="Tournage",
            start=start,
            end=end,
            recurrence=series,
            **how,
        )
        return actions.request(self._actors[who], wish, _moment(now))

    def act(self, who: str, number: str, verb: str, now: int) -> int:
        """Do a verb of the lifecycle."""
        moment = _moment(now)
        return actions.act(self._actors[who], number, Verb(verb), moment, reason="Changement")

    def move(self, who: str, number: str, starts: int, ends: int, on_clash: str, now: int) -> None:
        """Give a booking another time."""
        wanted = Change(start=_moment(starts), end=_moment(ends), on_clash=on_clash)
        actions.change(self._actors[who], number, wanted, _moment(now))

    def work(self, now: int) -> int:
        """What the worker does when it comes by."""
        return actions.lapse_due(_moment(now))

    # ---- what people see --------------------------------------------------------------------

    def bars(self, who: str, now: int) -> set[Bar]:
        """The planning of all rooms."""
        found = calendar.bars(self._actors[who], self._shown, WINDOW, now)
        bars = [
            Bar(b.facility, b.booking or "", b.starts, b.ends, b.blocked_until, b.state, b.rank)
            for b in found
        ]
        assert len(bars) == len(found)
        return set(bars)

    def view(self, number: str, now: int) -> BookingView:
        """A booking as its manager sees it."""
        return queries.booking(self._actors["manager"], number, now)

    # ---- what is written --------------------------------------------------------------------

    def claims(self) -> set[tuple[str, int, int, int, str]]:
        """The claim table."""
        db.session.rollback()
        return set(self._live.execute(CLAIMS).fetchall())

    def written(self) -> list[tuple[str, int | None]]:
        """State and clock of every date, in the order in which they were asked for."""
        return [(state, expires) for _, state, expires in self._live.execute(WRITTEN)]

    def broken(self) -> list[str]:
        """What no state of the database may show, whatever happened before."""
        db.session.rollback()
        looked = {"overlap": OVERLAPS, "live without claims, or ended with": LIVE_WITHOUT_CLAIMS}
        return [what for what, sql in looked.items() if self._live.execute(sql).fetchone()[0]]

    def unwritten(self, now: int) -> int:
        """Clocks that ran out and that nobody wrote down."""
        return int(self._live.execute(LAPSED, (now,)).fetchone()[0])


def _moment(now: int) -> datetime:
    return datetime.fromtimestamp(now, UTC)
