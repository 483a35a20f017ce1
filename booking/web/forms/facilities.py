"""Forms of the facility pages."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DecimalField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    TextAreaField,
)
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from booking.facilities.actions import checks
from booking.facilities.actions.facilities import FacilityChange, NewFacility
from booking.facilities.values import (
    AttributeFacts,
    FacilityDetails,
    FacilityFacts,
)
from booking.kernel.i18n import DEFAULT_LOCALE, LOCALES
from booking.web.forms import Form, TextField, offered
from booking.web.forms.auth import filled
from booking.web.forms.fields import choice, key, whole_number
from booking.wording import facilities as words

OTHERS = tuple(locale for locale in LOCALES if locale != DEFAULT_LOCALE)
"""Languages of names beside the one the house calls its rooms by."""


class FacilityForm(Form):
    """All that can be edited of any facility."""

    revision = TextField(widget=HiddenInput())
    name = TextField(_l("Name"), [filled])
    names_en = TextField(_l("Name in English"))
    names_nl = TextField(_l("Name in Dutch"))
    names_de = TextField(_l("Name in German"))
    group_id = SelectField(
        _l("Row of like units"),
        validate_choice=False,
        description=_l("“Any edit suite”: the best free one of the row."),
    )
    position = whole_number(_l("Place in the planning"), default=0, hint=_l("Smaller comes first."))
    capacity = whole_number(
        _l("People allowed in at once"),
        hint=_l("The fire figure. Bookings for more people are refused."),
    )
    capacity_crew = whole_number(words.USES["crew"])
    capacity_audience = whole_number(words.USES["audience"])
    capacity_seats = whole_number(words.USES["seats"])
    capacity_standing = whole_number(words.USES["standing"])
    capacity_wheelchair = whole_number(words.USES["wheelchair"])
    area_m2 = whole_number(_l("Floor area, m²"))
    quantity = whole_number(
        _l("Units"), default=1, hint=_l("More than one makes it a pool, which is only listed.")
    )
    setup_min = whole_number(_l("Minutes kept free before a booking"), default=0)
    turnaround_min = whole_number(_l("Minutes kept free after a booking"), default=0)
    approval = RadioField(
        _l("Bookings"), choices=offered(words.APPROVALS.items()), default="manager"
    )
    guests_allowed = BooleanField(_l("Guests of the house may book it"), default=True)
    staffing = choice(_l("Operator"), words.STAFFINGS)
    equipment = TextAreaField(_l("Equipment and notes"))

    def change(self) -> FacilityChange:
        """What was typed, for the action."""
        return FacilityChange(
            name=self.name.data,
            names={locale: self[f"names_{locale}"].data for locale in OTHERS},
            group_id=key(self.group_id.data),
            position=self.position.data or 0,
            quantity=self.quantity.data or 0,
            capacity=self.capacity.data,
            capacities=self._capacities(),
            area_m2=self.area_m2.data,
            setup_min=self.setup_min.data or 0,
            turnaround_min=self.turnaround_min.data or 0,
            approval=self.approval.data,
            guests_allowed=self.guests_allowed.data,
            staffing=self.staffing.data,
            equipment=self.equipment.data or "",
        )

    def uses(self) -> list[Field]:
        """The fields for people by use."""
        return [self[f"capacity_{use}"] for use in checks.USES]

    def attributes(self) -> dict[str, Any]:
        """What was typed for each attribute, by code; None says nothing."""
        return {field.short_name.removeprefix(PREFIX): _plain(field) for field in self.about()}

    def about(self) -> list[Field]:
        """The fields of the attributes."""
        return [field for field in self if field.short_name.startswith(PREFIX)]

    def _capacities(self) -> dict[str, int]:
        typed_in = {use: self[f"capacity_{use}"].data for use in checks.USES}
        return {use: people for use, people in typed_in.items() if people is not None}


PREFIX = "attribute_"


class NewFacilityForm(FacilityForm):
    """A facility that is not here yet."""

    code = TextField(
        _l("Code"),
        [filled],
        description=_l("Capital letters, digits, hyphens: M-ET3. It stays for ever."),
    )
    site_id = SelectField(_l("Site"), [filled], validate_choice=False)
    kind_id = SelectField(
        _l("Kind"), [filled], validate_choice=False, description=_l("It cannot be changed later.")
    )

    def new(self) -> NewFacility:
        """What will stay as it is."""
        return NewFacility(
            code=self.code.data.strip().upper(),
            site_id=key(self.site_id.data) or 0,
            kind_id=key(self.kind_id.data) or 0,
        )


def facility_form(
    facility: FacilityFacts,
    details: FacilityDetails,
    said: Iterable[AttributeFacts],
    locale: str,
) -> FacilityForm:
    """The form of one facility, with a field for each attribute of its kind.

    `said` are the attributes with the values they have, None where they have none.
    """
    fields = {f"{PREFIX}{each.code}": _attribute_field(each, locale) for each in said}
    form_class: type[FacilityForm] = type("AFacilityForm", (FacilityForm,), fields)
    return form_class(data=_first_values(facility, details, said))


def _first_values(
    facility: FacilityFacts, details: FacilityDetails, said: Iterable[AttributeFacts]
) -> dict[str, Any]:
    plain = (
        "name",
        "position",
        "capacity",
        "quantity",
        "setup_min",
        "turnaround_min",
        "approval",
        "guests_allowed",
    )
    return {
        **{name: getattr(facility, name) for name in plain},
        **{f"names_{locale}": facility.names.get(locale, "") for locale in OTHERS},
        **{f"capacity_{use}": people for use, people in details.capacities.items()},
        **{f"{PREFIX}{each.code}": _first_value(each) for each in said},
        "revision": str(details.revision),
        "group_id": str(details.group_id or ""),
        "area_m2": details.area_m2,
        "staffing": details.staffing,
        "equipment": details.equipment,
    }


def _attribute_field(attribute: AttributeFacts, locale: str) -> Any:
    label = attribute.name_in(locale)
    if attribute.unit:
        label = f"{label} ({attribute.unit})"
    match attribute.value_type:
        case "boolean":
            answers = [("", "–"), ("yes", _l("yes")), ("no", _l("no"))]
            return SelectField(label, choices=offered(answers))
        case "integer":
            return IntegerField(label, [Optional()])
        case "decimal":
            return DecimalField(label, [Optional()], places=None)
        case "choice":
            return SelectField(
                label, choices=offered((c, c or "–") for c in ("", *attribute.choices))
            )
        case _:
            return TextField(label)


def _first_value(attribute: AttributeFacts) -> Any:
    if isinstance(attribute.value, bool):
        return "yes" if attribute.value else "no"
    return attribute.value


def _plain(field: Field) -> Any:
    """A value that JSON can hold; what was left empty is None."""
    if isinstance(field, SelectField) and field.data in ("yes", "no"):
        return field.data == "yes"
    if isinstance(field.data, Decimal):
        whole = field.data == field.data.to_integral_value()
        return int(field.data) if whole else float(field.data)
    return field.data or (0 if field.data == 0 else None)
