"""Who may do what: the whole matrix, over one booking of one company."""

import pytest

from booking.core.access import GRANTS, Actor, Role, Subject, allowed

COMPANY, OTHER_COMPANY, HOUSE = 1, 2, 3
SITE, OTHER_SITE = 1, 2
ROOM, OTHER_ROOM = 1, 2
HERON = 1
BOOKING = Subject(COMPANY, 1, HERON, ((ROOM, SITE),))


def person(number: int, company: int, *roles: Role, **more: object) -> Actor:
    facts = {"company_code": "C", "company_name": "C", "name": "N", "email": "e", "locale": "fr"}
    return Actor(number, company, **facts, roles=frozenset(roles), **more)  # type: ignore[arg-type]


PEOPLE = {
    "owner": person(1, COMPANY, Role.REQUESTER),
    "colleague": person(2, COMPANY, Role.REQUESTER),
    "head": person(3, COMPANY, Role.COMPANY_ADMIN),
    "rival": person(4, OTHER_COMPANY, Role.REQUESTER),
    "rival head": person(5, OTHER_COMPANY, Role.COMPANY_ADMIN),
    "invited": person(6, OTHER_COMPANY, guest=True, productions=frozenset({HERON})),
    "manager": person(7, HOUSE, Role.FACILITY_MANAGER, managed_sites=frozenset({SITE})),
    "room manager": person(8, HOUSE, Role.FACILITY_MANAGER, managed_facilities=frozenset({ROOM})),
    "other manager": person(
        9,
        HOUSE,
        Role.FACILITY_MANAGER,
        managed_sites=frozenset({OTHER_SITE}),
        managed_facilities=frozenset({OTHER_ROOM}),
    ),
    "board": person(10, HOUSE, Role.BOARD),
    "administrator": person(11, HOUSE, Role.ADMINISTRATOR),
}
EVERYBODY = set(PEOPLE)
COMPANYS = {"owner", "colleague", "head"}
MANAGERS = {"manager", "room manager"}

MATRIX = {
    "account:use": EVERYBODY,
    "planning:see": EVERYBODY,
    "facility:see": EVERYBODY,
    "feed:use": EVERYBODY,
    "webhook:use": EVERYBODY,
    "booking:request": {"owner", "colleague"},
    "booking:request_for": MANAGERS,
    "booking:see": COMPANYS | {"invited"} | MANAGERS,
    "booking:confirm": {"owner", "head"} | MANAGERS,
    "booking:withdraw": {"owner", "head"} | MANAGERS,
    "booking:release": {"owner", "head"} | MANAGERS,
    "booking:cancel": {"owner", "head"} | MANAGERS,
    "booking:move": {"owner", "head"} | MANAGERS,
    "booking:check_in": COMPANYS | MANAGERS,
    "booking:prolong": COMPANYS | MANAGERS,
    "booking:end_early": COMPANYS | MANAGERS,
    "booking:offer": MANAGERS,
    "booking:answer": {"owner", "head"},
    "booking:challenge": {"owner", "head"},
    "booking:extend": MANAGERS,
    "booking:approve": MANAGERS,
    "booking:decline": MANAGERS,
    "approval:see": MANAGERS,
    "production:see": COMPANYS | {"invited"},
    "production:create": {"owner", "colleague"},
    "production:edit": {"owner", "head"},
    "facility:edit": MANAGERS | {"administrator"},
    "facility:create": {"administrator"},
    "rule:edit": MANAGERS | {"administrator"},
    "licence:edit": MANAGERS | {"administrator"},
    "bundle:edit": MANAGERS | {"administrator"},
    "closure:edit": MANAGERS | {"administrator"},
    "import:use": MANAGERS | {"administrator"},
    "company:see": COMPANYS | {"administrator"},
    "company:edit": {"administrator"},
    "user:invite": {"head", "administrator"},
    "user:edit": {"head", "administrator"},
    "role:grant": {"administrator"},
    "journal:see": {"administrator"},
    "figures:see": MANAGERS | {"board", "administrator"},
    "clock:expire": set(),
}


def test_the_whole_matrix():
    granted = {
        permission: {name for name, actor in PEOPLE.items() if allowed(actor, permission, BOOKING)}
        for permission in GRANTS
    }
    assert granted == MATRIX


@pytest.mark.parametrize("permission", GRANTS)
def test_whoever_may_do_it_to_something_may_do_it_in_general(permission):
    for actor in PEOPLE.values():
        if allowed(actor, permission, BOOKING):
            assert allowed(actor, permission)


def test_without_a_subject_managers_are_those_who_manage_anything():
    names = {name for name, actor in PEOPLE.items() if allowed(actor, "approval:see")}
    assert names == MANAGERS | {"other manager"}


def test_an_empty_subject_belongs_to_nobody():
    nobodys = Subject()
    for_all = {"account:use", "planning:see", "facility:see", "feed:use", "webhook:use"}
    by_office = {p for p, names in MATRIX.items() if "administrator" in names}
    granted = {p for p in GRANTS for actor in PEOPLE.values() if allowed(actor, p, nobodys)}
    assert granted == for_all | by_office


def test_an_unknown_permission_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        allowed(PEOPLE["owner"], "booking:teleport")
