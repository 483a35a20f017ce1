"""The commands, run in this process over the small world."""

import os
import signal
import threading

import pytest
from sqlalchemy import func, select

from booking.cli import worker
from booking.core.access import Role
from booking.demo import bulk
from booking.kernel import clock as product_clock
from booking.kernel.db import db
from booking.members.actions.sessions import Origin, open_session
from booking.members.models import ApiToken, Company, OneTimeToken, User, UserSession
from booking.members.passwords import verify
from booking.members.queries import actor_by_email, api_actor
from booking.notices.models import OutboxMessage
from booking.reservations.models import Answer, Occurrence

PASSWORD = "un cheval correct et une agrafe"
MINE = ["user", "create", "Rosa@Blf.example", "--name", "Rosa", "--password", PASSWORD]


@pytest.fixture
def look(app):
    """`look(statement)` answers one value of the database."""

    def scalar(statement):
        with app.app_context():
            return db.session.scalar(statement)

    return scalar


# ---- people and keys ------------------------------------------------------------------------


def test_a_person_is_let_in(app, run, look):
    run(*MINE, "--company", "blf")
    person = look(select(User).where(User.email == "rosa@blf.example"))
    assert verify(person.password_hash, PASSWORD)
    with app.app_context():
        assert actor_by_email("rosa@blf.example").roles == {Role.REQUESTER}


def test_the_first_administrator_brings_their_company(app, run):
    run(*MINE, "--company", "NEW", "--company-name", "Nouvelle", "--role", "administrator")
    with app.app_context():
        actor = actor_by_email("rosa@blf.example")
        assert (actor.company_code, actor.company_name) == ("NEW", "Nouvelle")
        assert Role.ADMINISTRATOR in actor.roles


def test_a_manager_needs_a_site(app, run, world):
    manager = [*MINE, "--company", "BLF", "--role", "facility_manager"]
    refused = run(*manager, code=1)
    assert "--site, one of: M, N" in refused.output
    run(*manager, "--site", "n")
    with app.app_context():
        assert actor_by_email("rosa@blf.example").managed_sites == {world.sites["N"]}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([*MINE, "--company", "NOPE"], "There is no company NOPE"),
        (
            ["user", "create", "x", "--name", "X", "--company", "BLF", "--password", PASSWORD],
            "email: ",
        ),
        ([*MINE[:-1], "short", "--company", "BLF"], "12 characters"),
        ([*MINE[:-1], "batte lune films", "--company", "BLF"], "password"),
    ],
)
def test_refusals_come_in_words(run, look, words, said):
    before = look(select(func.count(User.id)))
    answer = run(*words, code=1)
    assert said in answer.output
    assert answer.output.startswith("Error: ")
    assert look(select(func.count(User.id))) == before


def test_a_key_is_printed_alone(app, run):
    answer = run("token", "create", "Producer@blf.example", "--name", "Sync")
    secret = answer.stdout.removesuffix("\n")
    assert len(secret) == 43
    with app.app_context():
        _, actor = api_actor(secret)
        assert actor.email == "producer@blf.example"


def test_nobody_gets_no_key(run, look):
    answer = run("token", "create", "nobody@blf.example", "--name", "Sync", code=1)
    assert answer.stdout == ""
    assert "Nobody here has the address" in answer.stderr
    assert look(select(func.count(ApiToken.id))) == 0


# ---- the worker -----------------------------------------------------------------------------


def test_a_pass_writes_down_what_has_lapsed(app, client, clock, look, run):
    client.sign_in("producer@blf.example")
    client.submit(
        "/bookings",
        {
            "facility": "M-ET1",
            "title": "Étalonnage",
            "date": "2026-12-01",
            "start": "09:00",
            "end_date": "2026-12-01",
            "end": "12:00",
            "hold": "option",
        },
    )
    state = select(Occurrence.state)
    assert look(state) == "option"
    clock.advance(days=8)
    assert run("tick").output.endswith("1 lapsed, 1 mails sent.\n")
    assert look(state) == "expired"
    assert run("tick").output == "0 lapsed, 0 mails sent.\n"


