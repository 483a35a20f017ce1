"""Telling people what happened: the journal is read from where it was left, and mails are written.

What happened and that people have to be told of it is one row of the journal, written in the
transaction of the event. Here, in the worker, it becomes mails, once (`journal.following`).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import func, insert, select, update

from booking.core.access import Actor, allowed
from booking.journal import queries as journal
from booking.journal.following import Follower, follow
from booking.journal.models import Entry
from booking.journal.queries import Recorded
from booking.kernel.db import connection, table_of
from booking.kernel.tokens import digest, new_secret
from booking.kernel.transaction import transaction
from booking.notices import choices, outbox, participation
from booking.notices.catalog import CATALOG
from booking.notices.letters import Item, Letter, invitation_to, item
from booking.notices.models import DecisionLink, MailCursor
from booking.notices.occasions import Occasion, occasions
from booking.notices.people import People
from booking.notices.values import Choices, Letterhead

LINK_LIVES = timedelta(days=7)
NAMED = frozenset(
    {"approved", "cancelled", "closure", "confirmed", "declined", "extended", "given_up", "moved"}
    | {"offered"}
)
"""Mails that say who did it. The others must not: whoever challenges stays unknown."""

WORDED = ("was", "how", "outcome", "until", "due", "swap", "shut")
"""What the first sentence of a mail depends on."""

_NEWEST = select(func.coalesce(func.max(Entry.id), 0)).scalar_subquery()
_BEGIN = update(table_of(MailCursor)).values(entry_id=_NEWEST)
_LINK = insert(table_of(DecisionLink))


class _Post(NamedTuple):
    """What is written for entries of the journal, beside the place up to which it was read."""

    mails: Sequence[dict[str, object]]
    links: Sequence[dict[str, object]]
    calendars: Sequence[participation.Calendar]


def tell(now: datetime, head: Letterhead) -> int:
    """Write mails about what happened since the last time; how many.

    One for each person, event and doer: forty approvals in one act are one mail to whoever asked.
    """
    return follow(Follower(MailCursor, partial(_post, now, head), _send), now)


def _post(now: datetime, head: Letterhead, entries: Sequence[Recorded]) -> _Post:
    found, people = occasions(entries, int(now.timestamp()))
    letters = list(_letters(found, people, head, now))
    links = [link for letter in letters for link in letter.links]
    invited = list(participation.letters(entries, head, now))
    mails = outbox.rows_of([*letters, *(letter for letter, _ in invited)], head, now)
    return _Post(mails, links, [calendar for _, calendar in invited])


def _send(post: _Post) -> int:
    if post.links:
        connection().execute(_LINK, post.links)
    participation.remember(post.calendars)
    return outbox.put(post.mails)


def begin_with(name: str, head: Letterhead) -> None:
    """Tell people what is in the journal so far under a name, as when it happened, no more.

    However long the journal is. For invented data, whose events would be hundreds of mails.
    """
    entries = journal.named(name)
    then = datetime.fromtimestamp(max((entry.at for entry in entries), default=0), UTC)
    found, people = occasions(entries, int(then.timestamp()))
    _begin_with(outbox.rows_of(list(_letters(found, people, head, then)), head, then))


@transaction
def _begin_with(mails: Sequence[dict[str, object]]) -> None:
    outbox.put(mails)
    connection().execute(_BEGIN)


@transaction
def begin_here() -> None:
    """Tell nobody of what is in the journal so far, such as invented data."""
    connection().execute(_BEGIN)


def _letters(
    found: Sequence[Occasion], people: People, head: Letterhead, now: datetime
) -> Iterator[Letter]:
    wanted = choices.of({user for one in found for user in one.to})
    groups: dict[tuple[int, tuple[object, ...]], list[Occasion]] = defaultdict(list)
    for occasion in found:
        for user in sorted(occasion.to):
            if _reaches(occasion, user, people, wanted[user]):
                groups[user, _alike(occasion, wanted[user])].append(occasion)
    for (user, _), together in groups.items():
        if reader := people.get(user):
            yield _letter(reader, together, people, wanted[user], head, now)


def _reaches(occasion: Occasion, user: int, people: People, wanted: Choices) -> bool:
    """Whether somebody is here, may see the booking, and wants to know."""
    reader = people.get(user)
    if reader is None or not allowed(reader, "booking:see", occasion.booking.subject):
        return False
    if occasion.invites and wanted.calendar and user == occasion.booking.requester_id:
        return True
    return user not in occasion.silent and wanted.want(CATALOG[occasion.event])


def _alike(occasion: Occasion, wanted: Choices) -> tuple[object, ...]:
    """What comes in one mail, in the same words; an invitation is a mail of its own."""
    alone = occasion.entry.id if occasion.invites and wanted.calendar else None
    words = tuple(str(occasion.more.get(name)) for name in WORDED)
    first = occasion.booking.dates[0]
    stands = (first.state, first.rank) if occasion.event == "promoted" else ()
    doer = occasion.entry.actor_id if occasion.event in NAMED else None
    return (occasion.event, doer, alone, words, stands)


def _letter(
    reader: Actor,
    together: Sequence[Occasion],
    people: People,
    wanted: Choices,
    head: Letterhead,
    now: datetime,
) -> Letter:
    first = together[0]
    items = [_item(occasion, reader, head) for occasion in together]
    links: list[dict[str, object]] = []
    if first.event == "requested":
        items, links = _with_links(items, together, reader, head, now)
    calendar = None
    if wanted.calendar and first.invites and first.booking.requester_id == reader.user_id:
        calendar = invitation_to(reader, first.booking, head)
    return Letter(
        event=first.event,
        to=reader,
        key=f"{first.event}:{first.entry.id}:{first.booking.id}:{reader.user_id}",
        items=tuple(items),
        context={"who": _who(first, reader, people)},
        calendar=calendar,
        links=tuple(links),
    )


def _item(occasion: Occasion, reader: Actor, head: Letterhead) -> Item:
    """What was said about another booking than the reader's own is not theirs to read."""
    said = occasion.entry.reason if occasion.entry.booking_id == occasion.booking.id else None
    return item(occasion.booking, reader, head, reason=said or "", **occasion.more)


def _who(occasion: Occasion, reader: Actor, people: People) -> str | None:
    """The name of who did it, where readers may know: people who see the booking, too."""
    actor = people.get(occasion.entry.actor_id) if occasion.entry.actor_id else None
    if actor is None or actor.user_id == reader.user_id or occasion.event not in NAMED:
        return None
    return actor.name if allowed(actor, "booking:see", occasion.booking.subject) else None


def _with_links(
    items: Sequence[Item],
    together: Sequence[Occasion],
    reader: Actor,
    head: Letterhead,
    now: datetime,
) -> tuple[list[Item], list[dict[str, object]]]:
    """Each request with a way to decide it, which works once."""
    linked: list[Item] = []
    links: list[dict[str, object]] = []
    for one, occasion in zip(items, together, strict=True):
        secret = new_secret()
        starts = datetime.fromtimestamp(occasion.booking.dates[-1].starts, UTC)
        linked.append(one.linked(f"{head.site_url}/decide/{secret}"))
        links.append(
            {
                "secret_digest": digest(secret),
                "user_id": reader.user_id,
                "booking_id": occasion.booking.id,
                "expires_at": min(now + LINK_LIVES, max(starts, now)),
            }
        )
    return linked, links
