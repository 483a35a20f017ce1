"""Options that lapsed and whoever moved up, before anybody has written it down: a calendar says it
all the same, and the same whoever is asked.
"""

from collections.abc import Callable

import icalendar
import pytest
from flask import Flask

from booking.core.lifecycle import Verb
from booking.facilities.actions.rules import RuleChange
from booking.kernel import clock as product_clock
from booking.kernel.errors import BookingError
from booking.kernel.remembered import forget_everything
from booking.reservations import actions
from booking.reservations.actions import ruling
from tests.feeds.conftest import Address, known, stamp_of
from tests.support.client import Browser
from tests.support.time import StoppedClock
from tests.support.world import World

PRODUCER, OTHER, ADMIN = "producer@blf.example", "post@gfe.example", "admin@pil.example"
SLOT = ("2026-12-17T09:00", "2026-12-17T13:00")

Book = Callable[..., str]


def queue(book: Book) -> None:
    """An option, and somebody who waits behind it."""
    book(PRODUCER, "M-ET1", *SLOT, hold="option")
    book(OTHER, "M-ET1", *SLOT, on_clash="queue")


def test_every_process_says_the_same_of_who_moved_up_unwritten(
    client: Browser, address: Address, book: Book, clock: StoppedClock
) -> None:
    """An option elsewhere lapses an hour after that before which somebody waits."""
    queue(book)
    clock.advance(hours=1)
    book(PRODUCER, "M-ET2", *SLOT, hold="option")
    path = address(OTHER, "me")
    for when in ("23T08:30", "23T09:30", "23T10:30"):
        clock.move_to(f"2026-11-{when}")
        remembering = client.get(path)
        forget_everything()
        fresh = client.get(path)
        assert fresh.headers["ETag"] == remembering.headers["ETag"]
        assert fresh.data == remembering.data


def test_who_moved_up_unwritten_is_as_new_as_the_clock_that_did_it(
    app: Flask,
    world: World,
    client: Browser,
    address: Address,
    book: Book,
    act: Callable[..., None],
    clock: StoppedClock,
) -> None:
    """Not as the last that ran out anywhere: that goes back once somebody writes it down."""
    queue(book)
    clock.advance(hours=1)
    elsewhere = book(PRODUCER, "M-ET2", *SLOT, hold="option")
    path = address(OTHER, "me")
    clock.move_to("2026-11-23T10:30")

    def told() -> tuple[str, int]:
        (event,) = icalendar.Calendar.from_ical(client.get(path).data).events
        return event["DTSTAMP"].to_ical().decode(), event["SEQUENCE"]

    stood = told()
    assert stood[0] == "20261123T080000Z"
    with app.app_context(), pytest.raises(BookingError):
        actions.act(world.actor(PRODUCER), elsewhere, Verb.CONFIRM, product_clock.now())
    assert told() == stood
    with app.app_context():
        actions.lapse_due(product_clock.now())
    written = told()
    assert written[0] == "20261123T093000Z"
    assert written[1] >= stood[1]


def test_who_moved_up_twice_unwritten_is_as_new_as_the_second_time(
    client: Browser, address: Address, book: Book, clock: StoppedClock
) -> None:
    book(PRODUCER, "M-ET1", *SLOT, hold="option")
    clock.advance(hours=1)
    book(PRODUCER, "M-ET1", *SLOT, hold="option", on_clash="queue")
    book(OTHER, "M-ET1", *SLOT, on_clash="queue")
    path = address(OTHER, "me")
    stamps = []
    for when in ("23T08:30", "23T09:30", "23T10:30"):
        clock.move_to(f"2026-11-{when}")
        stamps.append(stamp_of(client.get(path)).strftime("%d %H"))
    assert stamps == ["16 09", "23 08", "23 09"]


def test_free_busy_knows_who_moved_up_unwritten(
    client: Browser, address: Address, book: Book, clock: StoppedClock
) -> None:
    """Who waits behind an option is not seen there; once it lapsed they take the room."""
    queue(book)
    path = address(PRODUCER, "freebusy:M-ET1")
    asked = f"{path.replace('.ics', '.ifb')}?start=2026-12-17&end=2026-12-18"
    busy = "FREEBUSY;FBTYPE=BUSY:20261217T080000Z/20261217T120000Z"
    for when in ("16T09:00", "23T08:30", "23T09:30", "24T09:30"):
        clock.move_to(f"2026-11-{when}")
        remembering = client.get(path)
        assert remembering.text.count("SUMMARY:Occupé") == 1, when
        assert busy in client.get(asked).text, when
        forget_everything()
        assert client.get(path).data == remembering.data


def test_who_moved_up_unwritten_and_never_came_is_told_to_have_missed(
    app: Flask, world: World, client: Browser, address: Address, book: Book, clock: StoppedClock
) -> None:
    """Without a worker: an answer that was right at eleven is not right a quarter later."""
    with app.app_context():
        room, quarter = world.facilities["M-MI1"], RuleChange(value=15)
        ruling.add_rule(world.actor(ADMIN), "check_in", quarter, clock.now, facility_id=room)
    book(PRODUCER, "M-MI1", "2026-11-18T09:00", "2026-11-18T13:00")
    book(OTHER, "M-MI1", "2026-11-18T11:00", "2026-11-18T14:00", on_clash="queue")
    path = address(OTHER, "me")
    said = []
    answer = client.get(path)
    for when in ("09:10", "11:10", "11:16"):
        clock.move_to(f"2026-11-18T{when}")
        if said:
            assert known(client, path, answer) == [200, 200], when
        answer = client.get(path)
        (event,) = icalendar.Calendar.from_ical(answer.data).events
        said.append((event["STATUS"], event["SEQUENCE"], event["DTSTAMP"].to_ical().decode()))
    assert said == [
        ("TENTATIVE", 0, "20261116T080000Z"),
        ("CONFIRMED", 1, "20261118T081500Z"),
        ("CANCELLED", 2, "20261118T101500Z"),
    ]
    assert "ABSENCE" in answer.text
    with app.app_context():
        actions.lapse_due(clock.now)
    (event,) = icalendar.Calendar.from_ical(client.get(path).data).events
    assert event["STATUS"] == "CANCELLED"
    assert event["SEQUENCE"] >= said[-1][1]
