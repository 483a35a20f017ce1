"""Writing companies and people, and what lets them in; each call is one transaction."""

from booking.members.actions.companies import create_company, edit_company
from booking.members.actions.deputies import end_deputy, name_deputy
from booking.members.actions.keys import (
    create_api_token,
    create_feed,
    renew_feed,
    revoke_api_token,
    revoke_feed,
    use_api_token,
    use_feed,
)
from booking.members.actions.licences import give_licence, take_licence
from booking.members.actions.passwords import (
    accept_invitation,
    change_password,
    issue_reset,
    reset_password,
)
from booking.members.actions.people import (
    create_user,
    deactivate,
    edit_profile,
    edit_user,
    grant_role,
    invite,
    invite_again,
    reactivate,
    revoke_role,
    set_locale,
    set_theme,
)
from booking.members.actions.sessions import (
    end_session,
    see_session,
    sign_in,
    sign_out,
    sign_out_everywhere,
)

__all__ = [
    "accept_invitation",
    "change_password",
    "create_api_token",
    "create_company",
    "create_feed",
    "create_user",
    "deactivate",
    "edit_company",
    "edit_profile",
    "edit_user",
    "end_deputy",
    "end_session",
    "give_licence",
    "grant_role",
    "invite",
    "invite_again",
    "issue_reset",
    "name_deputy",
    "reactivate",
    "renew_feed",
    "reset_password",
    "revoke_api_token",
    "revoke_feed",
    "revoke_role",
    "see_session",
    "set_locale",
    "set_theme",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "take_licence",
    "use_api_token",
    "use_feed",
]
