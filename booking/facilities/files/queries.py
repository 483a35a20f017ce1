"""Reading photos and documents; bytes only where one is asked for."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import bindparam, select

from booking.facilities.files.models import FacilityDocument, FacilityPhoto
from booking.facilities.files.values import DocumentFacts, PhotoFacts
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
    .where(FacilityPhoto.facility_id == bindparam("facility"))
    .order_by(FacilityPhoto.position, FacilityPhoto.id)
)
_COVERS = (
    select(FacilityPhoto.facility_id, *_FACTS)
    .where(FacilityPhoto.facility_id.in_(bindparam("facilities", expanding=True)))
    .order_by(FacilityPhoto.position.desc(), FacilityPhoto.id.desc())
)
_DOCUMENTS = (
    select(
        FacilityDocument.id,
        FacilityDocument.title,
        FacilityDocument.size,
        FacilityDocument.added_at,
    )
    .where(FacilityDocument.facility_id == bindparam("facility"))
    .order_by(FacilityDocument.title, FacilityDocument.id)
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


def photo_bytes(facility_id: int, photo_id: int, digest: str, *, large: bool) -> bytes | None:
    """A photo in WebP; None where the facility has none of that number and digest."""
    column = FacilityPhoto.large if large else FacilityPhoto.small
    found: bytes | None = connection().scalar(
        select(column).where(
            FacilityPhoto.id == photo_id,
            FacilityPhoto.facility_id == facility_id,
            FacilityPhoto.digest == digest,
        )
    )
    return found


def document(facility_id: int, document_id: int) -> File | None:
    """A document in PDF; None where the facility has none of that number."""
    asked = select(FacilityDocument.title, FacilityDocument.content).where(
        FacilityDocument.id == document_id, FacilityDocument.facility_id == facility_id
    )
    row = connection().execute(asked).one_or_none()
    return File._make(row) if row else None


def _facts(row: dict[str, object]) -> PhotoFacts:
    row.pop("facility_id")
    return PhotoFacts(**row)  # type: ignore[arg-type]
