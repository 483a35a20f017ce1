"""How the database is: for health checks and for the command that looks after an installation."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from booking.kernel.db import SQLITE_PRAGMAS, db

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
WORDS = {"0": "OFF", "1": "ON", "2": "FULL"}
NUMBERED = frozenset(
    {"synchronous", "foreign_keys", "cell_size_check", "trusted_schema", "secure_delete"}
)
"""Settings that SQLite answers by number."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of the database as it should be and as it was read back."""

    name: str
    wanted: str
    found: str

    @property
    def holds(self) -> bool:
        """Whether the database took it over."""
        return self.wanted.lower() == self.found.lower()


def is_reachable() -> bool:
    """Whether the database answers."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        db.session.rollback()
        return False
    return True


def is_migrated() -> bool:
    """Whether the tables are those that this version needs."""
    return applied_version() == newest_version()


def applied_version() -> str | None:
    """The last migration that ran; None in an empty or unreachable database."""
    try:
        return MigrationContext.configure(db.session.connection()).get_current_revision()
    except SQLAlchemyError:
        db.session.rollback()
        return None


@lru_cache
def newest_version() -> str | None:
    """The last migration that this version brings."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head()


def dialect() -> str:
    """ "sqlite" or "postgresql"."""
    return db.engine.dialect.name


def server_version() -> str:
    """The version of the database engine, as in "3.51.3" or "15.18"."""
    statement = "SELECT sqlite_version()" if dialect() == "sqlite" else "SHOW server_version"
    return str(db.session.scalar(text(statement)))


def sqlite_settings() -> list[Setting]:
    """What we ask of every SQLite connection, beside what it answers; empty elsewhere."""
    if dialect() != "sqlite":
        return []
    return [_setting(*pragma.split("=")) for pragma in SQLITE_PRAGMAS]


def disconnect() -> None:
    """Close every connection of this process, as before it is forked or a file is replaced."""
    db.session.remove()
    db.engine.dispose()


def _setting(name: str, wanted: str) -> Setting:
    found = str(db.session.scalar(text(f"PRAGMA {name}")))
    if name in NUMBERED:
        found = WORDS.get(found, found)
    return Setting(name, wanted, found)
