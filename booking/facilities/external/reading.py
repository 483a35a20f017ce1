"""What stands in a calendar that somebody else wrote, as plain values."""

import hashlib
import json
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from booking.core.scheduling.interval import Interval
from booking.core.scheduling.wallclock import zone_of
from booking.facilities.external.values import Found
from booking.kernel.outside import OutsideError

CHILD = Path(__file__).with_name("child.py")
TIME_S = 20
LONGEST_SUMMARY = 200


class Told(NamedTuple):
    """An occurrence as its calendar has it.

    Moments are in ISO 8601, without an offset where the calendar names no zone; whole days go from
    midnight to midnight. Text is cut far beyond what a booking takes.
    """

    uid: str
    recurrence_id: str
    """Of dates that differ from their series, the moment that they replace, else empty."""
    start: str
    end: str
    summary: str
    description: str
    takes_time: bool


def told(body: bytes, window: Interval) -> list[Told]:
    """What a calendar says of a window, what it cancelled left out, in no order.

    Read in a process of its own, with bounded time and memory. Raises OutsideError not_a_calendar
    or too_much.
    """
    asked = [sys.executable, "-I", str(CHILD), str(window.starts), str(window.ends)]
    try:
        done = subprocess.run(asked, input=body, capture_output=True, timeout=TIME_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise OutsideError("too_much") from error
    if done.returncode != 0:
        raise OutsideError("not_a_calendar" if done.returncode == 1 else "too_much")
    return [Told(*said) for said in json.loads(done.stdout)]


def occurrences(body: bytes, window: Interval, zone: str, *, busy_only: bool) -> list[Found]:
    """The occurrences in a window, by start; with `busy_only` those alone that take time.

    What has no zone is on the clock of `zone`; what has no length is left out. Raises as `told`.
    """
    kept = [(one, *_span(one, zone)) for one in told(body, window) if _counts(one, busy_only)]
    several = Counter((one.uid, one.recurrence_id) for one, _, _ in kept)
    found = []
    for one, starts, ends in kept:
        alone = several[one.uid, one.recurrence_id] == 1
        if starts < ends:
            key = _key(one, zone, 0 if alone else starts)
            found.append(Found(key, starts, ends, _plain(one.summary)))
    return sorted({one.key: one for one in found}.values(), key=lambda one: (one.starts, one.key))


def _counts(one: Told, busy_only: bool) -> bool:
    return one.takes_time or not busy_only


def _span(one: Told, zone: str) -> tuple[int, int]:
    return _instant(one.start, zone), _instant(one.end, zone)


def _instant(moment: str, zone: str) -> int:
    read = datetime.fromisoformat(moment)
    return int((read if read.tzinfo else read.replace(tzinfo=zone_of(zone))).timestamp())


def _key(one: Told, zone: str, starts: int) -> str:
    """The same for the same occurrence whenever its calendar is read."""
    place = _instant(one.recurrence_id, zone) if one.recurrence_id else 0
    return hashlib.sha256(repr((one.uid, place, starts)).encode()).hexdigest()


def _plain(said: str) -> str:
    """Letters and blanks alone: no controls, nothing that turns text around."""
    line = " ".join(said.split())[:LONGEST_SUMMARY]
    return "".join(letter for letter in line if letter.isprintable())
