"""Lists of bookings as they stand, page by page."""

import pytest

from booking.core.scheduling.recurrence import Recurrence
from booking.kernel.errors import Forbidden
from booking.reservations import lists
from booking.reservations.actions import Reach
from booking.reservations.lists import Page
from tests.reservations.desk import Desk
from tests.support.statements import statements

LATER = ("30T09:00", "30T13:00")
LAPSED = "2026-11-23T09:00"


def numbers(page: Page) -> list[str]:
    return [line.number for line in page.lines]


def test_mine_the_companys_and_the_productions(desk: Desk):
    own = desk.book("producer", "M-MI1", "18T09:00", "18T10:00")
    heron = desk.book("colleague", "M-MI1", "18T10:00", "18T11:00", production="HERON")
    rival = desk.book("post", "M-MI1", "18T11:00", "18T12:00")
    producer, guest, post = (desk.actor(who) for who in ("producer", "guest", "post"))
    production = desk.world.productions["HERON"]

    def found(actor, **whose) -> list[str]:
        return numbers(lists.bookings(actor, now=desk.now, **whose))

    assert found(producer) == [own]
    assert found(producer, whose="company") == [own, heron]
    assert found(producer, whose="production", production_id=production) == [heron]
    assert found(guest, whose="production", production_id=production) == [heron]
    assert found(post, whose="production", production_id=production) == []
    assert found(post, whose="company") == [rival]


def test_upcoming_comes_soonest_first_and_past_latest_first(desk: Desk):
    booked = [
        desk.book("producer", "M-MI1", f"{day}T09:00", f"{day}T10:00") for day in (19, 17, 18, 20)
    ]
    wednesday = booked[2]
    desk.clock.move_to("2026-11-18T09:30")
    actor = desk.actor("producer")
    upcoming = lists.bookings(actor, now=desk.now)
    assert numbers(upcoming) == [wednesday, booked[0], booked[3]]
    desk.clock.move_to("2026-11-18T10:00")
    past = lists.bookings(actor, when="past", now=desk.now)
    assert numbers(past) == [wednesday, booked[1]]


@pytest.mark.parametrize("when", ["upcoming", "past"])
def test_pages_follow_each_other_without_gaps(desk: Desk, when):
    same_hour = "M-MI1 M-MI2 M-CIN N-RE1"
    for day in (17, 18):
        for room in same_hour.split():
            desk.book("producer", room, f"{day}T09:00", f"{day}T10:00")
    if when == "past":
        desk.clock.move_to("2026-11-19T09:00")
    actor = desk.actor("producer")
    everything = numbers(lists.bookings(actor, when=when, now=desk.now))
    page = lists.bookings(actor, when=when, now=desk.now, size=3)
    pages = [numbers(page)]
    while page.cursor:
        page = lists.bookings(actor, when=when, now=desk.now, cursor=page.cursor, size=3)
        pages.append(numbers(page))
    assert [len(one) for one in pages] == [3, 3, 2]
    assert [number for one in pages for number in one] == everything


@pytest.mark.parametrize("cursor", ["x", "1", "1-2-3", "-", f"{10**30}-1", f"1-{10**30}"])
def test_a_cursor_that_no_list_gave_is_refused(desk: Desk, cursor):
    with pytest.raises(ValueError):  # noqa: PT011
        lists.bookings(desk.actor("producer"), now=desk.now, cursor=cursor)


def test_a_line_tells_how_it_stands_now(desk: Desk):
    first = desk.option("producer", "M-MI1", *LATER)
    second = desk.option("post", "M-MI1", *LATER)
    firm = desk.book("colleague", "M-MI1", *LATER, on_clash="queue")

    def lines(who: str) -> list[tuple[object, ...]]:
        page = lists.bookings(desk.actor(who), whose="company", now=desk.now)
        return [(n.number, n.state, n.rank, n.expires is None, n.waiting) for n in page.lines]

    assert lines("producer") == [(first, "option", 1, False, 2), (firm, "requested", 3, False, 1)]
    assert lines("post") == [(second, "option", 2, False, 1)]
    desk.clock.move_to(LAPSED)
    with desk.unchanged():
        assert lines("producer") == [
            (first, "expired", None, True, 0),
            (firm, "confirmed", 1, True, 0),
        ]
        assert lines("post") == [(second, "expired", None, True, 0)]


def test_the_inbox_holds_what_waits_for_the_manager(desk: Desk):
    both = desk.book("producer", "M-ET1 N-PLD", "19T09:00", "19T10:00")
    here = desk.book("producer", "M-ET1", "18T09:00", "18T10:00")
    desk.book("producer", "M-MI1", "18T09:00", "18T10:00")
    desk.option("producer", "M-ET2", *LATER)

    def inbox(who: str) -> list[str]:
        actor = desk.actor(who)
        found = numbers(lists.inbox(actor, desk.now))
        assert lists.inbox_count(actor, desk.now) == len(found)
        return found

    assert (inbox("manager"), inbox("manager-n")) == ([here, both], [both])
    desk.act("manager-n", both, "approve")
    assert (inbox("manager"), inbox("manager-n")) == ([here, both], [])
    desk.clock.move_to("2026-11-18T09:00")
    assert inbox("manager") == [both]


