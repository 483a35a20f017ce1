"""How much of a pool is offered."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("offer", sa.Column("amounts", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("offer", "amounts")
