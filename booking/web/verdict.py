"""What would become of a booking, said beside the form while it is filled in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext

from booking.core.rules import Finding
from booking.core.scheduling.availability import Alternative
from booking.facilities import queries as facilities
from booking.reservations.judgement import RANK_OF_RIGHT
from booking.reservations.values import Assessment, Conflict
from booking.wording import dates
from booking.wording.reservations import finding as finding_sentence


@dataclass(frozen=True, slots=True)
class WayOut:
    """An alternative as a button: `value` is what BookingForm.take reads."""

    value: str
    label: str
    detail: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """`kind` is good, option, bad; `queue_rank` is the turn one may wait for, None for none."""

    kind: str
    title: str
    lines: tuple[str, ...] = ()
    ways_out: tuple[WayOut, ...] = ()
    queue_rank: int | None = None


def of_assessment(assessment: Assessment, *, option: bool) -> Verdict:
    """The verdict on a wish that nobody sent yet."""
    if assessment.findings:
        return of_findings(assessment.findings)
    if assessment.rank == RANK_OF_RIGHT:
        return Verdict("good", gettext("Free"))
    return of_clash(assessment.conflicts, assessment.alternatives, assessment.rank, option=option)


def of_findings(findings: Sequence[Finding]) -> Verdict:
    """Rules stand against it."""
    lines = tuple(finding_sentence(f) for f in findings)
    return Verdict("bad", gettext("This is not possible like this"), lines)


def of_clash(
    conflicts: Sequence[Conflict],
    alternatives: Sequence[Alternative],
    rank: int | None,
    *,
    option: bool,
) -> Verdict:
    """Somebody holds the slot: who, as far as one may know, and three ways out."""
    names = {f.code: f for f in facilities.catalogue()}
    zone = names[conflicts[0].facility].time_zone
    lines = tuple(_conflict(c, names[c.facility].name_in(dates.locale()), zone) for c in conflicts)
    kind = "option" if rank and option else "bad"
    title = _queue_title(rank) if kind == "option" else gettext("The slot is taken")
    return Verdict(kind, title, lines, tuple(_ways_out(alternatives, zone)), rank)


def _queue_title(rank: int | None) -> str:
    if rank == 2:
        return gettext("Taken, but a 2nd option is possible")
    return gettext("Taken, but a 3rd option is possible")


def _conflict(conflict: Conflict, facility: str, zone: str) -> str:
    span = dates.span(conflict.starts, conflict.ends, zone)
    what = conflict.title or _masked(conflict)
    said = gettext("%(facility)s: %(what)s, %(span)s", facility=facility, what=what, span=span)
    if (conflict.blocked_from, conflict.blocked_until) == (conflict.starts, conflict.ends):
        return said
    return gettext(
        "%(said)s (blocked %(start)s–%(end)s with setup and turnaround)",
        said=said,
        start=dates.clock(conflict.blocked_from, zone),
        end=dates.clock(conflict.blocked_until, zone),
    )


def _masked(conflict: Conflict) -> str:
    if conflict.held_as == "option":
        return gettext("option %(rank)s, can be challenged", rank=conflict.rank)
    return gettext("occupied")


def _ways_out(alternatives: Iterable[Alternative], zone: str) -> Iterable[WayOut]:
    names = {f.code: f for f in facilities.catalogue()}
    for way in alternatives:
        span = dates.span(way.starts, way.ends, zone)
        if way.kind == "room":
            room = names[way.facility]
            value = f"room:{way.facility}:{way.replaces}"
            detail = gettext("at the same time, %(site)s", site=room.site_name)
            yield WayOut(value, room.name_in(dates.locale()), detail)
            continue
        detail = gettext("shorter") if way.kind == "shorter" else gettext("another time")
        yield WayOut(f"time:{way.starts}:{way.ends}", span, detail)
