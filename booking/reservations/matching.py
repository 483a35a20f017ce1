"""Bookings by what people remember of them: title, number, production, who, and where."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.members.models import Company, User
from booking.productions.models import Production
from booking.reservations.models import Allocation, Booking, Occurrence

MOST_WORDS = 60
"""Of a search; what has more is found nowhere."""

_PRODUCTION = func.coalesce(Production.code_name + " " + Production.title, "")
_SAID = (
    Booking.title + " " + Booking.number + " " + Company.name + " " + User.name + " " + _PRODUCTION
)


def matching(text: str) -> ColumnElement[bool]:
    """Whether every word of a search is said of an occurrence, or in the name of a facility of it.

    For statements over occurrences with their bookings, companies, users and productions, which
    may be missing. Case does not matter, but for accents in the middle of a word in SQLite, which
    knows no case of theirs.
    """
    words = dict.fromkeys(text.split())
    if len(words) > MOST_WORDS:
        return false()
    return and_(*map(_holds, words))


def _holds(word: str) -> ColumnElement[bool]:
    said = [_SAID.contains(form, autoescape=True) for form in sorted(_forms(word))]
    said.append(func.lower(_SAID).contains(word.lower(), autoescape=True))
    rooms = [f.id for f in facilities.catalogue() if any(word.casefold() in n for n in _names(f))]
    if rooms:
        there = select(Allocation.occurrence_id).where(Allocation.facility_id.in_(rooms))
        said.append(Occurrence.id.in_(there))
    return or_(*said)


def _forms(word: str) -> set[str]:
    return {word, word.lower(), word.upper(), word.capitalize()}


def _names(facility: FacilityFacts) -> Iterator[str]:
    yield facility.code.casefold()
    for name in {facility.name, *facility.names.values()}:
        yield name.casefold()
