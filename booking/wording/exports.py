"""The files that people take away: who may have each, its columns, its lines."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _l

from booking.core.access import Actor, Subject, allowed
from booking.core.scheduling import wallclock
from booking.core.scheduling.interval import Interval
from booking.facilities import bundles, policy
from booking.facilities import queries as facilities
from booking.facilities.values import ClosureFacts, FacilityFacts, RuleFacts
from booking.kernel import clock
from booking.kernel.errors import FieldError, Invalid
from booking.members import licences
from booking.members import queries as members
from booking.productions import queries as productions
from booking.reservations import histories, records
from booking.reservations.records import Record
from booking.wording import dates
from booking.wording.reservations import event, event_detail, state
from booking.wording.sheets import Cell

Rows = Iterator[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def window(self) -> Interval:
        """From midnight to midnight of the house."""
        count = (self.last - self.first).days + 1
        return wallclock.days(self.first, count, dates.HOUSE_ZONE)


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
        found = records.records(actor, whose, period.window, int(clock.now().timestamp()))
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


def _history(whose: records.Whose) -> Callable[[Actor, Period], Rows]:
    def rows(actor: Actor, period: Period) -> Rows:
        """A line for each event. Raises Invalid as `_bookings` does."""
        found = histories.of_records(actor, whose, period.window)
        if len(found) > records.MOST:
            raise Invalid(FieldError("last", "too_many_rows", {"max": records.MOST}))
        for number, line in found:
            yield (
                number,
                wallclock.local(line.at, dates.HOUSE_ZONE).isoformat(timespec="seconds"),
                line.event.partition(":")[2],
                event(line.event),
                event_detail(line.after, line.before),
                line.who,
                line.reason,
            )

    return rows


def _facilities(actor: Actor, period: Period) -> Rows:
    """What is out of service is for those who look after it."""
    locale = str(get_locale())
    for one in facilities.catalogue():
        if not (one.active or allowed(actor, "facility:edit", one.subject)):
            continue
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
    now = int(clock.now().timestamp())
    yield from _shut(actor, facilities.upcoming_closures(now))


def _past_closures(actor: Actor, period: Period) -> Rows:
    """Those that ended within the period."""
    over = min(period.window.ends, int(clock.now().timestamp()))
    begun = facilities.upcoming_closures(period.window.starts)
    yield from _shut(actor, [one for one in begun if one.ends <= over])


def _shut(actor: Actor, closures: Sequence[ClosureFacts]) -> Rows:
    """The lines of those that the caller decides about."""
    known = {facility.id: facility for facility in facilities.catalogue()}
    sites = {site.id: site for site in facilities.sites()}
    for one in closures:
        room, site = known.get(one.facility_id or 0), sites.get(one.site_id or 0)
        where = (room.id, room.site_id) if room else (0, one.site_id or 0)
        if not allowed(actor, "closure:edit", Subject(facilities=(where,))):
            continue
        zone = room.time_zone if room else dates.HOUSE_ZONE
        start, end = (wallclock.local(at, zone) for at in (one.starts, one.ends))
        yield (
            room.code if room else None,
            site.code if site else None,
            start.isoformat(timespec="minutes"),
            end.isoformat(timespec="minutes"),
            one.reason,
        )


def _hours(actor: Actor, period: Period) -> Rows:
    """A line for each span of each weekday, Monday being 1."""
    for room in _looked_after(actor):
        for weekday, spans in enumerate(room.opening, start=1):
            for opens, closes in spans:
                yield (room.code, weekday, _of_day(opens), _of_day(closes), room.time_zone)


def _attributes(actor: Actor, period: Period) -> Rows:
    rooms, locale = _looked_after(actor), str(get_locale())
    said = facilities.attributes(room.id for room in rooms)
    for room in rooms:
        for one in said[room.id]:
            yield (room.code, one.code, one.name_in(locale), _plain(one.value), one.unit)


def _rules(actor: Actor, period: Period) -> Rows:
    """Of kinds, then of facilities: what is set, past and future too."""
    for kind in facilities.kinds():
        if policy.editable_by(actor, kind.id, None):
            yield from (_rule(one, kind.code, None) for one in policy.of_kind(kind.id))
    for room in facilities.catalogue():
        if policy.editable_by(actor, None, room):
            yield from (_rule(one, None, room.code) for one in policy.of_facility(room.id))


def _rule(one: RuleFacts, kind: str | None, facility: str | None) -> Sequence[Cell]:
    days = (day.isoformat() if day else None for day in (one.valid_from, one.valid_until))
    return (kind, facility, one.rule, _plain(one.value), *days)


def _sites(actor: Actor, period: Period) -> Rows:
    for one in facilities.sites():
        yield (one.code, one.name, one.time_zone, one.country, one.address, one.area_m2)


def _kinds(actor: Actor, period: Period) -> Rows:
    locale = str(get_locale())
    for one in facilities.kinds():
        yield (one.code, one.name_in(locale), one.position, one.option_days)


def _groups(actor: Actor, period: Period) -> Rows:
    units = facilities.catalogue()
    for one in facilities.groups():
        codes = ", ".join(unit.code for unit in units if unit.group_code == one.code)
        yield (one.code, one.name, codes)


def _bundles(actor: Actor, period: Period) -> Rows:
    """A line for each thing that a bundle consists of, in order."""
    locale = str(get_locale())
    for one in bundles.every():
        here = "1" if one.active else "0"
        for item in one.items:
            yield (one.code, one.name_in(locale), here, item.code, item.amount)


def _licences(actor: Actor, period: Period) -> Rows:
    for one in licences.every():
        until = one.valid_until.isoformat() if one.valid_until else None
        yield (one.code, one.name, one.email, one.company_name, until)


def _companies(actor: Actor, period: Period) -> Rows:
    codes = {site.id: site.code for site in facilities.sites()}
    for one in members.companies(actor):
        yield (
            one.code,
            one.name,
            one.kind,
            one.legal_form,
            one.country,
            one.profile,
            one.segment,
            ", ".join(one.value_chain),
            one.staff,
            codes.get(one.site_id or 0),
            "1" if one.active else "0",
        )


def _looked_after(actor: Actor) -> list[FacilityFacts]:
    return [
        room for room in facilities.catalogue() if allowed(actor, "facility:edit", room.subject)
    ]


def _of_day(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _plain(value: object) -> Cell:
    """What a rule or an attribute says, in one cell: yes is 1, no is 0, codes stand in a row."""
    if value is None:
        return None
    if isinstance(value, bool | int):
        return int(value)
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


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
COMPANY = (
    "code",
    "name",
    "kind",
    "legal_form",
    "country",
    "profile",
    "segment",
    "value_chain",
    "staff",
    "site",
    "active",
)
HISTORY = ("number", "at", "event", "event_name", "detail", "who", "reason")
CLOSURE = ("facility", "site", "start", "end", "reason")
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
    "history": Export(
        "booking:see",
        _l("History of the bookings of my company"),
        _l("One line for each thing that happened to those bookings."),
        HISTORY,
        _history("company"),
        dated=True,
    ),
    "managed_history": Export(
        "approval:see",
        _l("History of the bookings that I manage"),
        _l("The same, whoever booked."),
        HISTORY,
        _history("managed"),
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
        CLOSURE,
        _closures,
    ),
    "past_closures": Export(
        "closure:edit",
        _l("Past closures"),
        _l("Those that ended on these days."),
        CLOSURE,
        _past_closures,
        dated=True,
    ),
    "opening_hours": Export(
        "facility:edit",
        _l("Opening hours"),
        _l("One line for each opening of each weekday; Monday is 1."),
        ("facility", "weekday", "opens", "closes", "time_zone"),
        _hours,
    ),
    "attributes": Export(
        "facility:edit",
        _l("Attributes"),
        _l("What facilities say about themselves."),
        ("facility", "attribute", "name", "value", "unit"),
        _attributes,
    ),
    "rules": Export(
        "rule:edit",
        _l("Rules"),
        _l("What is set for kinds and for facilities, past and future too."),
        ("kind", "facility", "rule", "value", "valid_from", "valid_until"),
        _rules,
    ),
    "bundles": Export(
        "bundle:edit",
        _l("Bundles"),
        _l("One line for each thing in them."),
        ("code", "name", "active", "item", "amount"),
        _bundles,
    ),
    "licences": Export(
        "licence:edit",
        _l("Licences"),
        _l("Who may hire what without an operator, and until when."),
        ("code", "name", "email", "company_name", "valid_until"),
        _licences,
    ),
    "sites": Export(
        "facility:create",
        _l("Sites"),
        _l("The buildings, with their time zones."),
        ("code", "name", "time_zone", "country", "address", "area_m2"),
        _sites,
    ),
    "kinds": Export(
        "facility:create",
        _l("Kinds of facility"),
        _l("With how many days an option of each lives."),
        ("code", "name", "position", "option_days"),
        _kinds,
    ),
    "groups": Export(
        "facility:create",
        _l("Rows of like units"),
        _l("With the units of each."),
        ("code", "name", "units"),
        _groups,
    ),
    "companies": Export(
        "company:see",
        _l("Companies"),
        _l("My company; for administrators all of them."),
        COMPANY,
        _companies,
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
