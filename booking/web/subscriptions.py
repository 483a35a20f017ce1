"""One's calendar subscriptions: make an address, see who uses it, renew it, end it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from booking.core.access import Actor, allowed
from booking.facilities.queries import catalogue
from booking.kernel import clock
from booking.kernel.errors import FieldError, Invalid, NotFound
from booking.members import actions
from booking.members.queries import feed_tokens
from booking.members.values import FeedFacts
from booking.productions.queries import code_names, visible
from booking.reservations import feed
from booking.web.forms.subscriptions import SubscriptionForm
from booking.web.guard import current_actor, requires
from booking.web.qr import qr_code
from booking.wording import feeds as words

Answer = str | Response | tuple[str, int]

bp = Blueprint("subscriptions", __name__, url_prefix="/subscriptions")


@bp.get("")
@requires("feed:use")
def index() -> Answer:
    return _page(_form(None))


@bp.post("")
@requires("feed:use")
def create() -> Answer:
    form, actor = _form(), current_actor()
    if not form.validate_on_submit():
        return _page(form, status=400)
    scope = feed.scope(actor, form.text())
    try:
        if scope is None:
            raise Invalid(FieldError(form.asked, "unknown_scope"))
        _id, secret = actions.create_feed(actor, scope.text, clock.now())
    except Invalid as error:
        form.blame(error)
        return _page(form, status=400)
    return _page(_form(None), name=words.name(scope), secret=secret)


@bp.get("/<int:feed_id>/<any(renew, revoke):deed>")
@requires("feed:use")
def confirm(feed_id: int, deed: str) -> str:
    """Asks once more: calendars that use the address go silent."""
    facts = _mine(feed_id)
    return render_template(
        "subscriptions/confirm.html",
        deed=deed,
        row=facts,
        name=_names([facts])[feed_id],
        use=words.last_use(facts, clock.now()),
    )


@bp.post("/<int:feed_id>/renew")
@requires("feed:use")
def renew(feed_id: int) -> Answer:
    name = _names([_mine(feed_id)])[feed_id]
    secret = actions.renew_feed(current_actor(), feed_id, clock.now())
    return _page(_form(None), name=name, secret=secret)


@bp.post("/<int:feed_id>/revoke")
@requires("feed:use")
def revoke(feed_id: int) -> Answer:
    actions.revoke_feed(current_actor(), feed_id, clock.now())
    flash(_("The address is dead: calendars that used it get nothing more."), "good")
    return redirect(url_for(".index"), 303)


def _page(form: SubscriptionForm, name: str = "", secret: str = "", status: int = 200) -> Answer:
    """With a secret: the address in full, this once; the page is kept nowhere (no-store)."""
    actor, now = current_actor(), clock.now()
    feeds = feed_tokens(actor)
    links = words.links(words.address(secret, name), name) if secret else None
    return render_template(
        "subscriptions/index.html",
        form=form,
        feeds=feeds,
        names=_names(feeds),
        uses={facts.id: words.last_use(facts, now) for facts in feeds},
        new_name=name,
        new=links,
        code=qr_code(links["webcal"]) if links else None,
    ), status


def _form(*formdata: None) -> SubscriptionForm:
    """The form as it was sent; as it is at first for `_form(None)`."""
    form, actor = SubscriptionForm(*formdata), current_actor()
    seen = [production.code_name for production in visible(actor) if production.active]
    form.offer((f for f in catalogue() if f.active), seen)
    form.leave_out(_idle(actor, seen))
    return form


def _idle(actor: Actor, productions: list[str]) -> set[str]:
    """Calendars that can be nothing for this person."""
    idle = set() if productions else {"production"}
    return idle if allowed(actor, "approval:see") else idle | {"approvals"}


def _mine(feed_id: int) -> FeedFacts:
    """One of the caller's addresses. Raises NotFound for others'."""
    found = next((facts for facts in feed_tokens(current_actor()) if facts.id == feed_id), None)
    if found is None:
        raise NotFound
    return found


def _names(feeds: list[FeedFacts]) -> dict[int, str]:
    every, productions = catalogue(), code_names(current_actor())
    return {facts.id: words.name_of_text(facts.scope, every, productions) for facts in feeds}
