"""The form of a display at a door."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField

from booking.kernel.i18n import LOCALES
from booking.reservations.actions.doors import DoorChange
from booking.reservations.doors import Shows
from booking.web.forms import Form, TextField, offered
from booking.web.forms.auth import chosen, filled
from booking.wording.doors import SHOWS


class DoorForm(Form):
    """What a new display is called, its language, and what it shows and lets people do."""

    name = TextField(
        _l("Name"), [filled], description=_l("For you: which tablet it is, or where it hangs.")
    )
    locale = SelectField(_l("Language"), [chosen], choices=offered(LOCALES.items()))
    shows = SelectField(
        _l("What passers-by read"),
        [chosen],
        choices=offered((shows.value, text) for shows, text in SHOWS.items()),
        default=Shows.NOTHING.value,
    )
    may_book = BooleanField(
        _l("A free room can be taken on the spot, in your name and for your company"), default=True
    )

    def change(self) -> DoorChange:
        """What was typed, for the action."""
        return DoorChange(
            name=self.name.data,
            locale=self.locale.data,
            shows=self.shows.data,
            may_book=self.may_book.data,
        )
