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
STRANGERS = {"auth.login", "auth.forgot"}
TOKENS = {"auth.reset", "auth.invitation"}
"""Pages that live behind a secret from a mail; tests/web/test_auth_pages.py reads them."""
PARTS = {"approvals": "manager", "companies": "administrator", "people": "administrator"}
PARTS |= {"admin": "administrator", "mails": "administrator"}


def _axe(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found: Any = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", WCAG
    )
    return [
        f"{wrong['id']}: {node['html'][:160]}"
        for wrong in found["violations"]
        for node in wrong["nodes"]
    ]


def _pages(app: Any, scene: Scene) -> list[tuple[str | None, str]]:
    """Who opens which address: every GET route that answers with a page."""
    found: list[tuple[str | None, str]] = []
    for method, rule in rules(app):
        name = str(rule.endpoint)
        if method != "GET" or name in NOT_PAGES | TOKENS or name.startswith("api."):
            continue
        part = PARTS.get(name.split(".")[0], "owner")
        found.append((None if name in STRANGERS else PEOPLE[part], scene.address(rule)))
    return found


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing(
    visit: Visit, app: Any, world: Any, size: dict[str, int], dark: bool
) -> None:
    scene = stage(app, world)
    wrong = {}
    for email, path in _pages(app, scene):
        page = visit(email, path, size=size, dark=dark)
        found = _axe(page)
        if found:
            wrong[path] = found
        page.context.close()
    assert wrong == {}


def test_axe_finds_nothing_in_the_booking_dialog(visit: Visit) -> None:
    page = visit("producer@blf.example", "/planning?date=2026-11-16")
    page.locator("[data-planning=book]").click()
    page.get_by_role("dialog").wait_for()
    assert _axe(page) == []
