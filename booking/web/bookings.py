"""Booking pages: the form, a booking with its history, my bookings."""

from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext

from booking.core.access import Subject, allowed
from booking.core.lifecycle import Verb, transition
from booking.core.rules import Finding
from booking.core.scheduling import wallclock
from booking.facilities import bundles
from booking.facilities import queries as facilities
from booking.facilities.values import FacilityFacts
from booking.kernel.clock import now
from booking.kernel.errors import (
    BookingError,
    Clash,
    FieldError,
    Invalid,
    NotFound,
    Refused,
)
from booking.productions import queries as productions
from booking.reservations import actions, histories, lists, queries
from booking.reservations.values import AllocationView, BookingView, OfferView
from booking.reservations.wish import BookingRequest
from booking.web import verdict
from booking.web.forms.bookings import BookingForm, prefilled, rows
from booking.web.forms.series import left_out, reach
from booking.web.guard import current_actor, is_fragment, requires
from booking.wording import dates, http
from booking.wording.messages import sentence
from booking.wording.reservations import taken

OF_SERIES = frozenset(
    {"rrule", "exdates", "repairs", "repeat", "interval", "count", "until", "dates"}
)
"""Fields whose errors the verdict tells while the form is filled in."""

DONE_BY_NAME = frozenset(Verb) - {Verb.EXPIRE, Verb.MOVE, Verb.PROLONG}

OF_ONE_DATE = frozenset({Verb.MOVE, Verb.CHECK_IN, Verb.PROLONG, Verb.END_EARLY})
"""What is not done to several dates of a series at once; moving them has a page of its own."""

LONGER_MIN = (15, 30, 60, 120)
"""By how many minutes one can stay longer."""

bp = Blueprint("bookings", __name__, url_prefix="/bookings")


@bp.get("/new")
@requires("booking:request")
def new() -> str:
    local = wallclock.local(_at(), _zone())
    form = BookingForm(data=prefilled(request.args, local.date(), local.time()))
    return _form_page(form, _verdict(form))


@bp.post("")
@requires("booking:request")
def create() -> Response | str | tuple[str, int]:
    form = BookingForm()
    if form.instead.data:
        form.take(form.instead.data, _zone(), row_of(form.instead.data))
    if "use" in request.form:
        _use(form)
        return _form_page(form, _verdict(form))
    if "try" in request.form:
        return _form_page(form, _verdict(form))
    try:
        number = actions.request(current_actor(), form.wish(), now())
    except (Invalid, Refused, Clash) as error:
        return _form_page(form, refusal(form, error)), http.status(error)
    return _created(number)


@bp.post("/check")
@requires("booking:request")
def check() -> str:
    return render_template("bookings/_verdict.html", verdict=_verdict(BookingForm()))


@bp.get("")
@requires("booking:see")
def index() -> str:
    whose = _one_of("whose", lists.WHOSE[:2])
    when = _one_of("when", lists.WHEN)
    asked, cursor = request.args.get("q", "").strip(), request.args.get("cursor")
    try:
        page = lists.bookings(
            current_actor(), whose=whose, when=when, now=_at(), text=asked, cursor=cursor
        )
    except ValueError:
        raise NotFound from None
    return render_template("bookings/index.html", page=page, whose=whose, when=when, asked=asked)


@bp.get("/<number>")
@requires("booking:see")
def show(number: str) -> str:
    return booking_page(number)


@bp.post("/<number>/<verb>")
@requires("booking:see")
def act(number: str, verb: str) -> Response | tuple[str, int]:
    if verb not in DONE_BY_NAME:
        raise NotFound
    left = f"{number}: " if "left" in request.form else ""  # its page; it is read on another
    try:
        _act(number, Verb(verb))
    except NotFound:
        raise
    except BookingError as error:
        if not left:
            return booking_page(number, failed=verb, error=error), http.status(error)
        flash(left + sentence(error), "bad")
    else:
        flash(left + done(Verb(verb)), "good")
    return redirect(url_for(".show", number=number), HTTPStatus.SEE_OTHER)  # type: ignore[return-value]


def _act(number: str, verb: Verb) -> None:
    """Do a verb to the dates that the form means. Raises as `actions.act` does."""
    actions.act(
        current_actor(),
        number,
        verb,
        now(),
        reason=request.form.get("reason", ""),
        revision=request.form.get("revision", type=int),
        reach=reach(request.form),
    )


