"""The form that makes a calendar address."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField

from booking.facilities.values import FacilityFacts
from booking.web.forms import Form, offered
from booking.web.forms.auth import chosen
from booking.wording.feeds import CHOICES

WITH_FACILITY = frozenset({"facility", "freebusy"})


class SubscriptionForm(Form):
    """What the calendar shows; the facility counts only for those of a facility."""

    scope = RadioField(
        _l("What should the calendar show?"),
        [chosen],
        choices=offered(CHOICES.items()),
        default="me",
    )
    facility = SelectField(_l("Facility"), validate_choice=False)

    def offer(self, every: Iterable[FacilityFacts], locale: str) -> None:
        """Fill the list of facilities."""
        self.facility.choices = offered((f.code, f.name_in(locale)) for f in every)

    def text(self) -> str:
        """The scope as it is stored."""
        kind = str(self.scope.data)
        return f"{kind}:{self.facility.data}" if kind in WITH_FACILITY else kind
