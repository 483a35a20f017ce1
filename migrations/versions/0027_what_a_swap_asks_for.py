"""The place that a swap asks for: whoever is asked cannot give another one instead."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("offer", sa.Column("asked", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("offer", "asked")
