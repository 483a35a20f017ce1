"""The forms that add photos and documents to a facility."""

from collections.abc import Sequence
from pathlib import PurePath

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, MultipleFileField
from werkzeug.datastructures import FileStorage

from booking.web.forms import Form, TextField
from booking.web.forms.auth import chosen, filled


class PhotosForm(Form):
    """One or several photos with what they show."""

    photo = MultipleFileField(
        _l("Photos"),
        [chosen],
        description=_l("JPEG, PNG or WebP, at least 200 pixels high and wide."),
    )
    caption = TextField(
        _l("What they show"), [filled], description=_l("Read aloud to whoever cannot see them.")
    )

    @property
    def files(self) -> Sequence[bytes]:
        """What was chosen."""
        sent: Sequence[FileStorage] = self.photo.data or ()
        return [one.read() for one in sent if one.filename]


class DocumentForm(Form):
    """A PDF and what it is called."""

    document = FileField(_l("File (PDF)"), [chosen])
    title = TextField(_l("Title"), description=_l("Empty: the name of the file."))

    @property
    def content(self) -> bytes:
        """What was chosen, empty where nothing was."""
        sent: FileStorage | None = self.document.data
        return sent.read() if sent and sent.filename else b""

    @property
    def called(self) -> str:
        """The title that was typed, else the name of the file without its ending."""
        sent: FileStorage | None = self.document.data
        named = PurePath(sent.filename).stem if sent and sent.filename else ""
        return self.title.data.strip() or named
