"""The states of an occurrence and who may move it from one to the next, as one table."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where an occurrence stands; `HOLDING` of them keep their claims on spaces."""

    REQUESTED = "requested"
    OPTION = "option"
    CONFIRMED = "confirmed"
    CHECKED_IN = "checked_in"
    COMPLETED = "completed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    RELEASED = "released"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


HOLDING = frozenset(
    {State.REQUESTED, State.OPTION, State.CONFIRMED, State.CHECKED_IN, State.COMPLETED}
)
"""What was used keeps its claims, so that last week's planning still shows it."""

TENTATIVE = frozenset({State.REQUESTED, State.OPTION})
"""What may still come to nothing: nobody has the slot for good."""

LAPSES_TO = {
    State.REQUESTED: State.EXPIRED,
    State.OPTION: State.EXPIRED,
    State.CONFIRMED: State.NO_SHOW,
}
"""States that may have a clock: past `expires_at` they count as ended so, written down or not."""


class Verb(StrEnum):
    """What people, or the clock, do to an occurrence."""

    APPROVE = "approve"
    DECLINE = "decline"
    CONFIRM = "confirm"
    WITHDRAW = "withdraw"
    RELEASE = "release"
    CANCEL = "cancel"
    CHALLENGE = "challenge"
    EXTEND = "extend"
    MOVE = "move"
    CHECK_IN = "check-in"
    PROLONG = "prolong"
    END_EARLY = "end-early"
    EXPIRE = "expire"


@dataclass(frozen=True, slots=True)
class Transition:
    """`to` is reached when nothing is pending; `event` goes to the journal."""

    to: State
    permission: str
    event: str
    needs_reason: bool = False


TRANSITIONS: dict[tuple[State, Verb], Transition] = {
    (State.REQUESTED, Verb.APPROVE): Transition(
        State.CONFIRMED, "booking:approve", "booking:approved"
    ),
    (State.REQUESTED, Verb.DECLINE): Transition(
        State.DECLINED, "booking:decline", "booking:declined", needs_reason=True
    ),
    (State.REQUESTED, Verb.WITHDRAW): Transition(
        State.WITHDRAWN, "booking:withdraw", "booking:withdrawn"
    ),
    (State.REQUESTED, Verb.CHALLENGE): Transition(
        State.REQUESTED, "booking:challenge", "booking:challenge_made"
    ),
    (State.REQUESTED, Verb.MOVE): Transition(State.REQUESTED, "booking:move", "booking:moved"),
    (State.REQUESTED, Verb.EXPIRE): Transition(State.EXPIRED, "clock:expire", "booking:expired"),
    (State.OPTION, Verb.CONFIRM): Transition(
        State.CONFIRMED, "booking:confirm", "booking:confirmed"
    ),
    (State.OPTION, Verb.RELEASE): Transition(State.RELEASED, "booking:release", "booking:released"),
    (State.OPTION, Verb.DECLINE): Transition(
        State.DECLINED, "booking:decline", "booking:declined", needs_reason=True
    ),
    (State.OPTION, Verb.CHALLENGE): Transition(
        State.REQUESTED, "booking:challenge", "booking:challenge_made"
    ),
    (State.OPTION, Verb.EXTEND): Transition(
        State.OPTION, "booking:extend", "booking:extended", needs_reason=True
    ),
    (State.OPTION, Verb.MOVE): Transition(State.OPTION, "booking:move", "booking:moved"),
    (State.OPTION, Verb.EXPIRE): Transition(State.EXPIRED, "clock:expire", "booking:expired"),
    (State.CONFIRMED, Verb.MOVE): Transition(State.CONFIRMED, "booking:move", "booking:moved"),
    (State.CONFIRMED, Verb.CANCEL): Transition(
        State.CANCELLED, "booking:cancel", "booking:cancelled", needs_reason=True
    ),
    (State.CONFIRMED, Verb.CHECK_IN): Transition(
        State.CHECKED_IN, "booking:check_in", "booking:checked_in"
    ),
    (State.CONFIRMED, Verb.PROLONG): Transition(
        State.CONFIRMED, "booking:prolong", "booking:prolonged"
    ),
    (State.CONFIRMED, Verb.END_EARLY): Transition(
        State.COMPLETED, "booking:end_early", "booking:ended_early"
    ),
    (State.CONFIRMED, Verb.EXPIRE): Transition(State.NO_SHOW, "clock:expire", "booking:no_show"),
    (State.CHECKED_IN, Verb.PROLONG): Transition(
        State.CHECKED_IN, "booking:prolong", "booking:prolonged"
    ),
    (State.CHECKED_IN, Verb.END_EARLY): Transition(
        State.COMPLETED, "booking:end_early", "booking:ended_early"
    ),
}

_ROWS: dict[State, dict[Verb, Transition]] = {
    state: {v: row for (s, v), row in TRANSITIONS.items() if s is state and v is not Verb.EXPIRE}
    for state in State
}


def transition(state: State, verb: Verb) -> Transition | None:
    """The row of the table, or None where the verb does not apply."""
    return TRANSITIONS.get((state, verb))


def as_of(state: State, expires: int | None, now: int) -> State:
    """The state as it stands at `now`: past its clock it has ended, written down or not.

    Both in UTC epoch seconds.
    """
    lapsed = expires is not None and expires <= now
    return LAPSES_TO.get(state, state) if lapsed else state


def rows(state: State) -> Mapping[Verb, Transition]:
    """The verbs that apply to a state, in the order of the table; the clock's own left out."""
    return _ROWS[state]
