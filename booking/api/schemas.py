"""What goes in and comes out, as pydantic models: the document is generated from them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from booking.api.times import Day, Duration, Moment, MomentOrDay
from booking.reservations.wish import (
    LONGEST_NOTE,
    LONGEST_REASON,
    LONGEST_RULE,
    LONGEST_TITLE,
    MOST_FACILITIES,
)

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


class Given(BaseModel):
    """What callers send: exactly this, of exactly these types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Asked(BaseModel):
    """The query of an address."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Told(BaseModel):
    """What callers get."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# ---- what callers send ----------------------------------------------------------------------


class Repair(Given):
    """What to do about one date of a series that cannot be had as it is."""

    on: Day = Field(description="The date of the series.")
    how: Literal["skip", "queue", "room", "move"]
    facility: str = Field("", description="With room: the one to take that day.")
    replaces: str = Field("", description="With room: instead of which; the first by default.")
    start: Moment | None = Field(None, description="With move.")
    end: Moment | None = None


class NewBooking(Given):
    bundle: str = Field(
        "", description="Code of a bundle: its facilities and amounts come before those below."
    )
    facilities: list[str] = Field(
        [],
        description="Codes of the facilities, all booked or none. That of a group, as facilities"
        " name theirs, stands for the best of its units that is free.",
        examples=[["M-ET1"]],
        validate_default=True,
        json_schema_extra={"maxItems": MOST_FACILITIES},
    )
    amounts: dict[str, int] = Field(
        {},
        description="How much of each pool among the facilities; 1 of those it does not name.",
        examples=[{"M-FIB": 4}],
    )
    title: str = Field(json_schema_extra={"minLength": 1, "maxLength": LONGEST_TITLE})
    start: Moment
    end: Moment
    start_fold: Literal[0, 1] | None = Field(
        None, description="Where the clock change repeats the time: 0 the first, 1 the second."
    )
    end_fold: Literal[0, 1] | None = None
    production: str | None = Field(None, description="Code name of a production you see.")
    hold: Literal["firm", "option"] = "firm"
    on_clash: Literal["reject", "skip", "queue"] = Field(
        "reject",
        description="With queue a taken slot is waited for, at rank 2 or 3; with skip the dates"
        " of a series that cannot be had are left out.",
    )
    rrule: str = Field(
        "",
        description="RFC 5545 RRULE of a series in the wall clock of the site: DAILY, WEEKLY with"
        " BYDAY, MONTHLY by BYMONTHDAY or the nth weekday, INTERVAL, and COUNT or UNTIL. `start`"
        " and `end` are its first date.",
        examples=["FREQ=WEEKLY;COUNT=10"],
        json_schema_extra={"maxLength": LONGEST_RULE},
    )
    exdates: list[Day] = Field([], description="Dates of the rule that are left out.")
    dates: list[Day] = Field([], description="More dates, picked by hand.")
    repairs: list[Repair] = Field([], description="For single dates of the series.")
    override: str = Field(
        "",
        description="For facility managers: why the rules that may be are set aside.",
        json_schema_extra={"maxLength": LONGEST_REASON},
    )
    attendees: int | None = Field(None, json_schema_extra={"minimum": 1, "maximum": 100_000})
    note: str = Field("", json_schema_extra={"maxLength": LONGEST_NOTE})

    @field_validator("facilities")
    @classmethod
    def _or_a_bundle(cls, codes: list[str], info: ValidationInfo) -> list[str]:
        if not codes and not info.data.get("bundle"):
            raise PydanticCustomError("required", "required")
        return codes


class Reason(Given):
    reason: str = Field("", description="Needed to decline and to cancel.")
    scope: Literal["this", "following", "all"] = Field(
        "all", description="Of a series: one `occurrence`, it and those after, or all to come."
    )
    occurrence: int | None = None
    first: Day | None = Field(None, description="Only dates from this day on.")
    last: Day | None = Field(None, description="Only dates up to this day, included.")


class Change(Given):
    """What becomes different; what is left out stays as it is."""

    facilities: list[str] | None = Field(None, json_schema_extra={"maxItems": MOST_FACILITIES})
    title: str | None = Field(None, json_schema_extra={"maxLength": LONGEST_TITLE})
    note: str | None = Field(None, json_schema_extra={"maxLength": LONGEST_NOTE})
    start: Moment | None = Field(
        None, description="Of the first date that is meant; the others shift by as much."
    )
    end: Moment | None = None
    start_fold: Literal[0, 1] | None = None
    end_fold: Literal[0, 1] | None = None
    production: str | None = Field(None, description="Code name; empty for none.")
    attendees: int | None = Field(None, json_schema_extra={"minimum": 1, "maximum": 100_000})
    on_clash: Literal["reject", "queue"] = "reject"
    override: str = Field("", json_schema_extra={"maxLength": LONGEST_REASON})
    scope: Literal["this", "following", "all"] = "all"
    occurrence: int | None = None
    first: Day | None = None
    last: Day | None = None


class NewOffer(Change):
    message: str = Field("", json_schema_extra={"maxLength": LONGEST_REASON})


class NewSwap(Given):
    facility: str = Field("", description="Where the other booking is; needed.")
    start: Moment | None = Field(None, description="An instant of it; needed.")
    message: str = Field("", json_schema_extra={"maxLength": LONGEST_REASON})


class NewFeed(Given):
    scope: str = Field(
        description="me, company, facility:CODE or freebusy:CODE.", examples=["facility:M-ET1"]
    )


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
    facilities: list[str]
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
    company: Named
    requester: str
    production: str | None
    production_title: str | None
    rrule: str = Field(description="Of a series, as it was asked for.")
    created_at: Instant
    revision: int
    verbs: list[str] = Field(description="What you may do to it now.")
    occurrences: list[Occurrence]
    history: list[HistoryLine]


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
    webcal: str
    google: str


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
