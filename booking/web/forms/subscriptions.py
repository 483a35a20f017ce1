"""The form that makes a calendar address."""

from collections.abc import Collection, Iterable

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField

from booking.facilities.values import FacilityFacts
from booking.web.forms import Form, offered
from booking.web.forms.auth import chosen
from booking.wording.feeds import CHOICES

OF = {
    "facility": "facility",
    "freebusy": "facility",
    "kind": "kind",
    "site": "site",
    "production": "production",
}
"""The field that says more about what the calendar shows."""


class SubscriptionForm(Form):
    """What the calendar shows; of the lists only that counts which belongs to it."""

    scope = RadioField(
        _l("What should the calendar show?"),
        [chosen],
        choices=offered(CHOICES.items()),
        default="me",
    )
    facility = SelectField(_l("Facility"), validate_choice=False)
    kind = SelectField(_l("Kind of facility"), validate_choice=False)
    site = SelectField(_l("Site"), validate_choice=False)
    production = SelectField(_l("Production"), validate_choice=False)

    def offer(self, every: Iterable[FacilityFacts], productions: Iterable[str]) -> None:
        """Fill the lists, in planning order."""
        shown, locale = list(every), str(get_locale())
        kinds = {f.kind_code: f.kind_in(locale) for f in shown}
        sites = {f.site_code: f.site_name for f in shown}
        self.facility.choices = offered((f.code, f.name_in(locale)) for f in shown)
        self.kind.choices = offered(kinds.items())
        self.site.choices = offered(sites.items())
        self.production.choices = offered((code, code) for code in productions)
        for field in (self.facility, self.kind, self.site, self.production):
            field.flags.required = True  # once its calendar is chosen; it always has a value

    def leave_out(self, scopes: Collection[str]) -> None:
        """Do not offer calendars that can be nothing for this person."""
        self.scopes = [choice for choice in CHOICES.items() if choice[0] not in scopes]
        self.scope.choices = offered(self.scopes)

    def text(self) -> str:
        """The scope as it is stored."""
        kind = str(self.scope.data)
        return f"{kind}:{self[OF[kind]].data}" if kind in OF else kind

    @property
    def asked(self) -> str:
        """The field that decided, for what is wrong with it."""
        return OF.get(str(self.scope.data), "scope")
