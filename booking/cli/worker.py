"""Commands: what happens by itself. Clocks are written down, mails leave, old things go."""

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import click
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask, current_app
from flask.cli import with_appcontext

from booking.cli.letterhead import letterhead
from booking.facilities.external.actions import refresh_due
from booking.facilities.files import actions as facility_files
from booking.kernel import clock
from booking.kernel.diagnosis import disconnect
from booking.kernel.edition import edition
from booking.members.actions import tidying as members_tidying
from booking.notices import tidying as notices_tidying
from booking.notices.clocks import remind
from booking.notices.delivery import PostOffice, deliver_due
from booking.notices.telling import tell
from booking.reservations import feed
from booking.reservations import tidying as reservations_tidying
from booking.reservations.actions import lapse_due
from booking.webhooks import actions as webhook_actions
from booking.webhooks import delivery as webhooks
from booking.webhooks.spreading import spread
from booking.wording.addresses import site_url

WATCHES_EVERY_S = 1.0
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@click.command()
@click.option("--with-parent", is_flag=True, help="Stop when the process that started it is gone.")
@with_appcontext
def worker(with_parent: bool) -> None:
    """Run the clocks and send the mails, until told to stop.

    Nothing waits for it: an option that lapsed counts as gone even while no worker runs. Several
    may run on one database; nothing happens twice.
    """
    parent = os.getppid()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    _unharmed(app, note_edition)
    with _told_to_stop() as stopping, _scheduled(app):
        while not stopping.wait(WATCHES_EVERY_S):
            if with_parent and os.getppid() != parent:
                return


@click.command()
@with_appcontext
def tick() -> None:
    """Do everything once, as for a cron job."""
    note_edition()
    lapsed, sent = run_once()
    click.echo(f"{lapsed} lapsed, {sent} mails sent.")


def note_edition() -> None:
    """After an update calendars take all words anew."""
    feed.note_edition(edition(Path(current_app.root_path)), clock.now())


def run_once() -> tuple[int, int]:
    """One pass: how many options and requests lapsed, how many mails left."""
    lapsed = run_clocks()
    sent = send_mails()
    call_webhooks()
    read_calendars()
    sweep()
    return lapsed, sent


def run_clocks() -> int:
    """Write down what has lapsed, and the mails whose time has come; how many lapsed."""
    now = clock.now()
    lapsed = lapse_due(now)
    remind(now, letterhead())
    return lapsed


def send_mails() -> int:
    """Write the mails about what happened, and send what is due; how many left."""
    now = clock.now()
    tell(now, letterhead())
    config = current_app.config
    office = PostOffice(config["SMTP_URL"], config["MAIL_FROM"], demo=config["DEMO"])
    return deliver_due(now, office)


def call_webhooks() -> int:
    """Where they are on: write what webhooks are told, call what is due; how many took it."""
    config, now = current_app.config, clock.now()
    if not config["WEBHOOKS"]:
        return 0
    spread(now, site_url())
    keys = (config["SECRET_KEY"], *config["SECRET_KEY_FALLBACKS"])
    return webhooks.deliver_due(now, webhooks.Caller(keys))


def read_calendars() -> int:
    """Look at the external calendars that are due; how many."""
    return refresh_due(clock.now())


def sweep() -> None:
    """Remove what has no worth any more."""
    now = clock.now()
    for noun in (
        members_tidying,
        facility_files,
        reservations_tidying,
        notices_tidying,
        webhook_actions,
    ):
        noun.tidy(now)


JOBS: tuple[tuple[Callable[[], object], float], ...] = (
    (run_clocks, 30),
    (send_mails, 5),
    (call_webhooks, 5),
    (read_calendars, 60),
    (sweep, 600),
)
"""Each with the seconds between two runs; a slow mail server does not hold up the clocks."""


@contextmanager
def _scheduled(app: Flask) -> Iterator[None]:
    """The jobs in threads of their own, for the length of the block; the last run is finished."""
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a run that is late is no news
    scheduler = BackgroundScheduler(
        timezone=UTC, job_defaults={"coalesce": True, "misfire_grace_time": None}
    )
    for job, seconds in JOBS:
        scheduler.add_job(
            _unharmed, "interval", (app, job), seconds=seconds, next_run_time=datetime.now(UTC)
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown()
        disconnect()  # not before: it would leave open what another job is using


def _unharmed(app: Flask, job: Callable[[], object]) -> None:
    """A run that fails is logged; each gives its connection back."""
    with app.app_context():
        try:
            job()
        except Exception:
            app.logger.exception("%s of the worker failed", job.__name__)


@contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set, for the length of the block."""
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    before = {number: signal.signal(number, stop) for number in STOP_SIGNALS}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
