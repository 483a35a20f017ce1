"""Rules that managers set, and licences that people hold."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=True),
        sa.Column("facility_id", sa.Integer(), nullable=True),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(kind_id IS NULL) <> (facility_id IS NULL)",
            name=op.f("ck_rule_setting_one_target"),
        ),
        sa.CheckConstraint("valid_from <= valid_until", name=op.f("ck_rule_setting_valid_order")),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["kind.id"], name="fk_rule_setting_kind_id_kind", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["facility.id"],
            name="fk_rule_setting_facility_id_facility",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_rule_setting"),
    )
    op.create_index("ix_rule_setting_kind_id", "rule_setting", ["kind_id"], unique=False)
    op.create_index("ix_rule_setting_facility_id", "rule_setting", ["facility_id"], unique=False)
    op.create_table(
        "licence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name="fk_licence_user_id_user_account",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_licence"),
        sa.UniqueConstraint("user_id", "code", name="uq_licence_user_id_code"),
    )


def downgrade() -> None:
    op.drop_table("licence")
    op.drop_index("ix_rule_setting_facility_id", table_name="rule_setting")
    op.drop_index("ix_rule_setting_kind_id", table_name="rule_setting")
    op.drop_table("rule_setting")
