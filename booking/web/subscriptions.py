"""One's calendar subscriptions: make an address, see who uses it, renew it, end it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from booking.core.access import Actor
from booking.facilities.queries import catalogue
from booking.kernel import clock
from booking.kernel.errors import FieldError, Invalid
from booking.members import actions
from booking.members.queries import feed_tokens
from booking.reservations import feed
from booking.web.forms.subscriptions import SubscriptionForm
from booking.web.guard import current_actor, requires
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
    if scope is None:
        form.blame(Invalid(FieldError("facility", "unknown_scope")))
        return _page(form, status=400)
    _id, secret = actions.create_feed(actor, scope.text, clock.now())
    return _page(_form(None), name=words.name(scope), secret=secret)


@bp.post("/<int:feed_id>/renew")
@requires("feed:use")
def renew(feed_id: int) -> Answer:
    actor = current_actor()
    name = _names(actor).get(feed_id, "")
    secret = actions.renew_feed(actor, feed_id, clock.now())
    return _page(_form(None), name=name, secret=secret)


@bp.post("/<int:feed_id>/revoke")
@requires("feed:use")
def revoke(feed_id: int) -> Answer:
    actions.revoke_feed(current_actor(), feed_id, clock.now())
    flash(_("The address is dead: calendars that used it get nothing more."), "good")
    return redirect(url_for(".index"), 303)


def _page(form: SubscriptionForm, name: str = "", secret: str = "", status: int = 200) -> Answer:
    """With a secret: the address in full, this once; the page is kept nowhere (no-store)."""
    actor = current_actor()
    return render_template(
        "subscriptions/index.html",
        form=form,
        scopes=list(words.CHOICES.items()),
        feeds=feed_tokens(actor),
        names=_names(actor),
        new_name=name,
        new=words.links(words.address(secret, name)) if secret else None,
    ), status


def _form(*formdata: None) -> SubscriptionForm:
    """The form as it was sent; as it is at first for `_form(None)`."""
    form = SubscriptionForm(*formdata)
    form.offer((f for f in catalogue() if f.active), str(get_locale()))
    return form


def _names(actor: Actor) -> dict[int, str]:
    known = {facility.code: facility for facility in catalogue()}
    return {facts.id: words.name_of_text(facts.scope, known) for facts in feed_tokens(actor)}
