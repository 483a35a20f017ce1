"""The main job in a browser: by mouse, by keyboard, by finger, without a script."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visit
from tests.browser.steps import (
    BOOKING,
    INBOX,
    MANAGER,
    POST,
    PRODUCER,
    WEDNESDAY,
    WEEK,
    book,
    box,
    named,
    send,
    track,
    width,
)

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]

NIGHT = 0.2
"""An hour of the night is as wide as so much of one by day."""


def _drag(page: Page, code: str, day: int, start: float, end: float) -> None:
    """Pull the mouse over a row from hour to hour of a day of the week shown, by day (08–22)."""
    row = box(track(page, code))
    width = row["width"] / 7

    def x(hour: float) -> float:
        return float(row["x"] + width * (day + (8 * NIGHT + hour - 8) / (14 + 10 * NIGHT)))

    y = row["y"] + row["height"] / 2
    page.mouse.move(x(start) + 2, y)
    page.mouse.down()
    page.mouse.move(x((start + end) / 2), y, steps=4)
    page.mouse.move(x(end) - 2, y, steps=4)


def _made(page: Page) -> Any:
    """One's own bar in the planning, once the booking is said to be made."""
    expect(page.locator(".toast.is-good")).to_contain_text("PIL-2026-0000")
    return page.locator("a.tl-bar")


def test_by_mouse_drag_name_book(visit: Visit) -> None:
    page = visit(PRODUCER, WEEK)
    _drag(page, "M-ET1", WEDNESDAY, 9, 13)
    page.mouse.up()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog.locator("[name=facility]")).to_have_value("M-ET1")
    expect(dialog.locator("[name=date]")).to_have_value("2026-11-18")
    expect(dialog.locator("[name=start]")).to_have_value("09:00")
    expect(dialog.locator("[name=end]")).to_have_value("13:00")
    dialog.locator("[name=title]").fill("Étalonnage à la souris")
    send(dialog)
    expect(_made(page)).to_have_accessible_name(re.compile("Étalonnage à la souris.*09:00–13:00"))
    page.locator(".toast").get_by_role("button", name="Ouvrir").click()
    page.wait_for_url(BOOKING)
    expect(page.locator("h1")).to_have_text("Étalonnage à la souris")


def test_the_dialog_keeps_what_was_typed_when_the_slot_is_taken(visit: Visit) -> None:
    book(visit, PRODUCER, "M-ET1")
    rival = visit(POST, WEEK)
    named(rival, "book").click()
    dialog = rival.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.locator("[name=facility]").select_option("M-ET1")
    dialog.locator("[name=date]").fill("2026-11-18")
    dialog.locator("[name=end_date]").fill("2026-11-18")
    dialog.locator("[name=start]").select_option("10:00")
    dialog.locator("[name=end]").select_option("12:00")
    dialog.locator("[name=title]").fill("Mon titre à moi")
    expect(dialog.locator("[data-verdict] .note.is-bad")).to_be_visible()
    send(dialog)
    expect(dialog.locator("[name=instead]").first).to_be_visible()
    expect(dialog.locator("[name=title]")).to_have_value("Mon titre à moi")
    dialog.locator("[name=instead]").first.click()
    expect(_made(rival)).to_have_accessible_name(re.compile("Mon titre à moi"))


def test_by_keyboard_alone(visit: Visit) -> None:
    page = visit(PRODUCER, WEEK)
    grid = page.get_by_role("treegrid")
    expect(grid).to_be_visible()
    page.keyboard.press("t")
    first = page.locator('[role=gridcell][tabindex="0"]').first
    first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    spoken = page.locator("[aria-live=polite]").filter(has_text=re.compile("libre|free"))
    expect(spoken.first).to_be_attached()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog.locator("[name=title]")).to_be_focused()
    page.keyboard.type("Au clavier")
    page.keyboard.press("Enter")
    expect(_made(page)).to_have_accessible_name(re.compile("Au clavier"))
    page.keyboard.press("Enter")
    page.wait_for_url(BOOKING)
    expect(page.locator("h1")).to_have_text("Au clavier")


def test_escape_closes_the_dialog_and_gives_the_focus_back(visit: Visit) -> None:
    page = visit(PRODUCER, WEEK)
    page.locator('[role=gridcell][tabindex="0"]').first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator('[role=gridcell][tabindex="0"]').first).to_be_focused()


def test_without_a_script_book_clash_and_take_the_way_out(visit: Visit) -> None:
    for email, title in ((PRODUCER, "Sans script"), (POST, "Après")):
        page = visit(email, WEEK, script=False)
        page.locator(".planning-book, .planning-float").first.click()
        page.locator("[name=title]").fill(title)
        page.locator("[name=facility]").select_option("M-ET1")
        page.locator("[name=date]").fill("2026-11-18")
        page.locator("[name=end_date]").fill("2026-11-18")
        send(page)
    expect(page.locator("[name=instead]")).to_have_count(3)
    page.locator("[name=instead]").first.click()
    page.wait_for_url(BOOKING)
    expect(page.locator("h1")).to_have_text("Après")


def test_the_manager_approves_with_two_keys(visit: Visit) -> None:
    book(visit, PRODUCER, "M-ET1")
    inbox = visit(MANAGER, INBOX)
    inbox.locator("input[name=id]").first.focus()
    inbox.keyboard.press("x")
    inbox.keyboard.press("a")
    expect(inbox.locator(".empty")).to_be_visible()


def test_on_a_phone_the_agenda_comes_first_and_nothing_scrolls_sideways(visit: Visit) -> None:
    for path in (WEEK, "/bookings/new", "/bookings", "/facilities", "/account"):
        page = visit(PRODUCER, path, size=PHONE)
        assert width(page) <= PHONE["width"], path
    page = visit(PRODUCER, WEEK, size=PHONE)
    expect(named(page, "agenda")).to_be_visible()


def test_a_browser_in_tokyo_sees_the_hours_of_brussels(visit: Visit) -> None:
    book(visit, PRODUCER, "M-ET1", title="Heure de Bruxelles")
    far = visit(PRODUCER, WEEK, zone="Asia/Tokyo")
    bar = far.locator(".tl-bar", has_text="Heure de Bruxelles").first
    expect(bar).to_be_visible()
    assert "09:00–13:00" in (bar.get_attribute("aria-label") or bar.inner_text())


def test_back_and_reload_keep_the_view(visit: Visit) -> None:
    page = visit(PRODUCER, WEEK)
    heading = page.locator("h1")
    before = heading.inner_text()
    named(page, "next").click()
    expect(heading).not_to_have_text(before)
    after = heading.inner_text()
    page.reload()
    expect(heading).to_have_text(after)
    page.go_back()
    expect(heading).to_have_text(before)
