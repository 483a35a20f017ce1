"""The planning on a phone: all of it within a finger's reach, in every view."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from booking.web.periods import VIEWS
from tests.browser.conftest import PHONE
from tests.browser.test_every_page import _axe

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]

Visit = Callable[..., Page]
PRODUCER = "producer@blf.example"
PLANNING = "/planning?date=2026-11-16&view="
LEAST = 24
"""Pixels of a target, as WCAG 2.2 (2.5.8) has it."""
WIDE = "() => document.documentElement.scrollWidth"


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_fits_and_is_accessible(visit: Visit, view: str) -> None:
    page = visit(PRODUCER, PLANNING + view, size=PHONE)
    assert page.evaluate(WIDE) <= PHONE["width"]
    assert _axe(page) == []
    page.locator(".planning-filter summary").tap()
    assert page.evaluate(WIDE) <= PHONE["width"]
    assert _axe(page) == []


@pytest.mark.parametrize("view", [view for view in VIEWS if view != "day"])
def test_the_days_of_a_view_are_large_enough_for_a_finger(visit: Visit, view: str) -> None:
    page = visit(PRODUCER, PLANNING + view, size=PHONE)
    boxes = [day.bounding_box() for day in page.locator(".day-strip a").all()]
    assert len(boxes) >= 7
    assert all(box and min(box["width"], box["height"]) >= LEAST for box in boxes)


def test_a_month_stands_in_weeks_that_begin_on_monday(visit: Visit) -> None:
    page = visit(PRODUCER, PLANNING + "month", size=PHONE)
    boxes = [day.bounding_box() for day in page.locator(".day-strip a").all()]
    columns = sorted({round(box["x"]) for box in boxes if box})
    sunday, monday = boxes[0], boxes[1]  # 1 and 2 November 2026
    assert sunday
    assert monday
    assert len(columns) == 7
    assert (round(sunday["x"]), round(monday["x"])) == (columns[-1], columns[0])


@pytest.mark.parametrize("view", VIEWS)
def test_a_finger_changes_the_view_without_a_script(visit: Visit, view: str) -> None:
    other = "week" if view == "day" else "day"
    page = visit(PRODUCER, PLANNING + other, size=PHONE, script=False)
    page.locator(f'[data-planning="{view}"]').tap()
    page.wait_for_url(f"**view={view}*")
    expect(page.locator(f'[data-planning="{view}"]')).to_have_attribute("aria-current", "true")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_search_is_in_the_filter_panel(visit: Visit, script: bool) -> None:
    page = visit(PRODUCER, PLANNING + "week", size=PHONE, script=script)
    search = page.locator(".planning-filter [name=q]")
    expect(search).to_be_hidden()
    page.locator(".planning-filter summary").tap()
    search.fill("M-ET1")
    search.press("Enter")
    page.wait_for_url("**q=M-ET1*")


def test_the_whole_day_is_at_hand_with_the_timeline(visit: Visit) -> None:
    page = visit(PRODUCER, PLANNING + "week", size=PHONE)
    whole_day = page.locator('[data-planning="h24"]')
    expect(whole_day).to_be_hidden()
    page.locator('[data-show-as="timeline"]').tap()
    whole_day.tap()
    page.wait_for_url("**h24=1*")
    assert page.evaluate(WIDE) <= PHONE["width"]
