"""Feeds over many facilities, of productions, of what waits: what each shows, and to whom."""

from dataclasses import replace
from datetime import datetime

import pytest
from flask_babel import force_locale, gettext
from sqlalchemy import delete

from booking.facilities.actions.facilities import set_active
from booking.kernel import clock as product_clock
from booking.kernel.db import db
from booking.members.actions import edit_profile
from booking.members.models import RoleAssignment
from booking.productions import actions as productions
from booking.productions.actions import ProductionChange, uninvite
from booking.reservations import actions, feed, lists
from booking.reservations.actions import Change
from booking.reservations.wish import BookingRequest
from tests.feeds.conftest import bookings

PRODUCER, OTHER, MANAGER = "producer@blf.example", "post@gfe.example", "manager@pil.example"
GUEST, NORTH = "guest@mosel.example", "manager-n@pil.example"
DAY = ("2026-12-01T09:00", "2026-12-01T13:00")


@pytest.fixture
def said(address, read):
    """`said(PRODUCER, "site:M")`: the summaries of that feed in its order."""

    def get(who, scope):
        return [str(event["SUMMARY"]) for event in bookings(read(address(who, scope)))]

    return get


@pytest.fixture
def french(app):
    def say(text, **params):
        with app.test_request_context(), force_locale("fr"):
            return gettext(text, **params)

    return say


def test_site_and_kind_name_the_room_even_where_they_name_nothing_else(book, said, french):
    book(OTHER, "M-ET1", *DAY)
    book(OTHER, "M-ET2", *DAY, hold="option")
    book(PRODUCER, "M-MI1", *DAY, title="Montage")
    book(OTHER, "N-RE1", *DAY)
    occupied = f"{french('Occupied')} · Étalonnage 1 (projection)"
    option = f"{french('Option %(rank)s', rank=1)} · Étalonnage 2 (moniteur HDR)"
    mine = "Montage · Montage image 1 · Batte Lune Films"
    assert sorted(said(PRODUCER, "site:M")) == sorted([occupied, option, mine])
    assert sorted(said(PRODUCER, "kind:grading")) == sorted([occupied, option])
    assert said(PRODUCER, "site:N") == [f"{french('Occupied')} · Salle de réunion 1"]


def test_masked_bundle_is_as_many_events_as_rooms(app, world, address, book, read):
    """Nothing says that two rooms are taken by one and the same booking."""
    with app.app_context():
        wish = BookingRequest(
            facilities=("M-ET1", "M-MI1"),
            title="Lot",
            start=datetime.fromisoformat(DAY[0]),
            end=datetime.fromisoformat(DAY[1]),
        )
        actions.request(world.actor(OTHER), wish, product_clock.now())
    masked = bookings(read(address(PRODUCER, "site:M")))
    assert len({str(event["UID"]) for event in masked}) == len(masked) == 2
    assert len(bookings(read(address(OTHER, "site:M")))) == 1


def test_divisible_stage_is_one_event_for_the_site(book, said, french):
    book(OTHER, "M-PLA", *DAY)
    assert said(PRODUCER, "site:M") == [f"{french('Occupied')} · Plateau A"]
    assert said(PRODUCER, "kind:stage") == [f"{french('Occupied')} · Plateau A"]


def test_production_shows_its_bookings_to_those_invited(book, said, address, client):
    book(PRODUCER, "M-MI1", *DAY, title="Avec", production="HERON")
    book(PRODUCER, "M-MI2", *DAY, title="Sans")
    for reader in (PRODUCER, "colleague@blf.example", GUEST):
        assert said(reader, "production:HERON") == ["Avec · Montage image 1"]
    for stranger in (OTHER, MANAGER, "board@pil.example", "admin@pil.example"):
        assert client.get(address(stranger, "production:HERON")).status_code == 410


def test_site_and_kind_have_no_room_that_was_given_up(app, world, book, said):
    """Its own calendar stays for who has it, with what is still booked there."""
    book(OTHER, "M-ET1", *DAY)
    book(OTHER, "M-ET2", *DAY)
    assert [len(said(PRODUCER, scope)) for scope in ("site:M", "kind:grading")] == [2, 2]
    with app.app_context():
        admin, room = world.actor("admin@pil.example"), world.facilities["M-ET2"]
        set_active(admin, room, 1, False, product_clock.now())
    assert [len(said(PRODUCER, scope)) for scope in ("site:M", "kind:grading")] == [1, 1]
    assert len(said(PRODUCER, "facility:M-ET2")) == 1


def test_production_feed_ends_with_the_invitation(app, world, address, client):
    path = address(GUEST, "production:HERON")
    assert client.get(path).status_code == 200
    with app.app_context():
        guest = world.users[GUEST]
        heron = world.productions["HERON"]
        uninvite(world.actor(PRODUCER), heron, guest, product_clock.now())
    assert client.get(path).status_code == 410


def test_a_production_keeps_its_address_under_another_code_name(
    app, world, address, book, client, clock
):
    book(PRODUCER, "M-MI1", *DAY, production="HERON")
    path, heron = address(PRODUCER, "production:HERON"), world.productions["HERON"]
    with app.app_context():
        actor, now = world.actor(PRODUCER), product_clock.now()
        renamed = ProductionChange(code_name="CIGOGNE", title="Le héron")
        productions.edit(actor, heron, renamed, 1, now)
        productions.create(actor, ProductionChange(code_name="HERON", title="Un autre"), now)
    told = client.get(path)
    assert told.status_code == 200
    assert "X-WR-CALNAME:Production CIGOGNE" in told.text
    assert "Étalonnage" in told.text


