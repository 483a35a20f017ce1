"""Pools: amounts, and the guard that keeps their sum within the quantity."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# At no instant do the amounts taken of a pool exceed its quantity. The sum only rises where
# something starts: it is enough to look at the new start and at every start within the new span.
# PostgreSQL locks the pool's row first, so that of two at once one sees the other.
FUNCTION = """
    CREATE FUNCTION guard_pool() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        available integer;
        most bigint;
    BEGIN
        SELECT quantity INTO available FROM facility WHERE id = NEW.facility_id FOR NO KEY UPDATE;
        SELECT max(taken) INTO most FROM (
            SELECT sum(held.amount) AS taken
            FROM (
                SELECT NEW.starts AS instant
                UNION SELECT starts FROM pool_claim
                WHERE facility_id = NEW.facility_id AND starts > NEW.starts AND starts < NEW.ends
            ) AS edge
            JOIN pool_claim AS held ON held.facility_id = NEW.facility_id
                AND held.starts <= edge.instant AND held.ends > edge.instant
            WHERE TG_OP = 'INSERT'
                OR held.occurrence_id <> OLD.occurrence_id OR held.facility_id <> OLD.facility_id
            GROUP BY edge.instant
        ) AS sums;
        IF coalesce(most, 0) + NEW.amount > available THEN
            RAISE EXCEPTION 'ex_pool_claim_exceeded' USING ERRCODE = 'exclusion_violation';
        END IF;
        RETURN NEW;
    END $$
"""
GUARD = """
    CREATE TRIGGER pool_claim_before_write BEFORE INSERT OR UPDATE ON pool_claim
    FOR EACH ROW EXECUTE FUNCTION guard_pool()
"""
TRIGGER = """
    CREATE TRIGGER {name} {when} ON pool_claim
    WHEN new.amount + coalesce((
        SELECT max((
            SELECT sum(held.amount) FROM pool_claim AS held
            WHERE held.facility_id = new.facility_id
            AND held.starts <= edge.instant AND held.ends > edge.instant {but}))
        FROM (
            SELECT new.starts AS instant
            UNION SELECT starts FROM pool_claim
            WHERE facility_id = new.facility_id AND starts > new.starts AND starts < new.ends
        ) AS edge
    ), 0) > (SELECT quantity FROM facility WHERE id = new.facility_id)
    BEGIN SELECT RAISE(ABORT, 'ex_pool_claim_exceeded'); END
"""
NOT_ITSELF = (
    "AND NOT (held.occurrence_id = old.occurrence_id AND held.facility_id = old.facility_id)"
)


def upgrade() -> None:
    op.add_column("allocation", sa.Column("amount", sa.Integer(), nullable=True))
    op.create_table(
        "pool_claim",
        sa.Column("occurrence_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("facility_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends > starts", name=op.f("ck_pool_claim_positive")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_pool_claim_amount_positive")),
        sa.ForeignKeyConstraint(
            ["occurrence_id", "facility_id"],
            ["allocation.occurrence_id", "allocation.facility_id"],
            name="fk_pool_claim_allocation",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("occurrence_id", "facility_id", name="pk_pool_claim"),
    )
    op.create_index("ix_pool_claim_facility_id_ends", "pool_claim", ["facility_id", "ends"])
    op.create_index("ix_pool_claim_facility_id_starts", "pool_claim", ["facility_id", "starts"])
    guard_pools()


def guard_pools() -> None:
    """The sum stays within the quantity, held by the database itself."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(FUNCTION)
        op.execute(GUARD)
        return
    op.execute(TRIGGER.format(name="pool_claim_before_insert", when="BEFORE INSERT", but=""))
    op.execute(
        TRIGGER.format(name="pool_claim_before_update", when="BEFORE UPDATE", but=NOT_ITSELF)
    )


def downgrade() -> None:
    op.drop_table("pool_claim")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION guard_pool()")
    op.execute("ALTER TABLE allocation DROP COLUMN amount")
