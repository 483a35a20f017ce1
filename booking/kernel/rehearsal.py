"""Many deeds as one: all of them or none, or none at all and only what would become of each."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from booking.kernel.errors import BookingError
from booking.kernel.transaction import transaction

T = TypeVar("T")


class _Undone(Exception, Generic[T]):
    """Carries what became of the deeds out of the transaction that takes them back."""

    def __init__(self, outcomes: list[T | BookingError]) -> None:
        super().__init__()
        self.outcomes = outcomes


def all_or_nothing(
    deeds: Sequence[Callable[[], T]], *, rehearse: bool
) -> tuple[list[T | BookingError], bool]:
    """What became of each deed, in the order given, and whether it stands.

    Each sees what those before it did. Nothing stands where one was refused, or where it was but a
    rehearsal. Refusals are BookingErrors; anything else goes through.
    """
    try:
        return _done(deeds, rehearse=rehearse), True
    except _Undone as undone:
        return undone.outcomes, False


@transaction
def _done(deeds: Sequence[Callable[[], T]], *, rehearse: bool) -> list[T | BookingError]:
    outcomes: list[T | BookingError] = []
    for deed in deeds:
        try:
            outcomes.append(deed())
        except BookingError as error:
            outcomes.append(error)
    if rehearse or any(isinstance(outcome, BookingError) for outcome in outcomes):
        raise _Undone(outcomes)
    return outcomes
