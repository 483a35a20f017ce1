"""What people do and look at in the browser, as several tests have it."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, request, request_finished
from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.conftest import AXE, Visit

PRODUCER, POST, MANAGER = "producer@blf.example", "post@gfe.example", "manager@pil.example"
WEEK = "/planning?date=2026-11-16"
DAY = "/planning?date=2026-11-18&view=day"
INBOX = "/approvals"
MORNING = "date=2026-11-18&start=09:00&end=13:00"
"""Wednesday from nine to one, as the address of the form says it."""
WEDNESDAY = 2
"""The place of 18 November among the days of the week, or of two weeks."""
BOOKING = re.compile(r"/bookings/PIL-2026-0000\d$")
"""The address of a booking's page."""
WHILE = "00:07"
"""How long what was decided or given away can be undone."""
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ALL_RULES = {"runOnly": {"type": "tag", "values": WCAG}}
STANDS = """() => Promise.allSettled(document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().iterations !== Infinity)
  .map((one) => one.finished))"""
VIOLATIONS = "async (options) => (await axe.run(document, options)).violations"
"""To fetch what else axe says takes longer than to find it."""
AT_ONCE = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, *::before, *::after { transition: none !important }");
  document.adoptedStyleSheets.push(sheet);
}"""
"""Lets no colour fade into another."""


# ---- booking ----------------------------------------------------------------------------------


def book(visit: Visit, who: str, code: str, span: str = MORNING, **typed: str) -> Page:
    """Book a room on the page for it; the page of the booking."""
    page = visit(who, f"/bookings/new?facility={code}&{span}")
    for name, value in {"title": "Montage", **typed}.items():
        page.locator(f"[name={name}]").fill(value)
    finish_page(page)
    return page


def begin_by_key(page: Page, code: str, *, key: str = "Enter") -> Locator:
    """Open the planning's dialog with the cursor on a room's Wednesday, and type a title."""
    cell(page, code).focus()
    page.keyboard.press(key)
    dialog = page.get_by_role("dialog")
    dialog.locator("[name=title]").fill("Montage")
    return dialog


def repeat_weekly(form: Page | Locator, times: int) -> None:
    """Fill in that the booking comes again every week, so many times in all."""
    form.locator("[data-repeat] summary").click()
    form.locator("[name=repeat]").select_option("weekly")
    form.locator("[name=count]").fill(str(times))


def send(form: Page | Locator) -> None:
    """Press the form's main button."""
    form.locator(".form-actions button.is-primary").click()


def finish_page(page: Page) -> None:
    """Send the form of a page, and wait for the booking's page."""
    send(page)
    page.wait_for_url(BOOKING)


def finish_dialog(dialog: Locator) -> None:
    """Send the planning's dialog, and wait until the booking is said to be made."""
    send(dialog)
    expect(dialog.page.locator(".toast.is-good")).to_contain_text("PIL-2026-0000")


# ---- the planning -----------------------------------------------------------------------------


def named(page: Page, name: str) -> Locator:
    """A part of the planning."""
    return page.locator(f'[data-planning="{name}"]')


def track(page: Page, code: str) -> Locator:
    """The stretch of time in a room's row."""
    return page.locator(f'[data-code="{code}"] .tl-track')


def cell(page: Page, code: str) -> Locator:
    """Wednesday in a room's row, where the cursor of the keyboard can stand."""
    return page.locator(f'[data-code="{code}"] .tl-cell').nth(WEDNESDAY)


def bar(page: Page, code: str) -> Locator:
    """The bars in a room's row, whoever's they are."""
    return page.locator(f'[data-code="{code}"] .tl-bar')


def own_bar(page: Page, code: str) -> Locator:
    """One's own among them, which lead to their bookings."""
    return page.locator(f'[data-code="{code}"] a.tl-bar')


# ---- what is seen -----------------------------------------------------------------------------


def box(element: Locator) -> FloatRect:
    """Where an element is, in pixels."""
    found = element.bounding_box()
    assert found
    return found


def grip(element: Locator, share: float = 0.5) -> tuple[float, float]:
    """A point at half the height of an element, such a share of its width from the left."""
    there = box(element)
    return there["x"] + there["width"] * share, there["y"] + there["height"] / 2


def width(page: Page) -> int:
    """How far what the page shows reaches, in pixels."""
    return int(page.evaluate("document.documentElement.scrollWidth"))


def axe(page: Page, options: dict[str, Any] = ALL_RULES) -> list[str]:
    """What is not accessible in the page once it stands: the rule and the element of each."""
    page.evaluate(STANDS)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    return [
        f"{wrong['id']}: {node['html'][:160]}"
        for wrong in page.evaluate(VIOLATIONS, {**options, "resultTypes": ["violations"]})
        for node in wrong["nodes"]
    ]


@contextmanager
def darkened(page: Page) -> Iterator[None]:
    """Show the page as it stands to somebody who prefers dark."""
    page.evaluate(AT_ONCE)
    page.emulate_media(color_scheme="dark")
    yield
    page.emulate_media(color_scheme="light")


def hold_timers(page: Page) -> None:
    """Stop the page's clock: from here on, its timers run when a test says so."""
    page.clock.install()
    page.clock.pause_at(datetime.now() + timedelta(minutes=1))  # the past would be refused


@contextmanager
def answered(app: Flask, path: str) -> Iterator[None]:
    """Hold that the server answers a POST to `path` while the block runs, or soon after."""
    done = threading.Event()

    def note(_app: Flask, **_more: Any) -> None:
        if (request.method, request.path) == ("POST", path):
            done.set()

    with request_finished.connected_to(note, app):
        yield
        assert done.wait(5)
