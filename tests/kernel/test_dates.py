from datetime import UTC, date, datetime
from gettext import NullTranslations

import pytest

from booking.kernel import dates

BRUSSELS = "Europe/Brussels"


def epoch(year, month, day, hour=0, minute=0):
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("fr", "mardi 17 novembre 2026"),
        ("en", "Tuesday 17 November 2026"),
        ("nl", "dinsdag 17 november 2026"),
        ("de", "Dienstag, 17. November 2026"),
    ],
)
def test_a_day_in_words(locale, words):
    assert dates.day(date(2026, 11, 17), locale) == words


def test_the_first_of_a_month_is_an_ordinal_in_french():
    assert dates.day(date(2026, 12, 1), "fr") == "mardi 1er décembre 2026"
    assert dates.day(date(2026, 12, 1), "nl") == "dinsdag 1 december 2026"


def test_a_moment_is_the_wall_clock_of_its_zone():
    at = datetime(2026, 11, 17, 23, 30, tzinfo=UTC)
    assert dates.moment(at, BRUSSELS, "fr") == "mercredi 18 novembre 2026, 00:30"
    assert dates.moment(at, "UTC", "fr") == "mardi 17 novembre 2026, 23:30"


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("UTC", "+0"),
        (BRUSSELS, "+1"),
        ("America/New_York", "-5"),
        ("Asia/Kolkata", "+5:30"),
        ("America/St_Johns", "-3:30"),
    ],
)
def test_how_far_a_clock_is_ahead(zone, said):
    assert dates.ahead(dates.wall(epoch(2026, 11, 17), zone)) == said


def test_a_span_within_a_day():
    starts, ends = epoch(2026, 11, 17, 8), epoch(2026, 11, 17, 12)
    assert dates.span(starts, ends, BRUSSELS, "fr") == "mardi 17 novembre 2026, 09:00–13:00"


def test_a_span_to_midnight_ends_at_24():
    starts, ends = epoch(2026, 11, 17, 19), epoch(2026, 11, 17, 23)
    assert dates.span(starts, ends, BRUSSELS, "fr") == "mardi 17 novembre 2026, 20:00–24:00"


def test_a_whole_day_goes_from_0_to_24():
    starts, ends = epoch(2026, 11, 16, 23), epoch(2026, 11, 17, 23)
    assert dates.span(starts, ends, BRUSSELS, "fr") == "mardi 17 novembre 2026, 00:00–24:00"


@pytest.fixture
def french(monkeypatch):
    class French(NullTranslations):
        def gettext(self, message):
            return {"from {start} to {end}": "du {start} au {end}"}[message]

    monkeypatch.setattr(dates, "translations", lambda _locale: French())


@pytest.mark.usefixtures("french")
def test_a_span_across_days_names_both():
    starts, ends = epoch(2026, 11, 17, 19), epoch(2026, 11, 18, 1)
    assert dates.span(starts, ends, BRUSSELS, "fr") == (
        "du mardi 17 novembre 2026, 20:00 au mercredi 18 novembre 2026, 02:00"
    )


@pytest.mark.usefixtures("french")
def test_a_span_of_whole_days_ends_on_its_last_day():
    starts, ends = epoch(2026, 11, 16, 23), epoch(2026, 11, 19, 23)
    assert dates.span(starts, ends, BRUSSELS, "fr") == (
        "du mardi 17 novembre 2026, 00:00 au jeudi 19 novembre 2026, 24:00"
    )


def test_the_hour_that_comes_twice_says_which_it_is():
    starts, ends = epoch(2026, 10, 25, 0, 30), epoch(2026, 10, 25, 1, 30)
    assert dates.span(starts, ends, BRUSSELS, "fr") == (
        "dimanche 25 octobre 2026, 02:30 (UTC+2)–02:30 (UTC+1)"
    )
