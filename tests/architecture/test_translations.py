"""The catalogs hold what the sources say: nothing missing, nothing stale, placeholders intact.

`make translations` brings new texts into the files; then a translator fills them in.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message

from tests.architecture.glossary import NOWHERE, TERMS
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

SAME = {
    "fr": {
        *("%(num)s date", "%(num)s dates", "%(number)s minute", "%(number)s minutes", "minutes"),
        *("Actions", "Agenda", "Animation", "Auto", "Code", "Codes", "Distribution", "Documents"),
        *("Format", "Menu", "Message", "Option", "Option %(rank)s", "Option {rank}", "Options"),
        *(
            "Pages",
            "Participants",
            "Photos",
            "Planning",
            "Production",
            "Production %(code)s",
            "Productions",
        ),
        *("Segment", "Site", "Sites", "Webhooks", "iPhone, iPad, Mac"),
    },
    "nl": {
        *("Accounts", "Administrator", "Agenda", "Auto", "Browser", "Code", "Codes", "Details"),
        *("Filters", "Game", "Menu", "Open", "Operator", "Planning", "Segment", "Site"),
        *("Transmedia", "Virtual reality", "Webhooks", "Week", "iPhone, iPad, Mac", "later"),
    },
    "de": {
        *("Administrator", "Agenda", "Animation", "Auto", "Browser", "Code", "Codes", "Details"),
        *("Format", "Name", "Option", "Option %(rank)s", "Option {rank}", "Person", "Segment"),
        *("Text", "Transmedia", "Webhooks", "iPhone, iPad, Mac"),
    },
}
"""What is said the same way in English, looked at one by one."""

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


@every_catalog
def test_no_text_stays_english_by_accident(locale: str) -> None:
    same = {
        text
        for message in _messages(_catalog(locale))
        for source, text in zip(_texts(message.id), _texts(message.string), strict=False)
        if source == text and _words(text)
    }
    assert {"by accident": same - SAME[locale], "no longer": SAME[locale] - same} == {
        "by accident": set(),
        "no longer": set(),
    }


@every_catalog
def test_the_trade_is_spoken_of_in_its_own_words(locale: str) -> None:
    wrong = [
        (term.english, message.id, text)
        for message in _messages(_catalog(locale))
        for term in TERMS
        if any(_says(term.english, source) for source in _texts(message.id))
        for text in _texts(message.string)
        if not _says(getattr(term, locale), text)
        or (locale in term.never and _says(term.never[locale], text))
    ]
    assert wrong == []


@every_catalog
def test_what_the_trade_does_not_say_stands_nowhere(locale: str) -> None:
    texts = [text for message in _messages(_catalog(locale)) for text in _texts(message.string)]
    assert [text for text in texts if _says(NOWHERE[locale], text)] == []


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


def _words(text: str) -> str:
    """A text without its placeholders; empty where no word is left."""
    left = PLACEHOLDER.sub(" ", text)
    return left if re.search(r"[^\W\d_]", left) else ""


def _says(expression: str, text: str) -> bool:
    return re.search(expression, _words(text), re.IGNORECASE) is not None


def _placeholders(text: str) -> Counter[str]:
    return Counter(PLACEHOLDER.findall(text))
