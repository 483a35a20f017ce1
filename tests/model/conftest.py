"""An engine that starts anew in no time, without what histories do not look at."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from booking.reservations import ways
from tests.model.engine import Engine
from tests.support.houses import House


@pytest.fixture
def engine(
    house: House, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Engine]:
    """The engine over a database in memory. No refusal offers ways out: they only read."""
    monkeypatch.setattr(ways, "alternatives", lambda *_: [])
    monkeypatch.setattr(ways, "rooms", lambda _actor, _plans, told, *_: told)
    found = Engine(house, tmp_path_factory.mktemp("model"))
    with found.context(), _little_gc():
        yield found
    found.close()


@contextmanager
def _little_gc() -> Iterator[None]:
    """Thousands of short histories leave little behind: look less often what can go."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
