"""The front desk of the small world."""

import pytest
from flask import Flask

from tests.reservations.desk import Desk
from tests.support.time import StoppedClock
from tests.support.world import World


@pytest.fixture
def desk(app: Flask, context: None, world: World, clock: StoppedClock) -> Desk:
    """Monday 16 November 2026, 09:00: nobody has booked anything yet."""
    return Desk(app, world, clock)
