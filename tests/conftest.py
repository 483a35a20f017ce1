"""What every test can ask for: a house over each kind of database, a browser, a stopped clock.

`app` and all that stands on it run twice, on SQLite and on PostgreSQL; `@pytest.mark.one_engine`
and the folders of `ONE_ENGINE_FOLDERS` run on SQLite alone, where the database makes no difference.
"""

import ipaddress
import os
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from booking.kernel import clock as product_clock
from booking.kernel.db import db
from tests.support import client as clients
from tests.support import houses
from tests.support.client import Browser
from tests.support.houses import House
from tests.support.postgres import TemporaryPostgres, Unavailable, why_unavailable
from tests.support.time import StoppedClock
from tests.support.world import World

ONE_ENGINE_FOLDERS = frozenset({"architecture", "browser", "web", "wording"})
"""Doors and words: they reach the database through nouns, which are tested on both engines."""
SQLITE, POSTGRES = "sqlite", "postgresql"
WITHOUT_POSTGRES = "PostgreSQL tests were left out"


# ---- the run --------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    os.environ["TZ"] = "Europe/Brussels"
    time.tzset()
    config.addinivalue_line("markers", "one_engine: runs on SQLite alone")
    config.addinivalue_line("markers", "on_a_server: runs on PostgreSQL alone")
    config.addinivalue_line("markers", "both_engines: runs on both, though its folder does not")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine_kind" not in metafunc.fixturenames:
        return
    on_a_server = metafunc.definition.get_closest_marker("on_a_server") is not None
    kinds: list[Any] = [] if on_a_server else [SQLITE]
    if not _on_one_engine(metafunc.definition) and _wants_postgres():
        kinds.append(pytest.param(POSTGRES, marks=pytest.mark.postgres))
    metafunc.parametrize("engine_kind", kinds, indirect=True)


def _on_one_engine(test: pytest.Item) -> bool:
    if test.get_closest_marker("both_engines") is not None:
        return False
    folder = test.path.relative_to(Path(__file__).parent).parts[0]
    return folder in ONE_ENGINE_FOLDERS or test.get_closest_marker("one_engine") is not None


def _wants_postgres() -> bool:
    return why_unavailable() is None or houses.required("POSTGRES")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in the last lines what was measured, and what was not run and why."""
    for report in terminalreporter.stats.get("passed", []):
        for name, words in report.user_properties:
            if name == "figure":
                terminalreporter.write_line(words)
    reason = why_unavailable()
    skipped = [
        report.longrepr
        for report in terminalreporter.stats.get("skipped", [])
        if WITHOUT_POSTGRES in str(report.longrepr)
    ]
    if reason is not None and not houses.required("POSTGRES"):
        terminalreporter.write_line(f"{WITHOUT_POSTGRES}: {reason}", yellow=True)
    elif skipped:
        terminalreporter.write_line(f"{skipped[0][-1]} ({len(skipped)} tests)", yellow=True)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test talk to anything but this machine."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def local_only(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not _is_loopback(address[0]):
            raise AssertionError(f"a test wanted to connect to {address!r}")
        connect(self, address)

    def local_names(host: str | None, *rest: Any, **options: Any) -> Any:
        if host is not None and not _is_loopback(host):
            raise AssertionError(f"a test wanted to look up {host!r}")
        return look_up(host, *rest, **options)

    monkeypatch.setattr(socket.socket, "connect", local_only)
    monkeypatch.setattr(socket, "getaddrinfo", local_names)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


# ---- the house ------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def _sqlite_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = houses.sqlite_house(tmp_path_factory.mktemp("sqlite"))
    yield house
    house.leave()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[TemporaryPostgres]:
    """A PostgreSQL server for this worker."""
    with ExitStack() as running:
        try:
            server = running.enter_context(TemporaryPostgres())
        except Unavailable as reason:
            if houses.required("POSTGRES"):
                raise
            pytest.skip(f"{WITHOUT_POSTGRES}: {reason}")
        yield server


@pytest.fixture(scope="session")
def _postgres_house(
    postgres_server: TemporaryPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    house = houses.postgres_house(postgres_server, tmp_path_factory.mktemp("postgres"))
    yield house
    house.leave()


@pytest.fixture
def engine_kind(request: pytest.FixtureRequest) -> str:
    """Which database: "sqlite" or "postgresql"; what stands on it runs once for each."""
    return str(request.param)


@pytest.fixture
def house(request: pytest.FixtureRequest, engine_kind: str, clock: StoppedClock) -> Iterator[House]:
    """An application with a fresh copy of the small world, the clock stopped."""
    name = "_sqlite_house" if engine_kind == SQLITE else "_postgres_house"
    found: House = request.getfixturevalue(name)
    found.clean()
    yield found
    found.leave()


@pytest.fixture
def app(house: House) -> Flask:
    """The application, without a context: pages make their own, see `context`."""
    return house.app


@pytest.fixture
def world(house: House) -> World:
    """Ids of what is in the database."""
    return house.world


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    """An application context, for tests that call actions and queries; not for pages."""
    with app.app_context():
        yield
        db.session.remove()


@pytest.fixture
def client(app: Flask) -> Browser:
    """A browser that nobody signed in with."""
    found = app.test_client()
    assert isinstance(found, Browser)
    return found


@pytest.fixture
def sign_in() -> Callable[[Browser, str], str]:
    """`sign_in(client, "producer@blf.example")`."""
    return clients.sign_in


@pytest.fixture
def clock() -> Iterator[StoppedClock]:
    """Monday 16 November 2026, 09:00 in Brussels, until a test moves it."""
    stopped = StoppedClock()
    with product_clock.replaced(stopped):
        yield stopped


@pytest.fixture
def make_app(
    _sqlite_house: House, clock: StoppedClock, tmp_path: Path
) -> Iterator[Callable[..., Flask]]:
    """Make another application over a copy of the small world: `make_app(DEMO="")`."""
    made: list[Flask] = []

    def make(**environ: str) -> Flask:
        assert _sqlite_house.template is not None
        own = tmp_path / f"own{len(made)}.sqlite3"
        shutil.copyfile(_sqlite_house.template, own)
        made.append(houses.make_app(f"sqlite:///{own}", tmp_path, **environ))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()
