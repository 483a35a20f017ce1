"""Who may book a facility: everybody, members only, or those alone who manage it."""

from collections.abc import Iterator

from booking.core.rules.facts import Facts, Finding

EVERYONE, MEMBERS, STAFF = "everyone", "members", "staff"
AUDIENCES = (EVERYONE, MEMBERS, STAFF)


def check(facts: Facts) -> Iterator[Finding]:
    """One finding for each facility that the requester may not book."""
    for room in facts.rooms:
        kept_for = reserved(
            room.settings.get("audience", EVERYONE),
            guests_allowed=room.guests_allowed,
            guest=facts.guest,
            managed=room.managed,
        )
        if kept_for:
            yield Finding("audience", {**room.named, "audience": kept_for})


def reserved(audience: str, *, guests_allowed: bool, guest: bool, managed: bool) -> str | None:
    """For whom a facility is kept when the requester is not one of them, else None.

    `guests_allowed` is what the facility says by itself; guests need both to let them in.
    """
    if audience == STAFF and not managed:
        return STAFF
    welcome = guests_allowed and audience != MEMBERS
    return MEMBERS if guest and not welcome else None
