"""Members."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "throttle",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("blocked_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_throttle"),
    )
    op.create_index("ix_throttle_last_at", "throttle", ["last_at"], unique=False)
    op.create_table(
        "company",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("legal_form", sa.String(length=40), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("profile", sa.String(length=20), nullable=False),
        sa.Column("segment", sa.String(length=12), nullable=False),
        sa.Column("value_chain", sa.JSON(), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('member', 'partner', 'coproducer', 'cluster')", name=op.f("ck_company_kind")
        ),
        sa.CheckConstraint(
            "segment IN ('classic', 'innovative', 'both')", name=op.f("ck_company_segment")
        ),
        sa.CheckConstraint(
            "staff IS NULL OR staff >= 0", name=op.f("ck_company_staff_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name="fk_company_site_id_site", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_company"),
        sa.UniqueConstraint("code", name="uq_company_code"),
    )
    op.create_index("ix_company_site_id", "company", ["site_id"], unique=False)
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("theme", sa.String(length=5), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "theme IN ('auto', 'light', 'dark')", name=op.f("ck_user_account_theme")
        ),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_user_account_email_lower")),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["company.id"],
            name="fk_user_account_company_id_company",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_user_account"),
        sa.UniqueConstraint("email", name="uq_user_account_email"),
    )
    op.create_index("ix_user_account_company_id", "user_account", ["company_id"], unique=False)
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("secret_digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name="fk_api_token_user_id_user_account",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.UniqueConstraint("secret_digest", name="uq_api_token_secret_digest"),
    )
    op.create_index("ix_api_token_user_id", "api_token", ["user_id"], unique=False)
    op.create_table(
        "feed_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("secret_digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("user_agent", sa.String(length=200), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name="fk_feed_token_user_id_user_account",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_feed_token"),
        sa.UniqueConstraint("secret_digest", name="uq_feed_token_secret_digest"),
    )
    op.create_index("ix_feed_token_user_id", "feed_token", ["user_id"], unique=False)
    op.create_table(
        "one_time_token",
        sa.Column("secret_digest", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('reset', 'invitation')", name=op.f("ck_one_time_token_purpose")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name="fk_one_time_token_user_id_user_account",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("secret_digest", name="pk_one_time_token"),
    )
    op.create_index("ix_one_time_token_user_id", "one_time_token", ["user_id"], unique=False)
    op.create_table(
        "role_assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("facility_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(role = 'facility_manager') = (site_id IS NOT NULL OR facility_id IS NOT NULL)",
            name=op.f("ck_role_assignment_scope"),
        ),
        sa.CheckConstraint(
            "role IN ('requester', 'company_admin', 'facility_manager', 'board', 'administrator')",
            name=op.f("ck_role_assignment_role"),
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["facility.id"],
            name="fk_role_assignment_facility_id_facility",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name="fk_role_assignment_site_id_site", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name="fk_role_assignment_user_id_user_account",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_role_assignment"),
        sa.UniqueConstraint(
            "user_id",
            "role",
            "site_id",
            "facility_id",
            name="uq_role_assignment_user_id_role_site_id_facility_id",
        ),
    )
    op.create_index("ix_role_assignment_user_id", "role_assignment", ["user_id"], unique=False)
    op.create_table(
        "session",
        sa.Column("secret_digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("user_agent", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name="fk_session_user_id_user_account",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("secret_digest", name="pk_session"),
    )
    op.create_index("ix_session_user_id", "session", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_session_user_id", table_name="session")
    op.drop_table("session")
    op.drop_index("ix_role_assignment_user_id", table_name="role_assignment")
    op.drop_table("role_assignment")
    op.drop_index("ix_one_time_token_user_id", table_name="one_time_token")
    op.drop_table("one_time_token")
    op.drop_index("ix_feed_token_user_id", table_name="feed_token")
    op.drop_table("feed_token")
    op.drop_index("ix_api_token_user_id", table_name="api_token")
    op.drop_table("api_token")
    op.drop_index("ix_user_account_company_id", table_name="user_account")
    op.drop_table("user_account")
    op.drop_index("ix_company_site_id", table_name="company")
    op.drop_table("company")
    op.drop_index("ix_throttle_last_at", table_name="throttle")
    op.drop_table("throttle")
