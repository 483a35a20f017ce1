"""The demonstration in databases of its own, loaded once for each kind."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade

from booking.demo.load import load_demo
from booking.kernel import clock
from booking.kernel.db import db
from tests.support import houses
from tests.support.time import MONDAY_MORNING


@pytest.fixture(scope="module")
def demo_app(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[Flask]:
    """The application over a freshly loaded demonstration; parametrized by `both_engines`."""
    folder = tmp_path_factory.mktemp("demo")
    if getattr(request, "param", "sqlite") == "sqlite":
        url = f"sqlite:///{folder / 'demo.sqlite3'}"
    else:
        url = request.getfixturevalue("postgres_server").create_database(f"demo_{folder.name}")
    app = houses.make_app(url, folder)
    with app.app_context(), clock.stopped_at(MONDAY_MORNING):
        upgrade()
        assert load_demo(clock.now())
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def demo(demo_app: Flask) -> Iterator[Flask]:
    """The same with an application context, the clock stopped when it was loaded."""
    with demo_app.app_context(), clock.stopped_at(MONDAY_MORNING):
        yield demo_app
        db.session.remove()
