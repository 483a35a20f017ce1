"""Statements that every request sends: put into SQL once, then handed to the driver as they are.

SQLAlchemy readies a statement each time it is sent, which takes several times as long as SQLite
needs to answer a small one. What is sent rarely, or put together anew each time, goes through
`db.connection()`; see decision 036.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, Dialect

from booking.kernel import driver, postgres
from booking.kernel.compiled import Compiled, Statement, compiled
from booking.kernel.db import connection
from booking.kernel.pipeline import Sent

Maker = Callable[[str], Statement]


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
        self._ready: dict[tuple[object, ...], Compiled] = {}

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
        if link.dialect.name == "postgresql":
            _sent_each(link, ready, values)
        else:
            _executed(link, ready, values)

    def _readied(
        self, dialect: Dialect, bound: Mapping[str, Any], *, many: bool = False
    ) -> Compiled:
        key = (dialect.name, many, *bound)
        found = self._ready.get(key)
        if found is None:
            made = self._statement
            statement = made(dialect.name) if callable(made) else made
            found = self._ready[key] = compiled(statement, dialect, bound, many=many)
        return found


class Answer:
    """What a statement brings, waited for at the first look."""

    __slots__ = ("_link", "_ready", "_rows", "_sent")

    def __init__(self, link: Connection, ready: Compiled, values: Any) -> None:
        self._link, self._ready = link, ready
        self._rows: list[Any] | None = None
        if link.dialect.name == "postgresql":
            self._sent = _sent(link, ready, values)
        else:
            self._rows = ready.converted(_fetched(link, ready, values))

    def all(self) -> list[Any]:
        """Every row, as a tuple."""
        if self._rows is None:
            self._rows = self._ready.converted(_looked_at(self._link, self._ready, self._sent))
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


def _tell(link: Connection, ready: Compiled, values: Any) -> None:
    """Whoever counts statements."""
    for tell in link.dispatch.before_cursor_execute:
        tell(link, None, ready.sql, values, None, False)


# ---- SQLite -------------------------------------------------------------------------------------


def _fetched(link: Connection, ready: Compiled, values: Any) -> list[Any]:
    cursor = link.connection.cursor()
    try:
        cursor.execute(ready.sql, values)
        return cast("list[Any]", cursor.fetchall()) if ready.names else []
    except sqlite3.Error as said:
        raise driver.error(link, ready.sql, said) from said
    finally:
        cursor.close()


def _executed(link: Connection, ready: Compiled, values: Sequence[Any]) -> None:
    cursor = link.connection.cursor()
    try:
        cursor.executemany(ready.sql, values)
    except sqlite3.Error as said:
        raise driver.error(link, ready.sql, said) from said
    finally:
        cursor.close()


# ---- PostgreSQL ---------------------------------------------------------------------------------


def _sent(link: Connection, ready: Compiled, values: Sequence[Any]) -> Sent:
    try:
        return postgres.of(link).send(ready.sql, values)
    except psycopg.Error as said:
        raise driver.error(link, ready.sql, said) from said


def _sent_each(link: Connection, ready: Compiled, values: Sequence[Any]) -> None:
    """In a transaction nobody waits for it."""
    for each in values:
        sent = _sent(link, ready, each)
    if not postgres.of(link).begun:
        _looked_at(link, ready, sent)


def _looked_at(link: Connection, ready: Compiled, sent: Sent) -> list[Any]:
    try:
        return postgres.of(link).rows_of(sent)
    except psycopg.Error as said:
        raise driver.error(link, ready.sql, said) from said
