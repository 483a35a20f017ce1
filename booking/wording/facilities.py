"""Facilities in words: errors, and names of what the tables hold as codes."""

from decimal import Decimal

from babel.units import format_unit
from flask_babel import LazyString, format_decimal, gettext
from flask_babel import lazy_gettext as _l

from booking.facilities.queries import by_codes
from booking.facilities.values import ALWAYS_OPEN, AttributeFacts, Week
from booking.wording import dates, reservations

MEGABYTE = 1_000_000

ERRORS: dict[str, LazyString] = {
    "facility_code": _l("At most twenty capital letters, digits and hyphens."),
    "kind_code": _l("Small letters, digits and underscores, a letter first."),
    "never_open": _l("It would never be open: give at least one day its hours."),
    "hours_backwards": _l("Hours run forwards and do not overlap; 24:00 is midnight."),
    "hours_incomplete": _l("Hours need a beginning and an end."),
    "bad_attribute": _l("“%(value)s” does not fit here."),
    "too_few_choices": _l("Give at least two choices."),
    "attribute_in_use": _l("It is in use by facilities (%(count)s): empty it there first."),
    "closure_backwards": _l("The closure ends before it begins: choose a later end."),
    "below_booked": _l("%(most)s are booked at some time to come: it cannot be less."),
    "booked_whole": _l("It is booked as a whole at some time to come: it cannot become a pool."),
    "booked_in_parts": _l("Parts of it are booked at some time to come: it must stay a pool."),
    "named_twice": _l("A facility is named twice: once is enough."),
    "bad_items": _l("One a line: a code, then how much of a pool. This is not: “%(value)s”."),
    "not_a_picture": _l("This is no photo that we can read: save it as JPEG, PNG or WebP."),
    "picture_too_small": _l("A photo is at least %(least)s pixels high and wide."),
    "picture_too_large": _l("A photo has at most %(most)s million pixels: save it smaller."),
    "not_a_pdf": _l("This is no PDF: save it as one."),
    "too_many_files": _l("At most %(max)s of them: remove one first."),
    "closure_over": _l("This closure would already be over."),
}

APPROVALS: dict[str, LazyString] = {
    "automatic": _l("Confirmed at once for members"),
    "manager": _l("A manager approves"),
}

STAFFINGS: dict[str, LazyString] = {
    "dry": _l("Without an operator"),
    "wet": _l("With an operator"),
    "stage_manager": _l("With a stage manager"),
    "projectionist": _l("With a projectionist"),
    "technician": _l("With a technician"),
    "unattended": _l("Runs by itself"),
}

USES: dict[str, LazyString] = {
    "crew": _l("Crew"),
    "audience": _l("Audience"),
    "seats": _l("Seats"),
    "standing": _l("Standing"),
    "wheelchair": _l("Wheelchair places"),
}

VALUE_TYPES: dict[str, LazyString] = {
    "boolean": _l("Yes or no"),
    "integer": _l("Whole number"),
    "decimal": _l("Number"),
    "choice": _l("One of several choices"),
    "text": _l("Text"),
}


def name_of(code: str) -> str:
    """What the language of the request calls a facility; the code itself where it is unknown."""
    found = by_codes([code]).get(code)
    return found.name_in(dates.locale()) if found else code


def opening(week: Week) -> str:
    """Weekly hours in words: "lun.–ven. 08:00–22:00, sam. 09:00–18:00"."""
    return gettext("always open") if week == ALWAYS_OPEN else reservations.week(week)


def file_size(size: int) -> str:
    """How large a file of `size` bytes is: "345 ko", "1,3 Mo"."""
    if size < MEGABYTE:
        return format_unit(max(1, size // 1000), "digital-kilobyte", "short", locale=dates.locale())
    megabytes = Decimal(size // 100_000) / 10
    return format_unit(megabytes, "digital-megabyte", "short", locale=dates.locale())


def value(attribute: AttributeFacts) -> str:
    """What a facility says for an attribute: "oui", "4,5 m", "7.1"."""
    said = attribute.value
    if isinstance(said, bool):
        return gettext("yes") if said else gettext("no")
    if isinstance(said, int | float):
        return f"{format_decimal(Decimal(str(said)))} {attribute.unit}".strip()
    return "" if said is None else f"{said} {attribute.unit}".strip()
