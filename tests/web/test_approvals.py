"""The approvals inbox: a series is one request with many dates, ticked all or each."""

import re

import pytest
from flask import Flask

from booking.core.scheduling.recurrence import Recurrence
from tests.reservations.desk import Desk
from tests.support.client import Browser
from tests.support.statements import statements
from tests.support.time import StoppedClock
from tests.support.world import World

pytestmark = pytest.mark.one_engine
SLOT = ("18T09:00", "18T10:00")


@pytest.fixture
def series(app: Flask, world: World, clock: StoppedClock) -> tuple[Desk, str, list[int]]:
    """Three Wednesdays in Étalonnage 1, that wait for the manager: their number and ids."""
    desk = Desk(app, world, clock)
    with app.app_context():
        weekly = Recurrence(rule="FREQ=WEEKLY;COUNT=3")
        number = desk.book("producer", "M-ET1", *SLOT, recurrence=weekly)
        return desk, number, [one.id for one in desk.view("producer", number).occurrences]


def states(app: Flask, desk: Desk, number: str) -> list[str]:
    with app.app_context():
        return [one.state for one in desk.view("producer", number).occurrences]


def test_a_series_is_one_request(manager: Browser, series: tuple[Desk, str, list[int]]):
    _, number, ids = series
    text = manager.get("/approvals").text
    values = re.findall(r'name="id" value="([^"]*)"', text)
    assert values == [number, *(f"{number}:{key}" for key in ids)]
    assert text.count(f'href="/bookings/{number}"') == 1
    assert "3 dates" in text


@pytest.mark.parametrize(
    ("ticked", "left"),
    [
        (["{number}"], []),
        (["{number}:{0}", "{number}:{2}"], [1]),
        (["{number}", "{number}:{1}"], []),  # without script: the box for all counts
    ],
)
def test_all_dates_or_each(
    app: Flask,
    manager: Browser,
    series: tuple[Desk, str, list[int]],
    ticked: list[str],
    left: list[int],
):
    desk, number, ids = series
    chosen = [value.format(*ids, number=number) for value in ticked]
    assert manager.submit("/approvals", {"id": chosen, "verb": "approve"}).status_code == 303
    expected = ["requested" if place in left else "confirmed" for place in range(3)]
    assert states(app, desk, number) == expected


def test_what_was_ticked_stays_ticked_when_something_is_missing(
    manager: Browser, series: tuple[Desk, str, list[int]]
):
    _, number, ids = series
    answer = manager.submit("/approvals", {"id": [f"{number}:{ids[1]}"], "verb": "decline"})
    assert answer.status_code == 422
    ticked = re.findall(r'name="id" value="([^"]*)"(?: data-bulk-head)? checked', answer.text)
    assert ticked == [f"{number}:{ids[1]}"]
    assert re.search(r'<details class="more" open>', answer.text)


# ---- who else wants it ------------------------------------------------------------------------


@pytest.fixture
def desk(app: Flask, world: World, clock: StoppedClock) -> Desk:
    return Desk(app, world, clock)


def rivals(text: str) -> list[str]:
    """What stands in the lists of rivals, a line each."""
    lists = re.findall(r'<ul class="rivals">(.*?)</ul>', text, re.DOTALL)
    lines = [line for found in lists for line in re.findall(r"<li>(.*?)</li>", found, re.DOTALL)]
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in lines]


def test_who_waits_behind_a_request_stands_below_it(app: Flask, manager: Browser, desk: Desk):
    with app.app_context():
        desk.book("producer", "M-ET1", "18T09:00", "18T13:00", title="Bobine 1")
        desk.book("producer", "M-ET2", "18T09:00", "18T13:00", title="Seule")
        desk.option("post", "M-ET1", "18T12:00", "18T14:00", title="Rivale")
    (rival,) = rivals(manager.get("/approvals").text)
    assert rival.startswith("2e option Rivale · Grain Fin Étalonnage · ")
    assert "12:00–14:00" in rival


