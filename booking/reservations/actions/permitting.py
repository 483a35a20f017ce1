"""What the caller may do to a booking now."""

from collections.abc import Sequence

from booking.core.access import Actor, Subject, allowed
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
        if not _refusal(actor, target, state, verb, row, subject, now)
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
        elif no := _refusal(actor, target, state, verb, row, target.subject, now):
            refusals.append(no)
        else:
            found.append((row, target))
    if not found:
        raise refusals[0] if refusals else WrongState("no_such_dates", verb=verb.value)
    return found[0][0], [target for _, target in found]


def _refusal(
    actor: Actor,
    target: Target,
    state: State,
    verb: Verb,
    row: Transition,
    subject: Subject,
    now: int,
) -> BookingError | None:
    """What stands against a verb that the state knows."""
    if not allowed(actor, row.permission, subject):
        return Forbidden()
    if verb in (Verb.CANCEL, Verb.MOVE) and target.ends <= now:
        return WrongState("already_over", verb=verb.value, state=state.value)
    if verb is Verb.CANCEL and target.starts <= now:
        return WrongState("already_begun", verb=verb.value, state=state.value)
    if verb in (Verb.APPROVE, Verb.CONFIRM) and target.rank != 1:
        return WrongState("not_first", verb=verb.value, rank=target.rank)
    if verb is Verb.APPROVE and not target.undecided_by(actor):
        return WrongState("undecidable", verb=verb.value, state=state.value)
    if verb is Verb.EXTEND and target.extended:
        return WrongState("already_extended", verb=verb.value, state=state.value)
    if verb is Verb.CHALLENGE:
        return challenging.unfit(target)
    return attending.unfit(target, verb, now) if verb in attending.PRESENT else None
