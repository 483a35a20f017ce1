"""Forms of bundles."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, TextAreaField

from booking.facilities.actions.bundles import BundleChange
from booking.facilities.bundles import BundleFacts, Item
from booking.kernel.errors import FieldError, Invalid
from booking.web.forms import TextField
from booking.web.forms.auth import filled
from booking.web.forms.kinds import NamesForm

LONGEST_AMOUNT = 9


class BundleForm(NamesForm):
    """All that can be edited of a bundle; its items are lines of text."""

    items = TextAreaField(
        _l("What it consists of"),
        description=_l(
            "One a line: the code of a facility or of a row, the main one first; of a pool also"
            " how much, as in “M-FIB 4”."
        ),
    )
    active = BooleanField(_l("Offered when somebody books"), default=True)

    def change(self) -> BundleChange:
        """What was typed, for the action. Raises Invalid for lines that cannot be read."""
        lines = [line.split() for line in (self.items.data or "").splitlines() if line.strip()]
        return BundleChange(
            names=self.names(),
            items=tuple(_item(words) for words in lines),
            active=bool(self.active.data),
        )


class NewBundleForm(BundleForm):
    """A bundle that is not here yet."""

    code = TextField(_l("Code"), [filled], description=_l("Capital letters, digits and hyphens."))


def values(bundle: BundleFacts) -> dict[str, object]:
    """The fields of a bundle that exists."""
    lines = (f"{item.code} {item.amount or ''}".strip() for item in bundle.items)
    names = {f"names_{locale}": name for locale, name in bundle.names.items()}
    return {**names, "items": "\n".join(lines), "active": bundle.active}


def _item(words: list[str]) -> Item:
    code, *amount = words
    if not amount:
        return Item(code)
    number = amount[0]
    if len(amount) > 1 or not number.isdecimal() or len(number) > LONGEST_AMOUNT:
        raise Invalid(FieldError("items", "bad_items", {"value": " ".join(words)[:60]}))
    return Item(code, int(number))
