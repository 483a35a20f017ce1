"""Choosing a password: a new one, a forgotten one, the first one after an invitation."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from booking.core import text
from booking.core.access import Actor
from booking.journal.actions import record
from booking.kernel.db import db
from booking.kernel.errors import FieldError, Invalid
from booking.kernel.tokens import digest, new_secret
from booking.kernel.transaction import transaction
from booking.members import passwords, throttle
from booking.members.actions.sessions import Origin, end_all, open_session
from booking.members.events import about_user
from booking.members.models import Company, OneTimeToken, User
from booking.members.queries import known_as, token_holder
from booking.members.values import TokenHolder

RESET = "reset"
INVITATION = "invitation"
NAME_LENGTH = 120
LIFETIMES = {RESET: timedelta(minutes=30), INVITATION: timedelta(days=3)}
"""An invitation may wait over a week-end; it opens an account that holds nothing yet."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A fresh one-time secret and whom to send it to."""

    secret: str
    user_id: int
    email: str
    name: str
    locale: str
    expires_at: datetime


def change_password(actor: Actor, current: str, new: str, *, origin: Origin, now: datetime) -> str:
    """Replace the caller's own password; every session ends, the answer opens a new one.

    Raises Invalid with a field error for the current or the new password, TooMany after too many
    wrong guesses at the current one.
    """
    account = throttle.account_key("change_password", actor.email)
    around = throttle.network_key("change_password", origin.address)
    throttle.take((account, around), now)
    kept = db.session.scalar(select(User.password_hash).where(User.id == actor.user_id))
    if not passwords.verify(kept, current):
        raise Invalid(FieldError("current", "wrong_password"))
    throttle.forgive(account, around)
    if current == new:
        raise Invalid(FieldError("password", "password_unchanged"))
    _refuse_weak(new, (actor.name, actor.email, actor.company_name))
    return _replace(actor.user_id, kept, passwords.hashed(new), origin, now)


@transaction
def _replace(user_id: int, kept: str | None, renewed: str, origin: Origin, now: datetime) -> str:
    """Store the new hash if nobody else replaced the old one meanwhile."""
    changed = db.session.scalar(
        update(User)
        .where(User.id == user_id, User.password_hash == kept, User.active)
        .values(password_hash=renewed)
        .returning(User.id)
    )
    if changed is None:
        raise Invalid(FieldError("current", "wrong_password"))
    _void_tokens(user_id, now)
    end_all([user_id])
    record([about_user("password_changed", user_id)], actor_id=user_id, at=now)
    return open_session(user_id, origin, now)


@transaction
def issue_reset(email: str, now: datetime) -> Ticket | None:
    """Make the secret that lets somebody choose a new password; None where there is nobody.

    Earlier secrets of the person stop working. The attempt is recorded either way. People who
    never accepted their invitation get another one that way, since it proves the same.
    """
    row = db.session.execute(
        select(User.id, User.email, User.name, User.locale)
        .join(Company, Company.id == User.company_id)
        .where(User.email == known_as(email), User.active, Company.active)
    ).first()
    ticket = None if row is None else issue(row.id, RESET, now)
    record([about_user("reset_asked", row.id if row else 0)], actor_id=None, at=now)
    return ticket


def issue(user_id: int, purpose: str, now: datetime) -> Ticket:
    """Make a one-time secret for a person; part of the caller's transaction."""
    _void_tokens(user_id, now)
    secret = new_secret()
    expires_at = now + LIFETIMES[purpose]
    db.session.execute(
        insert(OneTimeToken).values(
            secret_digest=digest(secret), purpose=purpose, user_id=user_id, expires_at=expires_at
        )
    )
    row = db.session.execute(
        select(User.email, User.name, User.locale).where(User.id == user_id)
    ).one()
    return Ticket(secret, user_id, row.email, row.name, row.locale, expires_at)


def reset_password(secret: str, new: str, now: datetime) -> None:
    """Choose a new password by the secret of a reset mail; every session of the person ends.

    Raises Invalid: `bad_token` at path "token", or a field error of the password.
    """
    _choose(secret, RESET, new, None, now)


def accept_invitation(secret: str, name: str, new: str, *, origin: Origin, now: datetime) -> str:
    """Choose the first password and correct one's name; the secret of a session that it opens.

    Raises Invalid: `bad_token` at path "token", or field errors.
    """
    name = text.normal(name)
    if code := text.problem(name, NAME_LENGTH):
        raise Invalid(FieldError("name", code, {"max": NAME_LENGTH}))
    return open_session(_choose(secret, INVITATION, new, name, now), origin, now)


def _choose(secret: str, purpose: str, new: str, name: str | None, now: datetime) -> int:
    holder = token_holder(secret, purpose, now)
    if holder is None:
        raise Invalid(FieldError("token", "bad_token"))
    _refuse_weak(new, (holder.name, holder.email, holder.company_name))
    _store(secret, purpose, holder, passwords.hashed(new), name, now)
    return holder.user_id


@transaction
def _store(
    secret: str, purpose: str, holder: TokenHolder, renewed: str, name: str | None, now: datetime
) -> None:
    """Use the secret up and store the hash, both or neither."""
    used = db.session.scalar(
        update(OneTimeToken)
        .where(OneTimeToken.secret_digest == digest(secret), OneTimeToken.used_at.is_(None))
        .values(used_at=now)
        .returning(OneTimeToken.user_id)
    )
    if used is None or token_is_gone(holder.user_id):
        raise Invalid(FieldError("token", "bad_token"))
    values = {"password_hash": renewed, **({"name": name} if name else {})}
    db.session.execute(update(User).where(User.id == holder.user_id).values(values))
    end_all([holder.user_id])
    event = "password_reset" if purpose == RESET else "invitation_accepted"
    record([about_user(event, holder.user_id)], actor_id=holder.user_id, at=now)


def token_is_gone(user_id: int) -> bool:
    """Whether the person left since their secret was looked at."""
    return not db.session.scalar(select(User.active).where(User.id == user_id))


def _void_tokens(user_id: int, now: datetime) -> None:
    db.session.execute(
        update(OneTimeToken)
        .where(OneTimeToken.user_id == user_id, OneTimeToken.used_at.is_(None))
        .values(used_at=now)
    )


def _refuse_weak(new: str, words: tuple[str, ...]) -> None:
    split = tuple(part for word in words for part in word.replace("@", " ").split())
    objection = passwords.objection(new, (*words, *split))
    if objection is not None:
        raise Invalid(objection)
