"""Two companies want the same grading room; a manager decides; nobody learns too much."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from tests.support.client import Browser
from tests.support.forms import booking


@pytest.fixture
def seat(app: Flask) -> Callable[[str], Browser]:
    """`seat("producer@blf.example")`: that person at a browser of their own."""

    def sit(email: str) -> Browser:
        browser = app.test_client()
        assert isinstance(browser, Browser)
        browser.sign_in(email)
        return browser

    return sit


Seat = Callable[[str], Browser]


def test_a_member_books_and_the_manager_approves(seat: Seat) -> None:
    producer, manager = seat("producer@blf.example"), seat("manager@pil.example")

    sent = producer.submit("/bookings", booking())
    assert sent.status_code == 303
    assert sent.location == "/bookings/PIL-2026-00001"
    page = producer.get(sent.location).text
    assert "Étalonnage bobine 1" in page
    assert "s-requested" in page

    assert "PIL-2026-00001" in manager.get("/approvals").text
    approved = manager.submit("/approvals", {"id": ["PIL-2026-00001"], "verb": "approve"})
    assert approved.status_code == 303
    assert "PIL-2026-00001" not in manager.get("/approvals").text

    page = producer.get(sent.location).text
    assert "s-confirmed" in page
    assert "Sofia Renard" in page


def test_a_clash_names_no_stranger_and_offers_three_ways_out(seat: Seat) -> None:
    producer, post = seat("producer@blf.example"), seat("post@gfe.example")
    producer.submit("/bookings", booking(title="Film secret"))

    refused = post.submit("/bookings", booking(title="Conformation"))

    assert refused.status_code == 409
    assert "Conformation" in refused.text, "what was typed is still there"
    assert "Film secret" not in refused.text
    assert "Batte Lune" not in refused.text
    ways = re.findall(r'name="instead" value="([^"]+)"', refused.text)
    assert len(ways) == 3
    assert ways[0] == "room:M-ET2:M-ET1"

    booked = post.submit("/bookings", booking(title="Conformation", instead=ways[0]))
    assert booked.status_code == 303
    assert "moniteur HDR" in post.get(booked.location).text


def test_the_second_option_moves_up_when_the_first_is_released(seat: Seat) -> None:
    producer, post = seat("producer@blf.example"), seat("post@gfe.example")
    first = producer.submit("/bookings", booking(hold="option")).location
    second = post.submit("/bookings", booking(hold="option", on_clash="queue")).location
    assert 'data-rank="2"' in post.get(second).text

    released = producer.submit(f"{first}/release")
    assert released.status_code == 303

    assert "s-released" in producer.get(first).text
    assert 'data-rank="1"' in post.get(second).text


def test_an_option_becomes_firm_with_the_managers_yes(seat: Seat) -> None:
    producer, manager = seat("producer@blf.example"), seat("manager@pil.example")
    option = producer.submit("/bookings", booking(hold="option")).location

    producer.submit(f"{option}/confirm")
    assert "s-requested" in producer.get(option).text

    manager.submit(f"{option}/approve")
    assert "s-confirmed" in producer.get(option).text


def test_declining_needs_a_reason_and_the_requester_reads_it(seat: Seat) -> None:
    producer, manager = seat("producer@blf.example"), seat("manager@pil.example")
    asked = producer.submit("/bookings", booking()).location

    silent = manager.submit("/approvals", {"id": ["PIL-2026-00001"], "verb": "decline"})
    assert silent.status_code == 422
    assert re.search(r'value="PIL-2026-00001:\d+" checked', silent.text), "it is still ticked"

    manager.submit(
        "/approvals", {"id": ["PIL-2026-00001"], "verb": "decline", "reason": "Maintenance"}
    )
    page = producer.get(asked).text
    assert "s-declined" in page
    assert "Maintenance" in page


def test_a_page_that_went_stale_says_so_and_shows_how_it_stands(seat: Seat) -> None:
    producer, manager = seat("producer@blf.example"), seat("manager@pil.example")
    asked = producer.submit("/bookings", booking()).location
    manager.submit(f"{asked}/approve", {"revision": "1"})

    late = producer.submit(f"{asked}/withdraw", {"revision": "1"})

    assert late.status_code == 412
    assert "s-confirmed" in late.text


def test_others_bookings_are_not_there(seat: Seat) -> None:
    asked = seat("producer@blf.example").submit("/bookings", booking()).location
    stranger = seat("post@gfe.example")

    assert stranger.get(asked).status_code == 404
    assert stranger.submit(f"{asked}/withdraw").status_code == 404
    assert stranger.get("/bookings/PIL-2026-99999").status_code == 404
