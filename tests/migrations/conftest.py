"""Applications over databases with nothing in them, not even tables."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from flask import Flask

from booking.kernel.db import db
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
