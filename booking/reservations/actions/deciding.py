"""Doing verbs of the lifecycle to bookings: approve, decline, confirm, give back."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from itertools import repeat

from booking.core.access import Actor, allowed
from booking.core.lifecycle import State, Transition, Verb
from booking.core.scheduling.wallclock import local
from booking.core.text import normal, problem
from booking.journal.actions import record
from booking.journal.events import Event
from booking.kernel.errors import (
    BookingError,
    FieldError,
    Invalid,
    NotFound,
    Stale,
)
from booking.kernel.transaction import transaction
from booking.reservations import challenges, changes, targets
from booking.reservations.actions import attending, challenging, clocks, permitting
from booking.reservations.targets import Target
from booking.reservations.wish import LONGEST_REASON

SCOPES = ("this", "following", "all")
_CALLED_OFF = {Verb.CANCEL: (Verb.WITHDRAW, Verb.RELEASE)}
"""Who cancels a series means the dates of it, too, that nobody has decided or confirmed yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Which dates of a series a verb is meant for.

    `scope` is all of them, or with the id of an `occurrence` this one, or this and those after;
    `first` and `last` narrow it to days on the site, both included, `only` to some ids.
    """

    scope: str = "all"
    occurrence: int | None = None
    first: date | None = None
    last: date | None = None
    only: frozenset[int] = frozenset()

    def among(self, found: Sequence[Target]) -> list[Target]:
        """Those it means, oldest first.

        Raises Invalid for an unknown scope or one without its date, NotFound for another's date.
        """
        if self.scope not in SCOPES:
            raise Invalid(FieldError("scope", "unknown_choice", {"choices": list(SCOPES)}))
        chosen = found if self.scope == "all" else self._from(found)
        named = (target for target in chosen if not self.only or target.id in self.only)
        return [target for target in named if self._on(target)]

    def _from(self, found: Sequence[Target]) -> list[Target]:
        if self.occurrence is None:
            raise Invalid(FieldError("occurrence", "required"))
        first = next((target for target in found if target.id == self.occurrence), None)
        if first is None:
            raise NotFound(occurrence=self.occurrence)
        return [first] if self.scope == "this" else [t for t in found if t.starts >= first.starts]

    def _on(self, target: Target) -> bool:
        day = local(target.starts, target.zone).date()
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)


ALL = Reach()


def act(
    actor: Actor,
    number: str,
    verb: Verb,
    now: datetime,
    *,
    reason: str = "",
    revision: int | None = None,
    reach: Reach = ALL,
) -> int:
    """Do a verb of the lifecycle to a booking; answers to how many of its dates.

    Of a series to every date that `reach` means and that the verb applies to: the past never
    changes. Where a date is cancelled, those that are only asked for are withdrawn, or released.
    `revision` is the one the caller saw, None when they do not say.

    Raises NotFound, Forbidden, Invalid (a reason is missing or too long), Stale, and WrongState
    where it applies to none (with `not_first` while others hold the slot, `already_over`,
    `already_begun` for what is ended early and not cancelled, `undecidable` when nothing is left
    to decide).
    """
    return _act(actor, number, verb, now, reason, revision, reach)


@transaction
def _act(
    actor: Actor,
    number: str,
    verb: Verb,
    now: datetime,
    reason: str,
    revision: int | None,
    reach: Reach,
) -> int:
    at = int(now.timestamp())
    lapsed = clocks.be_alone(clocks.spaces(visible(actor, number)), at)
    seen = visible(actor, number)
    if revision is not None and revision != seen[0].revision:
        raise Stale(current=seen[0].revision)
    events, _ = clocks.end_lapsed(lapsed, at)
    chosen = reach.among(visible(actor, number) if lapsed else seen)
    parts = [(verb, *permitting.meant(actor, chosen, verb, at))]
    for also in _CALLED_OFF.get(verb, ()):
        with suppress(BookingError):
            parts.append((also, *permitting.meant(actor, chosen, also, at)))
    for each, row, meant in parts:
        challenging.refuse_bound(meant, each)
        events += _STEPS[each](actor, meant, row, _reason(row, reason), at)
    record(changes.signed(actor, events), actor_id=actor.user_id, at=now)
    return sum(len(meant) for _, _, meant in parts)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one booking of many; `error` is None when it went well."""

    number: str
    error: BookingError | None = None


