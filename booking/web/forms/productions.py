"""Forms of the production pages."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField
from wtforms.widgets import HiddenInput

from booking.productions.actions import ProductionChange
from booking.web.forms import Form, TextField, offered
from booking.web.forms.auth import filled
from booking.wording import productions


class ProductionForm(Form):
    """What a production is."""

    code_name = TextField(
        _l("Code name"), [filled], description=_l("Stands wherever the title must not be read.")
    )
    title = TextField(_l("Title"), [filled])
    format = SelectField(_l("Format"), choices=offered(productions.FORMATS.items()))
    active = BooleanField(_l("Active: bookings may name it"), default=True)
    revision = IntegerField(widget=HiddenInput(), default=1)

    def change(self) -> ProductionChange:
        """What was typed, for the action."""
        return ProductionChange(
            code_name=self.code_name.data,
            title=self.title.data,
            format=self.format.data,
            active=self.active.data,
        )


class CoProducerForm(Form):
    """A company, its country and its share."""

    company = SelectField(_l("Company"), validate_choice=False)
    country = TextField(_l("Country"), [filled], description=_l("Two letters: BE, LU, FR …"))
    share = TextField(_l("Share in percent"), [filled])


class GuestForm(Form):
    """Somebody who may see the production."""

    email = TextField(_l("E-mail address"), [filled])
