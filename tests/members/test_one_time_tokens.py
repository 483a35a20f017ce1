"""Secrets in mails: they work once, for one purpose, for a short while."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from booking.kernel.db import db
from booking.kernel.errors import FieldError, Invalid
from booking.kernel.tokens import digest
from booking.members import actions, passwords, queries
from booking.members.actions.passwords import INVITATION, LIFETIMES, RESET
from booking.members.actions.people import NewPerson
from booking.members.actions.sessions import Origin
from booking.members.models import OneTimeToken, User

pytestmark = pytest.mark.usefixtures("context")
HERE = Origin("192.0.2.7", "Firefox")
NEW = "le héron vole bas"
BAD_TOKEN = (FieldError("token", "bad_token"),)


def reset(clock, email="producer@blf.example"):
    ticket = actions.issue_reset(email, clock.now)
    assert ticket is not None
    return ticket.secret


def invitation(clock, world, email="new@blf.example"):
    person = NewPerson(email=email, name="Nouvelle Venue", company_id=world.companies["BLF"])
    return actions.invite(world.actor("admin@blf.example"), person, clock.now).secret


def refused(work):
    with pytest.raises(Invalid) as refusal:
        work()
    return refusal.value.fields


def test_a_reset_sets_the_password_and_ends_every_session(clock, world):
    session = actions.sign_in("producer@blf.example", "demo", origin=HERE, now=clock.now, demo=True)
    actions.reset_password(reset(clock), NEW, clock.now)
    assert queries.session_holder(session, clock.now) is None
    assert actions.sign_in("producer@blf.example", NEW, origin=HERE, now=clock.now)


def test_only_a_digest_is_kept(clock):
    secret = reset(clock)
    assert db.session.scalars(select(OneTimeToken.secret_digest)).all() == [digest(secret)]


def test_a_reset_works_once(clock):
    secret = reset(clock)
    actions.reset_password(secret, NEW, clock.now)
    assert (
        refused(lambda: actions.reset_password(secret, "another sentence", clock.now)) == BAD_TOKEN
    )


def test_a_refused_password_does_not_use_it_up(clock):
    secret = reset(clock)
    assert refused(lambda: actions.reset_password(secret, "short", clock.now))[0].path == "password"
    actions.reset_password(secret, NEW, clock.now)


def test_a_new_reset_voids_the_earlier_one(clock):
    first, second = reset(clock), reset(clock)
    assert refused(lambda: actions.reset_password(first, NEW, clock.now)) == BAD_TOKEN
    actions.reset_password(second, NEW, clock.now)


def test_a_reset_is_too_old_after_thirty_minutes(clock):
    secret = reset(clock)
    clock.advance(timedelta(minutes=30) - timedelta(seconds=1))
    assert queries.token_holder(secret, RESET, clock.now) is not None
    clock.advance(seconds=1)
    assert refused(lambda: actions.reset_password(secret, NEW, clock.now)) == BAD_TOKEN


def test_purposes_cannot_be_swapped(clock, world):
    by_reset, by_invitation = reset(clock), invitation(clock, world)
    assert refused(lambda: actions.reset_password(by_invitation, NEW, clock.now)) == BAD_TOKEN
    assert (
        refused(lambda: actions.accept_invitation(by_reset, "X", NEW, origin=HERE, now=clock.now))
        == BAD_TOKEN
    )


@pytest.mark.parametrize("secret", ["", "x", "%", "0" * 43, "\x00"])
def test_invented_secrets_open_nothing(clock, secret):
    assert refused(lambda: actions.reset_password(secret, NEW, clock.now)) == BAD_TOKEN


def test_people_who_left_cannot_use_theirs(clock, world):
    secret = reset(clock)
    actions.deactivate(
        world.actor("admin@blf.example"), world.users["producer@blf.example"], clock.now
    )
    assert refused(lambda: actions.reset_password(secret, NEW, clock.now)) == BAD_TOKEN


def test_nobody_gets_no_reset(clock):
    assert actions.issue_reset("nobody@blf.example", clock.now) is None


def test_an_invitation_opens_the_account_and_a_session(clock, world):
    secret = invitation(clock, world)
    session = actions.accept_invitation(secret, " Nouvelle  Née ", NEW, origin=HERE, now=clock.now)
    holder = queries.session_holder(session, clock.now)
    assert holder is not None
    assert (holder.actor.email, holder.actor.name) == ("new@blf.example", "Nouvelle  Née")
    assert holder.actor.company_code == "BLF"
    assert (
        refused(lambda: actions.accept_invitation(secret, "X", NEW, origin=HERE, now=clock.now))
        == BAD_TOKEN
    )


def test_an_invitation_waits_three_days(clock, world):
    secret = invitation(clock, world)
    clock.advance(LIFETIMES[INVITATION])
    assert queries.token_holder(secret, INVITATION, clock.now) is None


def test_inviting_again_voids_the_earlier_mail(clock, world):
    first = invitation(clock, world)
    holder = queries.token_holder(first, INVITATION, clock.now)
    assert holder is not None
    again = actions.invite_again(world.actor("admin@blf.example"), holder.user_id, clock.now)
    assert queries.token_holder(first, INVITATION, clock.now) is None
    assert queries.token_holder(again.secret, INVITATION, clock.now) is not None


def test_whoever_is_in_is_not_invited_again(clock, world):
    admin, user_id = world.actor("admin@blf.example"), world.users["producer@blf.example"]
    found = refused(lambda: actions.invite_again(admin, user_id, clock.now))
    assert found == (FieldError("user", "not_invited"),)


# ---- one's own password ---------------------------------------------------------------------


def test_changing_the_password_ends_every_session_and_opens_one(clock, world):
    actor = world.actor("producer@blf.example")
    old = actions.sign_in(actor.email, "demo", origin=HERE, now=clock.now, demo=True)
    new = actions.change_password(actor, "demo", NEW, origin=HERE, now=clock.now)
    assert queries.session_holder(old, clock.now) is None
    assert queries.session_holder(new, clock.now) is not None
    kept = db.session.scalar(select(User.password_hash).where(User.id == actor.user_id))
    assert passwords.verify(kept, NEW)


def test_changing_the_password_voids_reset_links(clock, world):
    secret = reset(clock)
    actor = world.actor("producer@blf.example")
    actions.change_password(actor, "demo", NEW, origin=HERE, now=clock.now)
    assert (
        refused(lambda: actions.reset_password(secret, "another one now", clock.now)) == BAD_TOKEN
    )


@pytest.mark.parametrize(
    ("current", "new", "fault"),
    [
        ("wrong", NEW, ("current", "wrong_password")),
        ("demo", "short", ("password", "password_too_short")),
        ("demo", "Camille Laurent", ("password", "password_context")),
        ("demo", "batte lune films", ("password", "password_context")),
        ("demo", "demo", ("password", "password_unchanged")),
    ],
)
def test_a_password_that_cannot_be_is_refused_at_its_field(clock, world, current, new, fault):
    actor = world.actor("producer@blf.example")
    found = refused(
        lambda: actions.change_password(actor, current, new, origin=HERE, now=clock.now)
    )
    assert (found[0].path, found[0].code) == fault
