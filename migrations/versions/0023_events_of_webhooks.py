"""What each webhook is called for; those there are, for everything."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    events = sa.Column("events", sa.JSON(), nullable=False, server_default=sa.text("'[]'"))
    op.add_column("webhook", events)


def downgrade() -> None:
    with op.batch_alter_table("webhook") as table:
        table.drop_column("events")
