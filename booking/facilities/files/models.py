"""Tables of photos and documents."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.db import Base, Key, reference


class FacilityPhoto(Base):
    """A picture of a facility, in the two sizes that pages show; the file that came is not kept."""

    __tablename__ = "facility_photo"

    id: Mapped[Key]
    facility_id: Mapped[int] = reference("facility.id", ondelete="CASCADE", index=True)
    position: Mapped[int]
    caption: Mapped[str] = mapped_column(String(200))
    width: Mapped[int]
    height: Mapped[int]
    """Of the large one, in pixels."""
    digest: Mapped[str] = mapped_column(String(64))
    large: Mapped[bytes] = mapped_column(LargeBinary)
    small: Mapped[bytes] = mapped_column(LargeBinary)
    added_by: Mapped[int] = reference("user_account.id")
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    """Since then nobody sees it; it can be put back until it is tidied away."""


class FacilityDocument(Base):
    """A PDF about a facility: a plan, a list of equipment, house rules."""

    __tablename__ = "facility_document"

    id: Mapped[Key]
    facility_id: Mapped[int] = reference("facility.id", ondelete="CASCADE", index=True)
    title: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    """In bytes."""
    content: Mapped[bytes] = mapped_column(LargeBinary)
    added_by: Mapped[int] = reference("user_account.id")
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    """As of a photo."""
