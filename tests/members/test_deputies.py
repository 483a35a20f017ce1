"""Somebody decides in a manager's place while they are away."""

import re
from datetime import date

import pytest
from flask import Flask

from booking.core.access import Role
from booking.kernel.errors import Forbidden, Invalid, NotFound
from booking.members import actions, queries
from booking.members.actions import end_deputy, name_deputy
from tests.support.time import StoppedClock
from tests.support.world import World

ZONE = "Europe/Brussels"
FIRST, LAST = date(2026, 11, 18), date(2026, 11, 20)


def name(world: World, clock: StoppedClock, who: str, deputy: str, first=FIRST, last=LAST) -> None:
    actor = world.actor(f"{who}@pil.example")
    name_deputy(actor, world.users[f"{deputy}@pil.example"], first, last, ZONE, clock.now)


def manages(world: World, who: str, site: str) -> bool:
    actor = queries.actor(world.users[f"{who}@pil.example"])
    assert actor is not None
    return world.sites[site] in actor.managed_sites


@pytest.mark.usefixtures("context")
def test_a_deputy_decides_on_those_days_and_no_other(world: World, clock: StoppedClock):
    name(world, clock, "manager", "board")
    seen = []
    for moment in ("2026-11-17T23:59", "2026-11-18T00:00", "2026-11-20T23:59", "2026-11-21T00:00"):
        clock.move_to(moment)
        seen.append(manages(world, "board", "M"))
    assert seen == [False, True, True, False]
    assert manages(world, "manager", "M")


@pytest.mark.usefixtures("context")
def test_who_comes_back_early_decides_alone_again(world: World, clock: StoppedClock):
    name(world, clock, "manager", "board")
    clock.move_to("2026-11-18T10:00")
    actor = world.actor("manager@pil.example")
    (absence,) = queries.deputies(actor, int(clock.now.timestamp()))
    end_deputy(actor, absence.user_id, absence.starts, clock.now)
    assert not manages(world, "board", "M")
    with pytest.raises(NotFound):
        end_deputy(actor, absence.user_id, absence.starts, clock.now)


@pytest.mark.usefixtures("context")
def test_one_absence_ends_and_the_other_stays(world: World, clock: StoppedClock):
    name(world, clock, "manager", "board")
    name(world, clock, "manager", "board", date(2026, 12, 21), date(2026, 12, 31))
    actor, now = world.actor("manager@pil.example"), int(clock.now.timestamp())
    first, second = queries.deputies(actor, now)
    end_deputy(actor, first.user_id, first.starts, clock.now)
    assert queries.deputies(actor, now) == [second]


@pytest.mark.usefixtures("context")
def test_who_stands_in_names_nobody_and_is_not_named_for_good(world: World, clock: StoppedClock):
    name(world, clock, "manager", "board")
    clock.move_to("2026-11-18T10:00")
    with pytest.raises(Forbidden):
        name(world, clock, "board", "manager-n")
    clock.move_to("2026-12-18T10:00")
    site = world.sites["M"]
    board, post = world.users["board@pil.example"], world.users["post@gfe.example"]
    actions.grant_role(None, post, Role.FACILITY_MANAGER, clock.now, site_id=site)
    offered = queries.possible_deputies(world.actor("post@gfe.example"))
    assert board not in dict(offered)  # of another company, and a deputy once
    actions.grant_role(None, board, Role.FACILITY_MANAGER, clock.now, site_id=site)
    assert manages(world, "board", "M")


@pytest.mark.usefixtures("context")
def test_a_deputy_gets_what_the_manager_gets(world: World, clock: StoppedClock):
    name(world, clock, "manager-n", "board")
    manager, site = world.users["manager-n@pil.example"], world.sites["M"]
    actions.grant_role(None, manager, Role.FACILITY_MANAGER, clock.now, site_id=site)
    assert not manages(world, "board", "M")
    clock.move_to("2026-11-18T10:00")
    assert manages(world, "board", "M")
    clock.move_to("2026-11-21T00:00")
    assert not manages(world, "board", "M")


@pytest.mark.usefixtures("context")
def test_a_deputy_decides_no_longer_when_the_manager_has_left(world: World, clock: StoppedClock):
    name(world, clock, "manager", "board")
    clock.move_to("2026-11-18T10:00")
    manager = world.users["manager@pil.example"]
    actions.deactivate(world.actor("admin@pil.example"), manager, clock.now)
    assert not manages(world, "board", "M")


@pytest.mark.usefixtures("context")
def test_a_deputy_loses_what_the_manager_loses(world: World, clock: StoppedClock):
    name(world, clock, "manager-n", "board")
    admin = world.actor("admin@pil.example")
    (held,) = [
        role
        for role in queries.person(admin, world.users["manager-n@pil.example"]).roles
        if role.role == "facility_manager"
    ]
    actions.revoke_role(admin, held.id, clock.now)
    clock.move_to("2026-11-18T10:00")
    assert not manages(world, "board", "N")


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    ("who", "deputy", "first", "last", "error"),
    [
        ("board", "manager", FIRST, LAST, Forbidden),
        ("manager", "manager", FIRST, LAST, Invalid),
        ("manager", "board", LAST, FIRST, Invalid),
        ("manager", "board", date(2020, 1, 1), date(2020, 1, 2), Invalid),
        ("manager", "board", FIRST, date(2028, 1, 1), Invalid),
    ],
)
def test_what_makes_no_sense_is_refused(
    world: World, clock: StoppedClock, who, deputy, first, last, error
):
    with pytest.raises(error):
        name(world, clock, who, deputy, first, last)


@pytest.mark.one_engine
def test_on_the_account_page(app: Flask, world: World, clock: StoppedClock):
    browser = app.test_client()
    browser.sign_in("manager@pil.example")
    deputy = str(world.users["board@pil.example"])
    sent = {"deputy": deputy, "first_on": "2026-11-18", "last_on": "2026-11-20"}
    assert browser.submit("/account/deputies", sent).status_code == 303
    page = browser.get("/account").text
    assert "Anne Dupont" in page
    end = re.search(rf"/account/deputies/{deputy}/\d+/end", page)
    assert end is not None
    assert browser.submit(end[0], {}).status_code == 303
    wrong = browser.submit("/account/deputies", {**sent, "last_on": "2026-02-30"})
    assert wrong.status_code == 400
