"""Tables of productions."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.db import Base, Key, reference


class Production(Base):
    """A film, a series, a game; the code name stands wherever the title must not."""

    __tablename__ = "production"

    id: Mapped[Key]
    company_id: Mapped[int] = reference("company.id")
    code_name: Mapped[str] = mapped_column(String(40))
    """Upper case; unique within the company, so that nobody learns of another's by a collision."""
    title: Mapped[str] = mapped_column(String(200))
    format: Mapped[str] = mapped_column(String(20), default="other")
    created_by: Mapped[int] = reference("user_account.id")
    created_at: Mapped[datetime]
    active: Mapped[bool] = mapped_column(default=True)
    revision: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        UniqueConstraint("company_id", "code_name"),
        CheckConstraint("code_name = upper(code_name)", name="code_name_upper"),
    )


class CoProducer(Base):
    """A company that co-produces, its country and its share in percent."""

    __tablename__ = "coproducer"

    production_id: Mapped[int] = reference("production.id", ondelete="CASCADE", primary_key=True)
    company_id: Mapped[int] = reference("company.id", primary_key=True, index=True)
    country: Mapped[str] = mapped_column(String(2))
    share_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))

    __table_args__ = (
        CheckConstraint("share_percent > 0 AND share_percent <= 100", name="share_range"),
    )


class Invitee(Base):
    """A person who may see the production and its bookings, whatever their company."""

    __tablename__ = "production_invitee"

    production_id: Mapped[int] = reference("production.id", ondelete="CASCADE", primary_key=True)
    user_id: Mapped[int] = reference(
        "user_account.id", ondelete="CASCADE", primary_key=True, index=True
    )
