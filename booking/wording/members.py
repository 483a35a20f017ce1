"""What is said about companies and people: errors, and names of what the tables hold as codes."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from booking.core.access import Role

ERRORS: dict[str, LazyString] = {
    "days_backwards": _l("The last day is not before the first, and at most %(max)s days on."),
    "days_over": _l("These days are over."),
    "bad_credentials": _l("E-mail address and password do not belong together."),
    "bad_token": _l("This link is not valid any more: it was used, or it is too old."),
    "wrong_password": _l("This is not your current password."),
    "password_too_short": _l("A password needs at least %(min)s characters: a sentence is fine."),
    "password_too_long": _l("A password has at most %(max)s characters."),
    "password_common": _l("This password is among the first that are tried. Choose another one."),
    "password_context": _l(
        "This password is little more than a name that everybody here knows: “%(word)s”."
    ),
    "password_unchanged": _l("This is the password you already have."),
    "email": _l("This is not an e-mail address."),
    "email_taken": _l("Somebody with this e-mail address is already here."),
    "last_administrator": _l("Nobody would be left to run the system."),
    "own_account": _l("You cannot do this to yourself."),
    "role_scope": _l("Choose the site or the facility that this person decides about."),
    "not_invited": _l("This person chose a password already."),
    "role_held": _l("This person already holds this role."),
    "country": _l("Two letters, as in BE or LU."),
    "company_code": _l("At most twenty capital letters, digits and hyphens."),
    "nobody": _l("Nobody here has this address."),
    "unknown_scope": _l("There is no such feed."),
    "many_addresses": _l("You have %(max)s addresses of this calendar: revoke one first."),
}

READERS: dict[str, LazyString] = {
    "mail_cursor": _l("Mails"),
    "webhook_cursor": _l("Webhooks"),
}
"""Who tells what is in the journal, by the table of the place up to which they read it."""

ROLES: dict[str, LazyString] = {
    Role.REQUESTER: _l("Requester"),
    Role.COMPANY_ADMIN: _l("Company administrator"),
    Role.FACILITY_MANAGER: _l("Facility manager"),
    Role.BOARD: _l("Board"),
    Role.ADMINISTRATOR: _l("Administrator"),
}

COMPANY_KINDS: dict[str, LazyString] = {
    "member": _l("Member"),
    "partner": _l("Partner cluster"),
    "coproducer": _l("Co-producer"),
    "cluster": _l("The cluster itself"),
}

PROFILES: dict[str, LazyString] = {
    "producer": _l("Producer"),
    "post_producer": _l("Post-production"),
    "service_provider": _l("Service provider"),
    "broadcaster_small": _l("Broadcaster, small"),
    "broadcaster_big": _l("Broadcaster, large"),
    "other": _l("Other"),
}

SEGMENTS: dict[str, LazyString] = {
    "classic": _l("Classic: film and television"),
    "innovative": _l("Innovative: games, VR, transmedia"),
    "both": _l("Both"),
}

VALUE_CHAIN: dict[str, LazyString] = {
    "creation": _l("Creation"),
    "production": _l("Production"),
    "postproduction": _l("Post-production"),
    "broadcasting": _l("Broadcasting"),
    "distribution": _l("Distribution"),
    "edition": _l("Edition"),
    "archiving": _l("Archiving"),
}

MAIL_STATES: dict[str, LazyString] = {
    "waiting": _l("Waiting"),
    "sent": _l("Sent"),
    "set_aside": _l("Set aside"),
    "dropped": _l("Dropped"),
}
