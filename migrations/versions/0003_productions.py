"""Productions."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "production",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("code_name", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("format", sa.String(length=20), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "code_name = upper(code_name)", name=op.f("ck_production_code_name_upper")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["company.id"],
            name="fk_production_company_id_company",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["user_account.id"],
            name="fk_production_created_by_user_account",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_production"),
        sa.UniqueConstraint("company_id", "code_name", name="uq_production_company_id_code_name"),
    )
    op.create_table(
        "coproducer",
        sa.Column("production_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("share_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.CheckConstraint(
            "share_percent > 0 AND share_percent <= 100", name=op.f("ck_coproducer_share_range")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["company.id"],
            name="fk_coproducer_company_id_company",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["production_id"],
            ["production.id"],
            name="fk_coproducer_production_id_production",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("production_id", "company_id", name="pk_coproducer"),
    )
    op.create_index("ix_coproducer_company_id", "coproducer", ["company_id"], unique=False)
    op.create_table(
        "production_invitee",
        sa.Column("production_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["production_id"],
            ["production.id"],
            name="fk_production_invitee_production_id_production",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name="fk_production_invitee_user_id_user_account",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("production_id", "user_id", name="pk_production_invitee"),
    )
    op.create_index(
        "ix_production_invitee_user_id", "production_invitee", ["user_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_production_invitee_user_id", table_name="production_invitee")
    op.drop_table("production_invitee")
    op.drop_index("ix_coproducer_company_id", table_name="coproducer")
    op.drop_table("coproducer")
    op.drop_table("production")
