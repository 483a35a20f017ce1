"""Searching for a slot: the order, the habit, few slots early, hours and days, the ways out."""

from dataclasses import replace

import pytest
from sqlalchemy import insert

from booking.core.scheduling.interval import Interval
from booking.facilities.models import AttributeDefinition, AttributeValue, Facility
from booking.facilities.queries import catalogue
from booking.kernel.db import db
from booking.reservations import search
from booking.reservations.ground import Need
from booking.reservations.nearest import nearest
from tests.reservations.desk import Desk, instant, words
from tests.reservations.test_pools import pool
from tests.support.statements import statements

DAY_S = 24 * 3600
NINE_TO_SIX = (9 * 60, 18 * 60)


def need(first: str = "18", days: int = 1, hours: float = 2, **more) -> Need:
    starts = instant(f"{first}T00:00")
    return Need(window=Interval(starts, starts + days * DAY_S), seconds=int(hours * 3600), **more)


def among(*kinds: str):
    return [f for f in catalogue() if f.bookable and (not kinds or f.kind_code in kinds)]


def found(desk: Desk, asked: Need, *kinds: str, who: str = "producer") -> dict[str, list[str]]:
    answer = search.free(desk.actor(who), among(*kinds), asked, desk.now)
    return {one.facility.code: [words(slot.starts) for slot in one.slots] for one in answer}


def test_the_smallest_then_what_the_company_books_most(desk: Desk):
    assert list(found(desk, need(people=4), "editing", "grading"))[:2] == ["M-MI1", "M-MI2"]
    desk.book("colleague", "M-MI2", "20T09:00", "20T10:00")
    rooms = search.free(desk.actor("producer"), among("editing"), need(people=4), desk.now)
    assert [(one.facility.code, one.habit) for one in rooms] == [("M-MI2", 1), ("M-MI1", 0)]


def test_a_habit_is_ones_own_and_fades(desk: Desk):
    desk.book("post", "M-MI2", "20T09:00", "20T10:00")
    assert list(found(desk, need(), "editing")) == ["M-MI1", "M-MI2"]
    desk.book("producer", "M-MI2", "20T11:00", "20T12:00")
    assert list(found(desk, need(), "editing")) == ["M-MI2", "M-MI1"]
    desk.clock.advance(days=91)
    later = need("2027-03-01", hours=2)
    assert list(found(desk, later, "editing")) == ["M-MI1", "M-MI2"]


def test_the_own_site_comes_first_where_nobody_counts(desk: Desk):
    stages = list(found(desk, need(), "stage"))
    assert stages[-1] == "N-PLD"
    assert set(found(desk, need(), "stage", who="guest")) == set(stages)


@pytest.mark.parametrize("hours", [0.5, 4, 20])
def test_few_slots_are_the_first_of_all(desk: Desk, hours):
    for day in range(18, 30):
        desk.book("post", "M-ET1 M-PLA M-MI1", f"{day}T10:00", f"{day}T16:00")
    asked = need("17", 60, hours)
    every = found(desk, asked)
    for most in (1, 3, 5):
        few = found(desk, replace(asked, most=most))
        assert few == {code: slots[:most] for code, slots in every.items()}


def test_a_room_that_is_taken_for_weeks_is_looked_at_further(desk: Desk):
    desk.book("post", "M-ET1", "17T08:00", "2026-12-29T19:00")
    assert found(desk, need("17", 60, most=1), "grading")["M-ET1"] == ["2026-12-29T19:15"]


def test_hours_that_suit(desk: Desk):
    assert found(desk, need(hours=4), "stage")["N-PLD"] == ["18T00:00"]
    suiting = replace(need(days=2, hours=4), hours=NINE_TO_SIX)
    assert found(desk, suiting, "stage")["N-PLD"] == ["18T09:00", "19T09:00"]
    desk.book("post", "N-PLD", "18T12:00", "18T13:00")
    assert found(desk, suiting, "stage")["N-PLD"] == ["18T13:00", "19T09:00"]
    assert found(desk, replace(suiting, hours=(22 * 60, 24 * 60)), "stage") == {}


def test_whole_days_in_a_row(desk: Desk):
    desk.book("post", "N-PLD", "20T12:00", "20T13:00")
    asked = replace(need("18", 6), days=2, hours=NINE_TO_SIX)
    rooms = search.free(desk.actor("producer"), among("stage"), asked, desk.now)
    slots = next(one.slots for one in rooms if one.facility.code == "N-PLD")
    assert [(words(s.starts), words(s.ends)) for s in slots] == [
        ("18T09:00", "19T18:00"),
        ("21T09:00", "22T18:00"),
        ("22T09:00", "23T18:00"),
    ]


def test_whole_days_over_the_clock_change(desk: Desk):
    asked = replace(need("2027-03-27", 2), days=2, hours=NINE_TO_SIX)
    rooms = search.free(desk.actor("producer"), among("stage"), asked, desk.now)
    slot = rooms[0].slots[0]
    assert (words(slot.starts), words(slot.ends)) == ("2027-03-27T09:00", "2027-03-28T18:00")


