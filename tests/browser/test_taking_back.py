"""Second thoughts: what was just booked, and what is about to be given away."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from booking.core.scheduling.recurrence import Recurrence
from tests.browser.conftest import Visit
from tests.browser.steps import (
    PRODUCER,
    WEEK,
    WHILE,
    answered,
    begin_by_key,
    finish_dialog,
    hold_timers,
    repeat_weekly,
    send,
)
from tests.reservations.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]


def state(desk: Desk, number: str) -> str:
    with desk.app.app_context():
        return desk.written(number)


# ---- what was just booked ---------------------------------------------------------------------


@pytest.mark.parametrize(("hold", "left"), [("firm", "withdrawn"), ("option", "released")])
def test_a_booking_just_made_is_taken_back_in_one_click(
    visit: Visit, desk: Desk, hold: str, left: str
) -> None:
    page = visit(PRODUCER, WEEK)
    dialog = begin_by_key(page, "M-ET1")
    dialog.locator(f"[name=hold][value={hold}]").check()
    finish_dialog(dialog)
    expect(page.locator("a.tl-bar")).to_have_count(1)
    page.locator(".toast").get_by_role("button", name="Annuler").click()
    expect(page.locator(".tl-bar")).to_have_count(0)
    expect(page.locator(".toast.is-good")).to_contain_text("de nouveau libre")
    assert state(desk, "PIL-2026-00001") == left


def test_ctrl_z_takes_all_dates_of_a_series_back(visit: Visit, desk: Desk) -> None:
    page = visit(PRODUCER, WEEK + "&view=fortnight")
    dialog = begin_by_key(page, "M-ET1")
    repeat_weekly(dialog, 2)
    finish_dialog(dialog)
    expect(page.locator("a.tl-bar")).to_have_count(2)
    page.keyboard.press("Control+z")
    expect(page.locator(".tl-bar")).to_have_count(0)


def test_dates_of_a_series_that_stand_differently_are_all_taken_back(
    visit: Visit, desk: Desk
) -> None:
    """The first date waits behind an option, the second is confirmed at once."""
    with desk.app.app_context():
        desk.option("post", "M-MI1", "18T08:00", "18T20:00")
    page = visit(PRODUCER, WEEK + "&view=fortnight")
    dialog = begin_by_key(page, "M-MI1", key="n")
    repeat_weekly(dialog, 2)
    dialog.locator("[name=left_out]").select_option("queue")
    send(dialog)
    for look in ("s-requested", "s-confirmed"):
        expect(page.locator(f"a.tl-bar.{look}")).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(page.locator("a.tl-bar")).to_have_count(0)
    expect(page.locator(".toast.is-good").last).to_contain_text("de nouveau libre")
    with desk.app.app_context():
        view = desk.view("producer", "PIL-2026-00002")
        assert sorted(one.state for one in view.occurrences) == ["cancelled", "withdrawn"]


def test_what_is_gone_already_is_not_said_to_be_taken_back(visit: Visit, desk: Desk) -> None:
    page = visit(PRODUCER, WEEK)
    finish_dialog(begin_by_key(page, "M-ET1"))
    with desk.app.app_context():
        desk.act("producer", "PIL-2026-00001", "withdraw")
    page.keyboard.press("Control+z")
    expect(page.locator(".toast.is-bad")).to_contain_text("ne peut plus être reprise")


def test_what_needs_no_approval_is_cancelled_with_a_reason(visit: Visit, desk: Desk) -> None:
    page = visit(PRODUCER, WEEK)
    begin_by_key(page, "M-MI1")
    page.keyboard.press("Enter")
    expect(page.locator("a.tl-bar.s-confirmed")).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(page.locator(".tl-bar")).to_have_count(0)
    page.goto("/bookings/PIL-2026-00001")
    expect(page.locator(".history")).to_contain_text("Reprise aussitôt.")


# ---- what is given away -----------------------------------------------------------------------


@pytest.fixture
def page(visit: Visit, number: str) -> Page:
    """The booking's page, cancelling asked for; its timers run when a test says so."""
    page = visit(PRODUCER, f"/bookings/{number}")
    hold_timers(page)
    page.locator("summary", has_text="Annuler la réservation").click()
    page.locator("#reason-cancel").fill("Reporté")
    page.locator("form[data-later]:has(#reason-cancel) button").click()
    expect(page.locator(".toast")).to_contain_text("en cours d’annulation")
    return page


def told_later(page: Page) -> Locator:
    """What the first page says that is asked for after the answer came: this one or the next."""
    message = page.locator(".toast")
    for _ in range(3):
        if message.count():
            break
        page.goto("/bookings")
    return message


def test_undone_nothing_was_sent_and_what_was_typed_is_there(
    page: Page, desk: Desk, number: str
) -> None:
    page.get_by_role("button", name="La garder").click()
    page.clock.fast_forward(WHILE)
    expect(page.locator(".toast")).to_have_count(0)
    expect(page.locator("#reason-cancel")).to_have_value("Reporté")
    assert state(desk, number) == "confirmed"


def test_ctrl_z_does_the_same(page: Page, desk: Desk, number: str) -> None:
    page.keyboard.press("Control+z")
    page.clock.fast_forward(WHILE)
    expect(page.locator("#main")).not_to_have_attribute("inert", "")
    assert state(desk, number) == "confirmed"


def test_after_a_while_it_is_done_and_said(page: Page, desk: Desk, number: str) -> None:
    expect(page.locator("#main")).to_have_attribute("inert", "")
    page.clock.fast_forward(WHILE)
    expect(page.locator(".toast")).to_contain_text("Réservation annulée.")
    assert state(desk, number) == "cancelled"


def test_leaving_the_page_does_it_and_the_next_page_says_so(
    app: Flask, page: Page, desk: Desk, number: str
) -> None:
    with answered(app, f"/bookings/{number}/cancel"):
        page.goto("/planning")
    assert state(desk, number) == "cancelled"
    expect(told_later(page)).to_contain_text(f"{number}: Réservation annulée.")


def test_what_is_refused_meanwhile_is_said_on_the_next_page(
    app: Flask, page: Page, desk: Desk, number: str
) -> None:
    with app.app_context():
        desk.act("manager", number, "cancel", "Panne")
    with answered(app, f"/bookings/{number}/cancel"):
        page.goto("/planning")
    message = told_later(page)
    expect(message).to_contain_text(number)
    expect(message).to_have_class(re.compile("is-bad"))


def test_of_a_series_one_date_waits_like_a_booking(visit: Visit, desk: Desk) -> None:
    with desk.app.app_context():
        weekly = Recurrence(rule="FREQ=WEEKLY;COUNT=3")
        number = desk.option("producer", "M-MI1", "18T09:00", "18T10:00", recurrence=weekly)
    page = visit(PRODUCER, f"/bookings/{number}")
    hold_timers(page)
    page.locator("summary", has_text="Cette date").nth(1).click()
    page.locator("tr").nth(2).get_by_role("button", name="Libérer").click()
    expect(page.locator(".toast")).to_contain_text("en cours de libération")
    page.clock.fast_forward(WHILE)
    expect(page.locator(".toast")).to_contain_text("Option libérée.")
    expect(page.locator("td").get_by_text("Libérée")).to_have_count(1)


def test_without_a_script_it_is_done_at_once(visit: Visit, desk: Desk, number: str) -> None:
    page = visit(PRODUCER, f"/bookings/{number}", script=False)
    page.locator("summary", has_text="Annuler la réservation").click()
    page.locator("#reason-cancel").fill("Reporté")
    page.locator("form:has(#reason-cancel) button").click()
    assert state(desk, number) == "cancelled"
