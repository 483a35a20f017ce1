"""What would become of a booking, said beside the form while it is filled in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask_babel import LazyString, gettext, ngettext
from flask_babel import lazy_gettext as _l

from booking.core.rules import Finding
from booking.core.scheduling.availability import Alternative
from booking.core.scheduling.ranks import RANK_OF_RIGHT
from booking.facilities import queries as facilities
from booking.kernel.errors import FieldError
from booking.reservations.values import Assessment, Conflict, DateVerdict
from booking.wording import dates
from booking.wording.messages import sentence
from booking.wording.reservations import finding as finding_sentence


@dataclass(frozen=True, slots=True)
class WayOut:
    """An alternative as a button: `value` is what BookingForm.take reads."""

    value: str
    label: str
    detail: str


@dataclass(frozen=True, slots=True)
class DateLine:
    """One date of a series: `choices` are what can be done about it, none where it is free."""

    on: str
    label: str
    kind: str
    said: str
    kept: bool
    lines: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`kind` is good, option, bad; `queue_rank` is the turn one may wait for, None for none."""

    kind: str
    title: str
    lines: tuple[str, ...] = ()
    ways_out: tuple[WayOut, ...] = ()
    queue_rank: int | None = None
    dates: tuple[DateLine, ...] = ()
    """Of a series, every date."""
    overridable: bool = False
    """Whether the caller may set these rules aside with a reason."""


def of_assessment(assessment: Assessment, *, option: bool) -> Verdict:
    """The verdict on a wish that nobody sent yet."""
    if assessment.dates:
        return of_series(assessment.dates, granted=assessment.granted)
    if assessment.findings:
        return of_findings(assessment.findings, assessment.alternatives)
    if assessment.rank == RANK_OF_RIGHT:
        return Verdict("good", gettext("Free"))
    return of_clash(assessment.conflicts, assessment.alternatives, assessment.rank, option=option)


def of_errors(errors: Sequence[FieldError]) -> Verdict | None:
    """What is wrong with the series itself; None where nothing is."""
    if not errors:
        return None
    lines = tuple(dict.fromkeys(sentence(error) for error in errors))
    return Verdict("bad", gettext("This is not possible like this"), lines)


def of_findings(findings: Sequence[Finding], alternatives: Sequence[Alternative] = ()) -> Verdict:
    """Rules stand against it; and what none refuses."""
    lines = tuple(finding_sentence(f) for f in findings)
    title = gettext("This is not possible like this")
    return Verdict("bad", title, lines, tuple(_ways_out(alternatives)))


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
    return Verdict(kind, title, lines, tuple(_ways_out(alternatives)), rank)


def of_series(verdicts: Sequence[DateVerdict], *, granted: bool) -> Verdict:
    """Every date of a series, and what can be done about those that cannot be had."""
    kept = sum(1 for verdict in verdicts if verdict.kept)
    count = len(verdicts)
    if kept == count:
        title = ngettext("%(num)s date, free", "%(num)s dates, all of them possible", count)
    else:
        title = gettext("%(kept)s of %(count)s dates are possible", kept=kept, count=count)
    lines = tuple(_date_line(verdict) for verdict in verdicts)
    return Verdict("good" if granted else "bad", title, dates=lines)


def with_left_out(said: Verdict, days: Iterable[date]) -> Verdict:
    """The same with the dates that were chosen to be left out, each in its place.

    They are no part of what was judged, but the choice has to stay, and to be taken back.
    """
    if not said.dates:
        return said
    shown = {line.on for line in said.dates}
    gone = (
        DateLine(
            on=day.isoformat(),
            label=dates.day(day),
            kind="muted",
            said=gettext("left out"),
            kept=True,
            choices=(("skip", gettext("Leave this date out")),),
        )
        for day in days
        if day.isoformat() not in shown
    )
    return replace(said, dates=tuple(sorted((*said.dates, *gone), key=lambda line: line.on)))


OUTCOMES: dict[str, tuple[str, LazyString]] = {
    "free": ("good", _l("free")),
    "behind": ("option", _l("behind an option")),
    "occupied": ("bad", _l("occupied")),
    "closed": ("bad", _l("closed")),
    "refused": ("bad", _l("not possible")),
}


def _date_line(verdict: DateVerdict) -> DateLine:
    names = {f.code: f for f in facilities.catalogue()}
    first = names[verdict.facilities[0]]
    kind, said = OUTCOMES[verdict.outcome]
    clashes = (
        _conflict(c, names[c.facility].name_in(dates.locale()), first.time_zone)
        for c in verdict.conflicts
    )
    return DateLine(
        on=verdict.on.isoformat(),
        label=dates.span(verdict.starts, verdict.ends, first.time_zone),
        kind=kind,
        said=str(said),
        kept=verdict.kept,
        lines=(*(finding_sentence(f) for f in verdict.findings), *clashes),
        choices=tuple(_repairs(verdict)) if verdict.outcome != "free" else (),
        start=dates.clock(verdict.starts, first.time_zone),
        end=dates.clock(verdict.ends, first.time_zone),
    )


def _repairs(verdict: DateVerdict) -> Iterable[tuple[str, str]]:
    yield "skip", gettext("Leave this date out")
    if verdict.rank and not verdict.findings:
        yield "queue", gettext("Wait for it as number %(rank)s", rank=verdict.rank)
    if verdict.room:
        room = facilities.by_codes([verdict.room.facility])[verdict.room.facility]
        named = gettext("Take %(facility)s that day", facility=room.name_in(dates.locale()))
        yield f"room:{verdict.room.facility}:{verdict.room.replaces}", named
    yield "move", gettext("Another time that day")


def _queue_title(rank: int | None) -> str:
    if rank == 2:
        return gettext("Taken, but a 2nd option is possible")
    return gettext("Taken, but a 3rd option is possible")


def _conflict(conflict: Conflict, facility: str, zone: str) -> str:
    span = dates.span(conflict.starts, conflict.ends, zone)
    if conflict.left is not None:
        return gettext(
            "%(facility)s: %(left)s of %(quantity)s left, %(span)s",
            facility=facility,
            left=conflict.left,
            quantity=conflict.quantity,
            span=span,
        )
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


def _ways_out(alternatives: Iterable[Alternative]) -> Iterable[WayOut]:
    names = {f.code: f for f in facilities.catalogue()}
    for way in alternatives:
        room = names[way.facility]
        span = dates.span(way.starts, way.ends, room.time_zone)
        if way.kind == "room":
            value = f"room:{way.facility}:{way.replaces}"
            detail = gettext("at the same time, %(site)s", site=room.site_name)
            yield WayOut(value, room.name_in(dates.locale()), detail)
            continue
        detail = gettext("shorter") if way.kind == "shorter" else gettext("another time")
        yield WayOut(f"time:{way.starts}:{way.ends}", span, detail)
