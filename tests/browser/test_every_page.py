"""Every page and dialog, at a desk and on a phone: accessible, light, within its policy.

`PAGE_TABLE=file` keeps what was found page by page.
"""

import os
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from booking.kernel import clock
from booking.members import actions as members
from booking.members.actions.people import NewPerson
from tests.browser.conftest import DESK, PHONE, Visit
from tests.browser.steps import POST, PRODUCER, WEEK, axe, begin_by_key, book, darkened, named, send
from tests.browser.weights import LIMITS, Scales
from tests.support.client import Browser as Client
from tests.support.scene import PEOPLE, Scene, rules, stage
from tests.support.world import World

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]

NOT_PAGES = {"static", "feeds.ics", "feeds.ifb", "feeds.robots", "health.healthz", "health.readyz"}
NOT_PAGES |= {"door.day", "door.manifest", "door.worker", "occupancy.file"}
NOT_PAGES |= {"exports.file", "exports.everything"}
NOT_PAGES |= {"facilities.files.photo", "facilities.files.document", "scripts.module"}
NOT_PAGES |= {"styles.sheet"}
TOKENS = {"auth.reset", "auth.invitation"}
"""Pages behind a secret from a mail."""
REFUSALS = ("/nowhere", "/reset/unknown", "/bookings/PIL-1999-00001", "/admin/mails")
"""Pages that say why there is nothing to see."""
VISITORS = (None, *(PEOPLE[part] for part in ("owner", "manager", "administrator", "board")))
"""Who is asked to open a page."""
LOGIN = "/login"
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


def _pages(app: Flask, scene: Scene) -> dict[str | None, list[str]]:
    """Who opens which addresses: every GET route, by whoever sees most on its page."""
    browsers = {email: _browser(app, email) for email in VISITORS}
    found: dict[str | None, list[str]] = {}
    for method, rule in rules(app):
        name = str(rule.endpoint)
        if method != "GET" or name in NOT_PAGES | TOKENS or name.startswith("api."):
            continue
        path = scene.address(rule)
        seen = {email: _size(browser, path) for email, browser in browsers.items()}
        assert any(seen.values()), f"nobody sees {path}"
        found.setdefault(max(seen, key=seen.__getitem__), []).append(path)
    return found


def _browser(app: Flask, email: str | None) -> Client:
    browser = app.test_client()
    assert isinstance(browser, Client)
    if email:
        browser.sign_in(email)
    return browser


def _size(browser: Client, path: str) -> int:
    """Bytes of the page; 0 where there is nothing to see but the way in, or no need of one."""
    answer = browser.get(path, follow_redirects=True)
    elsewhere = (answer.request.path == LOGIN) != (path == LOGIN)
    shown = (answer.status_code, answer.mimetype, elsewhere) == (200, "text/html", False)
    return len(answer.data) if shown else 0


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_light_or_dark_and_nothing_jumps(
    visit: Visit, app: Any, world: Any, request: pytest.FixtureRequest, size: dict[str, int]
) -> None:
    """All rules in light; in dark only colours can differ."""
    scene = stage(app, world)
    wrong: dict[str, list[str]] = {}
    table: list[str] = []
    for email, paths in _pages(app, scene).items():
        page = visit(email, paths[0], size=size)
        scales = Scales(page)
        for path in paths:
            page.goto(path)
            jumped = page.evaluate(JUMPS)
            weight = scales.weigh()
            found = axe(page)
            with darkened(page):
                found += [f"dark {line}" for line in axe(page, CONTRAST)]
            table.append(f"{path:48} axe {len(found)}  shift {jumped:.3f}  {weight}")
            heavy = [kind for kind in LIMITS if weight[kind] > LIMITS[kind]]
            jumps = [f"jumps by {jumped:.3f}"] if jumped > MOST_JUMPS else []
            if found or heavy or jumps:
                wrong[path] = found + heavy + jumps
    _keep(table, request.node.callspec.id)
    assert wrong == {}


def _keep(table: list[str], which: str) -> None:
    if path := os.environ.get("PAGE_TABLE"):
        Path(f"{path}.{which}").write_text("\n".join(table) + "\n")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_in_dialogs_and_cards(visit: Visit, dark: bool) -> None:
    book(visit, PRODUCER, "M-ET1")
    rival = visit(POST, WEEK, dark=dark)
    found = {}
    named(rival, "book").click()
    rival.get_by_role("dialog").wait_for()
    found["booking"] = axe(rival)
    rival.keyboard.press("Escape")
    rival.keyboard.press("?")
    rival.locator("#keys-dialog[open]").wait_for()
    found["keys"] = axe(rival)
    rival.keyboard.press("Escape")
    rival.locator("button.tl-bar").first.click()
    rival.locator(".entry-card").wait_for()
    found["card"] = axe(rival)
    assert found == {"booking": [], "keys": [], "card": []}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_while_a_booking_is_made_held_or_given_away(
    visit: Visit, dark: bool
) -> None:
    found = {}
    page = visit(PRODUCER, WEEK, dark=dark)
    dialog = begin_by_key(page, "M-ET1")
    dialog.locator("summary", has_text="participants").click()
    dialog.locator("[name=participants]").fill("anna")
    send(dialog)
    dialog.locator("#participants-error").wait_for()
    found["refused"] = axe(page)
    dialog.locator("[name=participants]").fill("anna@distri.example")
    send(dialog)
    page.locator(".toast.is-choice").wait_for()
    page.locator("a.tl-bar").wait_for()
    found["made"] = axe(page)
    page.keyboard.press("x")
    page.locator(".tl-ghost").wait_for()
    found["held"] = axe(page)
    page.goto("/bookings/PIL-2026-00001")
    page.locator("form[data-later] button").first.click()
    page.locator("#main[inert]").wait_for()
    found["given away"] = axe(page)
    assert found == {"refused": [], "made": [], "held": [], "given away": []}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_behind_secrets_and_on_refusals(
    visit: Visit, app: Flask, world: World, dark: bool
) -> None:
    paths = [*_secret_pages(app, world), *REFUSALS]
    page = visit(None, "/login", dark=dark)
    wrong = {}
    for path in paths:
        page.goto(path)
        if found := axe(page):
            wrong[path] = found
    signed_in = visit(PRODUCER, REFUSALS[0], dark=dark)
    for path in REFUSALS:
        signed_in.goto(path)
        if found := axe(signed_in):
            wrong[f"signed in: {path}"] = found
    assert wrong == {}


def _secret_pages(app: Flask, world: World) -> list[str]:
    with app.app_context():
        new = NewPerson(
            email="new@blf.example", name="Nouvelle Venue", company_id=world.companies["BLF"]
        )
        admin = world.actor(PEOPLE["company_admin"])
        invitation = members.invite(admin, new, clock.now()).secret
        reset = members.issue_reset(PEOPLE["owner"], clock.now())
        assert reset
    return [f"/invitation/{invitation}", f"/reset/{reset.secret}"]
