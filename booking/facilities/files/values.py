"""What is known of photos and documents, as values."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoFacts:
    """A photo without its bytes; sizes in pixels, `digest` changes with the picture."""

    id: int
    caption: str
    width: int
    height: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """A document without its bytes; `size` in bytes."""

    id: int
    title: str
    size: int
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedPhoto(PhotoFacts):
    """A photo that can be put back."""

    removed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedDocument:
    """A document that can be put back."""

    id: int
    title: str
    removed_at: datetime
