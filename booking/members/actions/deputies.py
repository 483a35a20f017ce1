"""Standing in for a facility manager who is away."""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import delete, insert, literal, select

from booking.core.access import Actor, Role, allowed
from booking.core.scheduling.wallclock import days
from booking.journal.actions import record
from booking.kernel.db import db
from booking.kernel.errors import FieldError, Forbidden, Invalid, NotFound
from booking.kernel.transaction import transaction
from booking.members import queries
from booking.members.events import about_user, reader
from booking.members.models import RoleAssignment

LONGEST_DAYS = 366


@transaction
def name_deputy(
    actor: Actor, deputy_id: int, first_on: date, last_on: date, zone: str, now: datetime
) -> None:
    """Let somebody decide in the caller's place from the first to the last day, both included.

    Days are those of `zone`. The deputy gets every facility that the caller manages for good; what
    is decided stands under the deputy's own name. Raises Forbidden for who manages nothing, Invalid
    with every field at fault.
    """
    _authorize(actor)
    if not queries.manages_for_good(actor):
        raise Forbidden
    wrong = []
    if deputy_id not in {key for key, _ in queries.possible_deputies(actor)}:
        wrong.append(FieldError("deputy", "unknown"))
    if not 0 <= (last_on - first_on).days < LONGEST_DAYS:
        wrong.append(FieldError("last_on", "days_backwards", {"max": LONGEST_DAYS}))
    elif days(last_on, 1, zone).ends <= now.timestamp():
        wrong.append(FieldError("last_on", "days_over"))
    if wrong:
        raise Invalid(*wrong)
    span = days(first_on, (last_on - first_on).days + 1, zone)
    columns = ("user_id", "role", "site_id", "facility_id", "deputy_of", "starts", "ends")
    mine = select(
        literal(deputy_id),
        RoleAssignment.role,
        RoleAssignment.site_id,
        RoleAssignment.facility_id,
        RoleAssignment.user_id,
        literal(span.starts),
        literal(span.ends),
    ).where(
        RoleAssignment.user_id == actor.user_id,
        RoleAssignment.role == Role.FACILITY_MANAGER.value,
        RoleAssignment.deputy_of.is_(None),
    )
    db.session.execute(insert(RoleAssignment).from_select(columns, mine))
    _record(
        actor, "deputy_named", {"deputy": deputy_id, "starts": span.starts, "ends": span.ends}, now
    )


@transaction
def end_deputy(actor: Actor, deputy_id: int, starts: int, now: datetime) -> None:
    """Be back earlier, from the absence that `starts` then (UTC epoch seconds); at once.

    Raises Forbidden, NotFound.
    """
    _authorize(actor)
    gone = delete(RoleAssignment).where(
        RoleAssignment.deputy_of == actor.user_id,
        RoleAssignment.user_id == deputy_id,
        RoleAssignment.starts == starts,
        RoleAssignment.ends > int(now.timestamp()),
    )
    if not db.session.execute(gone).rowcount:  # type: ignore[attr-defined]
        raise NotFound
    _record(actor, "deputy_ended", {"deputy": deputy_id, "starts": starts}, now)


def _record(actor: Actor, name: str, after: dict[str, int], now: datetime) -> None:
    event = about_user(name, actor.user_id, after=after)
    sees = replace(event, scopes=frozenset({reader(after["deputy"])}))
    record([sees], actor_id=actor.user_id, at=now)


def _authorize(actor: Actor) -> None:
    if not allowed(actor, "approval:see"):
        raise Forbidden
