"""The rules of the house: `evaluate(facts)` asks them all and gives every finding at once."""

from booking.core.rules import (
    audience,
    bookable,
    capacity,
    closed,
    equipment,
    furthest,
    holidays,
    horizon,
    hours,
    licence,
    longest,
    noise,
    notice,
    option_notice,
    past,
    quota_hours,
    quota_options,
    rolling,
    shortest,
    step,
)
from booking.core.rules.facts import Facts, Finding, Neighbour, Room, Usage

RULES = (
    bookable,
    audience,
    licence,
    equipment,
    past,
    notice,
    horizon,
    furthest,
    option_notice,
    shortest,
    longest,
    step,
    hours,
    holidays,
    closed,
    noise,
    capacity,
    quota_hours,
    quota_options,
    rolling,
)

__all__ = ["RULES", "Facts", "Finding", "Neighbour", "Room", "Usage", "evaluate"]


def evaluate(facts: Facts) -> list[Finding]:
    """Every finding of every rule, in the order of `RULES`."""
    return [finding for rule in RULES for finding in rule.check(facts)]
