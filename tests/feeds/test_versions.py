"""Whatever changes what a calendar says: its version moves, and each event that reads otherwise is
newer than it was, or programs keep what they have.
"""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import icalendar
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from booking.core.access import Actor, Role
from booking.core.lifecycle import Verb
from booking.core.scheduling.recurrence import Recurrence
from booking.facilities import queries as facilities
from booking.facilities.actions.facilities import FacilityChange, edit_facility
from booking.facilities.actions.kinds import KindChange, edit_kind
from booking.facilities.actions.sites import SiteChange, edit_site
from booking.feeds import views
from booking.kernel import clock as product_clock
from booking.kernel.edition import edition
from booking.members.actions import (
    edit_profile,
    end_deputy,
    grant_role,
    name_deputy,
    set_locale,
)
from booking.members.actions.companies import CompanyChange, edit_company
from booking.members.queries import deputies
from booking.productions import actions as productions
from booking.productions.actions import ProductionChange
from booking.reservations import actions, feed, queries
from booking.reservations.actions import Change, Reach
from tests.feeds.conftest import Address, known, stamp_of
from tests.support.client import Browser
from tests.support.time import StoppedClock
from tests.support.world import World

PRODUCER, ADMIN = "producer@blf.example", "admin@pil.example"
MANAGER, BOARD = "manager@pil.example", "board@pil.example"
DAY = ("2026-12-01T09:00", "2026-12-01T13:00")
WEEKLY = Recurrence(rule="FREQ=WEEKLY;COUNT=6")

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


def test_a_new_title_shows_in_every_room_of_a_series(
    app: Flask, world: World, client: Browser, address: Address, book: Book, clock: StoppedClock
) -> None:
    """Also where it was typed for one date, which is in another room."""
    number = book(PRODUCER, "M-MI1", *DAY, recurrence=WEEKLY)
    path = address(PRODUCER, "facility:M-MI1")
    with app.app_context():
        actor, now = world.actor(PRODUCER), product_clock.now()
        dates = queries.booking(actor, number, int(now.timestamp())).occurrences
        third = Reach(scope="this", occurrence=dates[2].id)
        actions.change(actor, number, Change(facilities=("M-MI2",)), now, reach=third)
        before = client.get(path)
        now = clock.advance(minutes=3)
        actions.change(actor, number, Change(title="Mixage"), now, reach=third)
    assert known(client, path, before) == [200, 200]
    assert client.get(path).text.count("SUMMARY:Mixage") == 5


def test_a_new_title_shows_in_every_room_of_a_series_of_which_one_date_moves(
    app: Flask, world: World, client: Browser, address: Address, book: Book, clock: StoppedClock
) -> None:
    """And in the production that the booking joins with it."""
    number = book(PRODUCER, "M-MI1", *DAY, recurrence=WEEKLY)
    paths = [address(PRODUCER, scope) for scope in ("facility:M-MI1", "production:HERON")]
    with app.app_context():
        actor, now = world.actor(PRODUCER), product_clock.now()
        third = queries.booking(actor, number, int(now.timestamp())).occurrences[2].id
        reach = Reach(scope="this", occurrence=third)
        actions.change(actor, number, Change(facilities=("M-MI2",)), now, reach=reach)
        before = {path: client.get(path) for path in paths}
        now = clock.advance(minutes=3)
        both = Change(title="Mixage", production="HERON", facilities=("N-RE1",))
        actions.change(actor, number, both, now, reach=reach)
    for path, dates in zip(paths, (5, 6), strict=True):
        assert known(client, path, before[path]) == [200, 200]
        assert client.get(path).text.count("SUMMARY:Mixage") == dates


def test_what_strangers_may_is_news_to_nobody_else(
    app: Flask, world: World, client: Browser, address: Address, book: Book, clock: StoppedClock
) -> None:
    """A role or an invitation moves the calendars of who has it, and no others."""
    book(PRODUCER, "M-ET1", *DAY)
    paths = {who: address(who, "facility:M-ET1") for who in (PRODUCER, BOARD)}
    before = {path: client.get(path) for path in paths.values()}
    clock.advance(minutes=3)
    with app.app_context():
        admin, room = world.actor(ADMIN), world.facilities["M-ET1"]
        grant_role(
            admin, world.users[BOARD], Role.FACILITY_MANAGER, product_clock.now(), facility_id=room
        )
        heron, guest = world.productions["HERON"], "post@gfe.example"
        productions.invite(world.actor(PRODUCER), heron, guest, product_clock.now())
    assert known(client, paths[PRODUCER], before[paths[PRODUCER]]) == [304, 304]
    assert known(client, paths[BOARD], before[paths[BOARD]]) == [200, 200]


