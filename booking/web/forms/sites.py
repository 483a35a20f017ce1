"""Forms of sites and of rows of like units."""

from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from booking.core.scheduling.holiday import COUNTRIES
from booking.facilities.actions.sites import NewSite, SiteChange
from booking.web.forms import Form, TextField, offered
from booking.web.forms.auth import filled
from booking.web.forms.fields import needed, whole_number
from booking.wording.dates import HOUSE_ZONE, locale


class SiteForm(Form):
    """All that can be edited of a site."""

    name = TextField(_l("Name"), [filled])
    address = TextField(_l("Address"), description=_l("Stands in every calendar and invitation."))
    area_m2 = whole_number(_l("Floor area (m²)"))

    def change(self) -> SiteChange:
        """What was typed, for the action."""
        return SiteChange(name=self.name.data, address=self.address.data, area_m2=self.area_m2.data)


class NewSiteForm(SiteForm):
    """A site that is not here yet."""

    code = TextField(
        _l("Code"), [filled], description=_l("A few capital letters. It stays for ever.")
    )
    time_zone = SelectField(
        _l("Time zone"),
        [needed()],
        default=HOUSE_ZONE,
        description=_l("Whose clock its bookings are on. It stays for ever."),
    )
    country = SelectField(
        _l("Country"), [needed()], default="BE", description=_l("Whose holidays are kept there.")
    )

    def offer(self) -> None:
        """Every zone of Europe, every country whose holidays are known, in the reader's words."""
        self.time_zone.choices = offered((zone, zone.replace("_", " ")) for zone in _zones())
        names = Locale.parse(locale()).territories
        known = ((code, names.get(code, code)) for code in COUNTRIES)
        self.country.choices = offered(sorted(known, key=lambda pair: pair[1].casefold()))

    def new(self) -> NewSite:
        """What stays, for the action."""
        return NewSite(
            code=self.code.data.strip(),
            time_zone=self.time_zone.data,
            country=self.country.data,
        )


class GroupForm(Form):
    """What a row is called."""

    name = TextField(_l("Name"), [filled], description=_l("As in: any edit suite."))


class NewGroupForm(GroupForm):
    """A row that is not here yet."""

    code = TextField(
        _l("Code"), [filled], description=_l("Booked like a facility's. It stays for ever.")
    )


@cache
def _zones() -> list[str]:
    return sorted(zone for zone in available_timezones() if zone.startswith("Europe/"))
