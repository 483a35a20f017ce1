"""Writing photos and documents; each call is one transaction."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute

from booking.core import text
from booking.core.access import Actor
from booking.facilities.actions import checks
from booking.facilities.actions.facilities import editable
from booking.facilities.actions.rows import inserted
from booking.facilities.events import about_facility
from booking.facilities.files.models import FacilityDocument, FacilityPhoto
from booking.facilities.files.pictures import picture
from booking.journal.actions import record
from booking.kernel.db import db
from booking.kernel.errors import FieldError, Invalid, NotFound
from booking.kernel.transaction import transaction

CAPTION_LENGTH = 200
TITLE_LENGTH = 120
File = FacilityPhoto | FacilityDocument
MOST: dict[type[File], tuple[str, int]] = {
    FacilityPhoto: ("photo", 12),
    FacilityDocument: ("document", 12),
}
"""The field that is blamed for more, and how many a facility has at most."""
STAYS = timedelta(days=30)
"""How long what was taken away can be put back."""
PDF = b"%PDF-"
HEADER_WITHIN = 1024
"""So far into a file programs look for the header of a PDF."""


def add_photos(
    actor: Actor, facility_id: int, files: Sequence[bytes], caption: str, now: datetime
) -> None:
    """Add photos behind those that are there, all or none; each bears the caption.

    Raises NotFound, Forbidden, or Invalid at `photo` and `caption`.
    """
    editable(actor, facility_id)
    caption = text.normal(caption)
    wrong = list(checks.line("caption", caption, CAPTION_LENGTH))
    if not files:
        wrong.append(FieldError("photo", "required"))
    if wrong:
        raise Invalid(*wrong)
    rows = [_photo(content) for content in files]  # takes a while: nobody waits for it
    _add_photos(actor, facility_id, rows, caption, now)


@transaction
def _add_photos(
    actor: Actor, facility_id: int, rows: Sequence[dict[str, Any]], caption: str, now: datetime
) -> None:
    editable(actor, facility_id)
    _room_for(FacilityPhoto, facility_id, len(rows))
    last = db.session.scalar(_place(func.max(FacilityPhoto.position), facility_id)) or 0
    common = {"facility_id": facility_id, "caption": caption}
    common |= {"added_by": actor.user_id, "added_at": now}
    numbered = [{**row, **common, "position": last + n} for n, row in enumerate(rows, 1)]
    db.session.execute(insert(FacilityPhoto), numbered)
    after = {"caption": caption, "photos": [row["digest"] for row in rows]}
    _record(actor, "photos_added", facility_id, now, after=after)


@transaction
def put_first(actor: Actor, facility_id: int, photo_id: int, now: datetime) -> None:
    """Let a photo stand for its facility. Raises NotFound or Forbidden."""
    editable(actor, facility_id)
    digest = _photo_of(facility_id, photo_id)
    first = db.session.scalar(_place(func.min(FacilityPhoto.position), facility_id)) or 0
    changed = update(FacilityPhoto).where(FacilityPhoto.id == photo_id)
    db.session.execute(changed.values(position=first - 1))
    _record(actor, "photo_put_first", facility_id, now, after={"photo": digest})


@transaction
def remove_photo(actor: Actor, facility_id: int, photo_id: int, now: datetime) -> None:
    """Take a photo away; it can be put back for STAYS. Raises NotFound or Forbidden."""
    editable(actor, facility_id)
    digest = _taken_away(FacilityPhoto, FacilityPhoto.digest, facility_id, photo_id, now)
    _record(actor, "photo_removed", facility_id, now, before={"photo": digest})


@transaction
def restore_photo(actor: Actor, facility_id: int, photo_id: int, now: datetime) -> None:
    """Put a photo back where it stood, if it is gone.

    Raises NotFound, Forbidden, or Invalid at `photo`.
    """
    editable(actor, facility_id)
    digest = _put_back(FacilityPhoto, FacilityPhoto.digest, facility_id, photo_id)
    if digest:
        _record(actor, "photo_restored", facility_id, now, after={"photo": digest})


@transaction
def add_document(actor: Actor, facility_id: int, content: bytes, title: str, now: datetime) -> int:
    """Add a PDF; its id. Raises NotFound, Forbidden, or Invalid at `document` and `title`."""
    editable(actor, facility_id)
    title = text.normal(title)
    wrong = [
        *checks.line("title", title, TITLE_LENGTH),
        *_document_objections(content),
    ]
    if wrong:
        raise Invalid(*wrong)
    _room_for(FacilityDocument, facility_id)
    key = inserted(
        FacilityDocument,
        {
            "facility_id": facility_id,
            "title": title,
            "size": len(content),
            "content": content,
            "added_by": actor.user_id,
            "added_at": now,
        },
    )
    _record(actor, "document_added", facility_id, now, after={"document": key, "title": title})
    return key


@transaction
def remove_document(actor: Actor, facility_id: int, document_id: int, now: datetime) -> None:
    """Take a document away; it can be put back for STAYS. Raises NotFound or Forbidden."""
    editable(actor, facility_id)
    title = _taken_away(FacilityDocument, FacilityDocument.title, facility_id, document_id, now)
    before = {"document": document_id, "title": title}
    _record(actor, "document_removed", facility_id, now, before=before)


@transaction
def restore_document(actor: Actor, facility_id: int, document_id: int, now: datetime) -> None:
    """Put a document back, if it is gone. Raises NotFound, Forbidden, or Invalid at `document`."""
    editable(actor, facility_id)
    title = _put_back(FacilityDocument, FacilityDocument.title, facility_id, document_id)
    if title:
        after = {"document": document_id, "title": title}
        _record(actor, "document_restored", facility_id, now, after=after)


@transaction
def tidy(now: datetime) -> None:
    """Delete what was taken away longer than STAYS ago."""
    for model in MOST:
        db.session.execute(delete(model).where(model.removed_at < now - STAYS))


def _photo(content: bytes) -> dict[str, Any]:
    made = picture(content)
    return {**made._asdict(), "digest": hashlib.sha256(made.large).hexdigest()}


def _photo_of(facility_id: int, photo_id: int) -> str:
    named = _named(FacilityPhoto, facility_id, photo_id)
    digest = db.session.scalar(select(FacilityPhoto.digest).where(*named))
    if digest is None:
        raise NotFound
    return digest


def _taken_away(
    model: type[File], told: InstrumentedAttribute[str], facility_id: int, key: int, now: datetime
) -> str:
    """What is told of the row that nobody sees from now on."""
    gone = update(model).where(*_named(model, facility_id, key)).values(removed_at=now)
    name: str | None = db.session.scalar(gone.returning(told))
    if name is None:
        raise NotFound
    return name


def _put_back(
    model: type[File], told: InstrumentedAttribute[str], facility_id: int, key: int
) -> str | None:
    """What is told of the row that everybody sees again; None where they never ceased to."""
    here = (model.id == key, model.facility_id == facility_id)
    found = db.session.execute(select(told, model.removed_at).where(*here)).one_or_none()
    if found is None:
        raise NotFound
    name, removed_at = found
    if removed_at is None:
        return None
    _room_for(model, facility_id)
    db.session.execute(update(model).where(*here).values(removed_at=None))
    return str(name)


def _named(model: type[File], facility_id: int, key: int) -> tuple[ColumnElement[bool], ...]:
    return (model.id == key, *_shown(model, facility_id))


def _shown(model: type[File], facility_id: int) -> tuple[ColumnElement[bool], ...]:
    return (model.facility_id == facility_id, model.removed_at.is_(None))


def _place(which: ColumnElement[int], facility_id: int) -> Select[int]:
    """The first or the last place of a facility's photos, those taken away counted in."""
    return select(which).where(FacilityPhoto.facility_id == facility_id)


def _room_for(model: type[File], facility_id: int, more: int = 1) -> None:
    field, most = MOST[model]
    asked = select(func.count()).select_from(model).where(*_shown(model, facility_id))
    if (db.session.scalar(asked) or 0) + more > most:
        raise Invalid(FieldError(field, "too_many_files", {"max": most}))


def _document_objections(content: bytes) -> list[FieldError]:
    if not content:
        return [FieldError("document", "required")]
    if PDF not in content[:HEADER_WITHIN]:
        return [FieldError("document", "not_a_pdf")]
    return []


def _record(actor: Actor, name: str, facility_id: int, now: datetime, **more: Any) -> None:
    record([about_facility(name, facility_id, **more)], actor_id=actor.user_id, at=now)
