"""Processes that do things at the same moment, each with an application of its own.

They are started once, with everything imported once, and wait at a barrier before each round.
"""

import multiprocessing
import time
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from threading import BrokenBarrierError
from typing import Any, NamedTuple, Self

from flask import Flask
from sqlalchemy.orm import configure_mappers

from booking.kernel.db import db
from booking.kernel.errors import BookingError
from tests.support import houses

PATIENCE_S = 60

configure_mappers()  # once, before the processes are forked

Job = tuple[Callable[..., Any], tuple[Any, ...]]
"""A function of some module and its arguments; it runs in an application context."""


class Outcome(NamedTuple):
    """What became of a job: its answer, or the code of a refusal; `seconds` as the caller felt."""

    answer: Any
    refused: str | None
    seconds: float


class Failed(AssertionError):
    """A job ended in an exception that the product does not foresee."""


class Crew:
    """Processes over one database; a context manager."""

    def __init__(self, url: str, folder: Path, size: int) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([__name__])
        self.size = size
        self._barriers = [context.Barrier(n + 1) for n in range(size)]
        self._pipes: list[Connection] = []
        self._processes = []
        for _ in range(size):
            ours, theirs = context.Pipe()
            arguments = (url, folder, theirs, self._barriers)
            self._processes.append(context.Process(target=_work, args=arguments, daemon=True))
            self._pipes.append(ours)

    def __enter__(self) -> Self:
        for process in self._processes:
            process.start()
        return self

    def __exit__(self, *_: object) -> None:
        for pipe in self._pipes:
            pipe.send(None)
        for process in self._processes:
            process.join(PATIENCE_S)

    def let_go(self) -> None:
        """Let everybody drop the connections they have."""
        self.at_once([(_dispose, ())] * self.size)

    def at_once(self, jobs: Sequence[Job]) -> list[Outcome]:
        """Let one process do each job, all beginning at the same moment; the others sleep on.

        Raises Failed, with the traceback of the process, for anything but answers and refusals.
        """
        working = self._pipes[: len(jobs)]
        for pipe, job in zip(working, jobs, strict=True):
            pipe.send((len(jobs), *job))
        received = [_received(pipe) for pipe in working]  # all, or the next round reads the rest
        return [_understood(message) for message in received]


def _received(pipe: Connection) -> Any:
    return pipe.recv() if pipe.poll(PATIENCE_S) else f"no answer within {PATIENCE_S} s"


def _understood(message: Any) -> Outcome:
    if isinstance(message, str):
        raise Failed(message)
    return Outcome(*message)


def _work(url: str, folder: Path, pipe: Connection, barriers: Sequence[Any]) -> None:
    app = houses.make_app(url, folder)
    while (message := pipe.recv()) is not None:
        together, *job = message
        try:
            barriers[together - 1].wait(PATIENCE_S)
            pipe.send(_done(app, *job))
        except (Exception, BrokenBarrierError):
            pipe.send(traceback.format_exc())


def _done(app: Flask, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Outcome:
    began = time.perf_counter()
    with app.app_context():
        try:
            answer, refused = function(*arguments), None
        except BookingError as error:
            answer, refused = None, error.code
        return Outcome(answer, refused, time.perf_counter() - began)


def _dispose() -> None:
    db.engine.dispose()
