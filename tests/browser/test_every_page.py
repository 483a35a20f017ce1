"""Every page, light and dark, at a desk and on a phone: accessible and within its policy."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import AXE, DESK, PHONE
from tests.support.scene import PEOPLE, Scene, rules, stage

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]

Visit = Callable[..., Page]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NOT_PAGES = {"static", "feeds.ics", "feeds.ifb", "feeds.robots", "health.healthz", "health.readyz"}
NOT_PAGES |= {"door.day", "door.manifest", "door.worker", "exports.file", "occupancy.file"}
NOT_PAGES |= {"facilities.files.photo", "facilities.files.document", "styles.sheet"}
STRANGERS = {"auth.login", "auth.forgot"}
TOKENS = {"auth.reset", "auth.invitation"}
"""Pages that live behind a secret from a mail; tests/web/test_auth_pages.py reads them."""
PARTS = {"approvals": "manager", "companies": "administrator", "people": "administrator"}
PARTS |= {"admin": "administrator", "mails": "administrator", "occupancy": "board"}


MOST_JUMPS = 0.05
"""Cumulative layout shift, as https://web.dev/articles/cls measures it."""
JUMPS = """() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
  }).observe({type: "layout-shift", buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
})"""
CONTRAST = {"runOnly": ["color-contrast"]}
ALL_RULES = {"runOnly": {"type": "tag", "values": WCAG}}


def _axe(page: Page, options: dict[str, Any] = ALL_RULES) -> list[str]:
    page.evaluate(AXE.read_text())
    found: Any = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{wrong['id']}: {node['html'][:160]}"
        for wrong in found["violations"]
        for node in wrong["nodes"]
    ]


def _pages(app: Any, scene: Scene) -> dict[str | None, list[str]]:
    """Who opens which addresses: every GET route that answers with a page."""
    found: dict[str | None, list[str]] = {}
    for method, rule in rules(app):
        name = str(rule.endpoint)
        if method != "GET" or name in NOT_PAGES | TOKENS or name.startswith("api."):
            continue
        part = PARTS.get(name.split(".")[0], "owner")
        email = None if name in STRANGERS else PEOPLE[part]
        found.setdefault(email, []).append(scene.address(rule))
    return found


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_light_or_dark_and_nothing_jumps(
    visit: Visit, app: Any, world: Any, size: dict[str, int]
) -> None:
    """All rules in light; in dark only colours can differ."""
    scene = stage(app, world)
    wrong: dict[str, list[str]] = {}
    for email, paths in _pages(app, scene).items():
        light = visit(email, paths[0], size=size)
        dark = visit(email, paths[0], size=size, dark=True)
        for path in paths:
            light.goto(path)
            dark.goto(path)
            jumped = light.evaluate(JUMPS)
            if jumped > MOST_JUMPS:
                wrong[path] = [f"jumps by {jumped:.3f}"]
            found = _axe(light) + [f"dark {line}" for line in _axe(dark, CONTRAST)]
            if found:
                wrong.setdefault(path, []).extend(found)
    assert wrong == {}


def test_axe_finds_nothing_in_the_booking_dialog(visit: Visit) -> None:
    page = visit("producer@blf.example", "/planning?date=2026-11-16")
    page.locator("[data-planning=book]").click()
    page.get_by_role("dialog").wait_for()
    assert _axe(page) == []
