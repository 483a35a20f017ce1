"""Finding a room: who has a slot that suits, and what comes nearest where nobody has."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext

from booking.core.access import Actor, allowed
from booking.core.scheduling import wallclock
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.slots import Slot
from booking.facilities import queries as facilities
from booking.facilities.values import ALWAYS_OPEN, AttributeFacts, FacilityFacts
from booking.kernel.clock import now
from booking.kernel.errors import Invalid
from booking.reservations import search
from booking.reservations.ground import Need
from booking.reservations.nearest import Nearest, Other, nearest
from booking.reservations.search import Free
from booking.web.forms import find as forms
from booking.web.forms.find import Asked, FindForm
from booking.web.guard import current_actor, requires
from booking.wording import dates
from booking.wording import search as words
from booking.wording.messages import sentence

bp = Blueprint("find", __name__)

SHOWN_SLOTS = 4
SHOWN_FACILITIES = 12
NEXT_SLOTS, NEXT_S, NEXT_AHEAD_S = 3, 2 * 3600, 60 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Link:
    """A slot or a way out as a button; `url` is empty for those who may not book."""

    label: str
    detail: str
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """A facility that suits, with its next slots and where to see more."""

    facility: FacilityFacts
    habit: str
    slots: tuple[Link, ...]
    more: str


@bp.get("/find")
@requires("planning:see")
def index() -> str | tuple[str, int]:
    at = int(now().timestamp())
    today = dates.today()
    every = [f for f in facilities.catalogue() if f.bookable]
    form = FindForm(request.args, today)
    try:
        asked = form.asked(every, today)
    except Invalid as error:
        form.blame_all(error.fields)
        return _page(form, every, _offered(form, every)), 400
    return _answer(form, asked, every, at)


def next_slots(actor: Actor, facility: FacilityFacts) -> list[Link]:
    """The next slots of two hours of a facility, by day where it never closes."""
    at = int(now().timestamp())
    need = Need(
        window=Interval(at, at + NEXT_AHEAD_S),
        seconds=NEXT_S,
        hours=forms.WORKING_DAY if facility.opening == ALWAYS_OPEN else None,
        most=NEXT_SLOTS,
    )
    found = search.slots(actor, [f for f in (facility,) if search.may_book(actor, f)], need, at)
    return [_slot(facility, slot, actor) for _, there in found for slot in there]


def _answer(form: FindForm, asked: Asked, every: Sequence[FacilityFacts], at: int) -> str:
    actor, kinds = current_actor(), _offered(form, every)
    among = [f for f in every if asked.suits(f)]
    asked = asked.among(kinds, pools=bool(_pools(form, every)))
    zone = among[0].time_zone if among else dates.HOUSE_ZONE
    need = asked.need(zone, SHOWN_SLOTS + 1)
    found = search.free(actor, among, need, at)
    said: dict[str, Any] = {"asked": asked, "count": len(found)}
    if found:
        shown = found if request.args.get("all") else found[:SHOWN_FACILITIES]
        said["lines"] = [_line(one, asked, actor) for one in shown]
    else:
        alike = [f for f in every if _alike(f, asked, among)]
        way = nearest(actor, among, alike, need, at)
        said |= {"why": _why(way, asked), "ways": list(_ways(way, asked))}
    return _page(form, every, kinds, **said)


def _page(
    form: FindForm, every: Sequence[FacilityFacts], offered: Sequence[AttributeFacts], **more: Any
) -> str:
    chosen = next((f for f in every if f.code == form.facility.data), None)
    return render_template(
        "find/index.html",
        form=form,
        offered=offered,
        chosen=chosen,
        pools=_pools(form, every),
        kinds=_choices((f.kind_code, f.kind_in(dates.locale())) for f in every),
        sites=_choices((f.site_code, f.site_name) for f in every),
        times=[(forms.clock(m), forms.clock(m)) for m in range(0, 24 * 60 + 1, 30)],
        units=[(code, str(name)) for code, name in words.UNITS.items()],
        words=words,
        errors={name: [sentence(e) for e in found] for name, found in form.problems.items()},
        codes={name: {e.code for e in found} for name, found in form.problems.items()},
        **more,
    )


def _offered(form: FindForm, every: Iterable[FacilityFacts]) -> list[AttributeFacts]:
    """What can be asked of the chosen kind."""
    kind = next((f.kind_id for f in every if f.kind_code == form.kind.data), None)
    return [] if kind is None else forms.offered(facilities.definitions(kind))


def _pools(form: FindForm, every: Iterable[FacilityFacts]) -> list[FacilityFacts]:
    """What takes an amount, of the chosen kind or as the facility that is searched."""
    chosen = (form.kind.data, form.facility.data)
    return [f for f in every if f.is_pool and (f.kind_code in chosen or f.code in chosen)]


def _choices(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(set(pairs), key=lambda pair: pair[1].casefold())


def _alike(facility: FacilityFacts, asked: Asked, among: Sequence[FacilityFacts]) -> bool:
    """Whether it could stand in: of the kind asked for, or of that of the facility asked for."""
    kinds = {asked.kind} if asked.kind else {f.kind_code for f in among if asked.facility}
    return not kinds or facility.kind_code in kinds


# ---- what was found -------------------------------------------------------------------------


def _line(one: Free, asked: Asked, actor: Actor) -> Line:
    facility = one.facility
    day = asked.first
    if len(one.slots) > SHOWN_SLOTS:
        day = wallclock.local(one.slots[SHOWN_SLOTS].starts, facility.time_zone).date()
    return Line(
        facility,
        words.habit(one.habit) if one.habit else "",
        tuple(_slot(facility, slot, actor, asked.amount) for slot in one.slots[:SHOWN_SLOTS]),
        _planning(facility, day) if len(one.slots) > SHOWN_SLOTS else "",
    )


def _slot(facility: FacilityFacts, slot: Slot, actor: Actor, amount: int = 1) -> Link:
    label = words.slot(slot.starts, slot.ends, facility.time_zone)
    may = allowed(actor, "booking:request")
    return Link(label, "", _booking(facility, slot, amount) if may else "")


def _booking(facility: FacilityFacts, slot: Slot, amount: int) -> str:
    starts, ends = (wallclock.local(t, facility.time_zone) for t in (slot.starts, slot.ends))
    return url_for(
        "bookings.new",
        facility=facility.code,
        date=starts.date(),
        start=f"{starts:%H:%M}",
        end_date=ends.date(),
        end=f"{ends:%H:%M}",
        amount=amount if amount > 1 else None,
    )


def _planning(facility: FacilityFacts, day: Any) -> str:
    return url_for("planning.index", view="day", date=day, q=facility.code)


# ---- what comes nearest ---------------------------------------------------------------------


def _why(way: Nearest, asked: Asked) -> str:
    if way.why == "none":
        return gettext("There is no facility like that that you may book.")
    if way.why == "people":
        return gettext(
            "None takes %(people)s people: the largest takes %(largest)s.",
            people=asked.people,
            largest=way.largest,
        )
    if way.why == "amount":
        return gettext(
            "None has %(amount)s of it: the largest has %(largest)s.",
            amount=asked.amount,
            largest=way.most,
        )
    if way.why == "rules":
        return gettext("Some are free then, but their rules stand against it.")
    if way.why == "attributes":
        return gettext("None of them has everything that you ask for.")
    return gettext("They are taken or closed for so long at a time on these days.")


def _ways(way: Nearest, asked: Asked) -> Iterator[Link]:
    """The best of each direction first, then what is left."""
    others = [_other(other, asked) for other in way.others]
    rest = [_later(way, asked), _shorter(way, asked)]
    yield from others[:1]
    yield from (one for one in rest if one)
    yield from others[1:]


def _other(other: Other, asked: Asked) -> Link:
    facility, slot = other.facility, other.slot
    gone = {forms.text(code, value) for code, value in other.lacking}
    changed = {
        "facility": facility.code if asked.facility else None,
        "site": facility.site_code if asked.site else None,
        "people": other.people or asked.people or None,
        "has": [text for text in asked.has if text not in gone],
    }
    label = _named(facility, words.slot(slot.starts, slot.ends, facility.time_zone))
    return Link(label, ", ".join(_differs(other, asked)), asked.url(**changed))


def _differs(other: Other, asked: Asked) -> Iterator[str]:
    if other.people is not None:
        yield gettext(
            "%(fewer)s people instead of %(people)s", fewer=other.people, people=asked.people
        )
    if other.elsewhere:
        yield other.facility.site_name
    if other.lacking:
        yield gettext("not all that you ask for")


def _later(way: Nearest, asked: Asked) -> Link | None:
    if way.later is None:
        return None
    facility, slot = way.later
    first = wallclock.local(slot.starts, facility.time_zone).date()
    last = first + timedelta(days=asked.day_count - 1)
    label = _named(facility, words.slot(slot.starts, slot.ends, facility.time_zone))
    return Link(label, gettext("later"), asked.url(first=first, last=last))


def _shorter(way: Nearest, asked: Asked) -> Link | None:
    if way.shorter is None:
        return None
    facility, length = way.shorter
    fewer = _in_unit(length, asked.unit)
    label = _named(facility, words.length(fewer, asked.unit))
    detail = gettext("instead of %(length)s", length=words.length(asked.length, asked.unit))
    return Link(label, detail, asked.url(length=f"{fewer:f}"))


def _in_unit(length: int, unit: str) -> Decimal:
    if unit == "days":
        return Decimal(length)
    return (Decimal(length) / (forms.MINUTES_IN[unit] * 60)).normalize()


def _named(facility: FacilityFacts, what: str) -> str:
    return f"{facility.name_in(dates.locale())} – {what}"
