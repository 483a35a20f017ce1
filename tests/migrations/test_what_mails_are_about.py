"""Mails from before it was written down which bookings they tell of: their keys say it."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from booking.facilities.actions import add_closure
from booking.facilities.actions.closures import Closing
from booking.facilities.actions.rules import RuleChange
from booking.kernel.db import db
from booking.notices.actions import tell_password_changed
from booking.notices.catalog import EVENTS
from booking.reservations import actions
from booking.reservations.actions import Change, ruling
from tests.notices.conftest import SITE, Post
from tests.reservations.desk import Desk, moment
from tests.support import world
from tests.support.time import StoppedClock

BEFORE = "0021"
OF_ACCOUNTS = {"invitation", "password_changed", "password_reset"}
"""Mails without a key, which tell of no booking."""
OF_DAYS = {"reminder", "digest"}
"""Mails whose keys name a day and no booking."""
MOMENTS = ("17T05:00", "17T07:30", "17T09:00", "17T16:00", "18T09:15", "22T12:00", "27T09:00")
"""When the worker comes by once all has happened that people do, in November 2026."""


class Told(NamedTuple):
    """That a mail names a booking, and how far into what it says."""

    message: int
    place: int
    booking: int
    event: str


def test_each_is_about_the_booking_that_it_names_first(
    empty: Callable[[], Flask], clock: StoppedClock
):
    app = empty()
    with app.app_context():
        upgrade()
        tell_everything(Desk(app, world.build(), clock))
        before = told()
        assert {row.event for row in before} == EVENTS - OF_ACCOUNTS
        assert {"requested", "approved"} <= of_several(before)
        downgrade(revision=BEFORE)
        upgrade()
        assert [(row.message, row.booking) for row in told()] == firsts(before)


def told() -> list[Told]:
    """What mails are about, in order."""
    found = db.session.execute(
        text(
            "SELECT outbox.id, outbox.key, outbox.subject || outbox.text AS said,"
            " booking.id AS booking_id, booking.number FROM mail_about"
            " JOIN outbox ON outbox.id = mail_about.message_id"
            " JOIN booking ON booking.id = mail_about.booking_id"
        )
    )
    rows = [
        Told(row.id, row.said.index(row.number), row.booking_id, row.key.partition(":")[0])
        for row in found
    ]
    db.session.remove()
    return sorted(rows)


def of_several(rows: Sequence[Told]) -> set[str]:
    """Events of mails that tell of more than one booking."""
    return {one.event for one, other in pairwise(rows) if one.message == other.message}


def firsts(rows: Sequence[Told]) -> list[tuple[int, int]]:
    """Mails, each with the booking that it names first; those of a day have none."""
    found = {row.message: row.booking for row in reversed(rows) if row.event not in OF_DAYS}
    return sorted(found.items())


# ---- mails of every kind ----------------------------------------------------------------------


def tell_everything(desk: Desk) -> None:
    """Let the house write mails of every kind, some about several bookings."""
    post = Post(desk)
    post.choose("manager-n", requests="daily")
    desk.book("producer", "N-PLD", "25T09:00", "25T13:00")
    for tell in (_of_accounts, _of_titles, _of_decisions, _of_places, _of_ranks, _of_clocks):
        tell(desk, post)


def _of_accounts(desk: Desk, post: Post) -> None:
    who = desk.world.users["producer@blf.example"]
    tell_password_changed(who, site_url=SITE, now=desk.clock.now)
    (mail,) = [mail for mail in post.work() if mail.key is None]
    assert mail.recipient == "producer@blf.example"


def _of_titles(desk: Desk, post: Post) -> None:
    """Told only to who keeps a calendar by mail."""
    post.choose("colleague", calendar=True)
    number = desk.book("colleague", "M-MI1", "20T09:00", "20T12:00")
    actions.change(desk.actor("colleague"), number, Change(title="Mixage"), desk.clock.now)
    post.work()


def _of_decisions(desk: Desk, post: Post) -> None:
    asked = [desk.book("producer", "M-ET1", f"{d}T09:00", f"{d}T12:00") for d in (20, 19, 18)]
    own = desk.book(
        "producer", "M-MI1", "19T09:00", "19T13:00", participants=("anna@distri.example",)
    )
    post.work()
    for number, verb in zip(asked, ("approve", "approve", "decline"), strict=True):
        desk.act("manager", number, verb, "Maintenance")
    post.work()
    desk.act("manager", asked[0], "cancel", "Panne")
    desk.act("producer", own, "cancel", "Pluie")
    post.work()


def _of_places(desk: Desk, post: Post) -> None:
    _of_offers(desk, post)
    mine = desk.book("producer", "M-MI2", "18T09:00", "18T13:00")
    desk.book("post", "M-MI2", "19T09:00", "19T13:00")
    post.work()
    now = desk.clock.now
    start = moment("19T09:00").replace(tzinfo=now.tzinfo)
    actions.propose_swap(desk.actor("producer"), mine, "M-MI2", start, now)
    shut = Closing(
        facility="M-MI2", start=moment("18T12:00"), end=moment("18T18:00"), reason="Panne"
    )
    add_closure(desk.actor("manager"), shut, now)
    post.work()


def _of_offers(desk: Desk, post: Post) -> None:
    """More time, a move, and two other places, of which one suits."""
    option = desk.option("producer", "M-CIN", "27T09:00", "27T13:00")
    manager, producer, now = desk.actor("manager"), desk.actor("producer"), desk.clock.now
    desk.act("manager", option, "extend", "Production en retard")
    post.work()
    actions.change(manager, option, Change(start=moment("27T10:00"), end=moment("27T14:00")), now)
    post.work()
    for answer, hour in ((actions.refuse, 11), (actions.accept, 12)):
        wanted = Change(start=moment(f"27T{hour}:00"), end=moment(f"27T{hour + 4}:00"))
        actions.offer(manager, option, wanted, now)
        post.work()
        answer(producer, option, now)
        post.work()


def _of_ranks(desk: Desk, post: Post) -> None:
    """A challenge that runs on, one whose challenger leaves, and a second one who moves up."""
    for room in ("M-ET1", "M-ET2"):
        desk.option("producer", room, "27T09:00", "27T13:00")
        second = desk.option("post", room, "27T09:00", "27T13:00")
        desk.act("post", second, "challenge")
    ahead = desk.option("producer", "M-PLA", "27T09:00", "27T13:00")
    desk.option("post", "M-PLA", "27T09:00", "27T13:00")
    post.work()
    desk.act("manager", second, "decline", "Maintenance")
    desk.act("producer", ahead, "release")
    post.work()


def _of_clocks(desk: Desk, post: Post) -> None:
    """What comes with time: answers due, requests of the day, tomorrow, who did not come."""
    wanted = RuleChange(value=15)
    room = desk.world.facilities["M-MI2"]
    admin = desk.actor("admin@pil.example")
    ruling.add_rule(admin, "check_in", wanted, desk.clock.now, facility_id=room)
    for when in MOMENTS:
        desk.clock.move_to(f"2026-11-{when}")
        post.work()
