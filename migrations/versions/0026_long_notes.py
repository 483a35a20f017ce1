"""Notes of up to 10,000 characters."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _lengthen(4_000, 10_000)


def downgrade() -> None:
    """Refused where a note is too long for what was before: nothing is cut."""
    longest = sa.text("SELECT coalesce(max(length(note)), 0) FROM booking")
    if (op.get_bind().scalar(longest) or 0) > 4_000:
        raise ValueError("there are notes of more than 4000 characters")
    _lengthen(10_000, 4_000)


def _lengthen(before: int, after: int) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("booking", "note", type_=sa.String(after), existing_nullable=False)
    else:
        _write_otherwise(f"note VARCHAR({before})", f"note VARCHAR({after})")


def _write_otherwise(before: str, after: str) -> None:
    """Change what SQLite says of a column, none of whose bytes change: www.sqlite.org/
    lang_altertable.html, 7. To build the table again would take with it what refers to it.
    """
    bind = op.get_bind()
    (version,) = bind.exec_driver_sql("PRAGMA schema_version").one()
    bind.exec_driver_sql("PRAGMA writable_schema = ON")
    said = "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ?"
    bind.exec_driver_sql(said, (before, after, "booking"))
    bind.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema = OFF")