def booking_page(number: str, failed: str = "", error: BookingError | None = None) -> str:
    view = _with_shares(queries.booking(current_actor(), number, _at()))
    history = reversed(histories.of_booking(view))
    return render_template(
        "bookings/show.html",
        booking=view,
        **_series(view),
        history=list(history),
        needs_reason=needs_reason,
        failed=failed,
        error=error,
        fields=_told(error),
        rooms=choices(),
        longer_min=LONGER_MIN,
        typed=request.form,
        **_may(view),
        reason=request.form.get("reason", ""),
        sentence=sentence,
        offered=_offered,
    )


def _with_shares(view: BookingView) -> BookingView:
    """With what is taken of a pool in its name: "Fibre (4 of 10)"."""
    sizes = {facility.id: facility.quantity for facility in facilities.catalogue()}

    def named(given: AllocationView) -> AllocationView:
        return given._replace(name=taken(given.name, given.amount, sizes[given.facility_id]))

    return replace(
        view,
        occurrences=tuple(
            one._replace(allocations=tuple(named(given) for given in one.allocations))
            for one in view.occurrences
        ),
    )


def _offered(view: OfferView) -> str:
    """What is offered: "Montage image 1, Fibre (4 of 10)"."""
    rooms, locale = facilities.by_codes(view.codes), str(get_locale())
    found = (rooms[code] for code in view.codes)
    return ", ".join(taken(f.name_in(locale), view.amounts.get(f.code), f.quantity) for f in found)


def _may(view: BookingView) -> dict[str, bool]:
    """Whether the caller could offer another place, or answers for the booking."""
    pairs = tuple((a.facility_id, a.site_id) for o in view.occurrences for a in o.allocations)
    subject = Subject(view.company_id, view.requester_id, view.production_id, pairs)
    actor = current_actor()
    return {
        "offers": allowed(actor, "booking:offer", subject) and actor.user_id != view.requester_id,
        "answers": allowed(actor, "booking:answer", subject),
    }


def _told(error: BookingError | None) -> dict[str, list[str]]:
    """What is wrong with which field of a small form on the page."""
    found = error.fields if isinstance(error, Invalid) else ()
    return {field.path: [sentence(field)] for field in found}


def _series(view: BookingView) -> dict[str, object]:
    """What the page of a series offers for several dates at once."""
    ahead = [one for one in view.occurrences if one.verbs]
    first_with = {verb: one for one in reversed(ahead) for verb in one.verbs}
    days = [wallclock.local(one.starts, one.zone).date().isoformat() for one in ahead]
    return {
        "verbs_of_series": [
            (v, first_with[v]) for v in Verb if v in first_with and v not in OF_ONE_DATE
        ],
        "first_day": min(days, default=""),
        "last_day": max(days, default=""),
    }


def _form_page(form: BookingForm, said: verdict.Verdict | None) -> str:
    page = "bookings/_form.html" if is_fragment() else "bookings/new.html"
    return render_template(
        page,
        form=form,
        fragment=is_fragment(),
        verdict=said,
        choices=choices(any_of=True),
        besides=besides(form),
        counted=counted(),
        productions=seen_productions(),
        bundles=_bundles(),
        errors={name: [sentence(e) for e in found] for name, found in form.problems.items()},
        codes={name: {e.code for e in found} for name, found in form.problems.items()},
    )


def _bundles() -> list[tuple[str, str]]:
    locale = str(get_locale())
    return [(b.code, b.name_in(locale)) for b in bundles.every() if b.active]


def _use(form: BookingForm) -> None:
    """Fill in the bundle that was chosen, as far as it is offered."""
    chosen = bundles.by_code(form.bundle.data or "")
    if chosen is not None and chosen.active:
        form.fill(chosen)
    else:
        wrong = FieldError("bundle", "unknown_bundle", {"value": (form.bundle.data or "")[:60]})
        form.blame([wrong])


def _verdict(form: BookingForm) -> verdict.Verdict | None:
    """What would become of it now; None while it cannot be judged."""
    if not form.facility.data:
        return None
    try:
        wish = form.wish()
        assessment = queries.preview(current_actor(), _titled(wish), _at())
    except Invalid as error:
        return verdict.of_errors([e for e in error.fields if e.path.split("/")[0] in OF_SERIES])
    said = verdict.of_assessment(assessment, option=wish.hold == "option")
    said = verdict.with_left_out(said, left_out(request.form))
    return replace(said, overridable=_overridable(form, assessment.findings))


def _overridable(form: BookingForm, findings: Sequence[Finding]) -> bool:
    """Whether the caller decides about all that is asked for, and the rules leave it to them."""
    actor = current_actor()
    chosen = facilities.by_codes(form.codes()).values()
    return bool(findings) and all(
        (finding.overridable and all(actor.manages(f.id, f.site_id) for f in chosen))
        for finding in findings
    )


