"""What the command line refuses, in words."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

ERRORS: dict[str, LazyString] = {
    "file_exists": _l("%(path)s exists already and is not overwritten."),
    "no_backup": _l("There is no file %(path)s."),
    "damaged": _l("%(path)s is no sound backup of this product; nothing was changed."),
    "not_sqlite": _l("This is not a SQLite file: %(path)s."),
    "does_not_fit": _l(
        "Only %(placed)s of %(bookings)s bookings fit into %(rooms)s rooms: ask for more rooms or"
        " fewer bookings."
    ),
}
