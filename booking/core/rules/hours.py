"""A booking begins and ends in opening hours; the nights in between are the holder's."""

from collections.abc import Iterator

from booking.core.rules.facts import Facts, Finding
from booking.core.scheduling.interval import Interval
from booking.core.scheduling.opening import Week, open_spans, opened_on


def check(facts: Facts) -> Iterator[Finding]:
    """One finding for each facility that is shut when the booking begins or ends."""
    for room in facts.rooms:
        if not kept(room.opening, room.zone, facts.span):
            yield Finding("hours", {**room.named, "opening": room.opening})


def kept(opening: Week, zone: str, span: Interval) -> bool:
    """Whether a span begins and ends while a facility with these hours is open."""
    if any(opened.contains(span) for opened in opened_on(opening, zone, span.starts)):
        return True  # within the hours of one day, as most are
    spans = open_spans(opening, zone, span)
    return _begins(spans, span.starts) and _ends(spans, span.ends)


def _begins(spans: list[Interval], instant: int) -> bool:
    return any(span.starts <= instant < span.ends for span in spans)


def _ends(spans: list[Interval], instant: int) -> bool:
    return any(span.starts < instant <= span.ends for span in spans)
