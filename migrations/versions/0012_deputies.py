"""Deputies: a manager's role, held by somebody else for some days."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

CHECKS = {
    "deputy_starts": "(deputy_of IS NULL) = (starts IS NULL)",
    "deputy_ends": "(deputy_of IS NULL) = (ends IS NULL)",
    "positive": "ends > starts",
}


def upgrade() -> None:
    with op.batch_alter_table("role_assignment") as roles:
        roles.add_column(sa.Column("deputy_of", sa.Integer(), nullable=True))
        roles.add_column(sa.Column("starts", sa.BigInteger(), nullable=True))
        roles.add_column(sa.Column("ends", sa.BigInteger(), nullable=True))
        roles.create_foreign_key(
            "fk_role_assignment_deputy_of_user_account",
            "user_account",
            ["deputy_of"],
            ["id"],
            ondelete="CASCADE",
        )
        for name, condition in CHECKS.items():
            roles.create_check_constraint(op.f(f"ck_role_assignment_{name}"), condition)


def downgrade() -> None:
    op.execute("DELETE FROM role_assignment WHERE deputy_of IS NOT NULL")
    with op.batch_alter_table("role_assignment") as roles:
        for name in CHECKS:
            roles.drop_constraint(op.f(f"ck_role_assignment_{name}"), type_="check")
        roles.drop_constraint("fk_role_assignment_deputy_of_user_account", type_="foreignkey")
        roles.drop_column("ends")
        roles.drop_column("starts")
        roles.drop_column("deputy_of")
