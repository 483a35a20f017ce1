"""The database itself keeps the sum within the quantity: raw SQL, none of our code."""

import random
from typing import Any

import psycopg
import pytest

from tests.migrations.bare import BROKEN_CHECK, Bare, BareTable

GUARD = "ex_pool_claim_exceeded"
QUANTITY = 10
MOST = 400

Row = tuple[int, int, int, int, int]
"""Occurrence, pool, start, end, amount."""


class Table(BareTable):
    """The table of shares."""

    names = (GUARD,)

    def __init__(self, connection: Any, pools: list[int]) -> None:
        super().__init__(connection)
        self.pools = pools

    def insert(self, *rows: Row, verb: str = "INSERT") -> bool:
        """Add shares in one statement."""
        columns = "occurrence_id, facility_id, starts, ends, amount"
        values = ", ".join(str(row) for row in rows)
        return self.run(f"{verb} INTO pool_claim ({columns}) VALUES {values}")

    def update(self, key: tuple[int, int], **to: int) -> bool:
        """Change a share."""
        said = ", ".join(f"{name} = {value}" for name, value in to.items())
        where = f"occurrence_id = {key[0]} AND facility_id = {key[1]}"
        return self.run(f"UPDATE pool_claim SET {said} WHERE {where}")

    def rows(self) -> list[Row]:
        columns = "occurrence_id, facility_id, starts, ends, amount"
        found = self.connection.execute(f"SELECT {columns} FROM pool_claim")
        return sorted(tuple(row) for row in found)


@pytest.fixture
def table(bare: Bare) -> Table:
    """Two pools of ten and nothing taken."""
    pools = [bare.world.facilities["M-PLA"], bare.world.facilities["M-CIN"]]
    for number in range(1, MOST):
        bare.occurrence(number, pools)
    for pool in pools:
        bare.connection.execute(f"UPDATE facility SET quantity = {QUANTITY} WHERE id = {pool}")
    return Table(bare.connection, pools)


def test_the_sum_stays_within_the_quantity(table: Table):
    pool, other = table.pools
    assert table.insert((1, pool, 100, 200, 6))
    assert table.insert((2, pool, 100, 200, 4))
    for starts, ends in ((100, 200), (150, 160), (50, 101), (199, 300), (50, 300), (100, 150)):
        assert not table.insert((3, pool, starts, ends, 1)), (starts, ends)
    assert table.insert((3, pool, 200, 300, 10), (4, pool, 50, 100, 10), (5, other, 0, 300, 10))
    assert len(table.rows()) == 5


def test_what_counts_is_the_highest_sum_within_the_span(table: Table):
    pool = table.pools[0]
    assert table.insert((1, pool, 0, 10, 8), (2, pool, 10, 20, 8), (3, pool, 30, 40, 5))
    assert not table.insert((4, pool, 0, 40, 3))
    assert table.insert((4, pool, 20, 40, 5))
    assert not table.insert((5, pool, 39, 60, 1))
    assert table.insert((5, pool, 40, 60, 10))


def test_no_more_than_there_is(table: Table):
    pool = table.pools[0]
    assert not table.insert((1, pool, 0, 10, QUANTITY + 1))
    assert table.insert((1, pool, 0, 10, QUANTITY))


def test_one_statement_that_takes_too_much_leaves_nothing(table: Table):
    pool = table.pools[0]
    assert not table.insert((1, pool, 0, 10, 4), (2, pool, 0, 10, 4), (3, pool, 0, 10, 4))
    assert table.rows() == []


def test_an_update_above_the_quantity_is_refused(table: Table):
    pool, other = table.pools
    table.insert((1, pool, 0, 10, 6), (2, pool, 20, 30, 6), (3, other, 0, 10, 6))
    before = table.rows()
    assert not table.update((1, pool), amount=11)
    assert not table.update((1, pool), ends=21)
    assert not table.update((3, other), facility_id=pool)
    assert table.rows() == before
    assert table.update((1, pool), amount=10)
    assert table.update((1, pool), starts=5, ends=15)
    assert table.update((1, pool), ends=20)


@pytest.mark.one_engine
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "INSERT OR IGNORE", "REPLACE"])
def test_no_way_of_inserting_gets_around_it(table: Table, verb: str):
    pool = table.pools[0]
    table.insert((1, pool, 100, 200, 6))
    table.insert((2, pool, 150, 160, 5), verb=verb)
    assert table.rows() == [(1, pool, 100, 200, 6)]


@pytest.mark.parametrize("values", ["0, 10, 0", "0, 10, -1", "10, 10, 1", "10, 5, 1"])
def test_shares_have_a_length_and_an_amount(table: Table, values: str):
    statement = "INSERT INTO pool_claim (occurrence_id, facility_id, starts, ends, amount)"
    with pytest.raises(BROKEN_CHECK, match="ck_pool_claim"):
        table.connection.execute(f"{statement} VALUES (1, {table.pools[0]}, {values})")


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_tried_the_database_takes_what_fits_and_nothing_else(table: Table, seed: int):
    rng = random.Random(seed)
    held: dict[tuple[int, int], Row] = {}

    def fits(new: Row, others: list[Row]) -> bool:
        near = [row for row in others if row[1] == new[1]]
        sums = (
            sum(row[4] for row in near if row[2] <= instant < row[3])
            for instant in range(new[2], new[3])
        )
        return max(sums) + new[4] <= QUANTITY

    for number in range(1, MOST):
        starts = rng.randrange(60)
        size = (starts, starts + rng.randint(1, 12), rng.randint(1, 6))
        if held and rng.random() < 0.4:
            key = rng.choice(sorted(held))
            new = (*key, *size)
            rest = [row for other, row in held.items() if other != key]
            taken = table.update(key, starts=size[0], ends=size[1], amount=size[2])
        else:
            key = (number, rng.choice(table.pools))
            new, rest = (*key, *size), list(held.values())
            taken = table.insert(new)
        assert taken == fits(new, rest), (new, rest)
        if taken:
            held[key] = new
    assert table.rows() == sorted(held.values())


@pytest.mark.postgres
def test_two_who_do_not_know_of_each_other_do_not_take_too_much(table: Table, engine_kind: str):
    if engine_kind == "sqlite":
        pytest.skip("SQLite has one writer")
    pool = table.pools[0]
    info = table.connection.info
    other = psycopg.connect(info.dsn, password=info.password or None)
    other.execute("SET lock_timeout = '300ms'")
    first = psycopg.connect(info.dsn, password=info.password or None)
    first.execute(
        "INSERT INTO pool_claim (occurrence_id, facility_id, starts, ends, amount)"
        f" VALUES (1, {pool}, 0, 10, 6)"
    )
    second = (
        "INSERT INTO pool_claim (occurrence_id, facility_id, starts, ends, amount)"
        f" VALUES (2, {pool}, 0, 10, 6)"
    )
    with pytest.raises(psycopg.errors.LockNotAvailable):
        other.execute(second)
    other.rollback()
    first.commit()
    with pytest.raises(psycopg.errors.ExclusionViolation, match=GUARD):
        other.execute(second)
    first.close()
    other.close()
