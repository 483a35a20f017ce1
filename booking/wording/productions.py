"""Productions in words."""

from collections.abc import Sequence
from itertools import accumulate

from flask_babel import LazyString, gettext, ngettext
from flask_babel import lazy_gettext as _l

from booking.core.scheduling.wallclock import local
from booking.reservations.values import Line

FORMATS: dict[str, LazyString] = {
    "feature": _l("Feature film"),
    "short": _l("Short film"),
    "documentary": _l("Documentary"),
    "series": _l("Series"),
    "animation": _l("Animation"),
    "tv_programme": _l("Television programme"),
    "commercial": _l("Commercial"),
    "corporate": _l("Corporate film"),
    "game": _l("Game"),
    "vr": _l("Virtual reality"),
    "transmedia": _l("Transmedia"),
    "webseries": _l("Web series"),
    "live_show": _l("Live show"),
    "museography": _l("Museography"),
    "other": _l("Other"),
}

ERRORS: dict[str, LazyString] = {
    "code_name": _l("Letters, digits, blanks and hyphens, 40 at most: HERON."),
    "already_coproducer": _l("This company is already part of it."),
    "country": _l("Two letters, as in BE or LU."),
    "share": _l("A percentage above 0, with two decimals at most."),
    "share_left": _l("Only %(left)s percent are left."),
    "unknown_person": _l("Nobody here has the address “%(value)s”. Their company can invite them."),
    "already_invited": _l("This person is already invited."),
}


def gaps(lines: Sequence[Line]) -> list[str]:
    """What lies between each line of a chain and the one above it, latest first or last.

    The days in which nothing is booked, or that two run at the same time; else empty, as for the
    first line.
    """
    if not lines:
        return []
    if lines[0].starts > lines[-1].starts:
        return ["", *reversed(gaps(lines[::-1])[1:])]
    ends = accumulate((line.ends for line in lines), max)
    return ["", *(_gap(end, line) for end, line in zip(ends, lines[1:], strict=False))]


def _gap(ended: int, line: Line) -> str:
    if line.starts < ended:
        return gettext("at the same time")
    last, first = local(ended - 1, line.zone), local(line.starts, line.zone)
    days = (first.date() - last.date()).days - 1
    return ngettext("%(num)s day between", "%(num)s days between", days) if days > 0 else ""
