"""GET /availability: free slots, best first, facility by facility."""

from functools import lru_cache

from flask_babel import get_locale

from booking.api import schemas, times
from booking.api.calendar import window_of
from booking.api.calls import Answer, call
from booking.api.facilities import chosen
from booking.api.problems import BadParameters
from booking.core.access import Actor
from booking.core.scheduling.slots import Slot
from booking.facilities.queries import attributes
from booking.facilities.values import FacilityFacts
from booking.kernel import clock
from booking.kernel.errors import FieldError
from booking.reservations import search
from booking.reservations.ground import MOST_SLOTS, Need
from booking.reservations.search import Free
from booking.wording import dates

LONGEST_DAYS = 62


@call(
    "GET",
    "/availability",
    permission="facility:see",
    summary="Free slots of a certain length: the facility that fits best first",
    query=schemas.SlotSearch,
    gives={200: schemas.Availability},
    refuses=(400,),
)
def list_(actor: Actor, query: schemas.SlotSearch) -> Answer:
    among = chosen(site=query.site, kind=query.kind, facility=query.facility)
    zone = among[0].time_zone if among else dates.HOUSE_ZONE
    window = window_of(query.start, query.end, zone, LONGEST_DAYS)
    if query.duration > window.seconds:
        raise BadParameters(FieldError("duration", "duration_too_long"))
    need = Need(
        window=window,
        seconds=query.duration,
        people=query.capacity,
        amount=query.amount,
        attributes=_wanted(query.with_, among),
        most=query.next or MOST_SLOTS,
    )
    found = search.free(actor, among, need, int(clock.now().timestamp()))
    locale = str(get_locale())
    return Answer(schemas.Availability(facilities=[_told(one, locale) for one in found]))


def _wanted(with_: tuple[str, ...], among: list[FacilityFacts]) -> list[tuple[str, str | None]]:
    """Raises BadParameters for what no facility says anything about."""
    if not with_:
        return []
    wanted = [(code, value or None) for code, _, value in (w.partition(":") for w in with_)]
    known = {one.code for said in attributes(f.id for f in among).values() for one in said}
    wrong = [
        FieldError("with", "unknown_attribute", {"value": code[:60]})
        for code, _ in wanted
        if code not in known
    ]
    if wrong:
        raise BadParameters(*wrong)
    return wanted


def _told(one: Free, locale: str) -> schemas.FreeFacility:
    facility = one.facility
    return schemas.FreeFacility(
        facility=facility.code,
        name=facility.name_in(locale),
        site=facility.site_code,
        kind=facility.kind_code,
        capacity=facility.capacity,
        slots=[_slot(slot, facility.time_zone) for slot in one.slots],
    )


@lru_cache(maxsize=4096)  # rooms that open together have many slots in common
def _slot(slot: Slot, zone: str) -> schemas.Slot:
    return schemas.Slot(
        **times.span(slot.starts, slot.ends, zone), free_until=times.wall(slot.free_until, zone)
    )
