"""Writing companies."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from booking.core import text
from booking.core.access import Actor, Subject, allowed
from booking.facilities.models import Site
from booking.journal.actions import record
from booking.kernel.db import db
from booking.kernel.errors import FieldError, Forbidden, Invalid
from booking.kernel.transaction import transaction
from booking.members import models, queries
from booking.members.actions.keys import end_all_keys
from booking.members.actions.sessions import end_all
from booking.members.events import about_company
from booking.members.models import Company, User

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}")
COUNTRY = re.compile(r"[A-Z]{2}")
CHOICES = {
    "kind": models.COMPANY_KINDS,
    "profile": models.PROFILES,
    "segment": models.SEGMENTS,
}
MOST_STAFF = 1_000_000
LENGTHS = {"name": 120, "legal_form": 40}


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyChange:
    """All that can be edited of a company."""

    name: str
    kind: str = "member"
    legal_form: str = ""
    country: str = "BE"
    profile: str = "other"
    segment: str = "classic"
    value_chain: tuple[str, ...] = ()
    staff: int | None = None
    site_id: int | None = None
    active: bool = True


@transaction
def create_company(actor: Actor | None, code: str, change: CompanyChange, now: datetime) -> int:
    """A new company; its id. `actor` is None for the command line.

    Raises Forbidden, or Invalid with every field at fault.
    """
    _authorize(actor)
    code = code.strip().upper()
    wrong = _objections(change)
    if not CODE.fullmatch(code):
        wrong.append(FieldError("code", "company_code"))
    elif db.session.scalar(select(Company.id).where(Company.code == code)) is not None:
        wrong.append(FieldError("code", "taken"))
    if wrong:
        raise Invalid(*wrong)
    company_id: int | None = db.session.scalar(
        insert(Company).values(code=code, **_values(change)).returning(Company.id)
    )
    assert company_id is not None
    _record(actor, "created", company_id, now, None, {"code": code, **_values(change)})
    return company_id


@transaction
def edit_company(actor: Actor, code: str, change: CompanyChange, now: datetime) -> None:
    """Change a company; its people are signed out, and their keys end, when it leaves.

    Raises NotFound or Forbidden, Invalid with every field at fault.
    """
    before = queries.company(actor, code)
    _authorize(actor, before.id)
    wrong = _objections(change)
    if before.id == actor.company_id and not change.active:
        wrong.append(FieldError("active", "own_account"))
    if wrong:
        raise Invalid(*wrong)
    was = {name: getattr(before, name) for name in asdict(change)}
    changed = {name: value for name, value in asdict(change).items() if was[name] != value}
    if not changed:
        return
    db.session.execute(update(Company).where(Company.id == before.id).values(_values(change)))
    if not change.active:
        _sign_out_people(before.id, now)
    _record(actor, "edited", before.id, now, {name: was[name] for name in changed}, changed)


def _authorize(actor: Actor | None, company_id: int | None = None) -> None:
    subject = None if company_id is None else Subject(company_id=company_id)
    if actor is not None and not allowed(actor, "company:edit", subject):
        raise Forbidden


def _values(change: CompanyChange) -> dict[str, object]:
    return {**asdict(change), "value_chain": list(change.value_chain)}


def _objections(change: CompanyChange) -> list[FieldError]:
    """Every field that the tables would refuse, and those that a person would not expect."""
    values = asdict(change)
    wrong = [
        FieldError(name, "unknown") for name, known in CHOICES.items() if values[name] not in known
    ]
    for name, most in LENGTHS.items():
        if code := text.problem(values[name], most, required=name == "name"):
            wrong.append(FieldError(name, code, {"max": most}))
    if not COUNTRY.fullmatch(change.country):
        wrong.append(FieldError("country", "country"))
    if not set(change.value_chain) <= set(models.VALUE_CHAIN):
        wrong.append(FieldError("value_chain", "unknown"))
    if change.staff is not None and change.staff < 0:
        wrong.append(FieldError("staff", "negative"))
    if change.staff is not None and change.staff > MOST_STAFF:
        wrong.append(FieldError("staff", "too_large", {"max": MOST_STAFF}))
    if change.site_id is not None and db.session.get(Site, change.site_id) is None:
        wrong.append(FieldError("site_id", "unknown"))
    return wrong


def _sign_out_people(company_id: int, now: datetime) -> None:
    people = list(db.session.scalars(select(User.id).where(User.company_id == company_id)))
    end_all(people)
    end_all_keys(people, now)


def _record(
    actor: Actor | None,
    name: str,
    company_id: int,
    now: datetime,
    before: dict[str, object] | None,
    after: dict[str, object],
) -> None:
    event = about_company(name, company_id, before=before, after=after)
    record([event], actor_id=actor.user_id if actor else None, at=now)
