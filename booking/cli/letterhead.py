"""Where mails that commands write come from."""

from flask import current_app

from booking.notices.values import Letterhead
from booking.wording.addresses import site_url


def letterhead() -> Letterhead:
    """The address of the site and the sender, as configured."""
    return Letterhead(site_url(), current_app.config["MAIL_FROM"])
