"""Pools in bookings that change: another amount is judged like another place."""

import pytest

from booking.core.scheduling.recurrence import Recurrence
from booking.kernel.errors import Clash, Invalid
from booking.reservations import histories, lists
from booking.reservations.actions import Change, Reach, preview_change
from tests.reservations.desk import Desk
from tests.reservations.test_moving import move
from tests.reservations.test_offers import accept, offer, swap
from tests.reservations.test_pools import pool, shares, take
from tests.support.statements import statements

DAY = ("18T09:00", "18T13:00")
NEXT = ("19T09:00", "19T13:00")


@pytest.fixture
def fibre(desk: Desk) -> int:
    return pool(desk, "M-FIB", 10)


def amounts() -> list[int]:
    return [amount for *_, amount in shares()]


def seen(desk: Desk, number: str) -> list[tuple[str, int | None]]:
    (one,) = desk.view("manager", number).occurrences
    return [(given.code, given.amount) for given in one.allocations]


# ---- more and less ----------------------------------------------------------------------------


def test_an_amount_grows_and_shrinks(desk: Desk, fibre: int):
    number = take(desk, "producer", 4)
    move(desk, "producer", number, amounts={"M-FIB": 6})
    assert (amounts(), seen(desk, number)) == ([6], [("M-FIB", 6)])
    move(desk, "producer", number, amounts={"M-FIB": 1})
    assert (amounts(), desk.where(number)) == ([1], "confirmed 1")


def test_the_history_says_how_much_it_was_and_is(desk: Desk, fibre: int):
    number = take(desk, "producer", 4)
    move(desk, "producer", number, amounts={"M-FIB": 6})
    last = histories.of_booking(desk.view("producer", number))[-1]
    told = [side["places"][0]["amounts"] for side in (last.before, last.after)]
    assert (last.event, told) == ("booking:moved", [{"M-FIB": 4}, {"M-FIB": 6}])


def test_more_than_is_left_changes_nothing(desk: Desk, fibre: int):
    number = take(desk, "producer", 4)
    take(desk, "post", 5)
    wanted = Change(amounts={"M-FIB": 6})
    said = preview_change(desk.actor("producer"), number, wanted, desk.now)
    assert [(c.facility, c.left) for c in said.conflicts] == [("M-FIB", 5)]
    with desk.unchanged(), pytest.raises(Clash) as clash:
        move(desk, "producer", number, title="Plus", amounts={"M-FIB": 6})
    assert [(c.facility, c.left) for c in clash.value.conflicts] == [("M-FIB", 5)]
    move(desk, "producer", number, amounts={"M-FIB": 5})
    assert amounts() == [5, 5]


def test_what_nobody_names_stays(desk: Desk, fibre: int):
    number = desk.book("producer", "M-MI1 M-FIB", *DAY, amounts={"M-FIB": 4})
    move(desk, "producer", number, *NEXT)
    assert amounts() == [4]
    move(desk, "producer", number, rooms="M-MI2 M-FIB")
    assert amounts() == [4]
    move(desk, "producer", number, rooms="M-MI2")
    assert amounts() == []
    move(desk, "producer", number, rooms="M-MI2 M-FIB")
    assert amounts() == [1]


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"M-FIB": 0}, "out_of_range"),
        ({"M-FIB": 11}, "out_of_range"),
        ({"M-MI1": 1}, "amount_of_nothing"),
    ],
)
def test_odd_amounts_are_refused_by_name(desk: Desk, fibre: int, wanted: dict[str, int], code: str):
    number = take(desk, "producer", 4)
    with desk.unchanged(), pytest.raises(Invalid) as refused:
        move(desk, "producer", number, amounts=wanted)
    ((pool_code, _),) = wanted.items()
    assert [(f.path, f.code) for f in refused.value.fields] == [(f"amounts/{pool_code}", code)]


def test_lists_say_how_much(desk: Desk, fibre: int):
    desk.book("producer", "M-MI1 M-FIB", *DAY, amounts={"M-FIB": 4})
    (line,) = lists.bookings(desk.actor("producer"), now=desk.now).lines
    assert sorted(line.places) == ["Fibre M-FIB × 4", "Montage image 1"]


# ---- approval ---------------------------------------------------------------------------------


def test_more_needs_approval_again_and_less_does_not(desk: Desk):
    pool(desk, "M-FIB", 10, approval="manager")
    number = take(desk, "producer", 4)
    desk.act("manager", number, "approve")
    move(desk, "producer", number, amounts={"M-FIB": 2})
    assert desk.where(number) == "confirmed 1"
    move(desk, "producer", number, amounts={"M-FIB": 4})
    assert desk.where(number) == "confirmed 1"  # taken back
    move(desk, "producer", number, amounts={"M-FIB": 6})
    assert desk.where(number) == "requested 1"
    move(desk, "manager", number, amounts={"M-FIB": 8})
    assert desk.where(number) == "confirmed 1"


