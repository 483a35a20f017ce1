"""Mails of bookings: how far the journal was told, what people want to be told, decision links."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("key", sa.String(length=160), nullable=True))
        outbox.add_column(sa.Column("calendar", sa.Text(), nullable=True))
        outbox.add_column(sa.Column("dropped_at", sa.BigInteger(), nullable=True))
        outbox.create_unique_constraint("uq_outbox_key", ["key"])
    op.create_table(
        "mail_cursor",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_mail_cursor_one")),
        sa.PrimaryKeyConstraint("id", name="pk_mail_cursor"),
    )
    # What happened before there were mails is not told.
    op.execute("INSERT INTO mail_cursor SELECT 1, coalesce(max(id), 0) FROM journal")
    op.create_table(
        "mail_choice",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("decisions", sa.Boolean(), nullable=False),
        sa.Column("options", sa.Boolean(), nullable=False),
        sa.Column("reminders", sa.Boolean(), nullable=False),
        sa.Column("requests", sa.String(length=5), nullable=False),
        sa.Column("calendar", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "requests IN ('each', 'daily', 'none')", name=op.f("ck_mail_choice_requests")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name="fk_mail_choice_user_id_user_account",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name="pk_mail_choice"),
    )
    op.create_table(
        "decision_link",
        sa.Column("secret_digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["booking.id"],
            name="fk_decision_link_booking_id_booking",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name="fk_decision_link_user_id_user_account",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("secret_digest", name="pk_decision_link"),
    )
    op.create_index("ix_decision_link_booking_id", "decision_link", ["booking_id"])
    op.create_index("ix_decision_link_user_id", "decision_link", ["user_id"])
    op.create_index("ix_challenge_challenged_id", "challenge", ["challenged_id"])


def downgrade() -> None:
    op.drop_index("ix_challenge_challenged_id", table_name="challenge")
    op.drop_index("ix_decision_link_user_id", table_name="decision_link")
    op.drop_index("ix_decision_link_booking_id", table_name="decision_link")
    op.drop_table("decision_link")
    op.drop_table("mail_choice")
    op.drop_table("mail_cursor")
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_constraint("uq_outbox_key", type_="unique")
        outbox.drop_column("dropped_at")
        outbox.drop_column("calendar")
        outbox.drop_column("key")
