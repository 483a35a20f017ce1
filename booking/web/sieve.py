"""Which facilities the planning shows: by words, site, kind, size, and free at this moment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from booking.core.scheduling.interval import Interval
from booking.core.scheduling.opening import open_spans
from booking.facilities.values import ClosureFacts, FacilityFacts
from booking.reservations.values import Entry

LONGEST_TEXT = 100
MOST_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Sieve:
    """What the filter of the planning says; anything odd in an address filters nothing."""

    query: str = ""
    site: str = ""
    kind: str = ""
    people: int = 0
    free: bool = False

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Self:
        """As an address says it."""
        people = asked.get("people", "")
        return cls(
            query=asked.get("q", "").strip()[:LONGEST_TEXT],
            site=asked.get("site", ""),
            kind=asked.get("kind", ""),
            people=int(people) if people.isdecimal() and len(people) <= MOST_DIGITS else 0,
            free=asked.get("free") == "1",
        )

    @property
    def address(self) -> dict[str, str | None]:
        """The same for an address; None where it says nothing."""
        return {
            "q": self.query or None,
            "site": self.site or None,
            "kind": self.kind or None,
            "people": str(self.people) if self.people else None,
            "free": "1" if self.free else None,
        }

    @property
    def count(self) -> int:
        """How many of its fields narrow, the words aside."""
        return sum(1 for said in (self.site, self.kind, self.people, self.free) if said)

    def keeps(self, facility: FacilityFacts, locale: str) -> bool:
        """Whether a facility passes, whoever has it now."""
        words = " ".join(
            (
                facility.code,
                facility.name_in(locale),
                facility.kind_in(locale),
                facility.site_name,
            )
        ).casefold()
        return (
            self.site in ("", facility.site_code)
            and self.kind in ("", facility.kind_code)
            and (not self.people or (facility.capacity or 0) >= self.people)
            and all(word in words for word in self.query.casefold().split())
        )


def free_at(
    now: int,
    rows: Iterable[FacilityFacts],
    entries: Iterable[Entry],
    closures: Iterable[ClosureFacts],
) -> set[str]:
    """The codes of what is open and not taken, buffers included, at `now` (UTC epoch seconds).

    Of a pool something must be left. `entries` and `closures` are those that touch `now`.
    """
    moment = Interval(now, now + 1)
    taken: dict[str, int] = {}
    for entry in entries:
        if entry.blocked_from <= now < entry.blocked_until:
            amount = 1 if entry.amount is None else entry.amount
            taken[entry.facility] = taken.get(entry.facility, 0) + amount
    shut = [closure for closure in closures if closure.starts <= now < closure.ends]
    return {
        row.code
        for row in rows
        if row.bookable
        and taken.get(row.code, 0) < (row.quantity if row.is_pool else 1)
        and not any(closure.concerns(row) for closure in shut)
        and any(span.overlaps(moment) for span in open_spans(row.opening, row.time_zone, moment))
    }
