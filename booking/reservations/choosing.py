"""Choices left open in a wish: a bundle is unpacked, "any edit suite" becomes the best free one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from booking.core.access import Actor
from booking.core.rules import Finding
from booking.core.scheduling.ranks import RANK_OF_RIGHT
from booking.facilities import bundles
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.kernel.errors import FieldError, Invalid
from booking.reservations import judgement, search
from booking.reservations.placing import Placement, placements
from booking.reservations.wish import BookingRequest, Plan, understand

NO_LIMIT = 10**6
OF_ALL_NAMED = frozenset({"equipment"})
"""Rules that look at all facilities of a booking: a unit by itself is not judged by them."""


def settled(actor: Actor, wish: BookingRequest, now: int) -> BookingRequest:
    """The wish with its bundle unpacked, and the best unit that is free in place of each group.

    Free at `now` on most dates at rank 1, with no rule against it; the smallest that takes the
    people first, then in the order of the planning. Where none is free on all of them, dates may be
    left out, but none is waited for: the refusal says why. A group that offers the caller nothing
    stays as it is and is understood as an unknown facility. One statement for the claims of all
    units, and for each unit what the rules cost.

    Raises Invalid for an unknown or retired bundle.
    """
    wish = unpacked(wish)
    if not groups(actor, wish.facilities):
        return wish
    codes, are_free = best(actor, [wish], now)
    return replace(wish, facilities=codes, on_clash=_unawaited(wish.on_clash, are_free=are_free))


def _unawaited(on_clash: str, *, are_free: bool) -> str:
    return on_clash if are_free or on_clash != "queue" else "reject"


def best(
    actor: Actor,
    wishes: Sequence[BookingRequest],
    now: int,
    *,
    besides: Collection[int] = (),
    own: Collection[int] = (),
) -> tuple[tuple[str, ...], bool]:
    """The facilities of wishes that name the same, in place of each group the unit that could be
    had on most of their dates; whether all of these could be had on all.

    `besides` are occurrences that make room; facilities that are their `own` come first.
    """
    named = wishes[0].facilities
    rows = groups(actor, named, wishes[0].attendees or 0)
    known = facilities.by_codes(named)
    taken = [known[code] for code in named if code in known]
    missing = _missing(actor, wishes, rows, now, besides)
    codes, are_free = [], True
    for code in named:
        row = sorted(rows.get(code, ()), key=lambda unit: unit.id not in own)
        left = [unit for unit in row if not any(map(unit.shares_space_with, taken))]
        chosen = min(left, key=lambda unit: missing.get(unit.code, NO_LIMIT), default=None)
        if code in rows and chosen is not None:
            are_free = are_free and not missing.get(chosen.code, NO_LIMIT)
            taken.append(chosen)
        codes.append(chosen.code if chosen is not None else code)
    return tuple(codes), are_free


def unpacked(wish: BookingRequest) -> BookingRequest:
    """The wish with the facilities and amounts of its bundle, before those that it adds itself.

    What it says itself of an amount counts more. Raises Invalid for an unknown or retired bundle.
    Two statements where a bundle is named.
    """
    if not wish.bundle:
        return wish
    found = bundles.by_code(wish.bundle)
    if found is None or not found.active:
        raise Invalid(FieldError("bundle", "unknown_bundle", {"value": wish.bundle[:60]}))
    single = set(facilities.by_codes(found.codes))  # of a row one more is another unit
    added = (code for code in wish.facilities if code not in single)
    return replace(
        wish,
        bundle="",
        facilities=(*found.codes, *added),
        amounts={**found.amounts, **wish.amounts},
    )


def groups(actor: Actor, named: Sequence[str], people: int = 0) -> dict[str, list[FacilityFacts]]:
    """The rows of like units that are named, each with what the caller may book, best first."""
    every = facilities.catalogue()
    codes = {facility.code for facility in every}
    return {
        code: units
        for code in named
        if code
        and code not in codes
        and (
            units := sorted(
                (f for f in every if f.group_code == code and search.may_book(actor, f)),
                key=lambda f: (not search.large_enough(f, people), f.capacity or NO_LIMIT),
            )
        )
    }


def spaces(actor: Actor, wish: BookingRequest) -> set[int]:
    """Every space that a choice could fall on, and those of what is named beside it.

    They are locked before it is made; empty where nothing is left open.
    """
    wish = unpacked(wish)
    rows = groups(actor, wish.facilities)
    if not rows:
        return set()
    named = [*wish.facilities, *(repair.facility for repair in wish.repairs)]
    units = [unit for row in rows.values() for unit in row]
    every = [*units, *facilities.by_codes(named).values()]
    return {space for facility in every for space in facility.space_ids}


def _missing(
    actor: Actor,
    wishes: Sequence[BookingRequest],
    rows: Mapping[str, Sequence[FacilityFacts]],
    now: int,
    besides: Collection[int],
) -> dict[str, int]:
    """On how many of the dates each unit could not be had, by code; not of what is no wish."""
    units = list(dict.fromkeys(unit.code for row in rows.values() for unit in row))
    dated: list[tuple[str, Plan]] = []
    for code in units:
        dated += ((code, plan) for wish in wishes for plan in _plans(actor, wish, code))
    placed = placements([plan for _, plan in dated], now, besides)
    found: dict[str, int] = {}
    for code in dict.fromkeys(code for code, _ in dated):
        mine = [(p, at) for (of, p), at in zip(dated, placed, strict=True) if of == code]
        found[code] = _lost(actor, mine, now, besides)
    return found


def _lost(
    actor: Actor, dates: Sequence[tuple[Plan, Placement]], now: int, besides: Collection[int]
) -> int:
    """On how many of its dates a unit could not be had, with the others that are named."""

    def kept(place: int, against: Sequence[Finding]) -> bool:
        at_once = dates[place][1].rank == RANK_OF_RIGHT
        return at_once and all(finding.rule in OF_ALL_NAMED for finding in against)

    plans = [plan for plan, _ in dates]
    every = judgement.findings_each(actor, plans, now, besides=besides, kept=kept)
    return sum(not kept(place, found) for place, found in enumerate(every))


def _plans(actor: Actor, wish: BookingRequest, code: str) -> tuple[Plan, ...]:
    """Of the unit alone; none where the wish cannot be understood, which is told later."""
    repairs = tuple(repair for repair in wish.repairs if repair.how in ("skip", "move"))
    alone = replace(wish, facilities=(code,), amounts={}, repairs=repairs)
    try:
        return understand(actor, alone)
    except Invalid:
        return ()
