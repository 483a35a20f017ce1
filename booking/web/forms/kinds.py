"""Forms of kinds of facility and their attributes."""

from flask_babel import lazy_gettext as _l

from booking.facilities.actions.kinds import Definition, KindChange
from booking.kernel.i18n import LOCALES
from booking.web.forms import Form, TextField
from booking.web.forms.auth import filled
from booking.web.forms.fields import choice, whole_number
from booking.wording import facilities as words


class NamesForm(Form):
    """A name in every language."""

    names_fr = TextField(_l("Name in French"), [filled])
    names_en = TextField(_l("Name in English"), [filled])
    names_nl = TextField(_l("Name in Dutch"), [filled])
    names_de = TextField(_l("Name in German"), [filled])

    def names(self) -> dict[str, str]:
        """The names by language."""
        return {locale: self[f"names_{locale}"].data for locale in LOCALES}


class KindForm(NamesForm):
    """All that can be edited of a kind."""

    option_days = whole_number(_l("Days that an option lives"), default=7)
    position = whole_number(_l("Place in the planning"), default=0, hint=_l("Smaller comes first."))

    def change(self) -> KindChange:
        """What was typed, for the action."""
        return KindChange(
            names=self.names(),
            option_days=self.option_days.data or 0,
            position=self.position.data or 0,
        )


class NewKindForm(KindForm):
    """A kind that is not here yet."""

    code = TextField(
        _l("Code"), [filled], description=_l("Small letters: programs read it. It stays for ever.")
    )


class AttributeForm(NamesForm):
    """One thing more that facilities of a kind can say about themselves."""

    code = TextField(_l("Code"), [filled], description=_l("Small letters: programs read it."))
    value_type = choice(_l("What it is"), words.VALUE_TYPES)
    unit = TextField(_l("Unit"), description=_l("As in m, A, nits."))
    choices = TextField(_l("Choices"), description=_l("Separated by commas."))

    def definition(self) -> Definition:
        """What was typed, for the action."""
        choices = [choice.strip() for choice in self.choices.data.split(",")]
        return Definition(
            code=self.code.data.strip(),
            names=self.names(),
            value_type=self.value_type.data,
            unit=self.unit.data.strip(),
            choices=tuple(choice for choice in choices if choice),
        )
