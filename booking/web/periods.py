"""What part of time each view of the planning shows: whole days of the house."""

from calendar import monthrange
from datetime import date, timedelta

VIEWS = ("day", "week", "fortnight", "month")
"""The first two show hours; the others are for looking over."""

_DAYS = {"day": 1, "week": 7, "fortnight": 14}


def first_of(view: str, day: date) -> date:
    """The first day that a view around `day` shows: itself, its Monday, the first of its month."""
    if view == "month":
        return day.replace(day=1)
    return day if view == "day" else day - timedelta(days=day.weekday())


def length(view: str, first: date) -> int:
    """How many days a view shows from `first` on."""
    return _DAYS.get(view) or monthrange(first.year, first.month)[1]


def following(view: str, first: date) -> date:
    """The first day of the view after this one."""
    return first + timedelta(days=length(view, first))


def preceding(view: str, first: date) -> date:
    """The first day of the view before this one."""
    if view == "month":
        return first_of(view, first - timedelta(days=1))
    return first - timedelta(days=length(view, first))
