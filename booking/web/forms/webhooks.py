"""The forms of webhooks."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField

from booking.web.forms import Form, TextField
from booking.web.forms.auth import filled


class WebhookForm(Form):
    """Where to call."""

    url = TextField(
        _l("Address to call"), [filled], description=_l("Begins with https://, on the open web.")
    )


class EventsForm(Form):
    """What to call for."""

    events = SelectMultipleField(_l("What happens to a booking"), validate_choice=False)
