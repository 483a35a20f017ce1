"""Sending what is in the outbox: each mail once, again later when it fails, aside in the end."""

import smtplib
import ssl
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cache
from typing import Protocol, TextIO
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from sqlalchemy import Select, select, update

from booking.kernel.db import db
from booking.kernel.transaction import transaction
from booking.notices.invitations import method
from booking.notices.models import OutboxMessage

MOST_ATTEMPTS = 8
LEASE = timedelta(minutes=5)
"""For so long a mail belongs to the worker that took it; then another may try."""
SMTP_TIMEOUT_S = 20
LONGEST_PASS_S = 60
"""Then a pass takes no more mails: their leases would have begun with it."""
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


def deliver_due(now: datetime, office: PostOffice, *, limit: int = 500) -> int:
    """Send the mails that are due, oldest first; how many left.

    Each is taken in one short transaction, sent, and settled in another: no database lock is held
    while a mail server thinks. A worker that dies in between may send that one mail twice, under
    the same Message-ID. While there is no server to talk to, mails wait and lose no attempt.
    """
    if not _anything_due(now):
        return 0
    try:
        opened = office.open()
        if opened is None:
            return 0
        with opened as transport:
            return _deliver_all(now, office, transport, limit)
    except (OSError, smtplib.SMTPException) as error:
        _put_off(error, now)
        return 0


def _deliver_all(now: datetime, office: PostOffice, transport: Transport, limit: int) -> int:
    sent, started = 0, time.monotonic()
    for _ in range(limit):
        message = _take(now) if time.monotonic() - started < LONGEST_PASS_S else None
        if message is None:
            break
        try:
            transport.send_message(composed(message, office.sender))
        except (OSError, smtplib.SMTPException, ValueError) as error:
            _postpone(message.id, error, now)
            if not _is_open(transport):
                break
        else:
            _settle(message.id, now, keep=office.demo)
            sent += 1
    return sent


def _is_open(transport: Transport) -> bool:
    """Whether other mails may go this way; smtplib closes where the server said goodbye or left."""
    return getattr(transport, "sock", transport) is not None


def _due(now: datetime) -> Select[OutboxMessage]:
    return (
        select(OutboxMessage)
        .where(
            OutboxMessage.sent_at.is_(None),
            OutboxMessage.dropped_at.is_(None),
            OutboxMessage.due_at <= now,
            OutboxMessage.attempts < MOST_ATTEMPTS,
        )
        .order_by(OutboxMessage.due_at, OutboxMessage.id)
        .limit(1)
    )


def _anything_due(now: datetime) -> bool:
    found = db.session.scalar(_due(now)) is not None
    db.session.rollback()  # nothing is kept open while the server is called
    return found


@transaction
def _take(now: datetime) -> OutboxMessage | None:
    """The next due mail, this worker's for the length of a lease; the attempt is counted now."""
    message = db.session.scalar(_due(now).with_for_update(skip_locked=True))
    if message is not None:
        message.attempts += 1
        message.due_at = now + LEASE
    return message


@transaction
def _settle(message_id: int, now: datetime, *, keep: bool) -> None:
    """It left. What it said is not kept, it may hold a way in; but for the demonstration."""
    settled = update(OutboxMessage).where(OutboxMessage.id == message_id)
    values: dict[str, object] = {"sent_at": now, "error": None}
    if not keep:
        values |= {"text": "", "html": "", "calendar": None}
    db.session.execute(settled.values(values))


@transaction
def _postpone(message_id: int, error: Exception, now: datetime) -> None:
    """Try again in 1, 2, 4 … minutes; after the eighth attempt it stays aside."""
    message = db.session.get_one(OutboxMessage, message_id, populate_existing=True)
    message.due_at = now + timedelta(minutes=2 ** (message.attempts - 1))
    message.error = _said(error)


@transaction
def _put_off(error: Exception, now: datetime) -> None:
    """There is no server to talk to: what is due waits a minute, and says why."""
    waiting = update(OutboxMessage).where(
        OutboxMessage.sent_at.is_(None),
        OutboxMessage.dropped_at.is_(None),
        OutboxMessage.due_at <= now,
    )
    later = now + timedelta(minutes=1)
    db.session.execute(waiting.values(due_at=later, error=_said(error)))


def _said(error: Exception) -> str:
    """One line, without the control characters that a server may put into its answer."""
    words = f"{type(error).__name__}: {error}"
    return "".join(c if c.isprintable() else " " for c in words)[:ERROR_LENGTH]


def composed(message: OutboxMessage, sender: str) -> EmailMessage:
    """The mail as it goes over the wire.

    With an invitation as all programs read it (RFC 6047): once as the last alternative, once as a
    file. Raises ValueError when an address or the subject holds a line break.
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
    if message.calendar:
        _invite(mail, message.calendar)
    return mail


def _invite(mail: EmailMessage, calendar: str) -> None:
    content = calendar.encode()
    named = {"method": method(calendar), "charset": "UTF-8"}
    mail.add_alternative(content, "text", "calendar", cte="base64", params=named)
    mail.add_attachment(content, "application", "ics", cte="base64", filename="invite.ics")


# ---- ways out -------------------------------------------------------------------------------


@contextmanager
def _connected(url: SplitResult) -> Iterator[smtplib.SMTP]:
    with _server(url) as server:
        if parse_qs(url.query).get("starttls") == ["1"]:
            server.starttls(context=_trust())
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        yield server


@cache
def _trust() -> ssl.SSLContext:
    """Whom we believe; to read all the certificates takes a tenth of a second."""
    return ssl.create_default_context()


def _server(url: SplitResult) -> smtplib.SMTP:
    host = url.hostname or "localhost"
    if url.scheme == "smtps":
        return smtplib.SMTP_SSL(host, url.port or 465, timeout=SMTP_TIMEOUT_S, context=_trust())
    return smtplib.SMTP(host, url.port or 25, timeout=SMTP_TIMEOUT_S)


@contextmanager
def _printing(out: TextIO) -> Iterator[Terminal]:
    yield Terminal(out)


def is_address(text: str) -> bool:
    """Whether a text is one mail address, for the check of the configuration."""
    return "@" in parseaddr(text)[1]
