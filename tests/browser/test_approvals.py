"""The approvals inbox in a browser: few actions, keys, and decisions that can be undone."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from booking.core.scheduling.recurrence import Recurrence
from tests.browser.conftest import PHONE, Visit
from tests.browser.steps import INBOX, MANAGER, WHILE, answered, axe, hold_timers, width
from tests.reservations.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]


@pytest.fixture
def numbers(desk: Desk) -> list[str]:
    """Four requests that wait for the manager, soonest first."""
    with desk.app.app_context():
        return [
            desk.book("producer", "M-ET1", f"{day}T09:00", f"{day}T13:00", title=f"Jour {day}")
            for day in (17, 18, 19, 20)
        ]


@pytest.fixture
def inbox(visit: Visit, numbers: list[str]) -> Page:
    """The open inbox; its timers run when a test says so."""
    page = visit(MANAGER, INBOX)
    hold_timers(page)
    return page


def states(desk: Desk, numbers: list[str]) -> list[str]:
    with desk.app.app_context():
        return [desk.written(number) for number in numbers]


def boxes(page: Page) -> Locator:
    return page.locator("input[name=id]")


def message(page: Page) -> Locator:
    return page.locator(".toast")


# ---- deciding ---------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["keys", "mouse"])
def test_from_the_open_inbox_to_approved_in_two_actions(
    app: Flask, inbox: Page, desk: Desk, numbers: list[str], way: str
) -> None:
    keys = [lambda: inbox.keyboard.press("j"), lambda: inbox.keyboard.press("a")]
    clicks = [boxes(inbox).first.click, inbox.locator("button[value=approve]").click]
    actions = keys if way == "keys" else clicks
    for act in actions:
        act()
    expect(message(inbox)).to_contain_text("1 ")
    with answered(app, INBOX):
        inbox.clock.fast_forward(WHILE)
    assert states(desk, numbers) == ["confirmed", *["requested"] * 3]
    assert len(actions) <= 2


def test_shift_ticks_a_range_and_all_of_it_is_decided_at_once(
    app: Flask, inbox: Page, desk: Desk, numbers: list[str]
) -> None:
    boxes(inbox).nth(0).click()
    boxes(inbox).nth(2).click(modifiers=["Shift"])
    inbox.locator("button[value=approve]").click()
    expect(boxes(inbox)).to_have_count(1)
    with answered(app, INBOX):
        inbox.clock.fast_forward(WHILE)
    expect(inbox.locator(".site-nav .count")).to_have_text("1")
    expect(message(inbox)).to_have_count(1)  # told once
    expect(message(inbox).locator(".toast-action")).to_have_count(0)
    assert states(desk, numbers) == [*["confirmed"] * 3, "requested"]


def test_j_and_k_move_and_r_declines_with_a_reason(
    app: Flask, inbox: Page, desk: Desk, numbers: list[str]
) -> None:
    for key in "jjjk":
        inbox.keyboard.press(key)
    expect(boxes(inbox).nth(1)).to_be_focused()
    inbox.keyboard.press("r")
    expect(message(inbox)).to_have_class(re.compile("is-bad"))
    reason = inbox.locator("[name=reason]")
    expect(reason).to_be_focused()
    expect(boxes(inbox)).to_have_count(4)
    inbox.keyboard.type("Maintenance à ?")
    inbox.keyboard.press("Enter")
    expect(boxes(inbox)).to_have_count(3)
    expect(message(inbox)).to_have_class(re.compile("is-good"))
    with answered(app, INBOX):
        inbox.clock.fast_forward(WHILE)
    assert states(desk, numbers) == ["requested", "declined", "requested", "requested"]


def test_the_next_decision_sends_the_one_before(
    app: Flask, inbox: Page, desk: Desk, numbers: list[str]
) -> None:
    inbox.keyboard.press("j")
    inbox.keyboard.press("a")
    expect(boxes(inbox).first).to_be_focused()
    boxes(inbox).nth(2).check()
    boxes(inbox).nth(0).focus()
    with answered(app, INBOX), inbox.expect_response(lambda answer: answer.request.method == "GET"):
        inbox.keyboard.press("a")
    assert states(desk, numbers) == ["confirmed", *["requested"] * 3]
    expect(inbox.locator(".site-nav .count")).to_have_text("3")
    expect(boxes(inbox)).to_have_count(2)  # what can still be undone stays away
    inbox.keyboard.press("Control+z")
    expect(boxes(inbox)).to_have_count(3)


# ---- undoing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["button", "key"])
def test_undone_the_line_is_back_ticked_with_the_reason_and_nothing_was_sent(
    inbox: Page, desk: Desk, numbers: list[str], way: str
) -> None:
    sent: list[str] = []
    inbox.on("request", lambda asked: sent.append(f"{asked.method} {asked.url}"))
    inbox.locator("[name=reason]").fill("Travaux")
    boxes(inbox).nth(1).check()
    boxes(inbox).nth(2).check()
    inbox.locator("button[value=decline]").click()
    expect(boxes(inbox)).to_have_count(2)
    expect(inbox.locator("[name=reason]")).to_have_value("")
    if way == "button":
        message(inbox).locator(".toast-action").click()
    else:
        inbox.keyboard.press("Control+z")
    expect(boxes(inbox)).to_have_count(4)
    for place, ticked in enumerate([False, True, True, False]):
        expect(boxes(inbox).nth(place)).to_be_checked(checked=ticked)
    expect(inbox.locator("[name=reason]")).to_have_value("Travaux")
    expect(message(inbox)).to_have_count(0)
    inbox.clock.fast_forward("00:20")
    assert sent == []
    assert states(desk, numbers) == ["requested"] * 4


def test_nothing_typed_or_ticked_meanwhile_is_lost(app: Flask, inbox: Page) -> None:
    inbox.keyboard.press("j")
    inbox.keyboard.press("a")
    boxes(inbox).nth(2).check()
    inbox.locator("[name=reason]").fill("Je commence à écrire")
    with answered(app, INBOX):
        inbox.clock.fast_forward(WHILE)
    expect(inbox.locator(".site-nav .count")).to_have_text("3")
    expect(boxes(inbox).nth(2)).to_be_checked()
    expect(inbox.locator("[name=reason]")).to_have_value("Je commence à écrire")
    expect(inbox.locator("[name=reason]")).to_be_focused()


def test_leaving_the_page_sends_it(app: Flask, inbox: Page, desk: Desk, numbers: list[str]) -> None:
    inbox.keyboard.press("j")
    inbox.keyboard.press("a")
    with answered(app, INBOX):
        inbox.goto("/planning")
    assert states(desk, numbers) == ["confirmed", *["requested"] * 3]
    inbox.goto("/bookings")
    expect(message(inbox)).to_have_count(0)  # told before


def test_what_the_server_refuses_is_told_and_back_in_the_list(
    app: Flask, inbox: Page, desk: Desk, numbers: list[str]
) -> None:
    with app.app_context():
        desk.act("producer", numbers[0], "withdraw")
    boxes(inbox).nth(0).check()
    boxes(inbox).nth(1).check()
    inbox.keyboard.press("a")
    expect(message(inbox)).to_contain_text("2 ")
    with answered(app, INBOX):
        inbox.clock.fast_forward(WHILE)
    expect(message(inbox).last).to_contain_text(numbers[0])
    expect(message(inbox).first).to_contain_text("1 ")
    assert states(desk, numbers)[:2] == ["withdrawn", "confirmed"]


def test_what_cannot_be_sent_is_back_as_it_was(inbox: Page, desk: Desk, numbers: list[str]) -> None:
    inbox.locator("[name=reason]").fill("Travaux")
    boxes(inbox).nth(1).check()
    inbox.context.set_offline(True)
    inbox.keyboard.press("Tab")
    inbox.locator("button[value=decline]").click()
    inbox.clock.fast_forward(WHILE)
    expect(message(inbox)).to_have_class(re.compile("is-bad"))
    expect(boxes(inbox).nth(1)).to_be_checked()
    expect(inbox.locator("[name=reason]")).to_have_value("Travaux")
    assert states(desk, numbers) == ["requested"] * 4


def test_of_a_series_the_dates_that_were_decided_leave_and_come_back(
    app: Flask, visit: Visit, desk: Desk
) -> None:
    with app.app_context():
        weekly = Recurrence(rule="FREQ=WEEKLY;COUNT=3")
        desk.book("producer", "M-ET1", "18T09:00", "18T10:00", recurrence=weekly)
    page = visit(MANAGER, INBOX)
    hold_timers(page)
    page.locator(".list-series summary").click()
    page.locator(".list-series .list input").nth(1).check()
    page.keyboard.press("a")
    expect(boxes(page)).to_have_count(3)  # the head and two dates
    page.keyboard.press("Control+z")
    expect(boxes(page)).to_have_count(4)
    page.locator("[data-bulk-head]").check()
    page.keyboard.press("a")
    expect(page.locator(".empty")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.locator("[data-bulk-head]")).to_be_checked()
    page.keyboard.press("a")
    with answered(app, INBOX):
        page.clock.fast_forward(WHILE)
    expect(page.locator(".site-nav .count")).to_have_count(0)
    expect(page.locator(".empty")).to_be_visible()


# ---- help, rivals, and no script --------------------------------------------------------------


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_keys_and_rivals_are_accessible(
    visit: Visit, desk: Desk, numbers: list[str], dark: bool
) -> None:
    with desk.app.app_context():
        desk.option("post", "M-ET1", "18T09:00", "18T13:00", title="Rivale")
    page = visit(MANAGER, INBOX, size=PHONE, dark=dark)
    expect(page.locator(".rivals")).to_have_count(1)
    expect(page.locator(".rivals")).to_contain_text("Rivale")
    assert width(page) <= PHONE["width"]
    found = axe(page)
    page.keyboard.press("?")
    expect(page.locator("#keys-dialog")).to_be_visible()
    page.keyboard.press("a")  # keys of the page are not heard there
    assert found + axe(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(message(page)).to_be_visible()
    page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")
    assert axe(page) == []


def test_without_a_script_it_is_decided_at_once(
    visit: Visit, desk: Desk, numbers: list[str]
) -> None:
    page = visit(MANAGER, INBOX, script=False)
    expect(page.locator("[data-bulk-all]")).to_be_hidden()
    boxes(page).nth(1).check()
    page.locator("button[value=decline]").click()
    expect(page.locator("[data-form-errors]")).to_be_visible()
    expect(boxes(page).nth(1)).to_be_checked()
    page.locator("[name=reason]").fill("Travaux")
    page.locator("button[value=decline]").click()
    expect(message(page)).to_have_count(1)
    assert states(desk, numbers) == ["requested", "declined", "requested", "requested"]
