"""The option desk: what lapses when, who must answer whom, and the buttons for it, on one page."""

from http import HTTPStatus
from typing import Literal

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from booking.core.access import allowed
from booking.core.lifecycle import Verb
from booking.kernel.clock import now
from booking.kernel.errors import BookingError, Invalid
from booking.kernel.errors import NotFound as NotThere
from booking.notices.queries import told_of
from booking.reservations import actions
from booking.reservations.actions import Reach
from booking.reservations.desk import InLine, option_desk
from booking.web.bookings import done, needs_reason
from booking.web.guard import current_actor, requires
from booking.wording import http, reservations
from booking.wording.messages import sentence

bp = Blueprint("options", __name__, url_prefix="/options")

VERBS = (
    Verb.CONFIRM,
    Verb.CHALLENGE,
    Verb.RELEASE,
    Verb.WITHDRAW,
    Verb.EXTEND,
    Verb.DECLINE,
)


@bp.get("")
@requires("booking:see")
def index() -> str:
    return _page()


@bp.post("/<number>/<verb>")
@requires("booking:see")
def act(number: str, verb: str) -> Response | tuple[str, int]:
    if verb not in VERBS:
        raise NotFound
    date = request.form.get("occurrence", type=int)
    reach = Reach(scope="this", occurrence=date) if date else Reach()
    seen = request.form.get("revision", type=int)
    why = request.form.get("reason", "")
    try:
        actions.act(
            current_actor(), number, Verb(verb), now(), reason=why, revision=seen, reach=reach
        )
    except NotThere:
        raise
    except BookingError as error:
        return _page((number, verb), error), http.status(error)
    flash(done(Verb(verb)), "good")
    return redirect(url_for(".index", whose=_whose()), HTTPStatus.SEE_OTHER)


def _page(failed: tuple[str, str] = ("", ""), error: BookingError | None = None) -> str:
    actor, whose = current_actor(), _whose()
    desk = option_desk(actor, whose, int(now().timestamp()))
    return render_template(
        "options/index.html",
        sections=_sections(desk.challenged, desk.options, desk.behind),
        cut=desk.cut,
        whose=whose,
        manages=allowed(actor, "approval:see"),
        verbs=VERBS,
        needs_reason=needs_reason,
        told=told_of(actor, {line.booking_id for line in desk.lines}),
        words=reservations,
        failed=failed,
        problem=_problem(error),
        reason=request.form.get("reason", ""),
        now=int(now().timestamp()),
    )


def _whose() -> Literal["company", "managed"]:
    """The company's, unless the caller manages rooms and asks for theirs."""
    managed = request.values.get("whose") == "managed"
    return "managed" if managed and allowed(current_actor(), "approval:see") else "company"


def _sections(*groups: list[InLine]) -> list[tuple[str, str, list[InLine]]]:
    """Heading, what it is about, lines; empty ones are left out."""
    headings = (
        (
            gettext("Challenged: an answer is due"),
            gettext("Confirm or release; without an answer the option lapses."),
        ),
        (gettext("First options"), gettext("They lapse by themselves when their clock runs out.")),
        (
            gettext("Behind another option"),
            gettext("They move up by themselves when the one ahead leaves."),
        ),
    )
    return [(*said, lines) for said, lines in zip(headings, groups, strict=True) if lines]


def _problem(error: BookingError | None) -> str:
    if error is None:
        return ""
    return str(sentence(error.fields[0] if isinstance(error, Invalid) else error))
