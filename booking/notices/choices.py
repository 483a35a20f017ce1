"""What people want mails about."""

from collections.abc import Collection
from dataclasses import asdict

from sqlalchemy import bindparam, delete, insert, select

from booking.core.access import Actor
from booking.kernel.db import connection, table_of
from booking.kernel.transaction import transaction
from booking.notices.models import MailChoice
from booking.notices.values import Choices, Requests

_ROWS = select(
    MailChoice.user_id,
    MailChoice.decisions,
    MailChoice.options,
    MailChoice.reminders,
    MailChoice.requests,
    MailChoice.calendar,
)
_OF = _ROWS.where(MailChoice.user_id.in_(bindparam("ids", expanding=True)))
_DAILY = select(MailChoice.user_id).where(MailChoice.requests == Requests.DAILY.value)


def of(user_ids: Collection[int]) -> dict[int, Choices]:
    """The choices of people; who never chose has the usual ones. One statement, none for none."""
    found = {key: Choices() for key in user_ids}
    if not found:
        return {}
    for key, decisions, options, reminders, requests, calendar in connection().execute(
        _OF, {"ids": sorted(user_ids)}
    ):
        found[key] = Choices(
            decisions=decisions,
            options=options,
            reminders=reminders,
            requests=Requests(requests),
            calendar=calendar,
        )
    return found


def with_digest() -> set[int]:
    """Who wants requests once a day. One statement."""
    return set(connection().scalars(_DAILY))


@transaction
def choose(actor: Actor, wanted: Choices) -> None:
    """Remember what the caller wants mails about."""
    table = table_of(MailChoice)
    connection().execute(delete(table).where(MailChoice.user_id == actor.user_id))
    connection().execute(insert(table).values(user_id=actor.user_id, **asdict(wanted)))
