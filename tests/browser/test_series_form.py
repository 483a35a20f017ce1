"""A series in the booking form: each date says how it stands, and is mended where it stands."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from tests.reservations.desk import Desk, words
from tests.support.time import StoppedClock
from tests.support.world import World

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]

Visit = Callable[..., Page]
PRODUCER = "producer@blf.example"


@pytest.fixture
def desk(app: Flask, world: World, clock: StoppedClock) -> Desk:
    """Grading 1 is taken on Wednesday the 25th."""
    desk = Desk(app, world, clock)
    with app.app_context():
        desk.book("post", "M-ET1", "25T08:00", "25T20:00", title="À eux")
    return desk


@pytest.fixture
def dialog(visit: Visit, desk: Desk) -> Locator:
    """The dialog of the planning with three Wednesdays, the second of which is taken."""
    page = visit(PRODUCER, "/planning?date=2026-11-16&view=fortnight")
    page.locator('[data-code="M-ET1"] .tl-cell').nth(2).focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.locator("[name=title]").fill("Étalonnage")
    dialog.locator("summary", has_text="Répéter").click()
    dialog.locator("[name=repeat]").select_option("weekly")
    dialog.locator("[name=count]").fill("3")
    expect(dialog.locator(".date-line")).to_have_count(3)
    expect(dialog.locator("[name=repair-2026-11-25]")).to_be_visible()
    return dialog


def days(desk: Desk) -> list[str]:
    """Where the booking is, date by date: "18 M-ET1"."""
    with desk.app.app_context():
        dates = desk.view("producer", "PIL-2026-00002").occurrences
        return [f"{words(d.starts).partition('T')[0]} {d.allocations[0].code}" for d in dates]


def book(dialog: Locator) -> None:
    page = dialog.page
    dialog.locator(".form-actions button.is-primary").click()
    expect(page.locator(".toast.is-good")).to_contain_text("PIL-2026-00002")


def test_a_date_that_is_taken_is_left_out(dialog: Locator, desk: Desk) -> None:
    dialog.locator("[name=repair-2026-11-25]").select_option("skip")
    expect(dialog.locator(".date-line").nth(1)).to_contain_text("laissée de côté")
    book(dialog)
    assert days(desk) == ["18 M-ET1", "2026-12-02 M-ET1"]


def test_a_date_that_is_taken_gets_another_room(dialog: Locator, desk: Desk) -> None:
    choice = dialog.locator("[name=repair-2026-11-25] option", has_text="Étalonnage 2").first
    value = str(choice.get_attribute("value"))
    dialog.locator("[name=repair-2026-11-25]").select_option(value)
    expect(dialog.locator(".date-line .tag").nth(1)).to_have_text(re.compile("Libre", re.I))
    book(dialog)
    assert days(desk) == ["18 M-ET1", "25 M-ET2", "2026-12-02 M-ET1"]


def test_unmended_nothing_is_booked_and_nothing_typed_is_lost(dialog: Locator, desk: Desk) -> None:
    dialog.locator(".form-actions button.is-primary").click()
    expect(dialog.locator(".date-line")).to_have_count(3)
    expect(dialog.locator("[name=title]")).to_have_value("Étalonnage")
    expect(dialog.locator("[name=count]")).to_have_value("3")
