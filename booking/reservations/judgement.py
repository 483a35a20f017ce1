"""What stands against a plan."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from booking.core import rules
from booking.core.access import Actor, Subject, allowed
from booking.core.lifecycle import State
from booking.core.scheduling.ranks import RANK_OF_RIGHT
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.journal.events import Event
from booking.reservations import facts, granting, placing, pools, ways
from booking.reservations.events import booking_event
from booking.reservations.holds import Hold
from booking.reservations.placing import Placement
from booking.reservations.values import OCCUPIED, Assessment, Conflict, DateVerdict
from booking.reservations.wish import Plan

SHUT = frozenset({"closed", "hours", "holidays"})
"""Rules that say that nobody is there."""


def findings(actor: Actor, plan: Plan, now: int) -> list[rules.Finding]:
    """Every objection of the rules at once; costs what `facts.load` does."""
    return rules.evaluate(facts.load(actor, plan, [plan.span], now)[0])


def findings_each(
    actor: Actor,
    plans: Sequence[Plan],
    now: int,
    *,
    besides: Collection[int] = (),
    kept: Callable[[int, Sequence[rules.Finding]], bool] = lambda _place, _findings: True,
) -> list[tuple[rules.Finding, ...]]:
    """The objections to every date, in the order given; costs what `facts.load_each` does.

    Against the quotas of later dates those count that are `kept`, by their place and what is found.
    """
    found: list[tuple[rules.Finding, ...]] = []

    def counts(place: int, each: rules.Facts) -> bool:
        found.append(tuple(rules.evaluate(each)))
        return kept(place, found[-1])

    facts.load_each(actor, plans, now, besides=besides, counts=counts)
    return found


@dataclass(frozen=True, slots=True)
class Weighed:
    """One date with what stands against it: what is overridden does not."""

    plan: Plan
    findings: tuple[rules.Finding, ...]
    overridden: frozenset[str]
    placed: Placement

    @property
    def rank(self) -> int | None:
        """The turn it would get, None when even the last one is taken."""
        return self.placed.rank

    @property
    def kept(self) -> bool:
        """Whether it would be booked: at rank 1, or where it may wait at a later one."""
        turn = self.rank == RANK_OF_RIGHT or (self.rank is not None and self.plan.queue)
        return turn and not self.findings


def weigh(
    actor: Actor,
    plans: Sequence[Plan],
    now: int,
    *,
    requester: Actor | None = None,
    besides: Collection[int] = (),
) -> list[Weighed]:
    """Every date with what stands against it at `now`, in the order given.

    Rules look at the `requester`, where the caller acts for one; `besides` are occurrences that
    make room because they are being moved. As many statements for one date as for a year of them.
    """
    placed = placing.ask(plans, now, besides)
    weighed: list[Weighed] = []

    def has_its_place(place: int, found: Sequence[rules.Finding]) -> bool:
        one = _weighed(actor, plans[place], found, placed()[place])
        weighed.append(one)
        return one.rank == RANK_OF_RIGHT and not one.findings

    findings_each(requester or actor, plans, now, besides=besides, kept=has_its_place)
    return weighed


def assess(
    actor: Actor,
    weighed: Sequence[Weighed],
    now: int,
    *,
    requester: Actor | None = None,
    besides: Collection[int] = (),
) -> Assessment:
    """What would become of what was weighed, with ways out where it clashes or is refused.

    Those are for the `requester`, where the caller acts for one; `besides` as in `weigh`.
    """
    if len(weighed) > 1:
        dates = verdicts(actor, weighed, now, requester=requester, besides=besides)
        return _of_series(actor, weighed, dates, now)
    (one,) = weighed
    state, expires = _granted(actor, one, now) if one.rank else (None, None)
    said = Assessment(one.findings, rank=one.rank, state=state, expires=expires, granted=one.kept)
    if one.rank == RANK_OF_RIGHT and not one.findings:
        return said
    taken = one.rank != RANK_OF_RIGHT
    found = ways.alternatives(requester or actor, one.plan, now, besides, one.findings)
    return replace(
        said,
        conflicts=tuple(conflicts(actor, one.plan, one.placed.holds)) if taken else (),
        alternatives=tuple(found),
    )


def granted(weighed: Sequence[Weighed]) -> bool:
    """Whether every date can be had or left out, and one at least can be had."""
    return any(one.kept for one in weighed) and all(one.kept or one.plan.skip for one in weighed)


def _granted(actor: Actor, one: Weighed, now: int) -> tuple[State, int | None]:
    return granting.first_state(actor, one.plan, one.rank or RANK_OF_RIGHT, now)


def _of_series(
    actor: Actor, weighed: Sequence[Weighed], dates: Sequence[DateVerdict], now: int
) -> Assessment:
    """State and clock are those of the first date that would be kept."""
    kept = [one for one in weighed if one.kept]
    blocked = [date for date in dates if not date.kept]
    state, expires = _granted(actor, kept[0], now) if kept else (None, None)
    ruled_out = blocked and all(date.findings for date in blocked)
    return Assessment(
        tuple(f for date in blocked for f in date.findings) if ruled_out else (),
        conflicts=tuple(conflict for date in blocked for conflict in date.conflicts),
        rank=max((one.rank or RANK_OF_RIGHT for one in kept), default=None),
        state=state,
        expires=expires,
        dates=tuple(dates),
        granted=granted(weighed),
    )


def verdicts(
    actor: Actor,
    weighed: Sequence[Weighed],
    now: int,
    *,
    requester: Actor | None = None,
    besides: Collection[int] = (),
) -> list[DateVerdict]:
    """What would become of every date, with the best other room for those that cannot be had."""
    told = [_verdict(actor, one) for one in weighed]
    return ways.rooms(requester or actor, [one.plan for one in weighed], told, now, besides)


def _weighed(
    actor: Actor, plan: Plan, found: Iterable[rules.Finding], placed: Placement
) -> Weighed:
    against, aside = [], set()
    for finding in found:
        if plan.override and may_override(actor, plan, finding):
            aside.add(finding.rule)
        else:
            against.append(finding)
    return Weighed(plan, tuple(against), frozenset(aside), placed)


def may_override(actor: Actor, plan: Plan, finding: rules.Finding) -> bool:
    """Whether who sets it aside decides about the facilities that the rule protects."""
    code, by = finding.params.get("code"), plan.override_by or actor
    concerned = [f for f in plan.facilities if code in (None, f.code)]
    return finding.overridable and all(by.manages(f.id, f.site_id) for f in concerned)


def rules_set_aside(
    booking_id: int, scopes: frozenset[str], kept: Sequence[Weighed]
) -> list[Event]:
    """The event that says which rules stood against what was kept, and why they do not count."""
    rules = sorted({rule for one in kept for rule in one.overridden})
    if not rules:
        return []
    told = booking_event("booking:rule_overridden", booking_id, scopes, after={"rules": rules})
    return [replace(told, reason=kept[0].plan.override)]


def _verdict(actor: Actor, one: Weighed) -> DateVerdict:
    plan, taken = one.plan, one.rank != RANK_OF_RIGHT
    return DateVerdict(
        on=plan.on,
        starts=plan.span.starts,
        ends=plan.span.ends,
        facilities=tuple(facility.code for facility in plan.facilities),
        outcome=_outcome(one),
        rank=one.rank,
        findings=one.findings,
        conflicts=tuple(conflicts(actor, plan, one.placed.holds)) if taken else (),
        kept=one.kept,
    )


def _outcome(one: Weighed) -> str:
    if one.findings:
        return "closed" if all(f.rule in SHUT for f in one.findings) else "refused"
    if one.rank == RANK_OF_RIGHT:
        return "free"
    only_options = all(
        hold.state == State.OPTION
        for hold in one.placed.holds
        if hold.rank == RANK_OF_RIGHT and hold.amount is None
    )
    return "behind" if one.rank and only_options else "occupied"


def may_know(actor: Actor, hold: Hold, booked: FacilityFacts) -> bool:
    """Whether the caller may read the title behind a hold; `booked` is the facility it names."""
    subject = Subject(
        company_id=hold.company_id,
        user_id=hold.requester_id,
        production_id=hold.production_id,
        facilities=((booked.id, booked.site_id),),
    )
    return allowed(actor, "booking:see", subject)


def conflicts(actor: Actor, plan: Plan, holds: Sequence[Hold]) -> list[Conflict]:
    """What is in the way, facility by facility in order of time, as far as the caller may know.

    Of a pool only how much is left where it is too little, not who has the rest.
    """
    booked = {facility.id: facility for facility in facilities.catalogue()}
    found = {
        _conflict(facility.code, hold, known=may_know(actor, hold, booked[hold.facility_id]))
        for facility in plan.facilities
        for hold in holds
        if hold.amount is None and hold.space_id in facility.space_ids
    }
    found |= {short for facility in plan.facilities for short in _short(plan, facility, holds)}
    return sorted(found, key=lambda c: (c.facility, c.starts, c.rank))


def _short(plan: Plan, pool: FacilityFacts, holds: Sequence[Hold]) -> Iterator[Conflict]:
    amount = plan.amount_of(pool)
    if amount is None:
        return
    for found in pools.short(pool, holds, plan.claimed(pool), amount):
        yield Conflict(
            facility=pool.code,
            starts=found.starts,
            ends=found.ends,
            blocked_from=found.starts,
            blocked_until=found.ends,
            held_as=OCCUPIED,
            rank=RANK_OF_RIGHT,
            left=found.left,
            quantity=pool.quantity,
        )


def _conflict(code: str, hold: Hold, *, known: bool) -> Conflict:
    return Conflict(
        facility=code,
        starts=hold.from_,
        ends=hold.until,
        blocked_from=hold.starts,
        blocked_until=hold.ends,
        held_as="option" if hold.state == "option" else OCCUPIED,
        rank=hold.rank,
        number=hold.number if known else None,
        title=hold.title if known else None,
    )
