"""Bringing a file: what would happen, then all of it or none; nothing is guessed."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from sqlalchemy import func, select

from booking.facilities.queries import by_codes
from booking.kernel.db import db
from booking.reservations.models import Booking, Occurrence
from tests.reservations.desk import Desk
from tests.support.client import Browser

HEAD = "facility;title;start;end;requester"
GOOD = f"""{HEAD}
M-ET1;Étalonnage;2026-11-18T09:00;2026-11-18T12:00;producer@blf.example
M-MI1;Montage, nuit 2;2026-11-19T09:00+01:00;2026-11-19T18:00+01:00;
"""
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20261101T000000Z
DTSTART;TZID=Europe/Brussels:20261118T090000
DTEND;TZID=Europe/Brussels:20261118T110000
RRULE:FREQ=WEEKLY;COUNT=3
SUMMARY:Comité de lecture
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTAMP:20261101T000000Z
DTSTART:20261120T080000Z
DTEND:20261120T090000Z
SUMMARY:Annulé
STATUS:CANCELLED
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def manager(client: Browser) -> Browser:
    client.sign_in("manager@pil.example")
    return client


def count(app) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Booking)) or 0


def bring(browser: Browser, content: str, **more: str) -> tuple[int, str]:
    answer = browser.submit("/imports", {"what": "bookings", "content": content, **more})
    return answer.status_code, " ".join(answer.text.split())


def test_first_what_would_happen_then_all_of_it(app, manager):
    status, text = bring(manager, GOOD)
    assert (status, count(app)) == (200, 0)
    assert "À valider" in text
    assert "Confirmée" in text
    assert 'name="go"' in text
    status, text = bring(manager, GOOD, go="1", approve="1")
    assert (status, count(app)) == (200, 2)
    assert "À valider" not in text
    with app.app_context():
        rows = db.session.execute(select(Booking.title, Booking.requester_id)).all()
    assert [row.title for row in rows] == ["Étalonnage", "Montage, nuit 2"]
    assert rows[0].requester_id != rows[1].requester_id


def test_one_line_that_is_refused_keeps_the_others_out(app, world, clock, manager):
    with app.app_context():
        Desk(app, world, clock).book("post", "M-MI1", "19T12:00", "19T13:00", title="À eux")
    status, text = bring(manager, GOOD, go="1")
    assert (status, count(app)) == (200, 1)
    assert 'name="go"' not in text
    assert "Étalonnage" in text  # the text is there to be mended
    assert text.count('class="field-error"') == 1


def test_lines_of_one_file_stand_in_each_others_way(app, manager):
    twice = GOOD + "M-ET1;Encore;2026-11-18T10:00;2026-11-18T11:00;post@gfe.example\n"
    status, text = bring(manager, twice)
    assert (status, text.count('class="field-error"'), count(app)) == (200, 1, 0)


@pytest.mark.parametrize(
    "line",
    [
        "M-XX9;Titre;2026-11-18T09:00;2026-11-18T12:00;",
        "M-ET1;;2026-11-18T09:00;2026-11-18T12:00;",
        "M-ET1;Titre;tomorrow;2026-11-18T12:00;",
        "M-ET1;Titre;2026-11-18T12:00;2026-11-18T09:00;",
        "M-ET1;Titre;2026-11-18T09:00;2026-11-18T12:00;nobody@blf.example",
        "M-ET1;Titre;2027-03-28T02:30;2027-03-28T05:00;",
        "M-ET1;Titre;2026-11-15T09:00;2026-11-15T12:00;",
    ],
)
def test_what_is_wrong_with_a_line_is_said_beside_it(app, manager, line):
    status, text = bring(manager, f"{HEAD}\n{line}\n", go="1")
    assert (status, count(app)) == (200, 0)
    assert text.count('class="field-error"') == 1


@pytest.mark.parametrize(
    "content",
    [
        "",
        "facility;title;start\nM-ET1;x;y\n",
        HEAD + "\n",
        "start;start;title;facility;end\n1;2\n",
        HEAD + "\n1;2;3;4;5;6\n",
        "BEGIN:VCALENDAR\nnonsense",
    ],
)
def test_what_is_wrong_with_the_file_is_said_and_the_text_stays(app, manager, content):
    status, text = bring(manager, content)
    assert status in (400, 422)
    assert 'role="alert"' in text
    assert count(app) == 0


def test_a_file_in_another_encoding_is_not_guessed_at(manager):
    fields = {"what": "bookings", "file": (BytesIO("é".encode("latin-1")), "x.csv")}
    answer = manager.submit("/imports", fields)
    assert answer.status_code in (400, 422)


def test_columns_that_nobody_reads_are_named(manager):
    _status, text = bring(manager, GOOD.replace("requester", "colour", 1))
    assert "colour" in text.partition('enctype="multipart')[0]


def test_a_calendar_brings_each_of_its_dates(app, manager):
    status, text = bring(manager, CALENDAR, facility="N-RE1", go="1")
    assert (status, count(app)) == (200, 3), text
    assert "Annulé" not in text.partition('enctype="multipart')[0]


def test_a_calendar_that_goes_on_for_ever_hangs_nobody(app, manager):
    endless = CALENDAR.replace("RRULE:FREQ=WEEKLY;COUNT=3", "RRULE:FREQ=SECONDLY")
    status, text = bring(manager, endless, facility="N-RE1", go="1")
    assert (status, count(app)) == (400, 0)
    assert "trop de dates" in text
    assert "RRULE:FREQ=SECONDLY" in text, "it is there to be mended"


def test_what_a_calendar_says_is_not_cut(app, manager):
    long = CALENDAR.replace("Comité de lecture", "C" * 300).replace(
        "STATUS:CANCELLED", "DESCRIPTION:" + "n" * 10_500
    )
    _status, text = bring(manager, long, facility="N-RE1", go="1")
    assert text.count('class="field-error"') == 4, "three titles and a note are too long"
    assert count(app) == 0


def test_hours_without_a_zone_are_those_of_the_facility(app, manager):
    floating = CALENDAR.replace("DTSTART;TZID=Europe/Brussels", "DTSTART").replace(
        "DTEND;TZID=Europe/Brussels", "DTEND"
    )
    bring(manager, floating, facility="N-RE1", go="1")
    skipped = floating.replace("20261118T09", "20270328T02").replace("20261118T11", "20270328T05")
    _status, text = bring(manager, skipped.replace("COUNT=3", "COUNT=1"), facility="N-RE1")
    assert "n’existe pas" in text, "there is no such hour that night"
    with app.app_context():
        first = db.session.scalar(select(func.min(Occurrence.starts)))
    assert first == datetime(2026, 11, 18, 8, tzinfo=UTC).timestamp()


def test_who_does_not_manage_a_room_brings_nothing_into_it(app, client: Browser):
    client.sign_in("manager-n@pil.example")
    status, text = bring(client, GOOD, go="1")
    assert (status, text.count('class="field-error"'), count(app)) == (200, 2, 0)


def test_an_administrator_brings_facilities(app, client: Browser):
    client.sign_in("admin@pil.example")
    rooms = "code,name,site,kind,capacity\nM-ZZ1,Salle neuve,M,meeting,12\nM-ZZ2,Autre,M,attic,\n"
    fields = {"what": "facilities", "content": rooms}
    assert "field-error" in client.submit("/imports", fields).text
    rooms = rooms.replace("attic", "meeting")
    answer = client.submit("/imports", {"what": "facilities", "content": rooms, "go": "1"})
    assert answer.status_code == 200
    with app.app_context():
        made = by_codes(["M-ZZ1", "M-ZZ2"])
    assert {code: room.capacity for code, room in made.items()} == {"M-ZZ1": 12, "M-ZZ2": None}
    assert client.submit("/imports", {**fields, "go": "1"}).text.count("field-error") >= 1


def test_people_who_manage_nothing_are_not_let_in(client: Browser):
    client.sign_in("producer@blf.example")
    assert client.get("/imports").status_code == 403
    assert client.submit("/imports", {"content": GOOD}).status_code == 403


@pytest.mark.parametrize("who", ["manager-n@pil.example", "admin@pil.example"])
@pytest.mark.parametrize("code", ["M-MI1", "M-MI"])
def test_for_others_only_into_what_one_manages_whatever_it_is_called(app, client, who, code):
    """A row of like units is no way round."""
    client.sign_in(who)
    line = f"{code};Montage;2026-11-18T09:00;2026-11-18T12:00;producer@blf.example"
    bring(client, f"{HEAD}\n{line}\n", go="1")
    assert count(app) == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [("\ufeff", "ne peut pas rester vide"), (f'{HEAD}\nM-ET1;"' + "x\n" * 70_000, "guillemet")],
)
def test_what_is_no_table_is_refused_with_a_sentence(manager, content, said):
    status, text = bring(manager, content)
    assert (status, said in text) == (400, True)
