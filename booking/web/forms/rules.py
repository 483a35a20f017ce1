"""Forms of what rules say and from when until when; of licences."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, IntegerField, RadioField, SelectMultipleField
from wtforms.widgets import HiddenInput

from booking.core.rules.settable import SETTABLE, Shape
from booking.facilities.actions.rules import RuleChange
from booking.facilities.values import RuleFacts
from booking.kernel.errors import FieldError, Invalid
from booking.web.forms import Form, TextField, offered
from booking.web.forms.auth import filled
from booking.web.forms.fields import needed
from booking.wording import rules as words

YES, NO = "yes", "no"


class RuleForm(Form):
    """A setting; `value` is a field of the rule's own sort, see `rule_form`."""

    rule = ""
    value: Field
    valid_from = TextField(
        _l("First day"),
        description=_l("Left empty: since ever. What counts is when a booking begins."),
    )
    valid_until = TextField(_l("Last day"), description=_l("Left empty: for good."))
    revision = TextField(widget=HiddenInput())

    @property
    def shape(self) -> Shape:
        """What sort of value it takes."""
        return SETTABLE[self.rule].shape

    def options(self) -> list[tuple[str, Any]]:
        """What can be chosen, as pairs (value, text); empty where the value is typed."""
        return [(each.value, each.label) for each in getattr(self.value, "choices", ())]

    def change(self) -> RuleChange:
        """What was typed, for the action. Raises Invalid for days that cannot be read."""
        wrong: list[FieldError] = []
        first, last = (_day(self[name], wrong) for name in ("valid_from", "valid_until"))
        if wrong:
            raise Invalid(*wrong)
        return RuleChange(value=self._plain(), valid_from=first, valid_until=last)

    def seen(self) -> int | None:
        """The revision that the form was made from, None where it says none; 0 for nonsense."""
        said = self.revision.data
        if not said:
            return None
        return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else 0

    def show_current(self, setting: RuleFacts) -> None:
        """Say what somebody else wrote meanwhile; what was typed stays and can be saved over it."""
        now_says = _(
            "Somebody changed this in the meantime. It says now: %(said)s (%(when)s). Save again to"
            " write yours in its place.",
            said=words.said(setting.rule, setting.value),
            when=words.when(setting),
        )
        self.form_errors = [*self.form_errors, now_says]
        self.revision.data = str(setting.revision)

    def _plain(self) -> Any:
        if self.shape is Shape.YES_NO:
            return self.value.data == YES
        if self.shape is Shape.WORD:
            return self.value.data.strip()
        return self.value.data


class LicenceForm(Form):
    """A person may hire something without an operator."""

    email = TextField(_l("E-mail address of the person"), [filled])
    code = TextField(
        _l("Code of the licence"),
        [filled],
        description=_l("As the rule of the facility has it: grip, projection."),
    )
    valid_until = TextField(_l("Last day"), description=_l("Left empty: for good."))

    def last_day(self) -> date | None:
        """What was typed. Raises Invalid when it cannot be read."""
        wrong: list[FieldError] = []
        found = _day(self.valid_until, wrong)
        if wrong:
            raise Invalid(*wrong)
        return found


def rule_form(
    rule: str, facilities: Mapping[str, str], setting: RuleFacts | None = None
) -> RuleForm:
    """The form of a rule, with what a setting says; `facilities` are names by code to choose."""
    field = _value_field(rule, facilities)
    form_class: type[RuleForm] = type("ARuleForm", (RuleForm,), {"value": field, "rule": rule})
    return form_class(data=_first_values(setting) if setting else None)


def _value_field(rule: str, facilities: Mapping[str, str]) -> Any:
    label = words.LABELS.get(rule, words.NAMES[rule])
    about: dict[str, Any] = {"description": words.HINTS[rule]}
    match SETTABLE[rule].shape:
        case Shape.NUMBER:
            return IntegerField(label, [needed()], **about)
        case Shape.CHOICE:
            choices = offered(words.AUDIENCES.items())
            return RadioField(label, choices=choices, default=choices[0].value, **about)
        case Shape.YES_NO:
            pairs = ((YES, words.HOLIDAYS[True]), (NO, words.HOLIDAYS[False]))
            return RadioField(label, choices=offered(pairs), default=YES, **about)
        case Shape.FACILITIES:
            choices = offered((code, f"{name} ({code})") for code, name in facilities.items())
            return SelectMultipleField(label, choices=choices, validate_choice=False, **about)
        case _:
            return TextField(label, **about)


def _first_values(setting: RuleFacts) -> dict[str, Any]:
    value = setting.value
    days = {"valid_from": setting.valid_from, "valid_until": setting.valid_until}
    return {
        "value": (YES if value else NO) if isinstance(value, bool) else value,
        **{name: day.isoformat() if day else "" for name, day in days.items()},
        "revision": str(setting.revision),
    }


def _day(field: Field, wrong: list[FieldError]) -> date | None:
    typed = field.data.strip()
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        wrong.append(FieldError(field.short_name, "bad_date", {"value": typed}))
        return None
