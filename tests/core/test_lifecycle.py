"""The table of transitions hangs together."""

from booking.core.access import GRANTS
from booking.core.lifecycle import (
    HOLDING,
    LAPSES_TO,
    TENTATIVE,
    TRANSITIONS,
    State,
    Verb,
    as_of,
    rows,
    transition,
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
        "confirmed check-in": "checked_in booking:check_in booking:checked_in",
        "confirmed prolong": "confirmed booking:prolong booking:prolonged",
        "confirmed end-early": "completed booking:end_early booking:ended_early",
        "confirmed expire": "no_show clock:expire booking:no_show",
        "checked_in prolong": "checked_in booking:prolong booking:prolonged",
        "checked_in end-early": "completed booking:end_early booking:ended_early",
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


def test_what_has_a_clock_lapses_to_what_the_table_says():
    by_clock = {s: row.to for (s, verb), row in TRANSITIONS.items() if verb is Verb.EXPIRE}
    assert by_clock == LAPSES_TO
    assert TENTATIVE < set(LAPSES_TO) <= HOLDING
    assert not set(LAPSES_TO.values()) & HOLDING


def test_past_its_clock_a_state_has_ended():
    states = [as_of(State.CONFIRMED, clock, 100) for clock in (None, 101, 100)]
    assert states == [State.CONFIRMED, State.CONFIRMED, State.NO_SHOW]
    assert as_of(State.CHECKED_IN, 99, 100) is State.CHECKED_IN


def test_ends_hold_nothing_and_lead_nowhere():
    ends = set(State) - HOLDING
    assert {state: tuple(rows(state)) for state in ends} == dict.fromkeys(ends, ())


def test_verbs_are_those_of_people_in_the_order_of_the_table():
    assert tuple(rows(State.REQUESTED)) == (
        Verb.APPROVE,
        Verb.DECLINE,
        Verb.WITHDRAW,
        Verb.CHALLENGE,
        Verb.MOVE,
    )
    assert tuple(rows(State.OPTION)) == (
        Verb.CONFIRM,
        Verb.RELEASE,
        Verb.DECLINE,
        Verb.CHALLENGE,
        Verb.EXTEND,
        Verb.MOVE,
    )
    assert tuple(rows(State.CONFIRMED)) == (
        Verb.MOVE,
        Verb.CANCEL,
        Verb.CHECK_IN,
        Verb.PROLONG,
        Verb.END_EARLY,
    )
    assert tuple(rows(State.CHECKED_IN)) == (Verb.PROLONG, Verb.END_EARLY)


def test_a_verb_that_does_not_apply_has_no_row():
    assert transition(State.CONFIRMED, Verb.APPROVE) is None
