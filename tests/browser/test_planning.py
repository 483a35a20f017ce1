"""The planning by mouse and keyboard: its periods, its filter, several rooms in one drag."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]

Visit = Callable[..., Page]
WEEK = "/planning?date=2026-11-16"
PRODUCER = "producer@blf.example"


def _rooms(page: Page) -> list[str]:
    rows = page.locator(".tl-room:visible")
    return [str(row.get_attribute("data-code")) for row in rows.all()]


def _named(page: Page, name: str) -> Any:
    return page.locator(f'[data-planning="{name}"]')


def test_from_a_week_to_a_month_into_a_day_and_back(visit: Visit) -> None:
    page = visit(PRODUCER, WEEK)
    _named(page, "month").click()
    expect(_named(page, "heading")).to_have_text("novembre 2026")
    expect(page.locator(".tl-day")).to_have_count(30)
    _named(page, "next").click()
    expect(_named(page, "heading")).to_have_text("décembre 2026")
    expect(page.locator(".tl-holiday")).to_have_text("Noël")
    page.locator(".tl-day", has_text="25").locator(".tl-date").click()
    expect(_named(page, "heading")).to_have_text("vendredi 25 décembre 2026")
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
    assert _rooms(page) == ["M-PLA", "M-PLA1", "M-PLA2"]
    expect(_named(page, "count")).to_have_text("2")
    page.locator("[name=free]").check()
    assert "free=1" in page.url
    page.reload()
    assert _rooms(page) == ["M-PLA", "M-PLA1", "M-PLA2"]
    page.locator(".planning-filter summary").click()
    _named(page, "clear").click()
    expect(_named(page, "count")).to_be_hidden()
    assert len(_rooms(page)) == 10


def test_what_is_taken_at_this_moment_is_not_free(visit: Visit) -> None:
    page = visit(PRODUCER, "/bookings/new?facility=M-MI1&date=2026-11-16&start=09:30&end=11:00")
    page.locator("[name=title]").fill("Montage")
    page.locator(".form-actions button.is-primary").click()
    page.wait_for_url(re.compile("/bookings/PIL-2026-00001$"))
    page = visit(PRODUCER, f"{WEEK}&kind=editing&free=1")
    expect(page.locator('[data-code="M-MI2"]')).to_be_visible()
    assert _rooms(page) == ["M-MI1", "M-MI2"]


def test_two_rooms_in_one_drag(visit: Visit) -> None:
    page = visit(PRODUCER, "/planning?view=day&date=2026-11-18")
    first, second = (page.locator(f'[data-code="M-MI{n}"] .tl-track') for n in (1, 2))
    from_, to = first.bounding_box(), second.bounding_box()
    assert from_
    assert to
    page.mouse.move(from_["x"] + from_["width"] * 0.3, from_["y"] + from_["height"] / 2)
    page.mouse.down()
    page.mouse.move(to["x"] + to["width"] * 0.5, to["y"] + to["height"] / 2, steps=8)
    expect(page.locator(".tl-ghost")).to_have_count(2)
    expect(page.locator(".tl-tip")).to_contain_text("Montage image 1, Montage image 2")
    page.mouse.up()
    dialog = page.locator("#booking-dialog")
    dialog.locator("[name=title]").fill("Conformation à deux")
    dialog.locator(".form-actions button.is-primary").click()
    for code in ("M-MI1", "M-MI2"):
        bar = page.locator(f'[data-code="{code}"] a.tl-bar')
        expect(bar).to_have_accessible_name(re.compile("Conformation à deux"))


def test_dragging_to_the_edge_brings_more_into_view(visit: Visit) -> None:
    page = visit(PRODUCER, "/planning?view=day&date=2026-11-18", size={"width": 900, "height": 700})
    timeline = page.locator('[data-planning="timeline"]')
    timeline.evaluate("node => { node.scrollLeft = 0; }")
    track = page.locator('[data-code="M-MI1"] .tl-track').bounding_box()
    box = timeline.bounding_box()
    assert track
    assert box
    page.mouse.move(box["x"] + box["width"] - 200, track["y"] + track["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 8, track["y"] + track["height"] / 2, steps=4)
    page.wait_for_function(
        "() => document.querySelector('[data-planning=timeline]').scrollLeft > 80"
    )
    page.keyboard.press("Escape")
    expect(page.locator(".tl-ghost")).to_have_count(0)


@pytest.mark.parametrize("day", ["2027-03-28", "2027-10-31"])
def test_a_night_of_the_clock_change_stands_where_the_wall_clock_says(
    visit: Visit, day: str
) -> None:
    page = visit(PRODUCER, f"/bookings/new?facility=M-PLA&date={day}&start=01:30&end=06:00")
    page.locator("[name=title]").fill("Nuit")
    page.locator(".form-actions button.is-primary").click()
    page.wait_for_url(re.compile("/bookings/PIL-2026-00001$"))
    page = visit(PRODUCER, f"/planning?view=day&date={day}&h24=1", zone="Asia/Tokyo")
    bar = page.locator('[data-code="M-PLA"] .tl-bar')
    expect(bar).to_have_accessible_name(re.compile("01:30–06:00"))
    track = page.locator('[data-code="M-PLA"] .tl-track').bounding_box()
    box = bar.bounding_box()
    assert track
    assert box
    assert (box["x"] - track["x"]) / track["width"] == pytest.approx(1.5 / 24, abs=0.002)
    assert box["width"] / track["width"] == pytest.approx(4.5 / 24, abs=0.003)


def test_on_a_phone_the_filter_is_at_hand(visit: Visit) -> None:
    page = visit(PRODUCER, WEEK, size=PHONE)
    page.locator(".planning-filter summary").click()
    page.locator("[name=site]").select_option("N")
    assert "site=N" in page.url
    box = page.locator(".planning-filter .menu-panel").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
