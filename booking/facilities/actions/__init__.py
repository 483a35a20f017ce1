"""Writing facilities, their closures and kinds; each call is one transaction."""

from booking.facilities.actions.bundles import create_bundle, edit_bundle
from booking.facilities.actions.closures import add_closure, remove_closure
from booking.facilities.actions.facilities import (
    create_facility,
    edit_facility,
    set_active,
    set_hours,
)
from booking.facilities.actions.importing import import_facilities
from booking.facilities.actions.kinds import (
    add_attribute,
    create_kind,
    edit_kind,
    remove_attribute,
)
from booking.facilities.actions.rules import add_rule, change_rule, end_rule
from booking.facilities.actions.sites import (
    create_group,
    create_site,
    edit_site,
    remove_group,
    rename_group,
)

__all__ = [
    "add_attribute",
    "add_closure",
    "add_rule",
    "change_rule",
    "create_bundle",
    "create_facility",
    "create_group",
    "create_kind",
    "create_site",
    "edit_bundle",
    "edit_facility",
    "edit_kind",
    "edit_site",
    "end_rule",
    "import_facilities",
    "remove_attribute",
    "remove_closure",
    "remove_group",
    "rename_group",
    "set_active",
    "set_hours",
]
