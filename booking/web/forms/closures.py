"""The form of a closure."""

from typing import Any

from flask_babel import lazy_gettext as _l

from booking.facilities.actions.closures import Closing
from booking.kernel.errors import BookingError, FieldError, Invalid
from booking.web.forms import Form, TextField, typed
from booking.web.forms.auth import filled


class ClosureForm(Form):
    """What to shut, when and why; `what` is "facility:M-ET1" or "site:M"."""

    what = TextField(_l("What is closed"), [filled])
    date = TextField(_l("Start"))
    start = TextField(_l("From"))
    start_fold = TextField()
    end_date = TextField(_l("End"))
    end = TextField(_l("To"))
    end_fold = TextField()
    reason = TextField(
        _l("Reason"), [filled], description=_l("Everybody reads it in the planning.")
    )
    anyway = TextField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ambiguous: set[str] = set()

    def blame(self, error: BookingError) -> None:
        """Show what was refused; remember which times come twice and have to be asked about."""
        super().blame(error)
        if isinstance(error, Invalid):
            self.ambiguous |= {f.path for f in error.fields if f.code == "ambiguous_time"}

    def closing(self) -> Closing:
        """What was typed, for the action. Raises Invalid for what cannot be read."""
        wrong: list[FieldError] = []
        start = typed.moment("start", "date", self.date.data, self.start.data, wrong)
        end = typed.moment("end", "end_date", self.end_date.data, self.end.data, wrong)
        if start is None or end is None:
            raise Invalid(*wrong)
        what, _, code = self.what.data.partition(":")
        return Closing(
            facility=code if what == "facility" else None,
            site=code if what == "site" else None,
            start=start,
            end=end,
            start_fold=typed.fold(self.start_fold.data),
            end_fold=typed.fold(self.end_fold.data),
            reason=self.reason.data,
        )
