"""Productions in words."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

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
