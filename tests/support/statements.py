"""Counting the statements that reach the database, and comparing what is in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event, select

from booking.kernel.db import Base, db


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The statements sent within the block, transaction control left out."""
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def contents(app: Flask, *, besides: frozenset[str] = frozenset()) -> dict[str, list[Any]]:
    """All rows of all tables; `besides` names columns to leave out, as in "session.seen_at"."""
    with app.app_context(), db.engine.connect() as connection:
        return {
            table.name: sorted(
                connection.execute(
                    select(*(c for c in table.columns if f"{table.name}.{c.name}" not in besides))
                ).all(),
                key=repr,
            )
            for table in Base.metadata.sorted_tables
        }
