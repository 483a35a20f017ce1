"""Members compete: who sees what in the planning, in conflicts, in single bookings."""

from dataclasses import asdict, dataclass

import pytest

from booking.kernel.errors import Clash, NotFound
from tests.reservations.desk import Desk, instant

pytestmark = pytest.mark.one_engine

DAY = ("30T00:00", "30T23:59")
MORNING, AFTERNOON = ("30T09:00", "30T12:00"), ("30T14:00", "30T17:00")
SECRET = "La fin du monde, bobine 3"
EVERYWHERE = "M-ET1 M-MI1 M-PLA M-PLA1 N-PLD N-RE1"


@dataclass
class Numbers:
    """Five bookings of two companies on both sites."""

    heron: str
    grading: str
    option: str
    stage: str
    north: str


@pytest.fixture
def numbers(desk: Desk) -> Numbers:
    secret = {"title": SECRET, "note": SECRET}
    return Numbers(
        heron=desk.book("producer", "M-ET1", *MORNING, production="HERON", **secret),
        grading=desk.book("post", "M-ET1", *AFTERNOON, **secret),
        option=desk.option("producer", "M-MI1", *MORNING, **secret),
        stage=desk.book("post", "M-PLA", *MORNING, **secret),
        north=desk.book("producer", "N-PLD", *MORNING, **secret),
    )


def known(desk: Desk, who: str) -> set[str]:
    """The numbers that somebody finds in the planning."""
    return {bar.booking for bar in desk.bars(who, EVERYWHERE, *DAY) if bar.booking}


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("producer", {"heron", "option", "north"}),
        ("colleague", {"heron", "option", "north"}),
        ("admin@blf.example", {"heron", "option", "north"}),
        ("post", {"grading", "stage"}),
        ("guest", {"heron"}),  # invited to the production
        ("manager", {"heron", "grading", "option", "stage", "north"}),
        ("manager-n", {"north"}),
        ("board", set()),
        ("admin@pil.example", set()),
    ],
)
def test_everybody_knows_what_is_theirs_to_know(desk: Desk, numbers, who, names):
    assert known(desk, who) == {getattr(numbers, name) for name in names}


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("colleague", {"heron", "option", "north"}),
        ("post", {"grading", "stage"}),
        ("guest", {"heron"}),
        ("manager-n", {"north"}),
        ("board", set()),
    ],
)
def test_single_bookings_are_found_by_the_same_people(desk: Desk, numbers, who, names):
    found = set()
    for name, number in asdict(numbers).items():
        try:
            desk.view(who, number)
            found.add(name)
        except NotFound:
            continue
    assert found == names


def test_all_see_that_a_room_is_taken_and_by_whom_only_those_who_may(desk: Desk, numbers):
    def row(who: str) -> list[tuple[object, ...]]:
        return [
            (bar.state, bar.rank, bar.mine, bar.booking, bar.title, bar.company, bar.company_name,
             bar.production)
            for bar in desk.bars(who, "M-ET1", *DAY)
        ]  # fmt: skip

    masked = ("occupied", 1, False, None, None, None, None, None)
    heron = ("requested", 1, True, numbers.heron, SECRET, "BLF", "Batte Lune Films", "HERON")
    grading = ("requested", 1, True, numbers.grading, SECRET, "GFE", "Grain Fin Étalonnage", None)
    assert row("producer") == [heron, masked]
    assert row("post") == [masked, grading]
    assert row("guest") == [(*heron[:2], False, *heron[3:]), masked]
    assert row("manager") == [(*bar[:2], False, *bar[3:]) for bar in (heron, grading)]
    assert row("board") == row("admin@pil.example") == [masked, masked]


def test_an_option_shows_as_one_because_it_can_be_challenged(desk: Desk, numbers):
    (bar,) = desk.bars("post", "M-MI1", *DAY)
    assert (bar.state, bar.rank, bar.mine, bar.booking) == ("option", 1, False, None)


def test_a_confirmed_booking_and_a_request_look_the_same_from_outside(desk: Desk, numbers):
    before = desk.bars("producer", "M-ET1", *DAY)
    desk.act("manager", numbers.grading, "approve")
    assert desk.bars("producer", "M-ET1", *DAY) == before


def test_times_are_for_all_to_see_with_what_is_blocked_around_them(desk: Desk, numbers):
    for who in ("producer", "board"):
        bar = desk.bars(who, "M-ET1", *DAY)[0]
        assert (bar.starts, bar.ends) == (instant("30T09:00"), instant("30T12:00"))
        assert (bar.blocked_from, bar.blocked_until) == (instant("30T09:00"), instant("30T12:15"))


def test_a_half_says_which_whole_blocks_it_and_no_more(desk: Desk, numbers):
    (whole,) = desk.bars("producer", "M-PLA", *DAY)
    (half,) = desk.bars("producer", "M-PLA1", *DAY)
    assert (whole.facility, whole.via, whole.title) == ("M-PLA", None, None)
    assert (half.facility, half.via, half.title) == ("M-PLA1", "M-PLA", None)


def test_rivals_never_read_a_secret_wherever_they_look(desk: Desk, numbers):
    said = [repr(desk.bars("post", EVERYWHERE, *DAY))]
    for room in ("M-ET1", "M-MI1", "N-PLD"):
        said.append(repr(desk.preview("post", room, *MORNING)))
        with pytest.raises(Clash) as refusal:
            desk.book("post", room, *MORNING)
        said.append(f"{refusal.value.conflicts} {refusal.value.alternatives} {refusal.value}")
    own = {numbers.grading, numbers.stage}
    secrets = {"Batte", "BLF", "HERON", "Camille", *asdict(numbers).values()} - own
    assert [word for word in secrets for text in said if word in text] == []
    assert sum(text.count(SECRET) for text in said[1:]) == 0


def test_who_was_invited_no_more_sees_no_more(desk: Desk, numbers):
    guest = desk.actor("guest")
    assert guest.productions == {desk.world.productions["HERON"]}
    assert known(desk, "guest") == {numbers.heron}
