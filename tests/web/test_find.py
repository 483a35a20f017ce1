"""Finding a room: what is offered leads to the form, what is wrong is said at its field."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from sqlalchemy import insert, update

from booking.facilities import actions as facility_actions
from booking.facilities.actions.rules import RuleChange
from booking.facilities.models import AttributeDefinition, AttributeValue, Facility
from booking.kernel.db import db
from tests.reservations.desk import Desk
from tests.support.client import Browser
from tests.support.scene import PEOPLE_OF_IT, SECRETS, stage
from tests.support.statements import statements
from tests.web.test_pools import turn

WEEK = {"first": "2026-11-17", "last": "2026-11-18", "length": "4", "kind": "grading"}


def ask(browser: Browser, status: int = 200, **asked: Any) -> str:
    answer = browser.get(f"/find?{urlencode({**WEEK, **asked}, doseq=True)}")
    assert answer.status_code == status
    return " ".join(answer.text.split())


def links(text: str, start: str) -> list[str]:
    found = re.findall(r'href="([^"]+)"', text[text.find('id="found"') :])
    return [unescape(link) for link in found if unescape(link).startswith(start)]


def facilities(text: str) -> list[str]:
    return [link.rpartition("/")[2] for link in links(text, "/facilities/")]


def taken(app, world, clock, *spans: str, codes: str = "M-ET1 M-ET2") -> None:
    with app.app_context():
        desk = Desk(app, world, clock)
        for day in spans:
            desk.book("post", codes, f"{day}T08:00", f"{day}T20:00")
        db.session.remove()


def test_the_first_look_searches_this_week_and_the_next(producer):
    text = " ".join(producer.get("/find").text.split())
    assert 'value="2026-11-16"' in text
    assert 'value="2026-11-29"' in text
    assert facilities(text)
    assert links(text, "/bookings/new?")


def test_a_slot_leads_to_the_form_filled_in(producer):
    text = ask(producer, people=6)
    assert facilities(text) == ["M-ET1"]
    first = links(text, "/bookings/new?")[0]
    assert dict(parse_qsl(urlsplit(first).query)) == {
        "facility": "M-ET1",
        "date": "2026-11-17",
        "start": "09:00",
        "end_date": "2026-11-17",
        "end": "13:00",
    }
    assert "mar. 17 nov., 09:00–13:00" in text
    page = producer.get(first).text
    assert 'value="2026-11-17"' in page


def test_the_smallest_comes_first_and_the_address_is_the_state(producer):
    text = ask(producer, people=4, site="M", after="10:00", before="15:00")
    assert facilities(text) == ["M-ET2", "M-ET1"]
    assert "10:00–14:00" in text
    for value in ('<option value="grading" selected>', '<option value="M" selected>'):
        assert value in text
    assert 'value="4"' in text


def test_any_hour_and_whole_days(producer):
    assert "08:00–12:00" in ask(producer, after="", before="")
    text = ask(producer, length="2", unit="days", after="", before="")
    assert "mar. 17 nov., 09:00 – mer. 18 nov., 18:00" in text
    assert '<option value="09:00" selected>' in text


def test_equipment_of_the_kind_can_be_asked_for(app, world, producer):
    with app.app_context():
        kind = {"kind_id": world.kinds["grading"]}
        hdr = AttributeDefinition(code="hdr", names={"fr": "HDR"}, value_type="boolean", **kind)
        screen = AttributeDefinition(
            code="screen", names={"fr": "Écran"}, value_type="choice", choices=["2K", "4K"], **kind
        )
        db.session.add_all([hdr, screen])
        db.session.flush()
        room = world.facilities["M-ET2"]
        for row, value in ((hdr, True), (screen, "4K")):
            db.session.add(AttributeValue(facility_id=room, definition_id=row.id, value=value))
        db.session.commit()
    assert facilities(ask(producer)) == ["M-ET1", "M-ET2"]
    text = ask(producer, has=["hdr", "screen:4K"])
    assert facilities(text) == ["M-ET2"]
    assert 'value="hdr" checked' in text
    assert '<option value="screen:4K" selected>' in text
    assert facilities(ask(producer, kind="stage", has=["hdr"])) != []
    text = ask(producer, has=["hdr", "screen:2K"])
    assert links(text, "/find?")[0].endswith("&has=hdr#found")


BAD = {
    "30 February": ({"first": "2026-02-30"}, "first"),
    "no day": ({"last": ""}, "last"),
    "end before start": ({"last": "2026-11-16"}, "last"),
    "over": ({"first": "2026-11-01", "last": "2026-11-02"}, "last"),
    "too many days": ({"last": "2027-11-02"}, "last"),
    "year 9999": ({"first": "9999-12-31", "last": "9999-12-31"}, "first"),
    "0 minutes": ({"length": "0", "unit": "minutes"}, "length"),
    "words for a length": ({"length": "quatre"}, "length"),
    "infinitely long": ({"length": "1e9"}, "length"),
    "half a day": ({"length": "0.5", "unit": "days"}, "length"),
    "longer than the days": ({"length": "49", "after": "", "before": ""}, "length"),
    "longer than the hours": ({"length": "10"}, "length"),
    "a unit that is none": ({"unit": "years"}, "unit"),
    "text for people": ({"people": "douze"}, "people"),
    "nobody": ({"people": "0"}, "people"),
    "25:99": ({"after": "25:99"}, "after"),
    "hours backwards": ({"after": "18:00", "before": "09:00"}, "before"),
    "a kind of nobody": ({"kind": "nothing"}, "kind"),
    "a site of nobody": ({"site": "X"}, "site"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(producer, case):
    changed, name = BAD[case]
    asked = {"people": "3", "after": "09:00", "before": "18:00", "unit": "hours", **changed}
    text = ask(producer, 400, **asked)
    assert f'id="{name}-error"' in text
    assert text.count('class="field-error"') == 1
    for field, value in {**WEEK, **asked}.items():
        if field not in ("kind", "site", "unit"):
            assert f">{value}<" in text or f'value="{value}"' in text, f"{field} was lost"


@pytest.fixture
def pool(app) -> None:
    """N-RE1 is a pool of ten; its kind is that of meeting rooms."""
    with app.app_context():
        turn("N-RE1", 10)


@pytest.mark.usefixtures("pool")
def test_of_a_pool_an_amount_is_asked_for(app, world, clock, producer):
    with app.app_context():
        desk = Desk(app, world, clock)
        desk.book("post", "N-RE1", "17T09:00", "17T12:00", amounts={"N-RE1": 4})
        db.session.remove()
    pools = {"kind": "meeting", "last": "2026-11-17"}
    text = ask(producer, **pools)
    assert 'name="amount"' in text
    assert "1 sur 10" in text
    text = ask(producer, **pools, amount="7")
    (first, *_) = links(text, "/bookings/new?")
    asked = dict(parse_qsl(urlsplit(first).query))
    assert (asked["start"], asked["amount"]) == ("12:00", "7")
    assert re.search(r'name="amount"[^>]*value="7"', producer.get(first).text)
    text = ask(producer, **pools, amount="11")
    assert "le plus grand en a 10" in text


@pytest.mark.usefixtures("pool")
@pytest.mark.parametrize("amount", ["0", "dix", "1.5"])
def test_a_wrong_amount_is_said_at_its_field(producer, amount):
    text = ask(producer, 400, kind="meeting", amount=amount)
    assert 'id="amount-error"' in text
    assert f'value="{amount}"' in text


@pytest.mark.usefixtures("pool")
def test_an_amount_is_forgotten_with_its_kind(producer):
    text = ask(producer, kind="grading", amount="7")
    assert 'name="amount"' not in text
    assert facilities(text) == ["M-ET1", "M-ET2"]
    assert all("amount" not in link for link in links(text, "/"))


def test_rules_alone_stand_in_the_way(app, world, clock, producer):
    with app.app_context():
        change = RuleChange(value=120)
        admin = world.actor("admin@pil.example")
        kind = world.kinds["grading"]
        facility_actions.add_rule(admin, "longest", change, clock.now, kind_id=kind)
        db.session.remove()
    text = ask(producer)
    assert "leurs règles s’y opposent" in text
    (shorter,) = links(text, "/find?")
    assert "length=2" in shorter
    assert links(producer.get(shorter).text, "/bookings/new?")


# ---- nothing fits ---------------------------------------------------------------------------


def test_taken_another_day_or_a_shorter_one(app, world, clock, producer):
    taken(app, world, clock, "17", "18")
    text = ask(producer)
    assert "aucun n’est libre" in text
    ways = [dict(parse_qsl(urlsplit(way).query)) for way in links(text, "/find?")]
    assert [way["first"] for way in ways] == ["2026-11-19"]
    later = producer.get(links(text, "/find?")[0])
    assert facilities(later.text) == ["M-ET1", "M-ET2"]


def test_a_shorter_one_fits(app, world, clock, producer):
    taken(app, world, clock, "17", "18")
    text = ask(producer, after="", before="")
    ways = links(text, "/find?")
    shorter = [way for way in ways if "length=1.75" in way]
    assert len(shorter) == 1
    assert links(producer.get(shorter[0]).text, "/bookings/new?")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"kind": "stage", "site": "N", "people": "40"}, {"site": "M", "people": "40"}),
        ({"people": "12"}, {"people": "8"}),
    ],
)
def test_another_room_in_one_click(producer, asked, expected):
    text = ask(producer, **asked)
    way = links(text, "/find?")[0]
    assert expected.items() <= dict(parse_qsl(urlsplit(way).query)).items()
    assert links(producer.get(way).text, "/bookings/new?")


def test_one_facility_can_be_searched(app, world, clock, producer):
    assert facilities(ask(producer, kind="", facility="M-ET2")) == ["M-ET2"]
    taken(app, world, clock, "17", "18", codes="M-ET2")
    text = ask(producer, kind="", facility="M-ET2")
    assert "facility=M-ET1" in links(text, "/find?")[0]


# ---- who sees what --------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["post@gfe.example", "guest@mosel.example", "board@pil.example"])
def test_nobody_learns_who_is_there(app, world, client, who):
    stage(app, world)
    client.sign_in(who)
    own = "guest" in who
    text = ask(client, first="2026-11-18", last="2026-11-18", length="8")
    assert not any(secret in text for secret in (*SECRETS, *PEOPLE_OF_IT))
    assert own or "Zorgblat" not in client.get("/facilities/M-ET1").text


def test_those_who_may_not_book_see_slots_without_links(client):
    client.sign_in("board@pil.example")
    text = ask(client)
    assert "mar. 17 nov., 09:00–13:00" in text
    assert links(text, "/bookings/new") == []


def test_guests_are_not_offered_what_they_may_not_book(app, client):
    with app.app_context():
        db.session.execute(
            update(Facility).where(Facility.code == "M-ET1").values(guests_allowed=False)
        )
        db.session.commit()
    client.sign_in("guest@mosel.example")
    assert facilities(ask(client)) == ["M-ET2"]


def test_a_facility_says_when_it_is_free_next(producer):
    text = " ".join(producer.get("/facilities/M-ET1").text.split())
    assert 'href="/find?facility=M-ET1"' in text
    assert text.count("/bookings/new?facility=M-ET1&amp;date=") == 3
    assert "mar. 17 nov., 08:00–10:00" in text


@pytest.mark.both_engines
@pytest.mark.parametrize("people", ["", "1000"])
def test_it_costs_the_same_for_one_facility_and_for_thirty(app, world, producer, people):
    def cost() -> int:
        address = f"/find?{urlencode({'kind': 'grading', 'people': people})}"
        producer.get(address)
        with statements(app) as sent:
            assert producer.get(address).status_code == 200
        return len(sent)

    with app.app_context():
        db.session.execute(update(Facility).where(Facility.code == "M-ET2").values(active=False))
        db.session.commit()
    one = cost()
    with app.app_context():
        for number in range(30):
            room = {"code": f"M-X{number}", "name": "X", "site_id": world.sites["M"]}
            db.session.execute(insert(Facility).values(**room, kind_id=world.kinds["grading"]))
        db.session.commit()
    assert one == cost() <= 16
