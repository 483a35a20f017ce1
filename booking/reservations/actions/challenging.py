"""Challenging the holder of a first option, and giving an option more time."""

from collections.abc import Sequence
from datetime import UTC, datetime

from booking.core.access import Actor
from booking.core.lifecycle import State, Transition, Verb
from booking.core.scheduling.deadline import Deadline, challenge_deadline
from booking.core.scheduling.expiry import option_expiry
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.journal.events import Event
from booking.kernel.clock import instant
from booking.kernel.db import connection, table_of
from booking.kernel.errors import WrongState
from booking.reservations import challenges, changes, targets
from booking.reservations.challenges import OpenChallenge
from booking.reservations.events import booking_event
from booking.reservations.models import Occurrence
from booking.reservations.targets import Target

NEXT = 2
_EXTENDED = table_of(Occurrence).update()


def unfit(target: Target) -> str | None:
    """What says that the target is not next behind options: `nothing_ahead`, `not_next`,
    `not_challengeable` where the holder is firm.
    """
    if target.rank == 1:
        return "nothing_ahead"
    if target.rank != NEXT:
        return "not_next"
    firm = any(hold.state != State.OPTION for hold in target.ahead)
    return "not_challengeable" if firm else None


def refuse_bound(meant: Sequence[Target], verb: Verb) -> None:
    """Raises WrongState `bound` for a challenger who would leave before the answer,
    `answer_first` for who was challenged and would move, `already_challenged` for a second
    challenge of the same option. One statement, where asked.
    """
    if verb is Verb.MOVE and meant:
        mine = {target.id for target in meant}
        for one in challenges.open_of(mine):
            code = "bound" if one.challenger_id in mine else "answer_first"
            raise WrongState(code, verb=verb.value)
    if verb is Verb.WITHDRAW:
        mine = {target.id for target in meant}
        if any(one.challenger_id in mine for one in challenges.open_of(mine)):
            raise WrongState("bound", verb=verb.value, state="requested")
    if verb is Verb.CHALLENGE:
        holders = {hold.occurrence_id for target in meant for hold in target.ahead}
        if any(one.challenged_id in holders for one in challenges.open_of(holders)):
            raise WrongState("already_challenged", verb=verb.value)


def challenge(
    actor: Actor, meant: Sequence[Target], row: Transition, reason: str | None, now: int
) -> list[Event]:
    """Bind the challengers and set the holders' clocks. Raises WrongState `too_late`."""
    holders = targets.by_ids({hold.occurrence_id for target in meant for hold in target.ahead})
    rivals = {holder.id: _behind(meant, holder) for holder in holders}
    due = {holder.id: _due(holder, rivals[holder.id], now) for holder in holders}
    challenges.make([_row(rivals[h.id][0], h, due[h.id], now) for h in holders], now)
    changes.touch(holders)
    changes.set_states(((target, row.to, target.starts) for target in meant), now)
    latest = max(due.values())
    told = {"due": latest.at, "moved_by": latest.moved_by}
    asked = [
        booking_event(
            "booking:challenged",
            holder.booking_id,
            changes.scopes(holder),
            before={"expires": holder.expires},
            after={"due": due[holder.id].at, "moved_by": due[holder.id].moved_by},
        )
        for holder in holders
    ]
    return [*asked, changes.told(row.event, meant, row.to, reason, **told)]


def extend(
    actor: Actor, meant: Sequence[Target], row: Transition, reason: str | None, now: int
) -> list[Event]:
    """Give each option its kind's days once more, or, where it was challenged, another deadline.

    Never later than an option may live at all. Raises WrongState `too_late` where that gives no
    more time.
    """
    open_challenges = {one.challenged_id: one for one in challenges.open_of([t.id for t in meant])}
    until = [(target, _longer(target, open_challenges.get(target.id), now)) for target in meant]
    changes.set_states(((target, row.to, at) for target, at in until), now)
    ids = [target.id for target in meant]
    extended = _EXTENDED.where(Occurrence.id.in_(ids))
    connection().execute(extended.values(extended_at=datetime.fromtimestamp(now, UTC)))
    return [changes.told(row.event, meant, row.to, reason, until=max(at for _, at in until))]


def _longer(target: Target, asked: OpenChallenge | None, now: int) -> int:
    if asked:
        (rival,) = targets.by_ids({asked.challenger_id})
        starts = min(target.starts, rival.starts)
        due = challenge_deadline(asked.due, starts, target.zone, _country(target))
        if due is None or due.at <= asked.due:
            raise WrongState("too_late", verb="extend")
        challenges.put_off(asked, due.at, due.moved_by)
        return due.at
    days = min(facility.option_days for facility in _facilities(target))
    at = option_expiry(max(now, target.expires or now), target.starts, days)
    if at is None or at <= (target.expires or 0):
        raise WrongState("too_late", verb="extend")
    return at


def _behind(meant: Sequence[Target], holder: Target) -> list[Target]:
    """The challengers behind a holder, the soonest first; an option is challenged but once."""
    found = [t for t in meant if holder.id in {hold.occurrence_id for hold in t.ahead}]
    return sorted(found, key=lambda target: target.starts)


def _due(holder: Target, rivals: Sequence[Target], now: int) -> Deadline:
    """Before either of them begins, and never later than the option would lapse by itself."""
    starts = min(holder.starts, rivals[0].starts)
    due = challenge_deadline(now, starts, holder.zone, _country(holder))
    if due is None:
        raise WrongState("too_late", verb="challenge")
    if holder.expires is not None and holder.expires < due.at:
        return Deadline(holder.expires, "expiry")
    return due


def _row(target: Target, holder: Target, due: Deadline, now: int) -> dict[str, object]:
    own = holder.expires
    return {
        "challenger_id": target.id,
        "challenged_id": holder.id,
        "made_at": datetime.fromtimestamp(now, UTC),
        "due_at": datetime.fromtimestamp(due.at, UTC),
        "moved_by": due.moved_by,
        "would_lapse_at": instant(own),
    }


def _facilities(target: Target) -> list[FacilityFacts]:
    return list(facilities.by_ids(given.facility_id for given in target.given).values())


def _country(target: Target) -> str:
    return _facilities(target)[0].country
