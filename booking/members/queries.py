"""Reading companies and people: who somebody is, who belongs to whom, what lets them in."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    true,
)

from booking.core.access import Actor, Role, Subject, allowed
from booking.facilities.models import Facility, Site
from booking.kernel import clock
from booking.kernel.db import connection, db
from booking.kernel.errors import NotFound
from booking.kernel.prepared import Prepared
from booking.kernel.tokens import digest
from booking.members.models import (
    ApiToken,
    Company,
    FeedToken,
    OneTimeToken,
    RoleAssignment,
    User,
    UserSession,
)
from booking.members.values import (
    GUEST_KINDS,
    CompanyChoice,
    CompanyFacts,
    DeputyFacts,
    FeedFacts,
    FeedHolder,
    PersonFacts,
    RoleFacts,
    SessionFacts,
    SessionHolder,
    TokenFacts,
    TokenHolder,
)

Rows = Select[*tuple[Any, ...]]
Line = Row[*tuple[Any, ...]]

SESSION_IDLE = timedelta(hours=8)
SESSION_LIFE = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=1)
FEED_UNUSED = timedelta(days=180)
SESSION_KEY_LENGTH = 16

# One row for each role, so that a person comes with their roles in one statement.
_ACTOR_COLUMNS = (
    User.id.label("user_id"),
    User.company_id,
    Company.code.label("company_code"),
    Company.name.label("company_name"),
    Company.kind.label("company_kind"),
    User.name,
    User.email,
    User.locale,
    User.theme,
    RoleAssignment.role,
    RoleAssignment.site_id,
    RoleAssignment.facility_id,
)


# ---- who is it ------------------------------------------------------------------------------


def _people(*more: Any) -> Rows:
    """People who may come in, one row for each role they hold at `now`, with further columns."""
    now: BindParameter[int] = bindparam("now")
    for_good = RoleAssignment.deputy_of.is_(None)
    standing_in = and_(RoleAssignment.starts <= now, RoleAssignment.ends > now)
    held = and_(RoleAssignment.user_id == User.id, or_(for_good, standing_in))
    return (
        select(*_ACTOR_COLUMNS, *more)
        .join_from(User, Company, Company.id == User.company_id)
        .outerjoin(RoleAssignment, held)
        .where(User.active, Company.active)
    )


# Written once: to put one of these together costs more than to run it.
_BY_ID = Prepared(_people().where(User.id == bindparam("user")))
_BY_EMAIL = Prepared(_people().where(User.email == bindparam("email")))
_BY_SESSION = Prepared(
    _people(UserSession.seen_at)
    .join(UserSession, UserSession.user_id == User.id)
    .where(
        UserSession.secret_digest == bindparam("digest"),
        UserSession.seen_at > bindparam("seen_after"),
        UserSession.created_at > bindparam("created_after"),
    )
)
_BY_API_TOKEN = Prepared(
    _people(ApiToken.id.label("token_id"))
    .join(ApiToken, ApiToken.user_id == User.id)
    .where(ApiToken.secret_digest == bindparam("digest"))
)
_BY_FEED_TOKEN = Prepared(
    _people(FeedToken.id.label("token_id"), FeedToken.scope, FeedToken.used_at)
    .join(FeedToken, FeedToken.user_id == User.id)
    .where(
        FeedToken.secret_digest == bindparam("digest"),
        FeedToken.revoked_at.is_(None),
        func.coalesce(FeedToken.used_at, FeedToken.created_at) > bindparam("used_after"),
    )
)


# Whoever it is, for other statements to ask about: a session or a token, by its `digest`.
OF_SESSION = select(UserSession.user_id).where(UserSession.secret_digest == bindparam("digest"))
OF_API_TOKEN = select(ApiToken.user_id).where(ApiToken.secret_digest == bindparam("digest"))


def session_holder(secret: str, now: datetime) -> SessionHolder | None:
    """Whose browser holds a session secret; None once it ended, was idle or its person left.

    One statement.
    """
    rows = _found(
        _BY_SESSION,
        digest=digest(secret),
        seen_after=now - SESSION_IDLE,
        created_after=now - SESSION_LIFE,
    )
    if not rows:
        return None
    return SessionHolder(actor=_actor(rows), theme=rows[0]["theme"], seen_at=rows[0]["seen_at"])


def session_lives(now: datetime) -> ColumnElement[bool]:
    """The condition that a session is neither idle for too long nor too old."""
    return and_(
        UserSession.seen_at > now - SESSION_IDLE, UserSession.created_at > now - SESSION_LIFE
    )


def is_stale(seen_at: datetime, now: datetime) -> bool:
    """Whether it is time to write down that a session is in use."""
    return now - seen_at >= SEEN_EVERY


def api_actor(secret: str) -> tuple[int, Actor] | None:
    """The id of an API token and the person it acts for; None if unknown or revoked.

    The actor does not know its productions yet. One statement.
    """
    rows = _found(_BY_API_TOKEN, digest=digest(secret))
    return (rows[0]["token_id"], _actor(rows)) if rows else None


def feed_holder(secret: str, now: datetime) -> FeedHolder | None:
    """Whose feed address it is; None if unknown, revoked or unused for 180 days.

    The actor does not know its productions yet. What the scope shows is for the feeds to decide,
    anew at each request, since rights come and go. One statement.
    """
    rows = _found(_BY_FEED_TOKEN, digest=digest(secret), used_after=now - FEED_UNUSED)
    if not rows:
        return None
    first = rows[0]
    return FeedHolder(
        token_id=first["token_id"],
        scope=first["scope"],
        actor=_actor(rows),
        used_at=first["used_at"],
    )


def actor(user_id: int) -> Actor | None:
    """A person as an actor, None if they left; it does not know its productions yet.

    One statement.
    """
    rows = _found(_BY_ID, user=user_id)
    return _actor(rows) if rows else None


def known_as(email: str) -> str:
    """An e-mail address as the table has it; empty, which is nobody's, for what cannot be one."""
    kept = email.strip().lower()
    return kept if kept.isprintable() else ""


