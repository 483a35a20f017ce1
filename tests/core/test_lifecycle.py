"""The table of transitions hangs together."""

from booking.core.access import GRANTS
from booking.core.lifecycle import (
    HOLDING,
    TENTATIVE,
    TRANSITIONS,
    State,
    Verb,
    transition,
    verbs,
)

FIRST = {State.REQUESTED, State.OPTION, State.CONFIRMED}


def test_the_whole_table():
    rows = {
        f"{state} {verb}": f"{row.to} {row.permission} {row.event}"
        for (state, verb), row in TRANSITIONS.items()
    }
    assert rows == {
        "requested approve": "confirmed booking:approve booking:approved",
        "requested decline": "declined booking:decline booking:declined",
        "requested withdraw": "withdrawn booking:withdraw booking:withdrawn",
        "requested move": "requested booking:move booking:moved",
        "requested challenge": "requested booking:challenge booking:challenge_made",
        "requested expire": "expired clock:expire booking:expired",
        "option confirm": "confirmed booking:confirm booking:confirmed",
        "option release": "released booking:release booking:released",
        "option decline": "declined booking:decline booking:declined",
        "option move": "option booking:move booking:moved",
        "option challenge": "requested booking:challenge booking:challenge_made",
        "option extend": "option booking:extend booking:extended",
        "option expire": "expired clock:expire booking:expired",
        "confirmed move": "confirmed booking:move booking:moved",
        "confirmed cancel": "cancelled booking:cancel booking:cancelled",
    }


def test_what_hurts_others_needs_a_reason():
    reasoned = {verb for (_, verb), row in TRANSITIONS.items() if row.needs_reason}
    assert reasoned == {Verb.DECLINE, Verb.CANCEL, Verb.EXTEND}


def test_every_permission_is_granted_somewhere_in_the_table_of_access():
    assert {row.permission for row in TRANSITIONS.values()} <= set(GRANTS)


def test_nobody_may_do_what_only_time_does():
    assert GRANTS["clock:expire"] == ()


def test_every_state_with_a_way_out_can_be_reached():
    reached = FIRST | {row.to for row in TRANSITIONS.values()}
    assert {state for state, _ in TRANSITIONS} <= reached


def test_what_is_tentative_can_expire_and_nothing_else_can():
    assert {state for state, verb in TRANSITIONS if verb is Verb.EXPIRE} == TENTATIVE
    assert TENTATIVE <= HOLDING


def test_ends_hold_nothing_and_lead_nowhere():
    ends = set(State) - HOLDING
    assert {state: verbs(state) for state in ends} == dict.fromkeys(ends, ())


def test_verbs_are_those_of_people_in_the_order_of_the_table():
    assert verbs(State.REQUESTED) == (
        Verb.APPROVE,
        Verb.DECLINE,
        Verb.WITHDRAW,
        Verb.CHALLENGE,
        Verb.MOVE,
    )
    assert verbs(State.OPTION) == (
        Verb.CONFIRM,
        Verb.RELEASE,
        Verb.DECLINE,
        Verb.CHALLENGE,
        Verb.EXTEND,
        Verb.MOVE,
    )
    assert verbs(State.CONFIRMED) == (Verb.MOVE, Verb.CANCEL)


def test_a_verb_that_does_not_apply_has_no_row():
    assert transition(State.CONFIRMED, Verb.APPROVE) is None
