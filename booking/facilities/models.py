"""Tables of sites, facilities, when they are open and by which rules they are booked."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.db import Base, Key, Seconds, reference

MINUTES_PER_DAY = 1440


class Site(Base):
    """A building: its zone decides what nine o'clock means, its country which days are holidays."""

    __tablename__ = "site"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    time_zone: Mapped[str] = mapped_column(String(64))
    country: Mapped[str] = mapped_column(String(2))
    address: Mapped[str] = mapped_column(String(300), default="")
    area_m2: Mapped[int | None]


class Kind(Base):
    """What sort of facility: a row, not code; kinds differ by attributes."""

    __tablename__ = "kind"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    names: Mapped[dict[str, str]] = mapped_column(JSON)
    position: Mapped[int] = mapped_column(default=0)
    option_days: Mapped[int] = mapped_column(default=7)
    """How long an option of this kind lives, in days."""

    __table_args__ = (CheckConstraint("option_days > 0", name="option_days_positive"),)


class AttributeDefinition(Base):
    """One thing that facilities of a kind can say about themselves."""

    __tablename__ = "attribute_definition"

    id: Mapped[Key]
    kind_id: Mapped[int] = reference("kind.id", ondelete="CASCADE")
    code: Mapped[str] = mapped_column(String(40))
    names: Mapped[dict[str, str]] = mapped_column(JSON)
    value_type: Mapped[str] = mapped_column(String(10))
    unit: Mapped[str] = mapped_column(String(12), default="")
    choices: Mapped[list[str]] = mapped_column(JSON, default=list)
    position: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        UniqueConstraint("kind_id", "code"),
        CheckConstraint(
            "value_type IN ('text', 'integer', 'decimal', 'boolean', 'choice')", name="value_type"
        ),
    )


class FacilityGroup(Base):
    """A row of like units: "any edit suite"."""

    __tablename__ = "facility_group"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))


class Facility(Base):
    """What a member can book; it occupies one or more spaces."""

    __tablename__ = "facility"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    names: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """Names in other languages than the house's own, where they differ."""
    site_id: Mapped[int] = reference("site.id", index=True)
    kind_id: Mapped[int] = reference("kind.id", index=True)
    group_id: Mapped[int | None] = reference("facility_group.id", index=True)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    quantity: Mapped[int] = mapped_column(default=1)
    """Above 1 it is a pool: bookings take amounts of it."""
    capacity: Mapped[int | None]
    """People allowed in at once: the fire figure, never the floor area."""
    capacities: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Figures by use: seats, standing, crew, audience, wheelchair."""
    area_m2: Mapped[int | None]
    setup_min: Mapped[int] = mapped_column(default=0)
    turnaround_min: Mapped[int] = mapped_column(default=0)
    approval: Mapped[str] = mapped_column(String(10), default="manager")
    guests_allowed: Mapped[bool] = mapped_column(default=True)
    staffing: Mapped[str] = mapped_column(String(20), default="dry")
    equipment: Mapped[str] = mapped_column(String(2000), default="")
    revision: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        CheckConstraint("quantity >= 1", name="quantity_positive"),
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity_positive"),
        CheckConstraint("setup_min BETWEEN 0 AND 1440", name="setup_min_range"),
        CheckConstraint("turnaround_min BETWEEN 0 AND 1440", name="turnaround_min_range"),
        CheckConstraint("approval IN ('automatic', 'manager')", name="approval"),
    )


class AttributeValue(Base):
    """What one facility says for one attribute of its kind."""

    __tablename__ = "attribute_value"

    facility_id: Mapped[int] = reference("facility.id", ondelete="CASCADE", primary_key=True)
    definition_id: Mapped[int] = reference(
        "attribute_definition.id", ondelete="CASCADE", primary_key=True, index=True
    )
    value: Mapped[Any] = mapped_column(JSON)


class Space(Base):
    """The physical thing that can only be used once at a time."""

    __tablename__ = "space"

    id: Mapped[Key]
    site_id: Mapped[int] = reference("site.id", index=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)


class FacilitySpace(Base):
    """A facility occupies a space; a shared or divisible room needs nothing else."""

    __tablename__ = "facility_space"

    facility_id: Mapped[int] = reference("facility.id", ondelete="CASCADE", primary_key=True)
    space_id: Mapped[int] = reference("space.id", primary_key=True, index=True)


class OpeningHours(Base):
    """One span of one weekday, wall clock of the site; none at all means always open."""

    __tablename__ = "opening_hours"

    id: Mapped[Key]
    facility_id: Mapped[int] = reference("facility.id", ondelete="CASCADE", index=True)
    weekday: Mapped[int]
    """0 is Monday."""
    opens_min: Mapped[int]
    closes_min: Mapped[int]
    """Minutes from midnight, [opens, closes); 1440 closes at midnight."""

    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_range"),
        CheckConstraint(
            "opens_min >= 0 AND opens_min < closes_min AND closes_min <= 1440", name="span"
        ),
    )


class Closure(Base):
    """A facility, or a whole site, is shut over [starts, ends), UTC epoch seconds."""

    __tablename__ = "closure"

    id: Mapped[Key]
    site_id: Mapped[int | None] = reference("site.id", ondelete="CASCADE")
    facility_id: Mapped[int | None] = reference("facility.id", ondelete="CASCADE")
    starts: Mapped[Seconds]
    ends: Mapped[Seconds]
    reason: Mapped[str] = mapped_column(String(200), default="")

    __table_args__ = (
        CheckConstraint("ends > starts", name="positive"),
        CheckConstraint("(site_id IS NULL) <> (facility_id IS NULL)", name="one_target"),
        Index(None, "facility_id", "ends"),
        Index(None, "site_id", "ends"),
    )


class RuleSetting(Base):
    """What a rule says for a kind of facility, or for one facility, between two days, inclusive.

    `rule` and the sense of `value` are those of `core.rules.settable.SETTABLE`.
    """

    __tablename__ = "rule_setting"

    id: Mapped[Key]
    rule: Mapped[str] = mapped_column(String(40))
    kind_id: Mapped[int | None] = reference("kind.id", ondelete="CASCADE", index=True)
    facility_id: Mapped[int | None] = reference("facility.id", ondelete="CASCADE", index=True)
    value: Mapped[Any] = mapped_column(JSON)
    valid_from: Mapped[date | None]
    """None: since ever."""
    valid_until: Mapped[date | None]
    """The last day; None: for ever."""
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    """Rises with every change; whoever changes it names the one they saw."""

    __table_args__ = (
        CheckConstraint("(kind_id IS NULL) <> (facility_id IS NULL)", name="one_target"),
        CheckConstraint("valid_from <= valid_until", name="valid_order"),
    )


class Bundle(Base):
    """Facilities and amounts that are often booked together, under a name."""

    __tablename__ = "bundle"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(20), unique=True)
    names: Mapped[dict[str, str]] = mapped_column(JSON)
    active: Mapped[bool] = mapped_column(default=True)


class BundleItem(Base):
    """A facility of a bundle, or any unit of a group; of a pool, how much."""

    __tablename__ = "bundle_item"

    bundle_id: Mapped[int] = reference("bundle.id", ondelete="CASCADE", primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    facility_id: Mapped[int | None] = reference("facility.id", index=True)
    group_id: Mapped[int | None] = reference("facility_group.id", index=True)
    amount: Mapped[int | None]

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("(facility_id IS NULL) <> (group_id IS NULL)", name="one_target"),
    )
