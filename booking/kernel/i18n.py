"""The product's languages and names that come in several of them."""

from collections.abc import Mapping

LOCALES: dict[str, str] = {
    "fr": "Français",
    "en": "English",
    "nl": "Nederlands",
    "de": "Deutsch",
}
DEFAULT_LOCALE = "fr"


def in_language(names: Mapping[str, str], locale: str) -> str:
    """The name in `locale`, else in French, else whichever exists."""
    return names.get(locale) or names.get(DEFAULT_LOCALE) or next(iter(names.values()), "")
