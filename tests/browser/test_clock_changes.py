"""Days on which the clock changes: the label of the zone, the length in the form, bars at night.

Whatever the browser's own zone is, the building's clock counts.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.steps import BOOKING, PRODUCER, bar, book, box, named, send, track

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]

SPRING, AUTUMN = "2027-03-28", "2027-10-31"

zones = pytest.mark.parametrize("zone", ["Europe/Brussels", "Asia/Tokyo"])
LABELS = {
    "date=2027-07-07": "Heure de Bruxelles (UTC+2)",
    "date=2027-01-13": "Heure de Bruxelles (UTC+1)",
    f"date={SPRING}": "Heure de Bruxelles (UTC+1 → UTC+2)",
    f"view=month&date={AUTUMN}": "Heure de Bruxelles (UTC+2 → UTC+1)",
}
LENGTHS = {
    f"date={SPRING}&start=01:00&end=05:30": "3 h 30 min",
    f"date={SPRING}&start=03:00&end=05:30": "2 h 30 min",
    f"date={AUTUMN}&start=01:00&end=05:30": "5 h 30 min",
    f"date={AUTUMN}&start=03:00&end=05:30": "2 h 30 min",
    f"date=2027-03-27&start=09:00&end_date={SPRING}&end=09:00": "23 h",
    f"date=2027-10-30&start=09:00&end_date={AUTUMN}&end=09:00": "1 jour 1 h",
    "date=2027-07-07&start=01:00&end=05:30": "4 h 30 min",
}


@zones
@pytest.mark.parametrize("script", [False, True])
def test_the_label_is_that_of_the_period(visit: Visit, zone: str, script: bool) -> None:
    page = visit(PRODUCER, "/planning", zone=zone, script=script)
    for period, said in LABELS.items():
        page.goto(f"/planning?{period}")
        expect(named(page, "zone")).to_have_text(said)


def test_the_label_follows_the_period_without_a_new_page(visit: Visit) -> None:
    page = visit(PRODUCER, f"/planning?view=day&date={SPRING}", zone="Asia/Tokyo")
    label = named(page, "zone")
    expect(label).to_have_text("Heure de Bruxelles (UTC+1 → UTC+2)")
    for way, said in (("prev", "(UTC+1)"), ("next", "→"), ("next", "(UTC+2)"), ("month", "→")):
        named(page, way).click()
        expect(label).to_contain_text(said)
    page.go_back()
    expect(label).to_have_text("Heure de Bruxelles (UTC+2)")


@zones
def test_the_form_says_how_long_it_really_is(visit: Visit, zone: str) -> None:
    page = visit(PRODUCER, "/bookings/new", zone=zone)
    for span, said in LENGTHS.items():
        page.goto(f"/bookings/new?facility=M-PLA&{span}")
        expect(page.locator("[data-duration]")).to_have_text(said)


def test_the_length_follows_the_hour_that_comes_twice(visit: Visit) -> None:
    page = visit(PRODUCER, f"/bookings/new?facility=M-PLA&date={AUTUMN}&start=01:00&end=02:30")
    length = page.locator("[data-duration]")
    expect(length).to_have_text("1 h 30 min")
    page.locator("[name=title]").fill("Nuit")
    send(page)
    page.locator("[name=end_fold][value='1']").check()
    expect(length).to_have_text("2 h 30 min")
    page.locator("[name=end_fold][value='0']").check()
    expect(length).to_have_text("1 h 30 min")


@zones
@pytest.mark.parametrize(
    ("day", "start", "end"),
    [(SPRING, "03:00", "03:45"), (AUTUMN, "02:15", "03:30")],
)
def test_a_bar_of_that_night_stands_where_the_wall_clock_says(
    visit: Visit, zone: str, day: str, start: str, end: str
) -> None:
    page = visit(PRODUCER, f"/bookings/new?facility=M-PLA&date={day}&start={start}&end={end}")
    page.locator("[name=title]").fill("Nuit")
    send(page)
    if day == AUTUMN:
        page.locator("[name=start_fold][value='1']").check()
        send(page)
    page.wait_for_url(BOOKING)
    _stands(visit(PRODUCER, f"/planning?view=day&date={day}&h24=1", zone=zone), start, end)


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_so_does_a_bar_over_the_change(visit: Visit, day: str) -> None:
    book(visit, PRODUCER, "M-PLA", f"date={day}&start=01:30&end=06:00")
    page = visit(PRODUCER, f"/planning?view=day&date={day}&h24=1", zone="Asia/Tokyo")
    _stands(page, "01:30", "06:00")


def _stands(page: Page, start: str, end: str) -> None:
    """Hold that the bar of the day shown is at these hours, by its name and by its place."""
    expect(bar(page, "M-PLA")).to_have_accessible_name(re.compile(f"{start}–{end}"))
    night, day = box(bar(page, "M-PLA")), box(track(page, "M-PLA"))
    begins, finishes = (int(t[:2]) + int(t[3:]) / 60 for t in (start, end))
    assert (night["x"] - day["x"]) / day["width"] == pytest.approx(begins / 24, abs=0.002)
    assert night["width"] / day["width"] == pytest.approx((finishes - begins) / 24, abs=0.003)
