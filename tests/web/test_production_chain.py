"""A production's page: the chain of its bookings, to come and past, with what lies between."""

import pytest

from booking.web.productions import lists
from tests.reservations.desk import Desk
from tests.support.client import Browser

pytestmark = pytest.mark.one_engine


@pytest.fixture
def path(app, world, clock, context) -> str:
    """Four dates of HERON: two at once, one the day after, one much later."""
    desk = Desk(app, world, clock)
    for room, start, end in (
        ("M-PLA", "17T09:00", "17T18:00"),
        ("M-CIN", "17T10:00", "17T12:00"),
        ("M-MI1", "18T09:00", "18T18:00"),
        ("M-ET1", "25T09:00", "25T18:00"),
    ):
        desk.book("producer", room, start, end, production="HERON", title=f"En {room}")
    return f"/productions/{world.productions['HERON']}"


def test_the_chain_says_what_lies_between(client: Browser, path: str) -> None:
    client.sign_in("producer@blf.example")
    page = client.get(path).text
    steps = ["En M-PLA", "en même temps", "En M-CIN", "En M-MI1", "6 jours", "En M-ET1"]
    assert [page.index(step) for step in steps] == sorted(page.index(step) for step in steps)
    assert page.count("list-gap") == 2


def test_what_is_over_stays_on_the_page_of_the_past(client: Browser, path: str, clock) -> None:
    clock.move_to("2026-11-18T20:00")
    client.sign_in("producer@blf.example")
    assert "En M-PLA" not in client.get(path).text
    past = client.get(f"{path}?when=past").text
    steps = ["En M-MI1", "En M-CIN", "en même temps", "En M-PLA"]
    assert [past.index(step) for step in steps] == sorted(past.index(step) for step in steps)
    assert "En M-ET1" not in past


def test_a_long_chain_has_pages(client: Browser, path: str, monkeypatch) -> None:
    client.sign_in("producer@blf.example")
    whole = lists.bookings
    monkeypatch.setattr(lists, "bookings", lambda actor, **asked: whole(actor, **asked, size=2))
    first = client.get(path).text
    cursor = first.partition("cursor=")[2].partition('"')[0]
    second = client.get(f"{path}?cursor={cursor}").text
    assert "En M-MI1" not in first
    assert "En M-MI1" in second
    assert client.get(f"{path}?cursor=nonsense").status_code == 404
