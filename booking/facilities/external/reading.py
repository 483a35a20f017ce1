"""What stands in somebody else's calendar, as plain values."""

import hashlib
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from booking.core.scheduling.interval import Interval
from booking.facilities.external.values import FetchError, Found

CHILD = Path(__file__).with_name("child.py")
TIME_S = 20


def occurrences(body: bytes, window: Interval, zone: str, *, busy_only: bool) -> list[Found]:
    """The occurrences in a window, by start; with `busy_only` those alone that take time.

    Read in a process of its own, with bounded time and memory. Raises FetchError not_a_calendar
    or too_much.
    """
    asked = [sys.executable, "-I", str(CHILD), str(window.starts), str(window.ends), zone]
    try:
        done = subprocess.run(asked, input=body, capture_output=True, timeout=TIME_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise FetchError("too_much") from error
    if done.returncode != 0:
        raise FetchError("not_a_calendar" if done.returncode == 1 else "too_much")
    told = [line for line in json.loads(done.stdout) if line[5] or not busy_only]
    shared = Counter((uid, place) for uid, place, *_ in told)
    found = (
        Found(_key(uid, place, starts if shared[uid, place] > 1 else 0), starts, ends, _plain(said))
        for uid, place, starts, ends, said, _takes_time in told
    )
    return sorted({one.key: one for one in found}.values(), key=lambda one: (one.starts, one.key))


def _key(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _plain(said: str) -> str:
    """Letters and blanks alone: no controls, nothing that turns text around."""
    return "".join(letter for letter in said if letter.isprintable())
