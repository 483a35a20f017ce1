"""What is wrong with what was typed about a facility or a kind: every field at once."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from booking.core import text
from booking.facilities.models import MINUTES_PER_DAY
from booking.facilities.values import AttributeFacts, Week
from booking.kernel.errors import FieldError
from booking.kernel.i18n import LOCALES

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}")
WORD = re.compile(r"[a-z][a-z0-9_]{0,39}")
APPROVALS = ("automatic", "manager")
STAFFINGS = ("dry", "wet", "stage_manager", "projectionist", "technician", "unattended")
USES = ("crew", "audience", "seats", "standing", "wheelchair")
VALUE_TYPES = ("boolean", "integer", "decimal", "choice", "text")
NAME_LENGTH = 120
EQUIPMENT_LENGTH = 2000
REASON_LENGTH = 200
ATTRIBUTE_LENGTH = 200
UNIT_LENGTH = 12
MOST = 100_000


def code(path: str, given: str) -> Iterator[FieldError]:
    """Capital letters, digits and hyphens, at most twenty."""
    if not CODE.fullmatch(given):
        yield FieldError(path, "facility_code")


def word(path: str, given: str) -> Iterator[FieldError]:
    """Small letters, digits and underscores: what programs read."""
    if not WORD.fullmatch(given):
        yield FieldError(path, "kind_code")


def line(path: str, given: str, most: int, *, required: bool = True) -> Iterator[FieldError]:
    """One line of text that can be shown."""
    if wrong := text.problem(given, most, required=required):
        yield FieldError(path, wrong, {"max": most})


def paragraph(path: str, given: str, most: int) -> Iterator[FieldError]:
    """Several lines of text that can be shown, or none."""
    if wrong := text.problem(given, most, lines=True, required=False):
        yield FieldError(path, wrong, {"max": most})


def whole(path: str, given: int | None, least: int, most: int = MOST) -> Iterator[FieldError]:
    """A whole number within bounds; None passes."""
    if given is not None and not least <= given <= most:
        yield FieldError(path, "out_of_range", {"min": least, "max": most})


def one_of(path: str, given: str, known: Sequence[str]) -> Iterator[FieldError]:
    """One of a closed set."""
    if given not in known:
        yield FieldError(path, "unknown")


def names(path: str, given: Mapping[str, str], *, complete: bool) -> Iterator[FieldError]:
    """A name in each of the product's languages, all of them where `complete`."""
    for locale in LOCALES:
        yield from line(f"{path}_{locale}", given.get(locale, ""), NAME_LENGTH, required=complete)
    if not set(given) <= set(LOCALES):
        yield FieldError(path, "unknown")


def week(path: str, given: Week) -> Iterator[FieldError]:
    """Seven days of spans that run forwards and do not overlap, at least one of them."""
    if len(given) != 7 or not any(given):
        yield FieldError(path, "never_open")
    for weekday, spans in enumerate(given):
        if not _runs_forwards(spans):
            yield FieldError(f"{path}_{weekday}", "hours_backwards")


def value(path: str, given: Any, definition: AttributeFacts) -> Iterator[FieldError]:
    """A value of the attribute's type; None says nothing and passes."""
    if given is None:
        return
    if not _TYPES[definition.value_type](given):
        yield FieldError(path, "bad_attribute", {"value": str(given)})
    elif definition.value_type == "choice":
        yield from one_of(path, given, definition.choices)
    elif definition.value_type == "text":
        yield from line(path, given, ATTRIBUTE_LENGTH)


def _runs_forwards(spans: Sequence[tuple[int, int]]) -> bool:
    edges = [edge for span in spans for edge in span]
    rising = all(a < b for a, b in spans) and edges == sorted(edges)
    return rising and all(0 <= edge <= MINUTES_PER_DAY for edge in edges)


def _is_whole(given: Any) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and abs(given) <= MOST


def _is_number(given: Any) -> bool:
    return _is_whole(given) or (isinstance(given, float) and abs(given) <= MOST)


def _is_text(given: Any) -> bool:
    return isinstance(given, str)


_TYPES = {
    "boolean": lambda given: isinstance(given, bool),
    "integer": _is_whole,
    "decimal": _is_number,
    "choice": _is_text,
    "text": _is_text,
}
