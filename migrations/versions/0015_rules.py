"""Settings of rules have a revision; a first option keeps the second in which it lapsed."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "rule_setting", sa.Column("revision", sa.Integer(), nullable=False, server_default="1")
    )
    op.add_column("occurrence", sa.Column("lapsed_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("occurrence", "lapsed_at")
    op.drop_column("rule_setting", "revision")
