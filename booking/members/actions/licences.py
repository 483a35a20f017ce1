"""Writing down what people were trained for."""

import re
from datetime import date, datetime

from sqlalchemy import delete, select

from booking.core.access import Actor, Subject, allowed
from booking.facilities import policy
from booking.journal.actions import record
from booking.kernel.db import db
from booking.kernel.errors import FieldError, Forbidden, Invalid, NotFound
from booking.kernel.transaction import transaction
from booking.members.events import about_user
from booking.members.models import Licence
from booking.members.queries import actor_by_email

CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


@transaction
def give_licence(
    actor: Actor, email: str, code: str, valid_until: date | None, now: datetime
) -> int:
    """Let a person hire what asks for a licence, until a last day or for ever; the licence's id.

    One that they have already is renewed. Raises Forbidden, see `writable`, or Invalid with every
    field at fault.
    """
    _authorize(actor, code)
    person = actor_by_email(email)
    wrong = [] if person else [FieldError("email", "nobody")]
    if not CODE.fullmatch(code):
        wrong.append(FieldError("code", "kind_code"))
    if person is None or wrong:
        raise Invalid(*wrong)
    licence = db.session.scalar(
        select(Licence).where(Licence.user_id == person.user_id, Licence.code == code)
    )
    licence = licence or Licence(user_id=person.user_id, code=code)
    licence.valid_until = valid_until
    db.session.add(licence)
    db.session.flush()
    after = {"licence": code, "valid_until": valid_until.isoformat() if valid_until else None}
    event = about_user("licensed", person.user_id, after=after)
    record([event], actor_id=actor.user_id, at=now)
    return licence.id


@transaction
def take_licence(actor: Actor, licence_id: int, now: datetime) -> None:
    """Take a licence away. Raises Forbidden, see `writable`, or NotFound."""
    found = db.session.get(Licence, licence_id)
    if found is None:
        raise NotFound
    _authorize(actor, found.code)
    db.session.execute(delete(Licence).where(Licence.id == licence_id))
    event = about_user("unlicensed", found.user_id, before={"licence": found.code})
    record([event], actor_id=actor.user_id, at=now)


def writable(actor: Actor, code: str) -> bool:
    """Whether the caller may write down who holds a licence.

    Administrators, and whoever manages a facility that asks for it; while none asks for it, it
    opens nothing, and any manager may. Costs what `policy.in_force` does.
    """
    asking = policy.asking_for(code)
    subject = Subject(facilities=tuple((f.id, f.site_id) for f in asking)) if asking else None
    return allowed(actor, "licence:edit", subject)


def _authorize(actor: Actor, code: str) -> None:
    if not writable(actor, code):
        raise Forbidden
