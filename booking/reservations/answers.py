"""Idempotency: a write that is sent again gets its first answer, and happens once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from booking.kernel.db import db
from booking.kernel.errors import BookingError
from booking.kernel.transaction import Redo, transaction
from booking.reservations.models import Answer

_FIRST = select(Answer.fingerprint, Answer.status, Answer.body).where(
    Answer.user_id == bindparam("user"), Answer.key == bindparam("key")
)


class Given(NamedTuple):
    """A status and a JSON body; `repeated` when it was given before."""

    status: int
    body: dict[str, Any]
    repeated: bool


class KeyReused(BookingError):
    """The same idempotency key came with another request."""

    code = "idempotency_key_reused"


@transaction
def once(
    user_id: int,
    key: str,
    fingerprint: str,
    now: datetime,
    work: Callable[[], tuple[int, dict[str, Any]]],
) -> Given:
    """The first answer to this key, or that of `work`, kept in the same transaction as its doing.

    `fingerprint` is a digest of the request. Refusals are not kept: they leave nothing behind, and
    the same wish may be granted later. Raises KeyReused when the key came with another request.
    """
    first = db.session.execute(_FIRST, {"user": user_id, "key": key}).one_or_none()
    if first:
        if first.fingerprint != fingerprint:
            raise KeyReused
        return Given(first.status, first.body, repeated=True)
    answer_id = _reserve(user_id, key, fingerprint, now)
    status, body = work()
    db.session.execute(
        update(Answer).where(Answer.id == answer_id).values(status=status, body=body)
    )
    return Given(status, body, repeated=False)


def _reserve(user_id: int, key: str, fingerprint: str, now: datetime) -> int | None:
    row = {
        "user_id": user_id,
        "key": key,
        "fingerprint": fingerprint,
        "status": 0,
        "body": {},
        "created_at": now,
    }
    try:
        return db.session.scalar(insert(Answer).returning(Answer.id), row)
    except IntegrityError as error:
        raise Redo from error  # the same key was being answered: read that answer
