"""Deciding from a mail: the page that its link leads to, signed in or not."""

from http import HTTPStatus

from flask import Blueprint, render_template, request

from booking.core.lifecycle import Verb
from booking.kernel.clock import now
from booking.kernel.errors import BookingError, NotFound
from booking.notices import links
from booking.reservations import queries, rivals
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
        rivals=rivals.together(rivals.against(found.actor, found.dates, at).values()),
        decider=found.actor,
        revision=found.revision,
        problem=problem,
        reason=reason,
    )
    return page, status


def _first(error: BookingError) -> BookingError | str:
    """What to say: of a missing reason, that it is read by who asked."""
    fields = getattr(error, "fields", ())
    return fields[0].code if fields else error


def _gone() -> tuple[str, int]:
    return render_template("decisions/gone.html"), HTTPStatus.GONE
