"""Signing in and out: a session is a row, and worth nothing once the row is gone."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from booking.core.access import Actor
from booking.journal.actions import record
from booking.kernel.db import db
from booking.kernel.errors import FieldError, Invalid, NotFound
from booking.kernel.tokens import digest, new_secret
from booking.kernel.transaction import transaction
from booking.members import passwords, throttle
from booking.members.events import about_user
from booking.members.models import Company, User, UserSession
from booking.members.queries import SESSION_KEY_LENGTH, known_as, session_lives

PURPOSE = "sign_in"
ADDRESS_LENGTH = 45
USER_AGENT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from, as the server itself sees it."""

    address: str
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class _Account:
    """What signing in needs of a person; `id` is 0 and the hash None where there is nobody."""

    id: int = 0
    password_hash: str | None = None


def sign_in(email: str, password: str, *, origin: Origin, now: datetime, demo: bool = False) -> str:
    """Open a session; its secret, for the cookie.

    Outside the demonstration no password is right that is too short to be chosen, so that the
    demonstration's own does not open a real system. The password is checked outside of any
    transaction: it takes long.

    Raises TooMany while the account or the network must wait, Invalid with `bad_credentials`
    whatever else is the matter, after the same time.
    """
    keys = throttle.account_key(PURPOSE, email), throttle.network_key(PURPOSE, origin.address)
    throttle.take(keys, now)
    account = _account(email)
    right = passwords.verify(account.password_hash, password)
    if not right or (len(password) < passwords.SHORTEST and not demo):
        _note_failure(account.id, origin, now)
        raise Invalid(FieldError("password", "bad_credentials"))
    throttle.forgive(*keys)
    return _open_checked(account, password, origin, now)


def _account(email: str) -> _Account:
    row = db.session.execute(
        select(User.id, User.password_hash)
        .join(Company, Company.id == User.company_id)
        .where(User.email == known_as(email), User.active, Company.active)
    ).first()
    return _Account() if row is None else _Account(row.id, row.password_hash)


@transaction
def _note_failure(user_id: int, origin: Origin, now: datetime) -> None:
    """The same write for a stranger (user 0) as for somebody known: it takes the same time."""
    after = {"network": throttle.network(origin.address)}
    record([about_user("sign_in_refused", user_id, after=after)], actor_id=None, at=now)


@transaction
def _open_checked(account: _Account, password: str, origin: Origin, now: datetime) -> str:
    """Open the session unless the password was changed while it was checked."""
    current = db.session.scalar(
        select(User.password_hash).where(User.id == account.id, User.active).with_for_update()
    )
    if current is None or current != account.password_hash:
        raise Invalid(FieldError("password", "bad_credentials"))
    if passwords.is_outdated(current):
        renewed = passwords.hashed(password)
        db.session.execute(update(User).where(User.id == account.id).values(password_hash=renewed))
    return open_session(account.id, origin, now)


@transaction
def open_session(user_id: int, origin: Origin, now: datetime) -> str:
    """Open a session for somebody who proved who they are; its secret, for the cookie."""
    secret = new_secret()
    db.session.execute(
        insert(UserSession).values(
            secret_digest=digest(secret),
            user_id=user_id,
            created_at=now,
            seen_at=now,
            address=origin.address[:ADDRESS_LENGTH],
            user_agent=origin.user_agent[:USER_AGENT_LENGTH],
        )
    )
    db.session.execute(
        delete(UserSession).where(UserSession.user_id == user_id, ~session_lives(now))
    )
    record([about_user("signed_in", user_id)], actor_id=user_id, at=now)
    return secret


@transaction
def see_session(secret: str, now: datetime) -> None:
    """Note that a session is in use, which keeps it from running out."""
    db.session.execute(
        update(UserSession).where(UserSession.secret_digest == digest(secret)).values(seen_at=now)
    )


@transaction
def sign_out(secret: str, now: datetime) -> None:
    """End the session of a secret; nothing happens if it ended already."""
    user_id = db.session.scalar(
        delete(UserSession)
        .where(UserSession.secret_digest == digest(secret))
        .returning(UserSession.user_id)
    )
    if user_id is not None:
        record([about_user("signed_out", user_id)], actor_id=user_id, at=now)


@transaction
def end_session(actor: Actor, key: str, now: datetime) -> None:
    """End one of the caller's sessions by its key. Raises NotFound if it is not theirs."""
    if len(key) != SESSION_KEY_LENGTH:
        raise NotFound
    ended = db.session.scalars(
        delete(UserSession)
        .where(
            UserSession.user_id == actor.user_id,
            UserSession.secret_digest.startswith(key, autoescape=True),
        )
        .returning(UserSession.secret_digest)
    ).all()
    if not ended:
        raise NotFound
    record([about_user("session_ended", actor.user_id)], actor_id=actor.user_id, at=now)


@transaction
def sign_out_everywhere(actor: Actor, now: datetime, *, keep: str | None = None) -> None:
    """End all sessions of the caller, except the one whose secret is `keep`."""
    kept = digest(keep) if keep else ""
    db.session.execute(
        delete(UserSession).where(
            UserSession.user_id == actor.user_id, UserSession.secret_digest != kept
        )
    )
    record([about_user("signed_out_everywhere", actor.user_id)], actor_id=actor.user_id, at=now)


def end_all(user_ids: list[int]) -> None:
    """End every session of some people; part of the caller's transaction."""
    db.session.execute(delete(UserSession).where(UserSession.user_id.in_(user_ids)))
