"""The translated texts, for code below the doors that must speak a language it is told."""

from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path

from babel.support import Translations

FOLDER = Path(__file__).resolve().parent.parent / "translations"


@lru_cache
def translations(locale: str) -> NullTranslations:
    """The texts of one language; those of the source, English, where there are no others.

    Doors do not need this: they ask Flask-Babel, which knows the language of the request.
    """
    return Translations.load(FOLDER, [locale])
