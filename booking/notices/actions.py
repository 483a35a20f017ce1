"""Writing mails that hold a secret, in the transaction of what they tell; care of the outbox."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from booking.core.access import Actor, allowed
from booking.kernel.db import db
from booking.kernel.errors import Forbidden, NotFound
from booking.kernel.transaction import transaction
from booking.members import actions as members
from booking.members import throttle
from booking.members.actions.passwords import LIFETIMES, RESET, Ticket
from booking.members.actions.people import NewPerson
from booking.members.actions.sessions import Origin
from booking.members.models import User
from booking.notices import outbox
from booking.notices.models import OutboxMessage
from booking.notices.rendering import Mail, render
from booking.notices.values import Recipient

NOBODY = Recipient("nobody@invalid", "nobody", "fr")


@transaction
def queue(
    event: str, to: Recipient, context: Mapping[str, Any], *, site_url: str, now: datetime
) -> None:
    """Write the mail of an event of the catalog, for the worker to send.

    Templates also find `name` of the recipient and `site_url`, where people reach the site.
    """
    _put(_written(event, to, context, site_url), to, site_url, now)


def _written(event: str, to: Recipient, context: Mapping[str, Any], site_url: str) -> Mail:
    return render(event, to.locale, {"name": to.name, "site_url": site_url, **context})


def _put(mail: Mail, to: Recipient, site_url: str, now: datetime) -> None:
    outbox.put([outbox.row(mail, to.email, site_url, now)])


# ---- passwords ------------------------------------------------------------------------------


def ask_reset(email: str, *, origin: Origin, site_url: str, now: datetime) -> None:
    """Send a link to choose a new password, if there is somebody; the answer is the same if not.

    So is the time it takes: for nobody the mail is written as well, and thrown away.

    Raises TooMany while the account or the network must wait.
    """
    keys = throttle.account_key(RESET, email), throttle.network_key(RESET, origin.address)
    throttle.take(keys, now)
    _send_reset(email, site_url, now)


@transaction
def _send_reset(email: str, site_url: str, now: datetime) -> None:
    ticket = members.issue_reset(email, now)
    to = NOBODY if ticket is None else _recipient(ticket)
    secret = "nobody" if ticket is None else ticket.secret
    context = {"link": f"{site_url}/reset/{secret}", "minutes": _minutes(RESET)}
    mail = _written("password_reset", to, context, site_url)
    if ticket is not None:
        _put(mail, to, site_url, now)


@transaction
def tell_password_changed(user_id: int, *, site_url: str, now: datetime) -> None:
    """Tell somebody that their password was changed, in case it was not them."""
    user = db.session.get_one(User, user_id)
    to = Recipient(user.email, user.name, user.locale)
    queue("password_changed", to, {"at": now}, site_url=site_url, now=now)


# ---- invitations ----------------------------------------------------------------------------


@transaction
def invite(actor: Actor, person: NewPerson, *, site_url: str, now: datetime) -> int:
    """Make somebody known and send them the way in; their id. Raises as `members.invite` does."""
    return _send_invitation(actor, members.invite(actor, person, now), site_url, now)


@transaction
def invite_again(actor: Actor, user_id: int, *, site_url: str, now: datetime) -> None:
    """Send another way in to somebody who did not use theirs. Raises as `members` does."""
    _send_invitation(actor, members.invite_again(actor, user_id, now), site_url, now)


def _send_invitation(actor: Actor, ticket: Ticket, site_url: str, now: datetime) -> int:
    context = {
        "link": f"{site_url}/invitation/{ticket.secret}",
        "host": actor.name,
        "until": ticket.expires_at,
    }
    queue("invitation", _recipient(ticket), context, site_url=site_url, now=now)
    return ticket.user_id


def _recipient(ticket: Ticket) -> Recipient:
    return Recipient(ticket.email, ticket.name, ticket.locale)


def _minutes(purpose: str) -> int:
    return int(LIFETIMES[purpose].total_seconds() // 60)


# ---- what is in the outbox -------------------------------------------------------------------


@transaction
def try_again(actor: Actor, message_id: int, now: datetime) -> None:
    """Let a mail that was set aside be sent once more, from its first attempt.

    Raises Forbidden for all but administrators, NotFound for a mail that left or was dropped.
    """
    message = _unsent(actor, message_id)
    message.attempts = 0
    message.due_at = now
    message.error = None


@transaction
def drop(actor: Actor, message_id: int, now: datetime) -> None:
    """Give a mail up that has not left, and forget what it said. Raises as `try_again` does."""
    message = _unsent(actor, message_id)
    message.dropped_at = now
    message.text = message.html = ""
    message.calendar = None


def _unsent(actor: Actor, message_id: int) -> OutboxMessage:
    if not allowed(actor, "journal:see"):
        raise Forbidden
    message = db.session.get(OutboxMessage, message_id, with_for_update=True)
    if message is None or message.sent_at is not None or message.dropped_at is not None:
        raise NotFound
    return message
