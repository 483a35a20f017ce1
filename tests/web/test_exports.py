"""Files to take away: what is in them, who gets which, and nothing that a spreadsheet would run."""

import csv
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from booking.facilities.actions import set_active
from booking.facilities.models import AttributeDefinition, AttributeValue, Closure
from booking.kernel import clock as house_clock
from booking.kernel.db import db
from booking.kernel.transaction import transaction
from booking.wording.exports import EXPORTS
from tests.reservations.desk import Desk
from tests.support.client import Browser
from tests.support.scene import PEOPLE, PEOPLE_OF_IT, SECRETS, stage
from tests.support.statements import statements

PERIOD = "first=2026-11-01&last=2026-11-30"
BOM = b"\xef\xbb\xbf"
OF_ADMINISTRATORS = {"sites", "kinds", "groups"}
OF_MANAGERS = {"closures", "past_closures", "opening_hours", "attributes", "rules", "bundles"}
OF_MANAGERS |= {"licences"}
NOT_OF_MEMBERS = OF_ADMINISTRATORS | OF_MANAGERS | {"managed", "managed_history"}


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


def test_a_company_takes_what_happened_to_its_bookings(app, world, clock, client: Browser):
    with app.app_context():
        desk = Desk(app, world, clock)
        first = desk.option("producer", "M-CIN", "25T09:00", "25T12:00", title="Projection")
        second = desk.option("post", "M-CIN", "25T09:00", "25T12:00", title="À eux seuls")
        desk.act("post", second, "challenge")
        clock.advance(minutes=90)
        desk.act("producer", first, "release")
        desk.book("producer", "M-MI1", "2026-12-18T09:00", "2026-12-18T10:00")
    client.sign_in("producer@blf.example")
    told = lines(client, f"/exports/history.csv?{PERIOD}")
    assert {one["number"] for one in told} == {first}
    assert [(one["event"], one["who"]) for one in told] == [
        ("requested", "Camille Laurent"),
        ("challenged", ""),
        ("released", "Camille Laurent"),
    ]
    assert told[-1]["at"] == "2026-11-16T10:30:00+01:00"
    assert told[-1]["event_name"] == "Libérée"
    said = client.get(f"/exports/history.csv?{PERIOD}").text
    for secret in (second, "À eux seuls", "Jonas Peeters", "Grain Fin"):
        assert secret not in said
    client.sign_in("manager@pil.example")
    assert {one["number"] for one in lines(client, f"/exports/managed_history.csv?{PERIOD}")} == {
        first,
        second,
    }


@pytest.mark.parametrize(
    ("who", "refused"),
    [
        ("producer@blf.example", NOT_OF_MEMBERS | {"people"}),
        ("admin@blf.example", NOT_OF_MEMBERS),
        ("guest@mosel.example", NOT_OF_MEMBERS | {"people"}),
        ("board@pil.example", NOT_OF_MEMBERS | {"people"}),
        ("manager@pil.example", OF_ADMINISTRATORS | {"people"}),
        ("manager-n@pil.example", OF_ADMINISTRATORS | {"people"}),
        ("admin@pil.example", {"managed", "managed_history"}),
    ],
)
def test_each_role_gets_what_it_may_see(client: Browser, who, refused):
    client.sign_in(who)
    page = client.get("/exports").text
    for name in EXPORTS:
        address = f"/exports/{name}.csv"
        got = client.get(f"{address}?{PERIOD}").status_code
        assert (got, address in page) == ((403, False) if name in refused else (200, True)), name
    assert client.get("/exports/secrets.csv").status_code == 404
    assert set(unpacked(client)) == {f"{name}.csv" for name in EXPORTS.keys() - refused}


