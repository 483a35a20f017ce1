"""Forms of the account page."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField

from booking.kernel.i18n import LOCALES
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


class TokenForm(Form):
    """What a new key is for."""

    name = TextField(_l("What is it for?"), [filled])
