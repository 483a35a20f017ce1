"""What is to become different about a booking, and the plans that come of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any

from sqlalchemy import bindparam, select

from booking.core.access import Actor
from booking.core.lifecycle import State
from booking.core.scheduling.wallclock import wall
from booking.facilities import queries as facilities
from booking.kernel.db import connection
from booking.kernel.errors import FieldError, Invalid
from booking.members import queries as members
from booking.productions.queries import with_productions
from booking.reservations import choosing
from booking.reservations.models import Booking
from booking.reservations.targets import Target
from booking.reservations.wish import BookingRequest, Plan, overlaps_itself, understand

_WORDS = select(Booking.title, Booking.note, Booking.attendees, Booking.production_id).where(
    Booking.id == bindparam("booking")
)


AWAY = ("reject", "queue")
"""What may become of a date that clashes at its new place: it is not left out."""


class Kept(Enum):
    """Stays as it is, where None means none."""

    KEPT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes different; None stays as it is, but for the people: there None is no number.

    `start` and `end`, wall clock or instants, are those of the date that the reach names, else of
    the first that is meant: the others shift by as much on the clock of the site. `facilities` as
    in BookingRequest, `on_clash` one of `AWAY`; of pools that `amounts` leaves out is taken what
    was, of new ones 1.
    """

    start: datetime | None = None
    end: datetime | None = None
    facilities: tuple[str, ...] | None = None
    amounts: Mapping[str, int] = field(default_factory=dict)
    title: str | None = None
    note: str | None = None
    attendees: int | Kept | None = Kept.KEPT
    production: str | None = None
    participants: tuple[str, ...] | None = None
    start_fold: int | None = None
    end_fold: int | None = None
    on_clash: str = "reject"
    override: str = ""


def spaces(actor: Actor, seen: Sequence[Target], wanted: Change) -> set[int]:
    """Every space that the change could come to, chosen units included: to be locked before."""
    codes = wanted.facilities or ()
    rows = choosing.groups(requester_of(seen[0], actor), codes).values()
    units = [unit for row in rows for unit in row]
    every = [*units, *facilities.by_codes(codes).values()]
    return {space for facility in every for space in facility.space_ids}


def plans(
    actor: Actor, meant: Sequence[Target], wanted: Change, now: int, named: int | None = None
) -> list[Plan]:
    """The changed plans, in the order of `meant`.

    The date that was `named`, else the first, as it was asked for; the others shifted by as much.
    Of a group the best unit that is free at `now` on all of them, their own first. Raises Invalid,
    also where they would be in each other's way.
    """
    if wanted.on_clash not in AWAY:
        raise Invalid(FieldError("on_clash", "unknown_choice", {"choices": list(AWAY)}))
    requester, words = requester_of(meant[0], actor), _words(meant[0])
    wanted = _chosen(requester, meant, wanted, words, now, named)
    found = _shifted(requester, meant, wanted, words, named)
    if wrong := list(overlaps_itself(found, "end")):
        raise Invalid(*wrong)
    return found


def plans_each(actor: Actor, wanted: Sequence[tuple[Target, Change]]) -> list[Plan]:
    """The plan of each date with a change of its own, groups aside. Two statements a booking.

    Whoever waits does not wait there: that was not what is offered.
    """
    words, people = {}, {}
    for target, _ in wanted:
        if target.booking_id not in words:
            words[target.booking_id] = _words(target)
            people[target.booking_id] = requester_of(target, actor)
    found = []
    for target, change in wanted:
        said = words[target.booking_id]
        wish = replace(_wish(target, said, change), on_clash="reject")
        (plan,) = understand(people[target.booking_id], wish)
        found.append(replace(plan, production_id=said["production_id"]))
    return found


def requester_of(target: Target, actor: Actor) -> Actor:
    """For whom a booking is: the rules look at them, and theirs are its productions.

    The caller, where it is they, or where its requester left. Two statements for anybody else.
    """
    if target.requester_id == actor.user_id:
        return actor
    found = members.actor(target.requester_id)
    return with_productions(found) if found else actor


def _words(target: Target) -> dict[str, Any]:
    return dict(connection().execute(_WORDS, {"booking": target.booking_id}).mappings().one())


def _chosen(
    actor: Actor,
    meant: Sequence[Target],
    wanted: Change,
    words: Mapping[str, Any],
    now: int,
    named: int | None,
) -> Change:
    """The change with a unit in place of each group."""
    rows = choosing.groups(actor, wanted.facilities or ())
    if not rows:
        return wanted
    anywhere = replace(wanted, facilities=(next(iter(rows.values()))[0].code,), amounts={})
    shifted = _shifted(actor, meant, anywhere, words, named)
    wishes = [
        replace(_wish(target, words, wanted), start=start, end=end)
        for target, plan in zip(meant, shifted, strict=True)
        for start, end in [[datetime.fromtimestamp(at, UTC) for at in plan.span]]
    ]
    ids, own = {target.id for target in meant}, {g.facility_id for t in meant for g in t.given}
    codes, are_free = choosing.best(actor, wishes, now, besides=ids, own=own)
    on_clash = wanted.on_clash if are_free else "reject"
    return replace(wanted, facilities=codes, on_clash=on_clash)


def _shifted(
    actor: Actor,
    meant: Sequence[Target],
    wanted: Change,
    words: Mapping[str, Any],
    named: int | None,
) -> list[Plan]:
    anchor = next((target for target in meant if target.id == named), meant[0])
    (asked,) = understand(actor, _wish(anchor, words, wanted))
    if wanted.production is None:
        asked = replace(asked, production_id=words["production_id"])
    shifts = [
        wall(new, asked.zone) - wall(old, asked.zone)
        for old, new in zip((anchor.starts, anchor.ends), asked.span, strict=True)
    ]
    found = []
    for target in meant:
        start, end = (
            wall(at, asked.zone) + shift if shift else datetime.fromtimestamp(at, UTC)
            for at, shift in zip((target.starts, target.ends), shifts, strict=True)
        )
        wish = replace(_wish(target, words, wanted), start=start, end=end)
        (plan,) = (asked,) if target is anchor else understand(actor, wish)
        found.append(replace(plan, production_id=asked.production_id))
    return found


def _wish(target: Target, words: Mapping[str, Any], wanted: Change) -> BookingRequest:
    """The booking as a wish, with what is to be different; of an option, an option."""
    held = facilities.by_ids([given.facility_id for given in target.given])
    codes = tuple(f.code for f in held.values())
    codes = codes if wanted.facilities is None else wanted.facilities
    taken = {held[g.facility_id].code: g.amount for g in target.given if g.amount is not None}
    kept = {code: amount for code, amount in taken.items() if code in codes}
    people = wanted.attendees
    start, end = (datetime.fromtimestamp(at, UTC) for at in (target.starts, target.ends))
    return BookingRequest(
        facilities=codes,
        amounts={**kept, **wanted.amounts},
        title=words["title"] if wanted.title is None else wanted.title,
        note=words["note"] if wanted.note is None else wanted.note,
        attendees=words["attendees"] if isinstance(people, Kept) else people,
        start=wanted.start or start,
        end=wanted.end or end,
        start_fold=wanted.start_fold,
        end_fold=wanted.end_fold,
        production=wanted.production,
        booked_for=words["production_id"],
        participants=wanted.participants or (),
        hold="option" if target.state == State.OPTION else "firm",
        on_clash="queue" if (target.rank or 1) > 1 else wanted.on_clash,  # who waits may wait
        override=wanted.override,
    )
