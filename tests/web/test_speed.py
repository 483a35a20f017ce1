"""The planning costs the same statements however full it is; `make bench` measures the time."""

import pytest

from booking.kernel.db import db
from tests.reservations.desk import Desk
from tests.support.client import Browser
from tests.support.statements import statements

ADDRESSES = {
    "the planning of a week": "/planning?date=2026-11-16",
    "the planning of a day": "/planning?view=day&date=2026-11-18",
    "the calendar as JSON": "/api/v1/calendar?start=2026-11-16&end=2026-11-23",
}


def fill(desk: Desk) -> None:
    """Thirty bookings of everybody, options and second options among them."""
    for hour in range(8, 18):
        span = (f"18T{hour:02d}:00", f"18T{hour + 1:02d}:00")
        desk.book("producer", "M-MI1", *span, production="HERON")
        desk.option("post", "M-CIN", *span)
        desk.option("guest", "M-CIN", *span)


@pytest.mark.both_engines
@pytest.mark.parametrize("what", ADDRESSES)
def test_it_costs_the_same_for_one_booking_and_for_thirty(app, world, clock, client, what):
    browser: Browser = client
    browser.sign_in("producer@blf.example")

    def cost() -> int:
        browser.get(ADDRESSES[what])  # what the process remembers of the facilities
        with statements(app) as sent:
            answer = browser.get(ADDRESSES[what])
        assert answer.status_code == 200
        return len(sent)

    with app.app_context():
        desk = Desk(app, world, clock)
        desk.option("producer", "M-CIN", "18T19:00", "18T20:00", production="HERON")
        desk.option("post", "M-CIN", "18T19:00", "18T20:00")
        db.session.remove()
    one = cost()
    with app.app_context():
        fill(desk)
        db.session.remove()
    assert one == cost() <= 10