# ---- pools ----------------------------------------------------------------------------------


def test_a_pool_is_offered_only_with_the_amount_left_all_the_time(desk: Desk):
    pool(desk, "M-FIB", 10)
    desk.book("post", "M-FIB", "18T10:00", "18T12:00", amounts={"M-FIB": 4})
    desk.book("post", "M-FIB", "18T11:00", "18T14:00", amounts={"M-FIB": 3})

    def fibre(amount: int, hours: float = 4) -> list[str]:
        asked = replace(need(hours=hours, amount=amount), hours=NINE_TO_SIX)
        return found(desk, asked, "editing").get("M-FIB", [])

    assert fibre(1) == fibre(3) == ["18T09:00"]
    assert fibre(4) == fibre(6) == fibre(7, 3) == ["18T12:00"]
    assert fibre(8) == fibre(10) == ["18T14:00"]
    assert fibre(11) == fibre(7, 7) == []
    for amount in (1, 4, 7, 10):
        start, amounts = fibre(amount)[0], {"amounts": {"M-FIB": amount}}
        end = f"{start[:2]}T{int(start[3:5]) + 4}:00"
        assert desk.preview("post", "M-FIB", start, end, **amounts).granted


def test_what_is_booked_whole_has_no_more_than_one(desk: Desk):
    pool(desk, "M-FIB", 10)
    assert set(found(desk, need(amount=2), "editing")) == {"M-FIB"}
    rooms = among("editing")
    way = nearest(desk.actor("producer"), rooms, rooms, need(amount=11), desk.now)
    assert (way.why, way.most, way.others) == ("amount", 10, ())


# ---- nothing fits ---------------------------------------------------------------------------


def ways(desk: Desk, asked: Need, *codes: str):
    alike = among("grading", "stage")
    chosen = [f for f in alike if f.code in codes]
    kinds = {f.kind_code for f in chosen}
    return nearest(
        desk.actor("producer"),
        chosen,
        [f for f in alike if f.kind_code in kinds],
        asked,
        desk.now,
    )


def test_taken_all_day_another_room_later_shorter(desk: Desk):
    desk.book("post", "M-ET1", "18T12:00", "18T20:00")
    way = ways(desk, need(hours=6), "M-ET1")
    assert way.why == "time"
    assert [(o.facility.code, o.elsewhere, o.people) for o in way.others] == [("M-ET2", True, None)]
    assert way.later is not None
    assert (way.later[0].code, words(way.later[1].starts)) == ("M-ET1", "19T08:00")
    assert way.shorter is not None
    assert (way.shorter[0].code, way.shorter[1]) == ("M-ET1", int(3.75 * 3600))


def test_too_many_people_a_smaller_one(desk: Desk):
    way = ways(desk, need(people=12), "M-ET1", "M-ET2")
    assert (way.why, way.largest) == ("people", 8)
    assert [(o.facility.code, o.people) for o in way.others] == [("M-ET1", 8), ("M-ET2", 5)]
    assert (way.later, way.shorter) == (None, None)


def test_an_attribute_that_nobody_has(desk: Desk):
    code = {"kind_id": desk.world.kinds["grading"], "names": {"fr": "HDR"}}
    row = AttributeDefinition(code="hdr", value_type="boolean", **code)
    db.session.add(row)
    db.session.flush()
    facility = desk.world.facilities["M-ET2"]
    db.session.add(AttributeValue(facility_id=facility, definition_id=row.id, value=True))
    db.session.commit()
    way = ways(desk, need(attributes=[("hdr", None), ("screen", "4k")]), "M-ET1", "M-ET2")
    assert way.why == "attributes"
    assert [(o.facility.code, len(o.lacking)) for o in way.others] == [("M-ET2", 1), ("M-ET1", 2)]


def test_fewer_days(desk: Desk):
    desk.book("post", "N-PLD", "20T12:00", "20T13:00")
    way = ways(desk, replace(need("18", 4), days=4, hours=NINE_TO_SIX), "N-PLD")
    assert way.shorter is not None
    assert way.shorter[1] == 2


# ---- what it costs --------------------------------------------------------------------------


def test_it_costs_the_same_for_one_facility_and_for_thirty(desk: Desk):
    actor, asked = desk.actor("producer"), need("17", 60, 2, most=5)

    def cost(rooms) -> tuple[int, int]:
        search.free(actor, rooms, asked, desk.now)  # what it remembers is known
        with statements(desk.app) as searching:
            search.free(actor, rooms, asked, desk.now)
        with statements(desk.app) as looking:
            nearest(actor, rooms, rooms, replace(asked, people=1000), desk.now)
        return len(searching), len(looking)

    one = cost(among("grading")[:1])
    for number in range(30):
        room = {"code": f"M-X{number}", "name": "X", "site_id": desk.world.sites["M"]}
        db.session.execute(insert(Facility).values(**room, kind_id=desk.world.kinds["grading"]))
    db.session.commit()
    many = cost(among("grading"))
    assert one == many
    assert one[0] <= 7
    assert one[1] <= 10
