"""Rooms for large loads: as many as asked for, of the kinds that a cluster has."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from booking.demo.house import add_facilities
from booking.demo.rows import add
from booking.demo.seed import Seed
from booking.facilities.models import Facility, FacilityGroup
from booking.facilities.queries import catalogue
from booking.facilities.values import FacilityFacts
from booking.kernel.db import db

GROUP = "BENCH"
HOUR = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How rooms of a kind are used.

    `share` of all rooms are of it; each is asked for `per_day` times a working day, for a length
    in minutes or, in `days`, from morning to evening of that many days.
    """

    kind: str
    share: int
    per_day: float
    minutes: tuple[int, ...]
    days: tuple[int, ...] = ()
    long_share: float = 0.0
    hours: str = "suite"
    turnaround_min: int = 0
    approval: str = "automatic"
    capacity: int = 4


HABITS = (
    Habit(
        kind="meeting",
        share=34,
        per_day=4.4,
        minutes=(60, 60, 60, 90, 120, 120, 180),
        hours="house",
        capacity=14,
    ),
    Habit(
        kind="editing",
        share=24,
        per_day=0.9,
        minutes=(240, 240, 300, 540),
        days=(2, 3, 5, 10),
        long_share=0.08,
    ),
    Habit(
        kind="voice_booth",
        share=12,
        per_day=3.6,
        minutes=(60, 90, 120, 180),
        turnaround_min=15,
        capacity=2,
    ),
    Habit(
        kind="sound_edit",
        share=8,
        per_day=0.9,
        minutes=(240, 300, 540),
        days=(2, 3, 5),
        long_share=0.08,
        capacity=3,
    ),
    Habit(
        kind="screening_room",
        share=8,
        per_day=1.8,
        minutes=(120, 150, 180, 240),
        hours="house",
        turnaround_min=30,
        approval="manager",
        capacity=62,
    ),
    Habit(
        kind="grading",
        share=6,
        per_day=0.6,
        minutes=(240, 540, 540),
        days=(2, 3, 5, 10),
        long_share=0.2,
        turnaround_min=15,
        approval="manager",
        capacity=8,
    ),
    Habit(
        kind="mix_stage",
        share=4,
        per_day=0.45,
        minutes=(540,),
        days=(2, 3, 5, 8),
        long_share=0.3,
        turnaround_min=30,
        approval="manager",
        capacity=24,
    ),
    Habit(
        kind="stage",
        share=4,
        per_day=0.2,
        minutes=(600, 720),
        days=(2, 3, 5, 10),
        long_share=0.6,
        hours="stage",
        turnaround_min=60,
        approval="manager",
        capacity=80,
    ),
)
HABIT_OF = {habit.kind: habit for habit in HABITS}


def add_rooms(seed: Seed, count: int, rng: random.Random) -> list[FacilityFacts]:
    """Write that many rooms, three in four on the first site; answers their facts."""
    if db.session.scalar(select(FacilityGroup.id).where(FacilityGroup.code == GROUP)) is None:
        add(FacilityGroup, [{"code": GROUP, "name": "Salles d’essai"}])
    first = _how_many() + 1
    numbers = range(first, first + count)
    kinds = _kinds(count, rng)
    entries = [_entry(seed, n, kind) for n, kind in zip(numbers, kinds, strict=True)]
    add_facilities(seed, entries)
    codes = {entry["code"] for entry in entries}
    return [facility for facility in catalogue() if facility.code in codes]


def _how_many() -> int:
    held = select(Facility.id).join(FacilityGroup, FacilityGroup.id == Facility.group_id)
    return len(db.session.scalars(held.where(FacilityGroup.code == GROUP)).all())


def _kinds(count: int, rng: random.Random) -> Iterator[str]:
    """Kinds in proportion to their shares, well mixed."""
    wheel = [habit.kind for habit in HABITS for _ in range(habit.share)]
    turns = [wheel[(place * len(wheel)) // count % len(wheel)] for place in range(count)]
    rng.shuffle(turns)
    return iter(turns)


def _entry(seed: Seed, number: int, kind: str) -> dict[str, Any]:
    habit = HABIT_OF[kind]
    site = seed["sites"][1 if number % 4 == 0 else 0]["code"]
    code = f"{site}-B{number:03d}"
    return {
        "code": code,
        "name": f"Salle d’essai {number}",
        "names": {
            "en": f"Test room {number}",
            "nl": f"Testzaal {number}",
            "de": f"Testraum {number}",
        },
        "site": site,
        "kind": kind,
        "group": GROUP,
        "quantity": 1,
        "capacity": habit.capacity,
        "capacities": {},
        "area_m2": None,
        "turnaround_min": habit.turnaround_min,
        "approval": habit.approval,
        "guests_allowed": True,
        "staffing": "dry",
        "equipment": "",
        "hours": habit.hours,
        "attributes": {},
        "spaces": [code],
    }
