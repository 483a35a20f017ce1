"""Sending what is in the outbox: each mail once, again later when it fails, aside in the end."""

import smtplib
import ssl
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Protocol, TextIO
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from sqlalchemy import select, update

from booking.kernel.db import db
from booking.kernel.transaction import transaction
from booking.notices.models import OutboxMessage

MOST_ATTEMPTS = 8
LEASE = timedelta(minutes=5)
"""For so long a mail belongs to the worker that took it; then another may try."""
SMTP_TIMEOUT_S = 20
ERROR_LENGTH = 500


class Transport(Protocol):
    """What takes a mail out of the building; raises OSError or ValueError when it cannot."""

    def send_message(self, message: EmailMessage, /) -> object:
        """Hand one mail over."""


@dataclass(frozen=True, slots=True)
class PostOffice:
    """How mails leave: `smtp_url` as in "smtp://user:password@host:587?starttls=1", or "smtps://…".

    Without one the demonstration prints them, and a real system keeps them waiting.
    """

    smtp_url: str
    sender: str
    demo: bool = False

    def open(self) -> AbstractContextManager[Transport] | None:
        """A connection to send by; None where there is no way to send."""
        if self.smtp_url:
            return _connected(urlsplit(self.smtp_url))
        return _printing(sys.stdout) if self.demo else None


class Terminal:
    """A transport for the demonstration: prints what would be sent."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def send_message(self, message: EmailMessage, /) -> None:
        """Print the mail's head and its text."""
        body = message.get_body(("plain",))
        text = body.get_content() if isinstance(body, EmailMessage) else ""
        head = f"To: {message['To']}\nSubject: {message['Subject']}"
        print(f"\n---- mail\n{head}\n\n{text}----\n", file=self._out, flush=True)


def deliver_due(now: datetime, office: PostOffice, *, limit: int = 50) -> int:
    """Send the mails that are due, oldest first; how many left.

    A mail is taken in one short transaction and settled in another: no database lock is held while
    a mail server thinks. A worker that dies in between may send a mail twice, under the same
    Message-ID.
    """
    opened = office.open()
    if opened is None:
        return 0
    taken = _take(now, limit)
    if not taken:
        return 0
    try:
        with opened as transport:
            return sum(_deliver(message, transport, office.sender, now) for message in taken)
    except (OSError, smtplib.SMTPException) as error:
        for message in taken:
            _postpone(message.id, error, now)
        return 0


@transaction
def _take(now: datetime, limit: int) -> list[OutboxMessage]:
    """Due mails, theirs to send for the length of a lease; the attempt is counted now."""
    due = (
        select(OutboxMessage)
        .where(
            OutboxMessage.sent_at.is_(None),
            OutboxMessage.due_at <= now,
            OutboxMessage.attempts < MOST_ATTEMPTS,
        )
        .order_by(OutboxMessage.due_at, OutboxMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = list(db.session.scalars(due))
    for message in taken:
        message.attempts += 1
        message.due_at = now + LEASE
    return taken


def _deliver(message: OutboxMessage, transport: Transport, sender: str, now: datetime) -> bool:
    try:
        transport.send_message(composed(message, sender))
    except (OSError, smtplib.SMTPException, ValueError) as error:
        _postpone(message.id, error, now)
        return False
    _settle(message.id, now)
    return True


@transaction
def _settle(message_id: int, now: datetime) -> None:
    """It left. What it said is not kept: it may hold a way in."""
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id)
        .values(sent_at=now, text="", html="", error=None)
    )


@transaction
def _postpone(message_id: int, error: Exception, now: datetime) -> None:
    """Try again in 1, 2, 4 … minutes; after the eighth attempt it stays aside.

    A mail that left already, before the connection broke, is not touched.
    """
    message = db.session.get_one(OutboxMessage, message_id, populate_existing=True)
    if message.sent_at is not None:
        return
    message.due_at = now + timedelta(minutes=2 ** (message.attempts - 1))
    message.error = f"{type(error).__name__}: {error}"[:ERROR_LENGTH]


def composed(message: OutboxMessage, sender: str) -> EmailMessage:
    """The mail as it goes over the wire.

    Raises ValueError when an address or the subject holds a line break.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = message.recipient
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = message.message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    return mail


# ---- ways out -------------------------------------------------------------------------------


@contextmanager
def _connected(url: SplitResult) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context()
    with _server(url, context) as server:
        if parse_qs(url.query).get("starttls") == ["1"]:
            server.starttls(context=context)
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        yield server


def _server(url: SplitResult, context: ssl.SSLContext) -> smtplib.SMTP:
    host = url.hostname or "localhost"
    if url.scheme == "smtps":
        return smtplib.SMTP_SSL(host, url.port or 465, timeout=SMTP_TIMEOUT_S, context=context)
    return smtplib.SMTP(host, url.port or 25, timeout=SMTP_TIMEOUT_S)


@contextmanager
def _printing(out: TextIO) -> Iterator[Terminal]:
    yield Terminal(out)


def is_address(text: str) -> bool:
    """Whether a text is one mail address, for the check of the configuration."""
    return "@" in parseaddr(text)[1]
