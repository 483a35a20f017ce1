"""Why an offer sets rules of the house aside: it can be accepted as it was made."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "offer", sa.Column("override", sa.String(1000), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column("offer", "override")
