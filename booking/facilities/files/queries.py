"""Reading photos and documents; bytes only where one is asked for."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import bindparam, select

from booking.facilities.files.models import FacilityDocument, FacilityPhoto
from booking.facilities.files.values import (
    DocumentFacts,
    PhotoFacts,
    RemovedDocument,
    RemovedPhoto,
)
from booking.kernel.db import connection

_FACTS = (
    FacilityPhoto.id,
    FacilityPhoto.caption,
    FacilityPhoto.width,
    FacilityPhoto.height,
    FacilityPhoto.digest,
)
_PHOTOS = (
    select(*_FACTS)
    .where(FacilityPhoto.facility_id == bindparam("facility"), FacilityPhoto.removed_at.is_(None))
    .order_by(FacilityPhoto.position, FacilityPhoto.id)
)
_COVERS = (
    select(FacilityPhoto.facility_id, *_FACTS)
    .where(
        FacilityPhoto.facility_id.in_(bindparam("facilities", expanding=True)),
        FacilityPhoto.removed_at.is_(None),
    )
    .order_by(FacilityPhoto.position.desc(), FacilityPhoto.id.desc())
)
_DOCUMENTS = (
    select(
        FacilityDocument.id,
        FacilityDocument.title,
        FacilityDocument.size,
        FacilityDocument.added_at,
    )
    .where(
        FacilityDocument.facility_id == bindparam("facility"),
        FacilityDocument.removed_at.is_(None),
    )
    .order_by(FacilityDocument.title, FacilityDocument.id)
)
_REMOVED_PHOTOS = (
    select(*_FACTS, FacilityPhoto.removed_at)
    .where(
        FacilityPhoto.facility_id == bindparam("facility"), FacilityPhoto.removed_at.is_not(None)
    )
    .order_by(FacilityPhoto.removed_at.desc(), FacilityPhoto.id)
)
_REMOVED_DOCUMENTS = (
    select(FacilityDocument.id, FacilityDocument.title, FacilityDocument.removed_at)
    .where(
        FacilityDocument.facility_id == bindparam("facility"),
        FacilityDocument.removed_at.is_not(None),
    )
    .order_by(FacilityDocument.removed_at.desc(), FacilityDocument.id)
)


class File(NamedTuple):
    """A file as it is sent; `name` is that of the document."""

    name: str
    content: bytes


def photos(facility_id: int) -> list[PhotoFacts]:
    """The photos of a facility, the one that stands for it first. One statement."""
    rows = connection().execute(_PHOTOS, {"facility": facility_id}).mappings()
    return [PhotoFacts(**row) for row in rows]


def covers(facility_ids: Collection[int]) -> dict[int, PhotoFacts]:
    """The photo that stands for each facility that has any. One statement."""
    rows = connection().execute(_COVERS, {"facilities": sorted(facility_ids)}).mappings()
    return {row["facility_id"]: _facts(dict(row)) for row in rows}


def documents(facility_id: int) -> list[DocumentFacts]:
    """The documents of a facility, by title. One statement."""
    rows = connection().execute(_DOCUMENTS, {"facility": facility_id}).mappings()
    return [DocumentFacts(**row) for row in rows]


def removed_photos(facility_id: int) -> list[RemovedPhoto]:
    """Photos that can be put back, the latest to go first. One statement."""
    rows = connection().execute(_REMOVED_PHOTOS, {"facility": facility_id}).mappings()
    return [RemovedPhoto(**row) for row in rows]


def removed_documents(facility_id: int) -> list[RemovedDocument]:
    """Documents that can be put back, the latest to go first. One statement."""
    rows = connection().execute(_REMOVED_DOCUMENTS, {"facility": facility_id}).mappings()
    return [RemovedDocument(**row) for row in rows]


def photo_bytes(
    facility_id: int, photo_id: int, digest: str, *, large: bool, removed: bool = False
) -> bytes | None:
    """A photo in WebP; None where the facility has none of that number and digest.

    One that was removed is found where `removed` says so.
    """
    column = FacilityPhoto.large if large else FacilityPhoto.small
    asked = select(column).where(
        FacilityPhoto.id == photo_id,
        FacilityPhoto.facility_id == facility_id,
        FacilityPhoto.digest == digest,
    )
    if not removed:
        asked = asked.where(FacilityPhoto.removed_at.is_(None))
    found: bytes | None = connection().scalar(asked)
    return found


def document(facility_id: int, document_id: int) -> File | None:
    """A document in PDF; None where the facility has none of that number."""
    asked = select(FacilityDocument.title, FacilityDocument.content).where(
        FacilityDocument.id == document_id,
        FacilityDocument.facility_id == facility_id,
        FacilityDocument.removed_at.is_(None),
    )
    row = connection().execute(asked).one_or_none()
    return File._make(row) if row else None


def _facts(row: dict[str, object]) -> PhotoFacts:
    row.pop("facility_id")
    return PhotoFacts(**row)  # type: ignore[arg-type]
