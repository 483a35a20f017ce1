"""Commands run in this process; applications as an installation has them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from booking import create_app
from booking.kernel.db import db
from tests.support import houses
from tests.support.time import StoppedClock

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    """`run("tick")` over the small world; a traceback, or another exit code, fails the test."""
    return _runner(app)


@pytest.fixture
def empty_app(tmp_path: Path, clock: StoppedClock) -> Iterator[Flask]:
    """A new installation: no table yet, every setting of the database as in earnest."""
    app = create_app(houses.settings(f"sqlite:///{tmp_path / 'new.sqlite3'}", tmp_path))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def run_anew(empty_app: Flask) -> Run:
    """The same over a new installation."""
    return _runner(empty_app)


def _runner(app: Flask) -> Run:
    def call(*words: Any, code: int = 0) -> Result:
        answer = app.test_cli_runner().invoke(args=[str(word) for word in words])
        assert answer.exit_code == code, answer.output
        return answer

    return call