def actor_by_email(email: str) -> Actor | None:
    """The person with an e-mail address as an actor, None if there is none or they left."""
    rows = _found(_BY_EMAIL, email=known_as(email))
    return _actor(rows) if rows else None


def token_holder(secret: str, purpose: str, now: datetime) -> TokenHolder | None:
    """Whose one-time secret it is; None if unknown, used, too old or made for something else."""
    row = db.session.execute(
        select(OneTimeToken.user_id, User.email, User.name, Company.name.label("company_name"))
        .join(User, User.id == OneTimeToken.user_id)
        .join(Company, Company.id == User.company_id)
        .where(
            OneTimeToken.secret_digest == digest(secret),
            OneTimeToken.purpose == purpose,
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > now,
            User.active,
            Company.active,
        )
    ).first()
    return None if row is None else TokenHolder(**row._mapping)


def _found(statement: Prepared, **bound: object) -> list[dict[str, Any]]:
    """The rows of a person: one for each role they hold now, one if none."""
    now = int(clock.now().timestamp())
    return statement.mappings(now=now, **bound)


def _actor(rows: Sequence[Mapping[str, Any]]) -> Actor:
    first = rows[0]
    return Actor(
        user_id=first["user_id"],
        company_id=first["company_id"],
        company_code=first["company_code"],
        company_name=first["company_name"],
        name=first["name"],
        email=first["email"],
        locale=first["locale"],
        roles=frozenset(Role(row["role"]) for row in rows if row["role"] is not None),
        guest=first["company_kind"] in GUEST_KINDS,
        managed_sites=_told(rows, "site_id"),
        managed_facilities=_told(rows, "facility_id"),
    )


def _told(rows: Sequence[Mapping[str, Any]], name: str) -> frozenset[int]:
    return frozenset(row[name] for row in rows if row[name] is not None)


# ---- companies ------------------------------------------------------------------------------


def companies(actor: Actor) -> list[CompanyFacts]:
    """The companies the caller may see, by name: all for administrators, else their own."""
    found = _companies().order_by(Company.active.desc(), Company.name, Company.id)
    if Role.ADMINISTRATOR not in actor.roles:
        found = found.where(Company.id == actor.company_id)
    return [_company(row) for row in db.session.execute(found)]


def company(actor: Actor, code: str) -> CompanyFacts:
    """One company. Raises NotFound if it is absent or not the caller's to see."""
    row = db.session.execute(_companies().where(Company.code == code.upper())).first()
    if row is None or not allowed(actor, "company:see", Subject(company_id=row.id)):
        raise NotFound
    return _company(row)


def company_choices(kinds: Iterable[str] | None = None) -> list[CompanyChoice]:
    """Active companies by name, of some kinds only if told; asks for no permission."""
    found = select(Company.id, Company.code, Company.name).where(Company.active)
    if kinds is not None:
        found = found.where(Company.kind.in_(sorted(kinds)))
    rows = db.session.execute(found.order_by(Company.name, Company.id))
    return [CompanyChoice(**row._mapping) for row in rows]


