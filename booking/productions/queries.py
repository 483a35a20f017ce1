"""Reading productions: each person sees those of their company and those they were invited to."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, or_, select

from booking.core.access import Actor
from booking.kernel.db import connection
from booking.kernel.prepared import Prepared
from booking.kernel.tokens import digest
from booking.members import queries as members
from booking.members.models import Company, User
from booking.productions.models import CoProducer, Invitee, Production
from booking.productions.values import CoProducerFacts, InviteeFacts, ProductionFacts

_INVITEES_OF = select(Invitee.production_id)
_INVITED = Prepared(_INVITEES_OF.where(Invitee.user_id == bindparam("user_id")))
_INVITED_BY_SESSION = Prepared(_INVITEES_OF.where(Invitee.user_id.in_(members.OF_SESSION)))
_INVITED_BY_API_TOKEN = Prepared(_INVITEES_OF.where(Invitee.user_id.in_(members.OF_API_TOKEN)))
_VISIBLE = (
    select(
        Production.id,
        Production.code_name,
        Production.title,
        Production.format,
        Production.company_id,
        Company.code.label("company_code"),
        Company.name.label("company_name"),
        Production.created_by,
        Production.active,
        Production.revision,
    )
    .join_from(Production, Company, Company.id == Production.company_id)
    .where(
        or_(
            Production.company_id == bindparam("company_id"),
            Production.id.in_(bindparam("invited", expanding=True)),
        )
    )
    .order_by(Production.active.desc(), Production.code_name, Production.id)
)
_NAMED = _VISIBLE.where(Production.code_name == bindparam("code_name"))
_ONE = _VISIBLE.where(Production.id == bindparam("id"))
_COPRODUCERS = (
    select(
        CoProducer.company_id,
        Company.code.label("company_code"),
        Company.name.label("company_name"),
        CoProducer.country,
        CoProducer.share_percent,
    )
    .join_from(CoProducer, Company, Company.id == CoProducer.company_id)
    .where(CoProducer.production_id == bindparam("production_id"))
    .order_by(CoProducer.share_percent.desc(), Company.name)
)
_INVITEES = (
    select(
        Invitee.user_id,
        User.name,
        User.email,
        Company.name.label("company_name"),
    )
    .join_from(Invitee, User, User.id == Invitee.user_id)
    .join(Company, Company.id == User.company_id)
    .where(Invitee.production_id == bindparam("production_id"))
    .order_by(User.name, User.id)
)


def invited_ids(user_id: int) -> frozenset[int]:
    """The productions that a person was invited to. One statement."""
    return frozenset(_INVITED.column(user_id=user_id))


def ask_invited_by_session(secret: str) -> Callable[[], frozenset[int]]:
    """The same of whoever holds a session, alive or not, waited for when it is called."""
    return _ask_invited(_INVITED_BY_SESSION, secret)


def ask_invited_by_api_token(secret: str) -> Callable[[], frozenset[int]]:
    """The same of whoever an API token stands for, waited for when it is called."""
    return _ask_invited(_INVITED_BY_API_TOKEN, secret)


def _ask_invited(statement: Prepared, secret: str) -> Callable[[], frozenset[int]]:
    asked = statement.ask(digest=digest(secret))
    return lambda: frozenset(asked.column())


def with_productions(actor: Actor) -> Actor:
    """The person, knowing the productions that they were invited to. One statement."""
    return replace(actor, productions=invited_ids(actor.user_id))


def visible(actor: Actor) -> list[ProductionFacts]:
    """The productions the caller may see: active ones first, then by code name. One statement."""
    rows = connection().execute(_VISIBLE, _scope(actor)).mappings()
    return [ProductionFacts(**row) for row in rows]


def code_names(actor: Actor) -> dict[int, str]:
    """What the productions that the caller may see are called, by id. One statement."""
    return {production.id: production.code_name for production in visible(actor)}


def find(actor: Actor, code_name: str) -> ProductionFacts | None:
    """The visible production of that code name, in any case; the own company's before others'.

    One statement.
    """
    bound = {**_scope(actor), "code_name": code_name.strip().upper()}
    found = [ProductionFacts(**row) for row in connection().execute(_NAMED, bound).mappings()]
    return min(found, key=lambda p: (p.company_id != actor.company_id, p.id), default=None)


def get(actor: Actor, production_id: int) -> ProductionFacts | None:
    """The production if the caller may see it, else None, as if it did not exist. One statement."""
    row = connection().execute(_ONE, {**_scope(actor), "id": production_id}).mappings().first()
    return None if row is None else ProductionFacts(**row)


def coproducers(production_id: int) -> list[CoProducerFacts]:
    """Who co-produces, the largest share first. One statement; asks for no permission."""
    rows = connection().execute(_COPRODUCERS, {"production_id": production_id}).mappings()
    return [CoProducerFacts(**row) for row in rows]


def invitees(production_id: int) -> list[InviteeFacts]:
    """Who was invited, by name. One statement; asks for no permission."""
    rows = connection().execute(_INVITEES, {"production_id": production_id}).mappings()
    return [InviteeFacts(**row) for row in rows]


def _scope(actor: Actor) -> Mapping[str, Any]:
    return {"company_id": actor.company_id, "invited": sorted(actor.productions)}
