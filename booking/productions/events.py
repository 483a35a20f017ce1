"""What productions write into the journal."""

from typing import Any

from booking.journal.events import Event


def about_production(name: str, production_id: int, **more: Any) -> Event:
    """`production:<name>` on a production; moves the planning too, which shows code names."""
    scopes = frozenset({f"production:{production_id}", "calendar"})
    return Event(
        name=f"production:{name}", subject=f"production:{production_id}", scopes=scopes, **more
    )
