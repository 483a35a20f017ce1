"""The approvals inbox: a series is one request with many dates, ticked all or each."""

import re

import pytest
from flask import Flask

from booking.core.scheduling.recurrence import Recurrence
from tests.reservations.desk import Desk
from tests.support.client import Browser
from tests.support.time import StoppedClock
from tests.support.world import World

pytestmark = pytest.mark.one_engine
SLOT = ("18T09:00", "18T10:00")


@pytest.fixture
def series(app: Flask, world: World, clock: StoppedClock) -> tuple[Desk, str, list[int]]:
    """Three Wednesdays in Étalonnage 1, that wait for the manager: their number and ids."""
    desk = Desk(app, world, clock)
    with app.app_context():
        weekly = Recurrence(rule="FREQ=WEEKLY;COUNT=3")
        number = desk.book("producer", "M-ET1", *SLOT, recurrence=weekly)
        return desk, number, [one.id for one in desk.view("producer", number).occurrences]


def states(app: Flask, desk: Desk, number: str) -> list[str]:
    with app.app_context():
        return [one.state for one in desk.view("producer", number).occurrences]


def test_a_series_is_one_request(manager: Browser, series: tuple[Desk, str, list[int]]):
    _, number, ids = series
    text = manager.get("/approvals").text
    values = re.findall(r'name="id" value="([^"]*)"', text)
    assert values == [number, *(f"{number}:{key}" for key in ids)]
    assert text.count(f'href="/bookings/{number}"') == 1
    assert "3 dates" in text


@pytest.mark.parametrize(
    ("ticked", "left"),
    [
        (["{number}"], []),
        (["{number}:{0}", "{number}:{2}"], [1]),
        (["{number}", "{number}:{1}"], []),  # without script: the box for all counts
    ],
)
def test_all_dates_or_each(
    app: Flask,
    manager: Browser,
    series: tuple[Desk, str, list[int]],
    ticked: list[str],
    left: list[int],
):
    desk, number, ids = series
    chosen = [value.format(*ids, number=number) for value in ticked]
    assert manager.submit("/approvals", {"id": chosen, "verb": "approve"}).status_code == 303
    expected = ["requested" if place in left else "confirmed" for place in range(3)]
    assert states(app, desk, number) == expected


def test_what_was_ticked_stays_ticked_when_something_is_missing(
    manager: Browser, series: tuple[Desk, str, list[int]]
):
    _, number, ids = series
    answer = manager.submit("/approvals", {"id": [f"{number}:{ids[1]}"], "verb": "decline"})
    assert answer.status_code == 422
    ticked = re.findall(r'name="id" value="([^"]*)"(?: data-bulk-head)? checked', answer.text)
    assert ticked == [f"{number}:{ids[1]}"]
    assert re.search(r'<details class="more" open>', answer.text)
