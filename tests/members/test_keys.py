import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from booking.kernel.db import db
from booking.kernel.errors import Invalid, NotFound
from booking.kernel.tokens import digest
from booking.members import actions, queries
from booking.members.models import ApiToken, FeedToken

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def producer(world):
    return world.actor("producer@blf.example")


@pytest.fixture
def colleague(world):
    return world.actor("colleague@blf.example")


def test_an_api_token_acts_as_its_owner(clock, producer):
    token_id, secret = actions.create_api_token(producer, " export ", clock.now)
    found = queries.api_actor(secret)
    assert found is not None
    assert (found[0], found[1].user_id) == (token_id, producer.user_id)
    assert db.session.scalars(select(ApiToken.secret_digest)).all() == [digest(secret)]
    assert [token.name for token in queries.api_tokens(producer)] == ["export"]


@pytest.mark.parametrize("secret", ["", "x", "%", "\x00", "é"])
def test_invented_tokens_are_nobodys(clock, secret):
    assert queries.api_actor(secret) is None
    assert queries.feed_holder(secret, clock.now) is None


def test_a_revoked_token_is_nobodys(clock, producer, colleague):
    token_id, secret = actions.create_api_token(producer, "export", clock.now)
    with pytest.raises(NotFound):
        actions.revoke_api_token(colleague, token_id, clock.now)
    actions.revoke_api_token(producer, token_id, clock.now)
    assert queries.api_actor(secret) is None
    with pytest.raises(NotFound):
        actions.revoke_api_token(producer, token_id, clock.now)


@pytest.mark.parametrize("name", ["", " ", "x" * 81, "a\x00b"])
def test_a_token_needs_a_name(clock, producer, name):
    with pytest.raises(Invalid):
        actions.create_api_token(producer, name, clock.now)


def test_use_is_written_down_once_a_minute(clock, producer):
    token_id, _ = actions.create_api_token(producer, "export", clock.now)
    first = clock.now
    actions.use_api_token(token_id, clock.now)
    clock.advance(seconds=59)
    actions.use_api_token(token_id, clock.now)
    assert [token.used_at for token in queries.api_tokens(producer)] == [first]
    clock.advance(seconds=1)
    actions.use_api_token(token_id, clock.now)
    assert [token.used_at for token in queries.api_tokens(producer)] == [clock.now]


@pytest.mark.parametrize(
    "scope",
    [
        "me",
        "company",
        "facility:M-ET1",
        "site:M",
        "kind:grading",
        "production:#12",
        "freebusy:M-MI",
    ],
)
def test_a_feed_has_one_of_the_scopes(clock, producer, scope):
    feed_id, secret = actions.create_feed(producer, scope, clock.now)
    holder = queries.feed_holder(secret, clock.now)
    assert holder is not None
    assert (holder.token_id, holder.scope, holder.actor) == (feed_id, scope, producer_of(holder))


def producer_of(holder):
    found = queries.actor(holder.actor.user_id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "scope",
    [
        "",
        "you",
        "me:1",
        "facility:",
        "facility:a b",
        "user:1",
        "production:HERON",
        "facility:" + "x" * 80,
    ],
)
def test_a_feed_has_no_other_scope(clock, producer, scope):
    with pytest.raises(Invalid):
        actions.create_feed(producer, scope, clock.now)


def test_renewing_a_feed_stops_the_old_address(clock, producer, colleague):
    feed_id, old = actions.create_feed(producer, "me", clock.now)
    with pytest.raises(NotFound):
        actions.renew_feed(colleague, feed_id, clock.now)
    new = actions.renew_feed(producer, feed_id, clock.now)
    assert queries.feed_holder(old, clock.now) is None
    assert queries.feed_holder(new, clock.now) is not None


def test_a_revoked_feed_stays_revoked(clock, producer, colleague):
    feed_id, secret = actions.create_feed(producer, "me", clock.now)
    with pytest.raises(NotFound):
        actions.revoke_feed(colleague, feed_id, clock.now)
    actions.revoke_feed(producer, feed_id, clock.now)
    assert queries.feed_holder(secret, clock.now) is None
    assert queries.feed_tokens(producer) == []
    with pytest.raises(NotFound):
        actions.renew_feed(producer, feed_id, clock.now)
    assert db.session.scalars(select(FeedToken.revoked_at)).all() == [clock.now]


def test_a_feed_that_nobody_reads_ends_after_180_days(clock, producer):
    feed_id, secret = actions.create_feed(producer, "me", clock.now)
    clock.advance(timedelta(days=100))
    actions.use_feed(feed_id, "Calendar/1.0", clock.now)
    clock.advance(timedelta(days=180) - timedelta(seconds=1))
    assert queries.feed_holder(secret, clock.now) is not None
    clock.advance(seconds=1)
    assert queries.feed_holder(secret, clock.now) is None


def test_the_tenth_address_is_given_once_however_many_ask_at_once(app, clock, producer):
    for _ in range(actions.keys.MOST_ADDRESSES - 1):
        actions.create_feed(producer, "me", clock.now)
    barrier, told = threading.Barrier(6), []

    def ask():
        with app.app_context():
            barrier.wait()
            try:
                actions.create_feed(producer, "me", clock.now)
                told.append("made")
            except Invalid as refused:
                told.append(refused.fields[0].code)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(told) == ["made", *["many_addresses"] * 5]
