"""Second thoughts: what was just booked, and what is about to be given away."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, request, request_finished
from playwright.sync_api import Page, expect

from booking.core.scheduling.recurrence import Recurrence
from tests.reservations.desk import Desk
from tests.support.time import StoppedClock
from tests.support.world import World

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]

Visit = Callable[..., Page]
PRODUCER = "producer@blf.example"
WEEK = "/planning?date=2026-11-16"
WHILE = "00:07"
"""How long a booking that is given away can be kept after all."""


@pytest.fixture
def desk(app: Flask, world: World, clock: StoppedClock) -> Desk:
    return Desk(app, world, clock)


def state(desk: Desk, number: str) -> str:
    with desk.app.app_context():
        return desk.written(number)


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


# ---- what was just booked ---------------------------------------------------------------------


def book(page: Page, address: str) -> None:
    """Fill in the dialog that the planning opens at the cursor."""
    page.locator('[data-code="M-ET1"] .tl-cell').nth(2).focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.locator("[name=title]").fill("Étalonnage")
    for name, value in re.findall(r"(\w+)=([\w;]+)", address):
        dialog.locator(f"[name={name}]").first.evaluate(
            "(field, value) => { field.closest('details')?.setAttribute('open', '');"
            " if (field.type === 'radio') field.form.elements[field.name].value = value;"
            " else field.value = value;"
            " field.dispatchEvent(new Event('input', { bubbles: true })); }",
            value,
        )
    dialog.locator(".form-actions button.is-primary").click()
    expect(page.locator(".toast.is-good")).to_contain_text("PIL-2026-00001")


@pytest.mark.parametrize(
    ("fields", "left"),
    [("", "withdrawn"), ("hold=option", "released")],
)
def test_a_booking_just_made_is_taken_back_in_one_click(
    visit: Visit, desk: Desk, fields: str, left: str
) -> None:
    page = visit(PRODUCER, WEEK)
    book(page, fields)
    expect(page.locator("a.tl-bar")).to_have_count(1)
    page.locator(".toast").get_by_role("button", name="Annuler").click()
    expect(page.locator(".tl-bar")).to_have_count(0)
    expect(page.locator(".toast.is-good")).to_contain_text("de nouveau libre")
    assert state(desk, "PIL-2026-00001") == left


def test_ctrl_z_takes_all_dates_of_a_series_back(visit: Visit, desk: Desk) -> None:
    page = visit(PRODUCER, WEEK + "&view=fortnight")
    book(page, "repeat=weekly count=2")
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
    page.locator('[data-code="M-MI1"] .tl-cell').nth(2).focus()
    page.keyboard.press("n")
    dialog = page.get_by_role("dialog")
    dialog.locator("[name=title]").fill("Montage")
    dialog.locator("summary", has_text="Répéter").click()
    dialog.locator("[name=repeat]").select_option("weekly")
    dialog.locator("[name=count]").fill("2")
    dialog.locator("[name=left_out]").select_option("queue")
    dialog.locator(".form-actions button.is-primary").click()
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
    book(page, "")
    with desk.app.app_context():
        desk.act("producer", "PIL-2026-00001", "withdraw")
    page.keyboard.press("Control+z")
    expect(page.locator(".toast.is-bad")).to_contain_text("ne peut plus être reprise")


def test_what_needs_no_approval_is_cancelled_with_a_reason(visit: Visit, desk: Desk) -> None:
    page = visit(PRODUCER, WEEK)
    page.locator('[data-code="M-MI1"] .tl-cell').nth(2).focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").locator("[name=title]").fill("Montage")
    page.keyboard.press("Enter")
    expect(page.locator("a.tl-bar.s-confirmed")).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(page.locator(".tl-bar")).to_have_count(0)
    page.goto("/bookings/PIL-2026-00001")
    expect(page.locator(".history")).to_contain_text("Reprise aussitôt.")


# ---- what is given away -----------------------------------------------------------------------


@pytest.fixture
def confirmed(desk: Desk) -> str:
    with desk.app.app_context():
        return desk.book("producer", "M-MI1", "18T09:00", "18T13:00", title="Montage")


@pytest.fixture
def page(visit: Visit, confirmed: str) -> Page:
    """The booking's page, cancelling asked for; its timers run when a test says so."""
    page = visit(PRODUCER, f"/bookings/{confirmed}")
    page.clock.install()
    page.locator("summary", has_text="Annuler la réservation").click()
    page.locator("#reason-cancel").fill("Reporté")
    page.locator("form[data-later]:has(#reason-cancel) button").click()
    expect(page.locator(".toast")).to_contain_text("en cours d’annulation")
    return page


