"""What a process remembers of a database: values that are true as long as a revision stands."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import partial
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary, WeakSet

from sqlalchemy import Pool

from booking.kernel.db import db
from booking.kernel.transaction import in_transaction, on_commit

V = TypeVar("V")
_all: "WeakSet[Remembered[object]]" = WeakSet()


class Remembered(Generic[V]):
    """The `size` values that were asked for last, for each database by itself.

    A key holds the revision that the value was read at: nothing is ever taken back, a changed
    database is asked under another key.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = Lock()
        self._kept: WeakKeyDictionary[Pool, OrderedDict[Hashable, V]] = WeakKeyDictionary()
        _all.add(self)  # type: ignore[arg-type]

    def recall(self, key: Hashable, make: Callable[[], V]) -> V:
        """The value under a key, made where it is not known.

        Made inside a transaction it is kept only once that commits: what it sees may yet be
        rolled back.
        """
        pool = db.engine.pool
        with self._lock:
            kept = self._kept.setdefault(pool, OrderedDict())
            if key in kept:
                kept.move_to_end(key)
                return kept[key]
        value = make()
        keep = partial(self._keep, kept, key, value)
        if in_transaction():
            on_commit(keep)
        else:
            keep()
        return value

    def forget(self) -> None:
        """Know nothing any more."""
        with self._lock:
            self._kept.clear()

    def _keep(self, kept: OrderedDict[Hashable, V], key: Hashable, value: V) -> None:
        with self._lock:
            kept[key] = value
            while len(kept) > self._size:
                kept.popitem(last=False)


def forget_everything() -> None:
    """For whoever writes to the database without the journal: restores it, fills it in bulk."""
    for remembered in list(_all):
        remembered.forget()
