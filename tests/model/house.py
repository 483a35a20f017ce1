"""The house of the model: its rooms, its people, and a date of a booking as the model has it."""

from dataclasses import dataclass, field

CLOCKED = ("requested", "option", "confirmed")
LIVE = ("requested", "option", "confirmed", "checked_in")


@dataclass(frozen=True)
class Room:
    """What one books: the spaces it takes, and how."""

    code: str
    spaces: tuple[str, ...]
    automatic: bool = False
    turnaround: int = 0
    """Minutes that it needs after a booking."""
    check_in: int = 0
    """Minutes before and after the start in which somebody checks in; 0 asks for nothing."""


ROOMS = {
    room.code: room
    for room in (
        Room("M-PLA1", ("M-PLA1",)),
        Room("M-PLA2", ("M-PLA2",)),
        Room("M-PLA", ("M-PLA1", "M-PLA2")),
        Room("M-MI1", ("M-MI1",), automatic=True, turnaround=15, check_in=45),
    )
}
SPACES = ("M-PLA1", "M-PLA2", "M-MI1")


@dataclass(frozen=True)
class Person:
    """Who asks: guests need a yes for every room, the manager says yes by asking."""

    name: str
    company: str
    guest: bool = False
    manager: bool = False


PEOPLE = {
    person.name: person
    for person in (
        Person("producer", "BLF"),
        Person("colleague", "BLF"),
        Person("post", "GFE"),
        Person("guest", "MOSEL", guest=True),
        Person("manager", "PIL", manager=True),
    )
}


class Refusal(Exception):
    """What the product would say no with."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(eq=False)
class Date:
    """One date of a booking; `age` counts them all, in the order in which they were asked for."""

    age: int
    number: str
    owner: Person
    rooms: tuple[Room, ...]
    starts: int
    ends: int
    state: str
    ranks: dict[str, int]
    expires: int | None
    undecided: set[str]
    extended: bool = False
    quarters: dict[str, frozenset[int]] = field(default_factory=dict)
    """What it takes of each space."""
    approved: bool = False
    """A manager said yes to this very place."""
    left: tuple[int, int] | None = None
    """The approved place that the last deed took it away from."""

    @property
    def worst(self) -> int:
        return max(self.ranks.values())

    def in_the_way_of(self, other: "Date", space: str) -> bool:
        mine, theirs = self.quarters.get(space, frozenset()), other.quarters.get(space, frozenset())
        return bool(mine & theirs)


@dataclass(eq=False)
class Asked:
    """A challenge nobody has answered: when it is due, and what the holder's own clock was."""

    challenger: Date
    holder: Date
    due: int
    own_clock: int | None


@dataclass(frozen=True)
class Bar:
    """What the planning shows of one date on one room."""

    room: str
    number: str
    starts: int
    ends: int
    blocked_until: int
    state: str
    rank: int
