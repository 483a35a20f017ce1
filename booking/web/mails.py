"""The mails on their way out, for administrators: who gets one and how far it came."""

from flask import Blueprint, current_app, render_template, request
from werkzeug.wrappers import Response

from booking.notices import queries
from booking.web.guard import current_actor, requires
from booking.web.intake import key
from booking.wording import members as words

PAGE = 50

bp = Blueprint("mails", __name__, url_prefix="/mails")


@bp.get("")
@requires("journal:see")
def index() -> str | Response:
    before = request.args.get("before", type=key)
    mails = queries.outgoing(current_actor(), before=before, limit=PAGE + 1)
    return render_template(
        "members/mails.html",
        mails=mails[:PAGE],
        older=mails[PAGE - 1].id if len(mails) > PAGE else None,
        first=before is None,
        states=words.MAIL_STATES,
        can_send=bool(current_app.config["SMTP_URL"]),
        demo=current_app.config["DEMO"],
    )
