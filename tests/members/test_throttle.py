from datetime import timedelta

import pytest
from sqlalchemy import select

from booking.kernel.db import db
from booking.kernel.errors import Invalid, TooMany
from booking.members import actions, queries, throttle
from booking.members.actions.sessions import Origin
from booking.members.models import Throttle

HERE = Origin("192.0.2.7")


# ---- pure -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (10, 32), (14, 512), (15, 900), (1000, 900)],
)
def test_the_delay_doubles_after_five_failures_up_to_fifteen_minutes(failures, seconds):
    assert throttle.delay_s(failures, throttle.FREE_FOR_ACCOUNT) == seconds


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("192.0.2.250", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_network_is_the_neighbourhood_of_an_address(address, network):
    assert throttle.network(address) == network


def test_account_keys_are_equal_for_one_address_and_do_not_hold_it():
    key = throttle.account_key("sign_in", " Producer@BLF.example")
    assert key == throttle.account_key("sign_in", "producer@blf.example")
    assert key != throttle.account_key("reset", "producer@blf.example")
    assert "blf" not in key.name


# ---- in the database ------------------------------------------------------------------------


def guess(clock, email="producer@blf.example", origin=HERE, password="not the password"):
    return actions.sign_in(email, password, origin=origin, now=clock.now, demo=True)


@pytest.mark.usefixtures("context")
def test_the_sixth_guess_must_wait_and_says_how_long(clock):
    for _ in range(5):
        with pytest.raises(Invalid):
            guess(clock)
    with pytest.raises(TooMany) as refusal:
        guess(clock)
    assert refusal.value.params == {"retry_after_s": 1}
    with pytest.raises(TooMany):  # the right password must wait as well
        guess(clock, password="demo")


@pytest.mark.usefixtures("context")
def test_a_success_clears_the_account(clock):
    for _ in range(4):
        with pytest.raises(Invalid):
            guess(clock)
    guess(clock, password="demo")
    assert [key for key in db.session.scalars(select(Throttle.key)) if "account" in key] == []
    for _ in range(5):
        with pytest.raises(Invalid):
            guess(clock)


@pytest.mark.usefixtures("context")
def test_unknown_accounts_are_slowed_down_just_the_same(clock):
    for _ in range(5):
        with pytest.raises(Invalid):
            guess(clock, email="nobody@nowhere.example")
    with pytest.raises(TooMany):
        guess(clock, email="nobody@nowhere.example")


@pytest.mark.usefixtures("context")
def test_a_network_that_tries_many_accounts_must_wait(clock):
    for number in range(throttle.FREE_FOR_NETWORK):
        with pytest.raises(Invalid):
            guess(clock, email=f"user{number}@blf.example", origin=Origin(f"192.0.2.{number}"))
    with pytest.raises(TooMany):
        guess(clock, email="another@blf.example", origin=Origin("192.0.2.99"))
    with pytest.raises(Invalid):
        guess(clock, email="another@blf.example", origin=Origin("198.51.100.1"))


@pytest.mark.usefixtures("context")
def test_failures_are_forgotten_after_a_day(clock):
    for _ in range(5):
        with pytest.raises(Invalid):
            guess(clock)
    clock.advance(throttle.FORGOTTEN_AFTER + timedelta(seconds=1))
    for _ in range(5):
        with pytest.raises(Invalid):
            guess(clock)
    throttle.tidy(clock.now + throttle.FORGOTTEN_AFTER)
    assert db.session.scalars(select(Throttle.key)).all() == []


@pytest.mark.usefixtures("context")
def test_a_thousand_guesses_in_a_quarter_of_an_hour_check_fourteen_passwords(
    clock, world, monkeypatch
):
    checked = 0

    def verify(kept, password):
        nonlocal checked
        checked += 1
        return False

    known = actions.sign_in(
        "producer@blf.example", "demo", origin=Origin("198.51.100.9"), now=clock.now, demo=True
    )
    monkeypatch.setattr("booking.members.passwords.verify", verify)
    refused = 0
    for _ in range(1000):
        try:
            guess(clock)
        except TooMany:
            refused += 1
        except Invalid:
            pass
        clock.advance(seconds=1)
    assert (checked, checked + refused) == (14, 1000)
    holder = queries.session_holder(known, clock.now)
    assert holder is not None
    assert holder.actor.user_id == world.users["producer@blf.example"]
