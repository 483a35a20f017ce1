"""Challenges, and the one extension of an option."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("occurrence", sa.Column("extended_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "challenge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenger_id", sa.Integer(), nullable=False),
        sa.Column("challenged_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("moved_by", sa.String(length=12), nullable=False),
        sa.Column("would_lapse_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.CheckConstraint("due_at > made_at", name=op.f("ck_challenge_time_to_answer")),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (outcome IS NULL)", name=op.f("ck_challenge_settled")
        ),
        sa.ForeignKeyConstraint(
            ["challenger_id"],
            ["occurrence.id"],
            name="fk_challenge_challenger_id_occurrence",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["challenged_id"],
            ["occurrence.id"],
            name="fk_challenge_challenged_id_occurrence",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_challenge"),
    )
    op.create_index("ix_challenge_challenger_id", "challenge", ["challenger_id"])
    op.create_index(
        "uq_challenge_open",
        "challenge",
        ["challenged_id"],
        unique=True,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("challenge")
    with op.batch_alter_table("occurrence") as occurrence:
        occurrence.drop_column("extended_at")
