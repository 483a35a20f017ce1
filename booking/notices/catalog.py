"""The mails that the product writes: one folder of templates and one line here for each.

`templates/mail/<event>/{subject.txt,body.txt,body.html}` are rendered in the recipient's language.
Subjects name bookings by number and facilities by name, never titles: administrators read them in
the list of outgoing mails, and phones show them on locked screens.
"""

from enum import Enum, auto


class Group(Enum):
    """What people choose by whether they are told; see `values.Choices`."""

    ALWAYS = auto()
    """About one's account, or with a right at stake: cannot be switched off."""
    DECISIONS = auto()
    OPTIONS = auto()
    REMINDERS = auto()
    REQUESTS = auto()
    """For managers, each by itself."""
    DIGEST = auto()
    """For managers, once a day."""


CATALOG: dict[str, Group] = {
    "approved": Group.DECISIONS,
    "cancelled": Group.DECISIONS,
    "challenge_answered": Group.OPTIONS,
    "challenge_due": Group.ALWAYS,
    "challenge_over": Group.OPTIONS,
    "challenged": Group.ALWAYS,
    "closure": Group.ALWAYS,
    "confirmed": Group.DECISIONS,
    "declined": Group.DECISIONS,
    "digest": Group.DIGEST,
    "expired": Group.OPTIONS,
    "expiring": Group.OPTIONS,
    "extended": Group.OPTIONS,
    "given_up": Group.REQUESTS,
    "invitation": Group.ALWAYS,
    "missed": Group.DECISIONS,
    "moved": Group.DECISIONS,
    "offer_accepted": Group.DECISIONS,
    "offer_refused": Group.DECISIONS,
    "offered": Group.DECISIONS,
    "participation": Group.ALWAYS,
    "password_changed": Group.ALWAYS,
    "password_reset": Group.ALWAYS,
    "promoted": Group.OPTIONS,
    "reminder": Group.REMINDERS,
    "requested": Group.REQUESTS,
    "reworded": Group.DECISIONS,
    "swap_proposed": Group.DECISIONS,
}

EVENTS = frozenset(CATALOG)
