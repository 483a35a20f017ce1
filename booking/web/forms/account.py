"""Forms of the account page."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

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


class TokenForm(Form):
    """What a new key is for."""

    name = TextField(_l("What is it for?"), [filled])