def grouped(desk: Desk, cursor: str | None = None) -> tuple[list[tuple[str, int]], str | None]:
    """The numbers in the manager's inbox with how many of their dates, and the next cursor."""
    found = lists.inbox_by_booking(desk.actor("manager"), desk.now, cursor=cursor)
    return [(asked.first.number, len(asked.lines)) for asked in found.requests], found.cursor


def weekly(desk: Desk, count: int, day: int) -> str:
    rule = Recurrence(rule=f"FREQ=WEEKLY;COUNT={count}")
    return desk.book("producer", "M-ET1", f"{day}T09:00", f"{day}T10:00", recurrence=rule)


def test_the_dates_of_a_series_stand_together_soonest_first(desk: Desk):
    series, single = weekly(desk, 5, 19), weekly(desk, 1, 18)
    assert grouped(desk) == ([(single, 1), (series, 5)], None)
    second = desk.view("manager", series).occurrences[1].id
    desk.act("manager", series, "approve", reach=Reach(only=frozenset({second})))
    assert grouped(desk) == ([(single, 1), (series, 4)], None)
    desk.clock.move_to("2026-11-18T10:00")
    assert grouped(desk) == ([(series, 4)], None)


def test_a_page_ends_where_the_dates_are_many(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lists, "MOST_DATES", 5)
    long, short, last = weekly(desk, 7, 18), weekly(desk, 3, 19), weekly(desk, 3, 20)
    first, cursor = grouped(desk)
    then, cursor = grouped(desk, cursor)
    assert (first, then) == ([(long, 7)], [(short, 3)])
    assert grouped(desk, cursor) == ([(last, 3)], None)
    assert cursor is not None
    for odd in ("x", "1", "1-", f"{2**60}-1"):
        with pytest.raises(ValueError, match=r"."):
            grouped(desk, odd)


def test_a_longer_inbox_costs_no_more_statements(desk: Desk):
    def cost() -> int:
        grouped(desk)  # reads the facilities anew
        with statements(desk.app) as sent:
            grouped(desk)
        return len(sent)

    weekly(desk, 2, 18)
    few = cost()
    weekly(desk, 20, 19)
    weekly(desk, 20, 20)
    assert (cost(), few <= 6) == (few, True)


def test_the_inbox_is_for_those_who_decide(desk: Desk):
    assert lists.inbox_count(desk.actor("producer"), desk.now) == 0
    for look in (lists.inbox, lists.inbox_by_booking):
        with pytest.raises(Forbidden):
            look(desk.actor("producer"), desk.now)


# ---- searching --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("étalonnage", "AB"),
        ("ÉTALONNAGE bobine", "A"),
        ("Bobine  étal", "A"),
        ("00002", "B"),
        ("heron", "B"),
        ("noé", "C"),
        ("laurent", "AB"),
        ("batte", "ABC"),
        ("M-ET1", "A"),
        ("montage 1", "BC"),
        ("100%", ""),
        ("_", ""),
        ("bobine heron", ""),
        ("le " * 61, "ABC"),
        (" ".join(f"mot{n}" for n in range(61)), ""),
        ("  ", "ABC"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}'\"\\", ""),
    ],
)
def test_every_word_of_a_search_is_found_somewhere(desk: Desk, text: str, found: str):
    desk.book("producer", "M-ET1", "18T09:00", "18T10:00", title="Étalonnage, bobine 3")
    desk.book(
        "producer", "M-MI1", "18T10:00", "18T11:00", title="Avant étalonnage", production="HERON"
    )
    desk.book("colleague", "M-MI1", "18T11:00", "18T12:00", title="Le générique")
    actor = desk.actor("producer")
    page = lists.bookings(actor, whose="company", now=desk.now, text=text)
    assert "".join("ABC"[int(line.number[-1]) - 1] for line in page.lines) == found


def test_a_search_finds_nothing_that_one_may_not_list(desk: Desk):
    desk.book("post", "M-ET1", "18T09:00", "18T10:00", title="Secret")
    for whose in ("mine", "company"):
        found = lists.bookings(desk.actor("producer"), whose=whose, now=desk.now, text="Secret")
        assert found.lines == []


def test_a_search_goes_on_page_after_page(desk: Desk):
    for day in range(17, 21):
        desk.book("producer", "M-MI1", f"{day}T09:00", f"{day}T10:00", title="Montage")
        desk.book("producer", "M-MI2", f"{day}T09:00", f"{day}T10:00", title="Autre")
    actor, seen, cursor = desk.actor("producer"), [], None
    while cursor is not None or not seen:
        page = lists.bookings(actor, now=desk.now, text="montage 1", cursor=cursor, size=2)
        seen += numbers(page)
        cursor = page.cursor
    assert len(seen) == len(set(seen)) == 4
