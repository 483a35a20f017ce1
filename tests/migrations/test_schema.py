"""Migrations make what the models say, on both engines, and undo what they made."""

from collections.abc import Callable
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, inspect, text

from booking.kernel.db import Base, db

Empty = Callable[[], Flask]
Schema = dict[str, dict[str, Any]]

TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
EXCLUSIONS = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'x'
    UNION ALL SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT proname, prosrc FROM pg_proc WHERE pronamespace = to_regnamespace('public')
    ORDER BY 1
"""


def schema() -> Schema:
    """All that the database says about its tables, and what guards the claims.

    Each question is put once for all tables: PostgreSQL answers that as fast as for one.
    """
    with db.engine.connect() as connection:
        found = inspect(connection)
        answers = {
            "columns": found.get_multi_columns(),
            "primary key": found.get_multi_pk_constraint(),
            "foreign keys": found.get_multi_foreign_keys(),
            "unique": found.get_multi_unique_constraints(),
            "checks": found.get_multi_check_constraints(),
            "indexes": found.get_multi_indexes(),
        }
        tables = {
            name: {what: _sorted(what, of[None, name]) for what, of in answers.items()}
            for name in found.get_table_names()
            if name != "alembic_version"
        }
        return {**tables, "guards": guards(connection)}


def _sorted(what: str, found: Any) -> Any:
    """What is compared of an answer, in an order of its own where the database has none."""
    if what == "columns":
        return [(column["name"], str(column["type"]), column["nullable"]) for column in found]
    if what == "indexes":
        return sorted(_index(index) for index in found)
    return found if what == "primary key" else sorted(found, key=repr)


def _index(index: Any) -> tuple[Any, ...]:
    where = {option: str(words) for option, words in index.get("dialect_options", {}).items()}
    return index["name"], index["column_names"], bool(index["unique"]), sorted(where.items())


def guards(connection: Connection) -> dict[str, str]:
    sqlite = connection.dialect.name == "sqlite"
    rows = connection.execute(text(TRIGGERS if sqlite else EXCLUSIONS))
    return {name: " ".join(words.split()) for name, words in rows}


def revisions() -> list[str]:
    """All migrations, oldest first."""
    scripts = ScriptDirectory(current_app.extensions["migrate"].directory)
    return [script.revision for script in reversed(list(scripts.walk_revisions()))]


def test_up_down_and_up_again(empty: Empty):
    with empty().app_context():
        upgrade()
        made = schema()
        downgrade(revision="base")
        assert schema() == {"guards": {}}
        upgrade()
        assert schema() == made


def test_each_migration_undoes_itself(empty: Empty):
    with empty().app_context():
        assert revisions() == sorted(revisions())
        before = schema()
        for number in revisions():
            upgrade(revision=number)
            after = schema()
            downgrade(revision="-1")
            assert schema() == before, number
            upgrade(revision=number)
            assert schema() == after, number
            before = after


def test_migrations_and_models_agree(empty: Empty):
    with empty().app_context():
        upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []


def test_migrations_make_what_create_all_makes_guards_included(empty: Empty):
    with empty().app_context():
        upgrade()
        migrated = schema()
    with empty().app_context():
        with db.engine.connect().execution_options(write=True) as connection, connection.begin():
            Base.metadata.create_all(connection)
        created = schema()
    assert sorted(created) == sorted(migrated)
    for name in created:
        assert created[name] == migrated[name], name


@pytest.mark.one_engine
def test_the_primary_key_of_claims_is_where_they_are_stored(empty: Empty):
    """Clustered: "is it free" reads one place of one tree."""
    with empty().app_context():
        upgrade()
        with db.engine.connect() as connection:
            statement = "SELECT sql FROM sqlite_master WHERE name = 'claim'"
            assert connection.scalar(text(statement)).rstrip().endswith("WITHOUT ROWID")
