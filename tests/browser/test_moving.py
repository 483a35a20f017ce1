"""Moving bookings with the mouse, and taking it back."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]

Visit = Callable[..., Page]
WEEK = "/planning?date=2026-11-16"


def _book(visit: Visit, who: str, room: str, title: str) -> Page:
    page = visit(who, f"/bookings/new?facility={room}&date=2026-11-18&start=09:00&end=13:00")
    page.locator("[name=title]").fill(title)
    page.locator(".form-actions button.is-primary").click()
    page.wait_for_url(re.compile(r"/bookings/PIL-2026-0000\d$"))
    page.goto(page.url.split("/bookings/")[0] + WEEK)
    return page


def _bar(page: Page, code: str) -> Any:
    return page.locator(f'[data-code="{code}"] .tl-bar')


def _pull(page: Page, bar: Any, to: Any, days: float = 0) -> None:
    """Take a bar by its middle to another row, so many days of the week further on."""
    box, row = bar.bounding_box(), to.bounding_box()
    assert box
    assert row
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 10, y, steps=2)
    page.mouse.move(x + days * row["width"] / 7, row["y"] + row["height"] / 2, steps=6)
    page.mouse.up()


def test_a_bar_goes_to_another_room_and_back_again(visit: Visit) -> None:
    page = _book(visit, "producer@blf.example", "M-MI1", "Montage")
    _pull(page, _bar(page, "M-MI1"), page.locator('[data-code="M-MI2"] .tl-track'), days=1)
    expect(_bar(page, "M-MI2")).to_have_count(1)
    expect(_bar(page, "M-MI1")).to_have_count(0)
    page.locator(".toast button").first.click()
    expect(_bar(page, "M-MI1")).to_have_count(1)
    expect(_bar(page, "M-MI2")).to_have_count(0)


def test_ctrl_z_takes_the_last_move_back(visit: Visit) -> None:
    page = _book(visit, "producer@blf.example", "M-MI1", "Montage")
    _pull(page, _bar(page, "M-MI1"), page.locator('[data-code="M-MI2"] .tl-track'))
    expect(_bar(page, "M-MI2")).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(_bar(page, "M-MI1")).to_have_count(1)


def test_a_move_that_fails_puts_the_bar_back_and_says_why(visit: Visit) -> None:
    _book(visit, "post@gfe.example", "M-MI2", "À eux")
    page = _book(visit, "producer@blf.example", "M-MI1", "Montage")
    _pull(page, _bar(page, "M-MI1"), page.locator('[data-code="M-MI2"] .tl-track'))
    expect(page.locator(".toast.is-bad")).to_be_visible()
    expect(_bar(page, "M-MI1")).to_have_count(1)


def test_a_refused_move_offers_other_places_that_take_one_click(visit: Visit) -> None:
    _book(visit, "post@gfe.example", "M-ET2", "À eux")
    page = _book(visit, "producer@blf.example", "M-ET1", "Étalonnage")
    _pull(page, _bar(page, "M-ET1"), page.locator('[data-code="M-ET2"] .tl-track'))
    told = page.locator(".toast.is-bad")
    expect(told).to_contain_text("Étalonnage 2 (moniteur HDR): Occupé, 09:00–13:00.")
    assert "À eux" not in told.inner_text(), "competitors stay unknown"
    told.get_by_role("button", name=re.compile("Étalonnage 2 .* · ")).first.click()
    expect(page.locator(".toast.is-good")).to_be_visible()
    mine = page.locator('[data-code="M-ET2"] a.tl-bar')
    expect(mine).to_have_count(1)
    expect(mine).not_to_have_attribute("aria-label", re.compile("09:00–13:00"))
    page.keyboard.press("Control+z")
    expect(page.locator('[data-code="M-ET1"] a.tl-bar')).to_have_attribute(
        "aria-label", re.compile("09:00–13:00")
    )


def test_a_click_still_opens_the_booking(visit: Visit) -> None:
    page = _book(visit, "producer@blf.example", "M-MI1", "Montage")
    _bar(page, "M-MI1").click()
    page.wait_for_url(re.compile(r"/bookings/PIL-2026-0000\d$"))


def test_what_others_have_is_not_moved(visit: Visit) -> None:
    _book(visit, "post@gfe.example", "M-MI1", "À eux")
    page = visit("producer@blf.example", WEEK)
    _pull(page, _bar(page, "M-MI1"), page.locator('[data-code="M-MI2"] .tl-track'))
    expect(_bar(page, "M-MI1")).to_have_count(1)
    expect(_bar(page, "M-MI2")).to_have_count(0)