def _titled(wish: BookingRequest) -> BookingRequest:
    """A slot can be judged before it has a title."""
    return wish if wish.title.strip() else replace(wish, title="–")


def refusal(form: BookingForm, error: BookingError) -> verdict.Verdict | None:
    if isinstance(error, Invalid):
        form.blame(error.fields)
        return None
    assert isinstance(error, Refused | Clash)
    if error.dates:
        said = verdict.of_series(error.dates, granted=False)
        return verdict.with_left_out(said, left_out(request.form))
    if isinstance(error, Refused):
        said = verdict.of_findings(error.findings, error.alternatives)
        return replace(said, overridable=_overridable(form, error.findings))
    option = form.hold.data == "option"
    return verdict.of_clash(error.conflicts, error.alternatives, error.rank, option=option)


def _created(number: str) -> Response:
    target = url_for(".show", number=number)
    said = gettext("Booked under the number %(number)s.", number=number)
    if is_fragment():
        headers = {"Location": target}
        return Response(said, HTTPStatus.CREATED, headers, mimetype="text/plain")
    flash(said, "good")
    return redirect(target, HTTPStatus.SEE_OTHER)  # type: ignore[return-value]


def done(verb: Verb) -> str:
    return {
        Verb.APPROVE: gettext("Approved."),
        Verb.DECLINE: gettext("Declined."),
        Verb.CONFIRM: gettext("Confirmed."),
        Verb.WITHDRAW: gettext("Withdrawn."),
        Verb.RELEASE: gettext("Released."),
        Verb.CANCEL: gettext("Cancelled."),
        Verb.CHALLENGE: gettext("Challenged: the holder has to answer."),
        Verb.EXTEND: gettext("The option has more time."),
        Verb.CHECK_IN: gettext("Checked in."),
        Verb.END_EARLY: gettext("Ended: the rest of the time is free again."),
    }[verb]


def needs_reason(state: str, verb: str) -> bool:
    row = transition(state, verb)  # type: ignore[arg-type]
    return bool(row and row.needs_reason)


def choices(*, any_of: bool = False) -> list[tuple[str, list[tuple[str, str]]]]:
    """Bookable facilities grouped by site and kind, in planning order; pools with their size.

    With `any_of`, rows of like units come first.
    """
    actor, locale = current_actor(), str(get_locale())
    groups: dict[str, list[tuple[str, str]]] = {}
    units: dict[str, str] = {}
    for f in facilities.catalogue():
        if f.bookable and (f.guests_allowed or not actor.guest):
            name = f"{f.site_name} – {f.kind_in(locale)}"
            groups.setdefault(name, []).append((f.code, _labelled(f, locale)))
            if f.group_code in units:
                units[f.group_code] = gettext("Any of %(row)s", row=f.group_name)
            elif f.group_code:
                units[f.group_code] = ""
    shared = [(code, label) for code, label in units.items() if label]
    if any_of and shared:
        return [(gettext("Any that is free"), shared), *groups.items()]
    return list(groups.items())


def besides(form: BookingForm) -> list[str]:
    """The labels of the other facilities that are ticked."""
    ticked = form.also.data or ()
    groups = choices(any_of=True) if ticked else []
    return [label for _, group in groups for code, label in group if code in ticked]


def counted() -> set[str]:
    """The codes of what one takes more or less of: pools and rows."""
    return {f.code for f in facilities.catalogue() if f.is_pool} | rows()


def _labelled(facility: FacilityFacts, locale: str) -> str:
    name = facility.name_in(locale)
    if facility.is_pool:
        return gettext("%(facility)s (of %(quantity)s)", facility=name, quantity=facility.quantity)
    return f"{name} ({facility.capacity})" if facility.capacity else name


def seen_productions() -> list[tuple[str, str]]:
    found = productions.visible(current_actor())
    return [(p.code_name, f"{p.code_name} – {p.title}") for p in found if p.active]


def _one_of(name: str, allowed: tuple[str, ...]) -> str:
    value = request.args.get(name, "")
    return value if value in allowed else allowed[0]


def _at() -> int:
    return int(now().timestamp())


def _zone() -> str:
    """The zone of the facility asked for, or of the group's, else the house's."""
    code = request.values.get("facility", "")
    every = facilities.catalogue()
    found = (f.time_zone for f in every if code and code in (f.code, f.group_code))
    return next(found, dates.HOUSE_ZONE)


def row_of(alternative: str) -> str:
    """The group of the facility that a way out gives up: "room:NEW:OLD"."""
    old = alternative.rpartition(":")[2]
    return next((f.group_code for f in facilities.by_codes([old]).values()), "")
