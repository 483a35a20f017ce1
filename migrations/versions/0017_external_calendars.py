"""Other people's calendars of a facility."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "external_calendar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("url", sa.String(length=1000), nullable=False),
        sa.Column("effect", sa.String(length=12), nullable=False),
        sa.Column("etag", sa.String(length=200), nullable=False),
        sa.Column("last_modified", sa.String(length=60), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=40), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "effect IN ('closure', 'information')", name=op.f("ck_external_calendar_effect")
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["facility.id"],
            name="fk_external_calendar_facility_id_facility",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["user_account.id"],
            name="fk_external_calendar_created_by_user_account",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_external_calendar"),
    )
    op.create_index("ix_external_calendar_facility_id", "external_calendar", ["facility_id"])
    op.create_index("ix_external_calendar_next_at", "external_calendar", ["next_at"])
    op.create_table(
        "external_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("summary", sa.String(length=200), nullable=False),
        sa.Column("closure_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("ends > starts", name=op.f("ck_external_event_positive")),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["external_calendar.id"],
            name="fk_external_event_calendar_id_external_calendar",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["closure_id"],
            ["closure.id"],
            name="fk_external_event_closure_id_closure",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_external_event"),
        sa.UniqueConstraint("calendar_id", "key", name="uq_external_event_calendar_id_key"),
    )
    op.create_index("ix_external_event_calendar_id_ends", "external_event", ["calendar_id", "ends"])
    op.create_index("ix_external_event_closure_id", "external_event", ["closure_id"])


def downgrade() -> None:
    op.drop_table("external_event")
    op.drop_table("external_calendar")
