"""Changing a booking: the same form, filled in; which dates of a series it is for."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from booking.core.scheduling import wallclock
from booking.kernel.clock import now
from booking.kernel.errors import BookingError, Clash, Invalid, NotFound, Refused
from booking.reservations import actions, queries
from booking.reservations.actions import Change, Reach
from booking.reservations.values import BookingView, OccurrenceView
from booking.web import verdict
from booking.web.bookings import besides, choices, counted, refusal, row_of, seen_productions
from booking.web.forms.bookings import BookingForm
from booking.web.forms.series import reach
from booking.web.guard import current_actor, requires
from booking.wording import http
from booking.wording.messages import sentence

bp = Blueprint("changes", __name__, url_prefix="/bookings/<number>/change")


@bp.get("")
@requires("booking:see")
def edit(number: str) -> str:
    view = _booking(number)
    chosen = _chosen(view)
    form = BookingForm(formdata=None, data=_filled(view, chosen))
    taken = {given.code: given.amount for given in chosen.allocations}
    form.choose(list(taken), {code: str(amount) for code, amount in taken.items() if amount})
    return _page(view, form, scope="this" if "occurrence" in request.args else "all")


@bp.post("")
@requires("booking:see")
def save(number: str) -> Response | tuple[str, int]:
    view, form = _booking(number), BookingForm()
    if form.instead.data:
        form.take(form.instead.data, _chosen(view).zone, row_of(form.instead.data))
    try:
        _do(number, _wanted(form, view), _reach(view))
    except NotFound:
        raise
    except (Invalid, Refused, Clash) as error:
        said = refusal(form, error)
        return _page(view, form, said, request.form.get("scope", "all")), http.status(error)
    except BookingError as error:
        return _page(view, form, stale=sentence(error)), http.status(error)
    flash(
        gettext("The offer was sent.") if _offers() else gettext("The booking was changed."), "good"
    )
    target = url_for("bookings.show", number=number)
    return redirect(target, HTTPStatus.SEE_OTHER)  # type: ignore[return-value]


@bp.post("/check")
@requires("booking:see")
def check(number: str) -> str:
    view, form = _booking(number), BookingForm()
    try:
        at, meant = int(now().timestamp()), _reach(view)
        found = actions.preview_change(
            current_actor(), number, _wanted(form, view), at, reach=meant
        )
        said = verdict.of_assessment(found, option=False)
    except BookingError:
        said = None
    return render_template("bookings/_verdict.html", verdict=said)


def _offers() -> bool:
    """Whether the page makes an offer instead of changing anything itself."""
    return "offer" in request.values


def _do(number: str, wanted: Change, meant: Reach) -> None:
    actor, at = current_actor(), now()
    if _offers():
        message = request.form.get("message", "")
        actions.offer(actor, number, wanted, at, message=message, reach=meant)
    else:
        seen = request.form.get("revision", type=int)
        actions.change(actor, number, wanted, at, revision=seen, reach=meant)


def _booking(number: str) -> BookingView:
    """The booking. Raises NotFound, Forbidden and WrongState for those who cannot change it."""
    at = int(now().timestamp())
    actions.refuse_change(current_actor(), number, at)
    return queries.booking(current_actor(), number, at)


def _chosen(view: BookingView) -> OccurrenceView:
    """The date that was named, else the first that can still change, else the last."""
    asked = request.values.get("occurrence", type=int)
    ahead = [one for one in view.occurrences if one.verbs]
    named = [one for one in view.occurrences if one.id == asked]
    return next(iter([*named, *ahead]), view.occurrences[-1])


def _reach(view: BookingView) -> Reach:
    return reach(request.form) if len(view.occurrences) > 1 else Reach()


def _filled(view: BookingView, chosen: OccurrenceView) -> Mapping[str, object]:
    """The fields of the form, facilities aside, from a date of the booking."""
    start, end = (wallclock.local(at, chosen.zone) for at in (chosen.starts, chosen.ends))
    return {
        "title": view.title,
        "date": start.date().isoformat(),
        "start": f"{start:%H:%M}",
        "end_date": end.date().isoformat(),
        "end": f"{end:%H:%M}",
        "production": view.production_code or "",
        "attendees": view.attendees or "",
        "note": view.note,
        "participants": "\n".join(view.participants),
    }


def _wanted(form: BookingForm, view: BookingView) -> Change:
    """Everything on the form: what is as it was does not change, nor what is not on it.

    The production stays that one, whatever else has its code name by now, or who may name it.
    """
    wish = form.wish()
    named = wish.production or ""
    kept = not form.production.raw_data or named == (view.production_code or "")
    return Change(
        start=wish.start,
        end=wish.end,
        start_fold=wish.start_fold,
        end_fold=wish.end_fold,
        facilities=wish.facilities,
        amounts=wish.amounts,
        title=wish.title,
        note=wish.note,
        attendees=wish.attendees,
        participants=wish.participants if form.participants.raw_data else None,
        production=None if kept else named,
        on_clash="queue" if wish.on_clash == "queue" else "reject",
        override=wish.override,
    )


def _productions(view: BookingView) -> list[tuple[str, str]]:
    """Those that can be named, with the one that the booking has, archived or not one's own."""
    found, own = seen_productions(), view.production_code
    if own and own not in dict(found):
        title = f" – {view.production_title}" if view.production_title else ""
        return [(own, f"{own}{title}"), *found]
    return found


def _page(
    view: BookingView,
    form: BookingForm,
    said: verdict.Verdict | None = None,
    scope: str = "all",
    stale: str = "",
) -> str:
    return render_template(
        "bookings/change.html",
        form=form,
        changing=view,
        revision=view.revision,
        scope=scope,
        occurrence=_chosen(view).id,
        submit=gettext("Send the offer") if _offers() else gettext("Save the change"),
        offering=_offers(),
        message=request.form.get("message", ""),
        stale=stale,
        fragment=False,
        verdict=said,
        choices=choices(any_of=True),
        besides=besides(form),
        counted=counted(),
        productions=_productions(view),
        errors={name: [sentence(e) for e in found] for name, found in form.problems.items()},
        codes={name: {e.code for e in found} for name, found in form.problems.items()},
    )
