"""What is remembered about facilities is never older than the last change, whoever made it."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import update

from booking.facilities.models import Facility
from booking.facilities.queries import SCOPE, by_codes, catalogue
from booking.journal.actions import record
from booking.journal.events import Event
from booking.kernel.db import db
from booking.kernel.transaction import transaction
from tests.reservations.desk import Desk
from tests.support.statements import statements


def change(desk: Desk, name: str) -> None:
    """What an admin page does to a facility, as a part of a transaction."""
    db.session.execute(update(Facility).where(Facility.code == "M-MI1").values(name=name))
    event = Event(name="facility:changed", subject="facility:1", scopes=frozenset({SCOPE}))
    record([event], actor_id=None, at=desk.clock.now)


@transaction
def commit(desk: Desk, name: str) -> None:
    change(desk, name)


def name() -> str:
    return by_codes(["M-MI1"])["M-MI1"].name


def elsewhere(desk: Desk, work: Callable[[], object]) -> None:
    """Do something as another request would: in another thread, on another connection."""

    def run() -> None:
        with desk.app.app_context():
            work()
            db.session.remove()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def next_request() -> None:
    db.session.remove()


def test_a_change_is_seen_after_it(desk: Desk):
    assert name() == "Montage image 1"
    commit(desk, "Montage 1 bis")
    assert name() == "Montage 1 bis"


def test_a_change_by_somebody_else_is_seen_by_the_next_request(desk: Desk):
    assert name() == "Montage image 1"
    elsewhere(desk, lambda: commit(desk, "Montage 1 bis"))
    assert name() == "Montage image 1", "within one request nothing moves"
    next_request()
    assert name() == "Montage 1 bis"


def test_a_write_begins_with_what_is_true_now(desk: Desk):
    assert name() == "Montage image 1"
    elsewhere(desk, lambda: commit(desk, "Montage 1 bis"))

    @transaction
    def write() -> str:
        return name()

    assert write() == "Montage 1 bis"


def test_a_change_that_was_taken_back_is_not_remembered(desk: Desk):
    @transaction
    def fail() -> None:
        change(desk, "Jamais")
        assert name() == "Jamais"
        raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert name() == "Montage image 1"
    next_request()
    assert name() == "Montage image 1"
    commit(desk, "Montage 1 bis")
    assert name() == "Montage 1 bis"


def test_a_change_that_was_taken_back_half_way_is_not_remembered_either(desk: Desk):
    """The rows were changed, the revision not yet; the next commit must not keep them."""

    @transaction
    def fail() -> None:
        db.session.execute(update(Facility).values(name="Jamais"))
        assert name() == "Jamais"
        raise LookupError

    with pytest.raises(LookupError):
        fail()
    desk.book("producer", "M-MI1", "18T09:00", "18T13:00")
    assert name() == "Montage image 1"


def test_what_a_committed_write_has_read_is_remembered(desk: Desk):
    desk.book("producer", "M-MI1", "18T09:00", "18T13:00")
    next_request()
    with statements(desk.app) as sent:
        catalogue()
    assert len(sent) == 1


def test_a_request_reads_it_once_and_one_line_of_the_journal_tells_if_it_changed(desk: Desk):
    catalogue()
    with statements(desk.app) as sent:
        catalogue()
    assert sent == []
    next_request()
    with statements(desk.app) as sent:
        catalogue()
        catalogue()
    assert len(sent) == 1
    commit(desk, "Montage 1 bis")
    with statements(desk.app) as sent:
        catalogue()
    assert len(sent) == 4
