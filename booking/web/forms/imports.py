"""Files that people bring: tables and calendars, read into rows; nothing is guessed."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO

from booking.core.scheduling.interval import Interval
from booking.core.scheduling.wallclock import zone_of
from booking.facilities.actions.facilities import FacilityChange, NewFacility
from booking.facilities.external.reading import Told, told
from booking.facilities.values import GroupFacts, KindFacts, SiteFacts
from booking.kernel.errors import FieldError, Invalid
from booking.kernel.outside import OutsideError
from booking.reservations.wish import BookingRequest

MOST_ROWS = 500
DELIMITERS = ";,\t"
ROOM_COLUMNS = frozenset(
    "code name kind site group capacity quantity setup_min turnaround_min approval".split()  # noqa: SIM905 - as the file has it
)
BOOKING_COLUMNS = frozenset(
    "facility title start end requester production attendees note hold".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a file: its number there, what it says by column."""

    line: int
    said: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file, and the columns that nobody reads."""

    rows: Sequence[Row]
    unread: Sequence[str] = field(default=())


def table(text: str, columns: frozenset[str], required: Sequence[str]) -> Table:
    """A CSV file with a header line, parted by semicolons, commas or tabs.

    Raises Invalid at `content`: `required`, `no_column`, `column_twice`, `too_many_rows`,
    `odd_row` for a line with more cells than the header, `open_quote`.
    """
    told = text.lstrip("\ufeff")
    if not told.strip():
        raise Invalid(FieldError("content", "required"))
    delimiter = max(DELIMITERS, key=told.splitlines()[0].count)
    lines = _lines(csv.reader(StringIO(told, newline=""), delimiter=delimiter))
    header = [name.strip().casefold() for name in next(lines)]
    for name in required:
        if name not in header:
            raise Invalid(FieldError("content", "no_column", {"column": name}))
    if len(set(header)) < len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise Invalid(FieldError("content", "column_twice", {"column": twice}))
    rows = list(_rows(lines, header))
    if not rows:
        raise Invalid(FieldError("content", "required"))
    return Table(rows, [name for name in header if name not in columns])


def _lines(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    """The lines; a quotation mark that nobody closes swallows those after it."""
    try:
        yield from reader
    except csv.Error as error:
        raise Invalid(FieldError("content", "open_quote")) from error


def _rows(lines: Iterator[list[str]], header: Sequence[str]) -> Iterator[Row]:
    for count, cells in enumerate((row for row in lines if any(c.strip() for c in row)), 1):
        if count > MOST_ROWS:
            raise Invalid(FieldError("content", "too_many_rows", {"max": MOST_ROWS}))
        if len(cells) > len(header):
            raise Invalid(FieldError("content", "odd_row", {"line": count + 1}))
        said = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        yield Row(count + 1, {name: value for name, value in said.items() if value})


def events(text: str, facility: str, window: Interval) -> Table:
    """The events of an iCalendar file in a window, one row for each occurrence, by start.

    Whole days go from midnight to midnight; what was cancelled is left out. Raises Invalid at
    `content`: `not_a_calendar`, `too_much`, `no_events`, `too_many_rows`.
    """
    try:
        found = told(text.encode(), window)
    except OutsideError as error:
        raise Invalid(FieldError("content", error.code)) from error
    if not found:
        raise Invalid(FieldError("content", "no_events"))
    if len(found) > MOST_ROWS:
        raise Invalid(FieldError("content", "too_many_rows", {"max": MOST_ROWS}))
    ordered = sorted(found, key=lambda each: (each.start, each.summary))
    return Table([_event(number, each, facility) for number, each in enumerate(ordered, 1)])


def _event(number: int, one: Told, facility: str) -> Row:
    said = {"facility": facility, "title": one.summary, "start": one.start, "end": one.end}
    return Row(number, {**said, "note": one.description})


def booking(row: Row, zone: str) -> BookingRequest:
    """A row as a wish; times without an offset are the wall clock of `zone`.

    Raises Invalid with every column at fault.
    """
    errors: list[FieldError] = []
    start, end = (_time(row, name, zone, errors) for name in ("start", "end"))
    attendees = _number(row, "attendees", errors)
    if errors or start is None or end is None:
        raise Invalid(*errors)
    return BookingRequest(
        facilities=(row.said.get("facility", ""),),
        title=row.said.get("title", ""),
        start=start,
        end=end,
        hold=row.said.get("hold", "firm"),
        production=row.said.get("production"),
        attendees=attendees,
        note=row.said.get("note", ""),
    )


def _time(row: Row, name: str, zone: str, errors: list[FieldError]) -> datetime | None:
    typed = row.said.get(name, "")
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        errors.append(FieldError(name, "bad_moment", {"value": typed[:60]}))
        return None
    if found.tzinfo is None:
        return found
    return found.astimezone(zone_of(zone))


def room(
    row: Row,
    sites: Sequence[SiteFacts],
    kinds: Sequence[KindFacts],
    groups: Sequence[GroupFacts],
) -> tuple[NewFacility, FacilityChange]:
    """A row as a new facility. Raises Invalid with every column at fault."""
    errors: list[FieldError] = []
    site = _known(row, "site", {one.code: one.id for one in sites}, errors)
    kind = _known(row, "kind", {one.code: one.id for one in kinds}, errors)
    group = None
    if "group" in row.said:
        group = _known(row, "group", {one.code: one.id for one in groups}, errors)
    numbers = {
        name: _number(row, name, errors)
        for name in ("capacity", "quantity", "setup_min", "turnaround_min")
    }
    if errors or site is None or kind is None:
        raise Invalid(*errors)
    new = NewFacility(code=row.said.get("code", ""), site_id=site, kind_id=kind)
    return new, FacilityChange(
        name=row.said.get("name", ""),
        group_id=group,
        capacity=numbers["capacity"],
        quantity=numbers["quantity"] or 1,
        setup_min=numbers["setup_min"] or 0,
        turnaround_min=numbers["turnaround_min"] or 0,
        approval=row.said.get("approval", "manager"),
    )


def _known(row: Row, name: str, ids: Mapping[str, int], errors: list[FieldError]) -> int | None:
    code = row.said.get(name, "")
    if code not in ids:
        errors.append(FieldError(name, "unknown_choice", {"choices": sorted(ids)}))
    return ids.get(code)


def _number(row: Row, name: str, errors: list[FieldError]) -> int | None:
    typed = row.said.get(name)
    if typed is None:
        return None
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 7):
        errors.append(FieldError(name, "bad_number", {"value": typed[:60]}))
        return None
    return int(typed)
