"""Public holidays of the country a site lies in."""

from datetime import date
from functools import lru_cache

from holidays import country_holidays, list_supported_countries

SATURDAY = 5
COUNTRIES = tuple(sorted(list_supported_countries()))
"""ISO 3166-1 codes of the countries whose holidays are known."""
ENGLISH = "en_US"
LANGUAGES = {"en": ENGLISH}
"""What the library calls a language of ours, where it differs."""


def holiday(day: date, country: str, locale: str = "fr") -> str | None:
    """The name of the public holiday of a day, or None.

    `country` is an ISO 3166-1 code; one that the calendar does not know has no holidays. `locale`
    is a language ("fr", "nl", "de", "en"): a country's calendar is written in some of them only,
    names in others come in English. Two holidays on one day are one name, "Ascension; Jour de
    l'Europe". Sundays are holidays only where the law names them. (Package `holidays`.)
    """
    return _holidays(country.upper(), day.year, LANGUAGES.get(locale, locale)).get(day)


def working(day: date, country: str) -> bool:
    """Whether a day is one from Monday to Friday and no public holiday of the country."""
    return day.weekday() < SATURDAY and holiday(day, country) is None


@lru_cache(maxsize=256)  # a few countries, years and languages, asked for on every page
def _holidays(country: str, year: int, language: str) -> dict[date, str]:
    if country not in COUNTRIES:
        return {}
    known = country_holidays(country).supported_languages
    # Of a language that a calendar lacks the library would let the server's environment decide.
    spoken = next((each for each in (language, ENGLISH) if each in known), None)
    return dict(country_holidays(country, years=year, language=spoken).items())
