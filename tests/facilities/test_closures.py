from datetime import datetime

import pytest

from booking.core.scheduling.interval import Interval
from booking.core.scheduling.wallclock import resolve
from booking.facilities import actions, queries
from booking.facilities.actions.closures import Closing, understand
from booking.journal.queries import revision
from booking.kernel.errors import Clash, Forbidden, Invalid, NotFound, Refused
from booking.reservations.actions import accept, request
from booking.reservations.closing import hit, proposals, propose
from booking.reservations.wish import BookingRequest
from tests.reservations.desk import Desk
from tests.reservations.test_pools import pool
from tests.support.statements import statements

pytestmark = pytest.mark.usefixtures("context")

MANAGER = "manager@pil.example"


def at(words):
    return datetime.fromisoformat(words)


def closing(facility="M-ET1", start="2026-11-18T08:00", end="2026-11-18T18:00", **more):
    values = {"facility": facility, "reason": "Calibration", **more}
    return Closing(start=at(start), end=at(end), **values)


def instant(words):
    return resolve(at(words), "Europe/Brussels")


def book(world, clock, facility="M-ET1", day="18", email="producer@blf.example"):
    wish = BookingRequest(
        facilities=(facility,),
        title="Étalonnage",
        start=at(f"2026-11-{day}T09:00"),
        end=at(f"2026-11-{day}T12:00"),
    )
    return request(world.actor(email), wish, clock.now)


def wrong(refusal):
    return [(field.path, field.code) for field in refusal.value.fields]


def test_a_closure_is_entered_in_wall_clock(clock, world):
    actions.add_closure(world.actor(MANAGER), closing(), clock.now)
    [found] = queries.upcoming_closures(0)
    assert (found.starts, found.ends) == (instant("2026-11-18T08:00"), instant("2026-11-18T18:00"))
    assert (found.facility_id, found.site_id) == (world.facilities["M-ET1"], None)
    assert found.reason == "Calibration"


def test_nobody_books_into_a_closure(clock, world):
    actions.add_closure(world.actor(MANAGER), closing(), clock.now)
    with pytest.raises(Refused) as refusal:
        book(world, clock)
    assert [finding.rule for finding in refusal.value.findings] == ["closed"]
    book(world, clock, "M-ET2")
    book(world, clock, day="19")


def test_a_closed_half_keeps_the_whole_hall_from_being_booked(clock, world):
    actions.add_closure(world.actor(MANAGER), closing("M-PLA1"), clock.now)
    for facility in ("M-PLA1", "M-PLA"):
        with pytest.raises(Refused):
            book(world, clock, facility)
    book(world, clock, "M-PLA2")


def test_a_closed_site_shuts_all_of_its_facilities(clock, world):
    wish = closing(None, site="M")
    actions.add_closure(world.actor(MANAGER), wish, clock.now)
    for facility in ("M-ET1", "M-CIN", "M-PLA"):
        with pytest.raises(Refused):
            book(world, clock, facility)
    book(world, clock, "N-PLD")


def test_an_opened_facility_can_be_booked_again(clock, world):
    manager = world.actor(MANAGER)
    closure = actions.add_closure(manager, closing(), clock.now)
    actions.remove_closure(manager, closure, clock.now)
    assert queries.upcoming_closures(0) == []
    book(world, clock)


def test_a_closure_moves_the_revisions_of_all_that_it_shuts(clock, world):
    actions.add_closure(world.actor(MANAGER), closing("M-PLA1"), clock.now)
    shut = [revision((f"facility:{world.facilities[code]}",)) for code in ("M-PLA1", "M-PLA")]
    assert shut == [revision(("calendar",))] * 2
    assert revision((f"facility:{world.facilities['M-PLA2']}",)) == 0


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"reason": " "}, [("reason", "required")]),
        ({"reason": "x" * 201}, [("reason", "too_long")]),
        ({"end": "2026-11-18T08:00"}, [("end", "closure_backwards")]),
        ({"end": "2026-11-17T08:00"}, [("end", "closure_backwards")]),
        (
            {"start": "2026-11-01T08:00", "end": "2026-11-02T08:00"},
            [("end", "closure_over")],
        ),
        ({"facility": "NOPE"}, [("what", "unknown")]),
        ({"start": "1900-01-01T08:00"}, [("start", "out_of_range")]),
    ],
)
def test_every_field_at_fault_is_named(clock, world, more, expected):
    with pytest.raises(Invalid) as refusal:
        actions.add_closure(
            world.actor(MANAGER), closing(**{"facility": "M-ET1", **more}), clock.now
        )
    assert wrong(refusal) == expected


