"""Whatever changes what a calendar says: its version moves, and each event that reads otherwise is
newer than it was, or programs keep what they have.
"""

from collections.abc import Callable
from datetime import timedelta

import icalendar
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from booking.core.access import Actor
from booking.core.lifecycle import Verb
from booking.core.scheduling.recurrence import Recurrence
from booking.facilities import queries as facilities
from booking.facilities.actions.facilities import FacilityChange, edit_facility
from booking.facilities.actions.kinds import KindChange, edit_kind
from booking.facilities.actions.sites import SiteChange, edit_site
from booking.feeds import views
from booking.kernel import clock as product_clock
from booking.kernel.remembered import forget_everything
from booking.members.actions import edit_profile, set_locale
from booking.members.actions.companies import CompanyChange, edit_company
from booking.productions import actions as productions
from booking.productions.actions import ProductionChange
from booking.reservations import actions, queries
from booking.reservations.actions import Change, Reach
from tests.support.client import Browser
from tests.support.time import StoppedClock
from tests.support.world import World

PRODUCER, ADMIN = "producer@blf.example", "admin@pil.example"
DAY = ("2026-12-01T09:00", "2026-12-01T13:00")
WEEKLY = Recurrence(rule="FREQ=WEEKLY;COUNT=6")

Address = Callable[[str, str], str]
Book = Callable[..., str]


# ---- other names ------------------------------------------------------------------------------


def rename_site(world: World) -> None:
    site = next(site for site in facilities.sites() if site.code == "M")
    change = SiteChange(name="Autre maison", address="Rue neuve 1, 4020 Liège")
    edit_site(world.actor(ADMIN), site.id, change, product_clock.now())


def rename_facility(world: World) -> None:
    room = next(room for room in facilities.catalogue() if room.code == "M-MI1")
    change = FacilityChange(name="Autre salle", approval="automatic", capacity=4)
    edit_facility(world.actor(ADMIN), room.id, 1, change, {}, product_clock.now())


def rename_kind(world: World) -> None:
    change = KindChange(names={"fr": "Coupe", "en": "Cutting", "nl": "Knippen", "de": "Schnitt"})
    edit_kind(world.actor(ADMIN), world.kinds["editing"], change, product_clock.now())


def rename_company(world: World) -> None:
    edit_company(world.actor(ADMIN), "BLF", CompanyChange(name="Autre SA"), product_clock.now())


def rename_person(world: World) -> None:
    edit_profile(world.actor(PRODUCER), "Camille Autre", product_clock.now())


def rename_production(world: World) -> None:
    change = ProductionChange(code_name="CYGNE", title="Le cygne")
    actor, key = world.actor(PRODUCER), world.productions["HERON"]
    productions.edit(actor, key, change, 1, product_clock.now())


def speak_english(world: World) -> None:
    set_locale(world.actor(PRODUCER), "en", product_clock.now())


@pytest.mark.parametrize("scope", ["me", "company", "facility:M-MI1", "site:M", "kind:editing"])
@pytest.mark.parametrize(
    "rename",
    [
        rename_site,
        rename_facility,
        rename_kind,
        rename_company,
        rename_person,
        rename_production,
        speak_english,
    ],
)
def test_another_name_is_news_to_every_program(
    app: Flask,
    world: World,
    client: Browser,
    address: Address,
    book: Book,
    clock: StoppedClock,
    rename: Callable[[World], None],
    scope: str,
) -> None:
    book(PRODUCER, "M-MI1", *DAY, production="HERON")
    path = address(PRODUCER, scope)
    before = client.get(path)
    clock.advance(minutes=7)
    with app.app_context():
        rename(world)
    after = client.get(path)
    assert after.text != before.text
    assert known(client, path, before) == [200, 200]
    (event,) = icalendar.Calendar.from_ical(after.data).events
    assert (clock.now, clock.now) == (event.DTSTAMP, event["LAST-MODIFIED"].dt)


def known(client: Browser, path: str, before: TestResponse) -> list[int]:
    """What a program is answered that knows a feed by its tag, or by its date alone."""
    tag, date = before.headers["ETag"], before.headers["Last-Modified"]
    asked = ({"If-None-Match": tag}, {"If-Modified-Since": date})
    return [client.get(path, headers=headers).status_code for headers in asked]


# ---- another production -----------------------------------------------------------------------


