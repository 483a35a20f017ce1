"""What callers send, as pydantic models: exactly this, of exactly these types."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from booking.api.times import Day, Moment
from booking.reservations.participants import MOST as MOST_PARTICIPANTS
from booking.reservations.wish import (
    LONGEST_NOTE,
    LONGEST_REASON,
    LONGEST_RULE,
    LONGEST_TITLE,
    MOST_FACILITIES,
)


class Given(BaseModel):
    """What callers send: exactly this, of exactly these types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


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
    participants: list[str] = Field(
        [],
        description="E-mail addresses of people who get an invitation once a date is certain.",
        json_schema_extra={"maxItems": MOST_PARTICIPANTS},
    )

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

    facilities: list[str] | None = Field(
        None,
        description="All of them; that of a group stands for the best of its units that is free.",
        json_schema_extra={"maxItems": MOST_FACILITIES},
    )
    amounts: dict[str, int] = Field(
        {},
        description="How much of each pool; of those it does not name as much as was, of new ones"
        " 1.",
        examples=[{"M-FIB": 6}],
    )
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
    participants: list[str] | None = Field(
        None,
        description="All who are invited; whoever is left out gets a cancellation.",
        json_schema_extra={"maxItems": MOST_PARTICIPANTS},
    )
    on_clash: Literal["reject", "queue"] = "reject"
    override: str = Field("", json_schema_extra={"maxLength": LONGEST_REASON})
    scope: Literal["this", "following", "all"] = "all"
    occurrence: int | None = None
    first: Day | None = None
    last: Day | None = None


class Prolong(Given):
    end: Moment | None = Field(None, description="When it ends now, later than before; needed.")
    occurrence: int | None = Field(None, description="Of a series; the one that runs by default.")


class NewOffer(Change):
    message: str = Field("", json_schema_extra={"maxLength": LONGEST_REASON})


class NewSwap(Given):
    facility: str = Field("", description="Where the other booking is; needed.")
    start: Moment | None = Field(None, description="An instant of it; needed.")
    message: str = Field("", json_schema_extra={"maxLength": LONGEST_REASON})


class NewFeed(Given):
    scope: str = Field(
        description="me, company, approvals, facility:CODE, freebusy:CODE, kind:CODE, site:CODE"
        " or production:CODE.",
        examples=["facility:M-ET1"],
    )
