"""A display at a door: it goes by the clock, works by touch, and survives being cut off."""

import pytest
from playwright.sync_api import Page, expect

from booking.kernel import clock as product_clock
from booking.reservations import actions
from booking.reservations.actions.doors import DoorChange, open_door
from booking.reservations.wish import BookingRequest
from tests.browser.conftest import PHONE
from tests.browser.steps import MANAGER, POST, PRODUCER, axe
from tests.reservations.desk import moment

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]

LOOK_AGAIN = "document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture
def door(app, world) -> str:
    """The address of a display, before a booking from 10 to 12."""
    with app.app_context():
        room = world.facilities["M-MI1"]
        change = DoorChange(name="Tablette", locale="en")
        manager = world.actor(MANAGER)
        _id, secret = open_door(manager, room, change, product_clock.now())
        wish = BookingRequest(
            facilities=("M-MI1",),
            title="Montage",
            start=moment("16T10:00"),
            end=moment("16T12:00"),
        )
        actions.request(world.actor(PRODUCER), wish, product_clock.now())
    return f"/door/{secret}"


def headline(page: Page):
    return page.locator("[data-headline]")


def kept(page: Page) -> None:
    """Until what it needs is kept for when it is cut off."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    expect(page.locator("[data-clock]")).to_have_text("09:00")


def test_it_shows_what_the_clock_says_without_asking_again(visit, door):
    page = visit(None, door)
    kept(page)
    page.clock.install()
    page.reload()
    expect(page.locator("[data-clock]")).to_have_text("09:00")  # the script runs
    expect(headline(page)).to_have_text("Free")
    page.context.set_offline(True)
    page.clock.fast_forward("01:00:30")
    expect(headline(page)).to_have_text("Occupied")


def test_cut_off_it_says_since_when_and_keeps_the_day_it_knows(visit, door):
    page = visit(None, door)
    kept(page)
    page.context.set_offline(True)
    page.evaluate(LOOK_AGAIN)
    expect(page.locator("[data-offline]")).to_have_text("Offline: this is what was known at 09:00.")
    expect(page.get_by_role("button", name="1 h")).to_be_hidden()
    page.reload()
    expect(headline(page)).to_have_text("Free")
    expect(page.locator("[data-offline]")).to_contain_text("Offline")
    page.context.set_offline(False)
    page.evaluate(LOOK_AGAIN)
    expect(page.locator("[data-offline]")).to_have_text("")


def test_one_touch_takes_the_room(visit, door, clock):
    page = visit(None, door, size=PHONE)
    assert axe(page) == []
    page.get_by_role("button", name="30 min").tap()
    expect(headline(page)).to_have_text("Occupied")
    expect(page.locator("[data-text]")).to_have_text("until 09:30")
    assert axe(page) == []


def test_a_refusal_is_said_and_the_display_goes_on(visit, app, world, door, clock):
    page = visit(None, door)
    with app.app_context():
        wish = BookingRequest(
            facilities=("M-MI1",),
            title="Montage",
            start=moment("16T09:10"),
            end=moment("16T09:50"),
        )
        actions.request(world.actor(POST), wish, clock.now)
    # at once, whatever the display has heard in the meantime
    page.locator("[name=minutes][value='30']").first.evaluate("button => button.click()")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("[data-text]")).to_have_text("until 09:10")
