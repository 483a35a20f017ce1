"""By when the holder of a first option answers a challenge."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from booking.core.scheduling.expiry import DAY, LATEST_BEFORE_START_S, SHORT_NOTICE_S
from booking.core.scheduling.holiday import SATURDAY, working
from booking.core.scheduling.wallclock import local, reached

ANSWER_S = DAY
SHORT_NOTICE_BELOW_S = 2 * DAY
OPENS, CLOSES, NOON = time(9), time(18), time(12)


class Deadline(NamedTuple):
    """`at`, UTC epoch seconds, the last instant to answer; `moved_by` says why it is not in 24 h.

    "" where it is; "hours", "weekend" or "holiday" for what was passed over, the last in this list
    that applies; "short_notice" where the start decides.
    """

    at: int
    moved_by: str


def challenge_deadline(now: int, starts: int, zone: str, country: str) -> Deadline | None:
    """When a challenge made at `now` is due; instants in UTC epoch seconds.

    24 hours later, real ones: across a clock change the site's clock shows another time. An end
    outside Monday to Friday, 09:00 to 18:00 (both included), or on a public holiday of `country`
    moves to the next noon of a working day there: one before 09:00 to noon of that day. If the
    start is less than 48 hours away, 4 hours at any time of day. In either case 2 hours before the
    start at the latest; None where that is not after `now`.
    (Custom of the trade: a second option gives the first 24 hours.)
    """
    latest = starts - LATEST_BEFORE_START_S
    if starts - now < SHORT_NOTICE_BELOW_S:
        at = min(now + SHORT_NOTICE_S, latest)
        return Deadline(at, "short_notice") if at > now else None
    deadline = _in_working_hours(now + ANSWER_S, zone, country)
    return deadline if deadline.at <= latest else Deadline(latest, "short_notice")


def _in_working_hours(end: int, zone: str, country: str) -> Deadline:
    """The end itself where it lies in working hours, else the next noon of a working day."""
    shown = local(end, zone)
    if working(shown.date(), country) and OPENS <= shown.time() <= CLOSES:
        return Deadline(end, "")
    day = shown.date() if shown.time() < NOON else shown.date() + timedelta(days=1)
    while not working(day, country):
        day += timedelta(days=1)
    noon = reached(datetime.combine(day, NOON), zone)
    return Deadline(noon, _passed_over(shown.date(), day, country))


def _passed_over(first: date, last: date, country: str) -> str:
    """Why the days from `first` to before `last` would not do."""
    days = [first + timedelta(days=n) for n in range((last - first).days)]
    idle = [day for day in days if not working(day, country)]
    if any(day.weekday() < SATURDAY for day in idle):
        return "holiday"
    return "weekend" if idle else "hours"
