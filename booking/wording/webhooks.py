"""Webhooks in words: how far a call came, and why it did not come further."""

from urllib.parse import urlsplit

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

from booking.webhooks.values import MessageFacts, Progress, WebhookFacts
from booking.wording import reservations

ERRORS: dict[str, LazyString] = {
    "not_callable": _l(
        "This address cannot be called: it begins with https://, and the server is on the open web."
    ),
    "no_events": _l("Choose at least one: a webhook that is called for nothing can be removed."),
    "too_many_webhooks": _l("At most %(max)s of them: remove one first."),
}

PROGRESS: dict[str, LazyString] = {
    Progress.WAITING: _l("Waiting"),
    Progress.DELIVERED: _l("Delivered"),
    Progress.GIVEN_UP: _l("Given up"),
}

FAULTS: dict[str, LazyString] = {
    "refused_address": _l("The address leads into a private network: it is not called."),
    "unknown_host": _l("There is no server of that name."),
    "unreachable": _l("The server does not answer."),
    "too_slow": _l("The server takes longer than ten seconds."),
    "not_allowed": _l("You may not see this booking any more."),
}

STOPPED: dict[str, LazyString] = {
    "receiver": _l("The server said that it wants no more calls (410)."),
    "failures": _l("Nothing arrived for five days."),
}


def events() -> list[tuple[str, LazyString]]:
    """All that it can be called for: the journal's name, and what people call it."""
    return list(reservations.EVENTS.items())


def called_for(webhook: WebhookFacts) -> str:
    """What it is called for, in words."""
    if not webhook.events:
        return gettext("Everything that happens to bookings")
    return " · ".join(reservations.event(name) for name in webhook.events)


def event(message: MessageFacts) -> str:
    """What happened, in a word or two."""
    if message.number is None:
        return gettext("Trial")
    return reservations.event(message.event.replace(".", ":", 1))


def answer(message: MessageFacts) -> str:
    """What the last call came to; empty before the first."""
    if message.status is not None:
        return gettext("The server answered %(status)s.", status=message.status)
    return str(FAULTS.get(message.error, message.error)) if message.error else ""


def stopped(webhook: WebhookFacts) -> str:
    """Why it is not called any more."""
    return str(STOPPED[webhook.stopped_by or "failures"])


def host(webhook: WebhookFacts) -> str:
    """The server that is called, which is what people know it by."""
    return urlsplit(webhook.url).hostname or webhook.url
