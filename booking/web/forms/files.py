"""The forms that add photos and documents to a facility."""

from collections.abc import Sequence
from pathlib import PurePath

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, MultipleFileField
from werkzeug.datastructures import FileStorage

from booking.web.forms import Form, TextField
from booking.web.forms.auth import filled


class PhotosForm(Form):
    """One or several photos with what they show."""

    photo = MultipleFileField(
        _l("Photos"), description=_l("JPEG, PNG or WebP, at least 200 pixels high and wide.")
    )
    caption = TextField(
        _l("What they show"), [filled], description=_l("Read aloud to whoever cannot see them.")
    )

    @property
    def files(self) -> Sequence[bytes]:
        """What was chosen."""
        chosen: Sequence[FileStorage] = self.photo.data or ()
        return [one.read() for one in chosen if one.filename]


class DocumentForm(Form):
    """A PDF and what it is called."""

    document = FileField(_l("File (PDF)"))
    title = TextField(_l("Title"), description=_l("Empty: the name of the file."))

    @property
    def content(self) -> bytes:
        """What was chosen, empty where nothing was."""
        chosen: FileStorage | None = self.document.data
        return chosen.read() if chosen and chosen.filename else b""

    @property
    def called(self) -> str:
        """The title that was typed, else the name of the file without its ending."""
        chosen: FileStorage | None = self.document.data
        named = PurePath(chosen.filename).stem if chosen and chosen.filename else ""
        return self.title.data.strip() or named
