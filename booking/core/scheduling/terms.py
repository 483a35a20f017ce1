"""On what terms a facility is given: which starts, ends and lengths its rules leave."""

from dataclasses import dataclass
from typing import NamedTuple

from booking.core.scheduling import grid
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.wallclock import local

QUARTER_MIN = 15


class Allowance(NamedTuple):
    """What may still be booked within a stretch of time, in seconds; never less than none."""

    within: Interval
    left_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What holds for bookings that begin in `begins`; instants in UTC epoch seconds.

    They end by `ends_by`, last from `shortest_s` to `longest_s`, begin and last whole steps of
    `step_min` minutes on the clock of `zone` (0: they begin on a quarter of an hour and last as
    they like), meet nothing of `shut`, and take of no allowance more than is left.
    """

    begins: Interval
    ends_by: int
    zone: str = "UTC"
    shortest_s: int = 0
    longest_s: int | None = None
    step_min: int = 0
    shut: tuple[Interval, ...] = ()
    allowances: tuple[Allowance, ...] = ()

    def first(self, least: int, latest: int, seconds: int) -> int | None:
        """The first start in [least, latest] for a booking so long; `shut` is not looked at."""
        if not self._takes(seconds):
            return None
        last = min(latest, self.begins.ends - 1, self.ends_by - seconds)
        starts = self._on_step(max(least, self.begins.starts))
        if not self.step_min and not self.allowances:
            return starts if starts <= last else None
        while starts <= last:
            span = Interval(starts, starts + seconds)
            later = self._with_allowance(span)
            if later == starts and self._whole_steps(span):
                return starts
            if later == starts and _same_clock(starts, last + seconds, self.zone):
                return None  # only a clock change would make it another length
            starts = self._on_step(max(later, starts + 1))
        return None

    def last(self, starts: int, ends: int) -> int:
        """The last end, at most `ends`, of a booking that begins then; `shut` is not looked at."""
        ends = min(ends, self.ends_by)
        if self.longest_s is not None:
            ends = min(ends, starts + self.longest_s)
        for within, left_s in self.allowances:
            begins = max(starts, within.starts)
            if min(ends, within.ends) - begins > left_s:
                ends = begins + left_s
        if self.step_min:
            ends = grid.last_end(self.step_min, self.zone, Interval(starts, ends))
        return ends

    def shortest(self, seconds: int) -> int:
        """The least length from `seconds` on."""
        least, step_s = max(seconds, self.shortest_s), self.step_min * 60
        return -(-least // step_s) * step_s if step_s else least

    def allow(self, span: Interval) -> bool:
        """Whether a booking may lie there, at a start of its own choice where no step is set."""
        return (
            self.begins.starts <= span.starts < self.begins.ends
            and span.ends <= self.ends_by
            and self._takes(span.seconds)
            and self._whole_steps(span)
            and self._with_allowance(span) == span.starts
            and not any(shut.overlaps(span) for shut in self.shut)
        )

    def _takes(self, seconds: int) -> bool:
        return self.shortest_s <= seconds and (self.longest_s is None or seconds <= self.longest_s)

    def _on_step(self, instant: int) -> int:
        """The first start from an instant on: of a quarter of an hour where steps allow it."""
        if not self.step_min or QUARTER_MIN % self.step_min == 0:
            return -(-instant // (QUARTER_MIN * 60)) * (QUARTER_MIN * 60)
        return grid.first_start(self.step_min, self.zone, instant)

    def _whole_steps(self, span: Interval) -> bool:
        return not self.step_min or grid.kept(self.step_min, self.zone, span)

    def _with_allowance(self, span: Interval) -> int:
        """The first start from that of the span on for which every allowance may suffice."""
        later = span.starts
        for within, left_s in self.allowances:
            if min(span.ends, within.ends) - max(span.starts, within.starts) > left_s:
                later = max(later, within.ends - left_s)
        return later


def _same_clock(starts: int, ends: int, zone: str) -> bool:
    return local(starts, zone).utcoffset() == local(ends, zone).utcoffset()
