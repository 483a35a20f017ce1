"""A house with webhooks, and a program that is called."""

from collections.abc import Iterator

import pytest
from flask import Flask

from booking.webhooks import actions
from booking.webhooks.delivery import Caller, deliver_due
from booking.webhooks.spreading import spread
from tests.reservations.desk import Desk
from tests.support.receiver import HERE, KEY, Receiver, listening
from tests.support.time import StoppedClock
from tests.support.world import World

SITE = "https://booking.pole.example"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as server:
        yield server


class Exchange:
    """What the worker does for webhooks, and people who have some."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def add(self, who: str, url: str) -> int:
        """Somebody's webhook; its id."""
        return self.add_with_secret(who, url)[0]

    def add_with_secret(self, who: str, url: str) -> tuple[int, str]:
        now = self.desk.clock.now
        return actions.add_webhook(self.desk.actor(who), url, KEY, now, HERE)

    def work(self, *former_keys: str) -> int:
        """Tell what happened and call; how many were taken."""
        now = self.desk.clock.now
        spread(now, SITE)
        return deliver_due(now, Caller((KEY, *former_keys), HERE))


@pytest.fixture
def desk(app: Flask, context: None, world: World, clock: StoppedClock) -> Desk:
    """Monday 16 November 2026, 09:00: nobody has booked anything yet."""
    return Desk(app, world, clock)


@pytest.fixture
def exchange(desk: Desk) -> Exchange:
    return Exchange(desk)
