"""Files to take away: what is in them, who gets which, and nothing that a spreadsheet would run."""

import csv
from io import StringIO

import pytest

from tests.reservations.desk import Desk
from tests.support.client import Browser
from tests.support.statements import statements

PERIOD = "first=2026-11-01&last=2026-11-30"


@pytest.fixture
def booked(app, world, clock):
    with app.app_context():
        desk = Desk(app, world, clock)
        desk.book("producer", "M-ET1", "18T09:00", "18T12:00", title="=HYPERLINK(A1)")
        desk.option("producer", "M-PLA1", "19T22:00", "20T06:00", title="Nuit; suite")
        desk.book("post", "M-MI1", "18T09:00", "18T10:00", title="À eux seuls")


def lines(browser: Browser, address: str) -> list[dict[str, str]]:
    answer = browser.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.content_type.startswith("text/csv; charset=utf-8")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    text = answer.data.decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline=""), delimiter=";"))


def test_a_company_takes_its_bookings_and_nobody_elses(booked, client: Browser):
    client.sign_in("producer@blf.example")
    told = lines(client, f"/exports/bookings.csv?{PERIOD}")
    shown = [
        (one["facility"], one["start_date"], one["start_time"], one["end_date"]) for one in told
    ]
    assert shown == [
        ("M-ET1", "2026-11-18", "09:00", "2026-11-18"),
        ("M-PLA1", "2026-11-19", "22:00", "2026-11-20"),
    ]
    assert [one["title"] for one in told] == ["'=HYPERLINK(A1)", "Nuit; suite"]
    assert [one["minutes"] for one in told] == ["180", "480"]
    assert [one["state"] for one in told] == ["À valider", "1re option"]


def test_a_manager_takes_those_of_their_facilities(booked, client: Browser):
    client.sign_in("manager@pil.example")
    told = lines(client, f"/exports/managed.csv?{PERIOD}")
    assert {one["company"] for one in told} == {"BLF", "GFE"}
    assert lines(client, f"/exports/bookings.csv?{PERIOD}") == []
    client.sign_in("manager-n@pil.example")
    assert lines(client, f"/exports/managed.csv?{PERIOD}") == []


@pytest.mark.parametrize(
    ("who", "refused"),
    [
        ("producer@blf.example", {"managed", "closures", "people"}),
        ("admin@blf.example", {"managed", "closures"}),
        ("manager@pil.example", {"people"}),
        ("admin@pil.example", {"managed"}),
        ("guest@mosel.example", {"managed", "closures", "people"}),
    ],
)
def test_each_role_gets_what_it_may_see(client: Browser, who, refused):
    client.sign_in(who)
    page = client.get("/exports").text
    names = ("bookings", "managed", "facilities", "closures", "people", "productions")
    for name in names:
        address = f"/exports/{name}.csv"
        got = client.get(f"{address}?{PERIOD}").status_code
        assert (got, address in page) == ((403, False) if name in refused else (200, True)), name
    assert client.get("/exports/secrets.csv").status_code == 404


def test_a_company_administrator_sees_their_own_people_only(client: Browser):
    client.sign_in("admin@blf.example")
    assert {one["company"] for one in lines(client, "/exports/people.csv")} == {"BLF"}
    client.sign_in("admin@pil.example")
    assert {one["company"] for one in lines(client, "/exports/people.csv")} > {"BLF", "GFE"}


@pytest.mark.parametrize(
    ("period", "at_fault"),
    [
        ("first=2026-11-30&last=2026-11-01", "last"),
        ("first=yesterday&last=2026-11-01", "first"),
        ("first=1990-01-01&last=2026-11-01", "last"),
        ("", "first"),
    ],
)
def test_what_is_wrong_with_the_period_stands_at_its_field(client: Browser, period, at_fault):
    client.sign_in("producer@blf.example")
    answer = client.get(f"/exports/bookings.csv?{period}")
    assert answer.status_code in (400, 422)
    assert f'id="{at_fault}-bookings-error"' in answer.text


def test_a_file_costs_the_same_for_one_booking_and_for_ten(app, world, clock, client: Browser):
    client.sign_in("producer@blf.example")

    def cost() -> int:
        client.get(f"/exports/bookings.csv?{PERIOD}")
        with statements(app) as sent:
            client.get(f"/exports/bookings.csv?{PERIOD}")
        return len(sent)

    with app.app_context():
        desk = Desk(app, world, clock)
        desk.book("producer", "M-MI1", "18T08:00", "18T09:00")
    one = cost()
    with app.app_context():
        for hour in range(9, 19):
            desk.book("producer", "M-MI1", f"18T{hour:02d}:00", f"18T{hour + 1:02d}:00")
    assert cost() == one <= 5
