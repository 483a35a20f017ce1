"""The product's clock: whole seconds, UTC, replaceable in tests and simulations."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime


def _system() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """The current instant, aware, UTC, whole seconds."""
    return _source()


def instant(seconds: int | None) -> datetime | None:
    """UTC epoch seconds as columns take an instant; None, which is never, stays None."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


@contextmanager
def replaced(source: Callable[[], datetime]) -> Iterator[None]:
    """Let `now` read `source` for the length of the block, in every thread."""
    global _source
    before, _source = _source, source
    try:
        yield
    finally:
        _source = before


def stopped_at(instant: datetime) -> AbstractContextManager[None]:
    """Let `now` stand still at `instant` (aware, whole seconds) for the length of a block."""
    fixed = instant.astimezone(UTC)
    return replaced(lambda: fixed)
