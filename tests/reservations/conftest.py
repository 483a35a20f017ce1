"""The front desk of the small world."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask

from booking.facilities import actions as facility_actions
from booking.facilities.actions.rules import RuleChange
from tests.reservations.desk import Desk
from tests.support.time import StoppedClock
from tests.support.world import World


@pytest.fixture
def desk(app: Flask, context: None, world: World, clock: StoppedClock) -> Desk:
    """Monday 16 November 2026, 09:00: nobody has booked anything yet."""
    return Desk(app, world, clock)


Ruler = Callable[..., int]


@pytest.fixture
def rule(desk: Desk) -> Ruler:
    """`rule("M-ET1", "notice", 72)`: set for a facility, or for a kind by its code."""

    def add(
        place: str, name: str, value: Any, first: str | None = None, last: str | None = None
    ) -> int:
        known = desk.world.kinds.get(place)
        ids = {"kind_id": known} if known else {"facility_id": desk.world.facilities[place]}
        from_, until = (date.fromisoformat(text) if text else None for text in (first, last))
        change = RuleChange(value=value, valid_from=from_, valid_until=until)
        admin = desk.actor("admin@pil.example")
        return facility_actions.add_rule(admin, name, change, desk.clock.now, **ids)

    return add
