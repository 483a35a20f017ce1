"""The mails on their way out, for administrators: who gets one and how far it came."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from booking.journal import aside as aside_acts
from booking.kernel.clock import now
from booking.kernel.errors import NotFound
from booking.notices import actions, queries
from booking.web.guard import current_actor, requires
from booking.web.intake import key
from booking.wording import members as words
from booking.wording.reservations import event

PAGE = 50

bp = Blueprint("mails", __name__, url_prefix="/mails")


@bp.get("")
@requires("journal:see")
def index() -> str | Response:
    before = request.args.get("before", type=key)
    aside = request.args.get("state") == "set_aside"
    mails = queries.outgoing(current_actor(), before=before, limit=PAGE + 1, aside=aside)
    return render_template(
        "members/mails.html",
        mails=mails[:PAGE],
        older=mails[PAGE - 1].id if len(mails) > PAGE else None,
        first=before is None,
        aside=aside,
        set_aside=queries.set_aside(current_actor()),
        untold=aside_acts.count(current_actor()),
        states=words.MAIL_STATES,
        can_send=bool(current_app.config["SMTP_URL"]),
        demo=current_app.config["DEMO"],
    )


@bp.get("/untold")
@requires("journal:see")
def untold() -> str:
    return render_template(
        "members/untold.html",
        acts=aside_acts.every(current_actor()),
        set_aside=queries.set_aside(current_actor()),
        event=event,
        readers=words.READERS,
    )


@bp.post("/untold/retry")
@requires("journal:see")
def tell_all_again() -> Response:
    aside_acts.try_all_again(current_actor(), now())
    flash(gettext("It is told within seconds, if it can be told now."), "success")
    return redirect(url_for("mails.untold"), 303)


@bp.post("/untold/<int:aside_id>/retry")
@requires("journal:see")
def tell_again(aside_id: int) -> Response:
    aside_acts.try_again(current_actor(), aside_id, now())
    flash(gettext("It is told within seconds, if it can be told now."), "success")
    return redirect(url_for("mails.untold"), 303)


@bp.post("/untold/<int:aside_id>/drop")
@requires("journal:see")
def leave_untold(aside_id: int) -> Response:
    aside_acts.drop(current_actor(), aside_id)
    flash(gettext("Dropped: nobody is told."), "success")
    return redirect(url_for("mails.untold"), 303)


@bp.get("/<int:message_id>")
@requires("journal:see")
def show(message_id: int) -> str:
    """What a mail says: in the demonstration only, where it concerns nobody."""
    if not current_app.config["DEMO"]:
        raise NotFound
    return render_template(
        "members/mail.html",
        mail=queries.reading(current_actor(), message_id),
        states=words.MAIL_STATES,
    )


@bp.post("/<int:message_id>/retry")
@requires("journal:see")
def retry(message_id: int) -> Response:
    actions.try_again(current_actor(), message_id, now())
    flash(gettext("It is sent once more."), "success")
    return redirect(url_for("mails.index"), 303)


@bp.post("/<int:message_id>/drop")
@requires("journal:see")
def drop(message_id: int) -> Response:
    actions.drop(current_actor(), message_id, now())
    flash(gettext("Dropped: nobody gets it."), "success")
    return redirect(url_for("mails.index"), 303)
