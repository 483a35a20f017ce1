"""How writing is called off when a place cannot be had."""

from collections.abc import Collection, Sequence

from booking.core.access import Actor
from booking.kernel.errors import BookingError
from booking.reservations import judgement
from booking.reservations.judgement import Weighed


class Taken(Exception):
    """Dates found their slot taken; the ways out are looked for when nobody waits for us.

    They are for the `requester`, where it is not the caller; `besides` are occurrences that are
    being moved, and so in nobody's way.
    """

    def __init__(
        self,
        weighed: Sequence[Weighed],
        requester: Actor | None = None,
        besides: Collection[int] = (),
    ) -> None:
        super().__init__()
        self.weighed, self.requester, self.besides = weighed, requester, besides


def as_error(actor: Actor, taken: Taken, now: int) -> BookingError:
    """What stands in the way and how to get round it."""
    said = judgement.assess(
        actor, taken.weighed, now, requester=taken.requester, besides=taken.besides
    )
    assert said.refusal, "taken, and granted"
    return said.refusal
