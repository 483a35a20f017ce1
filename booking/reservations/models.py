"""Tables of bookings, occurrences, allocations and claims."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    DDL,
    JSON,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.db import Base, Key, Seconds, reference

CLAIM_OVERLAP = "ex_claim_no_overlap"
"""Name of the invariant on both engines."""

POOL_EXCEEDED = "ex_pool_claim_exceeded"
"""Name of the guard that keeps the amounts taken of a pool within its quantity."""

MAX_RANK = 3
FIRST_REVISION = 1
"""Of a booking to which nothing was done yet."""


class Booking(Base):
    """What somebody asked for, under a number people can read out."""

    __tablename__ = "booking"

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(String(20), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(String(10_000), default="")
    attendees: Mapped[int | None]
    company_id: Mapped[int] = reference("company.id")
    requester_id: Mapped[int] = reference("user_account.id")
    """On whose behalf; a manager may have typed it, the journal knows."""
    production_id: Mapped[int | None] = reference("production.id", index=True)
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=FIRST_REVISION)
    """Rises with every change a person can see; edits name the one they saw."""
    rule: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """RFC 5545 RRULE of a series, empty for one date or hand-picked ones; its dates are rows."""

    __table_args__ = (
        CheckConstraint("attendees IS NULL OR attendees > 0", name="attendees_positive"),
        Index(None, "company_id", "id"),
        Index(None, "requester_id", "id"),
    )


class Participant(Base):
    """Whom the requester invites to a booking, who needs no account here."""

    __tablename__ = "participant"

    booking_id: Mapped[int] = reference("booking.id", ondelete="CASCADE", primary_key=True)
    address: Mapped[str] = mapped_column(String(254), primary_key=True)


class Occurrence(Base):
    """One stretch of time of a booking, [starts, ends) in UTC epoch seconds."""

    __tablename__ = "occurrence"

    id: Mapped[Key]
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    """For calendars: stable for ever, tells nothing."""
    booking_id: Mapped[int] = reference("booking.id", index=True)
    starts: Mapped[Seconds]
    ends: Mapped[Seconds]
    state: Mapped[str] = mapped_column(String(12))
    expires_at: Mapped[datetime | None]
    """When an option lapses or a request goes unanswered; None once settled."""
    sequence: Mapped[int] = mapped_column(default=0)
    """RFC 5545 SEQUENCE: rises with every visible change."""
    changed_at: Mapped[datetime]
    extended_at: Mapped[datetime | None]
    """When a manager gave an option more time, which happens once."""
    lapsed_at: Mapped[datetime | None]
    """Of an option that ran out of time at rank 1 its last second, whenever that was noticed."""

    __table_args__ = (
        CheckConstraint("ends > starts", name="positive"),
        Index(None, "starts"),
        Index(
            "ix_occurrence_expires_at",
            "expires_at",
            sqlite_where=text("expires_at IS NOT NULL"),
            postgresql_where=text("expires_at IS NOT NULL"),
        ),
    )


class Allocation(Base):
    """A facility given to an occurrence, and what its manager decided about it."""

    __tablename__ = "allocation"

    occurrence_id: Mapped[int] = reference("occurrence.id", ondelete="CASCADE", primary_key=True)
    facility_id: Mapped[int] = reference("facility.id", primary_key=True)
    starts: Mapped[Seconds]
    """The occurrence's, repeated for the index that facility feeds read."""
    decision: Mapped[str] = mapped_column(String(10))
    decided_by: Mapped[int | None] = reference("user_account.id")
    decided_at: Mapped[datetime | None]
    amount: Mapped[int | None]
    """Of a pool, how much of it; None for what is used whole."""

    __table_args__ = (
        CheckConstraint(
            "decision IN ('automatic', 'undecided', 'approved', 'declined')", name="decision"
        ),
        Index(None, "facility_id", "starts"),
        Index(
            "ix_allocation_undecided",
            "facility_id",
            "starts",
            sqlite_where=text("decision = 'undecided'"),
            postgresql_where=text("decision = 'undecided'"),
        ),
    )


class Claim(Base):
    """An occurrence's hold on a space over [starts, ends), setup and turnaround included.

    The invariant: on one space, no two claims of the same rank overlap. Rank 1 is the right to
    the slot. The database refuses to break it: an exclusion constraint on PostgreSQL, triggers
    with the predecessor test on SQLite.
    """

    __tablename__ = "claim"

    space_id: Mapped[int] = reference("space.id", primary_key=True)
    rank: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    starts: Mapped[Seconds] = mapped_column(primary_key=True, autoincrement=False)
    ends: Mapped[Seconds]
    occurrence_id: Mapped[int]
    facility_id: Mapped[int]

    __table_args__ = (
        ForeignKeyConstraint(
            ["occurrence_id", "facility_id"],
            ["allocation.occurrence_id", "allocation.facility_id"],
            name="fk_claim_allocation",
            ondelete="CASCADE",
        ),
        CheckConstraint("ends > starts", name="positive"),
        CheckConstraint(f"rank BETWEEN 1 AND {MAX_RANK}", name="rank_range"),
        Index(None, "occurrence_id", "facility_id"),
        {"sqlite_with_rowid": False},
    )


