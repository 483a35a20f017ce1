"""Mails out of templates, in the recipient's language.

The templates are Jinja's, as those of the pages, but in an environment of their own: mails are also
written by the worker, where there is no request, and nothing here may know the web framework.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from babel.dates import get_timezone_location
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from booking.kernel import dates
from booking.kernel.catalog import translations
from booking.notices.catalog import EVENTS

_GAPS = re.compile(r"\n\s*\n\s*\n")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail ready to be sent; `subject` is one line."""

    subject: str
    text: str
    html: str


def render(event: str, locale: str, context: Mapping[str, Any]) -> Mail:
    """The mail of an event of the catalog.

    Raises KeyError for an unknown event, jinja2.UndefinedError when `context` lacks something.
    """
    if event not in EVENTS:
        raise KeyError(event)
    environment = _environment(locale)
    subject, text, html = (
        environment.get_template(f"{event}/{part}").render(context, locale=locale)
        for part in ("subject.txt", "body.txt", "body.html")
    )
    return Mail(" ".join(subject.split()), _GAPS.sub("\n\n", text).strip() + "\n", html)


@lru_cache
def _environment(locale: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("booking", "templates/mail"),
        autoescape=select_autoescape(["html"]),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        translations(locale), newstyle=True
    )
    environment.filters.update(_filters(locale))
    return environment


def _filters(locale: str) -> dict[str, Any]:
    """Dates, places and bookings in words, as the pages have them, in the language of the mail."""
    say = translations(locale)

    def moment(value: datetime, zone: str) -> str:
        return dates.moment(value, zone, locale)

    def instant(seconds: int, zone: str) -> str:
        return dates.moment(datetime.fromtimestamp(seconds, UTC), zone, locale)

    def span(starts: int, ends: int, zone: str) -> str:
        return dates.span(starts, ends, zone, locale)

    def zone(name: str) -> str:
        city = get_timezone_location(name, locale=locale, return_city=True)
        return say.gettext("%(city)s time") % {"city": city}

    def about(items: Sequence[Any]) -> str:
        return _about(items, locale)

    return {
        "moment": moment,
        "instant": instant,
        "span": span,
        "zone": zone,
        "about": about,
        "quoted": _quoted,
    }


def _about(items: Sequence[Any], locale: str) -> str:
    """What a mail is about, for its subject: "Étalonnage 1, mardi 17 … (PIL-2026-00042)"."""
    say = translations(locale)
    if len(items) > 1:
        return say.ngettext("%(num)s booking", "%(num)s bookings", len(items)) % {"num": len(items)}
    item, first = items[0], items[0].places[0]
    when = dates.day(dates.wall(first.starts, first.zone).date(), locale)
    if more := len(item.places) + item.left_out - 1:
        words = say.ngettext("%(num)s more date", "%(num)s more dates", more) % {"num": more}
        when = f"{when} + {words}"
    return f"{first.rooms}, {when} ({item.number})"


def _quoted(text: str) -> str:
    """What somebody wrote, line by line, as mails quote it."""
    return "\n".join(f"  > {line}" for line in text.splitlines())
