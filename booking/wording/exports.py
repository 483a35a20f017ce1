"""The files that people take away: who may have each, its columns, its lines."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _l

from booking.core.access import Actor
from booking.core.scheduling import wallclock
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.kernel import clock
from booking.kernel.errors import FieldError, Invalid
from booking.members import queries as members
from booking.productions import queries as productions
from booking.reservations import records
from booking.reservations.records import Record
from booking.wording import dates
from booking.wording.reservations import state
from booking.wording.sheets import Cell

Rows = Iterator[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Export:
    """A file: who may have it, what is in it; `dated` ones take a period."""

    permission: str
    title: LazyString
    about: LazyString
    header: tuple[str, ...]
    rows: Callable[[Actor, Period], Rows]
    dated: bool = False


def _bookings(whose: records.Whose) -> Callable[[Actor, Period], Rows]:
    def rows(actor: Actor, period: Period) -> Rows:
        """Raises Invalid where the period holds more than a file may."""
        count = (period.last - period.first).days + 1
        window = wallclock.days(period.first, count, dates.HOUSE_ZONE)
        found = records.records(actor, whose, window, int(clock.now().timestamp()))
        if len(found) > records.MOST:
            raise Invalid(FieldError("last", "too_many_rows", {"max": records.MOST}))
        known = {facility.id: facility for facility in facilities.catalogue()}
        for one in found:
            yield _booking(one, known[one.facility_id])

    return rows


def _booking(one: Record, room: FacilityFacts) -> Sequence[Cell]:
    start, end = (wallclock.local(at, room.time_zone) for at in (one.starts, one.ends))
    return (
        one.number,
        one.uid,
        str(state(one.state, one.rank or 1)),
        one.rank,
        room.code,
        room.name_in(str(get_locale())),
        room.site_name,
        one.amount,
        f"{start:%Y-%m-%d}",
        f"{start:%H:%M}",
        f"{end:%Y-%m-%d}",
        f"{end:%H:%M}",
        room.time_zone,
        (one.ends - one.starts) // 60,
        one.title,
        one.company_code,
        one.company_name,
        one.requester_name,
        one.production_code,
        one.attendees,
        one.note,
        wallclock.local(one.created, room.time_zone).isoformat(timespec="minutes"),
    )


def _facilities(actor: Actor, period: Period) -> Rows:
    locale = str(get_locale())
    for one in facilities.catalogue():
        yield (
            one.code,
            one.name_in(locale),
            one.kind_code,
            one.kind_in(locale),
            one.site_code,
            one.site_name,
            one.group_code or None,
            one.capacity,
            one.quantity if one.is_pool else None,
            one.setup_min,
            one.turnaround_min,
            one.option_days,
            one.approval,
            "1" if one.active else "0",
        )


def _closures(actor: Actor, period: Period) -> Rows:
    known = {facility.id: facility for facility in facilities.catalogue()}
    sites = {site.id: site for site in facilities.sites()}
    for one in facilities.upcoming_closures(int(clock.now().timestamp())):
        room, site = known.get(one.facility_id or 0), sites.get(one.site_id or 0)
        zone = room.time_zone if room else dates.HOUSE_ZONE
        start, end = (wallclock.local(at, zone) for at in (one.starts, one.ends))
        yield (
            room.code if room else None,
            site.code if site else None,
            start.isoformat(timespec="minutes"),
            end.isoformat(timespec="minutes"),
            one.reason,
        )


def _people(actor: Actor, period: Period) -> Rows:
    for one in members.everybody(actor):
        roles = ", ".join(sorted(role.role for role in one.roles))
        here = "1" if one.active else "0"
        yield (one.company_code, one.company_name, one.name, one.email, roles, here)


def _productions(actor: Actor, period: Period) -> Rows:
    for one in productions.visible(actor):
        here = "1" if one.active else "0"
        yield (one.code_name, one.title, one.format, one.company_code, one.company_name, here)


BOOKING = (
    "number",
    "uid",
    "state",
    "rank",
    "facility",
    "facility_name",
    "site",
    "amount",
    "start_date",
    "start_time",
    "end_date",
    "end_time",
    "time_zone",
    "minutes",
    "title",
    "company",
    "company_name",
    "requester",
    "production",
    "attendees",
    "note",
    "requested_at",
)
FACILITY = (
    "code",
    "name",
    "kind",
    "kind_name",
    "site",
    "site_name",
    "group",
    "capacity",
    "quantity",
    "setup_min",
    "turnaround_min",
    "option_days",
    "approval",
    "active",
)
EXPORTS: dict[str, Export] = {
    "bookings": Export(
        "booking:see",
        _l("Bookings of my company"),
        _l("One line for each facility of each date, ended ones too."),
        BOOKING,
        _bookings("company"),
        dated=True,
    ),
    "managed": Export(
        "approval:see",
        _l("Bookings of the facilities I manage"),
        _l("The same, whoever booked."),
        BOOKING,
        _bookings("managed"),
        dated=True,
    ),
    "facilities": Export(
        "facility:see",
        _l("Facilities"),
        _l("What can be booked, with sizes, buffers and approval."),
        FACILITY,
        _facilities,
    ),
    "closures": Export(
        "closure:edit",
        _l("Closures"),
        _l("Those that are not over."),
        ("facility", "site", "start", "end", "reason"),
        _closures,
    ),
    "people": Export(
        "user:edit",
        _l("People"),
        _l("With their roles."),
        ("company", "company_name", "name", "email", "roles", "active"),
        _people,
    ),
    "productions": Export(
        "production:see",
        _l("Productions"),
        _l("Those of my company and those I was invited to."),
        ("code_name", "title", "format", "company", "company_name", "active"),
        _productions,
    ),
}
"""By the name of the file. Names of columns are those of the API, in English, for programs."""
