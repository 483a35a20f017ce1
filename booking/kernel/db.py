"""The database handle, the declarative base and the column types of this product."""

from datetime import UTC, datetime
from typing import Annotated, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    ForeignKey,
    MetaData,
    Table,
    TypeDecorator,
    bindparam,
    event,
    func,
    select,
)
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.types import TypeEngine

from booking.kernel import postgres

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# Written on every SQLite connection. FULL, because NORMAL loses acknowledged bookings in a power
# cut; no memory map, because an I/O error there kills the process instead of failing a statement.
SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=10000",
    "mmap_size=0",
    "cell_size_check=ON",
    "trusted_schema=OFF",
    "secure_delete=ON",
    "cache_size=-16384",
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant, kept as whole epoch seconds on both engines.

    Integers cost a third of timestamps to read through psycopg and a third of their room in SQLite.
    Raises ValueError for a naive datetime and for fractions of a second: nothing is rounded.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None or value.microsecond:
            raise ValueError(f"an instant needs a zone and whole seconds: {value!r}")
        return int(value.timestamp())

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromtimestamp(value, UTC)


class Base(DeclarativeBase):
    """Parent of every table class."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        dict[str, str]: JSON,
        list[str]: JSON,
    }


Key = Annotated[int, mapped_column(primary_key=True)]
Seconds = Annotated[int, mapped_column(BigInteger)]
"""Epoch seconds, UTC."""

DIALECTS = ("sqlite", "postgresql")

_CONNECTION = "connection"
_READING = {postgres.READING: True}

# Only its session and engine are used: the tables are plain SQLAlchemy under `Base`.
db = SQLAlchemy(session_options={"expire_on_commit": False, "autoflush": False})


def connection() -> Connection:
    """The current session's connection, for statements that bring columns rather than entities.

    `db.session.execute` would do the same, for a third more; and a session takes as long to say
    which connection it has as SQLite to answer something small: it is asked once a transaction.
    """
    session = db.session()
    known: tuple[object, Connection] | None = session.info.get(_CONNECTION)
    if known and known[0] is session.get_transaction():
        return known[1]
    found = _for_reading(session) if session.get_transaction() is None else session.connection()
    session.info[_CONNECTION] = (session.get_transaction(), found)
    return found


def _for_reading(session: Session) -> Connection:
    """PostgreSQL is asked without a transaction: to begin and end one would be for nothing."""
    if session.get_bind().dialect.name == "postgresql":
        return session.connection(execution_options=_READING)
    return session.connection()


def table_of(model: type[Base]) -> Table:
    """The table itself: writes to it skip the ORM, which would cost them three times as much."""
    found = model.__table__
    assert isinstance(found, Table)
    return found


def listed(column: Any, name: str, dialect: str) -> ColumnElement[bool]:
    """Whether an id is in the list that is bound as `name`: one statement for lists of any length.

    PostgreSQL is given an array, SQLite JSON; who binds it gives a list to both.
    """
    if dialect == "postgresql":
        within: ColumnElement[bool] = column == func.any(bindparam(name, type_=ARRAY(BigInteger)))
        return within
    found: ColumnElement[bool] = column.in_(select(each_of(name, BigInteger(), dialect)))
    return found


def each_of(name: str, type_: TypeEngine[Any], dialect: str) -> ColumnElement[Any]:
    """A column with each of the values in the list that is bound as `name`, row by row."""
    if dialect == "postgresql":
        return func.unnest(bindparam(name, type_=ARRAY(type_)))
    each: ColumnElement[Any] = (
        func.json_each(bindparam(name, type_=JSON)).table_valued("value").c.value
    )
    return each


def reference(target: str, *, ondelete: str = "RESTRICT", **options: Any) -> Any:
    """A column that points to `target` ("table.column"), restricted on delete unless told."""
    return mapped_column(ForeignKey(target, ondelete=ondelete), **options)


def prepare_engine(engine: Engine) -> None:
    """Make an engine keep our transaction promises; call once, before its first connection."""
    if engine.dialect.name == "sqlite":
        _begin_as_told(engine)
    else:
        postgres.prepare(engine)


def _begin_as_told(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we write BEGIN ourselves, see below
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("write"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:  # takes no lock, so nothing can be said against it
            connection.connection.driver_connection.execute("BEGIN")  # type: ignore[union-attr]
