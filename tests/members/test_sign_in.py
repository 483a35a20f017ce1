"""Signing in: what opens a session, and what a stranger can learn from the answer."""

import statistics
import time
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from booking.journal.models import Entry
from booking.kernel.db import db
from booking.kernel.errors import BookingError, FieldError, Invalid
from booking.kernel.tokens import digest
from booking.kernel.transaction import transaction
from booking.members import actions, passwords, queries
from booking.members.actions.sessions import Origin
from booking.members.models import Company, User, UserSession
from tests.support.world import CHEAP_HASH

pytestmark = pytest.mark.usefixtures("context")
HERE = Origin("192.0.2.7", "Firefox")
LONG = "le héron vole bas"


def enter(clock, email="producer@blf.example", password="demo", demo=True):
    return actions.sign_in(email, password, origin=HERE, now=clock.now, demo=demo)


@transaction
def change(table, condition, **values):
    db.session.execute(update(table).where(condition).values(**values))


def refusal(work):
    with pytest.raises(BookingError) as raised:
        work()
    return raised.value.fields


def test_sign_in_opens_a_session_of_which_only_a_digest_is_kept(clock, world):
    secret = enter(clock, email=" Producer@BLF.example ")
    row = db.session.scalars(select(UserSession)).one()
    assert row.secret_digest == digest(secret)
    assert (row.user_id, row.address, row.user_agent) == (
        world.users["producer@blf.example"],
        "192.0.2.7",
        "Firefox",
    )
    assert (row.created_at, row.seen_at) == (clock.now, clock.now)
    assert len(secret) == 43


def test_two_sign_ins_give_two_sessions(clock):
    assert enter(clock) != enter(clock)
    assert len(db.session.scalars(select(UserSession)).all()) == 2


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("producer@blf.example", "Demo"),
        ("producer@blf.example", ""),
        ("nobody@blf.example", "demo"),
        ("", ""),
        ("producer@blf.example\x00", "demo"),
        ("%@blf.example", "demo"),
        ("x" * 100_000, "y" * 100_000),
    ],
)
def test_whatever_is_wrong_the_answer_is_the_same(clock, email, password):
    found = refusal(lambda: enter(clock, email, password))
    assert found == (FieldError("password", "bad_credentials"),)


def test_people_and_companies_that_left_do_not_get_in(clock):
    change(User, User.email == "producer@blf.example", active=False)
    assert refusal(lambda: enter(clock)) == (FieldError("password", "bad_credentials"),)
    change(Company, Company.code == "GFE", active=False)
    assert refusal(lambda: enter(clock, "post@gfe.example")) == (
        FieldError("password", "bad_credentials"),
    )


def test_people_without_a_password_do_not_get_in(clock):
    change(User, User.email == "producer@blf.example", password_hash=None)
    assert refusal(lambda: enter(clock)) == (FieldError("password", "bad_credentials"),)


def test_the_demonstrations_password_opens_nothing_elsewhere(clock):
    assert refusal(lambda: enter(clock, demo=False)) == (FieldError("password", "bad_credentials"),)


def test_an_outdated_hash_is_replaced_by_the_sign_in(clock, world):
    enter(clock)
    kept = db.session.scalar(
        select(User.password_hash).where(User.id == world.users["producer@blf.example"])
    )
    assert kept != CHEAP_HASH
    assert not passwords.is_outdated(kept)
    assert passwords.verify(kept, "demo")


def test_a_password_changed_while_it_was_checked_does_not_open(clock, monkeypatch):
    verify = passwords.verify

    def meanwhile(kept, password):
        right = verify(kept, password)
        change(User, User.email == "producer@blf.example", password_hash=passwords.hashed(LONG))
        return right

    monkeypatch.setattr(passwords, "verify", meanwhile)
    assert refusal(lambda: enter(clock)) == (FieldError("password", "bad_credentials"),)
    assert db.session.scalars(select(UserSession)).all() == []


