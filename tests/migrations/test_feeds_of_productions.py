"""Calendar addresses that kept code names: each leads to the production that it showed."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from booking.kernel.db import db
from booking.members.actions import create_feed
from booking.productions.actions import ProductionChange, create, invite
from tests.support import world
from tests.support.time import StoppedClock

BEFORE = "0023"
OWN, GUEST, STRANGER = "producer@blf.example", "guest@mosel.example", "post@gfe.example"


def test_each_leads_to_the_production_that_it_showed(
    empty: Callable[[], Flask], clock: StoppedClock
):
    with empty().app_context():
        upgrade()
        house = world.build()
        heron = house.productions["HERON"]
        other = create(
            house.actor(STRANGER), ProductionChange(code_name="HERON", title="Autre"), clock.now
        )
        invite(house.actor(STRANGER), other, OWN, clock.now + timedelta(minutes=1))
        for who in (OWN, GUEST, STRANGER):
            create_feed(house.actor(who), f"production:#{heron}", clock.now)
        create_feed(house.actor(OWN), "me", clock.now)
        db.session.remove()
        downgrade(revision=BEFORE)
        assert scopes() == ["production:HERON"] * 3 + ["me"]
        upgrade()
        assert scopes() == [*(f"production:#{id}" for id in (heron, heron, other)), "me"]


def test_one_that_shows_nothing_any_more_stays_as_it_is(
    empty: Callable[[], Flask], clock: StoppedClock
):
    with empty().app_context():
        upgrade()
        house = world.build()
        heron = house.productions["HERON"]
        create_feed(house.actor(STRANGER), f"production:#{heron}", clock.now)
        db.session.remove()
        downgrade(revision=BEFORE)
        upgrade()
        assert scopes() == ["production:HERON"]


def scopes() -> list[str]:
    """Of the addresses, in the order in which they were made."""
    found = db.session.scalars(text("SELECT scope FROM feed_token ORDER BY id"))
    told = [str(scope) for scope in found]
    db.session.remove()
    return told