def act_on_many(
    actor: Actor,
    numbers: Sequence[str],
    verb: Verb,
    now: datetime,
    *,
    reason: str = "",
    dates: Mapping[str, frozenset[int]] | None = None,
) -> list[Outcome]:
    """Do a verb to many bookings, each by itself: one that fails leaves the others done.

    `dates` are ids of occurrences by number, for bookings of which only some dates are meant.
    """
    outcomes = []
    for number in numbers:
        reach = Reach(only=(dates or {}).get(number, frozenset()))
        try:
            act(actor, number, verb, now, reason=reason, reach=reach)
            outcomes.append(Outcome(number))
        except BookingError as error:
            outcomes.append(Outcome(number, error))
    return outcomes


def visible(actor: Actor, number: str) -> list[Target]:
    """The dates of a booking, oldest first. Raises NotFound where the caller may know of none."""
    found = targets.by_number(number)
    if not any(allowed(actor, "booking:see", target.subject) for target in found):
        raise NotFound(number=number)
    return found


def _reason(row: Transition, reason: str) -> str | None:
    given = normal(reason)
    wrong = problem(given, LONGEST_REASON, lines=True, required=row.needs_reason)
    if wrong:
        raise Invalid(FieldError("reason", wrong, {"max": LONGEST_REASON, "length": len(given)}))
    return given or None


Step = Callable[[Actor, Sequence[Target], Transition, str | None, int], list[Event]]


def _give_back(
    actor: Actor, meant: Sequence[Target], row: Transition, reason: str | None, now: int
) -> list[Event]:
    return changes.end(meant, row.to, row.event, now, reason=reason)


def _decline(
    actor: Actor, meant: Sequence[Target], row: Transition, reason: str | None, now: int
) -> list[Event]:
    changes.decide(
        [
            (target, given)
            for target in meant
            for given in target.given
            if actor.manages(given.facility_id, given.site_id)
        ],
        "declined",
        actor,
        now,
    )
    return changes.end(meant, row.to, row.event, now, reason=reason)


def _settle(
    actor: Actor, meant: Sequence[Target], row: Transition, reason: str | None, now: int
) -> list[Event]:
    """Approve or confirm: confirmed when nobody is left to ask, else a request waiting for them."""
    mine = [(target, given) for target in meant for given in target.undecided_by(actor)]
    changes.decide(mine, "approved", actor, now)
    alike: dict[int, list[Target]] = defaultdict(list)
    for target in meant:
        alike[len(target.undecided()) - len(target.undecided_by(actor))].append(target)
    events = []
    for missing, group in sorted(alike.items()):
        to = State.REQUESTED if missing else row.to
        clock = (t.starts if missing else targets.check_in_by(t, now) for t in group)
        changes.set_states(zip(group, repeat(to), clock, strict=False), now)
        challenges.settle({t.id for t in group}, to, now)
        events.append(changes.told(row.event, group, to, reason, missing=missing))
    return events


_STEPS: dict[Verb, Step] = {
    Verb.APPROVE: _settle,
    Verb.CONFIRM: _settle,
    Verb.DECLINE: _decline,
    Verb.WITHDRAW: _give_back,
    Verb.RELEASE: _give_back,
    Verb.CANCEL: _give_back,
    Verb.CHALLENGE: challenging.challenge,
    Verb.EXTEND: challenging.extend,
    Verb.CHECK_IN: attending.check_in,
    Verb.END_EARLY: attending.end_early,
}
