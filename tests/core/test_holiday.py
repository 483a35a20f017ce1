"""Public holidays: the calendars of two countries, written down by hand, day by day."""

from datetime import date, timedelta

import pytest

from booking.core.scheduling.holiday import _holidays, holiday, working

BOTH = {
    (1, 1): ("Nouvel An", "Jour de l'An"),
    (4, 6): ("Lundi de Pâques", "Lundi de Pâques"),
    (5, 1): ("Fête du Travail", "Fête du Travail"),
    (5, 14): ("Ascension", "Ascension"),
    (5, 25): ("Lundi de Pentecôte", "Lundi de Pentecôte"),
    (8, 15): ("Assomption", "Assomption"),
    (11, 1): ("Toussaint", "Toussaint"),
    (12, 25): ("Noël", "Noël"),
}
BELGIUM = {on: names[0] for on, names in BOTH.items()} | {
    (4, 5): "Pâques",
    (5, 24): "Pentecôte",
    (7, 21): "Fête nationale",
    (11, 11): "Jour de l'Armistice",
}
LUXEMBOURG = {on: names[1] for on, names in BOTH.items()} | {
    (5, 9): "Jour de l'Europe",
    (6, 23): "Fête nationale",
    (12, 26): "Saint-Étienne",
}
YEAR = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]


@pytest.mark.parametrize(("country", "calendar"), [("BE", BELGIUM), ("LU", LUXEMBOURG)])
def test_a_year_has_the_holidays_of_its_country(country, calendar):
    assert {(d.month, d.day): holiday(d, country) for d in YEAR if holiday(d, country)} == calendar


@pytest.mark.parametrize(
    ("locale", "name"),
    [
        ("fr", "Fête nationale"),
        ("nl", "Nationale feestdag"),
        ("de", "Nationalfeiertag"),
        ("en", "National Day"),
    ],
)
def test_a_holiday_is_named_in_the_reader_s_language(locale, name):
    assert holiday(date(2026, 7, 21), "BE", locale) == name


@pytest.mark.parametrize("spoken", ["", "C", "fr_BE.UTF-8", "de_DE"])
def test_a_language_the_calendar_lacks_gives_english_whatever_the_server_speaks(
    monkeypatch: pytest.MonkeyPatch, spoken: str
):
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, spoken)
    _holidays.cache_clear()
    assert holiday(date(2026, 6, 23), "LU", "nl") == "National Day"
    assert holiday(date(2026, 6, 23), "LU", "fr") == "Fête nationale"


def test_two_holidays_on_one_day_are_one_name():
    assert holiday(date(2024, 5, 9), "LU") == "Ascension; Jour de l'Europe"


def test_the_case_of_a_country_does_not_matter():
    assert holiday(date(2026, 7, 21), "be") == "Fête nationale"


@pytest.mark.parametrize("country", ["", "XX", "Belgium", "date", "HolidayBase"])
def test_a_country_without_a_calendar_has_no_holidays(country):
    assert {holiday(day, country) for day in YEAR} == {None}
    assert working(date(2026, 1, 1), country)


def test_working_days_are_monday_to_friday_without_holidays():
    free = {date(2026, month, day) for month, day in BELGIUM}
    assert [d for d in YEAR if working(d, "BE")] == [
        d for d in YEAR if d.isoweekday() not in (6, 7) and d not in free
    ]
    assert sum(working(d, "BE") for d in YEAR) == 261 - 8  # of the twelve, eight fall on Mon-Fri