def company_names(ids: Iterable[int]) -> dict[int, str]:
    """The names of companies, for whoever may know them. One statement, none for none."""
    if not (asked := sorted(set(ids))):
        return {}
    rows = db.session.execute(select(Company.id, Company.name).where(Company.id.in_(asked)))
    return dict(rows.all())


def _companies() -> Rows:
    people = (
        select(func.count(User.id))
        .where(User.company_id == Company.id, User.active)
        .correlate(Company)
        .scalar_subquery()
    )
    columns = (*Company.__table__.columns, Site.name.label("site_name"), people.label("people"))
    return select(*columns).join_from(Company, Site, Site.id == Company.site_id, isouter=True)


def _company(row: Line) -> CompanyFacts:
    facts = dict(row._mapping)
    return CompanyFacts(**{**facts, "value_chain": tuple(facts["value_chain"])})


# ---- people ---------------------------------------------------------------------------------


def people(actor: Actor, company_id: int) -> list[PersonFacts]:
    """The people of a company, by name, those who left last. Two statements.

    Raises NotFound if the company is not the caller's to see.
    """
    if not allowed(actor, "company:see", Subject(company_id=company_id)):
        raise NotFound
    return _persons(User.company_id == company_id)


def everybody(actor: Actor) -> list[PersonFacts]:
    """The people of every company that the caller may see, by company and name. Two statements."""
    if Role.ADMINISTRATOR in actor.roles:
        found = _persons(true())
    else:
        found = _persons(User.company_id == actor.company_id)
    return sorted(found, key=lambda one: (one.company_name, one.name, one.id))


def person(actor: Actor, user_id: int) -> PersonFacts:
    """One person. Raises NotFound if they are absent or not the caller's to see."""
    found = _persons(User.id == user_id)
    if not found or not allowed(actor, "company:see", Subject(company_id=found[0].company_id)):
        raise NotFound
    return found[0]


def _persons(condition: ColumnElement[bool]) -> list[PersonFacts]:
    rows = db.session.execute(
        select(
            User.id,
            User.name,
            User.email,
            User.company_id,
            Company.code.label("company_code"),
            Company.name.label("company_name"),
            Company.kind,
            User.locale,
            User.active,
            User.password_hash.is_(None).label("invited"),
        )
        .join_from(User, Company, Company.id == User.company_id)
        .where(condition)
        .order_by(User.active.desc(), User.name, User.id)
    ).all()
    roles = _roles([row.id for row in rows])
    return [_person(row, roles.get(row.id, ())) for row in rows]


def _person(row: Line, roles: tuple[RoleFacts, ...]) -> PersonFacts:
    facts = dict(row._mapping)
    guest = facts.pop("kind") in GUEST_KINDS
    return PersonFacts(**facts, guest=guest, roles=roles)


def _roles(user_ids: Sequence[int]) -> dict[int, tuple[RoleFacts, ...]]:
    rows = db.session.execute(
        select(
            RoleAssignment.user_id,
            RoleAssignment.id,
            RoleAssignment.role,
            RoleAssignment.site_id,
            RoleAssignment.facility_id,
            func.coalesce(Facility.name, Site.name).label("place"),
        )
        .join_from(RoleAssignment, Site, Site.id == RoleAssignment.site_id, isouter=True)
        .outerjoin(Facility, Facility.id == RoleAssignment.facility_id)
        .where(RoleAssignment.user_id.in_(user_ids), RoleAssignment.deputy_of.is_(None))
        .order_by(RoleAssignment.role, RoleAssignment.id)
    )
    found: dict[int, tuple[RoleFacts, ...]] = {}
    for row in rows:
        facts = RoleFacts(
            id=row.id,
            role=Role(row.role),
            site_id=row.site_id,
            facility_id=row.facility_id,
            place=row.place,
        )
        found[row.user_id] = (*found.get(row.user_id, ()), facts)
    return found


def emails_of(user_ids: Iterable[int]) -> dict[int, tuple[str, str, str]]:
    """E-mail address, name and language of active people, for those who write to them."""
    rows = db.session.execute(
        select(User.id, User.email, User.name, User.locale).where(
            User.id.in_(sorted(user_ids)), User.active
        )
    )
    return {row.id: (row.email, row.name, row.locale) for row in rows}


_NAMES = select(User.id, User.name).where(User.id.in_(bindparam("ids", expanding=True)))


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    """Names of people by id, for histories; asks for no permission."""
    return dict(connection().execute(_NAMES, {"ids": sorted(user_ids)}).all())


# ---- one's own keys -------------------------------------------------------------------------


