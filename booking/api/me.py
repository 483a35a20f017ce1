"""GET /me: who calls."""

from booking.api import schemas
from booking.api.calls import Answer, call
from booking.core.access import Actor
from booking.facilities.queries import managed
from booking.productions.queries import visible


@call(
    "GET",
    "/me",
    permission="account:use",
    summary="The caller, their company and roles",
    gives={200: schemas.Me},
)
def me(actor: Actor) -> Answer:
    return Answer(
        schemas.Me(
            name=actor.name,
            email=actor.email,
            locale=actor.locale,
            company=schemas.Named(code=actor.company_code, name=actor.company_name),
            guest=actor.guest,
            roles=sorted(actor.roles),
            manages=[facility.code for facility in managed(actor)],
            productions=[production.code_name for production in visible(actor)],
        )
    )
