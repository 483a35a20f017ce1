"""Facilities: what there is, and everything about one of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import Blueprint, current_app, render_template, request, url_for
from flask_babel import get_locale

from booking.core.access import Actor, allowed
from booking.core.rules.settable import SETTABLE
from booking.core.scheduling.wallclock import local
from booking.facilities import policy, queries
from booking.facilities.files import queries as files
from booking.facilities.values import FacilityFacts
from booking.kernel import clock
from booking.kernel.errors import NotFound
from booking.web.find import next_slots
from booking.web.guard import current_actor, requires
from booking.wording import facilities as words
from booking.wording import rules as rule_words

bp = Blueprint("facilities", __name__, url_prefix="/facilities")

AHEAD_S = 400 * 24 * 3600
"""How far a facility's page looks for closures: a good year."""
LONGEST_NUMBER = 6


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list was asked for; empty fields ask for nothing."""

    text: str
    kind: str
    site: str
    people: str

    @property
    def is_empty(self) -> bool:
        """Whether everything is shown."""
        return not (self.text or self.kind or self.site or self.people)

    def lets_pass(self, facility: FacilityFacts, locale: str) -> bool:
        """Whether a facility is what was asked for."""
        words = f"{facility.code} {facility.name_in(locale)} {facility.kind_in(locale)}".casefold()
        return (
            all(word in words for word in self.text.casefold().split())
            and self.kind in ("", facility.kind_code)
            and self.site in ("", facility.site_code)
            and (facility.capacity or 0) >= int(self.people or 0)
        )


@bp.get("")
@requires("facility:see")
def index() -> str:
    actor, locale = current_actor(), str(get_locale())
    asked = _filter()
    every = [f for f in queries.catalogue() if f.active or may_edit(actor, f)]
    found = [facility for facility in every if asked.lets_pass(facility, locale)]
    return render_template(
        "facilities/index.html",
        sites=_by_site_and_kind(found),
        asked=asked,
        covers=files.covers([facility.id for facility in found]),
        count=len(found),
        site_choices=_choices((f.site_code, f.site_name) for f in every),
        kind_choices=_choices((f.kind_code, f.kind_in(locale)) for f in every),
        may_create=allowed(actor, "facility:create"),
        may_close=allowed(actor, "closure:edit"),
        may_license=allowed(actor, "licence:edit"),
        may_bundle=allowed(actor, "bundle:edit"),
    )


@bp.get("/<code>")
@requires("facility:see")
def show(code: str) -> str:
    actor = current_actor()
    facility = find(code)
    now = int(clock.now().timestamp())
    today = local(now, facility.time_zone).date()
    return render_template(
        "facilities/show.html",
        facility=facility,
        details=queries.details(facility.id),
        attributes=queries.attributes((facility.id,))[facility.id],
        closures=queries.closures((facility.id,), now, now + AHEAD_S),
        neighbours=_neighbours(facility),
        may_edit=may_edit(actor, facility),
        may_book=facility.bookable and allowed(actor, "booking:request"),
        barred=policy.kept_for(actor, facility, today),
        rules=rules_of(facility, today),
        subscribe=_subscribe(facility),
        next_slots=next_slots(actor, facility),
        photos=files.photos(facility.id),
        documents=files.documents(facility.id),
        words=words,
    )


def find(code: str) -> FacilityFacts:
    """The facility of an address. Raises NotFound."""
    found = queries.by_codes((code,)).get(code)
    if found is None:
        raise NotFound
    return found


def _filter() -> Filter:
    """The query of the address; a number of people that is none asks for nothing."""
    people = request.args.get("people", "").strip()
    numeric = people.isascii() and people.isdecimal() and len(people) <= LONGEST_NUMBER
    return Filter(
        text=request.args.get("q", "").strip(),
        kind=request.args.get("kind", ""),
        site=request.args.get("site", ""),
        people=people if numeric else "",
    )


def _by_site_and_kind(
    found: Iterable[FacilityFacts],
) -> list[tuple[FacilityFacts, list[list[FacilityFacts]]]]:
    """Planning order, cut where the site and where the kind changes; a first one names each."""
    sites = [list(group) for _, group in groupby(found, key=lambda f: f.site_id)]
    return [
        (site[0], [list(group) for _, group in groupby(site, key=lambda f: f.kind_id)])
        for site in sites
    ]


def _choices(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(set(pairs), key=lambda pair: pair[1].casefold())


def rules_of(facility: FacilityFacts, today: date) -> list[tuple[str, str]]:
    """What applies today, in words."""
    in_force = policy.in_force(facility, today)
    return [
        (str(rule_words.NAMES[rule]), rule_words.said(rule, in_force[rule].value))
        for rule in SETTABLE
        if rule in in_force
    ]


def _neighbours(facility: FacilityFacts) -> Sequence[FacilityFacts]:
    """Others that cannot be used at the same time."""
    every = queries.catalogue()
    return [f for f in every if f.active and f.id != facility.id and f.shares_space_with(facility)]


def may_edit(actor: Actor, facility: FacilityFacts) -> bool:
    """Whether somebody looks after a facility."""
    return allowed(actor, "facility:edit", facility.subject)


def _subscribe(facility: FacilityFacts) -> str | None:
    """Where to get this facility as a calendar; None as long as there is no such page."""
    if "subscriptions.index" not in current_app.view_functions:
        return None
    return url_for("subscriptions.index", scope=f"facility:{facility.code}")
