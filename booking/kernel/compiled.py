"""Statements as an engine has them: compiled by SQLAlchemy, ready for the driver."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    CompoundSelect,
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

Statement = Select[*tuple[Any, ...]] | CompoundSelect[Any] | UpdateBase
_Process = Callable[[Any], Any]
_MARK = re.compile(r"%%|%\((.+?)\)s")
"""How psycopg has a sign of per cent and a bound value written; PostgreSQL itself counts these."""


class Compiled(NamedTuple):
    """A statement in the words of one engine, for certain names of bound values."""

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

    def converted(self, rows: list[Any]) -> list[Any]:
        """Rows of the driver, as the types of their columns say."""
        if not self.converters:
            return rows
        found = [list(row) for row in rows]
        for row in found:
            for place, process in self.converters:
                row[place] = process(row[place])
        return found


def compiled(
    statement: Statement, dialect: Dialect, bound: Mapping[str, Any], *, many: bool = False
) -> Compiled:
    """Put a statement into the words of an engine, for the names of what will be bound.

    `many` rows of an insert go to PostgreSQL as one statement, `of_lists`. Raises TypeError for
    names that it does not have and for columns whose default is a function, InvalidRequestError
    for names that are left out.
    """
    of_lists = many and dialect.name == "postgresql" and isinstance(statement, Insert)
    said = _compiled(_of_lists(statement, bound) if of_lists else statement, dialect, bound)
    return said._replace(of_lists=of_lists)


def _compiled(statement: Statement, dialect: Dialect, bound: Mapping[str, Any]) -> Compiled:
    made = statement.compile(dialect=dialect, column_keys=list(bound))
    binds = made.binds
    if strange := [name for name in bound if name not in binds or binds[name].expanding]:
        raise TypeError(f"{strange} cannot be bound to {made}")
    said = made.construct_expanded_state({**_defaults(made), **bound})
    into = {name: _into(bind.type, dialect) for name, bind in binds.items()} | dict(said.processors)
    columns = _columns(statement, made)
    out = [(place, _from(column.type, dialect)) for place, column in enumerate(columns)]
    own = {name: value for name, value in said.parameters.items() if name not in bound}
    sql, order = said.statement, list(said.positiontup or ())
    if dialect.name == "postgresql":
        sql, order = _counted(sql)
    return Compiled(
        sql=sql,
        order=order,
        fixed={name: _through(into.get(name), value) for name, value in own.items()},
        processors=[(name, process) for name in bound if (process := into[name])],
        names=[str(column.key) for column in columns],
        converters=[(place, process) for place, process in out if process],
    )


def _counted(sql: str) -> tuple[str, list[str]]:
    """The statement as PostgreSQL has it, and the names of $1, $2 and so on."""
    order = list(dict.fromkeys(filter(None, _MARK.findall(sql))))
    return _MARK.sub(lambda mark: f"${order.index(mark[1]) + 1}" if mark[1] else "%", sql), order


def _of_lists(statement: Any, bound: Iterable[str]) -> Statement:
    """The same insert of as many rows as there are in the list that is bound to each column."""
    columns = statement.table.c
    lists = (func.unnest(bindparam(name, type_=ARRAY(columns[name].type))) for name in bound)
    found: Statement = statement.from_select(list(bound), select(*lists))
    return found


def _defaults(made: SQLCompiler) -> dict[str, Any]:
    """What the table gives to columns of a new row that are not bound: always the same value."""
    found: dict[str, Any] = {column.key: column.default for column in made.prefetch}
    if anew := [name for name, default in found.items() if not default.is_scalar]:
        raise TypeError(f"{anew} must be bound")
    return {name: default.arg for name, default in found.items()}


def _columns(statement: Statement, made: SQLCompiler) -> Sequence[ColumnElement[Any]]:
    """What comes back of each row."""
    if isinstance(statement, UpdateBase) and not made.effective_returning:
        return ()
    return list(statement.exported_columns)


def _into(of: TypeEngine[Any], dialect: Dialect) -> _Process | None:
    return of.dialect_impl(dialect).bind_processor(dialect)


def _from(of: TypeEngine[Any], dialect: Dialect) -> _Process | None:
    return of.dialect_impl(dialect).result_processor(dialect, None)


def _through(process: _Process | None, value: Any) -> Any:
    return process(value) if process else value
