"""GET /facilities: what can be booked, and how it is for the caller."""

from collections.abc import Sequence
from typing import Any

from flask_babel import get_locale

from booking.api import schemas
from booking.api.calls import Answer, call
from booking.api.problems import BadParameters
from booking.core.access import Actor, Role
from booking.core.scheduling.wallclock import local
from booking.facilities import policy, queries
from booking.facilities.values import AttributeFacts, FacilityFacts, RuleFacts
from booking.kernel import clock
from booking.kernel.errors import FieldError, NotFound
from booking.reservations.granting import decision
from booking.wording import rules


@call(
    "GET",
    "/facilities",
    permission="facility:see",
    summary="Facilities in the order of the planning",
    query=schemas.FacilityFilter,
    gives={200: schemas.FacilityList},
    refuses=(400,),
)
def list_(actor: Actor, query: schemas.FacilityFilter) -> Answer:
    found = chosen(site=query.site, kind=query.kind)
    said = queries.attributes(f.id for f in found)
    told = [schemas.Facility(**_facility(actor, f, said[f.id])) for f in found]
    return Answer(schemas.FacilityList(facilities=told))


@call(
    "GET",
    "/facilities/{code}",
    permission="facility:see",
    summary="One facility",
    gives={200: schemas.FacilityDetails},
    refuses=(404,),
)
def show(actor: Actor, code: str) -> Answer:
    found = queries.by_codes([code]).get(code)
    if found is None:
        raise NotFound
    details = queries.details(found.id)
    said = queries.attributes([found.id])[found.id]
    return Answer(
        schemas.FacilityDetails(
            **_facility(actor, found, said),
            active=found.active,
            area_m2=details.area_m2,
            capacities=dict(details.capacities),
            staffing=details.staffing,
            equipment=details.equipment,
            address=details.address,
        )
    )


def chosen(
    *, site: Sequence[str] = (), kind: Sequence[str] = (), facility: Sequence[str] = ()
) -> list[FacilityFacts]:
    """The active facilities that pass the filters; an empty filter lets all pass.

    Raises BadParameters for codes that nothing has.
    """
    every = [f for f in queries.catalogue() if f.active]
    sites, kinds = {f.site_code for f in every}, {f.kind_code for f in every}
    codes = {f.code for f in every}
    wrong = [
        *_unknown("site", "unknown_site", site, sites),
        *_unknown("kind", "unknown_kind", kind, kinds),
        *_unknown("facility", "unknown_facility", facility, codes),
    ]
    if wrong:
        raise BadParameters(*wrong)
    return [
        f
        for f in every
        if (not site or f.site_code in site)
        and (not kind or f.kind_code in kind)
        and (not facility or f.code in facility)
    ]


def _unknown(name: str, code: str, wanted: Sequence[str], known: set[str]) -> list[FieldError]:
    return [FieldError(name, code, {"value": v[:60]}) for v in wanted if v not in known]


def _facility(actor: Actor, facts: FacilityFacts, said: Sequence[AttributeFacts]) -> dict[str, Any]:
    locale = str(get_locale())
    return {
        "code": facts.code,
        "name": facts.name_in(locale),
        "names": dict(facts.names),
        "site": schemas.Named(code=facts.site_code, name=facts.site_name),
        "time_zone": facts.time_zone,
        "kind": schemas.Named(code=facts.kind_code, name=facts.kind_in(locale)),
        "group": facts.group_code or None,
        "capacity": facts.capacity,
        "quantity": facts.quantity,
        "setup_min": facts.setup_min,
        "turnaround_min": facts.turnaround_min,
        "opening": [list(spans) for spans in facts.opening],
        "attributes": [_attribute(one, locale) for one in said if one.value is not None],
        "policy": _policy(actor, facts),
    }


def _attribute(said: AttributeFacts, locale: str) -> schemas.Attribute:
    return schemas.Attribute.model_validate(
        {
            "code": said.code,
            "name": said.name_in(locale),
            "type": said.value_type,
            "unit": said.unit,
            "value": said.value,
        }
    )


def _policy(actor: Actor, facts: FacilityFacts) -> schemas.Policy:
    today = local(int(clock.now().timestamp()), facts.time_zone).date()
    welcome = policy.kept_for(actor, facts, today) is None
    return schemas.Policy(
        approval="manager" if decision(actor, facts) == "undecided" else "automatic",
        bookable=facts.bookable and welcome and Role.REQUESTER in actor.roles,
        guests_allowed=facts.guests_allowed,
        option_days=facts.option_days,
        rules=[_rule(said) for said in policy.in_force(facts, today).values()],
    )


def _rule(said: RuleFacts) -> schemas.Rule:
    return schemas.Rule(
        rule=said.rule,
        value=said.value,
        text=rules.said(said.rule, said.value),
        set_for="kind" if said.facility_id is None else "facility",
        valid_from=said.valid_from.isoformat() if said.valid_from else None,
        valid_until=said.valid_until.isoformat() if said.valid_until else None,
    )
