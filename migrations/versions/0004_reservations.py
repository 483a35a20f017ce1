"""Reservations."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# On one space, no two claims of the same rank overlap. PostgreSQL: an exclusion constraint that
# needs no extension. SQLite: before every insert and update, the claim with the greatest start
# before the new end must end by the new start; claims never overlap, so it alone can be in the way.
EXCLUSION = """
    ALTER TABLE claim ADD CONSTRAINT ex_claim_no_overlap EXCLUDE USING gist (
        int8range(space_id, space_id, '[]') WITH =,
        int8range(rank, rank, '[]') WITH =,
        int8range(starts, ends) WITH &&
    )
"""
TRIGGER = """
    CREATE TRIGGER {name} {when} ON claim
    WHEN (SELECT ends FROM claim WHERE space_id = new.space_id AND rank = new.rank
          AND starts < new.ends {but} ORDER BY starts DESC LIMIT 1) > new.starts
    BEGIN SELECT RAISE(ABORT, 'ex_claim_no_overlap'); END
"""
NOT_ITSELF = "AND NOT (space_id = old.space_id AND rank = old.rank AND starts = old.starts)"


def upgrade() -> None:
    op.create_table(
        "booking_counter",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name="pk_booking_counter"),
    )
    op.create_table(
        "idempotent_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name="fk_idempotent_answer_user_id_user_account",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_idempotent_answer"),
        sa.UniqueConstraint("user_id", "key", name="uq_idempotent_answer_user_id_key"),
    )
    op.create_index(
        "ix_idempotent_answer_created_at", "idempotent_answer", ["created_at"], unique=False
    )
    op.create_table(
        "booking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=4000), nullable=False),
        sa.Column("attendees", sa.Integer(), nullable=True),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("requester_id", sa.Integer(), nullable=False),
        sa.Column("production_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "attendees IS NULL OR attendees > 0", name=op.f("ck_booking_attendees_positive")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["company.id"],
            name="fk_booking_company_id_company",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["production_id"],
            ["production.id"],
            name="fk_booking_production_id_production",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["requester_id"],
            ["user_account.id"],
            name="fk_booking_requester_id_user_account",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_booking"),
        sa.UniqueConstraint("number", name="uq_booking_number"),
    )
    op.create_index("ix_booking_company_id_id", "booking", ["company_id", "id"], unique=False)
    op.create_index("ix_booking_production_id", "booking", ["production_id"], unique=False)
    op.create_index("ix_booking_requester_id_id", "booking", ["requester_id", "id"], unique=False)
    op.create_table(
        "occurrence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("ends > starts", name=op.f("ck_occurrence_positive")),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["booking.id"],
            name="fk_occurrence_booking_id_booking",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_occurrence"),
        sa.UniqueConstraint("uid", name="uq_occurrence_uid"),
    )
    op.create_index("ix_occurrence_booking_id", "occurrence", ["booking_id"], unique=False)
    op.create_index(
        "ix_occurrence_expires_at",
        "occurrence",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("expires_at IS NOT NULL"),
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )
    op.create_index("ix_occurrence_starts", "occurrence", ["starts"], unique=False)
    op.create_table(
        "allocation",
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "decision IN ('automatic', 'undecided', 'approved', 'declined')",
            name=op.f("ck_allocation_decision"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["user_account.id"],
            name="fk_allocation_decided_by_user_account",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["facility.id"],
            name="fk_allocation_facility_id_facility",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["occurrence_id"],
            ["occurrence.id"],
            name="fk_allocation_occurrence_id_occurrence",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("occurrence_id", "facility_id", name="pk_allocation"),
    )
    op.create_index(
        "ix_allocation_facility_id_starts", "allocation", ["facility_id", "starts"], unique=False
    )
    op.create_index(
        "ix_allocation_undecided",
        "allocation",
        ["facility_id", "starts"],
        sqlite_where=sa.text("decision = 'undecided'"),
        postgresql_where=sa.text("decision = 'undecided'"),
    )
    op.create_table(
        "claim",
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("starts", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends > starts", name=op.f("ck_claim_positive")),
        sa.CheckConstraint("rank BETWEEN 1 AND 3", name=op.f("ck_claim_rank_range")),
        sa.ForeignKeyConstraint(
            ["occurrence_id", "facility_id"],
            ["allocation.occurrence_id", "allocation.facility_id"],
            name="fk_claim_allocation",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name="fk_claim_space_id_space", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("space_id", "rank", "starts", name="pk_claim"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_claim_occurrence_id_facility_id",
        "claim",
        ["occurrence_id", "facility_id"],
        unique=False,
    )
    guard_claims()


def guard_claims() -> None:
    """The invariant, held by the database itself."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(EXCLUSION)
        return
    op.execute(TRIGGER.format(name="claim_before_insert", when="BEFORE INSERT", but=""))
    op.execute(
        TRIGGER.format(
            name="claim_before_update",
            when="BEFORE UPDATE OF space_id, rank, starts, ends",
            but=NOT_ITSELF,
        )
    )


def downgrade() -> None:
    op.drop_index("ix_claim_occurrence_id_facility_id", table_name="claim")
    op.drop_table("claim")
    op.drop_index("ix_allocation_facility_id_starts", table_name="allocation")
    op.drop_table("allocation")
    op.drop_index("ix_occurrence_starts", table_name="occurrence")
    op.drop_index(
        "ix_occurrence_expires_at",
        table_name="occurrence",
        sqlite_where=sa.text("expires_at IS NOT NULL"),
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )
    op.drop_index("ix_occurrence_booking_id", table_name="occurrence")
    op.drop_table("occurrence")
    op.drop_index("ix_booking_requester_id_id", table_name="booking")
    op.drop_index("ix_booking_production_id", table_name="booking")
    op.drop_index("ix_booking_company_id_id", table_name="booking")
    op.drop_table("booking")
    op.drop_index("ix_idempotent_answer_created_at", table_name="idempotent_answer")
    op.drop_table("idempotent_answer")
    op.drop_table("booking_counter")
