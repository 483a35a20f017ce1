"""On paper: A4 upright, the planning on A3 lying, and nothing that only a screen can use."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.steps import INBOX, WEEK
from tests.support.scene import NUMBER, PEOPLE, stage
from tests.support.world import World

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]

MEDIA_BOX = re.compile(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]")
POINTS_PER_MM = 72 / 25.4
A4 = (210, 297)
A3_LYING = (420, 297)
BOOKING = f"/bookings/{NUMBER}"


@pytest.mark.parametrize(
    ("path", "paper"),
    [
        (BOOKING, A4),
        ("/bookings", A4),
        ("/facilities", A4),
        ("/facilities/M-ET1/technical-sheet", A4),
        ("/day-sheet?date=2026-11-18", A4),
        (WEEK, A3_LYING),
        (f"{WEEK}&view=month", A3_LYING),
    ],
)
def test_a_page_asks_for_its_paper(
    visit: Visit, app: Flask, world: World, path: str, paper: tuple[int, int]
) -> None:
    stage(app, world)
    page = visit(PEOPLE["manager"], path)
    assert _papers(page) == {paper}


@pytest.mark.parametrize("path", [BOOKING, "/bookings", "/bookings/new", INBOX, WEEK])
def test_what_only_a_screen_can_use_stays_off_the_paper(
    visit: Visit, app: Flask, world: World, path: str
) -> None:
    stage(app, world)
    page = visit(PEOPLE["manager"], path)
    page.emulate_media(media="print")
    usable = page.locator("button:not(.tl *), .btn, nav, .site-header, input[type=submit]")
    assert [one.inner_text() for one in usable.all() if one.is_visible()] == []
    expect(page.locator("h1")).to_be_visible()


def test_the_bars_are_on_the_paper_below_a_head_that_every_page_repeats(
    visit: Visit, app: Flask, world: World
) -> None:
    stage(app, world)
    page = visit(PEOPLE["competitor"], WEEK)
    page.emulate_media(media="print")
    expect(page.locator("button.tl-bar").first).to_be_visible()
    styles = page.locator(".tl-head").evaluate("row => ({...getComputedStyle(row)})")
    assert (styles["display"], styles["breakInside"]) == ("table-header-group", "avoid")


def _papers(page: Page) -> set[tuple[int, int]]:
    """The sizes of the pages in whole millimetres."""
    boxes = MEDIA_BOX.findall(page.pdf(prefer_css_page_size=True))
    assert boxes
    return {(_mm(width), _mm(height)) for width, height in boxes}


def _mm(points: bytes) -> int:
    return round(float(points) / POINTS_PER_MM)
