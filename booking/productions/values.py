"""What the rest of the house knows about productions: plain values."""

from dataclasses import dataclass
from decimal import Decimal

FORMATS = (
    "feature",
    "short",
    "documentary",
    "series",
    "animation",
    "tv_programme",
    "commercial",
    "corporate",
    "game",
    "vr",
    "transmedia",
    "webseries",
    "live_show",
    "museography",
    "other",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductionFacts:
    """A production as those see it who may see it at all."""

    id: int
    code_name: str
    title: str
    format: str
    company_id: int
    company_code: str
    company_name: str
    created_by: int
    active: bool
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoProducerFacts:
    """A company's part in a production, in percent."""

    company_id: int
    company_code: str
    company_name: str
    country: str
    share_percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteeFacts:
    """A person invited to a production."""

    user_id: int
    name: str
    email: str
    company_name: str
