"""The database itself keeps the invariant: raw SQL, none of our code, nothing to be polite to."""

import random
from typing import Any

import pytest

from tests.migrations.bare import BROKEN_CHECK, Bare, BareTable

NAMES = ("ex_claim_no_overlap", "pk_claim")

Row = tuple[int, int, int, int]
"""Space, rank, start, end."""


class Table(BareTable):
    """The claim table."""

    names = NAMES

    def __init__(self, connection: Any, facility: int, spaces: list[int]) -> None:
        super().__init__(connection)
        self._facility = facility
        self.spaces = spaces

    def insert(self, *rows: Row, verb: str = "INSERT") -> bool:
        """Add claims in one statement."""
        values = ", ".join(f"({s}, {r}, {a}, {b}, 1, {self._facility})" for s, r, a, b in rows)
        columns = "space_id, rank, starts, ends, occurrence_id, facility_id"
        return self.run(f"{verb} INTO claim ({columns}) VALUES {values}")

    def update(self, row: Row, to: Row) -> bool:
        """Change a claim."""
        return self.run(
            "UPDATE claim SET space_id = {}, rank = {}, starts = {}, ends = {}".format(*to)
            + " WHERE space_id = {} AND rank = {} AND starts = {}".format(*row)
        )

    def rows(self) -> list[Row]:
        found = self.connection.execute("SELECT space_id, rank, starts, ends FROM claim")
        return sorted(tuple(row) for row in found)


@pytest.fixture
def table(bare: Bare) -> Table:
    """An empty claim table on two spaces."""
    facility = bare.world.facilities["M-PLA"]
    bare.occurrence(1, [facility])
    spaces = [bare.world.spaces["M-PLA1"], bare.world.spaces["M-PLA2"]]
    return Table(bare.connection, facility, spaces)


def test_an_overlap_is_refused_however_it_lies(table: Table):
    space = table.spaces[0]
    assert table.insert((space, 1, 100, 200))
    for starts, ends in ((100, 200), (150, 160), (50, 101), (199, 300), (50, 300), (100, 150)):
        assert not table.insert((space, 1, starts, ends)), (starts, ends)
    assert table.rows() == [(space, 1, 100, 200)]


def test_touching_claims_other_ranks_and_other_spaces_are_welcome(table: Table):
    space, other = table.spaces
    rows = [(space, 1, 100, 200), (space, 1, 200, 300), (space, 1, 0, 100),
            (space, 2, 150, 250), (other, 1, 150, 250)]  # fmt: skip
    assert all(table.insert(row) for row in rows)
    assert table.rows() == sorted(rows)


def test_one_statement_that_overlaps_itself_leaves_nothing(table: Table):
    space, other = table.spaces
    assert not table.insert((space, 1, 0, 10), (other, 1, 0, 10), (space, 1, 5, 15))
    assert table.rows() == []


def test_an_update_into_another_claim_is_refused(table: Table):
    space, other = table.spaces
    table.insert((space, 1, 0, 10), (space, 1, 20, 30), (space, 2, 0, 10), (other, 1, 0, 10))
    before = table.rows()
    assert not table.update((space, 1, 0, 10), (space, 1, 0, 21))
    assert not table.update((space, 1, 20, 30), (space, 1, 9, 30))
    assert not table.update((space, 2, 0, 10), (space, 1, 0, 10))
    assert not table.update((other, 1, 0, 10), (space, 1, 25, 35))
    assert table.rows() == before


def test_an_update_that_overlaps_only_what_it_was_is_welcome(table: Table):
    space, _ = table.spaces
    table.insert((space, 1, 100, 200))
    assert table.update((space, 1, 100, 200), (space, 1, 90, 150))
    assert table.update((space, 1, 90, 150), (space, 1, 95, 210))
    assert table.run("UPDATE claim SET occurrence_id = 1")
    assert table.rows() == [(space, 1, 95, 210)]


@pytest.mark.one_engine
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "INSERT OR IGNORE", "REPLACE"])
def test_no_way_of_inserting_gets_around_it(table: Table, verb):
    space = table.spaces[0]
    table.insert((space, 1, 100, 200))
    table.insert((space, 1, 150, 160), verb=verb)
    table.insert((space, 1, 100, 250), verb=verb)
    assert table.rows() == [(space, 1, 100, 200)]


@pytest.mark.parametrize(
    "values", ["(1, 1, 10, 10)", "(1, 1, 10, 5)", "(1, 0, 0, 5)", "(1, 4, 0, 5)"]
)
def test_claims_have_a_length_and_one_of_three_ranks(table: Table, values):
    statement = "INSERT INTO claim (space_id, rank, starts, ends, occurrence_id, facility_id)"
    with pytest.raises(BROKEN_CHECK, match="ck_claim"):
        table.connection.execute(f"{statement} VALUES {values[:-1]}, 1, {table._facility})")


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_tried_the_database_takes_what_does_not_overlap_and_nothing_else(
    table: Table, seed
):
    rng = random.Random(seed)
    held: list[Row] = []

    def row() -> Row:
        starts = rng.randrange(60)
        return rng.choice(table.spaces), rng.randint(1, 2), starts, starts + rng.randint(1, 8)

    def fits(new: Row, others: list[Row]) -> bool:
        return not any(new[:2] == old[:2] and new[2] < old[3] and old[2] < new[3] for old in others)

    for _ in range(300):
        new = row()
        if held and rng.random() < 0.4:
            old = rng.choice(held)
            rest = [other for other in held if other != old]
            taken = table.update(old, new)
        else:
            rest = held
            taken = table.insert(new)
        assert taken == fits(new, rest), (new, rest)
        held = [*rest, new] if taken else held
    assert table.rows() == sorted(held)
