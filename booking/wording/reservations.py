"""Reservations in words: field errors, findings of the rules, states, events of the history."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import LazyString, gettext, ngettext
from flask_babel import lazy_gettext as _l

from booking.core.rules import Finding
from booking.core.scheduling.interval import Interval
from booking.facilities.queries import by_codes
from booking.notices.queries import Notice
from booking.notices.values import MailState
from booking.reservations.desk import Rung
from booking.wording import dates, members, rules

MOST_DAYS_NAMED = 6

MOVED_BY: dict[str, LazyString] = {
    "": _l("24 hours"),
    "hours": _l("24 hours, then the next working day at noon: it would have ended in the evening"),
    "weekend": _l("24 hours, then the next working day at noon: there is a weekend between"),
    "holiday": _l("24 hours, then the next working day at noon: there is a public holiday between"),
    "short_notice": _l("short notice: it begins soon"),
    "expiry": _l("the option lapses then anyway"),
}
"""Why a challenge is due when it is."""

FIELDS: dict[str, LazyString] = {
    "too_many_facilities": _l("At most %(max)s facilities in one booking."),
    "too_many_participants": _l("At most %(max)s participants in one booking."),
    "bad_participant": _l("“%(value)s” is not an e-mail address."),
    "participant_twice": _l("“%(value)s” is there twice."),
    "unknown_facility": _l("There is no facility “%(value)s”."),
    "unknown_bundle": _l("There is no bundle “%(value)s”."),
    "not_a_pool": _l("%(value)s is used whole: amounts are for pools."),
    "amount_of_nothing": _l("“%(value)s” is not among the facilities of this booking."),
    "same_space": _l("It uses the same space as %(other)s: one of the two is enough."),
    "different_zones": _l("These facilities are in different time zones: book them separately."),
    "unknown_choice": _l("This is not one of the choices."),
    "unknown_production": _l("You have no production “%(value)s”."),
    "archived_production": _l("%(value)s is archived. Reopen it on its page, or choose another."),
    "out_of_range": _l("Between %(min)s and %(max)s."),
    "whole_minutes": _l("Whole minutes only."),
    "bad_date": _l("There is no day “%(value)s” in the calendar."),
    "bad_time": _l("“%(value)s” is not a time of the day."),
    "period_too_long": _l("At most %(days)s days at once."),
    "too_many_rows": _l("More than %(max)s lines: choose a shorter period."),
    "no_column": _l("There is no column “%(column)s”: the first line names the columns."),
    "column_twice": _l("The column “%(column)s” comes twice."),
    "open_quote": _l("A quotation mark in the file is never closed."),
    "odd_row": _l("Line %(line)s has more cells than the first line has names."),
    "not_utf8": _l("This file is not text in UTF-8: save it so from your spreadsheet."),
    "not_a_calendar": _l("This cannot be read as a calendar (RFC 5545)."),
    "too_much": _l("The calendar has too many dates, or rules that never end."),
    "no_events": _l("There is no event in it from today on."),
    "bad_moment": _l("“%(value)s” is no date with a time, such as 2026-12-01T09:00."),
    "bad_number": _l("“%(value)s” is not a whole number."),
    "zero_length": _l("The booking ends when it begins: choose a later end."),
    "end_before_start": _l("The end is before the start."),
    "nonexistent_time": _l("The clocks go forward that night: this time does not exist."),
    "nobody_there": _l("Nobody has this facility at that time: you can simply move there."),
    "rrule_syntax": _l("“%(value)s” is not a rule of repetition (RFC 5545)."),
    "rrule_unsupported": _l("Series cannot use %(part)s: day, week or month only."),
    "rrule_endless": _l("A series ends: say how often, or until which day."),
    "count_and_until": _l("Say how often or until when, not both."),
    "too_many_occurrences": _l("A series has at most %(max)s dates: end it earlier."),
    "years_long": _l("A booking lasts at most %(years)s years: end it earlier."),
    "too_far": _l("A series lasts at most %(years)s years: end it earlier."),
    "first_date_not_in_rule": _l(
        "The first day, %(date)s, is not one of the days chosen: start on one of them."
    ),
    "exdate_not_in_series": _l("%(value)s is not one of the dates, so it cannot be left out."),
    "empty_series": _l("No date is left."),
    "overlaps_itself": _l("On %(date)s the booking would run into its own next date."),
    "not_in_series": _l("%(value)s is not one of the dates."),
    "ambiguous_time": _l("The clocks go back that night: this time comes twice. Which one?"),
}

ERRORS: dict[str, LazyString] = {
    "nothing_ahead": _l("Nobody is ahead of you: there is nobody to challenge."),
    "not_next": _l("Only the next in line can challenge."),
    "not_challengeable": _l("It is booked firmly: only options can be challenged."),
    "already_challenged": _l("This option has been challenged already: its holder must answer."),
    "bound": _l("Who challenges is bound: wait for the answer."),
    "no_offer": _l("There is no offer to answer any more."),
    "offer_outdated": _l("What was offered has changed in the meantime: the swap is off."),
    "not_swappable": _l("Only confirmed bookings of one date that is to come can be swapped."),
    "own_slot": _l("That is your own booking."),
    "asked_already": _l("Whoever has it must answer another offer first: try again later."),
    "other_side_refused": _l("The other booking may not come here by the rules: the swap is off."),
    "answer_first": _l("This option was challenged: confirm or release it first."),
    "too_early": _l("Too early: check in from %(moment)s on."),
    "not_begun": _l("It has not begun yet."),
    "already_begun": _l("It has begun: its start stays. End it early, or change when it ends."),
    "begun_unapproved": _l(
        "It has begun: nothing that a manager has to approve can come to it. Ask the manager."
    ),
    "has_ended": _l("It has ended."),
    "not_later": _l("Choose a later end than the one that is booked."),
    "already_extended": _l("This option was given more time once already."),
    "too_late": _l("It begins too soon for that."),
    "no_such_dates": _l("No date is left there to do this to."),
    "not_first": _l("Somebody else holds the slot: only the first in line can be confirmed."),
    "already_over": _l("This booking is over: there is nothing left to cancel."),
    "undecidable": _l("There is nothing left for you to decide here."),
    "idempotency_key_reused": _l("This idempotency key was used for another request."),
}

EVENTS: dict[str, LazyString] = {
    "booking:requested": _l("Requested"),
    "booking:approved": _l("Approved"),
    "booking:declined": _l("Declined"),
    "booking:confirmed": _l("Confirmed"),
    "booking:withdrawn": _l("Withdrawn"),
    "booking:released": _l("Released"),
    "booking:cancelled": _l("Cancelled"),
    "booking:expired": _l("Expired"),
    "booking:promoted": _l("Moved up"),
    "booking:rule_overridden": _l("A rule was set aside"),
    "booking:challenged": _l("Challenged: confirm or release"),
    "booking:challenge_made": _l("Challenged the option ahead"),
    "booking:extended": _l("Given more time"),
    "booking:imported": _l("Imported from a file"),
    "booking:moved": _l("Moved"),
    "booking:reworded": _l("Details changed"),
    "booking:checked_in": _l("Checked in"),
    "booking:no_show": _l("Nobody checked in: released"),
    "booking:prolonged": _l("Prolonged"),
    "booking:ended_early": _l("Ended early"),
    "booking:offered": _l("Another place was offered"),
    "booking:swap_proposed": _l("A swap was proposed"),
    "booking:offer_accepted": _l("Offer accepted"),
    "booking:offer_refused": _l("Offer refused"),
}

STATES: dict[str, LazyString] = {
    "requested": _l("To be approved"),
    "confirmed": _l("Confirmed"),
    "checked_in": _l("Checked in"),
    "completed": _l("Completed"),
    "declined": _l("Declined"),
    "withdrawn": _l("Withdrawn"),
    "released": _l("Released"),
    "expired": _l("Expired"),
    "cancelled": _l("Cancelled"),
    "no_show": _l("No-show"),
    "occupied": _l("Occupied"),
    "via": _l("Occupied"),
    "closed": _l("Closed"),
}

OPTIONS: dict[int, LazyString] = {
    1: _l("1st option"),
    2: _l("2nd option"),
    3: _l("3rd option"),
}

TOLD: dict[str, LazyString] = {
    "requested": _l("asked to approve"),
    "promoted": _l("it moved up"),
    "challenged": _l("challenged: confirm or release"),
    "challenge_due": _l("the answer to the challenge is due soon"),
    "challenge_answered": _l("the challenge was answered"),
    "challenge_over": _l("nobody asks for an answer any more"),
    "expiring": _l("the option lapses soon"),
    "extended": _l("the option has more time"),
    "moved": _l("it was moved"),
}
"""What a mail about an option told."""


_FREQUENCIES: dict[str, tuple[LazyString, LazyString]] = {
    "DAILY": (_l("every day"), _l("every %(num)s days")),
    "WEEKLY": (_l("every week"), _l("every %(num)s weeks")),
    "MONTHLY": (_l("every month"), _l("every %(num)s months")),
}


def state(name: str, rank: int | None = 1) -> str:
    """A state in a word or two; options by their rank."""
    if name == "option":
        return str(OPTIONS.get(rank or 1, OPTIONS[1]))
    return str(STATES.get(name, name))


def event(name: str) -> str:
    """An event of the history in a word or two."""
    return str(EVENTS.get(name, name))


def moved_by(reason: str) -> str:
    """Why a challenge is due when it is."""
    return str(MOVED_BY[reason])


def standing(rung: Rung, starts: int, ends: int, zone: str) -> str:
    """What else there is to say of who stands at a rank of the slot [starts, ends): its number
    where the state does not say it, in which part of the slot, since when.
    """
    said = [*rung.places]
    if rung.rank > 1 and rung.state != "option":
        said.insert(0, gettext("number %(rank)s in line", rank=rung.rank))
    if rung.part:
        said.append(_part(rung.part, starts, ends, zone))
    if rung.since is not None:
        said.append(gettext("since %(moment)s", moment=dates.moment(rung.since, zone)))
    return " · ".join(said)


def _part(part: Interval, starts: int, ends: int, zone: str) -> str:
    """A part of a slot, by the clock alone where the slot is of one day: "09:00–10:15"."""
    if dates.day(starts, zone) == dates.day(ends - 1, zone):
        return f"{dates.clock(part.starts, zone)}–{dates.clock(part.ends, zone)}"
    return dates.span(*part, zone)


def who_was_told(notice: Notice) -> str:
    """The name of whom a mail went to, for strangers what they are."""
    if notice.left:
        return gettext("somebody who has left")
    if notice.name is not None:
        return notice.name
    if notice.event == "requested":
        return gettext("who manages the facility")
    return gettext("somebody of another company")


def when_told(notice: Notice, zone: str) -> str:
    """When a mail left, else how far it came."""
    if notice.state is MailState.SENT:
        return dates.moment(notice.at, zone)
    return str(members.MAIL_STATES[notice.state])


def event_detail(after: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> str:
    """To which dates of a series an event happened, and which were left out; until when; where to
    and how much of it, with how much that was `before`.
    """
    told = []
    until = after.get("due") or after.get("until")
    if isinstance(until, int):
        told.append(gettext("until %(moment)s", moment=dates.moment(until)))
    for room in by_codes([after.get("door") or ""]).values():
        told.append(gettext("at the door of %(name)s", name=room.name_in(dates.locale())))
    places = after.get("places")
    if places and len(places) == 1:
        told.append(_place(places[0], (before or {}).get("places") or places))
    elif places:
        told.append(ngettext("%(num)s date", "%(num)s dates", len(places)))
    changed, left_out = after.get("dates"), after.get("left_out")
    if isinstance(changed, int):
        told.append(ngettext("%(num)s date", "%(num)s dates", changed))
    elif changed:
        told.append(_dates(changed))
    if left_out:
        told.append(gettext("left out: %(days)s", days=_dates(left_out)))
    return ", ".join(told)


def _place(place: Mapping[str, Any], before: Sequence[Mapping[str, Any]]) -> str:
    """Where a date was moved to: "mardi 17 novembre 2026, 09:00–13:00, Fibre (4 → 6 sur 10)"."""
    found = by_codes(place["facilities"])
    zone = next((f.time_zone for f in found.values()), dates.HOUSE_ZONE)
    now, then = (one.get("amounts", {}) for one in (place, before[0]))
    rooms = [
        taken(f.name_in(dates.locale()), now.get(f.code), f.quantity, then.get(f.code))
        for f in found.values()
    ]
    return ", ".join([dates.span(place["starts"], place["ends"], zone), *rooms])


def _dates(texts: Sequence[str]) -> str:
    if len(texts) > MOST_DAYS_NAMED:
        return ngettext("%(num)s date", "%(num)s dates", len(texts))
    return ", ".join(dates.iso_day(text) for text in texts)


def share(amount: int, quantity: int) -> str:
    """What is taken of a pool: "4 of 10"."""
    return gettext("%(amount)s of %(quantity)s", amount=amount, quantity=quantity)


def taken(name: str, amount: int | None, quantity: int, before: int | None = None) -> str:
    """A facility with what is taken of it, where it is a pool: "Fibre (4 of 10)"."""
    if amount is None:
        return name
    change = "" if before in (None, amount) else f"{before} → "
    return f"{name} ({change}{share(amount, quantity)})"


def repetition(rule: str) -> str:
    """How often a series comes, in words; its end is seen from its dates."""
    parts = dict(part.partition("=")[::2] for part in rule.upper().split(";"))
    every = int(parts.get("INTERVAL", "1"))
    once, often = _FREQUENCIES[parts["FREQ"]]
    return str(once) if every == 1 else str(often) % {"num": every}


def finding(said: Finding) -> str:
    """The sentence a person needs: what the limit is and which value broke it."""
    params = _localized(said.params)
    if said.rule in rules.FINDINGS:
        return rules.finding(said, params)
    return _FINDINGS[said.rule](params)


def _localized(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """With the facility called as the language of the request calls it."""
    found = by_codes([params.get("code", "")]).get(params.get("code", ""))
    return {**params, "facility": found.name_in(dates.locale())} if found else params


def _bookable(params: Mapping[str, Any]) -> str:
    return gettext("%(facility)s cannot be booked online: ask its manager.", **params)


def _audience(params: Mapping[str, Any]) -> str:
    if params.get("audience") == "staff":
        return gettext("Only its managers book %(facility)s: ask them.", **params)
    return gettext("%(facility)s is for members of the cluster only.", **params)


def _past(params: Mapping[str, Any]) -> str:
    start = dates.moment(params["starts"], params["zone"])
    return gettext("%(start)s is in the past: choose a later start.", start=start)


def _horizon(params: Mapping[str, Any]) -> str:
    return ngettext(
        "Bookings end at most %(num)s year ahead.",
        "Bookings end at most %(num)s years ahead.",
        params["years"],
    )


def _option_notice(params: Mapping[str, Any]) -> str:
    return ngettext(
        "Less than %(num)s hour before the start an option makes no sense: book firmly.",
        "Less than %(num)s hours before the start an option makes no sense: book firmly.",
        params["hours"],
    )


def _hours(params: Mapping[str, Any]) -> str:
    return gettext(
        "%(facility)s is open %(hours)s: the booking must begin and end within.",
        facility=params["facility"],
        hours=week(params["opening"]),
    )


def _closed(params: Mapping[str, Any]) -> str:
    span = dates.span(params["starts"], params["ends"], params["zone"])
    words = {"facility": params["facility"], "span": span, "reason": params["reason"]}
    if params["reason"]:
        return gettext("%(facility)s is closed %(span)s (%(reason)s).", **words)
    return gettext("%(facility)s is closed %(span)s.", **words)


def _capacity(params: Mapping[str, Any]) -> str:
    return gettext(
        "%(facility)s takes %(capacity)s people at most (fire safety), not %(attendees)s.",
        **params,
    )


_FINDINGS = {
    "bookable": _bookable,
    "audience": _audience,
    "past": _past,
    "horizon": _horizon,
    "option_notice": _option_notice,
    "hours": _hours,
    "closed": _closed,
    "capacity": _capacity,
}


def week(opening: Any) -> str:
    """Weekly hours in words: "lun.–ven. 08:00–22:00, sam. 09:00–18:00"."""
    groups: list[tuple[int, int, Any]] = []
    for weekday, spans in enumerate(opening):
        if groups and groups[-1][2] == spans:
            groups[-1] = (groups[-1][0], weekday, spans)
        else:
            groups.append((weekday, weekday, spans))
    return ", ".join(_days(*group) for group in groups if group[2])


def _days(first: int, last: int, spans: Any) -> str:
    days = dates.weekday(first) if first == last else _between(first, last)
    hours = " / ".join(f"{_clock(a)}–{_clock(b)}" for a, b in spans)
    return f"{days} {hours}"


def _between(first: int, last: int) -> str:
    return f"{dates.weekday(first)}–{dates.weekday(last)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
