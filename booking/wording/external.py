"""External calendars in words: what they do, what went wrong with them."""

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

EFFECTS: dict[str, LazyString] = {
    "closure": _l("It closes the facility then"),
    "information": _l("It is only shown to its managers"),
}

FAULTS: dict[str, LazyString] = {
    "bad_address": _l("This is no address of a calendar on the web."),
    "refused_address": _l("The address leads into a private network: it is not looked at."),
    "unknown_host": _l("There is no server of that name."),
    "unreachable": _l("The server does not answer."),
    "insecure": _l("The server sends us on to an address without encryption."),
    "redirects": _l("The server sends us on again and again."),
    "too_slow": _l("The server takes longer than ten seconds."),
    "too_large": _l("The calendar is larger than 5 MB."),
    "too_much": _l("The calendar has too many dates, or rules that never end."),
    "not_a_calendar": _l("What is there is no calendar."),
}

ERRORS: dict[str, LazyString] = {"bad_address": FAULTS["bad_address"]}


def fault(code: str) -> str:
    """Why a calendar could not be read."""
    if code.startswith("http_"):
        return gettext("The server refuses: %(status)s.", status=code.removeprefix("http_"))
    return str(FAULTS.get(code, FAULTS["unreachable"]))
