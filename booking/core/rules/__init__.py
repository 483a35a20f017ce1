"""The rules of the house: `evaluate(facts)` asks them all and gives every finding at once."""

from booking.core.rules import (
    audience,
    bookable,
    capacity,
    closed,
    horizon,
    hours,
    option_notice,
    past,
)
from booking.core.rules.facts import Facts, Finding, Room

RULES = (bookable, audience, past, horizon, option_notice, hours, closed, capacity)

__all__ = ["RULES", "Facts", "Finding", "Room", "evaluate"]


def evaluate(facts: Facts) -> list[Finding]:
    """Every finding of every rule, in the order of `RULES`."""
    return [finding for rule in RULES for finding in rule.check(facts)]
