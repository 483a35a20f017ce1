"""What productions write into the journal."""

from typing import Any

from booking.journal.events import Event
from booking.members.events import NAMES, reader


def about_production(
    name: str,
    production_id: int,
    *,
    seen_by: int | None = None,
    renamed: bool = False,
    **more: Any,
) -> Event:
    """`production:<name>` on a production; moves plannings, which show code names.

    With all feeds where it is `renamed`, and with those of a person who sees it from now on, or no
    longer (`seen_by`, their id).
    """
    scopes = {f"production:{production_id}", "calendar"}
    if renamed:
        scopes.add(NAMES)
    if seen_by is not None:
        scopes.add(reader(seen_by))
    subject = f"production:{production_id}"
    return Event(name=f"production:{name}", subject=subject, scopes=frozenset(scopes), **more)
