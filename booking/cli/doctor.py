"""Command: is this installation sound?"""

import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version

import click
from flask import current_app
from flask.cli import with_appcontext

from booking.kernel import diagnosis

SQLITE_MENDED = (3, 51, 3)
SHORTEST_SECRET = 32
PACKAGES = ("Flask", "SQLAlchemy", "alembic", "psycopg", "gunicorn", "icalendar")
GOOD, NOTE, BAD = "ok", "note", "BAD"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `BAD` ones make the command fail."""

    grade: str
    what: str
    more: str = ""


@click.command()
@with_appcontext
def doctor() -> None:
    """Look at versions, database, settings; fails when something is not as it must be."""
    findings = [*_versions(), *_database(), *_configuration()]
    for finding in findings:
        click.echo(f"{finding.grade:>4}  {finding.what}")
        if finding.more:
            click.echo(f"      {finding.more}")
    sys.exit(1 if any(finding.grade == BAD for finding in findings) else 0)


def _versions() -> Iterator[Finding]:
    yield Finding(GOOD, f"Python {platform.python_version()}")
    yield Finding(GOOD, ", ".join(f"{name} {version(name)}" for name in PACKAGES))


def _database() -> Iterator[Finding]:
    if not diagnosis.is_reachable():
        yield Finding(BAD, "The database does not answer.", "Look at DATABASE_URL.")
        return
    yield from _engine()
    yield _migrations()
    for setting in diagnosis.sqlite_settings():
        grade = GOOD if setting.holds else BAD
        yield Finding(grade, f"{setting.name} is {setting.found}", _wanted(setting))


def _engine() -> Iterator[Finding]:
    found = diagnosis.server_version()
    if diagnosis.dialect() != "sqlite":
        yield Finding(GOOD, f"PostgreSQL {found}")
        return
    yield Finding(GOOD, f"SQLite {found}")
    if tuple(int(part) for part in found.split(".")) < SQLITE_MENDED:
        yield Finding(
            NOTE,
            "SQLite before 3.51.3 can damage a database that several processes write and check"
            " point at the same instant.",
            "Our own writers queue behind a file lock, so it does not come to that; let no other"
            " program write into the file.",
        )


def _migrations() -> Finding:
    applied, newest = diagnosis.applied_version(), diagnosis.newest_version()
    if applied == newest:
        return Finding(GOOD, f"The tables are those of this version ({newest}).")
    have = applied or "none"
    return Finding(
        BAD, f"The tables are of version {have}, not {newest}.", "flask --app wsgi db upgrade"
    )


def _wanted(setting: diagnosis.Setting) -> str:
    return "" if setting.holds else f"It should be {setting.wanted}."


def _configuration() -> Iterator[Finding]:
    config = current_app.config
    if config["DEMO"]:
        yield Finding(NOTE, "Demonstration mode: known passwords work. Never with real data.")
    long_enough = len(config["SECRET_KEY"]) >= SHORTEST_SECRET
    yield Finding(GOOD if long_enough else BAD, "SECRET_KEY is long enough.")
    yield _proxies(config["TRUSTED_PROXIES"])
    yield _addresses(config["PUBLIC_URL"])
    yield _mails(config["SMTP_URL"])


def _proxies(hops: int) -> Finding:
    if hops:
        return Finding(GOOD, f"Trusted proxies: {hops}.")
    return Finding(
        NOTE,
        "No proxy is trusted: X-Forwarded-* headers are not read.",
        "Behind a reverse proxy set TRUSTED_PROXIES to the number of proxies.",
    )


def _addresses(url: str) -> Finding:
    if url:
        return Finding(GOOD, f"Links in mails begin with {url}.")
    return Finding(NOTE, "PUBLIC_URL is not set: links in mails lead to this machine.")


def _mails(url: str) -> Finding:
    if url:
        return Finding(GOOD, "Mails leave through SMTP_URL.")
    return Finding(NOTE, "SMTP_URL is not set: mails stay in the outbox, or go to the terminal.")
