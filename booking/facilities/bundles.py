"""Bundles: named templates of facilities and amounts, such as "supervised grade"."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from booking.facilities.models import Bundle, BundleItem, Facility, FacilityGroup
from booking.kernel.db import connection
from booking.kernel.i18n import in_language


@dataclass(frozen=True, slots=True)
class Item:
    """A facility or a group by its code; of a pool how much, None for one unit."""

    code: str
    amount: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleFacts:
    """A bundle with what it consists of, the main facility first."""

    id: int
    code: str
    names: Mapping[str, str]
    active: bool
    items: tuple[Item, ...]

    def name_in(self, locale: str) -> str:
        """Its name in a language."""
        return in_language(self.names, locale)

    @property
    def codes(self) -> tuple[str, ...]:
        """Of its facilities and groups, in order."""
        return tuple(item.code for item in self.items)

    @property
    def amounts(self) -> dict[str, int]:
        """How much of its pools, by code."""
        return {item.code: item.amount for item in self.items if item.amount is not None}


_BUNDLES = select(Bundle.id, Bundle.code, Bundle.names, Bundle.active).order_by(Bundle.code)
_ITEMS = (
    select(
        BundleItem.bundle_id,
        func.coalesce(Facility.code, FacilityGroup.code),
        BundleItem.amount,
    )
    .join_from(BundleItem, Facility, Facility.id == BundleItem.facility_id, isouter=True)
    .outerjoin(FacilityGroup, FacilityGroup.id == BundleItem.group_id)
    .order_by(BundleItem.bundle_id, BundleItem.position)
)


def every() -> tuple[BundleFacts, ...]:
    """All bundles, retired ones too, by code. Two statements."""
    items: dict[int, list[Item]] = defaultdict(list)
    for bundle_id, code, amount in connection().execute(_ITEMS):
        items[bundle_id].append(Item(code, amount))
    rows = connection().execute(_BUNDLES).mappings()
    return tuple(BundleFacts(**row, items=tuple(items[row["id"]])) for row in rows)


def by_code(code: str) -> BundleFacts | None:
    """The bundle of that code, None for none. Two statements."""
    return next((bundle for bundle in every() if bundle.code == code), None)