def test_sign_ins_and_refusals_are_in_the_journal_without_secrets(clock, world):
    secret = enter(clock)
    with pytest.raises(Invalid):
        enter(clock, password="a wrong password")
    with pytest.raises(Invalid):
        enter(clock, email="nobody@blf.example")
    user_id = world.users["producer@blf.example"]
    entries = db.session.scalars(select(Entry).order_by(Entry.id)).all()
    assert [(entry.name, entry.subject) for entry in entries] == [
        ("user:signed_in", f"user:{user_id}"),
        ("user:sign_in_refused", f"user:{user_id}"),
        ("user:sign_in_refused", "user:0"),
    ]
    said = repr([(entry.before, entry.after, entry.reason) for entry in entries])
    assert not any(word in said for word in (secret, "wrong", "demo", "nobody"))


@pytest.mark.one_engine
def test_the_time_does_not_tell_whether_an_account_exists(clock):
    change(User, User.email == "producer@blf.example", password_hash=passwords.hashed(LONG))

    def took(email):
        clock.advance(timedelta(hours=25))
        started = time.perf_counter()
        refusal(lambda: enter(clock, email, "not the password"))
        return time.perf_counter() - started

    for _attempt in range(3):  # another process may disturb one of them
        times = [(took("producer@blf.example"), took("nobody@blf.example")) for _ in range(25)]
        known, unknown = (statistics.median(column) for column in zip(*times, strict=True))
        if abs(known - unknown) < 0.010:
            return
    pytest.fail(f"known {known * 1000:.1f} ms, unknown {unknown * 1000:.1f} ms")


# ---- the life of a session ------------------------------------------------------------------


def test_a_session_ends_after_eight_idle_hours(clock):
    secret = enter(clock)
    clock.advance(timedelta(hours=8) - timedelta(seconds=1))
    assert queries.session_holder(secret, clock.now) is not None
    clock.advance(seconds=1)
    assert queries.session_holder(secret, clock.now) is None


def test_a_session_in_use_ends_after_seven_days(clock):
    secret = enter(clock)
    for _ in range(7 * 24 // 4 - 1):
        clock.advance(hours=4)
        actions.see_session(secret, clock.now)
        assert queries.session_holder(secret, clock.now) is not None
    clock.advance(hours=4)
    assert queries.session_holder(secret, clock.now) is None


def test_sign_out_ends_this_session_and_no_other(clock):
    gone, kept = enter(clock), enter(clock)
    actions.sign_out(gone, clock.now)
    actions.sign_out(gone, clock.now)
    actions.sign_out("unknown", clock.now)
    assert queries.session_holder(gone, clock.now) is None
    assert queries.session_holder(kept, clock.now) is not None


def test_sign_out_everywhere_keeps_one_and_other_people(clock, world):
    secrets = [enter(clock) for _ in range(3)]
    colleague = enter(clock, "colleague@blf.example")
    actions.sign_out_everywhere(world.actor("producer@blf.example"), clock.now, keep=secrets[1])
    alive = [queries.session_holder(secret, clock.now) is not None for secret in secrets]
    assert alive == [False, True, False]
    assert queries.session_holder(colleague, clock.now) is not None


def test_a_session_of_somebody_else_cannot_be_ended(clock, world):
    secret = enter(clock)
    key = queries.session_key(secret)
    colleague = world.actor("colleague@blf.example")
    for wrong in (key, "", "%", key[:4], digest(secret)):
        with pytest.raises(BookingError, match="not_found"):
            actions.end_session(colleague, wrong, clock.now)
    assert queries.session_holder(secret, clock.now) is not None
    actions.end_session(world.actor("producer@blf.example"), key, clock.now)
    assert queries.session_holder(secret, clock.now) is None


def test_sessions_lists_ones_own_that_live_last_used_first(clock, world):
    old = enter(clock)
    clock.advance(hours=7)
    new = enter(clock)
    actor = world.actor("producer@blf.example")
    enter(clock, "colleague@blf.example")
    found = [session.key for session in queries.sessions(actor, clock.now)]
    assert found == [queries.session_key(new), queries.session_key(old)]
    clock.advance(hours=2)
    assert [s.key for s in queries.sessions(actor, clock.now)] == [queries.session_key(new)]