def test_approvals_are_the_inbox(app, world, address, book, act, read, clock):
    """The same as waits on the page, for each manager, until it is decided or lapses."""
    first = book(PRODUCER, "M-ET1", *DAY, title="A")
    book(OTHER, "M-ET1", *DAY, title="B", on_clash="queue")
    book(OTHER, "N-PLD", *DAY, title="C")
    book(OTHER, "M-MI1", *DAY, title="D")  # nobody has to approve it
    book(OTHER, "M-ET2", *DAY, title="E", hold="option")
    paths = {who: address(who, "approvals") for who in (MANAGER, NORTH)}

    def waiting(who):
        with app.app_context():
            page = lists.inbox(world.actor(who), int(clock.now.timestamp()))
        return sorted(line.title for line in page.lines)

    def shown(who):
        events = bookings(read(paths[who]))
        told = sorted(str(event["SUMMARY"]).split(" · ")[0][-1] for event in events)
        return told if all(event["STATUS"] == "TENTATIVE" for event in events) else []

    assert shown(MANAGER) == waiting(MANAGER) == ["A", "B", "C"]
    assert shown(NORTH) == waiting(NORTH) == ["C"]
    act(MANAGER, first, "decline", "en travaux")
    assert shown(MANAGER) == waiting(MANAGER) == ["B", "C"]
    clock.move_to("2026-12-02T09:00")
    assert waiting(MANAGER) == []
    (nothing,) = read(paths[MANAGER]).events
    assert nothing["TRANSP"] == "TRANSPARENT"


def test_what_waits_takes_none_of_the_managers_time(address, book, read):
    book(PRODUCER, "M-ET1", *DAY)
    (event,) = bookings(read(address(MANAGER, "approvals")))
    assert (event["TRANSP"], event["X-MICROSOFT-CDO-BUSYSTATUS"]) == ("TRANSPARENT", "FREE")


def test_role_taken_away_ends_the_feed(app, world, address, client):
    path = address(MANAGER, "approvals")
    assert client.get(path).status_code == 200
    with app.app_context():
        gone = RoleAssignment.user_id == world.users[MANAGER]
        db.session.execute(delete(RoleAssignment).where(gone))
        db.session.commit()
    assert client.get(path).status_code == 410


def test_role_taken_away_masks_what_it_showed(app, world, address, book, client):
    book(PRODUCER, "M-ET1", *DAY, title="Zorgblat")
    path = address(NORTH, "site:M")
    told = address(MANAGER, "site:M")
    assert "Zorgblat" not in client.get(path).text
    tag = client.get(told).headers["ETag"]
    assert "Zorgblat" in client.get(told).text
    with app.app_context():
        gone = RoleAssignment.user_id == world.users[MANAGER]
        db.session.execute(delete(RoleAssignment).where(gone))
        db.session.commit()
    after = client.get(told, headers={"If-None-Match": tag})
    assert after.status_code == 200
    assert "Zorgblat" not in after.text


def test_feeds_follow_the_names_of_people(app, world, address, book, read, client):
    book(PRODUCER, "M-MI1", *DAY)
    path = address("colleague@blf.example", "company")
    tag = client.get(path).headers["ETag"]
    with app.app_context():
        edit_profile(world.actor(PRODUCER), "Camille L. Laurent", product_clock.now())
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200
    (event,) = bookings(read(path))
    assert "Camille L. Laurent" in event["DESCRIPTION"]


def test_feeds_follow_new_words(app, world, address, book, read, clock):
    number = book(PRODUCER, "M-MI1", *DAY, title="Avant")
    path = address(PRODUCER, "me")
    (before,) = bookings(read(path))
    clock.advance(hours=1)
    with app.app_context():
        changed = Change(title="Après")
        actions.change(world.actor(PRODUCER), number, changed, product_clock.now())
    (event,) = bookings(read(path))
    assert str(event["SUMMARY"]) == "Après · Montage image 1"
    assert event["SEQUENCE"] > before["SEQUENCE"], "else calendars keep the old title"
    assert clock.now == event.DTSTAMP


def test_marks_that_are_remembered_are_those_that_are_found(app, world, book, act, clock):
    """Whatever happens between two reads: the second says what a first one would."""
    scopes = {
        PRODUCER: ("me", "company", "site:M", "kind:editing", "facility:M-MI1", "freebusy:M-ET1"),
        OTHER: ("me", "facility:M-MI1"),
        MANAGER: ("approvals", "site:M"),
    }

    def compare():
        now = int(clock.now.timestamp())
        for who, texts in scopes.items():
            with app.app_context():
                actor = world.actor(who)
                for text in texts:
                    scope = feed.scope(actor, text)
                    told = feed.rows(actor, scope, now)
                    fresh = replace(actor, locale=f"{len(str(told))}")  # other rights, other key
                    assert feed.rows(fresh, scope, now) == told, (who, text)

    one = book(PRODUCER, "M-MI1", *DAY, hold="option")
    compare()
    two = book(OTHER, "M-MI1", *DAY, hold="option", on_clash="queue")
    book(OTHER, "M-ET1", *DAY)
    compare()
    clock.advance(hours=1)
    act(OTHER, two, "challenge")
    compare()
    clock.advance(hours=2)
    act(PRODUCER, one, "release")
    compare()
    clock.advance(days=30)
    compare()
