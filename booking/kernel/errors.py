"""Expected refusals: typed errors with a stable code, worded at the door, never in here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field: `path` as in JSON ("facilities/0"), a stable `code`."""

    path: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)


class BookingError(Exception):
    """A refusal that the product foresees; `code` is stable, `params` feed its sentence."""

    code = "error"

    def __init__(self, code: str | None = None, **params: Any) -> None:
        self.code = code or self.code
        self.params = params
        super().__init__(self.code)


class Invalid(BookingError):
    """Input that cannot be understood; one entry for every field at fault."""

    code = "invalid"

    def __init__(self, *fields: FieldError) -> None:
        super().__init__()
        self.fields = fields


class NotFound(BookingError):
    """Absent, or not to be known by the caller: the two look the same."""

    code = "not_found"


class Forbidden(BookingError):
    """Known to the caller, but not theirs to do."""

    code = "forbidden"


class Refused(BookingError):
    """A rule stands against it; `findings` lists every rule at once, `dates` those of a series.

    Of a single date, `alternatives` are places that no rule refuses.
    """

    code = "refused"

    def __init__(
        self,
        findings: Sequence[Any],
        dates: Sequence[Any] = (),
        alternatives: Sequence[Any] = (),
    ) -> None:
        super().__init__()
        self.findings = tuple(findings)
        self.dates = tuple(dates)
        self.alternatives = tuple(alternatives)


class Clash(BookingError):
    """Somebody holds the slot; `conflicts` as far as the caller may know, then `alternatives`.

    `rank` is the turn the caller may queue for, None when even the last one is taken; `dates`
    what would become of every date of a series.
    """

    code = "clash"

    def __init__(
        self,
        conflicts: Sequence[Any],
        alternatives: Sequence[Any],
        rank: int | None,
        dates: Sequence[Any] = (),
    ) -> None:
        super().__init__()
        self.dates = tuple(dates)
        self.conflicts = tuple(conflicts)
        self.alternatives = tuple(alternatives)
        self.rank = rank


class WrongState(BookingError):
    """The verb does not apply to the state it found; params: `verb`, `state`."""

    code = "wrong_state"


class Stale(BookingError):
    """The caller edits an older revision than the current one; params: `current`."""

    code = "stale"


class TooMany(BookingError):
    """Throttled; params: `retry_after_s`."""

    code = "too_many"


class Busy(BookingError):
    """The database stayed locked or kept failing; try again in a moment."""

    code = "busy"
