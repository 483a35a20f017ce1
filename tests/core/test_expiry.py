"""How long an option lives."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.core.scheduling.expiry import DAY, HOUR, option_expiry
from tests.support.properties import short

NOW = int(datetime(2026, 3, 11, 9, 0, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("start_in_h", "days", "lives_h"),
    [
        (1000, 7, 168),  # a week, where the start is far away
        (1000, 14, 336),  # a stage
        (216, 7, 168),  # 9 days ahead: the week ends exactly 48 hours before the start
        (100, 7, 52),  # else 48 hours before the start
        (52, 7, 4),  # exactly four hours are left
        (51, 7, 4),  # less would be left: four hours all the same
        (6, 7, 4),  # two hours before the start at the latest
        (5, 7, 3),
        (2, 7, None),  # no time left to decide
        (0, 7, None),
        (-3, 7, None),
    ],
)
def test_an_option_lives(start_in_h, days, lives_h):
    expiry = option_expiry(NOW, NOW + start_in_h * HOUR, days)
    assert expiry == (None if lives_h is None else NOW + lives_h * HOUR)


@short
@given(st.integers(-DAY, 30 * DAY), st.integers(1, 14))
def test_an_option_lapses_in_time_for_others(ahead, days):
    expiry = option_expiry(NOW, NOW + ahead, days)
    if ahead <= 2 * HOUR:
        assert expiry is None
    else:
        assert expiry is not None
        assert NOW < expiry <= min(NOW + days * DAY, NOW + ahead - 2 * HOUR)
