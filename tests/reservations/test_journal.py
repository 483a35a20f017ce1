"""What the journal says about bookings, and exactly whose revisions move."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select, text

from booking.facilities.queries import by_codes
from booking.journal.models import Entry, Revision
from booking.journal.queries import head, revision
from booking.kernel.db import db
from booking.reservations import histories
from booking.reservations.calendar import calendar_revision
from tests.reservations.desk import Desk

WEDNESDAY = ("18T09:00", "18T13:00")
LATER = ("30T09:00", "30T13:00")


@contextmanager
def moved(desk: Desk) -> Iterator[set[str]]:
    """The scopes whose revisions the block moves, in words: "facility:M-ET1", "user:producer"."""

    def revisions() -> dict[str, int]:
        db.session.rollback()
        return dict(db.session.execute(select(Revision.scope, Revision.entry_id)).all())

    ids = {
        **{f"facility:{key}": f"facility:{code}" for code, key in desk.world.facilities.items()},
        **{f"company:{key}": f"company:{code}" for code, key in desk.world.companies.items()},
        **{f"user:{key}": f"user:{mail}" for mail, key in desk.world.users.items()},
        **{f"production:{key}": f"production:{c}" for c, key in desk.world.productions.items()},
    }
    before = revisions()
    scopes: set[str] = set()
    yield scopes
    after = revisions()
    scopes |= {ids.get(scope, scope) for scope in after if after[scope] != before.get(scope)}
    assert {after[s] for s in after if after[s] != before.get(s)} <= set(range(head() + 1))


BLF = {"calendar", "company:BLF", "user:producer@blf.example"}
GFE = {"calendar", "company:GFE", "user:post@gfe.example"}


@pytest.mark.parametrize(
    ("code", "facilities"),
    [
        ("M-ET1", {"M-ET1"}),
        ("M-PLA", {"M-PLA", "M-PLA1", "M-PLA2"}),
        ("M-PLA1", {"M-PLA", "M-PLA1"}),
        ("M-PLA1 M-CIN", {"M-PLA", "M-PLA1", "M-CIN"}),
    ],
)
def test_a_booking_moves_the_revisions_of_its_people_and_of_all_who_share_its_spaces(
    desk: Desk, code, facilities
):
    with moved(desk) as scopes:
        desk.book("producer", code, *WEDNESDAY)
    assert scopes == BLF | {f"facility:{facility}" for facility in facilities}


def test_a_booking_of_a_production_moves_its_revision_too(desk: Desk):
    with moved(desk) as scopes:
        desk.book("producer", "M-ET1", *WEDNESDAY, production="HERON")
    assert scopes == BLF | {"facility:M-ET1", "production:HERON"}


def test_who_moves_up_is_told_by_their_own_revisions(desk: Desk):
    first = desk.option("producer", "M-MI1", *LATER)
    desk.option("post", "M-MI1", *LATER)
    with moved(desk) as scopes:
        desk.act("producer", first, "release")
    assert scopes == BLF | GFE | {"facility:M-MI1"}


def test_a_refusal_moves_nothing(desk: Desk):
    number = desk.book("producer", "M-ET1", *WEDNESDAY)
    with moved(desk) as scopes, pytest.raises(Exception):  # noqa: B017, PT011
        desk.act("producer", number, "approve")
    assert scopes == set()


def test_lines_say_who_did_what_to_what_and_why(desk: Desk):
    number = desk.book("producer", "M-ET1", *WEDNESDAY)
    desk.clock.advance(minutes=5)
    desk.act("manager", number, "decline", "Révision")
    booking_id = desk.view("producer", number).id
    rows = db.session.scalars(select(Entry).order_by(Entry.id)).all()
    producer, manager = (desk.actor(who).user_id for who in ("producer", "manager"))
    assert [(row.name, row.actor_id, row.subject, row.booking_id, row.reason) for row in rows] == [
        ("booking:requested", producer, f"booking:{booking_id}", booking_id, None),
        ("booking:declined", manager, f"booking:{booking_id}", booking_id, "Révision"),
    ]
    assert [(row.before, row.after) for row in rows] == [
        (None, {"state": "requested", "rank": 1}),
        ({"state": "requested", "rank": 1}, {"state": "declined"}),
    ]
    assert (rows[1].at - rows[0].at).seconds == 300


def test_what_nobody_did_has_no_actor(desk: Desk):
    first = desk.option("producer", "M-MI1", *LATER)
    second = desk.book("post", "M-MI1", *LATER, on_clash="queue")
    desk.act("producer", first, "release")
    lines = histories.of_booking(desk.view("post", second))
    assert [(line.event, line.who) for line in lines] == [
        ("booking:requested", "Jonas Peeters"),
        ("booking:promoted", None),
        ("booking:confirmed", None),
    ]


def test_time_that_ran_out_is_nobodys_doing_whoever_comes_by(desk: Desk):
    lapsed = desk.option("producer", "M-MI1", *LATER)
    desk.clock.move_to("2026-11-24T09:00")
    desk.book("post", "M-MI1", *LATER)
    lines = histories.of_booking(desk.view("producer", lapsed))
    assert [(line.event, line.who) for line in lines] == [
        ("booking:requested", "Camille Laurent"),
        ("booking:expired", None),
    ]


def test_the_story_is_told_in_the_order_in_which_it_happened(desk: Desk):
    first = desk.option("producer", "M-MI1", *LATER)
    second = desk.book("post", "M-MI1", *LATER, on_clash="queue")
    third = desk.option("guest", "M-MI1", *LATER)
    desk.act("producer", first, "release")
    assert desk.journal(first, second, third)[3:] == [
        f"{first} booking:released",
        f"{second} booking:promoted",
        f"{second} booking:confirmed",
        f"{third} booking:promoted",
    ]


def test_the_calendars_revision_changes_with_every_change_and_every_lapse(desk: Desk):
    seen = [calendar_revision(desk.now)]

    def look() -> None:
        db.session.rollback()
        seen.append(calendar_revision(desk.now))

    number = desk.option("producer", "M-MI1", *LATER)
    look()
    desk.clock.advance(hours=1)
    look()
    assert seen[1] == seen[2] != seen[0]
    desk.clock.move_to("2026-11-24T09:00")
    look()
    desk.work()
    look()
    assert len({seen[0], *seen[2:]}) == 4
    assert desk.written(number) == "expired"


def test_the_newest_of_several_scopes_counts(desk: Desk):
    desk.book("producer", "M-ET1", *WEDNESDAY)
    old = head()
    desk.book("post", "M-ET2", *WEDNESDAY)
    one, other = (f"facility:{f.id}" for f in by_codes(["M-ET1", "M-ET2"]).values())
    assert revision([one]) == old
    assert revision([one, other]) == revision(["calendar"]) == head()
    assert revision([]) == revision(["facility:999"]) == 0


def test_many_events_move_many_revisions_at_once(desk: Desk):
    """The statement is cut into pieces: a whole house may move in one transaction."""
    from booking.journal.actions import record
    from booking.journal.events import Event

    events = [
        Event(name="test:happened", subject=f"test:{n}", scopes=frozenset({f"scope:{n}", "all"}))
        for n in range(1200)
    ]
    record(events, actor_id=None, at=desk.clock.now)
    last = head()
    assert (last, revision(["all"]), revision(["scope:0"])) == (head(), head(), head() - 1199)
    written = db.session.scalar(text("SELECT count(*) FROM revision WHERE scope LIKE 'scope:%'"))
    assert written == 1200
