"""What stands around every page: the main navigation, links, language and looks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask, request, url_for
from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _l

from booking.core.access import Actor, allowed
from booking.kernel.clock import now
from booking.kernel.i18n import LOCALES
from booking.reservations.lists import inbox_count
from booking.web import locale
from booking.web.guard import signed_in


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the navigation; `badge` counts what waits there.

    What is `aside` stands in the person's own menu, for it is not for every day.
    """

    url: str
    label: LazyString
    current: bool
    badge: int = 0
    aside: bool = False


ITEMS: tuple[tuple[str, str, LazyString], ...] = (
    ("planning.index", "planning:see", _l("Planning")),
    ("today.index", "planning:see", _l("Today")),
    ("find.index", "planning:see", _l("Find a room")),
    ("bookings.index", "booking:see", _l("My bookings")),
    ("approvals.index", "approval:see", _l("Approvals")),
    ("facilities.index", "facility:see", _l("Facilities")),
    ("productions.index", "production:see", _l("Productions")),
    ("subscriptions.index", "feed:use", _l("Subscriptions")),
    ("occupancy.index", "figures:see", _l("Occupancy")),
    ("companies.index", "company:edit", _l("Members")),
    ("companies.index", "company:see", _l("My company")),
    ("mails.index", "journal:see", _l("Mails")),
)
"""Endpoint, permission, text: the first line of a page that the caller may see is drawn."""
ASIDE = frozenset({"subscriptions.index", "occupancy.index", "companies.index", "mails.index"})


class Navigation:
    """The lines for one actor, made when a template first asks: fragments never do."""

    def __init__(self, actor: Actor | None) -> None:
        self._actor = actor
        self._items: list[Item] | None = None

    def __iter__(self) -> Iterator[Item]:
        if self._items is None:
            self._items = _items(self._actor) if self._actor else []
        return iter(self._items)


def register(app: Flask) -> None:
    """Give base.html what it needs."""
    app.context_processor(_context)


def home() -> str:
    """The address of the first page."""
    return url_for("planning.index")


def _context() -> dict[str, Any]:
    actor = signed_in()
    return {
        "actor": actor,
        "nav": Navigation(actor),
        "links": _links(),
        "locale": str(get_locale()),
        "locales": list(LOCALES.items()),
        "theme": locale.theme(),
    }


def _links() -> dict[str, str]:
    return {
        "home": home(),
        "language": url_for("settings.language"),
        "theme": url_for("settings.theme"),
        "account": url_for("account.index"),
        "exports": url_for("exports.index"),
        "login": url_for("auth.login"),
        "logout": url_for("auth.logout"),
    }


def _items(actor: Actor) -> list[Item]:
    labels: dict[str, LazyString] = {}
    for endpoint, permission, label in ITEMS:
        if allowed(actor, permission):
            labels.setdefault(endpoint, label)
    return [_item(endpoint, label, actor) for endpoint, label in labels.items()]


def _item(endpoint: str, label: LazyString, actor: Actor) -> Item:
    page = endpoint.partition(".")[0]
    current = page in request.blueprints  # that of the page and those it is part of
    badge, aside = _badge(endpoint, actor), endpoint in ASIDE
    return Item(url_for(endpoint), label, current, badge, aside)


def _badge(endpoint: str, actor: Actor) -> int:
    if endpoint != "approvals.index":
        return 0
    return inbox_count(actor, int(now().timestamp()))
