"""The one place that commits: a write runs whole, alone on its spaces, and again if it must."""

import fcntl
import functools
import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from booking.kernel.db import db
from booking.kernel.errors import Busy

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS = 5
# Serialization failure, deadlock, lock not available: the whole work may be done again.
RETRYABLE_SQLSTATES = frozenset({"40001", "40P01", "55P03"})
_guards: set[str] = set()
_log = logging.getLogger(__name__)
_WRITING = "writing"
_MEMO = "memo"
_ON_COMMIT = "on_commit"


class Redo(Exception):
    """Raised inside a transaction whose reads went stale: roll back and run it again."""


def again_after(*constraints: str) -> None:
    """Have work that violates one of these done again: somebody wrote past what it had locked."""
    _guards.update(constraints)


def transaction(work: Callable[P, R]) -> Callable[P, R]:
    """Decorate a write: it commits when `work` returns and leaves nothing when it raises.

    On SQLite writers queue behind a file lock and begin IMMEDIATE; on PostgreSQL `work` locks the
    spaces it touches first (see `booking.facilities.queries.lock_spaces`). A decorated function
    called inside another joins its transaction. Serialization failures, deadlocks and what
    `again_after` names redo the whole work from its reads, at most five times.

    Raises Busy when the database stays locked; or when a constraint was violated each time, which
    is written to the log, for then it was nobody else.
    """

    @functools.wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if in_transaction():
            return work(*args, **kwargs)
        last: Exception | None = None
        for attempt in range(ATTEMPTS):
            try:
                return _once(lambda: work(*args, **kwargs))
            except (DBAPIError, Redo) as error:
                if not _retryable(error):
                    raise
                last = error
                time.sleep(random.uniform(0.002, 0.02) * (attempt + 1))
        if isinstance(last, IntegrityError):
            _log.error("a constraint was violated at each attempt", exc_info=last)
        raise Busy from last

    return run


def memo() -> dict[str, object]:
    """What this request has read once and need not read again; empty after every write begins."""
    kept: dict[str, object] = db.session().info.setdefault(_MEMO, {})
    return kept


def on_commit(do: Callable[[], None]) -> None:
    """Do something once the current transaction has committed; never, if it does not."""
    db.session().info.setdefault(_ON_COMMIT, []).append(do)


def in_transaction() -> bool:
    """Whether the current session is inside a `transaction`."""
    return bool(db.session().info.get(_WRITING))


def _once(work: Callable[[], R]) -> R:
    session = db.session()
    session.rollback()  # ends the read that loading the user began; it could not be upgraded
    with _queue(session.get_bind()), _begun(session):
        result = work()
        session.commit()
        for do in session.info.get(_ON_COMMIT, ()):
            do()
        return result


@contextmanager
def _begun(session: Session) -> Iterator[None]:
    session.info[_WRITING] = True
    _forget(session)
    try:
        session.connection(execution_options={"write": True})
        yield
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info[_WRITING] = False
        _forget(session)


def _forget(session: Session) -> None:
    session.info.pop(_MEMO, None)
    session.info.pop(_ON_COMMIT, None)


@contextmanager
def _queue(bind: object) -> Iterator[None]:
    """One writer at a time on a SQLite file, in order of arrival, across processes."""
    path = bind.url.database if isinstance(bind, Engine) and bind.dialect.name == "sqlite" else None
    if not path or path == ":memory:":
        yield
        return
    with open(f"{path}.lock", "a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _retryable(error: Exception) -> bool:
    if isinstance(error, Redo):
        return True
    cause = getattr(error, "orig", None)
    if isinstance(error, IntegrityError) and any(guard in str(cause) for guard in _guards):
        return True
    if getattr(cause, "sqlstate", None) in RETRYABLE_SQLSTATES:
        return True
    return getattr(cause, "sqlite_errorname", "").startswith("SQLITE_BUSY")
