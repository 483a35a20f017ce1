"""One's own webhooks: which addresses are called, what they answered. Off unless switched on."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from booking.kernel import clock
from booking.kernel.errors import Invalid, NotFound
from booking.web.forms.webhooks import EventsForm, WebhookForm
from booking.web.guard import current_actor, requires
from booking.web.intake import key
from booking.webhooks import actions, queries
from booking.wording import webhooks as words

PAGE = 50

Answer = str | Response | tuple[str, int]

bp = Blueprint("webhooks", __name__, url_prefix="/webhooks")


@bp.before_request
def _only_where_switched_on() -> None:
    if not current_app.config["WEBHOOKS"]:
        raise NotFound


@bp.get("")
@requires("webhook:use")
def index() -> Answer:
    return _page(WebhookForm(None))


@bp.post("")
@requires("webhook:use")
def add() -> Answer:
    form = WebhookForm()
    if form.validate_on_submit():
        try:
            webhook_id, secret = actions.add_webhook(
                current_actor(), form.url.data, current_app.config["SECRET_KEY"], clock.now()
            )
            return _log(webhook_id, secret)
        except Invalid as error:
            form.blame(error)
    return _page(form), 400


@bp.get("/<int:webhook_id>")
@requires("webhook:use")
def show(webhook_id: int) -> Answer:
    return _log(webhook_id)


@bp.post("/<int:webhook_id>/try")
@requires("webhook:use")
def try_out(webhook_id: int) -> Response:
    actions.try_out(current_actor(), webhook_id, clock.now())
    flash(_("It leaves within seconds: reload the page to see the answer."), "good")
    return redirect(url_for(".show", webhook_id=webhook_id), 303)


@bp.post("/<int:webhook_id>/renew")
@requires("webhook:use")
def renew(webhook_id: int) -> Answer:
    key_of_house = current_app.config["SECRET_KEY"]
    secret = actions.renew_secret(current_actor(), webhook_id, key_of_house, clock.now())
    return _log(webhook_id, secret)


@bp.post("/<int:webhook_id>/events")
@requires("webhook:use")
def events(webhook_id: int) -> Answer:
    form = EventsForm()
    try:
        actions.choose_events(current_actor(), webhook_id, form.events.data or [], clock.now())
    except Invalid as error:
        form.blame(error)
        return _log(webhook_id, form=form), 400
    flash(_("Saved."), "good")
    return redirect(url_for(".show", webhook_id=webhook_id), 303)


@bp.post("/<int:webhook_id>/resume")
@requires("webhook:use")
def resume(webhook_id: int) -> Response:
    actions.resume_webhook(current_actor(), webhook_id, clock.now())
    flash(_("It is called again; what waited leaves now."), "good")
    return redirect(url_for(".show", webhook_id=webhook_id), 303)


@bp.post("/<int:webhook_id>/remove")
@requires("webhook:use")
def remove(webhook_id: int) -> Response:
    actions.remove_webhook(current_actor(), webhook_id, clock.now())
    flash(_("It is not called any more."), "good")
    return redirect(url_for(".index"), 303)


@bp.post("/<int:webhook_id>/messages/<int:message_id>/again")
@requires("webhook:use")
def send_again(webhook_id: int, message_id: int) -> Response:
    actions.send_again(current_actor(), webhook_id, message_id, clock.now())
    flash(_("It leaves within seconds: reload the page to see the answer."), "good")
    return redirect(url_for(".show", webhook_id=webhook_id), 303)


def _page(form: WebhookForm) -> str:
    return render_template(
        "webhooks/index.html", form=form, webhooks=queries.mine(current_actor()), words=words
    )


def _log(webhook_id: int, secret: str = "", form: EventsForm | None = None) -> str:
    """With a secret: in full, this once; the page is kept nowhere (no-store)."""
    actor, before = current_actor(), request.args.get("before", type=key)
    messages = queries.log(actor, webhook_id, PAGE + 1, before)
    webhook = queries.one(actor, webhook_id)
    everything = [name for name, _name in words.events()]
    return render_template(
        "webhooks/show.html",
        webhook=webhook,
        form=form or EventsForm(None, data={"events": webhook.events or everything}),
        messages=messages[:PAGE],
        older=messages[PAGE - 1].id if len(messages) > PAGE else None,
        secret=secret,
        kept_days=actions.KEPT.days,
        words=words,
    )
