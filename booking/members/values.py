"""What the rest of the house knows about companies and people: plain values."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from booking.core.access import Actor, Role

GUEST_KINDS = frozenset({"partner", "coproducer"})
"""Kinds of companies whose people are guests of the house."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionHolder:
    """Who a session belongs to; `actor` does not know its productions yet."""

    actor: Actor
    theme: str
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyFacts:
    """A company as its own people and administrators see it."""

    id: int
    code: str
    name: str
    kind: str
    legal_form: str
    country: str
    profile: str
    segment: str
    value_chain: tuple[str, ...]
    staff: int | None
    site_id: int | None
    site_name: str | None
    active: bool
    people: int

    @property
    def is_guest(self) -> bool:
        """Whether its people are guests of the house."""
        return self.kind in GUEST_KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyChoice:
    """A company in a list to choose from."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleFacts:
    """One role that a person holds; the code and name of its site or facility, if it has one."""

    id: int
    role: Role
    site_id: int | None = None
    facility_id: int | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """A person as their company's administrator sees them.

    `invited` until they chose a password, `guest` for people of partners and co-producers.
    """

    id: int
    name: str
    email: str
    company_id: int
    company_code: str
    company_name: str
    locale: str
    active: bool
    invited: bool
    guest: bool
    roles: tuple[RoleFacts, ...]

    def holds(self, role: Role) -> bool:
        """Whether one of the roles is `role`."""
        return any(held.role is role for held in self.roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """A browser that is signed in; `key` names it on a page without being worth anything."""

    key: str
    created_at: datetime
    seen_at: datetime
    address: str
    user_agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFacts:
    """A program's key, without the secret."""

    id: int
    name: str
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFacts:
    """A secret calendar address, without the secret."""

    id: int
    scope: str
    created_at: datetime
    used_at: datetime | None
    user_agent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHolder:
    """Who a feed address belongs to, and what it may show at most."""

    token_id: int
    scope: str
    actor: Actor
    used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenHolder:
    """Who a secret for one purpose belongs to."""

    user_id: int
    email: str
    name: str
    company_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceFacts:
    """A person may hire something without an operator, until the last day named or for ever."""

    id: int
    code: str
    valid_until: date | None
    user_id: int
    name: str
    email: str
    company_name: str


class DeputyFacts(NamedTuple):
    """Somebody who stands in for a manager over [starts, ends), UTC epoch seconds."""

    user_id: int
    name: str
    starts: int
    ends: int
