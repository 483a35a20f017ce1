"""Rules that can be set, in words: their names, what a setting says, what a finding says."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from babel import Locale
from babel.lists import format_list
from flask_babel import LazyString, gettext, ngettext
from flask_babel import lazy_gettext as _l

from booking.core.rules import Finding
from booking.core.rules.audience import EVERYONE, MEMBERS, STAFF
from booking.core.scheduling.holiday import holiday
from booking.facilities.queries import by_codes
from booking.facilities.values import RuleFacts
from booking.wording import dates

Params = Mapping[str, Any]

HOUR_MIN, DAY_MIN = 60, 1440

NAMES: dict[str, LazyString] = {
    "audience": _l("Who may book"),
    "notice": _l("Minimum notice"),
    "furthest": _l("Furthest date"),
    "shortest": _l("Shortest booking"),
    "longest": _l("Longest booking"),
    "step": _l("Step"),
    "holidays": _l("Public holidays"),
    "noise": _l("Noise neighbours"),
    "equipment": _l("Required equipment"),
    "licence": _l("Licence for dry hire"),
    "quota_hours": _l("Hours per company and week"),
    "quota_options": _l("Live options per company"),
    "rolling": _l("Rolling options"),
    "check_in": _l("Check-in"),
}

LABELS: dict[str, LazyString] = {
    "notice": _l("Hours before the start"),
    "furthest": _l("Days ahead"),
    "shortest": _l("Minutes at least"),
    "longest": _l("Minutes at most"),
    "step": _l("Minutes of a step"),
    "noise": _l("Not at the same time as"),
    "equipment": _l("Only together with one of these"),
    "licence": _l("Code of the licence"),
    "quota_hours": _l("Hours a week"),
    "quota_options": _l("Options at once"),
    "rolling": _l("Hours after it lapsed"),
    "check_in": _l("Minutes before and after the start"),
}
"""Of the field for the value, where the name of the rule is not enough."""

HINTS: dict[str, LazyString] = {
    "audience": _l("Members, guests of partner clusters, or those alone who manage it."),
    "notice": _l("To prepare the room; 0 lifts what the kind says."),
    "furthest": _l("Counted in days of the calendar: 0 is today."),
    "shortest": _l("In real time: a night of a clock change has an hour more or less."),
    "longest": _l("In real time: a night of a clock change has an hour more or less."),
    "step": _l("Bookings begin and last in multiples of it, from midnight: 30 for half hours."),
    "holidays": _l("Those of the country in which the site is."),
    "noise": _l(
        "A shoot beside a mix: it holds in both directions. None ticked: nothing disturbs it."
    ),
    "equipment": _l("None ticked: it can be booked alone."),
    "licence": _l("Small letters: grip, projection. Empty: none is needed."),
    "quota_hours": _l("Over all facilities of the kind, from Monday to Sunday."),
    "quota_options": _l("Over all facilities of the kind; 0 forbids options."),
    "rolling": _l(
        "So long the same production, or the same company without one, takes no new option on a"
        " time on which its own has lapsed; 0 allows it at once."
    ),
    "check_in": _l("Who has not checked in by then loses the slot; 0: nobody has to check in."),
}

AUDIENCES: dict[str, LazyString] = {
    EVERYONE: _l("Everybody, guests of the house too"),
    MEMBERS: _l("Members of the cluster only"),
    STAFF: _l("Its managers only"),
}

HOLIDAYS: dict[bool, LazyString] = {
    True: _l("Not on public holidays"),
    False: _l("On public holidays too"),
}

ERRORS: dict[str, LazyString] = {
    "rule_backwards": _l("The last day is before the first."),
    "over_longest": _l(
        "Nothing could be booked any more: the longest booking of %(code)s is %(longest)s minutes."
    ),
    "under_shortest": _l(
        "Nothing could be booked any more: the shortest booking of %(code)s is %(shortest)s"
        " minutes."
    ),
}


# ---- what a setting says --------------------------------------------------------------------


def when(setting: RuleFacts) -> str:
    """On which days a setting is valid."""
    first, last = setting.valid_from, setting.valid_until
    if first and last:
        return gettext("from %(first)s to %(last)s", first=dates.day(first), last=dates.day(last))
    if first:
        return gettext("from %(day)s on", day=dates.day(first))
    return gettext("until %(day)s", day=dates.day(last)) if last else gettext("always")


def said(rule: str, value: Any) -> str:
    """What a setting says: "Au moins 24 heures avant le début"."""
    return _SAID[rule](value)


def length(minutes: int) -> str:
    """A length of time, exactly: "45 min", "4 h", "1 h 30 min"; two whole days and more as days."""
    if minutes >= 2 * DAY_MIN and minutes % DAY_MIN == 0:
        return ngettext("%(num)d day", "%(num)d days", minutes // DAY_MIN)
    return hours(minutes)


def hours(minutes: int) -> str:
    """A length of time in hours and minutes, however long."""
    whole, rest = divmod(minutes, HOUR_MIN)
    if not whole:
        return gettext("%(minutes)s min", minutes=rest)
    if not rest:
        return gettext("%(hours)s h", hours=whole)
    return gettext("%(hours)s h %(minutes)s min", hours=whole, minutes=rest)


def _notice(value: int) -> str:
    if not value:
        return gettext("No minimum notice")
    return ngettext(
        "At least %(num)s hour before the start", "At least %(num)s hours before the start", value
    )


def _furthest(value: int) -> str:
    return ngettext("At most %(num)s day ahead", "At most %(num)s days ahead", value)


def _shortest(value: int) -> str:
    return gettext("At least %(length)s", length=length(value))


def _longest(value: int) -> str:
    return gettext("At most %(length)s", length=length(value))


def _step(value: int) -> str:
    return gettext("Start and length in steps of %(length)s", length=length(value))


def _noise(value: Iterable[str]) -> str:
    names = _names(value, "standard")
    if not names:
        return gettext("At the same time as any other")
    return gettext("Not at the same time as %(facilities)s", facilities=names)


def _equipment(value: Iterable[str]) -> str:
    names = _names(value, "or")
    if not names:
        return gettext("Can be booked alone")
    return gettext("Only together with %(facilities)s", facilities=names)


def _licence(value: str) -> str:
    if not value:
        return gettext("No licence needed")
    return gettext("Licence “%(licence)s”", licence=value)


def _quota_hours(value: int) -> str:
    return ngettext(
        "At most %(num)s hour a week for each company",
        "At most %(num)s hours a week for each company",
        value,
    )


def _quota_options(value: int) -> str:
    return ngettext(
        "At most %(num)s option at once for each company",
        "At most %(num)s options at once for each company",
        value,
    )


def _rolling(value: int) -> str:
    if not value:
        return gettext("A lapsed option can be taken again at once")
    return ngettext(
        "A lapsed option is not taken again within %(num)s hour",
        "A lapsed option is not taken again within %(num)s hours",
        value,
    )


def _check_in(value: int) -> str:
    if not value:
        return gettext("Nobody has to check in")
    return gettext("Within %(length)s of the start, else it is released", length=length(value))


_SAID: dict[str, Callable[[Any], str]] = {
    "audience": lambda value: str(AUDIENCES[value]),
    "notice": _notice,
    "furthest": _furthest,
    "shortest": _shortest,
    "longest": _longest,
    "step": _step,
    "holidays": lambda value: str(HOLIDAYS[value]),
    "noise": _noise,
    "equipment": _equipment,
    "licence": _licence,
    "quota_hours": _quota_hours,
    "quota_options": _quota_options,
    "rolling": _rolling,
    "check_in": _check_in,
}


def _names(codes: Iterable[str], style: str) -> str:
    """Facilities as the reader calls them; a code that is no facility any more as it is."""
    listed = list(codes)
    found = by_codes(listed)
    names = [found[c].name_in(dates.locale()) if c in found else c for c in listed]
    return str(format_list(names, style, dates.locale())) if names else ""  # type: ignore[arg-type]


# ---- what a finding says --------------------------------------------------------------------


def finding(found: Finding, params: Params) -> str:
    """The sentence of a finding, and who can decide otherwise; `params` name the facility."""
    sentence = FINDINGS[found.rule](params)
    if not found.overridable:
        return sentence
    exception = gettext("A manager of the facility can make an exception.")
    return f"{sentence} {exception}"


def _too_soon(params: Params) -> str:
    return ngettext(
        "%(facility)s is booked at least %(num)s hour before the start: for this one until"
        " %(latest)s.",
        "%(facility)s is booked at least %(num)s hours before the start: for this one until"
        " %(latest)s.",
        params["hours"],
        facility=params["facility"],
        latest=dates.moment(params["latest"], params["zone"]),
    )


def _too_far(params: Params) -> str:
    return ngettext(
        "%(facility)s is booked at most %(num)s day ahead; this booking ends on %(day)s.",
        "%(facility)s is booked at most %(num)s days ahead; this booking ends on %(day)s.",
        params["days"],
        facility=params["facility"],
        day=dates.day(params["ends"] - 1, params["zone"]),
    )


def _too_short(params: Params) -> str:
    return gettext(
        "%(facility)s is booked for at least %(limit)s, not for %(given)s.", **_lengths(params)
    )


def _too_long(params: Params) -> str:
    return gettext(
        "%(facility)s is booked for at most %(limit)s, not for %(given)s.", **_lengths(params)
    )


def _lengths(params: Params) -> dict[str, str]:
    limit, given = length(params["minutes"]), length(params["given"])
    return {"facility": params["facility"], "limit": limit, "given": given}


def _off_step(params: Params) -> str:
    return gettext(
        "%(facility)s is booked in steps of %(step)s, start and length: %(span)s does not fit.",
        facility=params["facility"],
        step=length(params["minutes"]),
        span=dates.span(params["starts"], params["ends"], params["zone"]),
    )


def _on_holiday(params: Params) -> str:
    day = date.fromisoformat(params["day"])
    locale = dates.locale()
    return gettext(
        "%(facility)s is not booked on public holidays: %(day)s is %(holiday)s (%(country)s).",
        facility=params["facility"],
        day=dates.day(day),
        holiday=holiday(day, params["country"], locale),
        country=Locale.parse(locale).territories.get(params["country"], params["country"]),
    )


def _too_loud(params: Params) -> str:
    neighbour = _names([params["neighbour_code"]], "standard")
    return gettext(
        "%(facility)s and %(neighbour)s disturb each other: %(neighbour)s is taken %(span)s.",
        facility=params["facility"],
        neighbour=neighbour,
        span=dates.span(params["starts"], params["ends"], params["zone"]),
    )


def _alone(params: Params) -> str:
    return gettext(
        "%(facility)s is booked only together with %(needed)s.",
        facility=params["facility"],
        needed=_names(params["needed"], "or"),
    )


def _unlicensed(params: Params) -> str:
    if params["expired"] is None:
        return gettext(
            "%(facility)s asks for the licence “%(licence)s”, which the requester does not hold:"
            " ask its manager.",
            **params,
        )
    return gettext(
        "%(facility)s asks for the licence “%(licence)s”; the requester’s ends on %(day)s:"
        " ask its manager.",
        facility=params["facility"],
        licence=params["licence"],
        day=dates.day(date.fromisoformat(params["expired"])),
    )


def _over_hours(params: Params) -> str:
    return gettext(
        "%(kind)s: a company has at most %(limit)s a week; with this booking it would have"
        " %(total)s in the week of %(day)s.",
        kind=_kind(params),
        limit=hours(params["hours"] * HOUR_MIN),
        total=hours(params["total_min"]),
        day=dates.day(params["week"], params["zone"]),
    )


def _over_options(params: Params) -> str:
    return ngettext(
        "%(kind)s: a company holds at most %(num)s option at once, and yours has %(held)s.",
        "%(kind)s: a company holds at most %(num)s options at once, and yours has %(held)s.",
        params["limit"],
        kind=_kind(params),
        held=params["held"],
    )


def _rolled_on(params: Params) -> str:
    return gettext(
        "%(facility)s: your option on this time lapsed %(lapsed)s; a new one can be taken from"
        " %(until)s on, a firm request now.",
        facility=params["facility"],
        lapsed=dates.moment(params["lapsed"], params["zone"]),
        until=dates.moment(params["until"], params["zone"]),
    )


def _kind(params: Params) -> str:
    found = by_codes([params["code"]]).get(params["code"])
    return found.kind_in(dates.locale()) if found else str(params["kind"])


FINDINGS: dict[str, Callable[[Params], str]] = {
    "notice": _too_soon,
    "furthest": _too_far,
    "shortest": _too_short,
    "longest": _too_long,
    "step": _off_step,
    "holidays": _on_holiday,
    "noise": _too_loud,
    "equipment": _alone,
    "licence": _unlicensed,
    "quota_hours": _over_hours,
    "quota_options": _over_options,
    "rolling": _rolled_on,
}
"""By rule; `audience` is worded with the rules that every facility has."""
