"""What facilities write into the journal, and which revisions that moves."""

from collections.abc import Iterable
from typing import Any

from booking.facilities.queries import SCOPE
from booking.journal.events import Event

CALENDAR = "calendar"


def about_facility(name: str, facility_id: int, **more: Any) -> Event:
    """`facility:<name>` on a facility."""
    subject = f"facility:{facility_id}"
    return Event(name=f"facility:{name}", subject=subject, scopes=_scopes([facility_id]), **more)


def about_closure(name: str, closure_id: int, facility_ids: Iterable[int], **more: Any) -> Event:
    """`closure:<name>` on a closure, with every facility that it shuts."""
    subject = f"closure:{closure_id}"
    return Event(name=f"closure:{name}", subject=subject, scopes=_scopes(facility_ids), **more)


def about_kind(name: str, kind_id: int, **more: Any) -> Event:
    """`kind:<name>` on a kind of facility."""
    return Event(name=f"kind:{name}", subject=f"kind:{kind_id}", scopes=_scopes(()), **more)


def about_site(name: str, site_id: int, **more: Any) -> Event:
    """`site:<name>` on a site."""
    return Event(name=f"site:{name}", subject=f"site:{site_id}", scopes=_scopes(()), **more)


def about_group(name: str, group_id: int, **more: Any) -> Event:
    """`group:<name>` on a row of like units."""
    return Event(name=f"group:{name}", subject=f"group:{group_id}", scopes=_scopes(()), **more)


def about_bundle(name: str, bundle_id: int, **more: Any) -> Event:
    """`bundle:<name>` on a bundle."""
    return Event(name=f"bundle:{name}", subject=f"bundle:{bundle_id}", scopes=_scopes(()), **more)


def about_rule(name: str, setting_id: int, facility_id: int | None, **more: Any) -> Event:
    """`rule:<name>` on a setting of a facility, or of a kind."""
    scopes = _scopes(() if facility_id is None else (facility_id,))
    return Event(name=f"rule:{name}", subject=f"rule_setting:{setting_id}", scopes=scopes, **more)


def _scopes(facility_ids: Iterable[int]) -> frozenset[str]:
    return frozenset({SCOPE, CALENDAR, *(f"facility:{number}" for number in facility_ids)})
