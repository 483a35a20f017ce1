"""The demonstration's own seed file: an invented cluster, its members, rooms and a few weeks."""

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from booking.facilities.values import ALWAYS_OPEN, Week

FILE = Path(__file__).with_name("mediacite.json")

Seed = dict[str, Any]


@lru_cache
def seed() -> Seed:
    """What the file holds: sites, kinds, facilities, companies, people, productions, bookings."""
    read: Seed = json.loads(FILE.read_text("utf-8"))
    return read


def week(profile: Sequence[Sequence[str] | None] | None) -> Week:
    """A weekly profile of the file, pairs of "HH:MM" from Monday on; None is always open."""
    if profile is None:
        return ALWAYS_OPEN
    return tuple(((minutes(day[0]), minutes(day[1])),) if day else () for day in profile)


def minutes(clock: str) -> int:
    """Minutes from midnight of "HH:MM"."""
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
