"""Mails out of templates, in the recipient's language.

The templates are Jinja's, as those of the pages, but in an environment of their own: mails are also
written by the worker, where there is no request, and nothing here may know the web framework.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from booking.kernel import dates
from booking.kernel.catalog import translations
from booking.notices.catalog import EVENTS


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
    return Mail(" ".join(subject.split()), text.strip() + "\n", html)


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
    """Dates in words, as the pages have them, in the language of the mail."""

    def moment(value: datetime, zone: str) -> str:
        return dates.moment(value, zone, locale)

    def span(starts: int, ends: int, zone: str) -> str:
        return dates.span(starts, ends, zone, locale)

    return {"moment": moment, "span": span}
