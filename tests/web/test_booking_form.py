"""Bad input gets a clear answer at the field, and loses nothing that was typed."""

import re
from typing import Any

import pytest
from flask import Flask
from markupsafe import escape

from tests.support.client import Browser
from tests.support.forms import booking

TITLE = "Un titre que personne ne veut retaper"

BAD = {
    "end before start": ({"end": "08:00"}, 400, "end"),
    "zero length": ({"end": "09:00"}, 400, "end"),
    "30 February": ({"date": "2027-02-30"}, 400, "date"),
    "25:99": ({"start": "25:99"}, 400, "start"),
    "no date": ({"date": ""}, 400, "date"),
    "no start": ({"start": ""}, 400, "start"),
    "a date that is words": ({"end_date": "demain"}, 400, "end_date"),
    "no facility": ({"facility": ""}, 400, "facility"),
    "a facility that does not exist": ({"facility": "M-XYZ"}, 400, "facility"),
    "a title of 10,000 characters": ({"title": "x" * 10_000}, 400, "title"),
    "no title": ({"title": "  "}, 400, "title"),
    "a right-to-left override": ({"title": "abc\u202edef"}, 400, "title"),
    "a NUL": ({"title": "abc\x00def"}, 400, "title"),
    "people that are words": ({"attendees": "douze"}, 400, "attendees"),
    "no people": ({"attendees": "0"}, 400, "attendees"),
    "a production of nobody": ({"production": "NOPE"}, 400, "production"),
    "a skipped hour": (
        {"date": "2027-03-28", "end_date": "2027-03-28", "start": "02:30", "end": "12:00"},
        400,
        "start",
    ),
    "a repeated hour": (
        {"date": "2027-10-31", "end_date": "2027-10-31", "start": "02:30", "end": "12:00"},
        400,
        "start",
    ),
    "year 0001": ({"date": "0001-01-01"}, 400, "start"),
    "year 9999": ({"end_date": "9999-12-31"}, 400, "end"),
}


@pytest.mark.one_engine
@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_answered_at_its_field(producer: Browser, case: str) -> None:
    changed, status, name = BAD[case]
    typed: dict[str, Any] = {**booking(title=TITLE, note="et une note"), **changed}

    answer = producer.submit("/bookings", typed)

    assert answer.status_code == status
    assert _control(answer.text, name), f"no error at {name}"
    for value in typed.values():
        assert str(escape(value)) in answer.text, f"{value!r} was lost"


def _control(page: str, name: str) -> bool:
    """Whether an error is shown at a field (or at the group of a name)."""
    return f'id="{name}-error"' in page


@pytest.mark.one_engine
def test_a_choice_that_is_none_is_refused(producer: Browser) -> None:
    answer = producer.submit("/bookings", booking(title=TITLE, hold="perhaps"))

    assert answer.status_code == 400
    assert _control(answer.text, "hold")
    assert TITLE in answer.text


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"date": "2026-11-02", "end_date": "2026-11-02"}, "2026"),
        ({"start": "05:00"}, "08:00–22:00"),
        ({"attendees": "9"}, "8"),
        ({"date": "2030-11-02", "end_date": "2030-11-02"}, "3"),
        ({"hold": "option", "date": "2026-11-16", "end_date": "2026-11-16", "start": "10:30"}, "2"),
    ],
)
def test_a_rule_is_explained_with_its_limit(
    producer: Browser, changed: dict[str, str], words: str
) -> None:
    answer = producer.submit("/bookings", booking(title=TITLE, **changed))

    assert answer.status_code == 422
    note = re.search(r'<div class="note is-bad.*?</div>', answer.text, re.S)
    assert note is not None
    assert words in note.group()
    assert TITLE in answer.text


@pytest.mark.one_engine
def test_the_repeated_hour_asks_which_one(producer: Browser) -> None:
    night = booking(
        facility="M-PLA", date="2027-10-31", end_date="2027-10-31", start="02:30", end="04:00"
    )
    asked = producer.submit("/bookings", night)
    assert 'name="start_fold" value="0"' in asked.text
    assert 'name="start_fold" value="1"' in asked.text

    first = producer.submit("/bookings", {**night, "start_fold": "0"})
    assert first.status_code == 303
    assert "02:30" in producer.get(first.location).text


@pytest.mark.one_engine
def test_a_title_is_text_whatever_it_holds(producer: Browser) -> None:
    title = "<script>alert('à l’écran')</script> & “guillemets” =1+1"

    booked = producer.submit("/bookings", booking(title=title))

    for path in (booked.location, "/bookings", "/planning?date=2026-11-17"):
        page = producer.get(path).text
        assert "<script>alert" not in page
    assert str(escape(title)) in producer.get(booked.location).text


@pytest.mark.one_engine
def test_extra_fields_change_nothing(producer: Browser, app: Flask) -> None:
    extra = {"state": "confirmed", "company_id": "4", "number": "PIL-2026-77777", "rank": "1"}

    booked = producer.submit("/bookings", booking(**extra))

    assert booked.location == "/bookings/PIL-2026-00001"
    page = producer.get(booked.location).text
    assert "s-requested" in page
    assert "Batte Lune Films" in page


@pytest.mark.one_engine
def test_the_verdict_is_said_before_anything_is_sent(producer: Browser) -> None:
    assert "is-good" in producer.submit("/bookings/check", booking(title="")).text
    producer.submit("/bookings", booking())
    said = producer.submit("/bookings/check", booking(title="", hold="option")).text
    assert "is-option" in said
    assert 'value="queue"' in said
    assert "PIL-2026-00002" not in producer.get("/bookings").text


@pytest.mark.one_engine
def test_the_dialog_gets_the_form_alone_and_an_address_when_booked(producer: Browser) -> None:
    fragment = {"X-Fragment": "dialog"}

    form = producer.get("/bookings/new?facility=M-ET1&start=10:00", headers=fragment)
    assert form.text.lstrip().startswith("<form")

    booked = producer.submit("/bookings", booking(), headers=fragment)
    assert (booked.status_code, booked.location) == (201, "/bookings/PIL-2026-00001")
