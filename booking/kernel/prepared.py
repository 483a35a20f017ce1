"""Statements that every request sends: put into SQL once, then handed to the driver as they are.

SQLAlchemy readies a statement each time it is sent, which takes several times as long as SQLite
needs to answer a small one. What is sent rarely, or put together anew each time, goes through
`db.connection()`; see decision 036.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar, cast

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Dialect, Select, UpdateBase
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from booking.kernel.db import connection

T = TypeVar("T")
Statement = Select[*tuple[Any, ...]] | CompoundSelect[Any] | UpdateBase
Maker = Callable[[str], Statement]
_Process = Callable[[Any], Any]


class Prepared:
    """A statement for the current session's connection, whose bound values are given by name.

    Takes the statement, or what makes one for a dialect ("sqlite", "postgresql"). A list is bound
    where `db.listed` has its place, never to an expanding parameter. Values and columns are
    converted as their types say. Errors of the driver come as SQLAlchemy's, and its events
    `before_cursor_execute` are told.

    Raises TypeError for names that the statement does not have and for columns whose default is a
    function, InvalidRequestError for names that are left out.
    """

    def __init__(self, statement: Statement | Maker) -> None:
        self._statement = statement
        self._ready: dict[tuple[str, ...], _Ready] = {}

    def all(self, **bound: Any) -> list[Any]:
        """Every row, as a tuple."""
        return self._sent(bound)[0]

    def mappings(self, **bound: Any) -> list[dict[str, Any]]:
        """Every row, by the names of its columns."""
        rows, ready = self._sent(bound)
        return [dict(zip(ready.names, row, strict=True)) for row in rows]

    def column(self, **bound: Any) -> list[Any]:
        """The first column of every row."""
        return [row[0] for row in self._sent(bound)[0]]

    def value(self, **bound: Any) -> Any:
        """The first column of the first row, None where there is no row."""
        rows, _ = self._sent(bound)
        return rows[0][0] if rows else None

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Send it once for each of these rows of bound values, which all have the same names.

        Nothing for no rows. Raises TypeError for rows of different names.
        """
        sets = list(rows)
        if not sets:
            return
        link = connection()
        ready = self._readied(link.dialect, sets[0])
        if any(bound.keys() != sets[0].keys() for bound in sets):
            raise TypeError("rows of different columns")
        values = [ready.values(bound) for bound in sets]
        if len(values) == 1:
            _driven(link, ready.sql, values[0], lambda cursor: cursor.execute(ready.sql, values[0]))
        else:
            _driven(link, ready.sql, values, lambda cursor: cursor.executemany(ready.sql, values))

    def _sent(self, bound: Mapping[str, Any]) -> "tuple[list[Any], _Ready]":
        link = connection()
        ready = self._readied(link.dialect, bound)
        values = ready.values(bound)

        def run(cursor: Any) -> list[Any]:
            cursor.execute(ready.sql, values)
            return cast("list[Any]", cursor.fetchall()) if ready.names else []

        rows = _driven(link, ready.sql, values, run)
        return (_converted(rows, ready.converters) if ready.converters else rows), ready

    def _readied(self, dialect: Dialect, bound: Mapping[str, Any]) -> "_Ready":
        key = (dialect.name, *bound)
        found = self._ready.get(key)
        if found is None:
            made = self._statement
            statement = made(dialect.name) if callable(made) else made
            found = self._ready[key] = _readied(statement, dialect, bound)
        return found


class _Ready(NamedTuple):
    """A statement in the words of one engine."""

    sql: str
    order: Sequence[str] | None
    """Of the values, where the driver counts them; None where it knows them by name."""
    fixed: Mapping[str, Any]
    """Values that the statement itself brings."""
    processors: Sequence[tuple[str, _Process]]
    """For values on their way in."""
    names: Sequence[str]
    """Of the columns that come back."""
    converters: Sequence[tuple[int, _Process]]
    """For columns on their way out, by place."""

    def values(self, bound: Mapping[str, Any]) -> Any:
        """What the driver is given."""
        found = bound
        if self.fixed or self.processors:
            found = {**self.fixed, **bound}
            for name, process in self.processors:
                found[name] = process(found[name])
        return found if self.order is None else [found[name] for name in self.order]


def _readied(statement: Statement, dialect: Dialect, bound: Mapping[str, Any]) -> _Ready:
    compiled = statement.compile(dialect=dialect, column_keys=list(bound))
    binds = compiled.binds
    if strange := [name for name in bound if name not in binds or binds[name].expanding]:
        raise TypeError(f"{strange} cannot be bound to {compiled}")
    said = compiled.construct_expanded_state({**_defaults(compiled), **bound})
    into = {name: _into(bind.type, dialect) for name, bind in binds.items()} | dict(said.processors)
    columns = _columns(statement, compiled)
    out = [(place, _from(column.type, dialect)) for place, column in enumerate(columns)]
    own = {name: value for name, value in said.parameters.items() if name not in bound}
    return _Ready(
        sql=said.statement,
        order=said.positiontup,
        fixed={name: _through(into.get(name), value) for name, value in own.items()},
        processors=[(name, process) for name in bound if (process := into[name])],
        names=[str(column.key) for column in columns],
        converters=[(place, process) for place, process in out if process],
    )


def _defaults(compiled: SQLCompiler) -> dict[str, Any]:
    """What the table gives to columns of a new row that are not bound: always the same value."""
    found: dict[str, Any] = {column.key: column.default for column in compiled.prefetch}
    if made := [name for name, default in found.items() if not default.is_scalar]:
        raise TypeError(f"{made} must be bound")
    return {name: default.arg for name, default in found.items()}


def _columns(statement: Statement, compiled: SQLCompiler) -> Sequence[ColumnElement[Any]]:
    """What comes back of each row."""
    if isinstance(statement, UpdateBase) and not compiled.effective_returning:
        return ()
    return list(statement.exported_columns)


def _into(of: TypeEngine[Any], dialect: Dialect) -> _Process | None:
    return of.dialect_impl(dialect).bind_processor(dialect)


def _from(of: TypeEngine[Any], dialect: Dialect) -> _Process | None:
    return of.dialect_impl(dialect).result_processor(dialect, None)


def _through(process: _Process | None, value: Any) -> Any:
    return process(value) if process else value


def _converted(rows: Sequence[Any], converters: Sequence[tuple[int, _Process]]) -> list[Any]:
    found = [list(row) for row in rows]
    for row in found:
        for place, process in converters:
            row[place] = process(row[place])
    return found


def _driven(link: Connection, sql: str, values: Any, run: Callable[[Any], T]) -> T:
    """Do something with a cursor of the connection; its errors come as SQLAlchemy's."""
    pooled = link.connection
    cursor = pooled.cursor()
    for tell in link.dispatch.before_cursor_execute:
        tell(link, cursor, sql, values, None, False)
    driver = link.dialect.loaded_dbapi.Error
    try:
        return run(cursor)
    except driver as error:
        broken = link.dialect.is_disconnect(error, pooled, cursor)
        if broken:
            link.invalidate(error)
        raise DBAPIError.instance(sql, None, error, driver, True, broken, link.dialect) from error
    finally:
        cursor.close()
