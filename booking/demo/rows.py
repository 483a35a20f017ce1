"""Many rows into a table at once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from psycopg import Connection, sql
from sqlalchemy import Table, insert, select
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from booking.kernel.db import Base, db

Row = Mapping[str, Any]
BATCH = 10_000


def add(table: type[Base], rows: Iterable[Row]) -> None:
    """Insert rows, all with the same keys.

    Many of them go straight to the driver, on PostgreSQL by COPY: that is several times faster.
    """
    listed = list(rows)
    if len(listed) <= BATCH:
        if listed:
            db.session.execute(insert(core(table)), listed)
    elif db.engine.dialect.name == "postgresql":
        _copy(core(table), listed)
    else:
        _insert(core(table), listed)


def core(table: type[Base]) -> Table:
    """The table itself: inserts into it go to the driver as they are."""
    found = table.__table__
    assert isinstance(found, Table)
    return found


def ids(table: type[Base], column: str = "code") -> dict[str, int]:
    """The id behind every code of a table."""
    columns = core(table).c
    rows = db.session.execute(select(columns[column], columns.id)).all()
    return {row[0]: row[1] for row in rows}


def _insert(table: Table, rows: Sequence[Row]) -> None:
    names = [*rows[0], *_defaults(table, rows[0])]
    statement = insert(table).compile(dialect=db.engine.dialect, column_keys=names)
    written = list(_for_driver(table, statement.positiontup or names, rows))
    db.session.connection().exec_driver_sql(str(statement), written)


def _copy(table: Table, rows: Sequence[Row]) -> None:
    names = [*rows[0], *_defaults(table, rows[0])]
    connection: Connection[Any] = db.session.connection().connection.driver_connection  # type: ignore[assignment]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for values in _for_driver(table, names, rows):
            copy.write_row(values)


def _for_driver(
    table: Table, names: Sequence[str], rows: Sequence[Row]
) -> Iterator[tuple[Any, ...]]:
    """The values of these columns as the driver wants them, row by row."""
    constants = _defaults(table, rows[0])
    to_driver = list(zip(names, _processors(table, names), strict=True))
    for row in rows:
        whole = {**constants, **row}
        yield tuple(f(whole[name]) if f else whole[name] for name, f in to_driver)


def _defaults(table: Table, row: Row) -> dict[str, Any]:
    """What the columns that the rows leave out get."""
    left_out = (column for column in table.columns if column.name not in row)
    return {
        column.name: column.default.arg
        for column in left_out
        if isinstance(column.default, ScalarElementColumnDefault)
    }


def _processors(table: Table, names: Sequence[str]) -> list[Callable[[Any], Any] | None]:
    """For each column, what turns a value of ours into one of the driver's, if anything has to."""
    dialect = db.engine.dialect
    return [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]