def test_a_pass_removes_what_is_worth_nothing(app, clock, look, run, world):
    user_id = world.users["producer@blf.example"]
    with app.app_context():
        open_session(user_id, Origin("127.0.0.1"), product_clock.now())
        db.session.add(
            OneTimeToken(
                secret_digest="x",
                purpose="reset",
                user_id=user_id,
                expires_at=product_clock.now(),
            )
        )
        db.session.add(
            Answer(
                user_id=user_id,
                key="k",
                fingerprint="f",
                status=201,
                body={},
                created_at=product_clock.now(),
            )
        )
        db.session.commit()
    counts = [select(func.count()).select_from(t) for t in (UserSession, OneTimeToken, Answer)]
    run("tick")
    assert [look(each) for each in counts] == [1, 1, 1]
    clock.advance(days=8)
    run("tick")
    assert [look(each) for each in counts] == [0, 0, 0]


@pytest.mark.one_engine
@pytest.mark.parametrize("number", worker.STOP_SIGNALS)
def test_the_worker_stops_when_it_is_told(run, number):
    before = signal.getsignal(number)
    timer = threading.Timer(0.5, os.kill, (os.getpid(), number))
    timer.start()
    assert run("worker").output == ""
    timer.join()
    assert signal.getsignal(number) == before


@pytest.mark.one_engine
def test_the_worker_goes_with_its_parent(run, monkeypatch):
    monkeypatch.setattr(worker, "WATCHES_EVERY_S", 0.01)
    parents = iter([7, 7, 7, 1])
    monkeypatch.setattr(worker.os, "getppid", lambda: next(parents))
    run("worker", "--with-parent")
    assert next(parents, None) is None


@pytest.mark.one_engine
def test_a_pass_that_fails_is_not_the_last(run, monkeypatch, caplog):
    passes = []

    def fail():
        passes.append(1)
        raise RuntimeError("no such luck")

    def parent():
        return 7 if len(passes) < 3 else 1

    monkeypatch.setattr(worker, "WATCHES_EVERY_S", 0.01)
    monkeypatch.setattr(worker, "JOBS", ((fail, 0.01),))
    monkeypatch.setattr(worker.os, "getppid", parent)
    run("worker", "--with-parent")
    assert len(passes) >= 3
    assert "fail of the worker failed" in caplog.text


# ---- looking after it -----------------------------------------------------------------------


def test_the_doctor_finds_the_tables(app, run):
    with app.app_context():
        fast = db.engine.dialect.name == "sqlite"  # tests do without the waiting for the disk
    said = run("doctor", code=1 if fast else 0).output
    assert "The tables are those of this version" in said
    assert "SQLite 3." in said or "PostgreSQL 1" in said


@pytest.mark.one_engine
def test_the_doctor_is_content_with_a_new_installation_once_it_is_migrated(run_anew):
    assert "The tables are of version none" in run_anew("doctor", code=1).output
    run_anew("db", "upgrade")
    said = run_anew("doctor").output
    assert "BAD" not in said
    for setting in ("journal_mode is wal", "synchronous is FULL", "foreign_keys is ON"):
        assert setting in said


def told() -> set[str]:
    """What the mails so far are about."""
    return {str(key).partition(":")[0] for key in db.session.scalars(select(OutboxMessage.key))}


@pytest.mark.one_engine
def test_loading_the_demonstration_makes_the_tables_first(run_anew, empty_app, monkeypatch):
    assert "Loaded the demonstration" in run_anew("demo", "load").output
    with empty_app.app_context():
        assert told() == {"challenged"}
    run_anew("tick")
    with empty_app.app_context():
        assert told() <= {"challenged", "challenge_due", "digest", "expiring", "reminder"}
    again = run_anew("demo", "load", "--rooms", "2", "--bookings", "10").output
    assert "left as it is" in again
    assert "Adding 2 rooms with 10 bookings" in again
    monkeypatch.setattr(bulk, "TRIES", 1)
    refused = run_anew("demo", "load", "--rooms", "1", "--bookings", "4000", code=1).output
    assert "of 4000 bookings fit into 1 rooms" in refused
    with empty_app.app_context():
        assert db.session.scalar(select(func.count(Company.id))) == 19


def test_the_small_world_is_no_place_for_the_demonstration(run, look):
    assert "left as it is" in run("demo", "load").output
    assert look(select(func.count(Company.id))) == 4
