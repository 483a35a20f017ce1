"""Pools, bundles, offers, swaps and series in the inbox, with the mouse."""

import pytest
from flask import Flask
from playwright.sync_api import expect

from booking.facilities.actions.bundles import BundleChange, create_bundle
from booking.facilities.bundles import Item
from booking.kernel import clock
from tests.browser.conftest import Visit
from tests.browser.steps import (
    INBOX,
    MANAGER,
    MORNING,
    POST,
    PRODUCER,
    WHILE,
    book,
    finish_page,
    hold_timers,
    repeat_weekly,
    send,
)
from tests.support.world import World
from tests.web.test_pools import NAMES, turn

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]

NEW = f"/bookings/new?{MORNING}"


@pytest.fixture
def pool(app: Flask) -> None:
    """N-RE1 is a pool of 10."""
    with app.app_context():
        turn("N-RE1", 10)


@pytest.mark.usefixtures("pool")
def test_an_amount_is_asked_for_where_it_is_a_pool(visit: Visit) -> None:
    book(visit, POST, "N-RE1", amount="7")
    page = visit(PRODUCER, f"{NEW}&facility=M-MI1")
    expect(page.locator("#amount")).to_be_hidden()
    page.locator("[name=facility]").select_option("N-RE1")
    page.locator("#amount").fill("4")
    expect(page.locator("[data-verdict]")).to_contain_text("3")
    page.locator("[name=title]").fill("Livraison")
    send(page)
    expect(page.locator("[data-verdict]")).to_contain_text("10")
    expect(page.locator("#amount")).to_have_value("4")
    page.locator("#amount").fill("3")
    finish_page(page)
    expect(page.locator("main")).to_contain_text("(3 sur 10)")


@pytest.mark.usefixtures("pool")
def test_an_amount_is_changed(visit: Visit) -> None:
    page = book(visit, PRODUCER, "N-RE1", amount="4")
    page.get_by_role("link", name="Modifier").click()
    expect(page.locator("#amount")).to_have_value("4")
    page.locator("#amount").fill("6")
    finish_page(page)
    expect(page.locator("main")).to_contain_text("(4 → 6 sur 10)")


@pytest.mark.usefixtures("pool")
@pytest.mark.parametrize("script", [True, False])
def test_a_bundle_is_booked_in_a_step(
    visit: Visit, app: Flask, world: World, *, script: bool
) -> None:
    with app.app_context():
        items = (Item("M-CIN"), Item("M-MI"), Item("M-MI"), Item("N-RE1", 4))
        change = BundleChange(names=NAMES, items=items)
        create_bundle(world.actor(MANAGER), "LOT", change, clock.now())
    page = visit(PRODUCER, NEW, script=script)
    page.locator("[name=title]").fill("Étalonnage supervisé")
    page.locator("[name=bundle]").select_option("LOT")
    page.locator("[name=use]").click()
    expect(page.locator("[name=facility]")).to_have_value("M-CIN")
    expect(page.locator("#amount-M-MI")).to_have_value("2")
    finish_page(page)
    for name in ("Montage image 1", "Montage image 2", "(4 sur 10)"):
        expect(page.locator("main")).to_contain_text(name)


# ---- offers and swaps -------------------------------------------------------------------------


def test_a_manager_offers_and_the_member_takes_it_in_one_click(visit: Visit) -> None:
    mine = book(visit, PRODUCER, "M-ET1")
    number = mine.url.rpartition("/")[2]
    page = visit(MANAGER, f"/bookings/{number}")
    page.locator(f"a[href='/bookings/{number}/change?offer=1']").click()
    page.wait_for_load_state()  # a later start moves the end, once the script is there
    expect(page.locator("[name=title]")).to_be_hidden()
    page.locator("[name=start]").select_option("14:00")
    page.locator("[name=message]").fill("Projecteur en maintenance")
    finish_page(page)
    mine.reload()
    expect(mine.locator("main")).to_contain_text("Projecteur en maintenance")
    mine.locator("form[action$=accept-offer] button").click()
    expect(mine.locator("h2").first).to_contain_text("14:00–18:00")
    expect(mine.locator("form[action$=accept-offer]")).to_have_count(0)


def test_two_swap_their_places(visit: Visit) -> None:
    mine, theirs = book(visit, PRODUCER, "M-MI1"), book(visit, POST, "M-MI2", title="À eux")
    mine.get_by_text("Proposer un échange").click()
    form = mine.locator("form[action$=swap]")
    form.locator("[name=facility]").select_option("M-MI2")
    form.locator("[name=date]").fill("2026-11-18")
    form.locator("[name=start]").select_option("10:00")
    form.locator("button").click()
    theirs.reload()
    expect(theirs.locator("main")).not_to_contain_text("Batte Lune")
    theirs.locator("form[action$=accept-offer] button").click()
    expect(theirs.locator(".list-item .title").first).to_contain_text("Montage image 1")
    mine.reload()
    expect(mine.locator(".list-item .title").first).to_contain_text("Montage image 2")


# ---- a series in the inbox --------------------------------------------------------------------


def test_all_dates_of_a_series_but_one_are_approved(visit: Visit) -> None:
    page = visit(PRODUCER, f"{NEW}&facility=M-ET1")
    page.locator("[name=title]").fill("Chaque semaine")
    repeat_weekly(page, 3)
    finish_page(page)
    inbox = visit(MANAGER, INBOX)
    head = inbox.locator("[data-bulk-head]")
    head.check()
    inbox.locator(".list-series summary").click()
    dates = inbox.locator(".list-series .list input")
    expect(dates.nth(2)).to_be_checked()
    dates.nth(1).uncheck()
    assert head.evaluate("box => box.indeterminate")
    hold_timers(inbox)
    inbox.locator("button[value=approve]").click()
    inbox.clock.fast_forward(WHILE)
    expect(inbox.locator("input[name=id]")).to_have_count(1)
    expect(inbox.locator("main time")).to_contain_text("25 novembre")
