"""How long the database itself takes: the same statements, without anything around them."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import event

from booking.kernel import postgres
from booking.kernel.db import db
from booking.kernel.pipeline import Connection

WORK = ("execute", "executemany", "fetchone", "fetchmany", "fetchall")


class Stopwatch:
    """Milliseconds spent in the driver since it was last read."""

    def __init__(self) -> None:
        self._spent = 0.0
        self._inside = False

    def read(self) -> float:
        """What was spent; begins anew."""
        spent, self._spent = self._spent, 0.0
        return spent * 1000

    def timing(self, of: type, *names: str) -> type:
        """A subclass of a connection or a cursor that is timed."""
        return type(f"Timed{of.__name__}", (of,), {n: self._timed(getattr(of, n)) for n in names})

    def _timed(self, work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            if self._inside:
                return work(*args, **kwargs)
            self._inside, began = True, time.perf_counter()
            try:
                return work(*args, **kwargs)
            finally:
                self._spent += time.perf_counter() - began
                self._inside = False

        return run


@contextmanager
def timed(app: Flask) -> Iterator[Stopwatch]:
    """Time every statement, every row that is fetched and every commit of new connections."""
    watch = Stopwatch()
    with app.app_context():
        engine = db.engine
    postgresql = engine.dialect.name == "postgresql"
    connect = _postgresql(watch) if postgresql else _sqlite(watch)
    if postgresql:
        event.remove(engine, "do_connect", postgres.connect)
    event.listen(engine, "do_connect", connect)
    engine.dispose()
    try:
        yield watch
    finally:
        event.remove(engine, "do_connect", connect)
        if postgresql:
            event.listen(engine, "do_connect", postgres.connect)
        engine.dispose()


def _sqlite(watch: Stopwatch) -> Callable[..., None]:
    cursor = watch.timing(sqlite3.Cursor, *WORK)
    plain = watch.timing(sqlite3.Connection, "commit", "rollback")
    connection = type("Connection", (plain,), {"cursor": lambda self: plain.cursor(self, cursor)})

    def connect(_dialect: Any, _record: Any, _args: Any, options: dict[str, Any]) -> None:
        options["factory"] = connection

    return connect


def _postgresql(watch: Stopwatch) -> Callable[..., Any]:
    cursor = watch.timing(psycopg.Cursor, *WORK)
    connection = watch.timing(Connection, "send", "rows_of", "land", "begin", "commit", "rollback")

    def connect(_dialect: Any, _record: Any, args: Any, options: dict[str, Any]) -> Any:
        return postgres.ready(connection.opened(*args, **{**options, "cursor_factory": cursor}))

    return connect
