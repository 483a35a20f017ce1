"""Deciding from a mail: the page that its link leads to, signed in or not."""

from http import HTTPStatus

from flask import Blueprint, render_template, request

from booking.core.lifecycle import Verb
from booking.core.scheduling.interval import Interval
from booking.facilities import queries as facilities
from booking.kernel.clock import now
from booking.kernel.errors import BookingError, NotFound
from booking.notices import links
from booking.notices.links import Decidable
from booking.reservations import queries
from booking.reservations.calendar import bars
from booking.reservations.values import BookingView, Entry, OccurrenceView
from booking.web.guard import public
from booking.wording import http
from booking.wording.messages import sentence

bp = Blueprint("decisions", __name__, url_prefix="/decide")

VERBS = {Verb.APPROVE.value: Verb.APPROVE, Verb.DECLINE.value: Verb.DECLINE}


@bp.get("/<secret>")
@public
def show(secret: str) -> str | tuple[str, int]:
    return _page(secret)


@bp.post("/<secret>")
@public
def decide(secret: str) -> str | tuple[str, int]:
    verb, reason = VERBS.get(request.form.get("verb", "")), request.form.get("reason", "")
    seen = request.form.get("revision", default=0, type=int)
    if verb is None:
        return _page(secret)
    try:
        number = links.decide(secret, verb, now(), reason=reason, revision=seen)
    except NotFound:
        return _gone()
    except BookingError as error:
        return _page(secret, sentence(_first(error)), reason, http.status(error))
    return render_template("decisions/done.html", number=number, verb=verb)


def _page(
    secret: str, problem: str | None = None, reason: str = "", status: int = HTTPStatus.OK
) -> tuple[str, int]:
    found = links.decidable(secret, now())
    if found is None:
        return _gone()
    at = int(now().timestamp())
    view = queries.booking(found.actor, found.number, at)
    page = render_template(
        "decisions/show.html",
        view=view,
        dates=[date for date in view.occurrences if date.id in found.dates],
        rivals=_rivals(found, view, at),
        decider=found.actor,
        revision=found.revision,
        problem=problem,
        reason=reason,
    )
    return page, status


def _rivals(found: Decidable, view: BookingView, at: int) -> list[Entry]:
    """What else wants the same rooms at the same times, as far as the manager may know.

    As many statements for a year of dates as for one.
    """
    asked = [date for date in view.occurrences if date.id in found.dates]
    rooms = facilities.by_ids(a.facility_id for date in asked for a in date.allocations).values()
    window = Interval(min(date.starts for date in asked), max(date.ends for date in asked))
    around = bars(found.actor, list(rooms), window, at)
    others = [bar for bar in around if bar.booking != found.number]
    return [bar for bar in others if any(_is_in_the_way(bar, date) for date in asked)]


def _is_in_the_way(bar: Entry, date: OccurrenceView) -> bool:
    here = any(given.code == bar.facility for given in date.allocations)
    return here and bar.blocked_from < date.ends and date.starts < bar.blocked_until


def _first(error: BookingError) -> BookingError | str:
    """What to say: of a missing reason, that it is read by who asked."""
    fields = getattr(error, "fields", ())
    return fields[0].code if fields else error


def _gone() -> tuple[str, int]:
    return render_template("decisions/gone.html"), HTTPStatus.GONE
