"""Workers that are killed while they send, and several at once: nothing is lost or doubled."""

import email.policy
import multiprocessing
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path
from threading import Lock

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import func, select

from booking.cli import worker
from booking.kernel import clock as product_clock
from booking.kernel.db import db
from booking.notices import clocks, outbox, telling
from booking.notices.delivery import LEASE, PostOffice, deliver_due
from booking.notices.models import OutboxMessage
from booking.notices.rendering import Mail
from booking.notices.values import Letterhead
from tests.races.conftest import Eyes, Race
from tests.races.fuse import light
from tests.reservations.desk import Desk
from tests.support import houses

CREW = 4
MAILS = 300
KILLS = 6
PATIENCE_S = 60
LIVES = 18
STEP = 4
"""Statements by which each life of the whole worker is longer than the one before."""
IDS = "SELECT message_id FROM outbox ORDER BY message_id"
SITE = "https://booking.pole.example"
HEAD = Letterhead(SITE, "booking@pole.example")


def deliver_at_once(port: int) -> int:
    """How many mails this one of several workers sent."""
    office = PostOffice(f"smtp://127.0.0.1:{port}", "booking@pole.example")
    return deliver_due(product_clock.now(), office, limit=MAILS)


def deliver(url: str, folder: Path, port: int, passes: range) -> None:
    """A worker whose clock runs: what a killed one had taken is due again at the next pass."""
    office = PostOffice(f"smtp://127.0.0.1:{port}", "booking@pole.example")
    with houses.make_app(url, folder).app_context():
        for number in passes:
            deliver_due(product_clock.now() + number * LEASE, office, limit=MAILS)


class Inbox:
    """Counts what a mail server took, by Message-ID."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.said: dict[str, str] = {}
        self._lock = Lock()

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802
        mail = message_from_bytes(envelope.content, policy=email.policy.default)
        with self._lock:
            self.taken[mail["Message-ID"]] += 1
            self.said[mail["Message-ID"]] = mail["Subject"]
        return "250 OK"

    def wait_for(self, count: int) -> None:
        """Until so many mails arrived."""
        deadline = time.monotonic() + PATIENCE_S
        while len(self.taken) < count:
            assert time.monotonic() < deadline, f"only {len(self.taken)} mails arrived"
            time.sleep(0.002)


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    inbox = Inbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(inbox, hostname="127.0.0.1", port=port)
    server.start()
    yield inbox, port
    server.stop()


def write_mails() -> dict[str, str]:
    """Subjects by Message-ID."""
    rows = [
        outbox.row(
            Mail(f"Mail {n}", f"{n}\n", f"<p>{n}</p>"), "a@b.example", SITE, product_clock.now()
        )
        for n in range(MAILS)
    ]
    clocks._send(rows)
    return {str(row["message_id"]): str(row["subject"]) for row in rows}


def test_killed_again_and_again_it_loses_nothing(
    request: pytest.FixtureRequest, engine_kind: str, desk: Desk, inbox, tmp_path: Path
):
    box, port = inbox
    with product_clock.replaced(product_clock._system):
        written = write_mails()
    url = db.engine.url.render_as_string(hide_password=False)
    db.session.remove()
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.races.crew"])
    for number in range(KILLS + 1):
        passes = range(number, number + 1 + number // KILLS)
        worker = processes.Process(target=deliver, args=(url, tmp_path, port, passes))
        worker.start()
        if number < KILLS:  # the last one lives
            box.wait_for(len(box.taken) + MAILS // (KILLS + 2))
            assert worker.is_alive()
            worker.kill()
        worker.join(PATIENCE_S)
    unsent = select(func.count()).where(OutboxMessage.sent_at.is_(None))
    assert db.session.scalar(unsent) == 0
    assert box.said == written
    repeated = [count for count in box.taken.values() if count > 1]
    assert sum(repeated) - len(repeated) <= KILLS  # each can repeat but the mail at hand
    told = f"{MAILS} mails, {KILLS} kills of the worker: {len(repeated)} repeated, 0 lost"
    request.node.user_properties.append(("figure", f"{engine_kind}: {told}"))


# ---- several at once -------------------------------------------------------------------------


def work(at: int) -> tuple[int, int]:
    """What a worker does, but for the sending: tell, and look at the clocks."""
    now = datetime.fromtimestamp(at, UTC)
    return telling.tell(now, HEAD), clocks.remind(now, HEAD)


def test_workers_at_once_send_each_mail_once(race: Race, desk: Desk, inbox):
    box, port = inbox
    with product_clock.replaced(product_clock._system):
        written = write_mails()
    db.session.remove()
    sent = [outcome.answer for outcome in race.run([(deliver_at_once, (port,))] * race.size)]
    assert sum(sent) == len(written)
    assert set(box.taken.values()) == {1}
    assert box.said == written
    assert race.eyes.number("SELECT max(attempts) FROM outbox") == 1
    race.tell(f"{race.size} workers at once sent {len(written)} mails, none twice")


# ---- the whole worker, killed between any two statements --------------------------------------


def one_pass(url: str, folder: Path, port: int, at: datetime, fuse: int) -> None:
    """All that the worker does when it comes by; it dies before so many statements, 0 for never."""
    app = houses.make_app(url, folder, SMTP_URL=f"smtp://127.0.0.1:{port}")
    with product_clock.stopped_at(at), app.app_context():
        if fuse:
            light(fuse)
        worker.run_once()


ABOUT = """
    SELECT count(*), count(DISTINCT booking_id) FROM mail_about
    JOIN outbox ON outbox.id = mail_about.message_id WHERE key LIKE '{event}:%'
