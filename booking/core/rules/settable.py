"""Which rules can be set for a kind or a facility, and what their values are."""

from dataclasses import dataclass
from enum import StrEnum

from booking.core.rules.audience import AUDIENCES

MONTH_MIN, YEAR_MIN = 30 * 1440, 366 * 1440


class Shape(StrEnum):
    """What sort of value a rule takes."""

    NUMBER = "number"
    CHOICE = "choice"
    YES_NO = "yes_no"
    FACILITIES = "facilities"
    """Codes of facilities; none of them lifts what the kind says."""
    WORD = "word"
    """A code as programs write it; empty lifts what the kind says."""


@dataclass(frozen=True, slots=True)
class Settable:
    """What a setting of a rule may say; a number lies within [least, most]."""

    shape: Shape
    least: int = 0
    most: int = 0
    choices: tuple[str, ...] = ()
    kinds_only: bool = False
    """It counts over all facilities of a kind, so none of them can have its own."""


SETTABLE: dict[str, Settable] = {
    "audience": Settable(Shape.CHOICE, choices=AUDIENCES),
    "notice": Settable(Shape.NUMBER, 0, 8760),
    "furthest": Settable(Shape.NUMBER, 0, 1096),
    "shortest": Settable(Shape.NUMBER, 1, MONTH_MIN),
    "longest": Settable(Shape.NUMBER, 1, YEAR_MIN),
    "step": Settable(Shape.NUMBER, 1, 1440),
    "holidays": Settable(Shape.YES_NO),
    "noise": Settable(Shape.FACILITIES),
    "equipment": Settable(Shape.FACILITIES),
    "licence": Settable(Shape.WORD),
    "quota_hours": Settable(Shape.NUMBER, 0, 10_000, kinds_only=True),
    "quota_options": Settable(Shape.NUMBER, 0, 1000, kinds_only=True),
    "rolling": Settable(Shape.NUMBER, 0, 720),
    "check_in": Settable(Shape.NUMBER, 0, 240),
}
"""By the name of the rule's module; units: notice, quota_hours and rolling hours, furthest days,
shortest, longest and step minutes.

`check_in` judges no wish: so many minutes before and after its start somebody checks a booking in,
or it is released; 0 releases nothing.
"""
