"""The search of one's bookings: kept in the address, page after page, and never a dead end."""

import pytest

from tests.support.client import Browser
from tests.support.forms import booking


@pytest.fixture
def producer(client: Browser) -> Browser:
    client.sign_in("producer@blf.example")
    for code, title in (("M-ET1", "Étalonnage"), ("M-MI1", "Montage")):
        client.submit("/bookings", booking(title=title, facility=code))
    return client


def test_what_matches_is_listed_and_the_words_stay(producer: Browser):
    page = producer.get("/bookings?q=étal").text
    assert "<b>Étalonnage</b>" in page
    assert "<b>Montage</b>" not in page
    assert 'value="étal"' in page
    assert 'href="/bookings?whose=company&amp;when=past&amp;q=%C3%A9tal"' in page


def test_where_nothing_matches_there_is_a_way_on(producer: Browser):
    page = producer.get("/bookings?q=rien&whose=company&when=past").text
    assert "Aucune réservation de cette liste ne correspond" in page
    assert 'href="/bookings?whose=company&amp;when=past"' in page


def test_programs_search_too(producer: Browser):
    found = producer.get("/api/v1/bookings?q=montage").json["bookings"]
    assert [line["title"] for line in found] == ["Montage"]


@pytest.mark.parametrize("typed", ["%00", "%27%22%3Cb%3E", "x" * 3000, "%F0%9F%8E%AC", "zq+" * 900])
def test_odd_words_find_nothing_and_break_nothing(producer: Browser, typed: str):
    answer = producer.get(f"/bookings?q={typed}")
    assert answer.status_code in (200, 400)
    assert "<b>Montage</b>" not in answer.text
