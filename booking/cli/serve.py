"""Command: everything for one machine, with the worker beside the server."""

import math
import socket
import subprocess
import sys
import time
from contextlib import suppress
from typing import Any, Self

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]
from gunicorn.util import import_app  # type: ignore[import-untyped]

from booking.cli.letterhead import letterhead
from booking.demo import challenges
from booking.demo.load import DOCUMENTED, PASSWORD, load_demo
from booking.kernel import clock
from booking.kernel.diagnosis import disconnect
from booking.notices.telling import begin_with
from config import ROOT

HOST = "127.0.0.1"
SETTINGS = {
    "workers": 2,
    "threads": 4,
    "worker_class": "gthread",
    "preload_app": False,
    "graceful_timeout": 5,
    "loglevel": "warning",
    "proc_name": "mediacite-booking",
    "control_socket_disable": True,
}
WORKER = (sys.executable, "-m", "flask", "--app", "wsgi", "worker", "--with-parent")
WORKER_STOPS_S = 5
WORKER_PAUSES_S = 5


@click.command()
@with_appcontext
def serve() -> None:
    """Bring the database up to date, then serve on 127.0.0.1:PORT with the worker beside it."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    port = app.config["PORT"]
    _needs_free(port)
    upgrade()
    if app.config["DEMO"] and load_demo(clock.now()):
        begin_with(challenges.MADE, letterhead())
        click.echo("Loaded the Médiacité demonstration.")
    disconnect()  # connections must not be shared with the processes that are about to start
    with _Worker() as worker:
        _Server(app, port, worker).run()


class _Worker:
    """The worker as a process of its own, for the length of the block."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._started = -math.inf

    def __enter__(self) -> Self:
        self.keep()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(WORKER_STOPS_S)

    def keep(self) -> None:
        """Start it, again where it died, every few seconds at most."""
        if self._process is not None and self._process.poll() is None:
            return
        if time.monotonic() - self._started >= WORKER_PAUSES_S:
            self._started = time.monotonic()
            self._process = subprocess.Popen(WORKER, cwd=ROOT)


class _Server(BaseApplication):
    """Gunicorn in this process; each of its workers makes an application of its own."""

    def __init__(self, app: Flask, port: int, worker: _Worker) -> None:
        self.worker = worker
        self._port = port
        self._demo = app.config["DEMO"]
        super().__init__()

    def load_config(self) -> None:
        for name, value in SETTINGS.items():
            self.cfg.set(name, value)
        self.cfg.set("bind", f"{HOST}:{self._port}")
        self.cfg.set("when_ready", lambda _arbiter: self._greet())

    def load(self) -> Any:
        return import_app("wsgi:app")

    def run(self) -> None:
        _Master(self).run()

    def _greet(self) -> None:
        click.echo(f"\nServing on http://{HOST}:{self._port}  (Ctrl-C stops)")
        if self._demo:
            click.echo(f"\nDemonstration accounts, password “{PASSWORD}”:")
            for email in DOCUMENTED:
                click.echo(f"  {email}")
            click.echo()


class _Master(Arbiter):
    """Gunicorn's own process; once a second it looks after those it started, and the worker."""

    def manage_workers(self) -> None:
        super().manage_workers()
        self.app.worker.keep()


def _needs_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise click.ClickException(
                f"Something already listens on {HOST}:{port}. Choose another port: "
                f"make run PORT={port + 1}"
            ) from error
