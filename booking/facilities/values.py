"""What the rest of the house knows about facilities: plain values, detached from the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from booking.core.access import Subject
from booking.kernel.i18n import in_language

Span = tuple[int, int]
"""Minutes from midnight, wall clock of the site: [opens, closes); 1440 closes at midnight."""

Week = tuple[tuple[Span, ...], ...]
"""Seven days, Monday first; a day without spans is closed."""

ALWAYS_OPEN: Week = (((0, 1440),),) * 7


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityFacts:
    """A facility as pages, rules and searches need it.

    `bookable` says that it is active, and of a pool that a space stands for it, which whoever
    books it locks; `group_code` is empty outside a row of like units; `capacity` is the number of
    people allowed in at once, None where nobody enters.
    """

    id: int
    code: str
    name: str
    names: Mapping[str, str]
    site_id: int
    site_code: str
    site_name: str
    time_zone: str
    country: str
    kind_id: int
    kind_code: str
    kind_names: Mapping[str, str]
    group_code: str
    group_name: str
    position: int
    capacity: int | None
    quantity: int
    bookable: bool
    active: bool
    setup_min: int
    turnaround_min: int
    approval: str
    guests_allowed: bool
    option_days: int
    space_ids: tuple[int, ...]
    """Ascending, the order in which they are locked."""
    opening: Week

    def name_in(self, locale: str) -> str:
        """The facility's name in a language, else as the house calls it."""
        return self.names.get(locale) or self.name

    def kind_in(self, locale: str) -> str:
        """The name of its kind in a language."""
        return in_language(self.kind_names, locale)

    @property
    def subject(self) -> Subject:
        """What permissions look at."""
        return Subject(facilities=((self.id, self.site_id),))

    def shares_space_with(self, other: "FacilityFacts") -> bool:
        """Whether the two, or one and the same, cannot be used at once."""
        return not set(self.space_ids).isdisjoint(other.space_ids)

    @property
    def is_pool(self) -> bool:
        """Whether bookings take an amount of it rather than the whole."""
        return self.quantity > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityDetails:
    """What only the facility's own page shows; `capacities` are figures by use."""

    group_id: int | None
    area_m2: int | None
    capacities: Mapping[str, int]
    staffing: str
    equipment: str
    address: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeFacts:
    """One thing a facility says about itself; `value` is None where it says nothing."""

    definition_id: int
    code: str
    names: Mapping[str, str]
    value_type: str
    unit: str
    choices: tuple[str, ...]
    value: str | int | float | bool | None

    def name_in(self, locale: str) -> str:
        """The name of the attribute in a language."""
        return in_language(self.names, locale)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureFacts:
    """A facility (`facility_id`) or a whole site (`site_id`) is shut over [starts, ends).

    Exactly one of the two is given; times are UTC epoch seconds. `via` names the facility that was
    closed when this one is shut because it shares a space with it, else it is None.
    """

    id: int
    facility_id: int | None
    site_id: int | None
    starts: int
    ends: int
    reason: str
    via: str | None = None

    def concerns(self, facility: FacilityFacts) -> bool:
        """Whether it shuts that facility, by itself or with its site."""
        return self.facility_id == facility.id or self.site_id == facility.site_id


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFacts:
    """A row of like units: "any edit suite"."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KindFacts:
    """A kind of facility; options of it live `option_days` days."""

    id: int
    code: str
    names: Mapping[str, str]
    position: int
    option_days: int

    def name_in(self, locale: str) -> str:
        """The name of the kind in a language."""
        return in_language(self.names, locale)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    """A building; `country` (ISO 3166) decides its holidays."""

    id: int
    code: str
    name: str
    time_zone: str
    country: str
    address: str
    area_m2: int | None

    def place(self, rooms: str) -> str:
        """Rooms in it on one line, as a calendar's LOCATION: with its name and postal address."""
        parts = (rooms, self.name, self.address)
        return ", ".join(" ".join(part.split()) for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFacts:
    """What a rule says for a kind (`kind_id`) or a facility (`facility_id`): one of the two.

    `valid_from` and `valid_until` are days, inclusive; None leaves the side open. An edit names
    the `revision` it saw.
    """

    id: int
    rule: str
    kind_id: int | None
    facility_id: int | None
    value: Any
    valid_from: date | None
    valid_until: date | None
    revision: int = 1

    def holds_on(self, day: date) -> bool:
        """Whether it is valid on a day."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day <= self.valid_until)
