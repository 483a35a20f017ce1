"""How writing is called off when a place cannot be had."""

from collections.abc import Sequence

from booking.core.access import Actor
from booking.kernel.errors import BookingError
from booking.reservations import judgement
from booking.reservations.judgement import Weighed


class Taken(Exception):
    """Dates found their slot taken; the ways out are looked for when nobody waits for us."""

    def __init__(self, weighed: Sequence[Weighed]) -> None:
        super().__init__()
        self.weighed = weighed


def as_error(actor: Actor, taken: Taken, now: int) -> BookingError:
    """What stands in the way and how to get round it."""
    said = judgement.assess(actor, taken.weighed, now)
    assert said.refusal, "taken, and granted"
    return said.refusal
