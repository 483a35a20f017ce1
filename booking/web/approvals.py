"""The approvals inbox: what waits for a manager, soonest first, decided one by one or in bulk."""

from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import LazyString, ngettext
from flask_babel import lazy_gettext as _l

from booking.core.access import allowed
from booking.core.lifecycle import Verb
from booking.kernel.clock import now
from booking.kernel.errors import NotFound
from booking.reservations import actions, lists, rivals
from booking.reservations.actions import Outcome
from booking.web.guard import current_actor, requires
from booking.wording.messages import sentence

bp = Blueprint("approvals", __name__, url_prefix="/approvals")

MOST_AT_ONCE = 200
DECISIONS = (Verb.APPROVE, Verb.DECLINE)
PROBLEMS: dict[str, LazyString] = {
    "verb": _l("Choose whether to approve or to decline."),
    "nothing": _l("Tick at least one request first."),
    "reason": _l("Say why you decline: the requester reads it."),
}
"""What a decision can lack, in words."""


@bp.get("")
@requires("approval:see")
def index() -> str:
    try:
        return _page(chosen=frozenset())
    except ValueError:
        raise NotFound from None


@bp.post("")
@requires("booking:approve")
def decide() -> Response | tuple[str, int]:
    ticked = request.form.getlist("id")
    dates = _dates(ticked)
    numbers = list(dates)[:MOST_AT_ONCE]
    verb = request.form.get("verb", "")
    reason = request.form.get("reason", "")
    problem = _problem(numbers, verb, reason)
    if problem:
        return _page(frozenset(ticked), reason, problem), HTTPStatus.UNPROCESSABLE_ENTITY
    actor, at = current_actor(), now()
    outcomes = actions.act_on_many(actor, numbers, Verb(verb), at, reason=reason, dates=dates)
    _tell(outcomes, Verb(verb), told="told" in request.form)
    return redirect(url_for(".index"), HTTPStatus.SEE_OTHER)  # type: ignore[return-value]


def _dates(ticked: list[str]) -> dict[str, frozenset[int]]:
    """The dates of each booking that were ticked: "PIL-2026-00042:17"; a number alone is all."""
    found: dict[str, set[int]] = {}
    for number, _, date in (value.partition(":") for value in ticked):
        found.setdefault(number, set())
        if date.isdecimal() and len(date) < 10:
            found[number].add(int(date))
    return {number: frozenset(() if number in ticked else ids) for number, ids in found.items()}


def _page(chosen: frozenset[str], reason: str = "", problem: LazyString | None = None) -> str:
    actor, at = current_actor(), int(now().timestamp())
    page = lists.inbox_by_booking(actor, at, cursor=request.args.get("cursor"))
    dates = {asked.first.number: [d.occurrence_id for d in asked.lines] for asked in page.requests}
    found = rivals.against(actor, [date for ids in dates.values() for date in ids], at)
    return render_template(
        "approvals/index.html",
        page=page,
        rivals=found,
        rivals_of={n: rivals.together(found[date] for date in ids) for n, ids in dates.items()},
        offers=allowed(actor, "booking:offer"),
        chosen=chosen,
        opened={key.partition(":")[0] for key in chosen if ":" in key},
        reason=reason,
        problem=problem,
        problems=PROBLEMS,
    )


def _problem(numbers: list[str], verb: str, reason: str) -> LazyString | None:
    if verb not in DECISIONS:
        return PROBLEMS["verb"]
    if not numbers:
        return PROBLEMS["nothing"]
    if verb == Verb.DECLINE and not reason.strip():
        return PROBLEMS["reason"]
    return None


def _tell(outcomes: list[Outcome], verb: Verb, *, told: bool) -> None:
    """Say how it went; not again, where the page has `told` that all of it was done."""
    done = sum(1 for outcome in outcomes if outcome.error is None)
    if told and done == len(outcomes):
        return
    if done and verb is Verb.APPROVE:
        flash(ngettext("%(num)s request approved.", "%(num)s requests approved.", done), "good")
    elif done:
        flash(ngettext("%(num)s request declined.", "%(num)s requests declined.", done), "good")
    for outcome in outcomes:
        if outcome.error is not None:
            flash(f"{outcome.number}: {sentence(outcome.error)}", "bad")
