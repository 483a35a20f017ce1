"""Writing people: invited, edited, given roles, let go."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from booking.core import text
from booking.core.access import Actor, Role, Subject, allowed
from booking.facilities.models import Facility, Site
from booking.journal.actions import record
from booking.kernel.db import db
from booking.kernel.errors import FieldError, Forbidden, Invalid, NotFound
from booking.kernel.i18n import LOCALES
from booking.kernel.transaction import transaction
from booking.members import queries
from booking.members.actions.keys import end_all_keys
from booking.members.actions.passwords import INVITATION, NAME_LENGTH, Ticket, issue
from booking.members.actions.sessions import end_all
from booking.members.events import about_user, reader
from booking.members.models import RoleAssignment, User
from booking.members.values import PersonFacts

ORDINARY = frozenset({Role.REQUESTER, Role.COMPANY_ADMIN})
"""Roles that stay within a company; whoever holds another is an administrator's to edit."""
THEMES = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """Somebody to be known."""

    email: str
    name: str
    company_id: int
    locale: str = "fr"
    company_admin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChange:
    """What can be edited of a person; `company_admin` None leaves it."""

    name: str
    email: str
    locale: str
    company_admin: bool | None = None


# ---- coming in ------------------------------------------------------------------------------


@transaction
def create_user(
    person: NewPerson,
    now: datetime,
    *,
    password_hash: str | None = None,
    actor_id: int | None = None,
) -> int:
    """Make somebody known; their id. Asks for no permission: for the command line and the seed.

    Raises Invalid with every field at fault.
    """
    wrong = _objections(person.name, person.email, person.locale)
    if wrong:
        raise Invalid(*wrong)
    user_id: int | None = db.session.scalar(
        insert(User)
        .values(
            email=person.email.strip().lower(),
            name=text.normal(person.name),
            company_id=person.company_id,
            locale=person.locale,
            password_hash=password_hash,
            created_at=now,
        )
        .returning(User.id)
    )
    assert user_id is not None
    roles = [Role.REQUESTER, *([Role.COMPANY_ADMIN] if person.company_admin else [])]
    for role in roles:
        db.session.execute(insert(RoleAssignment).values(user_id=user_id, role=role))
    after = {"name": person.name, "roles": [role.value for role in roles]}
    event = about_user("created", user_id, person.company_id, after=after)
    record([event], actor_id=actor_id, at=now)
    return user_id


@transaction
def invite(actor: Actor, person: NewPerson, now: datetime) -> Ticket:
    """Make somebody known to a company; the secret by which they choose their password.

    Company administrators invite to their own company, administrators to any.

    Raises Forbidden, NotFound for another company, Invalid with every field at fault.
    """
    subject = Subject(company_id=person.company_id)
    if not allowed(actor, "company:see", subject):
        raise NotFound
    if not allowed(actor, "user:invite", subject):
        raise Forbidden
    user_id = create_user(person, now, actor_id=actor.user_id)
    return issue(user_id, INVITATION, now)


@transaction
def invite_again(actor: Actor, user_id: int, now: datetime) -> Ticket:
    """A new secret for somebody who has not chosen a password yet; the earlier one stops.

    Raises NotFound, Forbidden, or Invalid when they are in already.
    """
    person = _editable(actor, user_id)
    if not (person.invited and person.active):
        raise Invalid(FieldError("user", "not_invited"))
    _record(actor, "invited_again", person, now)
    return issue(user_id, INVITATION, now)


# ---- being here -----------------------------------------------------------------------------


@transaction
def edit_user(actor: Actor, user_id: int, change: PersonChange, now: datetime) -> None:
    """Change somebody's name, language, whether they administer their company, their address.

    The address is the way to a new password, so only administrators change it.

    Raises NotFound or Forbidden, Invalid with every field at fault.
    """
    person = _editable(actor, user_id)
    email = change.email.strip().lower()
    if email != person.email and not allowed(actor, "role:grant"):
        raise Forbidden
    wrong = _objections(change.name, email, change.locale, besides=user_id)
    if wrong:
        raise Invalid(*wrong)
    wanted = {"name": text.normal(change.name), "email": email, "locale": change.locale}
    _apply(actor, person, wanted, now)
    if change.company_admin is not None and change.company_admin != person.holds(
        Role.COMPANY_ADMIN
    ):
        _set_company_admin(actor, person, change.company_admin, now)


