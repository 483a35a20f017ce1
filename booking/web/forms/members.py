"""Forms of the pages about companies and people."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField
from wtforms.validators import Optional

from booking.kernel.i18n import LOCALES
from booking.members.actions.companies import CompanyChange
from booking.web.forms import Form, TextField, offered
from booking.web.forms.auth import chosen, filled
from booking.web.intake import key
from booking.wording import members


def _select(label: LazyString, names: dict[str, LazyString]) -> SelectField:
    return SelectField(label, [chosen], choices=offered(names.items()))


def _key(text: str | None) -> int | None:
    try:
        return key(text or "")
    except ValueError:
        return None


class CompanyForm(Form):
    """All that can be edited of a company."""

    name = TextField(_l("Name"), [filled])
    kind = _select(_l("Kind"), members.COMPANY_KINDS)
    legal_form = TextField(_l("Legal form"), description=_l("SRL, SA, ASBL …"))
    country = TextField(_l("Country"), [filled], description=_l("Two letters: BE, LU, FR …"))
    profile = _select(_l("Profile"), members.PROFILES)
    segment = _select(_l("Segment"), members.SEGMENTS)
    value_chain = SelectMultipleField(
        _l("Place in the value chain"), choices=offered(members.VALUE_CHAIN.items())
    )
    staff = IntegerField(_l("People on the payroll"), [Optional()])
    site_id = SelectField(_l("Home site"), coerce=str, validate_choice=False)
    active = BooleanField(_l("Active: its people may log in"), default=True)

    def change(self) -> CompanyChange:
        """What was typed, for the action."""
        return CompanyChange(
            name=self.name.data.strip(),
            kind=self.kind.data,
            legal_form=self.legal_form.data.strip(),
            country=self.country.data.strip().upper(),
            profile=self.profile.data,
            segment=self.segment.data,
            value_chain=tuple(self.value_chain.data or ()),
            staff=self.staff.data,
            site_id=_key(self.site_id.data),
            active=self.active.data,
        )


class NewCompanyForm(CompanyForm):
    """A company that is not here yet."""

    code = TextField(
        _l("Code"),
        [filled],
        description=_l("Capital letters and digits; it stands on the planning and stays for ever."),
    )


class InviteForm(Form):
    """Somebody to invite."""

    email = TextField(_l("E-mail address"), [filled])
    name = TextField(_l("Name"), [filled])
    locale = SelectField(_l("Language"), [chosen], choices=offered(LOCALES.items()))
    company_admin = BooleanField(_l("Administers the company: invites and edits its people"))


class PersonForm(Form):
    """What can be edited of a person."""

    name = TextField(_l("Name"), [filled])
    email = TextField(_l("E-mail address"), [filled])
    locale = SelectField(_l("Language"), [chosen], choices=offered(LOCALES.items()))
    company_admin = BooleanField(_l("Administers the company: invites and edits its people"))


class RoleForm(Form):
    """A role to give; facility managers for a site ("site:1") or a facility ("facility:7")."""

    role = _select(_l("Role"), members.ROLES)
    place = SelectField(_l("Decides about"), coerce=str, validate_choice=False)

    def scope(self) -> dict[str, int | None]:
        """The place as the action takes it."""
        kind, _, number = (self.place.data or "").partition(":")
        return {
            "site_id": _key(number) if kind == "site" else None,
            "facility_id": _key(number) if kind == "facility" else None,
        }
