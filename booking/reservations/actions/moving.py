"""Changing a booking: another time, other facilities, other words; all of it or nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, or_, select, update

from booking.core.access import Actor
from booking.core.lifecycle import Verb
from booking.journal.actions import record
from booking.journal.events import Event
from booking.kernel.db import connection, table_of
from booking.kernel.errors import Refused, Stale, WrongState
from booking.kernel.transaction import transaction
from booking.reservations import changes, granting, judgement, participants
from booking.reservations.actions import challenging, clocks, permitting, refused, relocating
from booking.reservations.actions.deciding import ALL, Reach, visible
from booking.reservations.actions.replanning import Change, plans, requester_of, spaces
from booking.reservations.judgement import Weighed
from booking.reservations.models import Booking, Occurrence
from booking.reservations.targets import Target
from booking.reservations.values import Assessment
from booking.reservations.wish import Plan

_TITLE = select(Booking.title).where(Booking.id == bindparam("booking_key"))
_SET_WORDS = update(table_of(Booking)).where(Booking.id == bindparam("booking_key"))
_SAY_OTHERWISE = (
    update(table_of(Occurrence))
    .where(
        Occurrence.booking_id == bindparam("booking_key"),
        Occurrence.booking_id.in_(
            select(Booking.id).where(
                Booking.id == bindparam("booking_key"),
                or_(
                    Booking.title != bindparam("new_title"),
                    Booking.production_id.is_distinct_from(bindparam("new_production")),
                ),
            )
        ),
    )
    .values(sequence=Occurrence.sequence + 1, changed_at=bindparam("now"))
)
"""Calendars keep the old title of what does not count on."""


def change(
    actor: Actor,
    number: str,
    wanted: Change,
    now: datetime,
    *,
    revision: int | None = None,
    reach: Reach = ALL,
) -> None:
    """Change the dates of a booking that are meant and not over, all or nothing.

    Whoever waited behind what is given up moves up in the same transaction. What leaves the time
    or room that a manager approved needs their approval again; a manager who moves it approves.
    An option does not live longer for having been moved.

    Raises what `request` raises, and leaves everything as it was; NotFound, Forbidden, Stale,
    WrongState (`bound` or `answer_first` while a challenge is open, `already_over`,
    `already_begun` where another start is wanted, `begun_unapproved` where a manager would have to
    say yes while it runs; of a series such a date stays as it is).
    """
    try:
        _change(actor, number, wanted, now, revision, reach)
    except refused.Taken as taken:
        raise refused.as_error(actor, taken, int(now.timestamp())) from None


def refuse_change(actor: Actor, number: str, now: int, reach: Reach = ALL) -> None:
    """Raises NotFound, Forbidden or WrongState where `change` would, whatever is wanted."""
    permitting.meant(actor, reach.among(visible(actor, number)), Verb.MOVE, now)


def preview(
    actor: Actor, number: str, wanted: Change, now: int, *, reach: Reach = ALL
) -> Assessment:
    """What `change` would answer at `now` (UTC epoch seconds), with nothing changed.

    Raises Invalid, NotFound, Forbidden and WrongState as it would.
    """
    _, meant = permitting.meant(actor, reach.among(visible(actor, number)), Verb.MOVE, now)
    changed = plans(actor, meant, wanted, now, reach.occurrence)
    moved = [pair for pair in zip(meant, changed, strict=True) if _moves(*pair)]
    moves = _to_come(actor, moved, now)
    challenging.refuse_bound([target for target, _ in moves], Verb.MOVE)
    _keep_to_capacity(actor, changed, now)
    if not moves:
        return Assessment()
    ids = {target.id for target in meant}
    weighed, requester = relocating.weigh(actor, moves, now, ids), requester_of(meant[0], actor)
    return judgement.assess(actor, weighed, now, requester=requester, besides=ids)


@transaction
def _change(
    actor: Actor,
    number: str,
    wanted: Change,
    now: datetime,
    revision: int | None,
    reach: Reach,
) -> None:
    at = int(now.timestamp())
    seen = visible(actor, number)
    lapsed = clocks.be_alone(clocks.spaces(seen) | spaces(actor, seen, wanted), at)
    events, _ = clocks.end_lapsed(lapsed, at)
    seen = visible(actor, number)
    if revision is not None and revision != seen[0].revision:
        raise Stale(current=seen[0].revision)
    _, meant = permitting.meant(actor, reach.among(seen), Verb.MOVE, at)
    changed = plans(actor, meant, wanted, at, reach.occurrence)
    moved = [pair for pair in zip(meant, changed, strict=True) if _moves(*pair)]
    moves = _to_come(actor, moved, at)
    challenging.refuse_bound([target for target, _ in moves], Verb.MOVE)
    _keep_to_capacity(actor, changed, at)
    if moves:
        events += _told_by_all(relocating.relocate(actor, moves, at), seen, changed[0])
    else:
        renamed = _title(seen[0]) != changed[0].title
        events.append(changes.reworded(seen, changed[0].production_id, renamed=renamed))
        changes.touch(meant)
    _reword(seen[0], changed[0], now)
    if wanted.participants is not None:
        participants.put(seen[0].booking_id, wanted.participants)
    record(events, actor_id=actor.user_id, at=now)


def _told_by_all(events: Sequence[Event], seen: Sequence[Target], plan: Plan) -> list[Event]:
    """Other words are the whole booking's: of dates that did not move, too."""
    if _title(seen[0]) == plan.title and seen[0].production_id == plan.production_id:
        return list(events)
    first, *others = events
    shown = changes.scopes_of_words(seen, plan.production_id)
    return [replace(first, scopes=first.scopes | shown), *others]


