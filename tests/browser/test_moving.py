"""Moving bookings with the mouse, and taking it back."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.steps import (
    BOOKING,
    POST,
    PRODUCER,
    WEEK,
    bar,
    book,
    box,
    grip,
    own_bar,
    track,
)

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]


def _after_booking(visit: Visit, code: str) -> Page:
    """The producer's planning with their booking in it."""
    page = book(visit, PRODUCER, code)
    page.goto(WEEK)
    return page


def _pull(page: Page, held: Locator, to: Locator, days: float = 0) -> None:
    """Take a bar by its middle to another row, so many days of the week further on."""
    (x, y), row = grip(held), box(to)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 10, y, steps=2)
    page.mouse.move(x + days * row["width"] / 7, row["y"] + row["height"] / 2, steps=6)
    page.mouse.up()


def test_a_bar_goes_to_another_room_and_back_again(visit: Visit) -> None:
    page = _after_booking(visit, "M-MI1")
    _pull(page, bar(page, "M-MI1"), track(page, "M-MI2"), days=1)
    expect(bar(page, "M-MI2")).to_have_count(1)
    expect(bar(page, "M-MI1")).to_have_count(0)
    page.locator(".toast button").first.click()
    expect(bar(page, "M-MI1")).to_have_count(1)
    expect(bar(page, "M-MI2")).to_have_count(0)


def test_ctrl_z_takes_the_last_move_back(visit: Visit) -> None:
    page = _after_booking(visit, "M-MI1")
    _pull(page, bar(page, "M-MI1"), track(page, "M-MI2"))
    expect(bar(page, "M-MI2")).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(bar(page, "M-MI1")).to_have_count(1)


def test_a_move_that_fails_puts_the_bar_back_and_says_why(visit: Visit) -> None:
    book(visit, POST, "M-MI2", title="À eux")
    page = _after_booking(visit, "M-MI1")
    _pull(page, bar(page, "M-MI1"), track(page, "M-MI2"))
    expect(page.locator(".toast.is-bad")).to_be_visible()
    expect(bar(page, "M-MI1")).to_have_count(1)


def test_a_refused_move_offers_other_places_that_take_one_click(visit: Visit) -> None:
    book(visit, POST, "M-ET2", title="À eux")
    page = _after_booking(visit, "M-ET1")
    _pull(page, bar(page, "M-ET1"), track(page, "M-ET2"))
    told = page.locator(".toast.is-bad")
    expect(told).to_contain_text("Étalonnage 2 (moniteur HDR): Occupé, 09:00–13:00.")
    assert "À eux" not in told.inner_text(), "competitors stay unknown"
    told.get_by_role("button", name=re.compile("Étalonnage 2 .* · ")).first.click()
    expect(page.locator(".toast.is-good")).to_be_visible()
    mine = own_bar(page, "M-ET2")
    expect(mine).to_have_count(1)
    expect(mine).not_to_have_attribute("aria-label", re.compile("09:00–13:00"))
    page.keyboard.press("Control+z")
    expect(own_bar(page, "M-ET1")).to_have_attribute("aria-label", re.compile("09:00–13:00"))


def test_a_click_still_opens_the_booking(visit: Visit) -> None:
    page = _after_booking(visit, "M-MI1")
    bar(page, "M-MI1").click()
    page.wait_for_url(BOOKING)


def test_what_others_have_is_not_moved(visit: Visit) -> None:
    book(visit, POST, "M-MI1", title="À eux")
    page = visit(PRODUCER, WEEK)
    _pull(page, bar(page, "M-MI1"), track(page, "M-MI2"))
    expect(bar(page, "M-MI1")).to_have_count(1)
    expect(bar(page, "M-MI2")).to_have_count(0)