def sessions(actor: Actor, now: datetime) -> list[SessionFacts]:
    """The browsers in which the caller is signed in, last used first."""
    rows = db.session.scalars(
        select(UserSession)
        .where(UserSession.user_id == actor.user_id, session_lives(now))
        .order_by(UserSession.seen_at.desc(), UserSession.secret_digest)
    )
    return [
        SessionFacts(
            key=row.secret_digest[:SESSION_KEY_LENGTH],
            created_at=row.created_at,
            seen_at=row.seen_at,
            address=row.address,
            user_agent=row.user_agent,
        )
        for row in rows
    ]


def session_key(secret: str) -> str:
    """What names the session of a secret on a page."""
    return digest(secret)[:SESSION_KEY_LENGTH]


def api_tokens(actor: Actor) -> list[TokenFacts]:
    """The caller's keys for programs, newest first."""
    rows = db.session.execute(
        select(ApiToken.id, ApiToken.name, ApiToken.created_at, ApiToken.used_at)
        .where(ApiToken.user_id == actor.user_id)
        .order_by(ApiToken.id.desc())
    )
    return [TokenFacts(**row._mapping) for row in rows]


def feed_tokens(actor: Actor) -> list[FeedFacts]:
    """The caller's feed addresses that are not revoked, newest first."""
    columns = (
        FeedToken.id,
        FeedToken.scope,
        FeedToken.created_at,
        FeedToken.used_at,
        FeedToken.user_agent,
    )
    rows = db.session.execute(
        select(*columns)
        .where(FeedToken.user_id == actor.user_id, FeedToken.revoked_at.is_(None))
        .order_by(FeedToken.id.desc())
    )
    return [FeedFacts(**row._mapping) for row in rows]


def administrators(besides: int | None = None) -> int:
    """How many active people run the system, one of them not counted if told."""
    counted = (
        select(func.count(func.distinct(User.id)))
        .join_from(RoleAssignment, User, User.id == RoleAssignment.user_id)
        .where(RoleAssignment.role == Role.ADMINISTRATOR, User.active)
    )
    if besides is not None:
        counted = counted.where(User.id != besides)
    return db.session.scalar(counted) or 0


# ---- standing in ----------------------------------------------------------------------------


def deputies(actor: Actor, now: int) -> list[DeputyFacts]:
    """Who stands in for the caller, now or later (UTC epoch seconds), by start. One statement."""
    rows = db.session.execute(
        select(RoleAssignment.user_id, User.name, RoleAssignment.starts, RoleAssignment.ends)
        .join(User, User.id == RoleAssignment.user_id)
        .where(RoleAssignment.deputy_of == actor.user_id, RoleAssignment.ends > now)
        .distinct()
        .order_by(RoleAssignment.starts, User.name)
    )
    return [DeputyFacts(*row) for row in rows]  # type: ignore[arg-type]


def manages_for_good(actor: Actor) -> bool:
    """Whether the caller manages facilities themselves, not in somebody's place. One statement."""
    own = select(RoleAssignment.id).where(
        RoleAssignment.user_id == actor.user_id,
        RoleAssignment.role == Role.FACILITY_MANAGER,
        RoleAssignment.deputy_of.is_(None),
    )
    return db.session.scalar(own.limit(1)) is not None


def in_charge(actor: Actor, facility_id: int, site_id: int) -> int:
    """Who answers for good for a facility that the caller manages: they, or whose deputy they are.

    Their id. One statement.
    """
    rows = db.session.scalars(
        select(func.coalesce(RoleAssignment.deputy_of, RoleAssignment.user_id))
        .where(
            RoleAssignment.user_id == actor.user_id,
            RoleAssignment.role == Role.FACILITY_MANAGER,
            or_(RoleAssignment.facility_id == facility_id, RoleAssignment.site_id == site_id),
        )
        .order_by(RoleAssignment.deputy_of.is_not(None), RoleAssignment.ends.desc())
    )
    return next(iter(rows), actor.user_id)


def possible_deputies(actor: Actor) -> list[tuple[int, str]]:
    """Who could stand in for the caller: colleagues, and whoever manages facilities; by name."""
    managers = select(RoleAssignment.user_id).where(
        RoleAssignment.role == Role.FACILITY_MANAGER, RoleAssignment.deputy_of.is_(None)
    )
    rows = db.session.execute(
        select(User.id, User.name)
        .where(
            User.active,
            User.id != actor.user_id,
            or_(User.company_id == actor.company_id, User.id.in_(managers)),
        )
        .order_by(User.name, User.id)
    )
    return [(key, name) for key, name in rows]
