"""Putting mails into the outbox, written in their readers' languages."""

import secrets
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import bindparam, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from booking.kernel.db import connection, db, table_of
from booking.notices.catalog import CATALOG, Group
from booking.notices.letters import Letter
from booking.notices.models import MailAbout, OutboxMessage
from booking.notices.rendering import Mail, render
from booking.notices.values import Letterhead

SUBJECT_LENGTH = 250
_KNOWN = select(OutboxMessage.key).where(OutboxMessage.key.in_(bindparam("keys", expanding=True)))
_LINK = insert(table_of(MailAbout))
_PUT = {
    name: dialect.insert(table_of(OutboxMessage))
    .on_conflict_do_nothing(index_elements=["key"])
    .returning(OutboxMessage.id, OutboxMessage.message_id)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


def row(
    mail: Mail,
    to: str,
    site_url: str,
    now: datetime,
    *,
    key: str | None = None,
    calendar: str | None = None,
    about: Collection[int] = (),
) -> dict[str, object]:
    """A mail as a row, due at once; `about` which bookings it is."""
    domain = urlsplit(site_url).hostname or "localhost"
    return {
        "message_id": f"<{secrets.token_hex(16)}@{domain}>",
        "recipient": to,
        "subject": mail.subject[:SUBJECT_LENGTH],
        "text": mail.text,
        "html": mail.html,
        "created_at": now,
        "due_at": now,
        "attempts": 0,
        "key": key,
        "calendar": calendar,
        "about": tuple(about),
    }


def rows_of(letters: Iterable[Letter], head: Letterhead, now: datetime) -> list[dict[str, object]]:
    """Letters as rows, each in the language of its reader. It takes its time: no lock is held."""
    return [
        row(
            _written(letter, head),
            letter.to.email,
            head.site_url,
            now,
            key=letter.key,
            calendar=letter.calendar,
            about=letter.about,
        )
        for letter in letters
    ]


def put(rows: Sequence[dict[str, object]]) -> int:
    """Write mails, but those whose key was written before; how many. Part of a transaction."""
    if not rows:
        return 0
    statement: Any = _PUT[db.engine.dialect.name]
    mails = [{name: value for name, value in one.items() if name != "about"} for one in rows]
    written = {name: key for key, name in connection().execute(statement, mails)}
    links = [
        {"message_id": written[one["message_id"]], "booking_id": booking}
        for one in rows
        for booking in one["about"]  # type: ignore[attr-defined]
        if one["message_id"] in written
    ]
    if links:
        connection().execute(_LINK, links)
    return len(written)


def known(keys: Collection[str]) -> set[str]:
    """Those that mails were written under. One statement, none for none."""
    if not keys:
        return set()
    return {key for key in connection().scalars(_KNOWN, {"keys": sorted(keys)}) if key}


def _written(letter: Letter, head: Letterhead) -> Mail:
    context = {
        "name": letter.to.name,
        "site_url": head.site_url,
        "settings_url": f"{head.site_url}/account#mails",
        "items": letter.items,
        "calendar": letter.calendar is not None,
        "fixed": CATALOG[letter.event] is Group.ALWAYS,
        "who": None,
        **letter.context,
    }
    return render(letter.event, letter.to.locale, context)
