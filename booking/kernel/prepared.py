"""Statements that every request sends: put into SQL once, then handed to the driver as they are.

SQLAlchemy readies a statement each time it is sent, which takes several times as long as SQLite
needs to answer a small one. What is sent rarely, or put together anew each time, goes through
`db.connection()`; see decision 036.
"""

import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

import psycopg
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    CompoundSelect,
    Connection,
    Dialect,
    Insert,
    Select,
    UpdateBase,
    bindparam,
    func,
    select,
)
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from booking.kernel import driver, postgres
from booking.kernel.db import connection
from booking.kernel.pipeline import Sent

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
        self._ready: dict[tuple[object, ...], _Ready] = {}

    def all(self, **bound: Any) -> list[Any]:
        """Every row, as a tuple."""
        return self.ask(**bound).all()

    def mappings(self, **bound: Any) -> list[dict[str, Any]]:
        """Every row, by the names of its columns."""
        return self.ask(**bound).mappings()

    def column(self, **bound: Any) -> list[Any]:
        """The first column of every row."""
        return self.ask(**bound).column()

    def value(self, **bound: Any) -> Any:
        """The first column of the first row, None where there is no row."""
        return self.ask(**bound).value()

    def ask(self, **bound: Any) -> "Answer":
        """Send it; what it brings is waited for when somebody looks.

        PostgreSQL answers what is asked before somebody looks in one go. An error may come with
        a later look, or at the end of the transaction.
        """
        link = connection()
        ready = self._readied(link.dialect, bound)
        values = ready.values(bound)
        _tell(link, ready, values)
        return Answer(link, ready, values)

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Send it once for each of these rows of bound values, which all have the same names.

        Nothing for no rows. In a transaction on PostgreSQL nobody waits for it: what the database
        says against it comes with a later look, or at the end. Raises TypeError for rows of
        different names.
        """
        sets = list(rows)
        if not sets:
            return
        link, first = connection(), sets[0]
        if any(bound.keys() != first.keys() for bound in sets):
            raise TypeError("rows of different columns")
        ready = self._readied(link.dialect, first, many=len(sets) > 1)
        if ready.of_lists:
            sets = [{name: [bound[name] for bound in sets] for name in first}]
        values = [ready.values(bound) for bound in sets]
        _tell(link, ready, values if len(values) > 1 else values[0])
        _write(link, ready, values)

    def _readied(
        self, dialect: Dialect, bound: Mapping[str, Any], *, many: bool = False
    ) -> "_Ready":
        key = (dialect.name, many, *bound)
        found = self._ready.get(key)
        if found is None:
            made = self._statement
            statement = made(dialect.name) if callable(made) else made
            if many and dialect.name == "postgresql" and isinstance(statement, Insert):
                of_lists = _of_lists(statement, bound)
                found = _readied(of_lists, dialect, bound)._replace(of_lists=True)
            else:
                found = _readied(statement, dialect, bound)
            self._ready[key] = found
        return found


class Answer:
    """What a statement brings, waited for at the first look."""

    __slots__ = ("_link", "_ready", "_rows", "_sent")

    def __init__(self, link: Connection, ready: "_Ready", values: Any) -> None:
        self._link, self._ready = link, ready
        self._rows: list[Any] | None = None
        if link.dialect.name == "postgresql":
            self._sent = _sent(link, ready, values)
        else:
            self._rows = self._converted(_fetched(link, ready, values))

    def all(self) -> list[Any]:
        """Every row, as a tuple."""
        if self._rows is None:
            self._rows = self._converted(_looked_at(self._link, self._ready, self._sent))
        return self._rows

    def mappings(self) -> list[dict[str, Any]]:
        """Every row, by the names of its columns."""
        names = self._ready.names
        return [dict(zip(names, row, strict=True)) for row in self.all()]

    def column(self) -> list[Any]:
        """The first column of every row."""
        return [row[0] for row in self.all()]

    def value(self) -> Any:
        """The first column of the first row, None where there is no row."""
        rows = self.all()
        return rows[0][0] if rows else None

    def _converted(self, rows: list[Any]) -> list[Any]:
        converters = self._ready.converters
        return _converted(rows, converters) if converters else rows


class _Ready(NamedTuple):
    """A statement in the words of one engine."""

    sql: str
    order: Sequence[str]
    """Of the values."""
    fixed: Mapping[str, Any]
    """Values that the statement itself brings."""
    processors: Sequence[tuple[str, _Process]]
    """For values on their way in."""
    names: Sequence[str]
    """Of the columns that come back."""
    converters: Sequence[tuple[int, _Process]]
    """For columns on their way out, by place."""
    of_lists: bool = False
    """Whether each value is the list of what the rows have, to write them all at once."""

    def values(self, bound: Mapping[str, Any]) -> list[Any]:
        """What the driver is given."""
        found = bound
        if self.fixed or self.processors:
            found = {**self.fixed, **bound}
            for name, process in self.processors:
                found[name] = process(found[name])
        return [found[name] for name in self.order]


_NAMED = re.compile(r"%\(([^)]+)\)s")
"""How psycopg has a bound value marked, where PostgreSQL itself counts them."""


def _counted(sql: str) -> tuple[str, list[str]]:
    """The statement as PostgreSQL has it, and the names of $1, $2 and so on."""
    order = list(dict.fromkeys(_NAMED.findall(sql)))
    counted = _NAMED.sub(lambda found: f"${order.index(found[1]) + 1}", sql)
    return counted.replace("%%", "%"), order


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
    sql, order = said.statement, list(said.positiontup or ())
    if dialect.name == "postgresql":
        sql, order = _counted(sql)
    return _Ready(
        sql=sql,
        order=order,
        fixed={name: _through(into.get(name), value) for name, value in own.items()},
        processors=[(name, process) for name in bound if (process := into[name])],
        names=[str(column.key) for column in columns],
        converters=[(place, process) for place, process in out if process],
    )


def _of_lists(statement: Insert, bound: Iterable[str]) -> Statement:
    """The same insert of as many rows as there are in the list that is bound to each column."""
    columns = statement.table.c
    lists = (func.unnest(bindparam(name, type_=ARRAY(columns[name].type))) for name in bound)
    return statement.from_select(list(bound), select(*lists))


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


def _tell(link: Connection, ready: _Ready, values: Any) -> None:
    """Whoever counts statements."""
    for tell in link.dispatch.before_cursor_execute:
        tell(link, None, ready.sql, values, None, False)


# ---- SQLite -------------------------------------------------------------------------------------


def _fetched(link: Connection, ready: _Ready, values: Any) -> list[Any]:
    cursor = link.connection.cursor()
    try:
        cursor.execute(ready.sql, values)
        return cast("list[Any]", cursor.fetchall()) if ready.names else []
    except sqlite3.Error as said:
        raise driver.error(link, ready.sql, said) from said
    finally:
        cursor.close()


def _write(link: Connection, ready: _Ready, values: Sequence[Any]) -> None:
    if link.dialect.name == "postgresql":
        for each in values:
            sent = _sent(link, ready, each)
        if not postgres.of(link).begun:
            _looked_at(link, ready, sent)
        return
    cursor = link.connection.cursor()
    try:
        cursor.executemany(ready.sql, values)
    except sqlite3.Error as said:
        raise driver.error(link, ready.sql, said) from said
    finally:
        cursor.close()


# ---- PostgreSQL ---------------------------------------------------------------------------------


def _sent(link: Connection, ready: _Ready, values: Sequence[Any]) -> Sent:
    try:
        return postgres.of(link).send(ready.sql, values)
    except psycopg.Error as said:
        raise driver.error(link, ready.sql, said) from said


def _looked_at(link: Connection, ready: _Ready, sent: Sent) -> list[Any]:
    try:
        return postgres.of(link).rows_of(sent)
    except psycopg.Error as said:
        raise driver.error(link, ready.sql, said) from said
