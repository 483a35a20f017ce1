"""The form that subscribes a facility to somebody else's calendar."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from booking.facilities.external.actions import NewCalendar
from booking.web.forms import Form, TextField, offered
from booking.web.forms.auth import chosen, filled
from booking.wording.external import EFFECTS


class ExternalCalendarForm(Form):
    """What it is called, where it is, what it does."""

    name = TextField(
        _l("Name"), [filled], description=_l("Everybody reads it in the planning as the reason.")
    )
    url = TextField(
        _l("Address of the calendar (.ics)"),
        [filled],
        description=_l("Whoever made the calendar finds it under “share” or “subscribe”."),
    )
    effect = RadioField(
        _l("What does it do?"), [chosen], choices=offered(EFFECTS.items()), default="closure"
    )

    def calendar(self, facility: str) -> NewCalendar:
        """What was typed, for the action."""
        return NewCalendar(
            facility=facility,
            name=self.name.data,
            url=self.url.data,
            effect=str(self.effect.data),
        )
