"""Following the journal: what happened becomes mails and calls, each act once, however many workers
read on at the same time.

What comes of entries and the place up to which was read are written in one transaction. An act of
which nothing can be made, because of a fault in this product, is set aside and tried again later:
it holds up nobody else's news.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from traceback import walk_tb
from typing import Generic, NamedTuple, TypeVar

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import InterfaceError, OperationalError

from booking.journal import queries
from booking.journal.models import Cursor, SetAside
from booking.journal.queries import Recorded
from booking.kernel.db import connection, db, table_of
from booking.kernel.errors import Busy
from booking.kernel.transaction import transaction

Made = TypeVar("Made")

MOST_ENTRIES = 1000
MOST_ATTEMPTS = 80
LONGEST_WAIT = timedelta(hours=1)
"""Between two attempts: after some three days it stays aside."""
ERROR_LENGTH = 200
_AWAY = ("BUSY", "LOCKED", "IOERR", "FULL", "CANTOPEN", "READONLY", "NOMEM", "PROTOCOL")
"""What SQLite says when it cannot work; it has but one class for that and for a column that there
is not.
"""

_DUE = (
    select(SetAside.id, SetAside.first_entry, SetAside.last_entry, SetAside.attempts)
    .where(
        SetAside.reader == bindparam("reader"),
        SetAside.due_at <= bindparam("now", type_=SetAside.due_at.type),
        SetAside.attempts < MOST_ATTEMPTS,
    )
    .order_by(SetAside.id)
)
_ASIDE = insert(table_of(SetAside))

_log = logging.getLogger(__name__)


class Follower(NamedTuple, Generic[Made]):
    """Who reads the journal on: where it stands, what it makes of entries, how that is kept.

    `make` takes its time, no lock is held; `keep` is part of a transaction and answers how many.
    """

    cursor: type[Cursor]
    make: Callable[[Sequence[Recorded]], Made]
    keep: Callable[[Made], int]


class _Due(NamedTuple):
    id: int
    first: int
    last: int
    attempts: int


def follow(who: Follower[Made], now: datetime) -> int:
    """Make of the journal what has not been made of it yet, as `keep` counts it.

    Up to MOST_ENTRIES at once, and what was set aside and is due. Two statements and those of
    the follower. While the database is away it raises what that raised: nothing is lost by it.
    """
    done = sum(_again(who, due, now) for due in _due(who, now))
    before = connection().scalar(select(who.cursor.entry_id)) or 0
    entries = _whole_acts(queries.since(before, MOST_ENTRIES))
    if not entries:
        return done
    try:
        return done + (_go_on(who, entries, before) or 0)
    except Exception as error:
        _refuse_outage(error)
        _log.exception("entries %s to %s are told act by act", entries[0].id, entries[-1].id)
        db.session.rollback()  # PostgreSQL answers nothing more in a transaction that failed
        return done + _act_by_act(who, entries, before, now)


def _refuse_outage(error: Exception) -> None:
    """Raise it again where the database is away: nothing is wrong with what was read."""
    cause = getattr(getattr(error, "orig", None), "sqlite_errorname", None)
    fault = cause is not None and not cause.removeprefix("SQLITE_").startswith(_AWAY)
    if isinstance(error, Busy | OperationalError | InterfaceError) and not fault:
        raise error


def _whole_acts(entries: list[Recorded]) -> list[Recorded]:
    """Without an act of which only the beginning was read."""
    if len(entries) < MOST_ENTRIES:
        return entries
    last = entries[-1].at
    return [entry for entry in entries if entry.at != last] or entries


def _go_on(who: Follower[Made], entries: Sequence[Recorded], before: int) -> int | None:
    """What came of entries; None if another worker was faster."""
    return _keep(who, who.make(entries), before, entries[-1].id)


@transaction
def _keep(who: Follower[Made], made: Made, before: int, after: int) -> int | None:
    return who.keep(made) if _advance(who.cursor, before, after) else None


def _advance(cursor: type[Cursor], before: int, after: int) -> bool:
    """False where another worker moved on meanwhile: then nothing may come of it here."""
    moved = update(cursor).where(cursor.entry_id == before).values(entry_id=after)
    return bool(connection().execute(moved).rowcount)


# ---- what cannot be told -----------------------------------------------------------------------


def _act_by_act(
    who: Follower[Made], entries: Sequence[Recorded], before: int, now: datetime
) -> int:
    done = 0
    for act in _acts(entries):
        try:
            count = _go_on(who, act, before)
        except Exception as error:
            _refuse_outage(error)
            _log.exception("entries %s to %s are set aside", act[0].id, act[-1].id)
            count = _set_aside(who.cursor, act, before, error, now)
        if count is None:
            break
        done, before = done + count, act[-1].id
    return done


def _acts(entries: Sequence[Recorded]) -> Iterator[list[Recorded]]:
    """What one person, or a clock, did to a booking in one second."""
    for _, act in groupby(entries, key=lambda e: (e.at, e.actor_id, e.booking_id)):
        yield list(act)


@transaction
def _set_aside(
    cursor: type[Cursor], act: Sequence[Recorded], before: int, error: Exception, now: datetime
) -> int | None:
    if not _advance(cursor, before, act[-1].id):
        return None
    row = {
        "reader": _name(cursor),
        "first_entry": act[0].id,
        "last_entry": act[-1].id,
        **_failed(1, error, now),
    }
    connection().execute(_ASIDE, row)
    return 0


def _due(who: Follower[Made], now: datetime) -> list[_Due]:
    rows = connection().execute(_DUE, {"reader": _name(who.cursor), "now": now})
    return [_Due._make(row) for row in rows]


def _again(who: Follower[Made], due: _Due, now: datetime) -> int:
    try:
        return _keep_late(who, who.make(queries.between(due.first, due.last)), due)
    except Exception as error:
        _refuse_outage(error)
        _log.exception("entries %s to %s stay aside", due.first, due.last)
        _put_off(due, error, now)
        return 0


@transaction
def _keep_late(who: Follower[Made], made: Made, due: _Due) -> int:
    found = delete(SetAside).where(SetAside.id == due.id).returning(SetAside.id)
    return 0 if db.session.scalar(found) is None else who.keep(made)


@transaction
def _put_off(due: _Due, error: Exception, now: datetime) -> None:
    """Another worker that failed at the same time counts as the same attempt."""
    failed = _failed(due.attempts + 1, error, now)
    connection().execute(update(table_of(SetAside)).where(SetAside.id == due.id).values(failed))


def _failed(attempts: int, error: Exception, now: datetime) -> dict[str, object]:
    """Tried again in 1, 2, 4 … minutes, then every hour; after the last attempt it stays aside."""
    wait = LONGEST_WAIT if attempts > 6 else timedelta(minutes=2 ** (attempts - 1))
    return {"attempts": attempts, "due_at": now + wait, "error": _where(error)}


def _where(error: Exception) -> str:
    """Of which kind, and the last place in this product; never what it says: it may be a title."""
    places = [
        (name, number)
        for frame, number in walk_tb(error.__traceback__)
        if (name := str(frame.f_globals.get("__name__"))).startswith("booking.")
    ]
    module, line = places[-1]
    return f"{type(error).__name__} ({module}, {line})"[:ERROR_LENGTH]


def _name(cursor: type[Cursor]) -> str:
    return str(cursor.__tablename__)  # type: ignore[attr-defined]
