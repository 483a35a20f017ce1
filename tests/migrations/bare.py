"""A database through a bare driver, none of our code between: only its guards may refuse."""

import sqlite3
from collections.abc import Iterable
from typing import Any

import psycopg

from tests.support.world import World

BOOKING = (
    "INSERT INTO booking (id, number, title, note, company_id, requester_id, created_at, revision)"
    " VALUES (1, 'X', 'x', '', {company}, {user}, 0, 1)"
)
OCCURRENCE = (
    "INSERT INTO occurrence (id, uid, booking_id, starts, ends, state, sequence, changed_at)"
    " VALUES ({id}, 'x{id}', 1, 0, 1, 'confirmed', 0, 0)"
)
ALLOCATION = (
    "INSERT INTO allocation (occurrence_id, facility_id, starts, decision)"
    " VALUES ({id}, {facility}, 0, 'automatic')"
)

BROKEN_CHECK = (sqlite3.IntegrityError, psycopg.errors.CheckViolation)
"""What the drivers raise."""


class Bare:
    """A connection to the database of a house, and one booking without dates in it."""

    def __init__(self, connection: Any, world: World) -> None:
        self.connection = connection
        self.world = world
        user = world.users["producer@blf.example"]
        connection.execute(BOOKING.format(company=world.companies["BLF"], user=user))

    def occurrence(self, number: int, facilities: Iterable[int]) -> None:
        """Add a date with facilities, that holds nothing."""
        self.connection.execute(OCCURRENCE.format(id=number))
        for facility in facilities:
            self.connection.execute(ALLOCATION.format(id=number, facility=facility))


class BareTable:
    """A table that guards itself."""

    names: tuple[str, ...]
    """Of its guards."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def run(self, statement: str) -> bool:
        """Whether the database takes a statement; only a guard may refuse."""
        try:
            self.connection.execute(statement)
        except (sqlite3.IntegrityError, psycopg.errors.IntegrityError) as error:
            if any(name in str(error) for name in self.names):
                return False
            raise
        return True
