"""The form that makes a webhook."""

from flask_babel import lazy_gettext as _l

from booking.web.forms import Form, TextField
from booking.web.forms.auth import filled


class WebhookForm(Form):
    """Where to call."""

    url = TextField(
        _l("Address to call"), [filled], description=_l("Begins with https://, on the open web.")
    )