def unpacked(browser: Browser) -> dict[str, bytes]:
    """The files of the archive of everything, by name."""
    answer = browser.get(f"/exports/everything.zip?{PERIOD}")
    assert (answer.status_code, answer.content_type) == (200, "application/zip")
    assert answer.headers["Cache-Control"] == "no-store"
    with ZipFile(BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_archive_holds_the_same_files_as_the_page(booked, client: Browser):
    client.sign_in("producer@blf.example")
    for name, content in unpacked(client).items():
        assert content == client.get(f"/exports/{name}?{PERIOD}").data, name
        assert content.startswith(BOM)


@pytest.mark.parametrize("part", ["competitor", "board", "other_manager", "administrator"])
def test_no_file_tells_a_secret(app, world, client: Browser, part):
    """The guest was invited to it, the manager decides about it."""
    stage(app, world)
    client.sign_in(PEOPLE[part])
    told = b"".join(unpacked(client).values()).decode()
    hidden = SECRETS if part in ("other_manager", "administrator") else SECRETS + PEOPLE_OF_IT
    assert [secret for secret in hidden if secret in told] == []


@pytest.mark.parametrize("part", ["owner", "manager"])
def test_the_files_tell_those_whom_it_concerns(app, world, client: Browser, part):
    stage(app, world)
    client.sign_in(PEOPLE[part])
    assert SECRETS[0] in b"".join(unpacked(client).values()).decode()


def test_a_manager_takes_what_they_look_after_and_nothing_else(app, world, client: Browser):
    stage(app, world)
    with app.app_context():
        _describe(world)
    client.sign_in("manager@pil.example")
    every = {one["facility"] for one in lines(client, "/exports/opening_hours.csv")}
    assert every > {"M-ET1", "N-RE1"}
    assert [one["facility"] for one in lines(client, "/exports/closures.csv")] == ["M-CIN"]
    assert [one["rule"] for one in lines(client, "/exports/rules.csv")] == ["notice"]
    assert [tuple(one.values()) for one in lines(client, "/exports/attributes.csv")] == [
        ("M-ET1", "hdr", "HDR", "1", "")
    ]
    client.sign_in("manager-n@pil.example")
    assert {one["facility"] for one in lines(client, "/exports/opening_hours.csv")} == {
        code for code in every if code.startswith("N-")
    }
    for name in ("closures", "rules", "attributes"):
        assert lines(client, f"/exports/{name}.csv") == [], name


@transaction
def _describe(world) -> None:
    definition = db.session.scalars(select(AttributeDefinition.id)).one()
    room = world.facilities["M-ET1"]
    db.session.add(AttributeValue(facility_id=room, definition_id=definition, value=True))


def test_an_administrator_takes_how_the_house_is_made(app, world, client: Browser):
    stage(app, world)
    client.sign_in("admin@pil.example")
    assert [one["code"] for one in lines(client, "/exports/sites.csv")] == ["M", "N"]
    assert {one["code"] for one in lines(client, "/exports/kinds.csv")} == set(world.kinds)
    assert [one["units"] for one in lines(client, "/exports/groups.csv")] == ["M-MI1, M-MI2"]
    assert {one["code"] for one in lines(client, "/exports/companies.csv")} == set(world.companies)
    bundle = lines(client, "/exports/bundles.csv")
    assert [(one["code"], one["item"]) for one in bundle] == [("SCREEN", "M-CIN")]
    licence = lines(client, "/exports/licences.csv")
    assert [(one["code"], one["email"]) for one in licence] == [("grip", PEOPLE["colleague"])]


def test_a_company_is_told_of_itself_only(client: Browser):
    for who, code in (("producer@blf.example", "BLF"), ("guest@mosel.example", "MOSEL")):
        client.sign_in(who)
        assert [one["code"] for one in lines(client, "/exports/companies.csv")] == [code]


def test_closures_that_are_over_are_told_of_the_days_they_ended_on(app, world, client: Browser):
    with app.app_context():
        _shut(world, "M-CIN", days_ago=3, reason="=Lampe")
        _shut(world, "M-ET1", days_ago=300, reason="Peinture")
        _shut(world, "M-ET1", days_ago=-3, reason="À venir")
    client.sign_in("manager@pil.example")
    year = "first=2026-01-01&last=2026-12-31"
    told = lines(client, f"/exports/past_closures.csv?{year}")
    assert [one["reason"] for one in told] == ["Peinture", "'=Lampe"]
    assert lines(client, "/exports/past_closures.csv?first=2026-06-01&last=2026-06-30") == []
    client.sign_in("manager-n@pil.example")
    assert lines(client, f"/exports/past_closures.csv?{year}") == []


@transaction
def _shut(world, code: str, *, days_ago: int, reason: str) -> None:
    """For an hour."""
    ends = int(house_clock.now().timestamp()) - days_ago * 86400
    room = world.facilities[code]
    db.session.add(Closure(facility_id=room, starts=ends - 3600, ends=ends, reason=reason))


def test_what_is_out_of_service_is_for_those_who_look_after_it(app, world, client: Browser):
    with app.app_context():
        room, admin = world.facilities["M-PLA"], world.actor(PEOPLE["administrator"])
        set_active(admin, room, 1, False, house_clock.now())
    for who, told in (("producer@blf.example", False), ("manager@pil.example", True)):
        client.sign_in(who)
        codes = {one["code"] for one in lines(client, "/exports/facilities.csv")}
        assert ("M-PLA" in codes) is told, who


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


@pytest.mark.parametrize("name", ["bookings", "history"])
def test_a_file_costs_the_same_for_one_booking_and_for_ten(
    app, world, clock, client: Browser, name
):
    client.sign_in("producer@blf.example")

    def cost() -> int:
        client.get(f"/exports/{name}.csv?{PERIOD}")
        with statements(app) as sent:
            client.get(f"/exports/{name}.csv?{PERIOD}")
        return len(sent)

    with app.app_context():
        desk = Desk(app, world, clock)
        desk.book("producer", "M-MI1", "18T08:00", "18T09:00")
    one = cost()
    with app.app_context():
        for hour in range(9, 19):
            desk.book("producer", "M-MI1", f"18T{hour:02d}:00", f"18T{hour + 1:02d}:00")
    assert cost() == one <= 5


def test_what_moved_up_unnoticed_is_told_as_it_stands(app, world, clock, client: Browser):
    with app.app_context():
        desk = Desk(app, world, clock)
        desk.option("producer", "M-MI1", "25T09:00", "25T13:00")
        clock.advance(hours=1)
        desk.book("post", "M-MI1", "25T09:00", "25T13:00", on_clash="queue")
        desk.option("post", "M-ET1", "26T09:00", "26T13:00")
    clock.advance(days=7)
    client.sign_in("post@gfe.example")
    told = lines(client, f"/exports/bookings.csv?{PERIOD}")
    assert [one["state"] for one in told] == ["Confirmée", "Expirée"]


@pytest.mark.parametrize(
    "title", ["\uff1d1+1", "\uff20SUM(A1)", "\uff0d1", "\u00a0=1+1", "  @SUM(A1)"]
)
def test_formulas_in_disguise_are_texts(app, world, clock, client: Browser, title: str):
    """Full-width signs and blanks before them are nothing to a spreadsheet."""
    with app.app_context():
        Desk(app, world, clock).book("producer", "M-MI1", "25T09:00", "25T13:00", title=title)
    client.sign_in("producer@blf.example")
    (told,) = lines(client, f"/exports/bookings.csv?{PERIOD}")
    assert told["title"] in (f"'{title}", f"'{title.strip()}")


@pytest.mark.parametrize("year", ["9" * 5000, "20260", "0"])
def test_figures_of_no_year_are_not_found(client: Browser, year: str):
    client.sign_in("board@pil.example")
    assert client.get(f"/occupancy?year={year}").status_code == 404
