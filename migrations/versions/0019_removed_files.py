"""Photos and documents of facilities that were removed stay for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TABLES = ("facility_photo", "facility_document")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("removed_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DELETE FROM {table} WHERE removed_at IS NOT NULL")
        op.drop_column(table, "removed_at")
