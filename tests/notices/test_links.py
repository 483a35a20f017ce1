"""Deciding from a mail: the link shows first, works once, and gives no right of its own."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from booking.core.lifecycle import Verb
from booking.kernel.db import db
from booking.kernel.errors import Invalid, NotFound, Stale
from booking.members.models import RoleAssignment
from booking.notices import links, tidying
from booking.notices.models import DecisionLink
from booking.reservations import actions
from booking.reservations.actions import Change
from tests.notices.conftest import Post, link
from tests.reservations.desk import Desk, moment


@pytest.fixture
def secret(desk: Desk, post: Post) -> str:
    """What the manager's mail about the first request leads to."""
    desk.book("producer", "M-ET1", "18T09:00", "18T13:00")
    return link(post.one())


NUMBER = "PIL-2026-00001"


def test_a_link_decides_once(desk: Desk, secret: str):
    found = links.decidable(secret, desk.clock.now)
    assert found is not None
    assert (found.actor.email, found.number) == ("manager@pil.example", NUMBER)
    assert links.decidable(secret, desk.clock.now) == found  # looking uses nothing up
    links.decide(secret, Verb.APPROVE, desk.clock.now, revision=found.revision)
    assert desk.where(NUMBER) == "confirmed 1"
    assert links.decidable(secret, desk.clock.now) is None
    with pytest.raises(NotFound):
        links.decide(secret, Verb.DECLINE, desk.clock.now, reason="x", revision=2)


def test_a_link_that_was_used_stays_used_when_the_booking_waits_again(desk: Desk, secret: str):
    found = links.decidable(secret, desk.clock.now)
    assert found is not None
    links.decide(secret, Verb.APPROVE, desk.clock.now, revision=found.revision)
    later = Change(start=moment("18T14:00"), end=moment("18T18:00"))
    actions.change(desk.actor("producer"), NUMBER, later, desk.clock.advance(minutes=5))
    assert desk.where(NUMBER) == "requested 1"
    assert links.decidable(secret, desk.clock.now) is None
    with pytest.raises(NotFound):
        links.decide(secret, Verb.DECLINE, desk.clock.now, reason="x", revision=3)
    assert desk.where(NUMBER) == "requested 1"


def test_the_database_holds_no_secret(desk: Desk, secret: str):
    kept = db.session.scalars(select(DecisionLink.secret_digest)).all()
    assert secret not in kept
    assert [len(digest) for digest in kept] == [64]


def test_a_decision_by_another_way_ends_the_link(desk: Desk, secret: str):
    desk.act("manager", NUMBER, "decline", reason="Non")
    assert links.decidable(secret, desk.clock.now) is None


def test_who_decides_there_no_more_cannot_by_mail(desk: Desk, secret: str):
    user = desk.world.users["manager@pil.example"]
    db.session.execute(
        delete(RoleAssignment).where(
            RoleAssignment.user_id == user, RoleAssignment.site_id.is_not(None)
        )
    )
    db.session.commit()
    assert links.decidable(secret, desk.clock.now) is None
    with pytest.raises(NotFound):
        links.decide(secret, Verb.APPROVE, desk.clock.now, revision=1)


def test_what_changed_since_it_was_shown_is_not_decided(desk: Desk, secret: str):
    seen = links.decidable(secret, desk.clock.now)
    assert seen is not None
    later = Change(start=moment("18T15:00"), end=moment("18T19:00"))
    actions.change(desk.actor("producer"), NUMBER, later, desk.clock.now)
    with pytest.raises(Stale):
        links.decide(secret, Verb.APPROVE, desk.clock.now, revision=seen.revision)
    assert desk.where(NUMBER) == "requested 1"
    again = links.decidable(secret, desk.clock.now)
    assert again is not None
    assert links.decide(secret, Verb.APPROVE, desk.clock.now, revision=again.revision) == NUMBER


def test_a_refusal_without_reason_leaves_the_link_as_it_was(desk: Desk, secret: str):
    with pytest.raises(Invalid):
        links.decide(secret, Verb.DECLINE, desk.clock.now, revision=1)
    assert links.decidable(secret, desk.clock.now) is not None


def test_a_link_lapses_after_a_week_or_with_the_booking(desk: Desk, secret: str):
    now = desk.clock.now
    assert links.decidable(secret, now + timedelta(days=1, hours=23)) is not None
    assert links.decidable(secret, now + timedelta(days=2)) is None
    tidying.tidy(now + timedelta(days=2))
    assert db.session.scalars(select(DecisionLink)).all() == []


def test_other_verbs_and_unknown_links_are_nothing(desk: Desk, secret: str):
    assert links.decidable("x" * 43, desk.clock.now) is None
    for verb in (Verb.CANCEL, Verb.CONFIRM):
        with pytest.raises(NotFound):
            links.decide(secret, verb, desk.clock.now, reason="x", revision=1)


def test_only_what_waits_for_this_manager_is_decided(desk: Desk, post: Post):
    number = desk.book("producer", "M-ET1 N-PLD", "18T09:00", "18T13:00")
    mails = {mail.recipient: mail for mail in post.work()}
    one = link(mails["manager-n@pil.example"])
    seen = links.decidable(one, desk.clock.now)
    assert seen is not None
    links.decide(one, Verb.APPROVE, desk.clock.now, revision=seen.revision)
    assert desk.where(number) == "requested 1"
    assert links.decidable(one, desk.clock.now) is None
    assert links.decidable(link(mails["manager@pil.example"]), desk.clock.now) is not None
