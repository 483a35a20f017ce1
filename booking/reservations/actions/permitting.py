"""What the caller may do to a booking now."""

from collections.abc import Sequence
from typing import Any

from booking.core.access import Actor, allowed
from booking.core.lifecycle import State, Transition, Verb, rows, transition
from booking.kernel.errors import BookingError, Forbidden, WrongState
from booking.reservations import targets
from booking.reservations.actions import attending, challenging
from booking.reservations.targets import Target


def verbs(actor: Actor, target: Target, now: int) -> list[Verb]:
    """Those that the caller may do to an occurrence at `now` (UTC epoch seconds).

    In the order of the lifecycle. No statements.
    """
    state, subject = targets.state_of(target, now), target.subject
    return [
        verb
        for verb, row in rows(state).items()
        if allowed(actor, row.permission, subject) and not _unfit(actor, target, verb, now)
    ]


def meant(
    actor: Actor, chosen: Sequence[Target], verb: Verb, now: int
) -> tuple[Transition, list[Target]]:
    """Those that the verb applies to, and a row of the lifecycle that they follow.

    The rows of one verb lead to the same state, from wherever. Raises what stands against the
    first where it applies to none: WrongState, Forbidden.
    """
    refusals: list[BookingError] = []
    found: list[tuple[Transition, Target]] = []
    for target in chosen:
        state = targets.state_of(target, now)
        row = transition(state, verb)
        if row is None:
            refusals.append(WrongState(verb=verb.value, state=state.value))
        elif not allowed(actor, row.permission, target.subject):
            refusals.append(Forbidden())
        elif code := _unfit(actor, target, verb, now):
            refusals.append(WrongState(code, **_told(target, state, verb, code)))
        else:
            found.append((row, target))
    if not found:
        raise refusals[0] if refusals else WrongState("no_such_dates", verb=verb.value)
    return found[0][0], [target for _, target in found]


def _unfit(actor: Actor, target: Target, verb: Verb, now: int) -> str | None:
    """The code of what stands against a verb that the state knows and the caller may use."""
    if verb in (Verb.CANCEL, Verb.MOVE) and target.ends <= now:
        return "already_over"
    if verb is Verb.CANCEL and target.starts <= now:
        return "already_begun"
    if verb in (Verb.APPROVE, Verb.CONFIRM) and target.rank != 1:
        return "not_first"
    if verb is Verb.APPROVE and not target.undecided_by(actor):
        return "undecidable"
    if verb is Verb.EXTEND and target.extended:
        return "already_extended"
    if verb is Verb.CHALLENGE:
        return challenging.unfit(target)
    return attending.unfit(target, verb, now) if verb in attending.PRESENT else None


def _told(target: Target, state: State, verb: Verb, code: str) -> dict[str, Any]:
    """What the sentence of a refusal speaks of."""
    told = {"verb": verb.value, "state": state.value, "rank": target.rank}
    return told | (attending.told(target) if code == attending.TOO_EARLY else {})