def _moves(target: Target, plan: Plan) -> bool:
    """Whether the plan is another place than the occurrence has, or takes another amount of it."""
    wanted = {(facility.id, plan.amount_of(facility)) for facility in plan.facilities}
    here = {(given.facility_id, given.amount) for given in target.given}
    return (*plan.span, wanted) != (target.starts, target.ends, here)


def _to_come(
    actor: Actor, moves: Sequence[tuple[Target, Plan]], now: int
) -> list[tuple[Target, Plan]]:
    """Without the dates that have begun, where they would begin at another time.

    Or come to where somebody must say yes first: there is no waiting any more. The past never
    changes: engine.md, section 4. Raises WrongState `already_begun` or `begun_unapproved` where
    that leaves none of them.
    """
    found, against = [], "already_begun"
    for target, plan in moves:
        if target.starts > now:
            found.append((target, plan))
        elif plan.span.starts == target.starts and not _is_asked_for(actor, target, plan):
            found.append((target, replace(plan, queue=False)))
        elif plan.span.starts == target.starts:
            against = "begun_unapproved"
    if moves and not found:
        raise WrongState(against, verb=Verb.MOVE.value)
    return found


def _is_asked_for(actor: Actor, target: Target, plan: Plan) -> bool:
    """Whether a manager has to approve a facility that it does not have, or more of a pool."""
    had = {given.facility_id: given.amount or 0 for given in target.given}
    new = [f for f in plan.facilities if had.get(f.id, -1) < (plan.amount_of(f) or 0)]
    return any(granting.decision(actor, f) == granting.UNDECIDED for f in new)


def _keep_to_capacity(actor: Actor, changed: Sequence[Plan], now: int) -> None:
    """Other words need no new judgement, but more people may be too many. Raises Refused."""
    every = judgement.findings_each(actor, changed, now)
    if against := [f for found in every for f in found if f.rule == "capacity"]:
        raise Refused(against)


def planned(
    actor: Actor, meant: Sequence[Target], wanted: Change, now: int, reach: Reach
) -> list[Weighed]:
    """What would be changed, and could be had now, without waiting. Raises refused.Taken."""
    changed = [
        replace(plan, queue=False) for plan in plans(actor, meant, wanted, now, reach.occurrence)
    ]
    moves = list(zip(meant, changed, strict=True))
    weighed = relocating.weigh(actor, moves, now, {target.id for target in meant})
    if not judgement.granted(weighed):
        raise refused.Taken(weighed, requester_of(meant[0], actor), {target.id for target in meant})
    return weighed


def _title(target: Target) -> str:
    found: str = connection().scalars(_TITLE, {"booking_key": target.booking_id}).one()
    return found


def _reword(target: Target, plan: Plan, now: datetime) -> None:
    """Title, note, people and production are the whole booking's."""
    said = {"new_title": plan.title, "new_production": plan.production_id, "now": now}
    connection().execute(_SAY_OTHERWISE, {"booking_key": target.booking_id, **said})
    connection().execute(
        _SET_WORDS.values(
            title=plan.title,
            note=plan.note,
            attendees=plan.attendees,
            production_id=plan.production_id,
        ),
        {"booking_key": target.booking_id},
    )
