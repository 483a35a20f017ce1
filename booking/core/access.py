"""Who may do what: the caller as a value, and every permission in one table."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Role(StrEnum):
    """What a person is in the house; one person may be several."""

    REQUESTER = "requester"
    COMPANY_ADMIN = "company_admin"
    FACILITY_MANAGER = "facility_manager"
    BOARD = "board"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Actor:
    """The signed-in person, detached from the database.

    `guest` is true for people of partner clusters and co-producers; `productions` are those they
    were invited to; a manager of a site manages its facilities.
    """

    user_id: int
    company_id: int
    company_code: str
    company_name: str
    name: str
    email: str
    locale: str
    roles: frozenset[Role]
    guest: bool = False
    managed_sites: frozenset[int] = frozenset()
    managed_facilities: frozenset[int] = frozenset()
    productions: frozenset[int] = frozenset()
    door: str = ""
    """Where somebody acts at the display of a door, the facility's code: it answers for them."""

    def manages(self, facility_id: int, site_id: int) -> bool:
        """Whether this person decides about the facility."""
        return facility_id in self.managed_facilities or site_id in self.managed_sites


class Subject(NamedTuple):
    """What a permission is asked about; empty fields match nobody."""

    company_id: int | None = None
    user_id: int | None = None
    production_id: int | None = None
    facilities: tuple[tuple[int, int], ...] = ()
    """Pairs (facility id, site id)."""


Predicate = Callable[[Actor, Subject | None], bool]
"""Without a subject a predicate answers: could it hold for anything at all?"""


def anyone(actor: Actor, subject: Subject | None) -> bool:
    """Everybody who signed in."""
    return True


def requester(actor: Actor, subject: Subject | None) -> bool:
    """People who may ask for facilities, for their own company."""
    own = subject is None or subject.company_id == actor.company_id
    return Role.REQUESTER in actor.roles and own


def own_company(actor: Actor, subject: Subject | None) -> bool:
    """It belongs to the company of the caller."""
    return subject is None or subject.company_id == actor.company_id


def own(actor: Actor, subject: Subject | None) -> bool:
    """It is the caller's."""
    return subject is None or subject.user_id == actor.user_id


def own_company_admin(actor: Actor, subject: Subject | None) -> bool:
    """The caller administers the company it belongs to."""
    return Role.COMPANY_ADMIN in actor.roles and own_company(actor, subject)


def invited(actor: Actor, subject: Subject | None) -> bool:
    """The caller was invited to its production."""
    return subject is None or subject.production_id in actor.productions


def manager(actor: Actor, subject: Subject | None) -> bool:
    """The caller decides about at least one of its facilities."""
    if subject is None:
        return bool(actor.managed_sites or actor.managed_facilities)
    return any(actor.manages(*pair) for pair in subject.facilities)


def board(actor: Actor, subject: Subject | None) -> bool:
    """The cluster's board: figures, not titles."""
    return Role.BOARD in actor.roles


def administrator(actor: Actor, subject: Subject | None) -> bool:
    """Runs the system; sees no titles unless another role shows them."""
    return Role.ADMINISTRATOR in actor.roles


GRANTS: dict[str, tuple[Predicate, ...]] = {
    # what everybody has
    "account:use": (anyone,),
    "planning:see": (anyone,),
    "facility:see": (anyone,),
    "feed:use": (anyone,),
    "webhook:use": (anyone,),
    # bookings
    "booking:request": (requester,),
    "booking:request_for": (manager,),
    "booking:see": (own_company, invited, manager),
    "booking:confirm": (own, own_company_admin, manager),
    "booking:withdraw": (own, own_company_admin, manager),
    "booking:release": (own, own_company_admin, manager),
    "booking:cancel": (own, own_company_admin, manager),
    "booking:move": (own, own_company_admin, manager),
    "booking:check_in": (own_company, manager),
    "booking:prolong": (own_company, manager),
    "booking:end_early": (own_company, manager),
    "booking:offer": (manager,),
    "booking:answer": (own, own_company_admin),
    "booking:challenge": (own, own_company_admin),
    "booking:extend": (manager,),
    "booking:approve": (manager,),
    "booking:decline": (manager,),
    "approval:see": (manager,),
    "import:use": (manager, administrator),
    "clock:expire": (),  # nobody: only time does it
    # productions
    "production:see": (own_company, invited),
    "production:create": (requester,),
    "production:edit": (own, own_company_admin),
    # facilities
    "facility:edit": (manager, administrator),
    "facility:create": (administrator,),
    "bundle:edit": (manager, administrator),
    "closure:edit": (manager, administrator),
    "rule:edit": (manager, administrator),
    "licence:edit": (manager, administrator),
    # members
    "company:see": (own_company, administrator),
    "company:edit": (administrator,),
    "user:invite": (own_company_admin, administrator),
    "user:edit": (own_company_admin, administrator),
    "role:grant": (administrator,),
    "journal:see": (administrator,),
    # figures: sums, never whose
    "figures:see": (board, manager, administrator),
}


def allowed(actor: Actor, permission: str, subject: Subject | None = None) -> bool:
    """Whether the caller holds a permission over a subject; without one, over anything at all.

    Raises KeyError for a permission that the table does not know.
    """
    return any(predicate(actor, subject) for predicate in GRANTS[permission])