@pytest.mark.parametrize("smallest", [0, views.SMALLEST])
def test_a_calendar_is_read_anew_after_an_update_and_under_another_name_of_the_site(
    app: Flask,
    client: Browser,
    address: Address,
    book: Book,
    monkeypatch: pytest.MonkeyPatch,
    smallest: int,
) -> None:
    """Feeds hold texts and links: what another edition would say otherwise is not kept."""
    monkeypatch.setattr(views, "SMALLEST", smallest)
    book(PRODUCER, "M-MI1", *DAY)
    path = address(PRODUCER, "me")
    first = client.get(path)
    monkeypatch.setitem(app.extensions, views.EDITION, "c0ffee00")
    assert known(client, path, first)[0] == 200
    second = client.get(path)
    monkeypatch.setitem(app.config, "PUBLIC_URL", "https://salles.example")
    assert known(client, path, second)[0] == 200
    assert "https://salles.example/bookings/" in client.get(path).text


def test_what_another_edition_writes_is_new(
    app: Flask, client: Browser, address: Address, book: Book, clock: StoppedClock
) -> None:
    """For programs that look at an event again only where it says that it changed."""
    book(PRODUCER, "M-MI1", *DAY)
    path = address(PRODUCER, "me")
    with app.app_context():
        assert feed.note_edition("one", clock.now)
    for edition_, news in (("one", False), ("two", True), ("two", False)):
        before = client.get(path)
        clock.advance(minutes=3)
        with app.app_context():
            assert feed.note_edition(edition_, clock.now) == news
        assert known(client, path, before) == ([200, 200] if news else [304, 304])
        stamps = [stamp_of(answer) for answer in (before, client.get(path))]
        assert (stamps[0] < stamps[1]) == news


def test_editions_differ_by_code_and_translations(tmp_path: Path) -> None:
    def of(**files: str) -> str:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        for name, content in files.items():
            file = folder / name.replace("_", ".")
            file.parent.mkdir(exist_ok=True)
            file.write_text(content)
        return edition(folder)

    assert of(words_py="a", fr_mo="b") == of(words_py="a", fr_mo="b", note_txt="c")
    assert len({of(words_py="a"), of(words_py="b"), of(other_py="a"), of(words_mo="a")}) == 4


def test_a_deputy_sees_what_a_deputy_may_from_the_first_second_to_the_last(
    app: Flask, world: World, client: Browser, address: Address, book: Book, clock: StoppedClock
) -> None:
    """Also in programs that ask by the time of the last change alone."""
    book(PRODUCER, "M-ET1", *DAY, title="Bobine")
    path = address(BOARD, "facility:M-ET1")
    board = world.users[BOARD]

    def saw(title: bool) -> TestResponse:
        """The calendar, with the title or without; then some time passes."""
        answer = client.get(path)
        assert ("Bobine" in answer.text) == title
        clock.advance(minutes=3)
        return answer

    first = saw(False)
    day = date(2026, 11, 16)
    with app.app_context():
        name_deputy(world.actor(MANAGER), board, day, day, "Europe/Brussels", clock.now)
    assert known(client, path, first) == [200, 200]
    second = saw(True)
    with app.app_context():
        (absence,) = deputies(world.actor(MANAGER), int(clock.now.timestamp()))
        end_deputy(world.actor(MANAGER), board, absence.starts, clock.now)
    assert known(client, path, second) == [200, 200]
    saw(False)
    day = date(2026, 11, 18)
    with app.app_context():
        name_deputy(world.actor(MANAGER), board, day, day, "Europe/Brussels", clock.now)
    for midnight, sees in (("2026-11-18T00:00", True), ("2026-11-19T00:00", False)):
        clock.move_to(midnight)
        clock.advance(seconds=-1)
        before = saw(not sees)
        clock.move_to(midnight)
        assert known(client, path, before) == [200, 200]
        saw(sees)


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
