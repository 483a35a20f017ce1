"""Whom mails go to: managers of facilities, administrators of companies."""

from collections.abc import Iterable
from functools import cached_property

from sqlalchemy import and_, bindparam, or_, select

from booking.core.access import Actor, Role
from booking.facilities.values import FacilityFacts
from booking.kernel.db import connection
from booking.members import queries as members
from booking.members.models import RoleAssignment, User

_MANAGERS = (
    select(RoleAssignment.user_id, RoleAssignment.site_id, RoleAssignment.facility_id)
    .join_from(RoleAssignment, User, User.id == RoleAssignment.user_id)
    .where(
        User.active,
        RoleAssignment.role == Role.FACILITY_MANAGER.value,
        or_(
            RoleAssignment.deputy_of.is_(None),
            and_(RoleAssignment.starts <= bindparam("now"), RoleAssignment.ends > bindparam("now")),
        ),
    )
)
_COMPANY_ADMINS = (
    select(RoleAssignment.user_id)
    .join_from(RoleAssignment, User, User.id == RoleAssignment.user_id)
    .where(
        User.active,
        User.company_id == bindparam("company"),
        RoleAssignment.role == Role.COMPANY_ADMIN.value,
    )
)


class People:
    """Who is who at `now` (UTC epoch seconds), each asked for once."""

    def __init__(self, now: int) -> None:
        self._now = now
        self._known: dict[int, Actor | None] = {}

    def get(self, user_id: int) -> Actor | None:
        """A person as an actor, None if they left. One statement the first time."""
        if user_id not in self._known:
            self._known[user_id] = members.actor(user_id)
        return self._known[user_id]

    @cached_property
    def _managers(self) -> list[tuple[int, int | None, int | None]]:
        rows = connection().execute(_MANAGERS, {"now": self._now})
        return [(user, site, facility) for user, site, facility in rows]

    def managers(self) -> set[int]:
        """Everybody who decides about something, deputies in their days included."""
        return {user for user, _, _ in self._managers}

    def managers_of(self, facilities: Iterable[FacilityFacts]) -> set[int]:
        """Who decides about at least one of these."""
        asked = list(facilities)
        places = {f.id for f in asked}, {f.site_id for f in asked}
        return {
            user
            for user, site, facility in self._managers
            if facility in places[0] or site in places[1]
        }

    def administrators_of(self, company_id: int) -> set[int]:
        """Who administers a company. One statement."""
        return set(connection().scalars(_COMPANY_ADMINS, {"company": company_id}))
