"""Keys that people give to programs: API tokens and calendar addresses, shown once."""

import re
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, or_, select, update

from booking.core import text
from booking.core.access import Actor
from booking.journal.actions import record
from booking.kernel.db import db
from booking.kernel.errors import FieldError, Invalid, NotFound
from booking.kernel.tokens import digest, new_secret
from booking.kernel.transaction import transaction
from booking.members.events import about_user
from booking.members.models import ApiToken, FeedToken, User

NAME_LENGTH = 80
SCOPE_LENGTH = 80
MOST_ADDRESSES = 10
"""Of one calendar and person: one for each program that reads it; decision 032."""
USED_EVERY = timedelta(minutes=1)
SCOPE = re.compile(
    r"me|company|approvals|(facility|site|kind|freebusy):[^\s:/]{1,60}"
    r"|production:#[0-9]{1,9}"
)


@transaction
def create_api_token(actor: Actor, name: str, now: datetime) -> tuple[int, str]:
    """A key that lets a program act as the caller; its id and its secret, never shown again.

    Raises Invalid for a name that is empty or too long.
    """
    name = _checked_name(name)
    secret = new_secret()
    token_id = db.session.scalar(
        insert(ApiToken)
        .values(secret_digest=digest(secret), user_id=actor.user_id, name=name, created_at=now)
        .returning(ApiToken.id)
    )
    _record(actor, "api_token_created", now, {"token": token_id, "name": name})
    assert token_id is not None
    return token_id, secret


def _checked_name(name: str) -> str:
    name = text.normal(name)
    if code := text.problem(name, NAME_LENGTH):
        raise Invalid(FieldError("name", code, {"max": NAME_LENGTH}))
    return name


@transaction
def revoke_api_token(actor: Actor, token_id: int, now: datetime) -> None:
    """End one of the caller's API tokens. Raises NotFound if it is not theirs."""
    gone = db.session.scalar(
        delete(ApiToken)
        .where(ApiToken.id == token_id, ApiToken.user_id == actor.user_id)
        .returning(ApiToken.id)
    )
    if gone is None:
        raise NotFound
    _record(actor, "api_token_revoked", now, {"token": token_id})


@transaction
def use_api_token(token_id: int, now: datetime) -> None:
    """Note that an API token is in use, at most once a minute."""
    db.session.execute(
        update(ApiToken)
        .where(
            ApiToken.id == token_id,
            or_(ApiToken.used_at.is_(None), ApiToken.used_at <= now - USED_EVERY),
        )
        .values(used_at=now)
    )


@transaction
def create_feed(actor: Actor, scope: str, now: datetime) -> tuple[int, str]:
    """A secret calendar address; its id and its secret, never shown again.

    Only the form of `scope` is checked here (`me`, `facility:CODE`, `production:#ID` …): what it
    may show is decided each time it is read, since rights come and go.

    Raises Invalid for another scope, and for one that the caller has MOST_ADDRESSES of.
    """
    if len(scope) > SCOPE_LENGTH or not SCOPE.fullmatch(scope):
        raise Invalid(FieldError("scope", "unknown_scope"))
    if _addresses_of(actor, scope) >= MOST_ADDRESSES:
        raise Invalid(FieldError("scope", "many_addresses", {"max": MOST_ADDRESSES}))
    secret = new_secret()
    feed_id = db.session.scalar(
        insert(FeedToken)
        .values(secret_digest=digest(secret), user_id=actor.user_id, scope=scope, created_at=now)
        .returning(FeedToken.id)
    )
    assert feed_id is not None
    _record(actor, "feed_created", now, {"feed": feed_id, "scope": scope})
    return feed_id, secret


def _addresses_of(actor: Actor, scope: str) -> int:
    """How many of the caller's addresses show that scope; nobody adds one until we are done."""
    db.session.execute(select(User.id).where(User.id == actor.user_id).with_for_update())
    live = select(func.count()).where(
        FeedToken.user_id == actor.user_id,
        FeedToken.scope == scope,
        FeedToken.revoked_at.is_(None),
    )
    return db.session.scalar(live) or 0


@transaction
def renew_feed(actor: Actor, feed_id: int, now: datetime) -> str:
    """Give one of the caller's feeds a new address; the old one stops. The new secret.

    Raises NotFound if it is not theirs or revoked.
    """
    secret = new_secret()
    _change_feed(
        actor, feed_id, secret_digest=digest(secret), created_at=now, used_at=None, user_agent=None
    )
    _record(actor, "feed_renewed", now, {"feed": feed_id})
    return secret


@transaction
def revoke_feed(actor: Actor, feed_id: int, now: datetime) -> None:
    """End one of the caller's feeds. Raises NotFound if it is not theirs or revoked."""
    _change_feed(actor, feed_id, revoked_at=now)
    _record(actor, "feed_revoked", now, {"feed": feed_id})


@transaction
def use_feed(token_id: int, user_agent: str, now: datetime) -> None:
    """Note that a feed is in use and by which program, at most once a minute."""
    db.session.execute(
        update(FeedToken)
        .where(
            FeedToken.id == token_id,
            or_(FeedToken.used_at.is_(None), FeedToken.used_at <= now - USED_EVERY),
        )
        .values(used_at=now, user_agent=user_agent[:200])
    )


def end_all_keys(user_ids: list[int], now: datetime) -> None:
    """End every API token and feed of some people; part of the caller's transaction."""
    db.session.execute(delete(ApiToken).where(ApiToken.user_id.in_(user_ids)))
    db.session.execute(
        update(FeedToken)
        .where(FeedToken.user_id.in_(user_ids), FeedToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def _change_feed(actor: Actor, feed_id: int, **values: object) -> None:
    changed = db.session.scalar(
        update(FeedToken)
        .where(
            FeedToken.id == feed_id,
            FeedToken.user_id == actor.user_id,
            FeedToken.revoked_at.is_(None),
        )
        .values(**values)
        .returning(FeedToken.id)
    )
    if changed is None:
        raise NotFound


def _record(actor: Actor, name: str, now: datetime, after: dict[str, object]) -> None:
    record([about_user(name, actor.user_id, after=after)], actor_id=actor.user_id, at=now)
