"""Whom requesters invite to their bookings, and who of them has it in their calendar."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create("participant")
    _create("invited", sa.Column("said", sa.String(length=64), nullable=False))


def _create(table: str, *more: sa.Column[str]) -> None:
    op.create_table(
        table,
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        *more,
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["booking.id"],
            name=f"fk_{table}_booking_id_booking",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("booking_id", "address", name=f"pk_{table}"),
    )


def downgrade() -> None:
    op.drop_table("invited")
    op.drop_table("participant")