def test_a_time_that_the_clock_change_skips_is_refused(clock, world):
    wish = closing(start="2027-03-28T02:30", end="2027-03-28T12:00")
    with pytest.raises(Invalid) as refusal:
        actions.add_closure(world.actor(MANAGER), wish, clock.now)
    assert wrong(refusal) == [("start", "nonexistent_time")]


def test_a_time_that_comes_twice_is_asked_about(clock, world):
    manager = world.actor(MANAGER)
    start, end = "2027-10-31T02:30", "2027-10-31T12:00"
    with pytest.raises(Invalid) as refusal:
        actions.add_closure(manager, closing(start=start, end=end), clock.now)
    assert wrong(refusal) == [("start", "ambiguous_time")]
    shut = [
        understand(manager, closing(start=start, end=end, start_fold=fold), clock.now).window
        for fold in (0, 1)
    ]
    assert shut[0].seconds - shut[1].seconds == 3600


@pytest.mark.parametrize(
    "email", ["producer@blf.example", "manager-n@pil.example", "board@pil.example"]
)
def test_others_close_nothing(clock, world, email):
    with pytest.raises(Forbidden):
        actions.add_closure(world.actor(email), closing(), clock.now)
    closure = actions.add_closure(world.actor(MANAGER), closing(), clock.now)
    with pytest.raises(Forbidden):
        actions.remove_closure(world.actor(email), closure, clock.now)


def test_a_manager_of_one_site_does_not_close_the_other(clock, world):
    manager = world.actor("manager-n@pil.example")
    actions.add_closure(manager, closing(None, site="N"), clock.now)
    with pytest.raises(Forbidden):
        actions.add_closure(manager, closing(None, site="M"), clock.now)


def test_what_is_not_closed_cannot_be_opened(clock, world):
    with pytest.raises(NotFound):
        actions.remove_closure(world.actor(MANAGER), 1, clock.now)


# ---- what it would hit ----------------------------------------------------------------------


def hits(world, email, code="M-ET1", day="18", now=0):
    window = Interval(instant(f"2026-11-{day}T08:00"), instant(f"2026-11-{day}T18:00"))
    shut = [queries.by_codes([code])[code]]
    return hit(world.actor(email), shut, window, now)


def test_the_manager_sees_whom_to_talk_to(clock, world):
    number = book(world, clock)
    [line] = hits(world, MANAGER)
    assert (line.number, line.title, line.requester) == (number, "Étalonnage", "Camille Laurent")
    assert (line.facility.code, line.state, line.rank) == ("M-ET1", "requested", 1)
    assert hits(world, MANAGER, day="19") == []
    assert hits(world, MANAGER, "M-ET2") == []


def test_the_administrator_learns_that_it_is_occupied_and_no_more(clock, world):
    book(world, clock)
    [line] = hits(world, "admin@pil.example")
    assert (line.number, line.title, line.requester, line.state) == (None, None, None, "occupied")


def test_a_booking_of_the_whole_hall_is_hit_by_closing_a_half(clock, world):
    book(world, clock, "M-PLA")
    [line] = hits(world, MANAGER, "M-PLA1")
    assert line.facility.code == "M-PLA"


def test_turnaround_alone_is_not_hit(clock, world):
    book(world, clock)
    window = Interval(instant("2026-11-18T12:00"), instant("2026-11-18T12:15"))
    shut = [queries.by_codes(["M-ET1"])["M-ET1"]]
    assert hit(world.actor(MANAGER), shut, window, 0) == []


def test_bookings_outlive_a_closure_around_them(clock, world):
    number = book(world, clock)
    actions.add_closure(world.actor(MANAGER), closing(), clock.now)
    [line] = hits(world, MANAGER)
    assert line.number == number
    with pytest.raises((Refused, Clash)):
        book(world, clock, email="post@gfe.example")


# ---- what is proposed to whoever is hit ------------------------------------------------------


@pytest.fixture
def desk(app, world, clock):
    return Desk(app, world, clock)


def proposed(world, clock, shut="M-ET1"):
    """Where each booking in the way could go, on the day that is shut."""
    manager, now = world.actor(MANAGER), int(clock.now.timestamp())
    window = Interval(instant("2026-11-18T08:00"), instant("2026-11-18T18:00"))
    hits = hit(manager, (queries.by_codes((shut,))[shut],), window, now)
    return [
        (one.hit.title, one.instead.code if one.instead else None, one.offered)
        for one in proposals(manager, hits, now)
    ]


