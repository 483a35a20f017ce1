"""Applications over databases that start each test as the small world, made once per worker."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event, make_url

import config
from booking import create_app
from booking.kernel.db import Base, db
from booking.kernel.remembered import forget_everything
from tests.support import world
from tests.support.client import Browser
from tests.support.postgres import TemporaryPostgres
from tests.support.world import World

OTHERS_OUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
LIVE = "live.sqlite3"
SECRET = "a key for tests only, long enough to be one"


class House:
    """One application over one kind of database; `clean` puts the database back."""

    def __init__(
        self, app: Flask, world: World, restore: Callable[[], None], template: Path | None = None
    ) -> None:
        self.app = app
        self.world = world
        self.template = template
        """The file of the small world, where it is SQLite's."""
        self._restore = restore

    def clean(self) -> None:
        """Make the database what it was before the first test."""
        self.leave()
        self._restore()
        forget_everything()

    def keep(self, file: Path) -> Callable[[], None]:
        """Copy the database of SQLite as it is now; what puts it back, after a `clean`, too."""
        assert self.template
        live = self.template.with_name(LIVE)
        _checkpoint(self.app)
        shutil.copyfile(live, file)

        def put_back() -> None:
            self.leave()
            _copy(file, live)
            forget_everything()

        return put_back

    def leave(self) -> None:
        """Let go of every connection."""
        with self.app.app_context():
            db.engine.dispose()


def settings(url: str, folder: Path, **environ: str) -> dict[str, Any]:
    """The configuration of the demonstration over a database, as the environment would give it."""
    given = {"DEMO": "1", "SECRET_KEY": SECRET, "DATA_DIR": str(folder), "DATABASE_URL": url}
    given["WEBHOOKS"] = "1"
    return {**config.load({**given, **environ}), "TESTING": True}


def make_app(url: str, folder: Path, **environ: str) -> Flask:
    """An application for tests; keyword arguments are environment variables."""
    app = create_app(settings(url, folder, **environ))
    app.test_client_class = Browser
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _hurry)
    return app


def sqlite_house(folder: Path) -> House:
    """An application over a SQLite file, copied anew for each test."""
    folder.mkdir(parents=True, exist_ok=True)
    template, live = folder / "template.sqlite3", folder / LIVE
    app = make_app(f"sqlite:///{live}", folder)
    built = _build(app)
    _checkpoint(app)
    shutil.copyfile(live, template)
    return House(app, built, lambda: _copy(template, live), template)


def postgres_house(server: TemporaryPostgres, folder: Path) -> House:
    """An application over a PostgreSQL database, filled anew from copies for each test.

    `CREATE DATABASE ... TEMPLATE` would do as well; it takes 300 ms, TRUNCATE of all tables 85.
    """
    url = server.create_database("world")
    app = make_app(url, folder)
    built = _build(app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        script = _snapshot(connection)
    return House(app, built, lambda: _run(address, script))


def _snapshot(connection: psycopg.Connection[Any]) -> str:
    """Keep copies of all rows; the script that brings them back."""
    tables = [table.name for table in Base.metadata.sorted_tables]
    connection.execute("CREATE SCHEMA snapshot")
    script = [OTHERS_OUT, "SET session_replication_role = replica"]  # foreign keys wait
    for name in tables:
        connection.execute(f"CREATE TABLE snapshot.{name} AS TABLE public.{name}")
        script += [f"DELETE FROM public.{name}", f"INSERT INTO public.{name} TABLE snapshot.{name}"]
        sequence = f"SELECT pg_get_serial_sequence('{name}', 'id')"
        if "id" in Base.metadata.tables[name].columns:
            (of_ids,) = connection.execute(sequence).fetchone() or (None,)
            if of_ids:
                last = f"SELECT last_value, is_called FROM {of_ids}"
                value, called = connection.execute(last).fetchone() or (1, False)
                script.append(f"SELECT setval('{of_ids}', {value}, {called})")
    return "; ".join(script)


def _run(address: str, script: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(script)


def _build(app: Flask) -> World:
    with app.app_context():
        upgrade()
        return world.build()


def _checkpoint(app: Flask) -> None:
    """Bring everything into the one file."""
    with app.app_context():
        db.session.remove()
        with db.engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.rollback()
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()


def _copy(template: Path, live: Path) -> None:
    for leftover in ("-wal", "-shm"):
        live.with_name(live.name + leftover).unlink(missing_ok=True)
    shutil.copyfile(template, live)


def _hurry(connection: Any, _record: Any) -> None:
    """Nobody misses the data of a test after a power cut."""
    connection.execute("PRAGMA synchronous=OFF")


def required(what: str) -> bool:
    """Whether the run must fail rather than leave something out: REQUIRE_POSTGRES=1 and so on."""
    return os.environ.get(f"REQUIRE_{what}") == "1"
