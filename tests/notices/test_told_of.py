"""Who was told about an option: read from the outbox, as far as its reader may know."""

import pytest
from sqlalchemy import text

from booking.core.lifecycle import Verb
from booking.facilities.queries import catalogue
from booking.kernel.db import db
from booking.notices.queries import told_of
from booking.notices.values import MailState
from booking.reservations import targets
from tests.notices.conftest import Post
from tests.reservations.desk import Desk
from tests.support.statements import statements

SPAN = ("M-CIN", "25T09:00", "25T12:00")


def told(desk: Desk, who: str, number: str) -> list[str]:
    """What somebody reads: "Jonas Peeters challenged"; strangers are "?", who left "-"."""
    booking = targets.by_number(number)[0].booking_id
    return [
        f"{'-' if notice.left else notice.name or '?'} {notice.event}"
        for notice in told_of(desk.actor(who), {booking})[booking]
    ]


def test_every_mail_about_a_clock_or_a_rank_and_no_other(desk: Desk, post: Post):
    first = desk.option("post", *SPAN)
    second = desk.option("producer", *SPAN)
    desk.act("producer", second, Verb.CHALLENGE)
    post.work()
    due = desk.view("post", first).occurrences[0].challenge.due
    desk.clock.advance(seconds=due - desk.now - 3600)
    post.work()
    assert told(desk, "post", first) == ["Jonas Peeters challenged", "Jonas Peeters challenge_due"]
    assert told(desk, "producer", second) == []
    desk.act("post", first, Verb.RELEASE)
    post.work()
    assert told(desk, "producer", second) == ["Camille Laurent challenge_answered"]
    assert told(desk, "manager", second) == [
        "Camille Laurent challenge_answered",
        "Sofia Renard requested",
    ]


def test_warnings_that_an_option_lapses(desk: Desk, post: Post):
    number = desk.option("producer", *SPAN)
    lapses = desk.view("producer", number).occurrences[0].expires
    desk.clock.advance(seconds=lapses - desk.now - 7200)
    post.work()
    assert told(desk, "colleague", number) == ["Camille Laurent expiring"]


def test_nobody_reads_of_mails_about_what_they_may_not_see(desk: Desk, post: Post):
    first = desk.option("post", *SPAN)
    second = desk.option("producer", *SPAN)
    desk.act("producer", second, Verb.CHALLENGE)
    post.work()
    for who in ("producer", "guest", "manager-n", "board", "admin@pil.example"):
        assert told(desk, who, first) == []


def test_strangers_have_no_name(desk: Desk, post: Post):
    desk.book("post", *SPAN)
    number = "PIL-2026-00001"
    post.work()
    assert told(desk, "post", number) == []  # the mail went to the manager, of another company
    assert told(desk, "manager", number) == ["Sofia Renard requested"]
    mail = db.session.execute(db.text("UPDATE outbox SET recipient = 'guest@mosel.example'"))
    assert mail.rowcount == 1
    assert told(desk, "manager", number) == ["? requested"]
    db.session.execute(db.text("UPDATE outbox SET recipient = 'nobody@gone.example'"))
    assert told(desk, "manager", number) == ["- requested"]


def test_how_far_a_mail_came(desk: Desk, post: Post):
    number = desk.option("post", *SPAN)
    booking = targets.by_number(number)[0].booking_id
    desk.act("producer", desk.option("producer", *SPAN), Verb.CHALLENGE)
    (mail,) = post.work()
    reader = desk.actor("post")

    def state() -> tuple[MailState, int]:
        db.session.flush()
        (notice,) = told_of(reader, {booking})[booking]
        return notice.state, notice.at - desk.now

    assert state() == (MailState.WAITING, 0)
    mail.attempts = 100
    assert state() == (MailState.SET_ASIDE, 0)
    mail.dropped_at = desk.clock.now
    assert state() == (MailState.DROPPED, 0)


def test_it_costs_the_same_for_one_booking_and_for_twenty(desk: Desk, post: Post):
    def cost() -> int:
        manager = desk.actor("manager")
        catalogue()
        ids = {targets.by_number(number)[0].booking_id for number in numbers}
        with statements(desk.app) as sent:
            assert len(told_of(manager, ids)) == len(ids)
        return len(sent)

    numbers = [desk.book("post", "M-CIN", "25T08:00", "25T09:00")]
    post.work()
    one = cost()
    for hour in range(9, 19):
        numbers.append(desk.book("post", "M-CIN", f"25T{hour:02}:00", f"25T{hour + 1:02}:00"))
        post.work()
    assert cost() == one <= 6


def test_a_mail_about_several_bookings_counts_for_each(desk: Desk, post: Post):
    numbers = [desk.book("producer", "M-ET1", f"{d}T09:00", f"{d}T12:00") for d in (18, 19, 20)]
    assert len(post.work()) == 1
    for number in numbers:
        assert told(desk, "manager", number) == ["Sofia Renard requested"]


@pytest.mark.one_engine
def test_mails_about_other_bookings_are_not_looked_at(desk: Desk):
    plan = db.session.execute(
        text(
            "EXPLAIN QUERY PLAN SELECT outbox.id FROM mail_about"
            " JOIN outbox ON outbox.id = mail_about.message_id"
            " WHERE mail_about.booking_id IN (1, 2)"
        )
    )
    steps = [row.detail for row in plan]
    assert all("SEARCH" in step for step in steps if "outbox" in step or "mail_about" in step), (
        steps
    )