def test_who_is_in_the_way_of_a_request_stands_below_it_by_the_room_it_took(
    app: Flask, manager: Browser, desk: Desk
):
    with app.app_context():
        desk.option("post", "M-PLA1", "18T09:00", "18T13:00", title="Moitié")
        desk.book("producer", "M-PLA", "18T09:00", "18T13:00", on_clash="queue")
    text = manager.get("/approvals").text
    (rival,) = rivals(text)
    assert rival.startswith("1re option Moitié · Grain Fin Étalonnage · Plateau A, moitié nord · ")
    assert text.count('<span class="tag">') == 1


def test_setup_and_turnaround_are_in_the_way_and_what_comes_after_is_not(
    app: Flask, manager: Browser, desk: Desk
):
    with app.app_context():
        desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
        desk.option("post", "M-ET1", "18T13:00", "18T14:00", title="Trop tôt")
        desk.option("post", "M-ET1", "18T14:30", "18T16:00", title="Après")
    (rival,) = rivals(manager.get("/approvals").text)
    assert "Trop tôt" in rival


def test_what_is_in_rooms_of_others_is_not_named(app: Flask, client: Browser, desk: Desk):
    with app.app_context():
        desk.book("producer", "N-PLD M-ET1", "18T09:00", "18T13:00")
        desk.option("post", "M-ET1", "18T09:00", "18T13:00", title="Rivale")
    client.sign_in("manager-n@pil.example")
    text = client.get("/approvals").text
    assert "Rivale" not in text
    assert "Grain Fin" not in text
    (rival,) = rivals(text)
    assert "Occupé · Étalonnage 1" in rival


def test_the_rivals_of_a_series_stand_below_it_and_below_each_date(
    app: Flask, manager: Browser, series: tuple[Desk, str, list[int]]
):
    desk, _, _ = series
    with app.app_context():
        desk.option("post", "M-ET1", *(at.replace("18", "25") for at in SLOT), title="Rivale")
    whole, date = rivals(manager.get("/approvals").text)
    assert whole == date
    assert "Rivale" in date


def test_nobody_is_a_rival_by_a_clock_that_ran_out(
    app: Flask, manager: Browser, desk: Desk, clock: StoppedClock
):
    with app.app_context():
        desk.option("post", "M-ET1", "30T09:00", "30T13:00", title="Échue")
        desk.book("producer", "M-ET1", "30T09:00", "30T13:00", on_clash="queue")
    assert len(rivals(manager.get("/approvals").text)) == 1
    clock.advance(days=10)
    assert rivals(manager.get("/approvals").text) == []


@pytest.mark.both_engines
def test_a_full_inbox_is_shown_in_as_many_statements_as_one_request(
    app: Flask, manager: Browser, desk: Desk
):
    counts = []
    for days in (range(17, 18), range(18, 30)):
        with app.app_context():
            for day in days:
                desk.book("producer", "M-ET1", f"{day}T09:00", f"{day}T13:00")
                desk.option("post", "M-ET1", f"{day}T09:00", f"{day}T13:00")
        manager.get("/approvals")
        with statements(app) as sent:
            text = manager.get("/approvals").text
        counts.append(len(sent))
    assert len(rivals(text)) == 13
    assert counts[0] == counts[1]


# ---- another place, and what the page has told ------------------------------------------------


def test_a_manager_offers_another_place_from_the_inbox(app: Flask, manager: Browser, desk: Desk):
    with app.app_context():
        number = desk.book("producer", "M-ET1", *SLOT)
    found = re.search(r'href="(/bookings/[^"]*offer=1)"', manager.get("/approvals").text)
    assert found
    page = manager.get(found[1].replace("&amp;", "&"))
    assert page.status_code == 200
    assert 'name="offer"' in page.text
    assert number in page.text


def test_what_the_page_has_told_is_not_told_again(app: Flask, manager: Browser, desk: Desk):
    with app.app_context():
        numbers = [desk.book("producer", room, *SLOT) for room in ("M-ET1", "M-ET2")]
    form = {"verb": "approve", "told": "y"}
    manager.submit("/approvals", {**form, "id": numbers[:1]})
    assert "validée." not in manager.get("/planning").text
    manager.submit("/approvals", {**form, "id": numbers})
    text = manager.get("/planning").text
    assert "1 demande validée." in text
    assert f"{numbers[0]}: " in text
