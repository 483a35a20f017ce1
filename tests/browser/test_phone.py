"""The planning on a phone: all of it within a finger's reach, in every view."""

import pytest
from playwright.sync_api import expect

from booking.web.periods import VIEWS
from tests.browser.conftest import PHONE, Visit
from tests.browser.steps import PRODUCER, WEEK, axe, box, named, width

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]

LEAST = 24
"""Pixels of a target, as WCAG 2.2 (2.5.8) has it."""


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_fits_and_is_accessible(visit: Visit, view: str) -> None:
    page = visit(PRODUCER, f"{WEEK}&view={view}", size=PHONE)
    assert width(page) <= PHONE["width"]
    assert axe(page) == []
    page.locator(".planning-filter summary").tap()
    assert width(page) <= PHONE["width"]
    assert axe(page) == []


@pytest.mark.parametrize("view", [view for view in VIEWS if view != "day"])
def test_the_days_of_a_view_are_large_enough_for_a_finger(visit: Visit, view: str) -> None:
    page = visit(PRODUCER, f"{WEEK}&view={view}", size=PHONE)
    days = [box(day) for day in page.locator(".day-strip a").all()]
    assert len(days) >= 7
    assert all(min(day["width"], day["height"]) >= LEAST for day in days)


def test_a_month_stands_in_weeks_that_begin_on_monday(visit: Visit) -> None:
    page = visit(PRODUCER, f"{WEEK}&view=month", size=PHONE)
    days = [box(day) for day in page.locator(".day-strip a").all()]
    columns = sorted({round(day["x"]) for day in days})
    sunday, monday = days[:2]  # 1 and 2 November 2026
    assert len(columns) == 7
    assert (round(sunday["x"]), round(monday["x"])) == (columns[-1], columns[0])


@pytest.mark.parametrize("view", VIEWS)
def test_a_finger_changes_the_view_without_a_script(visit: Visit, view: str) -> None:
    other = "week" if view == "day" else "day"
    page = visit(PRODUCER, f"{WEEK}&view={other}", size=PHONE, script=False)
    named(page, view).tap()
    page.wait_for_url(f"**view={view}*")
    expect(named(page, view)).to_have_attribute("aria-current", "true")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_search_is_in_the_filter_panel(visit: Visit, script: bool) -> None:
    page = visit(PRODUCER, f"{WEEK}&view=week", size=PHONE, script=script)
    search = page.locator(".planning-filter [name=q]")
    expect(search).to_be_hidden()
    page.locator(".planning-filter summary").tap()
    search.fill("M-ET1")
    search.press("Enter")
    page.wait_for_url("**q=M-ET1*")


def test_the_whole_day_is_at_hand_with_the_timeline(visit: Visit) -> None:
    page = visit(PRODUCER, f"{WEEK}&view=week", size=PHONE)
    whole_day = named(page, "h24")
    expect(whole_day).to_be_hidden()
    page.locator('[data-show-as="timeline"]').tap()
    whole_day.tap()
    page.wait_for_url("**h24=1*")
    assert width(page) <= PHONE["width"]
