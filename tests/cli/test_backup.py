import sqlite3
import stat
from contextlib import closing

import pytest
from sqlalchemy import func, select

from booking.kernel.db import db
from booking.kernel.diagnosis import sqlite_settings
from booking.members.models import User, UserSession

pytestmark = pytest.mark.one_engine


def people(app):
    with app.app_context():
        return db.session.scalar(select(func.count(User.id)))


def let_go(app, email):
    with app.app_context():
        db.session.execute(User.__table__.delete().where(User.email == email))
        db.session.commit()


def test_a_backup_is_whole_private_and_one_file(app, run, tmp_path):
    file = tmp_path / "copy.sqlite3"
    assert "whole and checked" in run("backup", file).output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with closing(sqlite3.connect(file)) as copy:
        assert copy.execute("SELECT count(*) FROM user_account").fetchone() == (people(app),)
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert [path.name for path in tmp_path.iterdir()] == ["copy.sqlite3"]


def test_a_backup_holds_what_was_just_committed(app, client, run, tmp_path):
    client.sign_in("producer@blf.example")
    run("backup", tmp_path / "copy.sqlite3")
    with closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as copy:
        assert copy.execute("SELECT count(*) FROM session").fetchone() == (1,)


def test_a_file_that_is_there_stays(run, tmp_path):
    file = tmp_path / "copy.sqlite3"
    file.write_text("precious")
    assert "not overwritten" in run("backup", file, code=1).output
    assert file.read_text() == "precious"


def test_a_backup_comes_back(app, client, run, tmp_path):
    file = tmp_path / "copy.sqlite3"
    client.sign_in("producer@blf.example")
    before = people(app)
    run("backup", file)
    let_go(app, "board@pil.example")
    assert people(app) == before - 1
    said = run("restore", "--yes", file).output
    assert people(app) == before
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(UserSession)) == 0
        assert db.session.scalar(select(func.max(User.id))) is not None
    [aside] = app.config["DATA_DIR"].glob("before-restore-*.sqlite3")
    assert str(aside) in said
    with closing(sqlite3.connect(aside)) as copy:
        assert copy.execute("SELECT count(*) FROM user_account").fetchone() == (before - 1,)
    aside.unlink()


def test_the_database_still_is_in_write_ahead_mode_afterwards(app, run, tmp_path):
    run("backup", tmp_path / "copy.sqlite3")
    run("restore", "--yes", tmp_path / "copy.sqlite3")
    with app.app_context():
        assert {s.name: s.found for s in sqlite_settings()}["journal_mode"] == "wal"
    for aside in app.config["DATA_DIR"].glob("before-restore-*.sqlite3"):
        aside.unlink()


@pytest.mark.parametrize("content", [None, b"", b"no database at all", b"SQLite format 3\0" * 99])
def test_what_is_no_backup_changes_nothing(app, run, tmp_path, content):
    file = tmp_path / "copy.sqlite3"
    if content is not None:
        file.write_bytes(content)
    before = people(app)
    assert "Error: " in run("restore", "--yes", file, code=1).output
    assert people(app) == before


def test_a_cut_backup_is_refused(app, run, tmp_path):
    file = tmp_path / "copy.sqlite3"
    run("backup", file)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    assert "Error: " in run("restore", "--yes", file, code=1).output
    assert people(app) == 9


def test_another_products_database_is_refused(app, run, tmp_path):
    file = tmp_path / "other.sqlite3"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE t (x)")
    assert "no sound backup" in run("restore", "--yes", file, code=1).output


def test_without_a_yes_nothing_is_restored(app, run, tmp_path):
    run("backup", tmp_path / "copy.sqlite3")
    let_go(app, "board@pil.example")
    before = people(app)
    run("restore", tmp_path / "copy.sqlite3", code=1)
    assert people(app) == before