class PoolClaim(Base):
    """What an occurrence takes of a pool over [starts, ends), setup and turnaround included.

    The invariant: at no instant does the sum exceed the pool's quantity. Triggers refuse to break
    it on both engines. Whoever writes first locks the pool's space, as with claims.
    """

    __tablename__ = "pool_claim"

    occurrence_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    facility_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    starts: Mapped[Seconds]
    ends: Mapped[Seconds]
    amount: Mapped[int]

    __table_args__ = (
        ForeignKeyConstraint(
            ["occurrence_id", "facility_id"],
            ["allocation.occurrence_id", "allocation.facility_id"],
            name="fk_pool_claim_allocation",
            ondelete="CASCADE",
        ),
        CheckConstraint("ends > starts", name="positive"),
        CheckConstraint("amount > 0", name="amount_positive"),
        Index(None, "facility_id", "ends"),
        Index(None, "facility_id", "starts"),
    )


class Challenge(Base):
    """The next in line asks the holder of a first option to confirm or release by a deadline."""

    __tablename__ = "challenge"

    id: Mapped[Key]
    challenger_id: Mapped[int] = reference("occurrence.id", index=True)
    challenged_id: Mapped[int] = reference("occurrence.id", index=True)
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """The challenged option lapses then; written into its `expires_at` too."""
    moved_by: Mapped[str] = mapped_column(String(12))
    """Why it is not 24 hours: hours, weekend, holiday, short_notice, or empty."""
    would_lapse_at: Mapped[datetime | None]
    """When the challenged option would have lapsed by itself."""
    settled_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(12))
    """The state that ended it: of the challenged, or of the challenger who left."""

    __table_args__ = (
        CheckConstraint("due_at > made_at", name="time_to_answer"),
        CheckConstraint("(settled_at IS NULL) = (outcome IS NULL)", name="settled"),
        Index(
            "uq_challenge_open",
            "challenged_id",
            unique=True,
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )


class Offer(Base):
    """Another place for an occurrence, that its people accept in one click or refuse.

    A manager's counter-offer names time and facilities; who wants to swap puts an occurrence of
    their own against it (`with_id`).
    """

    __tablename__ = "offer"

    id: Mapped[Key]
    occurrence_id: Mapped[int] = reference("occurrence.id")
    with_id: Mapped[int | None] = reference("occurrence.id", index=True)
    starts: Mapped[Seconds]
    ends: Mapped[Seconds]
    facility_ids: Mapped[list[int]] = mapped_column(JSON)
    message: Mapped[str] = mapped_column(String(1000), default="")
    made_by: Mapped[int] = reference("user_account.id")
    made_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(10))
    amounts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict, server_default="{}")
    """Of the pools among the facilities, by code."""
    asked: Mapped[dict[str, Any] | None]
    """Of a swap, the place that is wanted for it, as it was then."""
    override: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    """Why a manager sets aside rules that stand against it, empty where none is."""

    __table_args__ = (
        CheckConstraint("ends > starts", name="positive"),
        CheckConstraint("(settled_at IS NULL) = (outcome IS NULL)", name="settled"),
        CheckConstraint("outcome IN ('accepted', 'refused', 'replaced')", name="outcome"),
        Index(
            "uq_offer_open",
            "occurrence_id",
            unique=True,
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )


class DoorDisplay(Base):
    """A display at the door of a facility: its secret address, and what it shows and allows."""

    __tablename__ = "door_display"

    id: Mapped[Key]
    secret_digest: Mapped[str] = mapped_column(String(64), unique=True)
    facility_id: Mapped[int] = reference("facility.id", ondelete="CASCADE", index=True)
    name: Mapped[str] = mapped_column(String(80))
    locale: Mapped[str] = mapped_column(String(5))
    shows: Mapped[str] = mapped_column(String(10))
    may_book: Mapped[bool]
    opened_by: Mapped[int] = reference("user_account.id")
    """Answers for what is done at it, as long as they manage the facility."""
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("shows IN ('nothing', 'company', 'title')", name="shows"),)


class BookingCounter(Base):
    """The last number given out in a year."""

    __tablename__ = "booking_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Answer(Base):
    """The first answer to a write that carried an idempotency key."""

    __tablename__ = "idempotent_answer"

    id: Mapped[Key]
    user_id: Mapped[int] = reference("user_account.id", ondelete="CASCADE")
    key: Mapped[str] = mapped_column(String(200))
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("user_id", "key"), Index(None, "created_at"))


