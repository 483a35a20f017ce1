"""One row into a table, and its key."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert

from booking.kernel.db import Base, db


def inserted(table: type[Base], values: Mapping[str, Any]) -> int:
    """Insert a row; the id it got."""
    key: int | None = db.session.scalar(
        insert(table).values(**values).returning(table.__table__.c.id)
    )
    assert key is not None
    return key
