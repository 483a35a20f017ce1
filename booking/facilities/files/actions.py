"""Writing photos and documents; each call is one transaction."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update

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
MOST_PHOTOS = 12
MOST_DOCUMENTS = 12
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
    asked = select(func.count(), func.coalesce(func.max(FacilityPhoto.position), 0)).where(
        FacilityPhoto.facility_id == facility_id
    )
    count, last = db.session.execute(asked).one()
    if count + len(rows) > MOST_PHOTOS:
        raise Invalid(FieldError("photo", "too_many_files", {"max": MOST_PHOTOS}))
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
    first = select(func.min(FacilityPhoto.position)).where(FacilityPhoto.facility_id == facility_id)
    before = (db.session.scalar(first) or 0) - 1
    changed = update(FacilityPhoto).where(FacilityPhoto.id == photo_id)
    db.session.execute(changed.values(position=before))
    _record(actor, "photo_put_first", facility_id, now, after={"photo": digest})


@transaction
def remove_photo(actor: Actor, facility_id: int, photo_id: int, now: datetime) -> None:
    """Take a photo away for good. Raises NotFound or Forbidden."""
    editable(actor, facility_id)
    digest = _photo_of(facility_id, photo_id)
    db.session.execute(delete(FacilityPhoto).where(FacilityPhoto.id == photo_id))
    _record(actor, "photo_removed", facility_id, now, before={"photo": digest})


@transaction
def add_document(actor: Actor, facility_id: int, content: bytes, title: str, now: datetime) -> int:
    """Add a PDF; its id. Raises NotFound, Forbidden, or Invalid at `document` and `title`."""
    editable(actor, facility_id)
    title = text.normal(title)
    wrong = [
        *checks.line("title", title, TITLE_LENGTH),
        *_document_objections(facility_id, content),
    ]
    if wrong:
        raise Invalid(*wrong)
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
    """Take a document away for good. Raises NotFound or Forbidden."""
    editable(actor, facility_id)
    named = (FacilityDocument.id == document_id, FacilityDocument.facility_id == facility_id)
    title = db.session.scalar(
        delete(FacilityDocument).where(*named).returning(FacilityDocument.title)
    )
    if title is None:
        raise NotFound
    before = {"document": document_id, "title": title}
    _record(actor, "document_removed", facility_id, now, before=before)


def _photo(content: bytes) -> dict[str, Any]:
    made = picture(content)
    return {**made._asdict(), "digest": hashlib.sha256(made.large).hexdigest()}


def _photo_of(facility_id: int, photo_id: int) -> str:
    named = (FacilityPhoto.id == photo_id, FacilityPhoto.facility_id == facility_id)
    digest = db.session.scalar(select(FacilityPhoto.digest).where(*named))
    if digest is None:
        raise NotFound
    return digest


def _document_objections(facility_id: int, content: bytes) -> list[FieldError]:
    if not content:
        return [FieldError("document", "required")]
    if PDF not in content[:HEADER_WITHIN]:
        return [FieldError("document", "not_a_pdf")]
    here = FacilityDocument.facility_id == facility_id
    count = db.session.scalar(select(func.count()).select_from(FacilityDocument).where(here)) or 0
    if count >= MOST_DOCUMENTS:
        return [FieldError("document", "too_many_files", {"max": MOST_DOCUMENTS})]
    return []


def _record(actor: Actor, name: str, facility_id: int, now: datetime, **more: Any) -> None:
    record([about_facility(name, facility_id, **more)], actor_id=actor.user_id, at=now)
