"""When options, challenges and check-ins run out, in whole minutes of a winter in Brussels."""

from datetime import UTC, datetime, timedelta, timezone

from tests.model.house import Date

MINUTE = 60
QUARTER = 15 * MINUTE
HOUR = 60 * MINUTE
DAY = 24 * HOUR
OPTION_DAYS = 7
WINTER = timezone(timedelta(hours=1))


def must_come(date: Date, at: int) -> int | None:
    """Until when somebody must have checked in to what is confirmed at some instant."""
    asked = [room.check_in for room in date.rooms if room.check_in]
    due = max(date.starts, at) + MINUTE * min(asked, default=0)
    return due if asked and due < date.ends else None


def early(date: Date) -> int:
    """How long before its start it can be checked in."""
    return MINUTE * min([room.check_in for room in date.rooms if room.check_in], default=30)


def option_ends(now: int, starts: int) -> int | None:
    """A week, but 48 hours before the start; else 4 hours, but 2 hours before the start."""
    week = min(now + OPTION_DAYS * DAY, starts - 48 * HOUR)
    if week >= now + 4 * HOUR:
        return week
    ends = min(now + 4 * HOUR, starts - 2 * HOUR)
    return ends if ends > now else None


def answer_due(now: int, starts: int) -> int | None:
    """A day, in working hours; 4 hours on short notice; 2 hours before the start at the latest."""
    latest = starts - 2 * HOUR
    if starts - now < 48 * HOUR:
        due = min(now + 4 * HOUR, latest)
        return due if due > now else None
    due = now + DAY
    if not _somebody_works(due):
        while not (_is_noon(due) and _wall(due).weekday() < 5):
            due += MINUTE - due % MINUTE
    return min(due, latest)


def _somebody_works(instant: int) -> bool:
    shown = _wall(instant)
    since_nine = (shown.hour - 9) * HOUR + shown.minute * MINUTE + shown.second
    return shown.weekday() < 5 and 0 <= since_nine <= 9 * HOUR


def _is_noon(instant: int) -> bool:
    shown = _wall(instant)
    return (shown.hour, shown.minute, shown.second) == (12, 0, 0)


def _wall(instant: int) -> datetime:
    return datetime.fromtimestamp(instant, UTC).astimezone(WINTER)
