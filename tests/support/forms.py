"""The booking form as a person fills it in."""

from typing import Any

GRADE = {
    "facility": "M-ET1",
    "title": "Étalonnage bobine 1",
    "date": "2026-11-17",
    "start": "09:00",
    "end_date": "2026-11-17",
    "end": "13:00",
    "hold": "firm",
}
"""Tuesday 17 November 2026, 09:00–13:00 in Étalonnage 1."""


def booking(**changed: Any) -> dict[str, Any]:
    """The fields of a booking, with some of them changed."""
    return {**GRADE, **changed}
