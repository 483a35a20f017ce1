"""What is asked for and what comes out, as pydantic models; what callers send is in `bodies`."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from booking.api.times import Duration, MomentOrDay

WallClock = Annotated[
    str,
    Field(
        description="The clock of the site, with its offset.",
        json_schema_extra={"format": "date-time"},
    ),
]
Instant = Annotated[
    str, Field(description="The instant, in UTC.", json_schema_extra={"format": "date-time"})
]
LocalTime = Annotated[
    str, Field(description="The clock of the site.", pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d$")
]


class Asked(BaseModel):
    """The query of an address."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Told(BaseModel):
    """What callers get."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# ---- queries --------------------------------------------------------------------------------

Codes = tuple[str, ...]


class FacilityFilter(Asked):
    site: Codes = Field((), description="Codes of sites.")
    kind: Codes = Field((), description="Codes of kinds.")


class Window(FacilityFilter):
    facility: Codes = Field((), description="Codes of facilities.")
    start: MomentOrDay
    end: MomentOrDay = Field(description="Not included.")


class SlotSearch(Asked):
    start: MomentOrDay
    end: MomentOrDay = Field(description="Not included.")
    duration: Duration
    kind: Codes = ()
    site: Codes = ()
    facility: Codes = ()
    capacity: int = Field(0, ge=0, le=100_000, description="People who must be allowed in.")
    amount: int = Field(
        1,
        ge=1,
        le=1_000_000,
        description="Of a pool, such as fibre: what must be left over the whole slot. What is"
        " booked whole has no more than 1.",
    )
    next: int = Field(
        0, ge=0, le=100, description="Only the next so many slots of each facility; 0 for all."
    )
    with_: Codes = Field(
        (),
        alias="with",
        description="Attributes a facility must have: hdr, or screen:4k for a certain value.",
    )


class BookingFilter(Asked):
    whose: Literal["mine", "company", "production", "to_decide"] = "mine"
    when: Literal["upcoming", "past"] = "upcoming"
    production: str | None = Field(None, description="Its code name, with whose=production.")
    q: str = Field("", description="Words of a title, number, production, person or facility.")
    cursor: str | None = Field(None, description="`next` of the page before.")
    limit: int = Field(30, ge=1, le=100)


# ---- what callers get -----------------------------------------------------------------------


class Named(Told):
    code: str
    name: str


class Me(Told):
    name: str
    email: str
    locale: str
    company: Named
    guest: bool
    roles: list[str]
    manages: list[str] = Field(description="Codes of the facilities whose bookings you decide.")
    productions: list[str] = Field(description="Code names of the productions you see.")


class Attribute(Told):
    code: str
    name: str
    type: str
    unit: str
    value: str | int | float | bool


class Rule(Told):
    rule: str = Field(description="Stable; findings name it.")
    value: str | int | bool | list[str] = Field(
        description="notice and quota_hours in hours, furthest in days, shortest, longest and step"
        " in minutes; noise and equipment codes of facilities."
    )
    text: str
    set_for: Literal["kind", "facility"]
    valid_from: str | None = Field(json_schema_extra={"format": "date"})
    valid_until: str | None = Field(
        description="The last day.", json_schema_extra={"format": "date"}
    )


class Policy(Told):
    approval: Literal["automatic", "manager"] = Field(description="As it applies to you.")
    bookable: bool = Field(description="Whether you may book it at all.")
    guests_allowed: bool
    option_days: int
    rules: list[Rule] = Field(description="Those that apply to bookings that begin today.")


class Facility(Told):
    code: str
    name: str
    names: dict[str, str]
    site: Named
    time_zone: str
    kind: Named
    group: str | None
    capacity: int | None = Field(description="People allowed in at once (fire safety).")
    quantity: int = Field(description="Above 1 it is a pool: bookings take amounts of it.")
    setup_min: int
    turnaround_min: int
    opening: list[list[tuple[int, int]]] = Field(
        description="Monday first; spans in minutes from midnight."
    )
    attributes: list[Attribute]
    policy: Policy


class FacilityList(Told):
    facilities: list[Facility]


class FacilityDetails(Facility):
    active: bool
    area_m2: int | None
    capacities: dict[str, Any]
    staffing: str
    equipment: str
    address: str


class Bar(Told):
    facility: str
    start: LocalTime
    end: LocalTime
    start_utc: Instant
    end_utc: Instant
    setup_min: int
    turnaround_min: int
    state: str = Field(description="occupied or option where you may not know more.")
    rank: int
    mine: bool
    via: str | None
    booking: str | None
    title: str | None
    company: str | None
    company_name: str | None
    production: str | None
    amount: int | None = Field(description="Of a pool, what is taken of it.")
    expires: LocalTime | None = Field(description="When it lapses by itself.")


class ClosureBar(Told):
    facility: str
    start: LocalTime
    end: LocalTime
    reason: str


class Holiday(Told):
    date: str = Field(json_schema_extra={"format": "date"})
    country: str = Field(description="ISO 3166-1.")
    name: str = Field(description="In the caller's language, where its country has it.")


class Calendar(Told):
    start: WallClock
    end: WallClock
    time_zone: str
    now: LocalTime
    occurrences: list[Bar]
    closures: list[ClosureBar]
    holidays: list[Holiday]


class Slot(Told):
    start: WallClock
    end: WallClock
    start_utc: Instant
    end_utc: Instant
    free_until: WallClock = Field(description="How long it could last.")


class FreeFacility(Told):
    facility: str
    name: str
    site: str
    kind: str
    capacity: int | None
    slots: list[Slot] = Field(description="One for each free stretch, soonest first.")


class Availability(Told):
    facilities: list[FreeFacility] = Field(description="The best fit first.")


class Approval(Told):
    facility: str
    name: str
    decision: Literal["automatic", "undecided", "approved", "declined"]
    decided_by: str | None
    decided_at: Instant | None
    rank: int | None
    amount: int | None = Field(description="Of a pool, what is taken of it.")


class Challenge(Told):
    made: bool = Field(description="Whether this booking made it; else it was challenged.")
    due_at: Instant
    moved_by: Literal["", "hours", "weekend", "holiday", "short_notice", "expiry"] = Field(
        description="Why it is not 24 hours."
    )


class Offer(Told):
    """Another place that its people accept or refuse."""

    swap: bool = Field(description="Whether somebody else takes this one's place.")
    off: bool = Field(description="Whether a side of a swap has another place by now: refuse it.")
    facilities: list[str]
    amounts: dict[str, int] = Field(description="Of the pools among them.")
    start: WallClock
    end: WallClock
    start_utc: Instant
    end_utc: Instant
    message: str


class Occurrence(Told):
    id: int
    uid: str
    start: WallClock
    end: WallClock
    start_utc: Instant
    end_utc: Instant
    time_zone: str
    state: str
    rank: int | None
    expires_at: Instant | None
    challenge: Challenge | None = Field(description="While nobody has answered it.")
    offer: Offer | None = Field(description="While nobody has answered it.")
    approvals: list[Approval]
    verbs: list[str]


class HistoryLine(Told):
    at: Instant
    who: str | None = Field(description="Null is the clock.")
    event: str
    reason: str | None
    before: dict[str, Any]
    after: dict[str, Any]


class Booking(Told):
    number: str
    title: str
    state: str
    rank: int | None
    facilities: list[str]
    note: str
    attendees: int | None
    participants: list[str] = Field(description="E-mail addresses of those who are invited.")
    company: Named
    requester: str
    production: str | None
    production_title: str | None = Field(description="For those who may see the production.")
    rrule: str = Field(description="Of a series, as it was asked for.")
    created_at: Instant
    revision: int
    verbs: list[str] = Field(description="What you may do to it now.")
    occurrences: list[Occurrence]
    history: list[HistoryLine]


class Receipt(Told):
    """What a write answers to those who prefer little."""

    number: str
    revision: int


class BookingLine(Told):
    number: str
    title: str
    start: WallClock
    end: WallClock
    start_utc: Instant
    end_utc: Instant
    time_zone: str
    state: str
    rank: int | None
    expires_at: Instant | None
    facilities: list[str]
    company_name: str
    requester: str
    production: str | None
    waiting: int = Field(description="How many wait behind it.")


class BookingList(Told):
    bookings: list[BookingLine]
    next: str | None = Field(description="The cursor of the next page.")


class Feed(Told):
    id: int
    scope: str
    name: str
    created_at: Instant
    used_at: Instant | None
    user_agent: str | None


class FeedList(Told):
    feeds: list[Feed]


class NewFeedAddress(Told):
    id: int
    scope: str
    name: str
    url: str = Field(description="Shown this once: whoever knows it can read the calendar.")
    webcal: str = Field(description="For Apple's programs, and Outlook on a computer.")
    google: str
    outlook: str = Field(description="For accounts of work or school, on the web.")
    outlook_com: str


# ---- problems -------------------------------------------------------------------------------


class Fault(Told):
    pointer: str | None = Field(None, description="RFC 6901, into the body.")
    parameter: str | None = Field(None, description="Name of a parameter of the query.")
    code: str
    message: str


class Finding(Told):
    rule: str
    message: str
    overridable: bool


class Conflict(Told):
    facility: str
    start: WallClock
    end: WallClock
    start_utc: Instant
    end_utc: Instant
    blocked_from: WallClock
    blocked_until: WallClock
    held_as: Literal["occupied", "option"]
    rank: int
    booking: str | None
    title: str | None
    left: int | None = Field(
        description="Of a pool: the least that is left of `quantity` from start to end."
    )
    quantity: int | None


class Alternative(Told):
    kind: Literal["room", "time", "shorter"]
    facility: str
    replaces: str | None
    start: WallClock
    end: WallClock
    start_utc: Instant
    end_utc: Instant


class DateVerdict(Told):
    date: str = Field(json_schema_extra={"format": "date"})
    start: WallClock
    end: WallClock
    start_utc: Instant
    end_utc: Instant
    facilities: list[str]
    outcome: Literal["free", "behind", "occupied", "closed", "refused"]
    rank: int | None = Field(description="The turn you could have; null for none.")
    kept: bool = Field(description="Whether it would be booked like this.")
    findings: list[Finding]
    conflicts: list[Conflict]
    room: Alternative | None = Field(description="Another one that is free at that time.")


class Preview(Told):
    state: str
    rank: int
    expires_at: Instant | None
    facilities: list[str]
    dates: list[DateVerdict] = Field(description="Of a series, every date.")


class Problem(Told):
    """RFC 9457; which of the last fields come depends on the code."""

    type: str
    title: str
    status: int
    detail: str
    code: str = Field(description="Stable.")
    errors: list[Fault] | None = None
    findings: list[Finding] | None = None
    conflicts: list[Conflict] | None = None
    alternatives: list[Alternative] | None = None
    dates: list[DateVerdict] | None = Field(None, description="Of a series, every date.")
    current: int | None = Field(None, description="The revision as it is now.")
    verb: str | None = None
    state: str | None = None
    rank: int | None = Field(None, description="Where it clashes: the turn you may queue for.")
    retry_after_s: int | None = None
    instance: str | None = None
