"""Bookings by what people remember of them: title, number, production, who, and where."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from booking.core.access import Actor
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.members.models import Company, User
from booking.productions.models import Production
from booking.reservations.models import Allocation, Booking, Occurrence

MOST_WORDS = 60
"""Of a search; what has more is found nowhere."""

_SAID = (
    Booking.title
    + " "
    + Booking.number
    + " "
    + Company.name
    + " "
    + User.name
    + " "
    + func.coalesce(Production.code_name, "")
)


def matching(actor: Actor, text: str) -> ColumnElement[bool]:
    """Whether every word of a search is said of an occurrence, or in the name of a facility of it.

    What a production is called counts where the caller may see it, its code name everywhere. For
    statements over occurrences with their bookings, companies, users and productions, which
    may be missing. Case does not matter, but for accents in the middle of a word in SQLite, which
    knows no case of theirs.
    """
    words = dict.fromkeys(text.split())
    if len(words) > MOST_WORDS:
        return false()
    return and_(*(_holds(actor, word) for word in words))


def _holds(actor: Actor, word: str) -> ColumnElement[bool]:
    seen = or_(
        Production.company_id == actor.company_id, Production.id.in_(sorted(actor.productions))
    )
    said = [_says(_SAID, word), and_(seen, _says(Production.title, word))]
    rooms = [f.id for f in facilities.catalogue() if any(word.casefold() in n for n in _names(f))]
    if rooms:
        there = select(Allocation.occurrence_id).where(Allocation.facility_id.in_(rooms))
        said.append(Occurrence.id.in_(there))
    return or_(*said)


def _says(words: Any, word: str) -> ColumnElement[bool]:
    forms = [words.contains(form, autoescape=True) for form in sorted(_forms(word))]
    return or_(*forms, func.lower(words).contains(word.lower(), autoescape=True))


def _forms(word: str) -> set[str]:
    return {word, word.lower(), word.upper(), word.capitalize()}


def _names(facility: FacilityFacts) -> Iterator[str]:
    yield facility.code.casefold()
    for name in {facility.name, *facility.names.values()}:
        yield name.casefold()
