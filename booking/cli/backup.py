"""Commands: copy the database, put a copy back."""

import re
import shlex
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from booking.cli.words import refusals_in_words
from booking.kernel import clock, diagnosis
from booking.kernel.backup import restore_backup, write_backup
from booking.members.actions.tidying import sign_everybody_out

FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.command()
@FILE
@with_appcontext
@refusals_in_words
def backup(file: Path) -> None:
    """Copy the database into FILE while people go on booking."""
    _needs_sqlite("pg_dump --format=custom --file={file} {url}", file)
    size = write_backup(file)
    click.echo(f"Wrote {file} ({size / 1e6:.1f} MB), whole and checked.")


@click.command()
@FILE
@click.confirmation_option(prompt="This replaces all that is in the database. Go on?")
@with_appcontext
@refusals_in_words
def restore(file: Path) -> None:
    """Put FILE in the place of the database; what was there is kept beside it."""
    _needs_sqlite("pg_restore --clean --if-exists --dbname={url} {file}", file)
    aside = _aside()
    restore_backup(file, aside)
    upgrade()
    sign_everybody_out()
    click.echo(f"Restored {file}. Everybody has to log in again; restart the server.")
    if aside.exists():
        click.echo(f"What was there before: {aside}")


def _aside() -> Path:
    name = f"before-restore-{clock.now():%Y%m%d-%H%M%S}.sqlite3"
    folder: Path = current_app.config["DATA_DIR"]
    return folder / name


def _needs_sqlite(instead: str, file: Path) -> None:
    """PostgreSQL brings better tools of its own: name the very command."""
    if diagnosis.dialect() == "sqlite":
        return
    url = shlex.quote(_without_password(current_app.config["SQLALCHEMY_DATABASE_URI"]))
    command = instead.format(file=shlex.quote(str(file)), url=url)
    raise click.ClickException(f"This database is PostgreSQL, use its own tool:\n  {command}")


def _without_password(url: str) -> str:
    """As PostgreSQL's tools take it; they ask for the password, or read ~/.pgpass."""
    plain = url.replace("postgresql+psycopg://", "postgresql://")
    return re.sub(r"//([^:/@]*):[^/@]*@", r"//\1@", plain)