"""


def test_a_worker_killed_anywhere_tells_everything_once(
    request: pytest.FixtureRequest,
    engine_kind: str,
    desk: Desk,
    eyes: Eyes,
    inbox,
    tmp_path: Path,
):
    """In each of its lives something happens first; it dies a few statements later each time."""
    box, port = inbox
    url = db.engine.url.render_as_string(hide_password=False)
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.races.crew"])

    def live(fuse: int) -> int | None:
        """How a life ended; the next begins when what it had taken to send is due again."""
        db.session.remove()
        work = (url, tmp_path, port, desk.clock.now, fuse)
        process = processes.Process(target=one_pass, args=work)
        process.start()
        process.join(PATIENCE_S)
        desk.clock.now += 2 * LEASE
        return process.exitcode

    desk.clock.move_to("2026-11-16T14:00")  # reminders leave at four
    deaths = 0
    for number in range(LIVES):
        day, hour = divmod(number, 12)
        room, span = f"M-MI{day + 1}", (f"17T{8 + hour:02}:00", f"17T{8 + hour:02}:30")
        desk.book("producer", room, *span, title=f"Montage {number}")
        later = [moment.replace("17T", f"{24 + day}T") for moment in span]
        desk.book("post", "M-ET1", *later, title=f"Étalonnage {number}")
        deaths += live(1 + number * STEP) == -signal.SIGKILL
    assert [live(0), live(0)] == [0, 0]
    assert deaths >= LIVES - 3
    for event in ("confirmed", "requested"):
        assert eyes.rows(ABOUT.format(event=event)) == [(LIVES, LIVES)], event
    assert eyes.number("SELECT count(*) FROM outbox WHERE key LIKE 'reminder:%'") == 1
    assert eyes.number("SELECT count(*) FROM decision_link") == LIVES
    assert eyes.number("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == 0
    assert sorted(box.taken) == [name for (name,) in eyes.rows(IDS)]
    repeated = sum(count > 1 for count in box.taken.values())
    assert sum(box.taken.values()) - len(box.taken) <= deaths
    told = f"{deaths} kills of the whole worker between statements: {len(box.taken)} mails"
    figure = f"{engine_kind}: {told}, {repeated} repeated, 0 lost"
    request.node.user_properties.append(("figure", figure))


# ---- telling --------------------------------------------------------------------------------


def test_workers_at_once_tell_everything_once(race: Race, desk: Desk):
    for hour in range(10, 20):
        desk.book("producer", "M-MI1", f"18T{hour}:00", f"18T{hour}:30")
        desk.option("producer", "M-ET1", f"26T{hour}:00", f"26T{hour}:30")
    desk.clock.move_to("2026-11-17T16:30")
    db.session.remove()
    outcomes = race.run([(work, (desk.now,))] * race.size)
    written = race.eyes.number("SELECT count(*) FROM outbox")
    assert sum(told + reminded for told, reminded in (o.answer for o in outcomes)) == written
    assert race.eyes.number("SELECT count(*) FROM outbox WHERE key LIKE 'confirmed:%'") == 1
    assert race.eyes.number("SELECT count(*) FROM outbox WHERE key LIKE 'reminder:%'") == 1
    race.tell(f"{race.size} workers at once, {written} mails, none twice")
