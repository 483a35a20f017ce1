"""Two weeks of many bookings: how long the browser is busy, and that nothing is left out."""

from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import CDPSession, Page

from booking.demo.bulk import load_bulk
from booking.demo.load import load_cluster
from booking.kernel import clock
from booking.kernel.db import db
from tests.browser.conftest import Visit
from tests.browser.steps import PRODUCER, WEEK
from tests.support import houses
from tests.support.time import MONDAY_MORNING

pytestmark = pytest.mark.browser

MOST_MS = 600
TURNS = "jk" * 5
"""To the next two weeks and back, so many times."""


@pytest.fixture
def app(rooms: int, tmp_path: Path) -> Iterator[Flask]:
    """A cluster with so many rooms more, each as full as a good season makes it."""
    app = houses.make_app(f"sqlite:///{tmp_path / 'many.sqlite3'}", tmp_path)
    with app.app_context(), clock.stopped_at(MONDAY_MORNING):
        upgrade()
        load_cluster(clock.now())
        load_bulk(rooms, rooms * 80, 1, clock.now())
        yield app
        db.engine.dispose()


@pytest.mark.parametrize(("rooms", "bars"), [(30, 600), (150, 3000)])
def test_switching_two_weeks_keeps_the_browser_busy_for_a_moment(
    visit: Visit, request: pytest.FixtureRequest, rooms: int, bars: int
) -> None:
    """The quickest of each way counts: a processor that others slow down only adds to it."""
    page = visit(PRODUCER, f"{WEEK}&view=fortnight")
    metrics = page.context.new_cdp_session(page)
    metrics.send("Performance.enable", {"timeDomain": "threadTicks"})
    shown, took = [_settled(page)], []
    for key in TURNS:
        before = page.locator("[data-day-start]").first.get_attribute("data-day-start")
        began = _busy_ms(metrics)
        page.keyboard.press(key)
        shown.append(_settled(page, before))
        took.append(_busy_ms(metrics) - began)
    figure = f"two weeks of {min(shown):,} to {max(shown):,} bookings in {rooms} rooms"
    quiet = max(min(took[0::2]), min(took[1::2]))
    times = f"main thread {quiet:.0f} ms, median {median(took):.0f}, most {max(took):.0f}"
    request.node.user_properties.append(("figure", f"{figure}: {times}"))
    assert min(shown) > 0.9 * bars
    assert shown[0::2] == [shown[0]] * (len(TURNS) // 2 + 1)
    assert quiet < MOST_MS


def _settled(page: Page, before: str | None = None) -> int:
    """The number of bars once every row shows the two weeks that come after `before`."""
    page.wait_for_function(
        """(before) => document.querySelector("[role=treegrid][aria-busy=false]")
          && document.querySelector("[data-day-start]").dataset.dayStart !== before""",
        arg=before,
    )
    return page.locator(".tl-bar").count()


def _busy_ms(metrics: CDPSession) -> float:
    """What the page's main thread has worked since it began: scripts, style, layout, paint.

    Time of its processor: what other programs of the machine take is not counted.
    """
    told = {one["name"]: one["value"] for one in metrics.send("Performance.getMetrics")["metrics"]}
    return told["TaskDuration"] * 1000
