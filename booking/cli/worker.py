"""Commands: what happens by itself. Clocks are written down, mails leave, old things go."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext

from booking.kernel import clock
from booking.kernel.diagnosis import disconnect
from booking.members.actions import tidying as members_tidying
from booking.notices.delivery import PostOffice, deliver_due
from booking.reservations import tidying as reservations_tidying
from booking.reservations.actions import lapse_due

EVERY_S = 30
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@click.command()
@click.option("--with-parent", is_flag=True, help="Stop when the process that started it is gone.")
@with_appcontext
def worker(with_parent: bool) -> None:
    """Do a pass every 30 seconds, until told to stop.

    Nothing waits for it: an option that lapsed counts as gone even while no worker runs.
    """
    parent = os.getppid()
    with _told_to_stop() as stopping:
        while not stopping.is_set():
            _pass_unharmed()
            if with_parent and os.getppid() != parent:
                return
            stopping.wait(EVERY_S)


@click.command()
@with_appcontext
def tick() -> None:
    """Do one pass of the worker, as for a cron job."""
    lapsed, sent = run_once()
    click.echo(f"{lapsed} lapsed, {sent} mails sent.")


def run_once() -> tuple[int, int]:
    """One pass: how many options and requests lapsed, how many mails left."""
    now = clock.now()
    lapsed = lapse_due(now)
    sent = deliver_due(now, _post_office())
    members_tidying.tidy(now)
    reservations_tidying.tidy(now)
    return lapsed, sent


def _pass_unharmed() -> None:
    """A pass that fails is logged; every pass has connections of its own and keeps none open."""
    try:
        run_once()
    except Exception:
        current_app.logger.exception("a pass of the worker failed")
    finally:
        disconnect()


def _post_office() -> PostOffice:
    config = current_app.config
    return PostOffice(config["SMTP_URL"], config["MAIL_FROM"], demo=config["DEMO"])


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
