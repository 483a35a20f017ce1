"""Migrations make what the models say, on both engines, and undo what they made."""

from collections.abc import Callable
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

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
    """All that the database says about its tables, and what guards the claims."""
    found = inspect(db.engine)
    tables = {
        name: {
            "columns": [
                (c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(name)
            ],
            "primary key": found.get_pk_constraint(name),
            "foreign keys": sorted(found.get_foreign_keys(name), key=repr),
            "unique": sorted(found.get_unique_constraints(name), key=repr),
            "checks": sorted(found.get_check_constraints(name), key=repr),
            "indexes": sorted(_index(index) for index in found.get_indexes(name)),
        }
        for name in found.get_table_names()
        if name != "alembic_version"
    }
    return {**tables, "guards": {name: " ".join(words.split()) for name, words in guards()}}


def _index(index: Any) -> tuple[Any, ...]:
    where = {option: str(words) for option, words in index.get("dialect_options", {}).items()}
    return index["name"], index["column_names"], bool(index["unique"]), sorted(where.items())


def guards() -> list[Any]:
    sqlite = db.engine.dialect.name == "sqlite"
    with db.engine.connect() as connection:
        return list(connection.execute(text(TRIGGERS if sqlite else EXCLUSIONS)))


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
        for number in revisions():
            before = schema()
            upgrade(revision=number)
            after = schema()
            downgrade(revision="-1")
            assert schema() == before, number
            upgrade(revision=number)
            assert schema() == after, number


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
