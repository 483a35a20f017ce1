"""Forms: what a page takes in, field by field; nothing else that is sent reaches an action."""

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from booking.kernel.errors import BookingError, Invalid
from booking.wording.messages import sentence


def offered(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """The choices of a select field from pairs (value, text)."""
    return [SelectChoice(value, text) for value, text in pairs]


class TextField(StringField):
    """A line of text; nothing typed is an empty text."""

    data: str

    def process_data(self, value: str | None) -> None:
        """What stands in the field before anything is typed; also where a form left it out."""
        self.data = value or ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the first value sent under this name."""
        self.data = valuelist[0] if valuelist else ""


class SecretField(TextField, PasswordField):
    """A password: never written back into the page."""


class Form(FlaskForm):
    """A form that can show what an action refused, where it was typed."""

    form_errors: list[str]

    def blame(self, error: BookingError) -> None:
        """Put the sentences of a refusal at the fields they are about, else above the form."""
        if not isinstance(error, Invalid):
            self.form_errors.append(sentence(error))
            return
        for wrong in error.fields:
            field: Any = self._fields.get(wrong.path)
            if field is None:
                self.form_errors.append(sentence(wrong))
            else:
                field.errors = [*field.errors, sentence(wrong)]