@pytest.mark.parametrize("smallest", [0, 50_000])
def test_a_booking_joins_and_leaves_productions(
    app: Flask,
    world: World,
    client: Browser,
    address: Address,
    book: Book,
    clock: StoppedClock,
    monkeypatch: pytest.MonkeyPatch,
    smallest: int,
) -> None:
    """Also where feeds are kept in files."""
    monkeypatch.setattr(views, "SMALLEST", smallest)
    number = book(PRODUCER, "M-MI1", *DAY)
    with app.app_context():
        new = ProductionChange(code_name="CYGNE", title="Le cygne")
        productions.create(world.actor(PRODUCER), new, product_clock.now())
    paths = {name: address(PRODUCER, f"production:{name}") for name in ("HERON", "CYGNE")}
    joined = ""
    for name in ("HERON", "CYGNE", ""):
        touched = {one for one in (joined, name) if one}
        before = {one: client.get(paths[one]) for one in touched}
        clock.advance(minutes=3)
        with app.app_context():
            actor, now = world.actor(PRODUCER), product_clock.now()
            actions.change(actor, number, Change(production=name), now)
        for one in touched:
            assert known(client, paths[one], before[one]) == [200, 200], (name, one)
            assert ("Étalonnage" in client.get(paths[one]).text) == (one == name), (name, one)
        joined = name


# ---- one version, one body --------------------------------------------------------------------


def test_every_process_says_the_same_of_who_moved_up_unwritten(
    client: Browser, address: Address, book: Book, clock: StoppedClock
) -> None:
    """An option elsewhere lapses an hour after that before which somebody waits."""
    slot = ("2026-12-17T09:00", "2026-12-17T13:00")
    book(PRODUCER, "M-ET1", *slot, hold="option")
    book("post@gfe.example", "M-ET1", *slot, on_clash="queue")
    clock.advance(hours=1)
    book(PRODUCER, "M-ET2", *slot, hold="option")
    path = address("post@gfe.example", "me")
    for when in ("23T08:30", "23T09:30", "23T10:30"):
        clock.move_to(f"2026-11-{when}")
        remembering = client.get(path)
        forget_everything()
        fresh = client.get(path)
        assert fresh.headers["ETag"] == remembering.headers["ETag"]
        assert fresh.data == remembering.data


# ---- SEQUENCE never falls ---------------------------------------------------------------------


def test_a_series_whose_cancelled_dates_are_forgotten_counts_on(
    app: Flask, world: World, client: Browser, address: Address, book: Book, clock: StoppedClock
) -> None:
    """What was cancelled is shown for thirty days."""
    late = ("2027-01-12T21:00", "2027-01-12T22:00")
    number = book(PRODUCER, "M-MI1", *late, recurrence=WEEKLY)
    path = f"{address(PRODUCER, 'me')}?form=series"
    for place in (1, 3):
        act_on_date(app, world.actor, number, place, Verb.CANCEL)
    first = master(client, path)
    clock.now += timedelta(days=31)
    later = master(client, path)
    assert len(later["EXDATE"]) == 2
    assert later["SEQUENCE"] >= first["SEQUENCE"] == 3


def test_the_deadline_of_fewer_dates_counts_on(
    app: Flask, world: World, client: Browser, address: Address, book: Book, clock: StoppedClock
) -> None:
    number = book(PRODUCER, "M-ET1", *DAY, recurrence=WEEKLY, hold="option")
    path = address(PRODUCER, "me")
    said = [deadline(client, path)]
    for place in (5, 4):
        clock.advance(minutes=1)
        act_on_date(app, world.actor, number, place, Verb.RELEASE)
        said.append(deadline(client, path))
    assert len({event["DESCRIPTION"] for event in said}) == 3
    assert [event["SEQUENCE"] for event in said] == [1, 2, 3]


def act_on_date(
    app: Flask, who: Callable[[str], Actor], number: str, place: int, verb: Verb
) -> None:
    """Do something to one date of a booking of the producer's."""
    with app.app_context():
        actor, now = who(PRODUCER), product_clock.now()
        dates = queries.booking(actor, number, int(now.timestamp())).occurrences
        reach = Reach(scope="this", occurrence=dates[place].id)
        actions.act(actor, number, verb, now, reason="remis", reach=reach)


def master(client: Browser, path: str) -> icalendar.Event:
    """The series object of a feed."""
    found = icalendar.Calendar.from_ical(client.get(path).data).events
    (event,) = [event for event in found if "RRULE" in event]
    return event


def deadline(client: Browser, path: str) -> icalendar.Event:
    """The entry about the clock of an option: it has no room."""
    found = icalendar.Calendar.from_ical(client.get(path).data).events
    (event,) = [event for event in found if "LOCATION" not in event]
    return event