def test_each_is_proposed_a_room_of_its_kind_that_is_free(clock, world, desk):
    desk.book("producer", "M-ET1", "18T09:00", "18T12:00", title="Matin")
    desk.book("post", "M-ET1", "18T14:00", "18T16:00", title="Après-midi")
    actions.add_closure(world.actor(MANAGER), closing(), clock.now)
    assert proposed(world, clock) == [("Matin", "M-ET2", False), ("Après-midi", "M-ET2", False)]
    desk.book("guest", "M-ET2", "18T11:00", "18T12:00")
    assert proposed(world, clock) == [("Matin", None, False), ("Après-midi", "M-ET2", False)]


def test_no_room_is_proposed_to_two_at_once(clock, world, desk):
    desk.book("producer", "M-MI1", "18T09:00", "18T12:00", title="Première")
    desk.book("post", "M-MI1", "18T11:00", "18T13:00", title="Seconde", on_clash="queue")
    assert proposed(world, clock, "M-MI1") == [
        ("Première", "M-MI2", False),
        ("Seconde", None, False),
    ]


def test_who_would_have_to_give_up_two_rooms_is_for_people_to_settle(clock, world, desk):
    desk.book("producer", "M-PLA1 M-PLA2", "18T09:00", "18T12:00", title="Deux moitiés")
    assert proposed(world, clock, "M-PLA") == [("Deux moitiés", None, False)] * 2


def test_nobody_is_proposed_less_room_than_they_need(clock, world, desk):
    desk.book("producer", "M-ET1", "18T09:00", "18T12:00", title="À sept", attendees=7)
    assert proposed(world, clock) == [("À sept", None, False)]


def test_an_offer_is_made_in_one_click_and_accepted_in_another(clock, world, desk):
    number = desk.book("producer", "M-ET1 M-CIN", "18T09:00", "18T12:00", title="Deux salles")
    date = desk.view("producer", number).occurrences[0].id
    manager = world.actor(MANAGER)
    actions.add_closure(manager, closing(), clock.now)
    with pytest.raises(NotFound):
        propose(manager, number, date, ("M-MI1", "M-MI2"), clock.now, "Lampe")
    with pytest.raises(NotFound):
        propose(manager, "PIL-2026-99999", date, ("M-ET1", "M-ET2"), clock.now, "Lampe")
    propose(manager, number, date, ("M-ET1", "M-ET2"), clock.now, "Lampe")
    assert proposed(world, clock) == [("Deux salles", "M-ET2", True)]
    accept(desk.actor("producer"), number, clock.now)
    given = desk.view("producer", number).occurrences[0].allocations
    assert {one.code for one in given} == {"M-ET2", "M-CIN"}
    assert proposed(world, clock) == []


def test_who_does_not_decide_there_proposes_nothing(clock, world, desk):
    number = desk.book("producer", "M-ET1", "18T09:00", "18T12:00")
    date = desk.view("producer", number).occurrences[0].id
    for who in ("manager-n@pil.example", "post@gfe.example"):
        with pytest.raises((Forbidden, NotFound)):
            propose(world.actor(who), number, date, ("M-ET1", "M-ET2"), clock.now, "Lampe")


def test_a_hundred_are_weighed_in_as_many_statements_as_one(app, clock, world, desk):
    counts = []
    for hour in (8, 9, 10, 11, 12, 13):
        desk.book("producer", "M-MI1", f"18T{hour:02}:00", f"18T{hour + 1:02}:00")
        proposed(world, clock, "M-MI1")
        with statements(app) as sent:
            found = proposed(world, clock, "M-MI1")
        counts.append((len(found), len(sent)))
    assert [n for n, _ in counts] == [1, 2, 3, 4, 5, 6]
    assert len({n for _, n in counts}) == 1, counts


def test_the_other_pool_is_proposed_with_the_amount(clock, world, desk):
    pool(desk, "M-FIB", 10)
    pool(desk, "M-FI2", 10)
    number = desk.book("producer", "M-FIB", "18T09:00", "18T12:00", amounts={"M-FIB": 6})
    actions.add_closure(world.actor(MANAGER), closing("M-FIB"), clock.now)
    assert proposed(world, clock, "M-FIB") == [("Étalonnage", "M-FI2", False)]
    (date,) = desk.view("manager", number).occurrences
    propose(world.actor(MANAGER), number, date.id, ("M-FIB", "M-FI2"), clock.now, "Travaux")
    accept(desk.actor("producer"), number, clock.now)
    (date,) = desk.view("manager", number).occurrences
    assert [(given.code, given.amount) for given in date.allocations] == [("M-FI2", 6)]
