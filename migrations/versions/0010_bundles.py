"""Bundles: named templates of facilities and amounts that are booked together."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bundle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bundle"),
        sa.UniqueConstraint("code", name="uq_bundle_code"),
    )
    op.create_table(
        "bundle_item",
        sa.Column("bundle_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_bundle_item_amount_positive")),
        sa.CheckConstraint(
            "(facility_id IS NULL) <> (group_id IS NULL)", name=op.f("ck_bundle_item_one_target")
        ),
        sa.ForeignKeyConstraint(
            ["bundle_id"],
            ["bundle.id"],
            name="fk_bundle_item_bundle_id_bundle",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["facility.id"],
            name="fk_bundle_item_facility_id_facility",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["facility_group.id"],
            name="fk_bundle_item_group_id_facility_group",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("bundle_id", "position", name="pk_bundle_item"),
    )
    op.create_index("ix_bundle_item_facility_id", "bundle_item", ["facility_id"])
    op.create_index("ix_bundle_item_group_id", "bundle_item", ["group_id"])


def downgrade() -> None:
    op.drop_table("bundle_item")
    op.drop_table("bundle")
