"""Loading the demonstration into an empty database."""

import random
from datetime import datetime

from sqlalchemy import select

from booking.demo import challenges
from booking.demo.desk import Desk
from booking.demo.house import add_facilities, load_bundles, load_house, load_rules
from booking.demo.people import load_people
from booking.demo.register import Register
from booking.demo.scenes import play
from booking.demo.seed import Seed, seed
from booking.demo.works import load_closures, load_productions
from booking.facilities.models import Site
from booking.kernel.db import db
from booking.kernel.transaction import transaction
from booking.members.models import Company, RoleAssignment
from booking.members.passwords import hashed

PASSWORD = "demo"
"""Everybody's; signing in with it is refused outside demonstration mode."""

DOCUMENTED = (
    "producer@blf.example",
    "post@gfe.example",
    "guest@mosel.example",
    "manager@pil.example",
    "board@pil.example",
    "admin@pil.example",
)
"""The accounts that a person who tries the product is told about."""


@transaction
def load_demo(now: datetime) -> bool:
    """Fill an empty database with the Médiacité and six weeks of bookings around `now`.

    Answers False, and changes nothing, where there already is a company.
    """
    story = seed()
    if not _load_cluster(story, now):
        return False
    add_facilities(story, story["facilities"])
    load_bundles(story)
    load_rules(story)
    load_closures(story, now)
    rng = random.Random(story["sites"][0]["name"])
    desk = Desk()
    play(story, desk, now, rng)
    register = Register(managers(), rng)
    register.enter(desk.hand_over())
    at = int(now.timestamp())
    register.store(until=challenges.made_at(at))
    challenges.challenge(story, at)
    register.write(now)
    return True


@transaction
def load_cluster(now: datetime) -> bool:
    """Fill an empty database with sites, kinds, people and productions, but no facility.

    For large loads, which bring rooms of their own. Answers as `load_demo` does.
    """
    return _load_cluster(seed(), now)


def _load_cluster(story: Seed, now: datetime) -> bool:
    if db.session.scalar(select(Company.id).limit(1)) is not None:
        return False
    load_house(story)
    load_people(story, hashed(PASSWORD), now)
    load_productions(story, now)
    return True


def managers() -> dict[int, int]:
    """For each site the person who approves there: the first who manages it as a whole."""
    found = db.session.execute(
        select(RoleAssignment.site_id, RoleAssignment.user_id)
        .join_from(RoleAssignment, Site, Site.id == RoleAssignment.site_id)
        .order_by(RoleAssignment.id.desc())
    )
    return {site_id: user_id for site_id, user_id in found if site_id is not None}