# The same words as in migrations/versions/0004_reservations.py, for metadata.create_all().
_OVERLAPS = (
    "(SELECT ends FROM claim WHERE space_id = new.space_id AND rank = new.rank"
    " AND starts < new.ends {but} ORDER BY starts DESC LIMIT 1) > new.starts"
)
_TRIGGERS = (
    ("claim_before_insert", "BEFORE INSERT", ""),
    (
        "claim_before_update",
        "BEFORE UPDATE OF space_id, rank, starts, ends",
        "AND NOT (space_id = old.space_id AND rank = old.rank AND starts = old.starts)",
    ),
)
for _name, _when, _but in _TRIGGERS:
    _ddl = DDL(  # type: ignore[no-untyped-call]
        f"CREATE TRIGGER {_name} {_when} ON claim WHEN {_OVERLAPS.format(but=_but)}"
        f" BEGIN SELECT RAISE(ABORT, '{CLAIM_OVERLAP}'); END"
    )
    event.listen(Claim.__table__, "after_create", _ddl.execute_if(dialect="sqlite"))

Claim.__table__.append_constraint(  # type: ignore[attr-defined]
    ExcludeConstraint(
        (text("int8range(space_id, space_id, '[]')"), "="),
        (text("int8range(rank, rank, '[]')"), "="),
        (text("int8range(starts, ends)"), "&&"),
        name=CLAIM_OVERLAP,
        using="gist",
    ).ddl_if(dialect="postgresql")
)

# The same words as in migrations/versions/0009_pools.py.
_POOL_FUNCTION = """
    CREATE FUNCTION guard_pool() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        available integer;
        most bigint;
    BEGIN
        SELECT quantity INTO available FROM facility WHERE id = NEW.facility_id FOR NO KEY UPDATE;
        SELECT max(taken) INTO most FROM (
            SELECT sum(held.amount) AS taken
            FROM (
                SELECT NEW.starts AS instant
                UNION SELECT starts FROM pool_claim
                WHERE facility_id = NEW.facility_id AND starts > NEW.starts AND starts < NEW.ends
            ) AS edge
            JOIN pool_claim AS held ON held.facility_id = NEW.facility_id
                AND held.starts <= edge.instant AND held.ends > edge.instant
            WHERE TG_OP = 'INSERT'
                OR held.occurrence_id <> OLD.occurrence_id OR held.facility_id <> OLD.facility_id
            GROUP BY edge.instant
        ) AS sums;
        IF coalesce(most, 0) + NEW.amount > available THEN
            RAISE EXCEPTION 'ex_pool_claim_exceeded' USING ERRCODE = 'exclusion_violation';
        END IF;
        RETURN NEW;
    END $$
"""
_POOL_GUARD = """
    CREATE TRIGGER pool_claim_before_write BEFORE INSERT OR UPDATE ON pool_claim
    FOR EACH ROW EXECUTE FUNCTION guard_pool()
"""
_POOL_TRIGGER = """
    CREATE TRIGGER {name} {when} ON pool_claim
    WHEN new.amount + coalesce((
        SELECT max((
            SELECT sum(held.amount) FROM pool_claim AS held
            WHERE held.facility_id = new.facility_id
            AND held.starts <= edge.instant AND held.ends > edge.instant {but}))
        FROM (
            SELECT new.starts AS instant
            UNION SELECT starts FROM pool_claim
            WHERE facility_id = new.facility_id AND starts > new.starts AND starts < new.ends
        ) AS edge
    ), 0) > (SELECT quantity FROM facility WHERE id = new.facility_id)
    BEGIN SELECT RAISE(ABORT, 'ex_pool_claim_exceeded'); END
"""
_NOT_ITSELF = (
    "AND NOT (held.occurrence_id = old.occurrence_id AND held.facility_id = old.facility_id)"
)
_POOL_GUARDS = (
    ("postgresql", _POOL_FUNCTION),
    ("postgresql", _POOL_GUARD),
    (
        "sqlite",
        _POOL_TRIGGER.format(name="pool_claim_before_insert", when="BEFORE INSERT", but=""),
    ),
    (
        "sqlite",
        _POOL_TRIGGER.format(
            name="pool_claim_before_update", when="BEFORE UPDATE", but=_NOT_ITSELF
        ),
    ),
)
for _dialect, _words in _POOL_GUARDS:
    _ddl = DDL(_words)  # type: ignore[no-untyped-call]
    event.listen(PoolClaim.__table__, "after_create", _ddl.execute_if(dialect=_dialect))
