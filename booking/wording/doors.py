"""The day of a room as the display at its door says it, moment by moment."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

from booking.core.scheduling.interval import Interval
from booking.facilities.values import ClosureFacts
from booking.reservations.doors import Shows, Slot
from booking.wording import dates

MOST_NEXT = 3

SHOWS: dict[Shows, LazyString] = {
    Shows.NOTHING: _l("Times alone"),
    Shows.COMPANY: _l("Times and company"),
    Shows.TITLE: _l("Times and title"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What the display says from an instant on, UTC epoch seconds, until the next frame.

    `look` is free, busy, wait (somebody has to check in), ready (being prepared) or closed.
    `check_in`, `stay` and `end` are ids of occurrences, `until` is when the room is needed again
    (None: not that day) and `book` says whether it can be taken.
    """

    since: int
    look: str
    headline: str
    text: str
    note: str
    coming: tuple[str, ...]
    check_in: int | None
    stay: int | None
    end: int | None
    book: bool
    until: int | None
    ends: int | None
    """When what runs is to end."""

    @property
    def as_json(self) -> dict[str, Any]:
        """For the script of the display."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Day:
    """What is known of a room's day."""

    window: Interval
    zone: str
    slots: Sequence[Slot]
    closures: Sequence[ClosureFacts]
    may_book: bool
    turnaround_s: int

    def frames(self, now: int) -> list[Frame]:
        """The one that holds at `now` and all that come after it, in order of time."""
        instants = sorted({self.window.starts, *filter(self._inside, self._edges())})
        current = max((at for at in instants if at <= now), default=self.window.starts)
        return [self._frame(at) for at in instants if at >= current]

    def _inside(self, instant: int) -> bool:
        return self.window.starts <= instant < self.window.ends

    def _edges(self) -> set[int]:
        found = {at for c in self.closures for at in (c.starts, c.ends)}
        for slot in self.slots:
            found |= {slot.blocked_from, slot.starts, slot.ends, slot.blocked_until}
            found |= {slot.opens, slot.expires or slot.starts}
        return found

    def _frame(self, at: int) -> Frame:
        standing = [slot for slot in self.slots if slot.stands(at)]
        running = next((slot for slot in standing if slot.runs(at)), None)
        ahead = [slot for slot in standing if slot.starts > at and slot is not running]
        closure = next((c for c in self.closures if c.starts <= at < c.ends), None)
        until = self._needed(at, ahead)
        arriving = running or next((slot for slot in ahead if slot.opens <= at), None)
        waits = arriving is not None and arriving.waits_for_check_in
        stays = running is not None and running.here and running.starts <= at
        look, headline, text = self._said(at, running, ahead, closure, until)
        return Frame(
            since=at,
            look="wait" if running and waits and running.expires else look,
            headline=headline,
            text=text,
            note=self._note(arriving) if waits and arriving else "",
            coming=tuple(self._coming(slot) for slot in ahead[:MOST_NEXT]),
            check_in=arriving.occurrence_id if waits and arriving else None,
            stay=running.occurrence_id if stays and running else None,
            end=running.occurrence_id if stays and running else None,
            book=self.may_book and look == "free",
            until=until,
            ends=running.ends if running else None,
        )

    def _needed(self, at: int, ahead: Sequence[Slot]) -> int | None:
        """When somebody else needs the room, turnaround included."""
        found = [slot.blocked_from - self.turnaround_s for slot in ahead]
        found += [closure.starts for closure in self.closures if closure.starts > at]
        return min(found, default=None)

    def _said(
        self,
        at: int,
        running: Slot | None,
        ahead: Sequence[Slot],
        closure: ClosureFacts | None,
        until: int | None,
    ) -> tuple[str, str, str]:
        if running is not None:
            told = [self._until(running.ends), running.label]
            return "busy", gettext("Occupied"), " · ".join(text for text in told if text)
        if closure is not None:
            told = [self._until(closure.ends), closure.reason]
            return "closed", gettext("Closed"), " · ".join(text for text in told if text)
        if any(s.blocked_from <= at < s.blocked_until and s.stands(at) for s in self.slots):
            return "ready", gettext("Being prepared"), self._begins(ahead)
        text = self._until(until) if until else gettext("for the rest of the day")
        return "free", gettext("Free"), text

    def _begins(self, ahead: Sequence[Slot]) -> str:
        if not ahead:
            return ""
        return gettext("next at %(time)s", time=self._clock(ahead[0].starts))

    def _until(self, instant: int) -> str:
        if instant <= self.window.ends:
            time = dates.within(instant, self.window, self.zone)
            return gettext("until %(time)s", time=time)
        return gettext("until %(moment)s", moment=dates.moment(instant, self.zone))

    def _note(self, slot: Slot) -> str:
        if slot.expires is None:
            return ""
        return gettext(
            "Check in by %(time)s, or the room is released.", time=self._clock(slot.expires)
        )

    def _coming(self, slot: Slot) -> str:
        ends = dates.within(slot.ends, self.window, self.zone)
        said = f"{self._clock(slot.starts)}–{ends}"
        return f"{said} {slot.label}" if slot.label else said

    def _clock(self, instant: int) -> str:
        return dates.clock(instant, self.zone)
