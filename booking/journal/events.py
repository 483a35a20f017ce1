"""The shape of an event on its way into the journal."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`name` as `noun:past_tense`, `subject` as `noun:id`; `scopes` are the revisions it moves."""

    name: str
    subject: str
    booking_id: int | None = None
    reason: str | None = None
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    scopes: frozenset[str] = frozenset()
    by_clock: bool = False
    """Nobody did it: time ran out."""
