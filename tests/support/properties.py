"""Hypothesis as this suite uses it: the same examples on every run, and few of them."""

from hypothesis import HealthCheck, settings

short = settings(
    max_examples=60,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
"""Decorate a property with it: `@short` above `@given(...)`."""
