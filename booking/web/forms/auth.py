"""Forms of the pages that let people in."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import DataRequired, EqualTo, InputRequired

from booking.web.forms import Form, SecretField, TextField

filled = DataRequired(_l("This cannot stay empty."))
chosen = InputRequired(_l("This cannot stay empty."))
"""Whatever else is wrong with a password or an address, the action says."""


class LoginForm(Form):
    """E-mail address and password."""

    email = TextField(_l("E-mail address"), [filled])
    password = SecretField(_l("Password"), [filled])
    next = HiddenField()


class ForgotForm(Form):
    """Whose password was forgotten."""

    email = TextField(_l("E-mail address"), [filled])


class NewPasswordForm(Form):
    """A password, twice, since it is not shown."""

    password = SecretField(_l("New password"), [filled])
    again = SecretField(
        _l("New password, once more"),
        [filled, EqualTo("password", _l("This is not the same password."))],
    )


class InvitationForm(NewPasswordForm):
    """One's own name and the first password."""

    name = TextField(_l("Your name"), [filled])
