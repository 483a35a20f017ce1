"""Forms of the account page."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, SelectField

from booking.kernel.i18n import LOCALES
from booking.notices.values import Requests
from booking.web.forms import Form, SecretField, TextField, offered
from booking.web.forms.auth import NewPasswordForm, chosen, filled


class ProfileForm(Form):
    """Name, language and looks."""

    name = TextField(_l("Name"), [filled])
    locale = SelectField(_l("Language"), [chosen], choices=offered(LOCALES.items()))
    theme = SelectField(
        _l("Appearance"),
        [chosen],
        choices=offered(
            [
                ("auto", _l("As the system is set")),
                ("light", _l("Light")),
                ("dark", _l("Dark")),
            ]
        ),
    )


class PasswordForm(NewPasswordForm):
    """The current password and the next one."""

    current = SecretField(_l("Current password"), [filled])


class DeputyForm(Form):
    """Who decides while one is away, from when until when."""

    deputy = SelectField(_l("Who decides in my place"), coerce=int, validate_choice=False)
    first_on = DateField(_l("First day"), [filled])
    last_on = DateField(_l("Last day"), [filled])


class MailsForm(Form):
    """What one wants mails about; `requests` is asked of managers only."""

    decisions = BooleanField(_l("What is decided about my bookings"))
    options = BooleanField(_l("What becomes of my options and of my turn in line"))
    reminders = BooleanField(_l("A reminder the day before"))
    calendar = BooleanField(_l("Put my confirmed bookings into my calendar by mail"))
    requests = SelectField(
        _l("Requests for my facilities"),
        [chosen],
        choices=offered(
            [
                (Requests.EACH, _l("Each at once")),
                (Requests.DAILY, _l("All together, on working days at 07:30")),
                (Requests.NONE, _l("None: I look at the approvals myself")),
            ]
        ),
    )


class TokenForm(Form):
    """What a new key is for."""

    name = TextField(_l("What is it for?"), [filled])
