"""Fields that several forms use."""

from collections.abc import Mapping
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField
from wtforms.validators import InputRequired, Optional

from booking.web.forms import offered


def needed() -> InputRequired:
    """The rule that something, 0 included, was typed or chosen."""
    return InputRequired(_l("This cannot stay empty."))


def whole_number(
    label: LazyString, *, default: int | None = None, hint: LazyString | str = ""
) -> IntegerField:
    """A whole number; without a default it may stay empty."""
    rule = Optional() if default is None else needed()
    return IntegerField(label, [rule], default=default, description=hint)


def choice(label: LazyString, names: Mapping[str, Any], **more: Any) -> SelectField:
    """One of a closed set, by code and name; it always has one."""
    return SelectField(label, [needed()], choices=offered(names.items()), **more)


def key(value: str | None) -> int | None:
    """The id behind a chosen line; None for the empty one and for what was never offered."""
    return int(value) if value and value.isascii() and value.isdecimal() else None