# ---- series -----------------------------------------------------------------------------------


def test_all_dates_of_a_series_or_one(desk: Desk, fibre: int):
    weekly = Recurrence(rule="FREQ=WEEKLY;COUNT=3")
    number = take(desk, "producer", 4, recurrence=weekly)
    second = desk.view("producer", number).occurrences[1].id
    move(desk, "producer", number, amounts={"M-FIB": 6})
    reach = Reach(scope="this", occurrence=second)
    move(desk, "producer", number, amounts={"M-FIB": 2}, reach=reach)
    assert amounts() == [6, 2, 6]


def test_one_date_with_too_little_left_holds_back_all(desk: Desk, fibre: int):
    weekly = Recurrence(rule="FREQ=WEEKLY;COUNT=3")
    number = take(desk, "producer", 4, recurrence=weekly)
    take(desk, "post", 6, "25T10:00", "25T11:00")
    with desk.unchanged(), pytest.raises(Clash):
        move(desk, "producer", number, amounts={"M-FIB": 5})


def test_a_year_costs_as_many_statements_as_a_date(desk: Desk, fibre: int):
    def cost(count: int, day: int) -> int:
        rule = Recurrence(rule=f"FREQ=WEEKLY;COUNT={count}")
        span = (f"2026-12-{day:02}T09:00", f"2026-12-{day:02}T10:00")
        number = take(desk, "producer", 1, *span, recurrence=rule)
        with statements(desk.app) as sent:
            move(desk, "producer", number, amounts={"M-FIB": 2})
        return len(sent)

    cost(2, 1)
    assert len({cost(2, 2), cost(20, 3)}) == 1


def test_a_series_is_not_in_its_own_way_in_a_pool_either(desk: Desk, fibre: int):
    """Two dates at once would take their amounts twice: one asks for the larger amount."""
    daily = Recurrence(rule="FREQ=DAILY;COUNT=3")
    with desk.unchanged(), pytest.raises(Invalid) as refused:
        take(desk, "producer", 2, "18T09:00", "19T10:00", recurrence=daily)
    assert [(f.path, f.code) for f in refused.value.fields] == [("rrule", "overlaps_itself")]
    number = take(desk, "producer", 6, recurrence=daily)
    with desk.unchanged(), pytest.raises(Invalid) as refused:
        move(desk, "producer", number, "18T09:00", "19T10:00")
    assert [(f.path, f.code) for f in refused.value.fields] == [("end", "overlaps_itself")]


def test_one_date_moved_onto_another_adds_up(desk: Desk, fibre: int):
    daily = Recurrence(rule="FREQ=DAILY;COUNT=2")
    number = take(desk, "producer", 6, recurrence=daily)
    first, _ = desk.view("producer", number).occurrences
    reach = Reach(scope="this", occurrence=first.id)
    with desk.unchanged(), pytest.raises(Clash) as clash:
        move(desk, "producer", number, *NEXT, reach=reach)
    assert [(c.facility, c.left) for c in clash.value.conflicts] == [("M-FIB", 4)]
    move(desk, "producer", number, *NEXT, amounts={"M-FIB": 4}, reach=reach)
    assert sorted(amounts()) == [4, 6]


# ---- offers -----------------------------------------------------------------------------------


def test_a_manager_offers_another_amount(desk: Desk):
    pool(desk, "M-FIB", 10, approval="manager")
    number = take(desk, "producer", 8)
    offer(desk, "manager", number, *DAY, amounts={"M-FIB": 5})
    (one,) = desk.view("producer", number).occurrences
    assert one.offer is not None
    assert one.offer.amounts == {"M-FIB": 5}
    accept(desk, "producer", number)
    assert (amounts(), desk.where(number)) == ([5], "confirmed 1")


def test_a_swap_takes_the_amounts_along(desk: Desk, fibre: int):
    mine = desk.book("producer", "M-MI1 M-FIB", *DAY, amounts={"M-FIB": 4})
    theirs = desk.book("post", "M-MI2 M-FIB", *DAY, amounts={"M-FIB": 6})
    swap(desk, "producer", mine, "M-MI2", DAY[0])
    accept(desk, "post", theirs)
    assert dict(seen(desk, mine)) == {"M-MI2": None, "M-FIB": 6}
    assert dict(seen(desk, theirs)) == {"M-MI1": None, "M-FIB": 4}
