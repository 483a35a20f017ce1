"""Facilities."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "facility_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_facility_group"),
        sa.UniqueConstraint("code", name="uq_facility_group_code"),
    )
    op.create_table(
        "kind",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("option_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("option_days > 0", name=op.f("ck_kind_option_days_positive")),
        sa.PrimaryKeyConstraint("id", name="pk_kind"),
        sa.UniqueConstraint("code", name="uq_kind_code"),
    )
    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("area_m2", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_site"),
        sa.UniqueConstraint("code", name="uq_site_code"),
    )
    op.create_table(
        "attribute_definition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("value_type", sa.String(length=10), nullable=False),
        sa.Column("unit", sa.String(length=12), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "value_type IN ('text', 'integer', 'decimal', 'boolean', 'choice')",
            name=op.f("ck_attribute_definition_value_type"),
        ),
        sa.ForeignKeyConstraint(
            ["kind_id"],
            ["kind.id"],
            name="fk_attribute_definition_kind_id_kind",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_attribute_definition"),
        sa.UniqueConstraint("kind_id", "code", name="uq_attribute_definition_kind_id_code"),
    )
    op.create_table(
        "facility",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("capacities", sa.JSON(), nullable=False),
        sa.Column("area_m2", sa.Integer(), nullable=True),
        sa.Column("setup_min", sa.Integer(), nullable=False),
        sa.Column("turnaround_min", sa.Integer(), nullable=False),
        sa.Column("approval", sa.String(length=10), nullable=False),
        sa.Column("guests_allowed", sa.Boolean(), nullable=False),
        sa.Column("staffing", sa.String(length=20), nullable=False),
        sa.Column("equipment", sa.String(length=2000), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "approval IN ('automatic', 'manager')", name=op.f("ck_facility_approval")
        ),
        sa.CheckConstraint(
            "capacity IS NULL OR capacity > 0", name=op.f("ck_facility_capacity_positive")
        ),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_facility_quantity_positive")),
        sa.CheckConstraint(
            "setup_min BETWEEN 0 AND 1440", name=op.f("ck_facility_setup_min_range")
        ),
        sa.CheckConstraint(
            "turnaround_min BETWEEN 0 AND 1440", name=op.f("ck_facility_turnaround_min_range")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["facility_group.id"],
            name="fk_facility_group_id_facility_group",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["kind.id"], name="fk_facility_kind_id_kind", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name="fk_facility_site_id_site", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_facility"),
        sa.UniqueConstraint("code", name="uq_facility_code"),
    )
    op.create_index("ix_facility_group_id", "facility", ["group_id"], unique=False)
    op.create_index("ix_facility_kind_id", "facility", ["kind_id"], unique=False)
    op.create_index("ix_facility_site_id", "facility", ["site_id"], unique=False)
    op.create_table(
        "space",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name="fk_space_site_id_site", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_space"),
        sa.UniqueConstraint("code", name="uq_space_code"),
    )
    op.create_index("ix_space_site_id", "space", ["site_id"], unique=False)
    op.create_table(
        "attribute_value",
        sa.Column("facility_id", sa.Integer(), nullable=False),
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"],
            ["attribute_definition.id"],
            name="fk_attribute_value_definition_id_attribute_definition",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["facility.id"],
            name="fk_attribute_value_facility_id_facility",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("facility_id", "definition_id", name="pk_attribute_value"),
    )
    op.create_index(
        "ix_attribute_value_definition_id", "attribute_value", ["definition_id"], unique=False
    )
    op.create_table(
        "closure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("facility_id", sa.Integer(), nullable=True),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "(site_id IS NULL) <> (facility_id IS NULL)", name=op.f("ck_closure_one_target")
        ),
        sa.CheckConstraint("ends > starts", name=op.f("ck_closure_positive")),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["facility.id"],
            name="fk_closure_facility_id_facility",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name="fk_closure_site_id_site", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_closure"),
    )
    op.create_index("ix_closure_facility_id_ends", "closure", ["facility_id", "ends"], unique=False)
    op.create_index("ix_closure_site_id_ends", "closure", ["site_id", "ends"], unique=False)
    op.create_table(
        "facility_space",
        sa.Column("facility_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["facility.id"],
            name="fk_facility_space_facility_id_facility",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name="fk_facility_space_space_id_space", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("facility_id", "space_id", name="pk_facility_space"),
    )
    op.create_index("ix_facility_space_space_id", "facility_space", ["space_id"], unique=False)
    op.create_table(
        "opening_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens_min", sa.Integer(), nullable=False),
        sa.Column("closes_min", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "opens_min >= 0 AND opens_min < closes_min AND closes_min <= 1440",
            name=op.f("ck_opening_hours_span"),
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_opening_hours_weekday_range")),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["facility.id"],
            name="fk_opening_hours_facility_id_facility",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_opening_hours"),
    )
    op.create_index("ix_opening_hours_facility_id", "opening_hours", ["facility_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_opening_hours_facility_id", table_name="opening_hours")
    op.drop_table("opening_hours")
    op.drop_index("ix_facility_space_space_id", table_name="facility_space")
    op.drop_table("facility_space")
    op.drop_index("ix_closure_site_id_ends", table_name="closure")
    op.drop_index("ix_closure_facility_id_ends", table_name="closure")
    op.drop_table("closure")
    op.drop_index("ix_attribute_value_definition_id", table_name="attribute_value")
    op.drop_table("attribute_value")
    op.drop_index("ix_space_site_id", table_name="space")
    op.drop_table("space")
    op.drop_index("ix_facility_site_id", table_name="facility")
    op.drop_index("ix_facility_kind_id", table_name="facility")
    op.drop_index("ix_facility_group_id", table_name="facility")
    op.drop_table("facility")
    op.drop_table("attribute_definition")
    op.drop_table("site")
    op.drop_table("kind")
    op.drop_table("facility_group")