@transaction
def edit_profile(actor: Actor, name: str, now: datetime) -> None:
    """Change one's own name. Raises Invalid if it is empty or too long."""
    wrong = _name_objections(name)
    if wrong:
        raise Invalid(*wrong)
    _apply(actor, queries.person(actor, actor.user_id), {"name": text.normal(name)}, now)


@transaction
def set_locale(actor: Actor, locale: str, now: datetime) -> None:
    """Change the caller's language. Raises Invalid for one that the product does not speak."""
    if locale not in LOCALES:
        raise Invalid(FieldError("locale", "unknown"))
    _prefer(actor, {"locale": locale}, now)


@transaction
def set_theme(actor: Actor, theme: str, now: datetime) -> None:
    """Change the looks of the caller's pages. Raises Invalid for another than `THEMES`."""
    if theme not in THEMES:
        raise Invalid(FieldError("theme", "unknown"))
    _prefer(actor, {"theme": theme}, now)


def _prefer(actor: Actor, values: dict[str, Any], now: datetime) -> None:
    db.session.execute(update(User).where(User.id == actor.user_id).values(values))
    event = about_user("preference_set", actor.user_id, after=values)
    if "locale" in values:
        event = replace(event, scopes=frozenset({reader(actor.user_id)}))
    record([event], actor_id=actor.user_id, at=now)


def _apply(actor: Actor, person: PersonFacts, wanted: dict[str, Any], now: datetime) -> None:
    before = {k: getattr(person, k) for k, value in wanted.items() if getattr(person, k) != value}
    if not before:
        return
    after = {name: wanted[name] for name in before}
    db.session.execute(update(User).where(User.id == person.id).values(after))
    renamed = "name" in after
    _record(actor, "edited", person, now, renamed=renamed, before=before, after=after)


# ---- leaving --------------------------------------------------------------------------------


@transaction
def deactivate(actor: Actor, user_id: int, now: datetime) -> None:
    """Let somebody go: their sessions, API tokens and feeds end with this very transaction.

    So does what others decide in their place.

    Raises NotFound or Forbidden; Invalid for oneself or the last administrator.
    """
    person = _editable(actor, user_id)
    if user_id == actor.user_id:
        raise Invalid(FieldError("user", "own_account"))
    _keep_an_administrator(person)
    db.session.execute(update(User).where(User.id == user_id).values(active=False))
    end_all([user_id])
    end_all_keys([user_id], now)
    db.session.execute(delete(RoleAssignment).where(RoleAssignment.deputy_of == user_id))
    _record(actor, "deactivated", person, now)


@transaction
def reactivate(actor: Actor, user_id: int, now: datetime) -> None:
    """Let somebody in again, with their password but none of their keys.

    Raises NotFound or Forbidden.
    """
    person = _editable(actor, user_id)
    db.session.execute(update(User).where(User.id == user_id).values(active=True))
    _record(actor, "reactivated", person, now)


# ---- roles ----------------------------------------------------------------------------------


@transaction
def grant_role(
    actor: Actor | None,
    user_id: int,
    role: Role,
    now: datetime,
    *,
    site_id: int | None = None,
    facility_id: int | None = None,
) -> None:
    """Give somebody a role; facility managers for one site or one facility.

    `actor` is None for the command line and the seed. The person is locked, since NULLs keep the
    table's unique constraint from seeing the same role twice.

    Raises Forbidden, NotFound, or Invalid with `role_scope` or `role_held`.
    """
    if actor is not None and not allowed(actor, "role:grant"):
        raise Forbidden
    company_id = db.session.scalar(
        select(User.company_id).where(User.id == user_id).with_for_update()
    )
    if company_id is None:
        raise NotFound
    values = {"user_id": user_id, "role": role, "site_id": site_id, "facility_id": facility_id}
    _check_role(values)
    db.session.execute(insert(RoleAssignment).values(values))
    _let_deputies_have(values, int(now.timestamp()))
    after = {"role": role.value, "site_id": site_id, "facility_id": facility_id}
    event = about_user("role_granted", user_id, company_id, after=after)
    record([event], actor_id=actor.user_id if actor else None, at=now)


def _let_deputies_have(values: dict[str, Any], now: int) -> None:
    """Whoever stands in for a manager, now or later, decides about what they are given, too."""
    if values["role"] is not Role.FACILITY_MANAGER:
        return
    absences = (
        select(RoleAssignment.user_id, RoleAssignment.starts, RoleAssignment.ends)
        .where(RoleAssignment.deputy_of == values["user_id"], RoleAssignment.ends > now)
        .distinct()
    )
    same = {**values, "deputy_of": values["user_id"]}
    rows = [
        {**same, "user_id": deputy, "starts": starts, "ends": ends}
        for deputy, starts, ends in db.session.execute(absences).all()
    ]
    if rows:
        db.session.execute(insert(RoleAssignment), rows)


