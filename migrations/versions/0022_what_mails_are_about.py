"""Which bookings mails tell of, by an index; mails from before say it in their keys."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

OF_DAYS = ("reminder", "digest")
"""Events whose keys name a day and no booking."""


def upgrade() -> None:
    op.create_table(
        "mail_about",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        _key("message_id", "outbox"),
        _key("booking_id", "booking"),
        sa.PrimaryKeyConstraint("message_id", "booking_id", name="pk_mail_about"),
    )
    op.create_index("ix_mail_about_booking_id", "mail_about", ["booking_id"])
    _fill()


def _key(column: str, table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_mail_about_{column}_{table}"
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=name, ondelete="CASCADE")


def _fill() -> None:
    """The first booking of each mail: more its key does not say."""
    there = op.get_bind()
    bookings = set(there.scalars(sa.text("SELECT id FROM booking")))
    challenged = dict(
        there.execute(
            sa.text(
                "SELECT challenge.id, occurrence.booking_id FROM challenge"
                " JOIN occurrence ON occurrence.id = challenge.challenged_id"
            )
        ).all()
    )
    rows = [
        {"message": message, "booking": booking}
        for message, key in there.execute(sa.text("SELECT id, key FROM outbox WHERE key != ''"))
        if (booking := _booking_of(key, challenged)) in bookings
    ]
    if rows:
        into = "INSERT INTO mail_about (message_id, booking_id) VALUES (:message, :booking)"
        there.execute(sa.text(into), rows)


def _booking_of(key: str, challenged: dict[int, int]) -> int | None:
    event, *parts = key.split(":")
    if event in OF_DAYS or len(parts) < 2:
        return None
    if event == "challenge_due":
        return challenged.get(int(parts[0]))
    return int(parts[0] if event == "expiring" else parts[1])


def downgrade() -> None:
    op.drop_table("mail_about")
