"""A small, readable world that most tests live in: two sites, eleven facilities, five companies.

Everybody's password is "demo". Ids are looked up by the codes that a person would use.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from booking.core.access import Actor, Role
from booking.facilities.models import (
    Facility,
    FacilityGroup,
    FacilitySpace,
    Kind,
    OpeningHours,
    Site,
    Space,
)
from booking.kernel.db import db
from booking.kernel.transaction import transaction
from booking.members import queries
from booking.members.models import Company, RoleAssignment, User
from booking.productions.models import CoProducer, Invitee, Production
from booking.productions.queries import with_productions

PASSWORD = "demo"
CHEAP_HASH = (
    "$argon2id$v=19$m=8,t=1,p=1$ew010eaTU+LFNy4tGeTeBQ$oHIs5QmYd2J6K7ven+x3XoigfNrcz6e8WaKikIGBHAg"
)
BEGINNING = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
EIGHT_TO_TEN_PM = (480, 1320)

KINDS = {
    "grading": ("Étalonnage", "Grading"),
    "stage": ("Plateau", "Stage"),
    "editing": ("Montage image", "Editing"),
    "meeting": ("Réunion", "Meeting"),
    "screening_room": ("Projection", "Screening room"),
}
# code: name, site, kind, what differs from a room that a manager approves; stages never close
FACILITIES: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "M-ET1": ("Étalonnage 1 (projection)", "M", "grading", {"turnaround_min": 15, "capacity": 8}),
    "M-ET2": ("Étalonnage 2 (moniteur HDR)", "M", "grading", {"turnaround_min": 15, "capacity": 5}),
    "M-MI1": ("Montage image 1", "M", "editing", {"approval": "automatic", "capacity": 4}),
    "M-MI2": ("Montage image 2", "M", "editing", {"approval": "automatic", "capacity": 4}),
    "M-PLA": ("Plateau A", "M", "stage", {"capacity": 80}),
    "M-PLA1": ("Plateau A, moitié nord", "M", "stage", {"capacity": 40}),
    "M-PLA2": ("Plateau A, moitié sud", "M", "stage", {"capacity": 40}),
    "M-CIN": ("Salle de projection", "M", "screening_room", {"capacity": 62}),
    "N-PLD": ("Plateau D (inserts)", "N", "stage", {"capacity": 15}),
    "N-RE1": ("Salle de réunion 1", "N", "meeting", {"approval": "automatic", "capacity": 14}),
}
SPACES_OF = {"M-PLA": ("M-PLA1", "M-PLA2")}
"""Facilities that occupy other spaces than one of their own name."""
GROUPS = {"M-MI": ("Montage image", ("M-MI1", "M-MI2"))}
COMPANIES: dict[str, dict[str, Any]] = {
    "BLF": {"name": "Batte Lune Films", "profile": "producer", "staff": 11, "site": "M"},
    "GFE": {"name": "Grain Fin Étalonnage", "profile": "post_producer", "staff": 15, "site": "M"},
    "MOSEL": {"name": "Mosel Pictures", "kind": "coproducer", "country": "LU"},
    "PIL": {"name": "Pôle Image de Liège", "kind": "cluster", "site": "M"},
}
USERS: dict[str, tuple[str, str, tuple[Role, ...]]] = {
    "producer@blf.example": ("Camille Laurent", "BLF", (Role.REQUESTER,)),
    "colleague@blf.example": ("Noé Simon", "BLF", (Role.REQUESTER,)),
    "admin@blf.example": ("Inès Collard", "BLF", (Role.REQUESTER, Role.COMPANY_ADMIN)),
    "post@gfe.example": ("Jonas Peeters", "GFE", (Role.REQUESTER,)),
    "guest@mosel.example": ("Lena Weber", "MOSEL", (Role.REQUESTER,)),
    "manager@pil.example": ("Sofia Renard", "PIL", (Role.REQUESTER,)),
    "manager-n@pil.example": ("Ugo Marchal", "PIL", (Role.REQUESTER,)),
    "board@pil.example": ("Anne Dupont", "PIL", (Role.BOARD,)),
    "admin@pil.example": ("Marc Thiry", "PIL", (Role.ADMINISTRATOR,)),
}
MANAGERS = {"manager@pil.example": ("M", "N"), "manager-n@pil.example": ("N",)}


@dataclass(frozen=True, slots=True)
class World:
    """Ids by code: `world.facilities["M-ET1"]`, `world.users["producer@blf.example"]`."""

    sites: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)
    facilities: dict[str, int] = field(default_factory=dict)
    spaces: dict[str, int] = field(default_factory=dict)
    companies: dict[str, int] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    productions: dict[str, int] = field(default_factory=dict)

    def actor(self, email: str) -> Actor:
        """The person as they are now in the database; needs an application context."""
        found = queries.actor(self.users[email])
        assert found is not None, f"{email} left"
        return with_productions(found)


@transaction
def build() -> World:
    """Fill an empty database; needs an application context."""
    world = World()
    _houses(world)
    _rooms(world)
    _people(world)
    _works(world)
    return world


def _add(row: Any) -> int:
    db.session.add(row)
    db.session.flush()
    key: int = row.id
    return key


def _houses(world: World) -> None:
    for code, name in (("M", "Médiacité"), ("N", "Nord")):
        site = Site(code=code, name=name, time_zone="Europe/Brussels", country="BE")
        world.sites[code] = _add(site)
    for position, (code, (french, english)) in enumerate(KINDS.items()):
        kind = Kind(code=code, names={"fr": french, "en": english}, position=position)
        world.kinds[code] = _add(kind)


def _rooms(world: World) -> None:
    groups = {
        member: _add(FacilityGroup(code=code, name=name))
        for code, (name, members) in GROUPS.items()
        for member in members[:1]
    }
    for code, (name, site, kind, more) in FACILITIES.items():
        first = next((members[0] for _, members in GROUPS.values() if code in members), "")
        room = Facility(
            code=code,
            name=name,
            site_id=world.sites[site],
            kind_id=world.kinds[kind],
            group_id=groups.get(first),
            position=len(world.facilities),
            **more,
        )
        world.facilities[code] = _add(room)
    for code in FACILITIES:
        _spaces(world, code)
        _opening(world, code)


def _spaces(world: World, code: str) -> None:
    for space in SPACES_OF.get(code, (code,)):
        if space not in world.spaces:
            site = world.sites[FACILITIES[code][1]]
            world.spaces[space] = _add(Space(site_id=site, code=space))
        link = FacilitySpace(facility_id=world.facilities[code], space_id=world.spaces[space])
        db.session.add(link)


def _opening(world: World, code: str) -> None:
    if FACILITIES[code][2] == "stage":
        return
    opens, closes = EIGHT_TO_TEN_PM
    for weekday in range(7):
        _add(
            OpeningHours(
                facility_id=world.facilities[code],
                weekday=weekday,
                opens_min=opens,
                closes_min=closes,
            )
        )


def _people(world: World) -> None:
    for code, facts in COMPANIES.items():
        values = {k: v for k, v in facts.items() if k != "site"}
        site = world.sites.get(facts.get("site", ""))
        world.companies[code] = _add(Company(code=code, site_id=site, **values))
    for email, (name, company, roles) in USERS.items():
        person = User(
            email=email,
            name=name,
            company_id=world.companies[company],
            password_hash=CHEAP_HASH,
            created_at=BEGINNING,
        )
        world.users[email] = user_id = _add(person)
        for role in roles:
            _add(RoleAssignment(user_id=user_id, role=role))
        for site_code in MANAGERS.get(email, ()):
            site_id = world.sites[site_code]
            _add(RoleAssignment(user_id=user_id, role=Role.FACILITY_MANAGER, site_id=site_id))


def _works(world: World) -> None:
    heron = Production(
        company_id=world.companies["BLF"],
        code_name="HERON",
        title="Le Vol du héron",
        format="feature",
        created_by=world.users["producer@blf.example"],
        created_at=BEGINNING,
    )
    world.productions["HERON"] = production_id = _add(heron)
    partner = CoProducer(
        production_id=production_id,
        company_id=world.companies["MOSEL"],
        country="LU",
        share_percent=Decimal("30.00"),
    )
    invitee = Invitee(production_id=production_id, user_id=world.users["guest@mosel.example"])
    db.session.add_all([partner, invitee])
    db.session.flush()
