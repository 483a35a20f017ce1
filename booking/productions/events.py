"""What productions write into the journal."""

from typing import Any

from booking.journal.events import Event
from booking.members.events import NAMES


def about_production(name: str, production_id: int, **more: Any) -> Event:
    """`production:<name>` on a production; moves plannings and feeds, which show code names."""
    scopes = frozenset({f"production:{production_id}", "calendar", NAMES})
    return Event(
        name=f"production:{name}", subject=f"production:{production_id}", scopes=scopes, **more
    )
