"""Tables of companies, people and what lets them in."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.db import Base, Key, Seconds, reference

PROFILES = (
    "producer",
    "post_producer",
    "service_provider",
    "broadcaster_small",
    "broadcaster_big",
    "other",
)
SEGMENTS = ("classic", "innovative", "both")
VALUE_CHAIN = (
    "creation",
    "production",
    "postproduction",
    "broadcasting",
    "distribution",
    "edition",
    "archiving",
)
COMPANY_KINDS = ("member", "partner", "coproducer", "cluster")


class Company(Base):
    """A member of the cluster, the cluster itself, a partner or a co-producer."""

    __tablename__ = "company"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(12), default="member")
    legal_form: Mapped[str] = mapped_column(String(40), default="")
    country: Mapped[str] = mapped_column(String(2), default="BE")
    profile: Mapped[str] = mapped_column(String(20), default="other")
    segment: Mapped[str] = mapped_column(String(12), default="classic")
    value_chain: Mapped[list[str]] = mapped_column(JSON, default=list)
    staff: Mapped[int | None]
    site_id: Mapped[int | None] = reference("site.id", index=True)
    active: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (
        CheckConstraint("kind IN ('member', 'partner', 'coproducer', 'cluster')", name="kind"),
        CheckConstraint("segment IN ('classic', 'innovative', 'both')", name="segment"),
        CheckConstraint("staff IS NULL OR staff >= 0", name="staff_not_negative"),
    )


class User(Base):
    """A person who signs in; without a password hash only an invitation or a reset lets them in."""

    __tablename__ = "user_account"

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    """Lower case."""
    name: Mapped[str] = mapped_column(String(120))
    company_id: Mapped[int] = reference("company.id", index=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(5), default="fr")
    theme: Mapped[str] = mapped_column(String(5), default="auto")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("theme IN ('auto', 'light', 'dark')", name="theme"),
    )


class RoleAssignment(Base):
    """A person holds a role, facility managers for one site or one facility."""

    __tablename__ = "role_assignment"

    id: Mapped[Key]
    user_id: Mapped[int] = reference("user_account.id", ondelete="CASCADE", index=True)
    role: Mapped[str] = mapped_column(String(20))
    site_id: Mapped[int | None] = reference("site.id", ondelete="CASCADE")
    facility_id: Mapped[int | None] = reference("facility.id", ondelete="CASCADE")
    deputy_of: Mapped[int | None] = reference("user_account.id", ondelete="CASCADE")
    """Whom the person stands in for, over [starts, ends), UTC epoch seconds; else for good."""
    starts: Mapped[Seconds | None]
    ends: Mapped[Seconds | None]

    __table_args__ = (
        CheckConstraint("(deputy_of IS NULL) = (starts IS NULL)", name="deputy_starts"),
        CheckConstraint("(deputy_of IS NULL) = (ends IS NULL)", name="deputy_ends"),
        CheckConstraint("ends > starts", name="positive"),
        CheckConstraint(
            "role IN ('requester', 'company_admin', 'facility_manager', 'board', 'administrator')",
            name="role",
        ),
        CheckConstraint(
            "(role = 'facility_manager') = (site_id IS NOT NULL OR facility_id IS NOT NULL)",
            name="scope",
        ),
        UniqueConstraint("user_id", "role", "site_id", "facility_id"),
    )


class UserSession(Base):
    """A browser that is signed in; signing out deletes the row and with it the cookie's worth."""

    __tablename__ = "session"

    secret_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = reference("user_account.id", ondelete="CASCADE", index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(String(45))
    user_agent: Mapped[str] = mapped_column(String(200))


class OneTimeToken(Base):
    """A secret that works once, for one purpose, for a short while."""

    __tablename__ = "one_time_token"

    secret_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[int] = reference("user_account.id", ondelete="CASCADE", index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("purpose IN ('reset', 'invitation')", name="purpose"),)


class ApiToken(Base):
    """A program's key to the API, acting as its owner."""

    __tablename__ = "api_token"

    id: Mapped[Key]
    secret_digest: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = reference("user_account.id", ondelete="CASCADE", index=True)
    name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class FeedToken(Base):
    """A person's secret address of one calendar feed; `scope` as in `me` or `facility:M-ET1`."""

    __tablename__ = "feed_token"

    id: Mapped[Key]
    secret_digest: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = reference("user_account.id", ondelete="CASCADE", index=True)
    scope: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    user_agent: Mapped[str | None] = mapped_column(String(200))
    revoked_at: Mapped[datetime | None]


class Throttle(Base):
    """Failures counted for a key such as an account or a network; decays by itself."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]
    blocked_until: Mapped[datetime]

    __table_args__ = (Index(None, "last_at"),)


class Licence(Base):
    """A person was trained for something and may hire it without an operator."""

    __tablename__ = "licence"

    id: Mapped[Key]
    user_id: Mapped[int] = reference("user_account.id", ondelete="CASCADE")
    code: Mapped[str] = mapped_column(String(40))
    valid_until: Mapped[date | None]
    """The last day; None: for ever."""

    __table_args__ = (UniqueConstraint("user_id", "code"),)
