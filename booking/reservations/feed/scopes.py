"""Which feeds there are and who may read them: asked anew each time, since rights come and go.

A scope is what a feed address was made for: `me`, `company`, `approvals`, `facility:M-ET1`,
`freebusy:M-ET1`, `site:M`, `kind:grading`, `production:HERON`. An address keeps the last by its id,
`production:#12`: two companies may use one code name, and a code name may be changed.
"""

import re
from collections.abc import Callable

from booking.core.access import Actor, allowed
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.members.events import NAMES
from booking.productions import queries as productions
from booking.productions.values import ProductionFacts
from booking.reservations.feed.values import Scope

BY_ID = "#"
_ID = re.compile("[0-9]{1,9}")


def scope(actor: Actor, text: str) -> Scope | None:
    """The scope of that text; None if there is none such or the caller may not see it."""
    kind, _, argument = text.partition(":")
    make = SCOPES.get(kind)
    return make(actor, kind, argument) if make and allowed(actor, "feed:use") else None


def _me(actor: Actor, kind: str, argument: str) -> Scope | None:
    if argument:
        return None
    revisions = _and_names(f"user:{actor.user_id}")
    return Scope(text=kind, kind=kind, key=actor.user_id, revisions=revisions)


def _company(actor: Actor, kind: str, argument: str) -> Scope | None:
    if argument:
        return None
    revisions = _and_names(f"company:{actor.company_id}")
    return Scope(text=kind, kind=kind, key=actor.company_id, revisions=revisions)


def _approvals(actor: Actor, kind: str, argument: str) -> Scope | None:
    if argument or not allowed(actor, "approval:see"):
        return None
    return _over(kind, "", facilities.managed(actor))


def _production(actor: Actor, kind: str, argument: str) -> Scope | None:
    found = _production_named(actor, argument)
    if found is None:
        return None
    return Scope(
        text=f"{kind}:{BY_ID}{found.id}",
        kind=kind,
        title=found.code_name,
        key=found.id,
        revisions=_and_names(f"production:{found.id}"),
    )


def _production_named(actor: Actor, argument: str) -> ProductionFacts | None:
    if not argument.startswith(BY_ID):
        return productions.find(actor, argument) if argument else None
    number = _ID.fullmatch(argument.removeprefix(BY_ID))
    return productions.get(actor, int(number[0])) if number else None


def _facility(actor: Actor, kind: str, argument: str) -> Scope | None:
    return _seen(actor, kind, argument, lambda f: f.code == argument)


def _site(actor: Actor, kind: str, argument: str) -> Scope | None:
    return _seen(actor, kind, argument, lambda f: f.active and f.site_code == argument)


def _kind(actor: Actor, kind: str, argument: str) -> Scope | None:
    return _seen(actor, kind, argument, lambda f: f.active and f.kind_code == argument)


SCOPES: dict[str, Callable[[Actor, str, str], Scope | None]] = {
    "me": _me,
    "company": _company,
    "production": _production,
    "facility": _facility,
    "freebusy": _facility,
    "kind": _kind,
    "site": _site,
    "approvals": _approvals,
}


def _seen(
    actor: Actor, kind: str, argument: str, wanted: Callable[[FacilityFacts], bool]
) -> Scope | None:
    if not allowed(actor, "facility:see"):
        return None
    return _over(kind, argument, list(filter(wanted, facilities.catalogue())))


def _over(kind: str, argument: str, shown: list[FacilityFacts]) -> Scope | None:
    if not shown:
        return None
    return Scope(
        text=f"{kind}:{argument}" if argument else kind,
        kind=kind,
        facilities=tuple(shown),
        revisions=_and_names(*(f"facility:{facility.id}" for facility in shown)),
    )


def _and_names(*scopes: str) -> frozenset[str]:
    """What feeds say changes with the names of facilities, people and companies, too."""
    return frozenset({facilities.SCOPE, NAMES, *scopes})