def test_undone_nothing_was_sent_and_what_was_typed_is_there(
    page: Page, desk: Desk, confirmed: str
) -> None:
    page.get_by_role("button", name="La garder").click()
    page.clock.fast_forward(WHILE)
    expect(page.locator(".toast")).to_have_count(0)
    expect(page.locator("#reason-cancel")).to_have_value("Reporté")
    assert state(desk, confirmed) == "confirmed"


def test_ctrl_z_does_the_same(page: Page, desk: Desk, confirmed: str) -> None:
    page.keyboard.press("Control+z")
    page.clock.fast_forward(WHILE)
    expect(page.locator("#main")).not_to_have_attribute("inert", "")
    assert state(desk, confirmed) == "confirmed"


def test_after_a_while_it_is_done_and_said(page: Page, desk: Desk, confirmed: str) -> None:
    expect(page.locator("#main")).to_have_attribute("inert", "")
    page.clock.fast_forward(WHILE)
    expect(page.locator(".toast")).to_contain_text("Réservation annulée.")
    assert state(desk, confirmed) == "cancelled"


def test_leaving_the_page_does_it_and_the_next_page_says_so(
    app: Flask, page: Page, desk: Desk, confirmed: str
) -> None:
    with answered(app, f"/bookings/{confirmed}/cancel"):
        page.goto("/planning")
    assert state(desk, confirmed) == "cancelled"
    page.goto("/bookings")
    expect(page.locator(".toast")).to_contain_text(f"{confirmed}: Réservation annulée.")


def test_what_is_refused_meanwhile_is_said_on_the_next_page(
    app: Flask, page: Page, desk: Desk, confirmed: str
) -> None:
    with app.app_context():
        desk.act("manager", confirmed, "cancel", "Panne")
    with answered(app, f"/bookings/{confirmed}/cancel"):
        page.goto("/planning")
    page.goto("/bookings")
    expect(page.locator(".toast.is-bad")).to_contain_text(confirmed)


def test_of_a_series_one_date_waits_like_a_booking(visit: Visit, desk: Desk) -> None:
    with desk.app.app_context():
        weekly = Recurrence(rule="FREQ=WEEKLY;COUNT=3")
        number = desk.option("producer", "M-MI1", "18T09:00", "18T10:00", recurrence=weekly)
    page = visit(PRODUCER, f"/bookings/{number}")
    page.clock.install()
    page.locator("summary", has_text="Cette date").nth(1).click()
    page.locator("tr").nth(2).get_by_role("button", name="Libérer").click()
    expect(page.locator(".toast")).to_contain_text("en cours de libération")
    page.clock.fast_forward(WHILE)
    expect(page.locator(".toast")).to_contain_text("Option libérée.")
    expect(page.locator("td").get_by_text("Libérée")).to_have_count(1)


def test_without_a_script_it_is_done_at_once(visit: Visit, desk: Desk, confirmed: str) -> None:
    page = visit(PRODUCER, f"/bookings/{confirmed}", script=False)
    page.locator("summary", has_text="Annuler la réservation").click()
    page.locator("#reason-cancel").fill("Reporté")
    page.locator("form:has(#reason-cancel) button").click()
    assert state(desk, confirmed) == "cancelled"
