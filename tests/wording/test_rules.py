"""What settings and findings of the rules say, in four languages."""

import pytest
from flask_babel import force_locale

from booking.core.rules import Finding, evaluate
from booking.core.rules.settable import SETTABLE
from booking.kernel.i18n import LOCALES
from booking.wording import rules as words
from booking.wording.reservations import finding as sentence
from tests.core import test_settable_rules as samples
from tests.core.test_settable_rules import asked, wish

pytestmark = pytest.mark.one_engine

SAID = {
    "audience": "staff",
    "notice": 24,
    "furthest": 90,
    "shortest": 90,
    "longest": 2880,
    "step": 30,
    "holidays": True,
    "noise": ["M-MI1", "M-CIN"],
    "equipment": ["M-MI1", "M-CIN"],
    "licence": "grip",
    "quota_hours": 20,
    "quota_options": 1,
    "rolling": 24,
    "check_in": 15,
}
LIFTED = {
    "check_in": 0,
    "notice": 0,
    "holidays": False,
    "noise": [],
    "equipment": [],
    "licence": "",
    "rolling": 0,
}
EXCEPTION = {
    "fr": "Un gestionnaire de l’espace peut faire une exception.",
    "en": "A manager of the facility can make an exception.",
    "nl": "Een beheerder van de faciliteit kan een uitzondering maken.",
    "de": "Die Verwaltung der Ressource kann eine Ausnahme machen.",
}


@pytest.fixture(autouse=True)
def _request(app):
    with app.test_request_context():
        yield


def breaches() -> list[Finding]:
    noisy = samples.with_room(asked(), neighbours=(samples.MIXING,))
    facts = [
        asked(notice=24, furthest=0, shortest=241, longest=239, step=180, licence="grip"),
        asked(equipment=["M-CIN"]),
        noisy,
        wish("2026-12-25T09:00", "2026-12-25T10:00", holidays=True),
        asked(licence="grip")._replace(licences={"grip": samples.date(2026, 11, 16)}),
        asked(quota_hours=20, quota_options=1)._replace(
            option=True,
            options={"grading": 1},
            usage=(samples.Usage("grading", samples.WEEK, 20 * 3600),),
        ),
        asked(audience="staff"),
        asked(rolling=24)._replace(option=True, lapsed={"M-ET1": samples.at(samples.NOW)}),
    ]
    return [found for each in facts for found in evaluate(each)]


def test_the_samples_break_every_rule():
    late = evaluate(wish("2026-11-16T10:00", "2026-11-16T11:00", notice=24))
    assert {f.rule for f in [*breaches(), *late]} == set(SETTABLE) - {"check_in"}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_setting_has_its_words(locale):
    with force_locale(locale):
        told = [words.said(rule, value) for rule, value in (*SAID.items(), *LIFTED.items())]
        assert len(set(told)) == len(told)
        assert set(SAID) == set(words.NAMES) == set(words.HINTS) == set(SETTABLE)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_finding_says_who_can_decide_otherwise(locale):
    with force_locale(locale):
        for found in breaches():
            said = sentence(found)
            assert "%(" not in said
            if found.rule in words.FINDINGS:
                assert said.endswith(EXCEPTION[locale]) is found.overridable


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        (
            "fr",
            "Étalonnage 1 (projection) se réserve pour au moins 4\N{NO-BREAK SPACE}h"
            " 1\N{NO-BREAK SPACE}min, pas pour 4\N{NO-BREAK SPACE}h.",
        ),
        ("en", "Étalonnage 1 (projection) is booked for at least 4 h 1 min, not for 4 h."),
    ],
)
def test_a_sentence_names_limit_and_value(locale, expected):
    (found,) = evaluate(asked(shortest=241))
    with force_locale(locale):
        assert sentence(found) == f"{expected} {EXCEPTION[locale]}"


def test_a_holiday_and_its_calendar_are_named():
    (found,) = evaluate(wish("2026-12-25T09:00", "2026-12-25T10:00", holidays=True))
    with force_locale("fr"):
        assert "vendredi 25 décembre 2026, Noël (Belgique)" in sentence(found)
    with force_locale("de"):
        assert "Weihnachten (Belgien)" in sentence(found)


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(45, "45 min"), (60, "1 h"), (90, "1 h 30 min"), (1440, "24 h"), (2880, "2 days")],
)
def test_lengths_are_exact(minutes, expected):
    with force_locale("en"):
        assert words.length(minutes) == expected
