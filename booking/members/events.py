"""What members record in the journal: never a secret, never a password."""

from typing import Any

from booking.journal.events import Event

NAMES = "names"
"""The revision that moves when a person or a company may be called otherwise than before."""


def reader(user_id: int) -> str:
    """The revision that moves when somebody is told everything in another language, or may see
    more or less than before.
    """
    return f"reader:{user_id}"


def about_user(
    name: str,
    user_id: int,
    company_id: int | None = None,
    *,
    renamed: bool = False,
    **more: Any,
) -> Event:
    """`user:<name>` on a person. With `company_id` it moves what the company's feeds say, and what
    the person may see; where they are `renamed` all that names people.
    """
    scopes: set[str] = set()
    if company_id is not None:
        scopes |= {f"company:{company_id}", reader(user_id)}
    if renamed:
        scopes.add(NAMES)
    return Event(name=f"user:{name}", subject=f"user:{user_id}", scopes=frozenset(scopes), **more)


def about_company(name: str, company_id: int, **more: Any) -> Event:
    """`company:<name>` on a company."""
    scopes = frozenset({f"company:{company_id}", "calendar", NAMES})  # it stands on bars
    return Event(name=f"company:{name}", subject=f"company:{company_id}", scopes=scopes, **more)
