"""Applications over databases with nothing in them, and databases without an application."""

import sqlite3
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask

from booking.kernel.db import db
from tests.migrations.bare import Bare
from tests.support import houses

_numbers = count()


@pytest.fixture
def empty(
    request: pytest.FixtureRequest, engine_kind: str, tmp_path: Path
) -> Iterator[Callable[[], Flask]]:
    """`empty()` makes an application over an empty database, each time another one."""
    made = []

    def make() -> Flask:
        name = f"empty_{next(_numbers)}"
        if engine_kind == "sqlite":
            url = f"sqlite:///{tmp_path / name}.sqlite3"
        else:
            url = request.getfixturevalue("postgres_server").create_database(name)
        made.append(houses.make_app(url, tmp_path))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def bare(house: houses.House) -> Iterator[Bare]:
    """The database of a house through its driver, the application gone."""
    with house.app.app_context():
        url = db.engine.url
    house.leave()
    if url.get_backend_name() == "sqlite":
        connection: Any = sqlite3.connect(str(url.database), isolation_level=None)
    else:
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        connection = psycopg.connect(plain, autocommit=True)
    yield Bare(connection, house.world)
    connection.close()
