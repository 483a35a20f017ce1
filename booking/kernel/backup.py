"""Copies of a SQLite database, made while it is in use."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from booking.kernel.db import db
from booking.kernel.diagnosis import disconnect
from booking.kernel.errors import BookingError

PAGES_AT_ONCE = 2000
ALL_PAGES = -1
LOCK_WAIT_S = 30


class BackupFailed(BookingError):
    """A copy could not be made or used; code: `file_exists`, `no_backup`, `not_sqlite`, `damaged`.

    Params: `path`.
    """

    code = "damaged"


def write_backup(target: Path) -> int:
    """Copy the database into a new file, one consistent state of it; answers its size in bytes.

    Bookings go on in the meantime. The copy is checked before it gets its name. Raises
    BackupFailed.
    """
    if target.exists():
        raise BackupFailed("file_exists", path=str(target))
    partial = target.with_name(f".{target.name}.partial")
    _make_private(partial)
    try:
        _copy(_live_path(), partial, PAGES_AT_ONCE)
        _make_single_file(partial)
        _check(partial)
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)
    return target.stat().st_size


def restore_backup(source: Path, aside: Path) -> None:
    """Put a backup in the place of the database; what was there before is kept as `aside`.

    All at once: other processes see either the old or the new content. Raises BackupFailed, and
    changes nothing, when the file is no sound backup of this product.
    """
    live = _live_path()
    _check(source)
    disconnect()
    if live.exists():
        write_backup(aside)
    _copy(source, live, ALL_PAGES)


def _live_path() -> Path:
    name = db.engine.url.database
    if db.engine.dialect.name != "sqlite" or not name:
        raise BackupFailed("not_sqlite", path=str(name))
    return Path(name)


def _make_private(path: Path) -> None:
    """People's names are in it: for the owner alone."""
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _copy(source: Path, target: Path, pages: int) -> None:
    with closing(_open(source)) as old, closing(_open(target)) as new:
        old.backup(new, pages=pages)


def _make_single_file(path: Path) -> None:
    """Leave the write-ahead log, so that nothing of the copy lives in another file."""
    with closing(_open(path)) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=LOCK_WAIT_S)


def _check(path: Path) -> None:
    """Make sure that it is a whole database of this product."""
    if not path.is_file():
        raise BackupFailed("no_backup", path=str(path))
    try:
        with closing(_open(path)) as copy:
            sound = copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise BackupFailed("damaged", path=str(path)) from error
    if not sound:
        raise BackupFailed("damaged", path=str(path))
