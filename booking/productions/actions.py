"""Writing productions: what they are, who co-produces, who is invited."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from sqlalchemy import delete, func, insert, select, update

from booking.core.access import Actor, Subject, allowed
from booking.core.text import normal, problem
from booking.journal.actions import record
from booking.kernel.db import db
from booking.kernel.errors import FieldError, Forbidden, Invalid, NotFound, Stale
from booking.kernel.transaction import transaction
from booking.members.models import Company, User
from booking.productions import queries
from booking.productions.events import about_production
from booking.productions.models import CoProducer, Invitee, Production
from booking.productions.values import FORMATS, ProductionFacts

LONGEST_TITLE = 200
CODE_NAME = re.compile(r"[A-Z0-9][A-Z0-9 _-]{0,39}")
COUNTRY = re.compile(r"[A-Z]{2}")
WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductionChange:
    """What a form says about a production."""

    code_name: str
    title: str
    format: str = "other"
    active: bool = True


@transaction
def create(actor: Actor, change: ProductionChange, now: datetime) -> int:
    """Begin a production of the caller's company; answers its id.

    Raises Forbidden, Invalid (texts, format, a code name the company already uses).
    """
    if not allowed(actor, "production:create", Subject(company_id=actor.company_id)):
        raise Forbidden
    values = _checked(change, actor.company_id)
    production_id: int | None = db.session.scalar(
        insert(Production).returning(Production.id),
        {
            **values,
            "company_id": actor.company_id,
            "created_by": actor.user_id,
            "created_at": now,
        },
    )
    assert production_id is not None
    event = about_production("created", production_id, after=values)
    record([event], actor_id=actor.user_id, at=now)
    return production_id


@transaction
def edit(
    actor: Actor, production_id: int, change: ProductionChange, revision: int, now: datetime
) -> None:
    """Change a production that the caller saw at `revision`.

    Raises NotFound, Forbidden, Stale, Invalid.
    """
    found = _editable(actor, production_id)
    if found.revision != revision:
        raise Stale(current=found.revision)
    values = _checked(change, found.company_id, besides=production_id)
    _update(production_id, values)
    before = {name: getattr(found, name) for name in values}
    renamed = before["code_name"] != values["code_name"]
    event = about_production("edited", production_id, renamed=renamed, before=before, after=values)
    record([event], actor_id=actor.user_id, at=now)


@transaction
def add_coproducer(
    actor: Actor, production_id: int, company_code: str, country: str, share: str, now: datetime
) -> None:
    """Let a company co-produce with a share in percent, at most 100 in all.

    Raises NotFound, Forbidden, Invalid (unknown or own company, country, share).
    """
    found = _editable(actor, production_id)
    company_id, errors = _company(found, company_code)
    percent = _share(found, share, errors)
    if not COUNTRY.fullmatch(country.strip().upper()):
        errors.append(FieldError("country", "country"))
    if errors or company_id is None or percent is None:
        raise Invalid(*errors)
    values = {"company_id": company_id, "country": country.strip().upper()}
    db.session.execute(
        insert(CoProducer),
        {"production_id": production_id, **values, "share_percent": percent},
    )
    _update(production_id, {})
    after = {**values, "share_percent": str(percent)}
    event = about_production("coproducer_added", production_id, after=after)
    record([event], actor_id=actor.user_id, at=now)


@transaction
def remove_coproducer(actor: Actor, production_id: int, company_id: int, now: datetime) -> None:
    """A company co-produces no longer. Raises NotFound, Forbidden."""
    _editable(actor, production_id)
    gone = db.session.execute(
        delete(CoProducer)
        .where(CoProducer.production_id == production_id, CoProducer.company_id == company_id)
        .returning(CoProducer.company_id)
    ).all()
    if not gone:
        raise NotFound
    _update(production_id, {})
    event = about_production("coproducer_removed", production_id, before={"company_id": company_id})
    record([event], actor_id=actor.user_id, at=now)


@transaction
def invite(actor: Actor, production_id: int, email: str, now: datetime) -> None:
    """Let a known person see the production and its bookings.

    Raises NotFound, Forbidden, Invalid (nobody of that address, or already invited).
    """
    _editable(actor, production_id)
    found = select(User.id).where(User.email == email.strip().lower(), User.active)
    user_id = db.session.scalar(found)
    if user_id is None:
        raise Invalid(FieldError("email", "unknown_person", {"value": email.strip()}))
    if user_id in {person.user_id for person in queries.invitees(production_id)}:
        raise Invalid(FieldError("email", "already_invited"))
    row = {"production_id": production_id, "user_id": user_id}
    db.session.execute(insert(Invitee), row)
    event = about_production("invited", production_id, seen_by=user_id, after={"user_id": user_id})
    record([event], actor_id=actor.user_id, at=now)


@transaction
def uninvite(actor: Actor, production_id: int, user_id: int, now: datetime) -> None:
    """A person sees the production no longer. Raises NotFound, Forbidden."""
    _editable(actor, production_id)
    gone = db.session.execute(
        delete(Invitee)
        .where(Invitee.production_id == production_id, Invitee.user_id == user_id)
        .returning(Invitee.user_id)
    ).all()
    if not gone:
        raise NotFound
    event = about_production(
        "uninvited", production_id, seen_by=user_id, before={"user_id": user_id}
    )
    record([event], actor_id=actor.user_id, at=now)


def subject(found: ProductionFacts) -> Subject:
    """What permissions look at."""
    return Subject(found.company_id, found.created_by, found.id)


def _editable(actor: Actor, production_id: int) -> ProductionFacts:
    found = queries.get(actor, production_id)
    if found is None:
        raise NotFound
    if not allowed(actor, "production:edit", subject(found)):
        raise Forbidden
    return found


def _update(production_id: int, values: dict[str, object]) -> None:
    db.session.execute(
        update(Production)
        .where(Production.id == production_id)
        .values(revision=Production.revision + 1, **values)
    )


def _checked(
    change: ProductionChange, company_id: int, besides: int | None = None
) -> dict[str, object]:
    title, code_name = normal(change.title), normal(change.code_name).upper()
    errors = []
    if wrong := problem(title, LONGEST_TITLE):
        errors.append(FieldError("title", wrong, {"max": LONGEST_TITLE}))
    if not CODE_NAME.fullmatch(code_name):
        errors.append(FieldError("code_name", "code_name" if code_name else "required"))
    elif _taken(code_name, company_id, besides):
        errors.append(FieldError("code_name", "taken"))
    if change.format not in FORMATS:
        errors.append(FieldError("format", "unknown"))
    if errors:
        raise Invalid(*errors)
    return {**asdict(change), "title": title, "code_name": code_name}


def _taken(code_name: str, company_id: int, besides: int | None) -> bool:
    same = select(Production.id).where(
        Production.company_id == company_id, Production.code_name == code_name
    )
    return db.session.scalar(same) not in (None, besides)


def _company(found: ProductionFacts, code: str) -> tuple[int | None, list[FieldError]]:
    wanted = select(Company.id).where(Company.code == code.strip().upper(), Company.active)
    company_id = db.session.scalar(wanted)
    known = {part.company_id for part in queries.coproducers(found.id)}
    if company_id is None:
        return None, [FieldError("company", "unknown")]
    if company_id == found.company_id or company_id in known:
        return None, [FieldError("company", "already_coproducer")]
    return company_id, []


def _share(found: ProductionFacts, text: str, errors: list[FieldError]) -> Decimal | None:
    """A share as typed, "30" or "12,5": two decimals at most, never rounded."""
    try:
        percent = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        errors.append(FieldError("share", "share"))
        return None
    given = select(func.coalesce(func.sum(CoProducer.share_percent), 0)).where(
        CoProducer.production_id == found.id
    )
    left = WHOLE - Decimal(db.session.scalar(given) or 0)
    told = percent.is_finite() and 0 < percent <= WHOLE
    if not told or percent != percent.quantize(Decimal("0.01")):
        errors.append(FieldError("share", "share"))
        return None
    if percent > left:
        errors.append(FieldError("share", "share_left", {"left": f"{left.normalize():f}"}))
        return None
    return percent
