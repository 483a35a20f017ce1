"""The planning by mouse and keyboard: its periods, its filter, several rooms in one drag."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visit
from tests.browser.steps import DAY, PRODUCER, WEEK, book, box, grip, named, own_bar, send, track

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]


def _shows(page: Page, *codes: str) -> None:
    """Wait until these rooms are there, in this order, and no others."""
    rows = page.locator(".tl-room:visible")
    expect(rows).to_have_count(len(codes))
    assert [row.get_attribute("data-code") for row in rows.all()] == [*codes]


def test_from_a_week_to_a_month_into_a_day_and_back(visit: Visit) -> None:
    page = visit(PRODUCER, WEEK)
    named(page, "month").click()
    expect(named(page, "heading")).to_have_text("novembre 2026")
    expect(page.locator(".tl-day")).to_have_count(30)
    named(page, "next").click()
    expect(named(page, "heading")).to_have_text("décembre 2026")
    expect(page.locator(".tl-day")).to_have_count(31)
    expect(page.locator(".tl-holiday")).to_have_text("Noël")
    page.locator(".tl-day", has_text="25").locator(".tl-date").click()
    expect(named(page, "heading")).to_have_text("vendredi 25 décembre 2026")
    page.go_back()
    expect(page.locator(".tl-day")).to_have_count(31)
    page.reload()
    expect(page.locator(".tl-day")).to_have_count(31)


def test_keys_change_the_view(visit: Visit) -> None:
    page = visit(PRODUCER, WEEK)
    for key, days in (("f", 14), ("m", 30), ("d", 1), ("w", 7)):
        page.keyboard.press(key)
        expect(page.locator(".tl-day")).to_have_count(days)


def test_the_filter_narrows_at_once_and_survives_a_reload(visit: Visit) -> None:
    page = visit(PRODUCER, WEEK)
    page.locator(".planning-filter summary").click()
    page.locator("[name=kind]").select_option("stage")
    page.locator("[name=people]").fill("40")
    _shows(page, "M-PLA", "M-PLA1", "M-PLA2")
    expect(named(page, "count")).to_have_text("2")
    page.locator("[name=free]").check()
    assert "free=1" in page.url
    page.reload()
    _shows(page, "M-PLA", "M-PLA1", "M-PLA2")
    page.locator(".planning-filter summary").click()
    named(page, "clear").click()
    expect(named(page, "count")).to_be_hidden()
    expect(page.locator(".tl-room:visible")).to_have_count(10)


def test_what_is_taken_at_this_moment_is_not_free(visit: Visit) -> None:
    book(visit, PRODUCER, "M-MI1", "date=2026-11-16&start=09:30&end=11:00")
    page = visit(PRODUCER, f"{WEEK}&kind=editing&free=1")
    expect(page.locator('[data-code="M-MI2"]')).to_be_visible()
    _shows(page, "M-MI1", "M-MI2")


def test_two_rooms_in_one_drag(visit: Visit) -> None:
    page = visit(PRODUCER, DAY)
    page.mouse.move(*grip(track(page, "M-MI1"), 0.3))
    page.mouse.down()
    page.mouse.move(*grip(track(page, "M-MI2")), steps=8)
    expect(page.locator(".tl-ghost")).to_have_count(2)
    expect(page.locator(".tl-tip")).to_contain_text("Montage image 1, Montage image 2")
    page.mouse.up()
    dialog = page.locator("#booking-dialog")
    dialog.locator("[name=title]").fill("Conformation à deux")
    send(dialog)
    for code in ("M-MI1", "M-MI2"):
        expect(own_bar(page, code)).to_have_accessible_name(re.compile("Conformation à deux"))


def test_dragging_to_the_edge_brings_more_into_view(visit: Visit) -> None:
    page = visit(PRODUCER, DAY, size={"width": 900, "height": 700})
    timeline = named(page, "timeline")
    timeline.evaluate("node => { node.scrollLeft = 0; }")
    (_, y), frame = grip(track(page, "M-MI1")), box(timeline)
    page.mouse.move(frame["x"] + frame["width"] - 200, y)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] - 8, y, steps=4)
    page.wait_for_function(
        "() => document.querySelector('[data-planning=timeline]').scrollLeft > 80"
    )
    page.keyboard.press("Escape")
    expect(page.locator(".tl-ghost")).to_have_count(0)


def test_on_a_phone_the_filter_is_at_hand(visit: Visit) -> None:
    page = visit(PRODUCER, WEEK, size=PHONE)
    page.locator(".planning-filter summary").click()
    page.locator("[name=site]").select_option("N")
    assert "site=N" in page.url
    panel = box(page.locator(".planning-filter .menu-panel"))
    assert panel["x"] >= 0
    assert panel["x"] + panel["width"] <= PHONE["width"]
