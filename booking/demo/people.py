"""Companies and people of the demonstration: 15 members with 250 people, the house, guests."""

import random
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from booking.core.access import Role
from booking.demo.rows import add, ids
from booking.demo.seed import Seed
from booking.facilities.models import Site
from booking.members.models import Company, RoleAssignment, User

RANDOM_SEED = "mediacite"
LANGUAGES = ("fr",) * 7 + ("nl", "de", "en")
JOINED_DAYS_AGO = 400

Person = dict[str, Any]
"""email, name, company (code), locale, roles, manages (codes of sites)."""


def load_people(seed: Seed, password_hash: str, now: datetime) -> None:
    """Write companies, people and roles; everybody gets the same password."""
    _add_companies(seed)
    people = list(everybody(seed))
    companies = ids(Company)
    add(
        User,
        (
            {
                "email": person["email"],
                "name": person["name"],
                "company_id": companies[person["company"]],
                "password_hash": password_hash,
                "locale": person["locale"],
                "created_at": now - timedelta(days=JOINED_DAYS_AGO),
            }
            for person in people
        ),
    )
    _add_roles(people)


def everybody(seed: Seed) -> Iterator[Person]:
    """The documented accounts, then invented people until each member has its staff.

    The same people every time; no two share a name.
    """
    rng = random.Random(RANDOM_SEED)
    yield from seed["accounts"]
    names = _names(seed, rng)
    for company in seed["companies"]:
        known = [a for a in seed["accounts"] if a["company"] == company["code"]]
        for place in range((company["staff"] or 0) - len(known)):
            yield _person(company["code"], next(names), rng, leads=not known and place == 0)


def _names(seed: Seed, rng: random.Random) -> Iterator[tuple[str, str]]:
    pairs = [(first, last) for first in seed["first_names"] for last in seed["last_names"]]
    rng.shuffle(pairs)
    return iter(pairs)


def _person(company: str, name: tuple[str, str], rng: random.Random, *, leads: bool) -> Person:
    first, last = name
    roles = [Role.REQUESTER, Role.COMPANY_ADMIN] if leads else [Role.REQUESTER]
    return {
        "email": f"{_ascii(first)}.{_ascii(last)}@{company.lower()}.example",
        "name": f"{first} {last}",
        "company": company,
        "locale": rng.choice(LANGUAGES),
        "roles": roles,
    }


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.lower()).encode("ascii", "ignore").decode()
    return plain.replace(" ", "-")


def _add_companies(seed: Seed) -> None:
    sites = ids(Site)
    add(
        Company,
        (
            {key: value for key, value in company.items() if key != "site"}
            | {"site_id": sites.get(company["site"])}
            for company in seed["companies"]
        ),
    )


def _add_roles(people: list[Person]) -> None:
    sites = ids(Site)
    users = ids(User, "email")
    add(
        RoleAssignment,
        (
            {"user_id": users[person["email"]], **role}
            for person in people
            for role in _roles(person, sites)
        ),
    )


def _roles(person: Person, sites: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for role in person["roles"]:
        yield {"role": role, "site_id": None}
    for site in person.get("manages", ()):
        yield {"role": Role.FACILITY_MANAGER, "site_id": sites[site]}