def _check_role(values: dict[str, Any]) -> None:
    scopes = [values["site_id"], values["facility_id"]]
    given = sum(scope is not None for scope in scopes)
    if given != (values["role"] is Role.FACILITY_MANAGER):
        raise Invalid(FieldError("place", "role_scope"))
    targets = zip((Site, Facility), scopes, strict=True)
    if any(key is not None and db.session.get(table, key) is None for table, key in targets):
        raise Invalid(FieldError("place", "role_scope"))
    held = select(RoleAssignment.id).where(
        RoleAssignment.deputy_of.is_(None),
        *(getattr(RoleAssignment, name).is_not_distinct_from(v) for name, v in values.items()),
    )
    if db.session.scalar(held) is not None:
        raise Invalid(FieldError("role", "role_held"))


@transaction
def revoke_role(actor: Actor, role_id: int, now: datetime) -> None:
    """Take a role from somebody. Raises Forbidden, NotFound, Invalid for the last administrator."""
    if not allowed(actor, "role:grant"):
        raise Forbidden
    row = db.session.get(RoleAssignment, role_id)
    if row is None:
        raise NotFound
    person = queries.person(actor, row.user_id)
    if row.role == Role.ADMINISTRATOR:
        _keep_an_administrator(person)
    db.session.execute(delete(RoleAssignment).where(RoleAssignment.id == role_id))
    db.session.execute(  # and from whoever stands in for them
        delete(RoleAssignment).where(
            RoleAssignment.deputy_of == row.user_id,
            RoleAssignment.site_id.is_not_distinct_from(row.site_id),
            RoleAssignment.facility_id.is_not_distinct_from(row.facility_id),
        )
    )
    before = {"role": row.role, "site_id": row.site_id, "facility_id": row.facility_id}
    _record(actor, "role_revoked", person, now, before=before)


def _set_company_admin(actor: Actor, person: PersonFacts, wanted: bool, now: datetime) -> None:
    if person.id == actor.user_id and not wanted:
        raise Invalid(FieldError("company_admin", "own_account"))
    held = {"user_id": person.id, "role": Role.COMPANY_ADMIN}
    if wanted:
        db.session.execute(insert(RoleAssignment).values(held))
    else:
        db.session.execute(delete(RoleAssignment).filter_by(**held))
    name = "role_granted" if wanted else "role_revoked"
    _record(actor, name, person, now, after={"role": Role.COMPANY_ADMIN.value})


# ---- shared ---------------------------------------------------------------------------------


def _editable(actor: Actor, user_id: int) -> PersonFacts:
    """The person if the caller may edit them.

    Raises NotFound outside their company, Forbidden for those with a role beyond it.
    """
    person = queries.person(actor, user_id)
    if not allowed(actor, "user:edit", Subject(company_id=person.company_id)):
        raise Forbidden
    beyond = any(held.role not in ORDINARY for held in person.roles)
    if beyond and not allowed(actor, "role:grant"):
        raise Forbidden
    return person


def _keep_an_administrator(person: PersonFacts) -> None:
    if person.holds(Role.ADMINISTRATOR) and not queries.administrators(besides=person.id):
        raise Invalid(FieldError("user", "last_administrator"))


def _objections(name: str, email: str, locale: str, besides: int | None = None) -> list[FieldError]:
    wrong = _name_objections(name)
    email = email.strip().lower()
    if not text.is_address(email):
        wrong.append(FieldError("email", "email"))
    elif _owner(email) not in (None, besides):
        wrong.append(FieldError("email", "email_taken"))
    if locale not in LOCALES:
        wrong.append(FieldError("locale", "unknown"))
    return wrong


def _name_objections(name: str) -> list[FieldError]:
    code = text.problem(text.normal(name), NAME_LENGTH)
    return [FieldError("name", code, {"max": NAME_LENGTH})] if code else []


def _owner(email: str) -> int | None:
    return db.session.scalar(select(User.id).where(User.email == email))


def _record(actor: Actor, name: str, person: PersonFacts, now: datetime, **more: Any) -> None:
    event = about_user(name, person.id, person.company_id, **more)
    record([event], actor_id=actor.user_id, at=now)
