"""The planning without a script: its periods, its filter, holidays by name."""

import re
from datetime import date, timedelta

import pytest

from booking.web import periods
from tests.reservations.desk import Desk
from tests.support.client import Browser

DAY = "/planning?view=day&date=2026-11-18"


@pytest.fixture
def producer(client: Browser) -> Browser:
    client.sign_in("producer@blf.example")
    return client


def listed(browser: Browser, query: str) -> list[str]:
    """The facilities that the agenda names, all of which have something on the day."""
    text = browser.get(f"{DAY}&{query}").text
    return re.findall(r'new\?date=2026-11-18&amp;facility=([\w-]+)"', text)


def test_every_period_follows_the_one_before_and_leads_back():
    for view in periods.VIEWS:
        first = periods.first_of(view, date(2026, 1, 31))
        for _ in range(30):
            after = periods.following(view, first)
            assert after == first + timedelta(days=periods.length(view, first))
            assert periods.first_of(view, after) == after
            assert periods.preceding(view, after) == first
            first = after


@pytest.mark.parametrize(
    ("view", "shown", "before", "after"),
    [
        ("day", "mercredi 18 novembre 2026", "2026-11-17", "2026-11-19"),
        ("week", "16–22 novembre 2026", "2026-11-09", "2026-11-23"),
        ("fortnight", "16–29 novembre 2026", "2026-11-02", "2026-11-30"),
        ("month", "novembre 2026", "2026-10-01", "2026-12-01"),
    ],
)
def test_a_period_has_its_heading_and_its_neighbours(producer, view, shown, before, after):
    text = producer.get(f"/planning?view={view}&date=2026-11-18").text
    assert re.search(r'<h1[^>]*data-planning="heading"[^>]*>([^<]+)', text)[1] == shown
    ways = re.findall(r'href="([^"]+)"\s+data-planning="(?:prev|next)"', text)
    assert [re.search(r"date=([\d-]+)", way)[1] for way in ways] == [before, after]


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("date=2026-11-18", "UTC+1"),
        ("date=2027-07-07", "UTC+2"),
        ("date=2027-03-28", "UTC+1 → UTC+2"),
        ("view=day&date=2027-03-27", "UTC+1"),
        ("view=day&date=2027-03-29", "UTC+2"),
        ("view=month&date=2027-10-02", "UTC+2 → UTC+1"),
    ],
)
def test_the_label_of_the_zone_is_that_of_the_period(producer, period, said):
    text = producer.get(f"/planning?{period}").text
    assert re.search(r'data-planning="zone">([^<]+)', text)[1] == f"Heure de Bruxelles ({said})"


def test_the_filter_narrows_the_agenda(app, world, clock, producer):
    with app.app_context():
        desk = Desk(app, world, clock)
        for code in ("M-ET1", "M-MI1", "N-RE1"):
            desk.book("producer", code, "18T09:00", "18T10:00")
    assert listed(producer, "") == ["M-ET1", "M-MI1", "N-RE1"]
    assert listed(producer, "site=N") == ["N-RE1"]
    assert listed(producer, "kind=grading") == ["M-ET1"]
    assert listed(producer, "people=8") == ["M-ET1", "N-RE1"]
    assert listed(producer, "people=8&q=réunion") == ["N-RE1"]
    assert listed(producer, "people=many&site=nowhere") == []
    assert listed(producer, "people=many") == ["M-ET1", "M-MI1", "N-RE1"]


def test_free_at_this_moment_leaves_out_what_is_taken_or_shut(app, world, clock, producer):
    with app.app_context():
        desk = Desk(app, world, clock)
        for code in ("M-ET1", "M-MI1"):
            desk.book("producer", code, "18T09:00", "18T10:00")
        desk.book("producer", "M-MI1", "16T12:00", "16T13:00")
    clock.advance(hours=3.5)  # it is half past twelve on Monday
    assert listed(producer, "free=1") == ["M-ET1"]
    clock.advance(hours=10)  # and half past ten at night: rooms are shut
    assert listed(producer, "free=1") == []


def test_the_filter_stays_in_every_link_and_says_how_much_it_narrows(producer):
    text = producer.get("/planning?site=M&people=4&free=1").text
    assert re.search(r'data-planning="count">(\d)', text)[1] == "3"
    for name in ("prev", "next", "month", "mine"):
        link = re.search(rf'href="([^"]+)"\s+data-planning="{name}"', text)[1]
        assert "site=M&amp;people=4&amp;free=1" in link
    clear = re.search(r'href="([^"]+)"\s+data-planning="clear"', text)[1]
    assert "site=" not in clear
    assert "free=" not in clear


def test_holidays_come_by_name_in_the_language_of_the_reader(producer):
    def named(locale: str) -> list[tuple[str, str]]:
        producer.submit("/language", {"locale": locale})
        told = producer.get("/api/v1/calendar?start=2026-12-21&end=2026-12-28").json
        return [(each["date"], each["name"]) for each in told["holidays"]]

    assert named("fr") == [("2026-12-25", "Noël")]
    assert named("nl") == [("2026-12-25", "Kerstmis")]
