"""Closures: what is shut when, which bookings that hits, and what is proposed to each."""

from collections.abc import Sequence
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from booking.core.access import Actor, allowed
from booking.core.scheduling.interval import Interval
from booking.facilities import actions, queries
from booking.facilities.actions.closures import may_close_site, understand
from booking.facilities.values import ClosureFacts, FacilityFacts
from booking.kernel import clock
from booking.kernel.errors import BookingError, Forbidden, Invalid, NotFound
from booking.reservations.closing import Hit, hit, proposals
from booking.reservations.closing import propose as propose_room
from booking.web.forms.closures import ClosureForm
from booking.web.guard import current_actor, requires
from booking.web.intake import key
from booking.wording import dates
from booking.wording.messages import sentence

Answer = str | Response | tuple[str, int]
Choices = list[tuple[str, list[tuple[str, str]]]]

bp = Blueprint("closures", __name__, url_prefix="/closures")


@bp.get("")
@requires("closure:edit")
def index() -> str:
    """Those to come that the caller decides about."""
    actor = current_actor()
    every = queries.catalogue()
    found = [
        (closure, facility)
        for closure in queries.upcoming_closures(int(clock.now().timestamp()))
        if (facility := _shut_by(closure, every)) and _may_open(actor, closure, facility)
    ]
    return render_template("facilities/closures.html", closures=found)


@bp.route("/new", methods=["GET", "POST"])
@requires("closure:edit")
def create() -> Answer:
    actor = current_actor()
    form = ClosureForm(data=_prefilled())
    choices = _choices(actor)
    hits: list[Hit] = []
    if form.validate_on_submit():
        try:
            hits = _hits(actor, form)
            if not hits or form.anyway.data:
                made = actions.add_closure(actor, form.closing(), clock.now())
                flash(_("It is closed, and the planning shows it."), "good")
                after = url_for(".show", closure_id=made) if hits else url_for(".index")
                return redirect(after, 303)
        except Invalid as error:
            form.blame(error)
    return _form_page(form, choices, hits), _status(form, hits)


@bp.get("/<int:closure_id>")
@requires("closure:edit")
def show(closure_id: int) -> str:
    return _page(closure_id)


@bp.post("/<int:closure_id>/offers")
@requires("closure:edit")
def propose(closure_id: int) -> Answer:
    """Send the offers that were chosen, each by itself; say which could not be made."""
    closure, _facility = _found(closure_id)
    message = request.form.get("message", "").strip() or closure.reason
    chosen, failed = _chosen(), []
    if not chosen:
        flash(_("Tick at least one offer."), "bad")
    for number, occurrence, swap in chosen:
        try:
            propose_room(current_actor(), number, occurrence, swap, clock.now(), message)
        except BookingError as error:
            failed.append(f"{number}: {sentence(error)}")
    if failed or not chosen:
        return _page(closure_id, failed, message), 409 if failed else 400
    count = len(chosen)
    flash(ngettext("%(num)s offer was sent.", "%(num)s offers were sent.", count), "good")
    return redirect(url_for(".show", closure_id=closure_id), 303)


@bp.post("/<int:closure_id>/remove")
@requires("closure:edit")
def remove(closure_id: int) -> Response:
    actions.remove_closure(current_actor(), closure_id, clock.now())
    flash(_("It is open again."), "good")
    return redirect(url_for(".index"), 303)


def _chosen() -> list[tuple[str, int, tuple[str, str]]]:
    """Booking, date, room and the room instead, of every line that was ticked."""
    try:
        lines = [line.split() for line in request.form.getlist("offer")]
        return [(number, key(at), (room, instead)) for number, at, room, instead in lines]
    except ValueError as error:
        raise BadRequest from error  # no page of ours sends that


def _page(closure_id: int, failed: Sequence[str] = (), message: str = "") -> str:
    closure, facility = _found(closure_id)
    actor, now = current_actor(), int(clock.now().timestamp())
    shut = [f for f in queries.catalogue() if closure.concerns(f)]
    hits = hit(actor, shut, Interval(closure.starts, closure.ends), now)
    return render_template(
        "facilities/closure.html",
        closure=closure,
        facility=facility,
        proposals=proposals(actor, [one for one in hits if one.ends > now], now),
        failed=failed,
        message=message or closure.reason,
    )


def _found(closure_id: int) -> tuple[ClosureFacts, FacilityFacts]:
    """The closure of an address, for whoever decides about it. Raises NotFound or Forbidden."""
    closure = queries.closure(closure_id)
    facility = _shut_by(closure, queries.catalogue()) if closure else None
    if closure is None or facility is None:
        raise NotFound
    if not _may_open(current_actor(), closure, facility):
        raise Forbidden
    return closure, facility


def _form_page(form: ClosureForm, choices: Choices, hits: list[Hit]) -> str:
    return render_template(
        "facilities/closure_form.html",
        form=form,
        choices=choices,
        hits=hits,
        zone=hits[0].facility.time_zone if hits else dates.HOUSE_ZONE,
        twice={name for name in ("start", "end") if _comes_twice(form, name)},
    )


def _status(form: ClosureForm, hits: list[Hit]) -> int:
    if form.errors:
        return 400
    return 409 if hits else 200


def _hits(actor: Actor, form: ClosureForm) -> list[Hit]:
    shut = understand(actor, form.closing(), clock.now())
    return hit(actor, shut.facilities, shut.window, int(clock.now().timestamp()))


def _comes_twice(form: ClosureForm, name: str) -> bool:
    """Whether the form has to ask which of two instants is meant."""
    return bool(form[f"{name}_fold"].data) or name in form.ambiguous


def _prefilled() -> dict[str, str]:
    """Tomorrow, all day, for what the address names."""
    tomorrow = dates.today() + timedelta(days=1)
    facility = request.args.get("facility", "")
    return {
        "what": f"facility:{facility}" if facility else "",
        "date": tomorrow.isoformat(),
        "start": "08:00",
        "end_date": tomorrow.isoformat(),
        "end": "18:00",
    }


def _choices(actor: Actor) -> Choices:
    """Whole sites, then facilities by site: those that the caller decides about."""
    locale = str(get_locale())
    every = [f for f in queries.catalogue() if f.active]
    sites = {f.site_id: (f"site:{f.site_code}", f.site_name) for f in every}
    whole = [line for number, line in sites.items() if may_close_site(actor, number)]
    groups: Choices = [(_("A whole site"), whole)] if whole else []
    for _site, name in sites.values():
        mine = [f for f in every if f.site_name == name and _decides(actor, f)]
        groups.append((name, [(f"facility:{f.code}", f.name_in(locale)) for f in mine]))
    return [group for group in groups if group[1]]


def _decides(actor: Actor, facility: FacilityFacts) -> bool:
    return allowed(actor, "closure:edit", facility.subject)


def _shut_by(closure: ClosureFacts, every: tuple[FacilityFacts, ...]) -> FacilityFacts | None:
    """The facility, or for a site its first one: it knows the zone and the names."""
    return next((facility for facility in every if closure.concerns(facility)), None)


def _may_open(actor: Actor, closure: ClosureFacts, facility: FacilityFacts) -> bool:
    if closure.site_id is not None:
        return may_close_site(actor, closure.site_id)
    return _decides(actor, facility)
