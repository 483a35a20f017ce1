"""The catalogs hold what the sources say: nothing missing, nothing stale, placeholders intact.

`make translations` brings new texts into the files; then a translator fills them in.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message

from tests.support.client import Browser
from tools import translations

Key = tuple[str | None, tuple[str, ...]]

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|\{\w+\}|</?\w[^>]*>")
HARD_TO_READ_IN_FRENCH = re.compile(
    r"'"  # the apostrophe is ’
    r"|[^\N{NARROW NO-BREAK SPACE}][;?!](?=\s|$)"
    r"|[^\N{NO-BREAK SPACE}\w]:(?=\s|$)"  # a name of a header may stand right before a colon
    r"|«[^\N{NO-BREAK SPACE}]|[^\N{NO-BREAK SPACE}]»"
)

every_catalog = pytest.mark.parametrize("locale", translations.LOCALES)


@every_catalog
def test_the_catalog_holds_the_texts_of_the_sources_and_no_others(locale: str) -> None:
    known, found = _keys(_catalog(locale)), _keys(_sources())
    assert {"missing": found - known, "stale": known - found} == {"missing": set(), "stale": set()}


@every_catalog
def test_every_text_is_translated(locale: str) -> None:
    catalog = _catalog(locale)
    forms = catalog.num_plurals
    untranslated = [
        message.id
        for message in _messages(catalog)
        if message.fuzzy
        or not all(_texts(message.string))
        or len(_texts(message.string)) != (forms if message.pluralizable else 1)
    ]
    assert untranslated == []
    assert not catalog.fuzzy
    assert not catalog.obsolete


@every_catalog
def test_translations_keep_the_placeholders(locale: str) -> None:
    broken = [
        (message.id, text)
        for message in _messages(_catalog(locale))
        for text in _texts(message.string)
        if _placeholders(text) not in [_placeholders(source) for source in _texts(message.id)]
    ]
    assert broken == []


def test_the_forms_of_a_plural_take_the_same_parameters() -> None:
    uneven = [
        message.id
        for message in _messages(_sources())
        if len({frozenset(_placeholders(text)) for text in _texts(message.id)}) > 1
    ]
    assert uneven == []


def test_french_is_set_as_french_typography_wants() -> None:
    wrong = [
        text
        for message in _messages(_catalog("fr"))
        for text in _texts(message.string)
        if HARD_TO_READ_IN_FRENCH.search(text)
    ]
    assert wrong == []


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("locale", "title", "label"),
    [
        ("fr", "Se connecter", "Mot de passe"),
        ("en", "Log in", "Password"),
        ("nl", "Aanmelden", "Wachtwoord"),
        ("de", "Anmelden", "Passwort"),
    ],
)
def test_pages_speak_every_language(client: Browser, locale: str, title: str, label: str) -> None:
    page = client.get("/login", headers={"Accept-Language": locale}).text
    assert f'<html lang="{locale}"' in page
    assert f"<title>{title}" in page
    assert label in page


@cache
def _sources() -> Catalog:
    return translations.extracted()


@cache
def _catalog(locale: str) -> Catalog:
    return translations.read(locale)


def _messages(catalog: Catalog) -> Iterator[Message]:
    """The texts, without the header."""
    return (message for message in catalog if message.id)


def _keys(catalog: Catalog) -> set[Key]:
    return {(message.context, _texts(message.id)) for message in _messages(catalog)}


def _texts(forms: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """One text, or every form of a plural."""
    return (forms,) if isinstance(forms, str) else tuple(forms or ())


def _placeholders(text: str) -> Counter[str]:
    return Counter(PLACEHOLDER.findall(text))
